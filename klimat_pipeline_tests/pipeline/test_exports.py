"""Exports, read back by another library than the one that wrote them, and held against the published tables."""

import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.reports.exports.formats import FORMATS, export
from klimat_pipeline.reports.exports.workbook import Sheet, amount, total, write_workbook
from klimat_pipeline.settings import load_settings
from klimat_pipeline_tests.support.default_refresh import Refresh

Rows = dict[str, list[list[Any]]]
KEYS = {"NE", "IE", "NO", "C"}
WHOLE = "Total Emissions (excluding generation of grid-supplied energy)"
SECTORS = ("Stationary Energy", "Transport", "Waste", "IPPU", "AFOLU")


@pytest.fixture(scope="module")
def books(small_refresh: Refresh, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    """Every format's sheets, as rows without the empty end."""
    settings = load_settings().model_copy(update={"data_dir": small_refresh.data})
    folder = tmp_path_factory.mktemp("exports")
    found = {}
    for name in FORMATS:
        export(settings, name, "1283", folder / f"{name}.xlsx")
        book = CalamineWorkbook.from_path(folder / f"{name}.xlsx")
        found[name] = {sheet: book.get_sheet_by_name(sheet).to_python() for sheet in book.sheet_names}
    return found


@pytest.fixture(scope="module")
def database(small_refresh: Refresh) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(small_refresh.data / "published" / "klimat.sqlite")) as connection:
        yield connection


def row_of(rows: list[list[Any]], first: str) -> list[Any]:
    return next(row for row in rows if row[0] == first)


def test_a_1_3_sums_to_the_scopes_that_are_published(books: dict[str, Rows], database: sqlite3.Connection) -> None:
    scopes = dict(
        database.execute(
            "SELECT scope, emissions_t_co2e FROM scope_indicators WHERE municipality_code = '1283' AND year = 2022 AND "
            "is_headline AND boundary = 'territory' AND scope2_basis <> 'printed' AND method IN ('', 'location')"
        ).fetchall()
    )
    sheet = books["ccc"]["A-1.3 2022"]
    whole = row_of(sheet, "Total")
    assert whole[1] == pytest.approx(scopes["1"], abs=1e-6)
    assert whole[2] == pytest.approx(scopes["2"], abs=1e-6)
    assert whole[3] == "NE"
    assert row_of(sheet, "Total scope 1 and 2")[4] == pytest.approx(scopes["1+2"], abs=1e-6)
    # Helsingborg 2022, release of June 2026: 465,661.32 t in all less 99,676.36 t of grid-supplied energy.
    assert whole[1] == pytest.approx(465661.32 - 99676.36, abs=0.01)
    assert row_of(sheet, "Grid-supplied energy: outside the total")[1] == pytest.approx(99676.36)


def test_a_1_1_is_the_energy_that_the_plan_prints(books: dict[str, Rows]) -> None:
    """Action plan, table A-1.1: 1,185,497 MWh electricity less transport, and 831,983 MWh district heat in 2022."""
    sheet = books["ccc"]["A-1.1 2022"]
    assert row_of(sheet, "Base year")[1] == 2022
    used = {row[0]: row[2] for row in sheet if ", " in str(row[0]) and isinstance(row[2], float)}
    sums = {row[0]: row[2] for row in sheet if isinstance(row[2], float) and row[0] not in used}
    assert sum(used.values()) == sum(sums.values())
    assert sums["Transport"] == used["transport, electricity"] == 3000
    assert sum(sums.values()) == 285119 + 95600 + 460840 + 3000 + 311700 + 32238 + 595983 + 75000 + 110000 + 51000
    assert row_of(sheet, "Waste")[1:5] == ["NE"] * 4


def test_a_1_4_is_the_same_energy_as_activity(books: dict[str, Rows]) -> None:
    sheet = books["ccc"]["A-1.4 2022"]
    assert row_of(sheet, "households, district heating (MWh/year)")[1:4] == ["NE", 595983, "NE"]
    assert row_of(sheet, "Sector: Waste")[1:4] == ["NE"] * 3


def test_a_1_2_holds_every_factor(books: dict[str, Rows], database: sqlite3.Connection) -> None:
    sheet = books["ccc"]["A-1.2"]
    published = database.execute(
        "SELECT carrier, year, gas, factor_t_per_unit FROM emission_factors WHERE municipality_code = '1283'"
    ).fetchall()
    shown = {(row[0], row[8], row[9]): row for row in sheet}
    assert len([row for row in sheet if isinstance(row[8], int | float)]) == len(published) > 5
    assert shown["electricity", 2022, "location"][7] == pytest.approx(0.055)
    assert shown["electricity", 2022, "location"][1] == "NE"
    assert shown["electricity", 2023, "market"][1] == pytest.approx(0.5241)
    assert shown["electricity", 2023, "market"][7] == "NE"


