"""Whatever stands in the cells: amounts are exact, every line and krona is somewhere, and nobody is told."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from klimat_pipeline.spend.ledger import amounts as values
from klimat_pipeline_tests.support.properties import examples
from klimat_pipeline_tests.unit.spend.ledger.test_read_ledger import PERSON
from klimat_pipeline_tests.unit.spend.small import balance, ledger, line, read, read_cases, typed_lines

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


@examples(30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=rows(), vat=st.sampled_from(["", "column", "rate"]), group=st.booleans())
def test_every_line_and_krona_is_somewhere(tmp_path: Path, lines: list[str], vat: str, group: bool) -> None:
    own: dict[str, object] = {"columns": {"moms_ore": "vat"}, "decimal_mark": ","}
    # What is not said may be asked about (``test_vat_rates``), so it is said.
    own["vat"] = {"included": bool(vat), "rate_pct": 25.0 if vat == "rate" else None}
    if group:
        own["group_organisation_numbers"] = ["556677-8899", "212000-1157"]
    lines.append(";".join(usual[0] for usual in CELLS))
    passed = read(tmp_path, ledger(*lines, header=HEADER), **own)
    written = typed_lines(tmp_path / "typed")
    assert len(lines) == len(written) + len(passed.problems)
    by_rule: Counter[str] = Counter()
    for row in written:
        by_rule[row["left_out_rule"] or "counted"] += row["amount_ore"]
    found = balance(passed)
    assert sum(lines for lines, _ in found.values()) == passed.lines == len(lines)
    apart = ("quarantined", "vat_in_amounts")
    assert {rule: ore for rule, (_, ore) in found.items() if rule not in apart} == by_rule
    told = passed.to_json() + repr(written)
    assert not [trace for trace in ("640823-3234", "640823+3234", "196408233234", "6408233234") if trace in told]
    # A legal person's number in its one spelling; everything else is withheld or no person's.
    assert {row["supplier_id"] for row in written if row["supplier_kind"] == "legal"} <= {"5566778899", "2120001157"}


def test_no_trace_of_a_person_in_whatever_column(tmp_path: Path) -> None:
    """Neither of those who are suppliers, nor in the texts of other lines or in the values of those in quarantine."""
    usual = [own[0] for own in CELLS]
    lines = [";".join(usual)] * 3
    for place, cell in ((4, f"Bo {PERSON}"), (5, PERSON), (6, PERSON), (7, PERSON), (8, "6408233234"), (14, PERSON)):
        lines.append(";".join([*usual[:place], cell, *usual[place + 1 :]]))
    lines.append(";".join([*usual[:4], "Anna Öhman", "19640823-3234", *usual[6:14], "till Anna", *usual[15:]]))
    passed = read(tmp_path, ledger(*lines, header=HEADER), columns={"moms_ore": "vat"})
    (tmp_path / "ledger.csv").unlink()
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    plain = repr(typed_lines(tmp_path / "typed")) + passed.to_json()
    # Compressed pages hide their bytes, and a dictionary may hold what no line uses: each is looked into as well.
    for path in tmp_path.rglob("*.parquet"):
        schema = pq.read_schema(path)
        names = [field.name for field in schema if pa.types.is_string(field.type)]
        table = pq.read_table(path, read_dictionary=names, partitioning=None)
        plain += "".join(repr(chunk.dictionary.to_pylist()) for name in names for chunk in table.column(name).chunks)
    for trace in ("640823", "3234", "Anna", "Öhman", "Bo 64"):
        assert trace.encode() not in written
        assert trace not in plain
    assert passed.lines == len(lines)


AMOUNTS = st.from_regex(r"[+-]?[0-9]{0,14}([,.][0-9]{0,4})?", fullmatch=True) | st.text(
    st.sampled_from("0123456789,.-+() \u00a0ekr"), max_size=12
)


@examples(60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(AMOUNTS, min_size=1, max_size=30), mark=st.sampled_from([",", "."]))
def test_amounts_are_what_python_reads(tmp_path: Path, amounts: list[str], mark: str) -> None:
    """Ordinary ones are read in SQL, the others in Python: there is one answer, or the line is in quarantine."""
    content = ledger(*(line(f"V{n}", amount) for n, amount in enumerate(amounts)))
    passed = read(tmp_path, content, decimal_mark=mark)
    expected = {f"V{n}": values.ore(amount, mark) for n, amount in enumerate(amounts)}
    # Ten digits that are somebody's number are no amount, in whatever column they stand.
    held = {problem.line - 2 for problem in passed.problems if "personal number" in problem.reason}
    found = {row["voucher"]: row["amount_ore"] for row in typed_lines(tmp_path / "typed")}
    assert found == {
        voucher: ore for n, (voucher, ore) in enumerate(expected.items()) if ore is not None and n not in held
    }


def test_plain_amounts_are_exact(tmp_path: Path) -> None:
    amounts = ("1", "0,5", "-12,50", "+7", "999999999,99", "123456789012,34", "0,00")
    lines, report = read_cases(tmp_path, amounts, lambda amount: line(amount=amount), decimal_mark=",")
    expected = {amount: int(Decimal(amount.replace(",", ".")) * 100) for amount in amounts}
    assert {amount: held["amount_ore"] for amount, held in lines.items()} == expected
    assert report.amount_ore == sum(expected.values())
