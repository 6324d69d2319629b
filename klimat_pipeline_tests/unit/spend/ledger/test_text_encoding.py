"""Letters: one ledger in every encoding gives one balance; what was spoilt before is put right or told."""

from io import BytesIO
from pathlib import Path

import pytest

from klimat_pipeline.spend.ledger.text_encoding import Decoder, repaired, text_encoding
from klimat_pipeline_tests.unit.spend.small import HEADER, balance, ledger, line, read, typed_lines

#: Wages are told by their text alone: read in a wrong code page they become purchases.
ROWS = (
    line("V1", "1000,00", name="Åkeri Öst AB", text="Kött och ägg"),
    line("V2", "50000,00", account="7210", text="Löner till tjänstemän"),
)
#: What latin-1 makes of these letters are the bytes of cp1252.
EVERY = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "cp850", "cp437", "mac-roman")

CAPITALS = HEADER.replace("leverantor;", "Leverantör;").replace("belopp", "Belopp")
SIE = (
    '#FLAGGA 0\n#FORMAT PC8\n#SIETYP 4\n#KONTO 6410 "Kött och ägg"\n#KONTO 7210 "Löner till tjänstemän"\n'
    '#VER A 1 20230115 "Köp"\n{\n#TRANS 6410 {} 1000.00\n#TRANS 7210 {} 50000.00\n#TRANS 2440 {} -51000.00\n}\n'
)


def test_latin_1_is_read_with_cp1252() -> None:
    for content in (ledger(*ROWS), ledger(*ROWS, header=CAPITALS), SIE):
        assert content.encode("latin-1") == content.encode("cp1252")


@pytest.mark.parametrize("encoding", EVERY)
@pytest.mark.parametrize("header", [HEADER, CAPITALS])
def test_one_ledger_in_every_encoding_gives_one_balance(tmp_path: Path, encoding: str, header: str) -> None:
    passed = read(tmp_path, ledger(*ROWS, header=header).encode(encoding))
    assert balance(passed) == {"counted": (1, 1000_00), "text_wages": (1, 50_000_00)}
    assert [row["supplier_name"] for row in typed_lines(tmp_path / "typed")] == ["Åkeri Öst AB", "Firma AB"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "cp850", "cp437", "mac-roman"])
def test_sie_in_every_encoding_gives_one_balance(tmp_path: Path, encoding: str) -> None:
    found = balance(read(tmp_path, SIE.encode(encoding), "l.se"))
    assert found == {"counted": (1, 1000_00), "text_wages": (1, 50_000_00), "liabilities": (1, -51_000_00)}


@pytest.mark.parametrize(("most", "other"), [("utf-8", "cp1252"), ("utf-8", "cp850"), ("cp1252", "utf-8")])
def test_a_line_in_another_encoding_is_read_as_such_and_told(tmp_path: Path, most: str, other: str) -> None:
    lines = ledger(*(line(f"V{n}", text="Kött och ägg") for n in range(5))).splitlines(keepends=True)
    content = b"".join(one.encode(most) for one in lines) + (ROWS[1] + "\n").encode(other)
    passed = read(tmp_path, content)
    assert balance(passed) == {"counted": (5, 500_00), "text_wages": (1, 50_000_00)}
    assert any(warning.startswith("1 lines are in") and "line 7" in warning for warning in passed.warnings)


@pytest.mark.parametrize("many", [0, 5])
@pytest.mark.parametrize(("most", "other"), [("cp1252", "cp850"), ("cp850", "cp1252"), ("utf-8", "cp850")])
def test_lines_of_two_code_pages_are_read_each_as_its_own(tmp_path: Path, many: int, most: str, other: str) -> None:
    """However few the lines are, the header's own included."""
    lines = ledger(
        *(line(f"V{n}", text="Kött och ägg") for n in range(many)), header=HEADER.replace("leverantor;", "Leverantör;")
    )
    content = lines.encode(most) + (ROWS[1] + "\n").encode(other) + (ROWS[0] + "\n").encode("cp1252")
    passed = read(tmp_path, content)
    assert balance(passed) == {"counted": (many + 1, (many * 100 + 1000) * 100), "text_wages": (1, 50_000_00)}
    assert typed_lines(tmp_path / "typed")[-1]["supplier_name"] == "Åkeri Öst AB"
    assert any("lines are in" in warning for warning in passed.warnings)


