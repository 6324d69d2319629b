"""CSV that people edit: nothing is guessed, and every message names line and column."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.configuration.csv_file import CsvColumn, parse_number, read_csv
from klimat_pipeline.errors import ConfigurationError, ProblemsError

COLUMNS = (
    CsvColumn("code", pattern=r"\d{4}"),
    CsvColumn("year", kind="integer"),
    CsvColumn("amount", kind="number", nullable=True),
    CsvColumn("note", nullable=True),
)
HEAD = "code,year,amount,note\n"


def read(tmp_path: Path, content: str | bytes, **options: Any) -> list[dict[str, Any]]:
    path = tmp_path / "cfg" / "a.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_csv(path, base=path.parent, **({"columns": COLUMNS} | options))


def failure(tmp_path: Path, content: str | bytes, **options: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, content, **options)
    assert not isinstance(caught.value, ProblemsError)
    return str(caught.value)


def problems(tmp_path: Path, content: str, **options: Any) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        read(tmp_path, content, **options)
    return caught.value.problems


# -- what is read -------------------------------------------------------------------------------------------------


def test_typed_rows_in_any_order_of_columns(tmp_path: Path) -> None:
    assert read(tmp_path, "note,year,code,amount\nx,1990,0180,-1.5e3\n,2000,0114,\n") == [
        {"note": "x", "year": 1990, "code": "0180", "amount": -1500.0},
        {"note": None, "year": 2000, "code": "0114", "amount": None},
    ]


def test_23_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + HEAD.encode().replace(b"\n", b"\r\n") + b"0180,1990,1,\xc3\xa5\r\n"
    assert read(tmp_path, content)[0]["note"] == "å"


@pytest.mark.parametrize("text", ["NA", "null", "None", "NaN", "nan", "N/A", "NULL", "-", "true"])
def test_26_words_for_nothing_stay_text(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, f"{HEAD}0180,1990,1,{text}\n")[0]["note"] == text


def test_27_leading_zero_stays(tmp_path: Path) -> None:
    assert read(tmp_path, f"{HEAD}0180,1990,1,\n")[0]["code"] == "0180"
    (problem,) = problems(tmp_path, f"{HEAD}180,1990,1,\n")
    assert problem == r"cfg/a.csv:2: column code: expected four digits, such as 1283, found '180'"


def test_digits_of_other_scripts_are_no_code(tmp_path: Path) -> None:
    assert "column code" in problems(tmp_path, f"{HEAD}١٢٨٣,1990,1,\n")[0]


def test_header_alone_and_blank_lines(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD) == []
    assert len(read(tmp_path, HEAD + "\n0180,1990,1,\n\n\n0114,1990,1,\n\n")) == 2


def test_other_delimiter_and_decimal_when_declared(tmp_path: Path) -> None:
    content = "code;year;amount;note\n0180;1990;1\u00a0234,5;a,b\n"
    assert read(tmp_path, content, delimiter=";", decimal=",")[0] == {
        "code": "0180",
        "year": 1990,
        "amount": 1234.5,
        "note": "a,b",
    }


# -- numbers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0.0),
        ("1.5", 1.5),
        ("-1.5", -1.5),
        ("+2", 2.0),
        ("1e3", 1000.0),
        ("007", 7.0),
        ("1 234.5", 1234.5),
        ("1\xa0234\xa0567", 1234567.0),
        ("12\u202f345.25", 12345.25),
        (" 5 ", 5.0),
    ],
)
def test_18_numbers(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize(("text", "value"), [("1,5", 1.5), ("1 234,5", 1234.5), ("1\u202f234", 1234.0), ("3", 3.0)])
def test_17_decimal_comma_where_declared(text: str, value: float) -> None:
    assert parse_number(text, ",") == value


@pytest.mark.parametrize(
    "text",
    [
        "1.234,5",
        "1,234.5",
        "1,5",
        "inf",
        "-inf",
        "nan",
        "NaN",
        "1e999",
        "-1e999",
        "",
        " ",
        "1_000",
        "0x10",
        "1e",
        ".",
        "--1",
        "5.",
        ".5",
        "1 2 3",
        "12 34",
        "1234 567",
        "1 .5",
        "1. 5",
        "1\t234",
        "1'234",
        "١٢",
        "−5",
        "5 %",
        "5 t",
    ],
)
def test_17_28_everything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_number(text)


@pytest.mark.parametrize("text", ["1.5", "1.234,5", "1.234"])
def test_17_a_point_is_never_guessed_beside_a_decimal_comma(text: str) -> None:
    with pytest.raises(ValueError):
        parse_number(text, ",")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_survives(value: float) -> None:
    assert parse_number(repr(value)) == value
    assert parse_number(repr(value).replace(".", ","), ",") == value


@pytest.mark.parametrize("text", ["1,5", "1.234,5", "inf", "nan", "1e999"])
def test_number_cell_names_place_and_value(tmp_path: Path, text: str) -> None:
    (problem,) = problems(tmp_path, f'{HEAD}0180,1990,"{text}",\n')
    assert problem == f"cfg/a.csv:2: column amount: expected a number, decimal '.', found '{text}'"


@pytest.mark.parametrize("text", ["1990.0", "1e3", "1 990", "1_990", "x", "NaN", "9223372036854775808", "9" * 5000])
def test_integer(tmp_path: Path, text: str) -> None:
    (problem,) = problems(tmp_path, f"{HEAD}0180,{text},1,\n")
    assert problem.startswith("cfg/a.csv:2: column year: expected a whole number, found '")


def test_bounds(tmp_path: Path) -> None:
    columns = (CsvColumn("year", kind="integer", minimum=1900, maximum=2200),)
    assert read(tmp_path, "year\n1900\n2200\n", columns=columns) == [{"year": 1900}, {"year": 2200}]
    assert problems(tmp_path, "year\n1899\n2201\n", columns=columns) == [
        "cfg/a.csv:2: column year: expected 1900 or more, found '1899'",
        "cfg/a.csv:3: column year: expected 2200 or less, found '2201'",
    ]


def test_empty_and_blank_cells(tmp_path: Path) -> None:
    assert problems(tmp_path, f"{HEAD}0180,,1,\n,1990,1,\n ,1991,1,\n") == [
        "cfg/a.csv:2: column year: expected a value, found ''",
        "cfg/a.csv:3: column code: expected a value, found ''",
        "cfg/a.csv:4: column code: expected a value, found ' '",
    ]


def test_allowed_with_nearest(tmp_path: Path) -> None:
    columns = (CsvColumn("basis", allowed=("co2e", "mass")),)
    assert problems(tmp_path, "basis\nmas\nvolume\n", columns=columns) == [
        "cfg/a.csv:2: column basis: expected one of co2e, mass (nearest: mass), found 'mas'",
        "cfg/a.csv:3: column basis: expected one of co2e, mass, found 'volume'",
    ]


# -- header and form ----------------------------------------------------------------------------------------------


def test_missing_unknown_and_duplicate_column(tmp_path: Path) -> None:
    message = failure(tmp_path, "code,yaer,amount,note,note\n")
    assert message == (
        "cfg/a.csv:1: column note stands twice; column year is missing; unknown column 'yaer' (nearest: year). "
        "Expected code, year, amount, note."
    )
    assert "unknown column 'zzz'." in failure(tmp_path, "code,year,amount,note,zzz\n")
    assert "unknown column ' year' (nearest: year)" in failure(tmp_path, "code, year,amount,note\n")


def test_empty_file(tmp_path: Path) -> None:
    assert failure(tmp_path, "").startswith("cfg/a.csv:1: is empty. Expected a line of column names: code")


@pytest.mark.parametrize(("other", "name"), [(";", "';'"), ("\t", "'\t'")])
def test_25_other_separator_is_told(tmp_path: Path, other: str, name: str) -> None:
    message = failure(tmp_path, HEAD.replace(",", other) + other.join(["0180", "1990", "1", ""]))
    assert message == f"cfg/a.csv:1: cells are separated by {name}, expected ','."


def test_25_comma_file_where_semicolons_are_declared(tmp_path: Path) -> None:
    assert "separated by ',', expected ';'" in failure(tmp_path, HEAD, delimiter=";")


def test_22_long_and_short_rows(tmp_path: Path) -> None:
    assert problems(tmp_path, f"{HEAD}0180,1990,1,\n0180,1991,1,5,\n0180,1992\n") == [
        "cfg/a.csv:3: the row is too long: 5 cells, the header has 4",
        "cfg/a.csv:4: the row is too short: 2 cells, the header has 4",
    ]


def test_20_duplicate_key_names_both_lines(tmp_path: Path) -> None:
    content = f"{HEAD}0180,1990,1,\n0180,1991,1,\n\n0180,1990,2,\n0180,1990,3,\n"
    assert problems(tmp_path, content, key=("code", "year")) == [
        "cfg/a.csv:5: 0180, 1990 stands in line 2 already",
        "cfg/a.csv:6: 0180, 1990 stands in line 2 already",
    ]


def test_a_wrong_key_is_not_also_a_duplicate(tmp_path: Path) -> None:
    found = problems(tmp_path, f"{HEAD}0180,x,1,\n0180,y,1,\n", key=("code", "year"))
    assert [problem.split(": expected")[0] for problem in found] == [
        "cfg/a.csv:2: column year",
        "cfg/a.csv:3: column year",
    ]


def test_quoted_newlines_count(tmp_path: Path) -> None:
    content = f'{HEAD}0180,1990,1,"two\nlines, ""quoted"""\n0180,x,1,"three\n\nlines"\n0180,y,1,\n'
    assert [problem.split(" ")[0] for problem in problems(tmp_path, content)] == ["cfg/a.csv:4:", "cfg/a.csv:7:"]
    assert read(tmp_path, content.replace(",x,", ",1,").replace(",y,", ",2,"))[0]["note"] == 'two\nlines, "quoted"'


