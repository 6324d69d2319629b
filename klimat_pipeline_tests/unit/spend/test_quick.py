"""The quick way gives what the statement gives, on whatever stands in the cells; and its numbers are exact."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klimat_pipeline.spend import door
from klimat_pipeline.spend.arrays import decimals
from klimat_pipeline_tests.support.properties import ONE_FOLDER
from klimat_pipeline_tests.unit.spend.small import ledger, read, typed_lines
from klimat_pipeline_tests.unit.spend.test_door import PERSON, hostile

HEADER = (
    "kopare_id;kopare;forvaltning;verifikationsnummer;leverantor;leverantor_id;konto_nr;konto_text;belopp;datum;"
    "fakturanummer;avtal;cpv;sni;text;antal;mattenhet;valuta;moms_ore"
)
TEXT = [
    "",
    "Åkeri AB",
    f"Bo {PERSON}",
    "F640823 3234",
    "2024000012345",
    " =cmd|'/c'",
    "6408\u00a023 3234",
    "x" * 70_000,
]
CELLS = (
    ["212000-1157", "", PERSON],
    ["Exempelstad", "", f"Kund {PERSON}"],
    ["Förvaltning A", "", "196408233234"],
    TEXT,
    TEXT,
    [
        *("556677-8899", "5566778899", "", PERSON, "19640823-3234", "640823+3234", "12345", "SE556677889901"),
        *("DE123456789", "123456789", "556677-889", "abc 640823-3234", "212000-1157", " 556677-8899", "6408233234x"),
    ],
    ["4110", "4510", "5010", "", "9110", "Livsmedel", " 4110", "41", "4", PERSON],
    ["Livsmedel", "", "Löner", "Ingående moms", "Lön till Bo", PERSON],
    [
        *(
            "1,00",
            "-1,00",
            "+2,5",
            "1234567890,12",
            "999999999,99",
            "0,00",
            "-0,01",
            "12",
            "007",
            "1 234,50",
            "1.234,50",
        ),
        *(
            "",
            "abc",
            "1,234",
            "1,",
            ",5",
            "-",
            "(5,00)",
            "5,00-",
            "6408233234",
            "1e3",
            " 7,00",
            "1,00 kr",
            "--1",
            "1.5",
        ),
    ],
    [
        "2023-03-01",
        "20230301",
        "2023-02-29",
        "",
        "2023-03-01T10:00",
        "01/03/2023",
        "9999-01-01",
        "2024-12-31",
        "1899-12-31",
    ],
    TEXT,
    ["", "AVT-1", PERSON],
    ["", "15000000", "15000000-8"],
    ["", "10130", "2023010112345"],
    TEXT,
    ["", "1", "1,5", "2.25", "-3", "1 000", "abc", "12345678901", "0,125", "0,1234", "1e3", "+4"],
    ["", "kg", "KG", "st"],
    ["", "SEK", "kr", "EUR", "XYZ", "Sek "],
    ["", "0,00", "0,20", "-0,20", "5,00", "abc", "25"],
)


@st.composite
def rows(draw: st.DrawFn) -> list[str]:
    """Lines in which any cell may be any of the above; most are the first, which is ordinary."""
    made = []
    for _ in range(draw(st.integers(1, 12))):
        odd = draw(st.sets(st.integers(0, len(CELLS) - 1), max_size=4))
        made.append(";".join(draw(st.sampled_from(own)) if i in odd else own[0] for i, own in enumerate(CELLS)))
    return made


def both_ways(tmp_path: Path, content: str | bytes, **own: object) -> tuple[object, object]:
    """What is written and said, the long way and the quick one."""
    found = []
    for few in (10**9, 0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(door, "FEW", few)
            passed = read(tmp_path, content, **own)
            found.append((typed_lines(tmp_path / "typed"), passed.to_json()))
    return found[0], found[1]


@settings(max_examples=40, suppress_health_check=ONE_FOLDER)
@given(lines=rows(), vat=st.sampled_from(["", "column", "rate"]), group=st.booleans())
def test_both_ways_give_the_same(tmp_path: Path, lines: list[str], vat: str, group: bool) -> None:
    own: dict[str, object] = {"columns": {"moms_ore": "vat"}}
    if vat:
        own["vat"] = {"included": True, "rate_pct": 25.0 if vat == "rate" else None}
    if group:
        own["group_organisation_numbers"] = ["556677-8899", "212000-1157"]
    long, quick = both_ways(tmp_path, ledger(*lines, header=HEADER), **own)
    assert quick == long


def test_both_ways_give_the_same_of_a_hostile_ledger(tmp_path: Path) -> None:
    long, quick = both_ways(tmp_path, hostile()[0])
    assert quick == long


def test_no_trace_of_a_person_by_the_quick_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither of those who are suppliers, nor in the values of lines that went the long way or stand in quarantine."""
    monkeypatch.setattr(door, "FEW", 0)
    usual = [own[0] for own in CELLS]
    lines = [";".join(usual)] * 3
    for place, cell in ((4, f"Bo {PERSON}"), (5, PERSON), (6, PERSON), (7, PERSON), (8, "6408233234"), (14, PERSON)):
        lines.append(";".join([*usual[:place], cell, *usual[place + 1 :]]))
    lines.append(";".join([*usual[:4], "Anna Öhman", "19640823-3234", *usual[6:14], "till Anna", *usual[15:]]))
    passed = read(tmp_path, ledger(*lines, header=HEADER), columns={"moms_ore": "vat"})
    (tmp_path / "ledger.csv").unlink()
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    plain = repr(typed_lines(tmp_path / "typed")) + passed.to_json()
    # Compressed pages hide their bytes: every dictionary is looked into as well.
    import pyarrow.parquet as pq

    for path in tmp_path.rglob("*.parquet"):
        names = [
            name
            for name, kind in zip(pq.read_schema(path).names, pq.read_schema(path).types, strict=True)
            if pa.types.is_string(kind)
        ]
        table = pq.read_table(path, read_dictionary=names, partitioning=None)
        for name in names:
            for chunk in table.column(name).chunks:
                plain += repr(chunk.dictionary.to_pylist())
    for trace in ("640823", "3234", "Anna", "Öhman", "Bo 64"):
        assert trace.encode() not in written
        assert trace not in plain
    assert passed.lines == len(lines)