def test_a_2_1_is_the_gap_table(books: dict[str, Rows], database: sqlite3.Connection) -> None:
    published = database.execute(
        "SELECT baseline_t, target_t, latest_t, other_plans_t, gap_t, actions_t, residual_t FROM gap_table WHERE "
        "municipality_code = '1283' AND is_headline AND gap_basis = 'computed' AND is_total"
    ).fetchone()
    row = row_of(books["ccc"]["A-2.1"], "Total")
    assert [row[n] for n in (2, 4, 9, 10, 11, 12, 13)] == pytest.approx(list(published))
    # The line's target is of 2020: 90 per cent less than 8,820.95 t.
    heating = row_of(books["ccc"]["A-2.1"], "Buildings individual heating")
    assert heating[5:8] == [-90, 2020, pytest.approx(8820.95)]
    assert heating[4] == pytest.approx(882.095)


def test_a_2_1_printed_is_the_print(books: dict[str, Rows]) -> None:
    """Action plan, table A-2.1, with its errors; its lines sum to 194,158 t, 204,191 t and 207,295 t."""
    sheet = books["ccc"]["A-2.1 printed"]
    columns = (2, 4, 9, 10, 11, 12, 13)
    for line, printed in {
        "Agriculture and land use, sources": (56359, 39451, 47597, 4000, 6146, 6000, 37597),
        "Buildings electricity": (98710, 35549, 65208, 28000, 2660, 5785, 31423),
        "Waste and waste water": (87649, 11047, 30344, 0, 17190, 17000, 13344),
        "Total": (1143256, 195257, 476185, 77836, 200792, 204995, 191054),
    }.items():
        assert tuple(row_of(sheet, line)[n] for n in columns) == printed, line
    note = row_of(sheet, "Total")[14]
    assert note.endswith("its lines give emissions at the target 194,158 t, gap 204,191 t, actions 207,295 t")


def test_gpc_is_the_published_inventory(books: dict[str, Rows], database: sqlite3.Connection) -> None:
    published = {
        (year, ref, scope): (value, key)
        for year, ref, scope, value, key in database.execute(
            "SELECT year, gpc_ref, scope, emissions_t_co2e, notation_key FROM gpc_inventory WHERE "
            "municipality_code = '1283' AND is_headline"
        )
    }
    checked = 0
    for year in ("1990", "2022", "2024"):
        for row in books["gpc"][year][2:]:
            value, key = published[int(year), row[0], str(row[1])]
            assert row[5] == ("" if value is None else pytest.approx(value))
            assert row[4] == (key or "" if value is not None else key or "NE")
            checked += 1
    assert checked > 60
    assert row_of(books["gpc"]["2022"], "BASIC+")[5] == pytest.approx(477111.36, abs=0.01)
    assert row_of(books["gpc"]["2024"], "BASIC")[5] == ""
    assert "NE" in row_of(books["gpc"]["2024"], "BASIC")[4]


def test_crf_holds_everything_once(books: dict[str, Rows], database: sqlite3.Connection) -> None:
    """What is direct, and what is generated for the grid, is the GPC's territorial total."""
    for year in (1990, 2022, 2024):
        sheet = books["crf"][str(year)]
        generated = row_of(sheet, "Total generation of grid-supplied energy")[1]
        (territorial,) = database.execute(
            "SELECT emissions_t_co2e FROM gpc_inventory WHERE municipality_code = '1283' AND is_headline AND year = ? "
            "AND gpc_ref = 'territorial'",
            (year,),
        ).fetchone()
        whole = row_of(sheet, WHOLE)[1]
        assert whole + generated == pytest.approx(territorial, abs=1e-6)
        assert whole == pytest.approx(sum(row[1] for row in sheet if " > " in row[0] and row[1] != ""))
        assert whole == pytest.approx(sum(row_of(sheet, f"Total {sector}")[1] for sector in SECTORS))
    by_name = {row[0].rpartition(" > ")[2]: row for row in books["crf"]["2024"]}
    assert by_name["Off-road"][1] == pytest.approx(63300.38)
    assert by_name["Residential buildings"][1] == pytest.approx(6658.07)
    assert by_name["Commercial buildings & facilities"][1:3] == ["", "IE"]
    assert by_name["Industrial buildings & facilities"][2] == "IE"
    assert "“Industrial processes" in by_name["Industrial buildings & facilities"][7]
    assert by_name["Aviation"][1:3] == ["", "IE"]
    assert by_name["Aviation"][5:7] == ["", "IE"]
    assert by_name["Waterborne navigation"][5] == pytest.approx(10.03)
    assert by_name["Land use"][2] == "NE"