def test_open_quotation_mark_names_where_its_row_begins(tmp_path: Path) -> None:
    message = failure(tmp_path, f'{HEAD}0180,1990,1,\n0180,1991,1,"open\nand\non\n')
    assert message.startswith("cfg/a.csv:3: ") and message.endswith("Check the quotation marks.")


def test_text_after_a_closing_quotation_mark(tmp_path: Path) -> None:
    assert failure(tmp_path, f'{HEAD}0180,1990,1,"a"b\n').startswith("cfg/a.csv:2: ")


def test_24_not_utf_8_names_the_line(tmp_path: Path) -> None:
    message = failure(tmp_path, f"{HEAD}0180,1990,1,Malmö\n".encode("latin-1"))
    assert message == "cfg/a.csv:2: not UTF-8 (byte 0xf6). Save the file as UTF-8."


def test_51_missing_and_outside(tmp_path: Path) -> None:
    (tmp_path / "cfg").mkdir()
    with pytest.raises(ConfigurationError, match=r"cfg/none\.csv: cannot be read"):
        read_csv(tmp_path / "cfg" / "none.csv", columns=COLUMNS, base=tmp_path / "cfg")
    (tmp_path / "x.csv").write_text(HEAD)
    with pytest.raises(ConfigurationError, match="lies outside cfg"):
        read_csv(tmp_path / "cfg" / ".." / "x.csv", columns=COLUMNS, base=tmp_path / "cfg")


def test_the_lines_that_rows_begin_at(tmp_path: Path) -> None:
    """A cell of two lines, and a line without content: the third row begins at line 6."""
    path = tmp_path / "t.csv"
    path.write_text('a,b\n1,"x\ny"\n2,z\n\n3,w\n', encoding="utf-8")
    lines: list[int] = []
    rows = read_csv(path, columns=(CsvColumn("a"), CsvColumn("b")), base=tmp_path, lines=lines)
    assert [row["a"] for row in rows] == ["1", "2", "3"]
    assert lines == [2, 4, 6]