@given(st.lists(st.from_regex(r"[+-]?[0-9]{0,11}([,.][0-9]{0,4})?", fullmatch=True) | st.text(max_size=4), max_size=20))
def test_plain_amounts_are_exact(texts: list[str]) -> None:
    """Against whole numbers made of the digits by Python's decimals."""
    texts = [text for text in texts if not any(0xD800 <= ord(sign) < 0xE000 for sign in text)]
    found, plain = decimals(pa.array(texts, pa.string()), ",", places=2)
    for text, ore, is_plain in zip(texts, found, plain, strict=True):
        bare = text.lstrip("+-") if text[:1] in ("+", "-") else text
        whole, mark, rest = bare.partition(",")
        digits = set("0123456789")
        expected = 0 < len(whole) <= 8 and set(whole + rest) <= digits and len(text) - len(bare) <= 1
        expected = expected and (0 < len(rest) <= 2 if mark else True)
        assert is_plain == expected
        if is_plain:
            assert int(ore) == int(Decimal(text.replace(",", ".")) * 100)


@pytest.mark.parametrize(
    ("texts", "thousandths"),
    [
        # A mark belongs to its own text, however near the next one's end it stands.
        (["1,5", "2", "3.25", "4", "1,125", "7"], [1500, 2000, 3250, 4000, 1125, 7000]),
        (["12345678,125", "-12345678.5", "+0,001"], [12_345_678_125, -12_345_678_500, 1]),
    ],
)
def test_quantities_with_either_mark(texts: list[str], thousandths: list[int]) -> None:
    found, plain = decimals(pa.array(texts, pa.string()), ",.", places=3)
    assert plain.all()
    assert found.tolist() == thousandths


@pytest.mark.parametrize(
    "text", ["", "-", ",5", "5,", "1,,5", "1.5,5", "--1", "1-", "1e3", "1 0", "123456789", "/0", "0:"]
)
def test_what_is_no_plain_number(text: str) -> None:
    assert decimals(pa.array(["1,00", text, "2,00"], pa.string()), ",", places=2)[1].tolist() == [True, False, True]


def test_amounts_of_a_slice() -> None:
    texts = pa.array(["9,99", "1,00", "-2,50", "x"]).slice(1)
    found, plain = decimals(texts, ",", places=2)
    assert found[:2].tolist() == [100, -250]
    assert plain.tolist() == [True, True, False]
    assert np.issubdtype(found.dtype, np.int64)