def test_signs_inside_words_are_no_other_code_page() -> None:
    """Quotation marks, degrees and fractions of one code page."""
    words = "Café ”Solen”, McDonald’s, 12”rör, 20°C, ½liter, Škoda, Beneš, Ö–Ä, Kött®, x² §7 Señor\n"
    encoding = text_encoding(BytesIO(words.encode("cp1252")))
    assert (encoding.name, encoding.other_pages) == ("cp1252", ())
    assert b"".join(Decoder(encoding).pieces(BytesIO(words.encode("cp1252")))).decode() == words


def test_letters_that_were_decoded_wrongly_before_are_put_right_and_told(tmp_path: Path) -> None:
    spoilt = ledger(*ROWS, header=HEADER.replace("leverantor;", "Leverantör;")).encode().decode("cp1252")
    assert "LeverantÃ¶r" in spoilt
    passed = read(tmp_path, spoilt)
    assert balance(passed) == {"counted": (1, 1000_00), "text_wages": (1, 50_000_00)}
    assert typed_lines(tmp_path / "typed")[0]["supplier_name"] == "Åkeri Öst AB"
    # Name and text of the first line, text of the second.
    assert "letters, digits or control characters put right in 3 cells" in passed.warnings


@pytest.mark.parametrize("page", ["cp1252", "latin-1", "mac-roman", "cp850", "cp437"])
def test_utf8_that_was_taken_for_a_code_page(page: str) -> None:
    assert repaired("Kött och ägg på Öland, idé".encode().decode(page)) == "Kött och ägg på Öland, idé"
    assert repaired("Kött, ägg, Åland, Ärla, Öland: sunt") == "Kött, ägg, Åland, Ärla, Öland: sunt"


def test_lost_letters_and_control_characters_are_told(tmp_path: Path) -> None:
    rows = (line("V1", name="\ufffdkeri AB"), line("V2", name="Fir\x01ma\x9f AB"), line("V3", name="A\u030akeri AB"))
    passed = read(tmp_path, ledger(*rows))
    assert [row["supplier_name"] for row in typed_lines(tmp_path / "typed")] == [
        "\ufffdkeri AB",
        "Firma AB",
        "Åkeri AB",
    ]
    assert "letters were lost before the export (\ufffd) in 1 cells; export again" in passed.warnings
    assert "letters, digits or control characters put right in 2 cells" in passed.warnings


def test_typographic_signs_are_no_letters() -> None:
    assert text_encoding(BytesIO("”Solen” – AB\n".encode("cp1252"))).name == "cp1252"
    assert text_encoding(BytesIO("Malmö\n".encode("cp850"))).unclear  # it may be a quotation mark behind Malm


def test_the_settings_say_what_letters_cannot(tmp_path: Path) -> None:
    passed = read(tmp_path, ledger(line(name="Malmö AB")).encode("cp850"))
    assert any("the encoding is unclear" in warning for warning in passed.warnings)
    read(tmp_path, ledger(line(name="Malmö AB")).encode("cp850"), encoding="cp850")
    assert typed_lines(tmp_path / "typed")[0]["supplier_name"] == "Malmö AB"


@pytest.mark.parametrize("at", [1, 2, 3, 7])
def test_pieces_of_any_size_give_the_same(at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from klimat_pipeline.spend.ledger import text_encoding as module

    monkeypatch.setattr(module, "CHUNK", at)
    content = "Kött\r\n".encode() * 3 + "Löner\r\n".encode("cp1252") + "Ägg".encode()
    encoding = text_encoding(BytesIO(content))
    assert (encoding.name, encoding.code_page) == ("utf-8", "latin-1")
    decoder = Decoder(encoding)
    assert b"".join(decoder.pieces(BytesIO(content))).decode() == "Kött\r\n" * 3 + "Löner\r\nÄgg"
    assert (decoder.others, decoder.first_other) == (1, 4)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_end_of_line(tmp_path: Path, end: str) -> None:
    """A carriage return alone ends lines only where most lines end so."""
    content = ledger(line("V1"), line("V2", name="Två\rrader AB" if end != "\r" else "Firma AB"), line("V3"))
    passed = read(tmp_path, content.replace("\n", end))
    assert balance(passed) == {"counted": (3, 300_00)}
