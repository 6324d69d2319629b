"""Rows 10-20 and 26-29 of the fault list, for the national workbook: one clear error with its place and value."""

from io import BytesIO

import openpyxl
import pytest

from klimat_pipeline.errors import UnknownNameError, WorkbookError
from klimat_pipeline.raw.smhi_workbook import read_workbook
from klimat_pipeline_tests.support.workbooks import HEADER, MAIN_SECTORS, Layout, lines_for, workbook

PLACES = (("Skåne län", "Helsingborg"), ("Skåne län", "Lund"))
YEARS = (1990, 2020)


def made(**layout: object) -> bytes:
    return workbook(lines_for(PLACES, YEARS), Layout(**layout))


def edited(edit, content: bytes | None = None) -> bytes:
    book = openpyxl.load_workbook(BytesIO(content or made()))
    edit(book)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def cell(address: str, value: object) -> bytes:
    def edit(book) -> None:
        book.active[address] = value

    return edited(edit)


def failure(content: bytes, file: str = "book.xlsx") -> str:
    with pytest.raises(WorkbookError) as caught:
        read_workbook(content, file)
    return str(caught.value)


def test_sound_workbook_reads_whole() -> None:
    read = read_workbook(made(), "book.xlsx")
    assert read.years == YEARS
    assert read.values.shape == (len(MAIN_SECTORS) * 2, 2)
    assert (read.unit_sv, read.substance, read.report_date) == ("ton CO2-ekv/år", "GGT", "2026-06-10")
    assert read.rows[0] == 7  # three descriptive rows, a blank one, years, header
    assert read.columns == ("E", "F")


@pytest.mark.parametrize("more", [0, 1, 4])
def test_any_number_of_descriptive_rows(more: int) -> None:
    content = made(extra_rows=[["Underlaget är fördelat geografiskt"]] * more)
    assert read_workbook(content, "book.xlsx").rows[0] == 7 + more


def test_10_formula_without_stored_value_is_named_by_cell() -> None:
    message = failure(cell("F9", "=1+1"))
    assert "cell F9 (row 9, column F)" in message
    assert "formula without a stored value" in message


def test_empty_figure_is_not_zero() -> None:
    message = failure(cell("E10", None))
    assert "E10" in message and "empty cell" in message and "not zero" in message


def test_11_no_header() -> None:
    message = failure(cell("A6", "Sektor"))
    assert "no header cell 'Huvudsektor'" in message and "Växthusgaser totalt (GGT)" in message


def test_11_two_headers() -> None:
    message = failure(cell("A15", "Huvudsektor"))
    assert "second header cell 'Huvudsektor'" in message and "A15" in message


def test_12_renamed_column_with_nearest_name() -> None:
    message = failure(made(header=(HEADER[0], HEADER[1], HEADER[2], "Kommunnamn")))
    assert "column 'Kommun' is missing" in message
    assert "nearest: 'Kommunnamn'" in message
    assert "row 6" in message


def test_12_removed_column() -> None:
    message = failure(edited(lambda book: book.active.delete_cols(2)))
    assert "column 'Undersektor' is missing" in message


def test_missing_sheet() -> None:
    def edit(book) -> None:
        book.create_sheet("Information")["A1"] = "Om databasen"
        book.remove(book["Växthusgaser totalt (GGT)"])

    message = failure(edited(edit))
    assert "Information" in message and "data sheet removed" in message


def test_13_new_year_is_taken() -> None:
    content = workbook(lines_for(PLACES, (1990, 2020, 2025)))
    assert read_workbook(content, "book.xlsx").years == (1990, 2020, 2025)


def test_13_year_in_the_future() -> None:
    message = failure(cell("F5", 2190))
    assert "2190" in message and "future" in message and "F5" in message


def test_year_that_is_none() -> None:
    message = failure(cell("F5", "Kommentar"))
    assert "'Kommentar'" in message and "F5" in message and "no year" in message