def test_every_crf_cell_has_a_figure_or_a_key(books: dict[str, Rows]) -> None:
    rows = [row for row in books["crf"]["2022"][3:] if " > " in row[0]]
    assert len(rows) == 24
    for row in rows:
        assert (row[1] == "") != (row[2] == ""), row
        assert row[2] in KEYS | {""}
        assert row[4] in KEYS | {""}
        assert row[1] != 0


def test_indicators_are_those_that_are_published(books: dict[str, Rows]) -> None:
    sheet = books["netzerocities"]["GHG indicators"]
    assert row_of(sheet, "GHG emissions, territorial total")[2:7] == pytest.approx(
        [1990, 1081244.42, 2024, 516011.87, -52.276], abs=0.001
    )
    waste = row_of(sheet, "GHG emissions from waste and waste water, scope 1")
    assert waste[6] == pytest.approx((14845.70 / 76937.68 - 1) * 100, abs=0.001)
    assert row_of(sheet, "GHG emissions from waste and waste water, scope 2")[5] == "NE"
    assert row_of(sheet, "Sinks counted towards neutrality")[5] == 0


def test_every_workbook_says_what_it_is_made_from(books: dict[str, Rows], database: sqlite3.Connection) -> None:
    (publication,) = database.execute("SELECT publication_id FROM publication").fetchone()
    for book in books.values():
        about = {row[0]: row[1] for row in book["About"]}
        assert about["Publication"] == publication
        assert len(about["SHA-256 of the release"]) == 64
        assert about["Notation key NE"].startswith("not estimated")


@pytest.mark.parametrize("text", ["=1+1", "+SUM(A1)", "-2", "@cmd", '=HYPERLINK("http://x")'])
def test_a_text_is_no_formula(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.xlsx"
    write_workbook(path, [Sheet("s", text, ("a", "b"), [[text, 1.5]])])
    for sheet in (load_workbook(path)["s"],):
        assert sheet["A3"].data_type == "s"
        assert sheet["A3"].value == text
        assert sheet["A3"].quotePrefix
        assert sheet["B3"].value == 1.5
    assert CalamineWorkbook.from_path(path).get_sheet_by_name("s").to_python()[2] == [text, 1.5]
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.xlsx"]


def test_libreoffice_opens_them_without_an_error_cell(small_refresh: Refresh, tmp_path: Path) -> None:
    """Skipped, with the reason, where it is not installed: what the cells hold is read back above in any case."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("soffice (LibreOffice) is not on this machine")
    settings = load_settings().model_copy(update={"data_dir": small_refresh.data})
    paths = [tmp_path / f"{name}.xlsx" for name in FORMATS]
    for path in paths:
        export(settings, path.stem, "1283", path)
    # Every sheet as CSV, as its cells are shown.
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = [
        program,
        home,
        "--headless",
        "--convert-to",
        every_sheet,
        "--outdir",
        str(tmp_path / "csv"),
        *map(str, paths),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    shown = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "csv").iterdir()}
    assert len(shown) == 21
    for name, text in shown.items():
        assert not re.search(r"Err:\d|#(REF|NAME|VALUE|N/A|DIV)", text), name


def test_a_missing_figure_is_no_zero() -> None:
    assert amount([]) == "NE"
    assert amount([{"emissions_t_co2e": None, "notation_key": "IE"}]) == "IE"
    assert amount([{"emissions_t_co2e": None, "notation_key": "IE NE"}]) == "NE"
    assert amount([{"emissions_t_co2e": 0.0, "notation_key": None}]) == 0.0
    assert total(["NE", "IE"]) == "NE"
    assert total(["NE", 2.0]) == 2.0


def test_what_does_not_exist_is_refused_in_words(small_refresh: Refresh, tmp_path: Path) -> None:
    settings = load_settings().model_copy(update={"data_dir": small_refresh.data})
    with pytest.raises(ConfigurationError, match="there are ccc, crf, gpc, netzerocities"):
        export(settings, "pdf", "1283", tmp_path / "x.xlsx")
    with pytest.raises(ConfigurationError, match="nothing is published of municipality 0000"):
        export(settings, "crf", "0000", tmp_path / "x.xlsx")