@pytest.mark.parametrize("value", ["1,5", "1\u00a0234,5", "kt", True])
def test_17_18_text_in_a_number_cell(value: object) -> None:
    message = failure(cell("E8", value))
    assert "sheet 'Växthusgaser totalt (GGT)'" in message
    assert "cell E8 (row 8, column E)" in message
    assert repr(value) in message


@pytest.mark.parametrize("value", ["#DIV/0!", "nan", "inf", "1e999"])
def test_28_not_a_number(value: str) -> None:
    message = failure(cell("E8", value))
    assert "E8" in message


def test_19_no_unit() -> None:
    message = failure(made(unit="Alla värden"))
    assert "state no unit" in message and "Enhet" in message


def test_20_duplicate_rows_name_both() -> None:
    def edit(book) -> None:
        sheet = book.active
        for column in "ABCD":
            sheet[f"{column}9"] = sheet[f"{column}8"].value

    message = failure(edited(edit))
    assert "row 9" in message and "as row 8" in message
    assert "Helsingborg" in message


def test_21_duplicate_year() -> None:
    message = failure(cell("F5", 1990))
    assert "1990 stands twice" in message and "also in column E" in message


def test_21_duplicate_column() -> None:
    message = failure(cell("D6", "Län"))
    assert "'Län' stands twice" in message or "'Kommun' is missing" in message


def test_26_text_like_null_is_a_name_not_a_gap() -> None:
    from klimat_pipeline.raw.smhi_emissions import to_frame

    frame = to_frame(read_workbook(cell("D7", "NA"), "book.xlsx"), "r")
    assert frame["municipality_sv"].iloc[0] == "NA"


def test_29_negative_emission() -> None:
    message = failure(cell("E8", -1.5))
    assert "-1.5 is a negative emission" in message and "E8" in message and "corrections" in message


def test_two_substances() -> None:
    message = failure(cell("F6", "CO2"))
    assert "'CO2' beside 'GGT'" in message and "F6" in message


def test_sheet_speaks_of_another_substance() -> None:
    message = failure(made(sheet="Koldioxid (CO2)"))
    assert "CO2" in message and "GGT" in message


def test_label_missing_in_a_filled_row() -> None:
    message = failure(cell("A9", None))
    assert "A9" in message and "empty" in message


def test_blank_rows_at_the_end_are_no_rows() -> None:
    assert len(read_workbook(cell("A40", " "), "b.xlsx").rows) == 18


def coded(content: bytes):
    from klimat_pipeline.clean.naming import with_codes
    from klimat_pipeline.clean.reference import load_reference
    from klimat_pipeline.raw.smhi_emissions import to_frame
    from klimat_pipeline.settings import Settings

    return with_codes(to_frame(read_workbook(content, "b.xlsx"), "rel"), load_reference(Settings().reference_dir))


def test_15_unknown_main_sector() -> None:
    with pytest.raises(UnknownNameError) as caught:
        coded(cell("A8", "Transporteer"))
    message = str(caught.value)
    assert "row 8" in message and "'Transporteer'" in message and "nearest known: 'Transporter'" in message
    assert "sector_aliases.csv" in message


def test_unknown_municipality() -> None:
    with pytest.raises(UnknownNameError, match=r"row 7.*unknown municipality 'Helsingbårg'.*'Helsingborg'"):
        coded(cell("D7", "Helsingbårg"))


def test_municipality_in_the_wrong_county() -> None:
    with pytest.raises(UnknownNameError, match="Habo.*Jönköpings län"):
        coded(cell("D7", "Habo"))


@pytest.mark.parametrize("unit", ["kton CO2-ekv/år", "ton/år", "MWh/år", "kg CO2-ekv/år"])
def test_19_wrong_unit(unit: str) -> None:
    from klimat_pipeline.clean.reference import load_reference
    from klimat_pipeline.clean.units import measure
    from klimat_pipeline.settings import Settings

    with pytest.raises(UnknownNameError) as caught:
        measure("GGT", unit, "book.xlsx", load_reference(Settings().reference_dir))
    assert unit in str(caught.value) and "ton CO2-ekv/år" in str(caught.value)
