"""The files of assumptions: real ones load, and what is wrong in them is named with file and line, all at once."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from klimat_pipeline.clean.assumptions import clean_assumptions, load_assumptions
from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.contracts import table
from klimat_pipeline.errors import ProblemsError
from klimat_pipeline.quality.contract import check_contract

SECTORS = ("transport", "waste")


@pytest.fixture
def folder(project: Path, tmp_path: Path) -> Path:
    for path in (project / "data" / "reference").glob("scenario_*.csv"):
        shutil.copy(path, tmp_path)
    (tmp_path / "scenario_sectors.csv").write_text(
        "sector_code,data_quality,typical_spread,width_at_once,width_per_year,source\n"
        "transport,high,0.1,1,0.3,test\nwaste,low,0.2,1,0.3,test\n",
        encoding="utf-8",
    )
    (tmp_path / "scenario_years.csv").write_text(
        "sector_code,year,treatment,basis,reason\ntransport,2020,left_out,chosen,pandemic\n"
        "waste,2024,new_level,cited,law\n",
        encoding="utf-8",
    )
    return tmp_path


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / f"scenario_{name}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_what_is_read(folder: Path) -> None:
    read = load_assumptions(folder, SECTORS)
    assert read.sectors["waste"].typical_spread == 0.2
    assert read.years_treated("transport", "left_out") == {2020}
    assert read.years_treated("transport", "new_level") == frozenset()
    assert read.uncertainty_pct == {"high": 5.0, "medium": 15.0, "low": 30.0}
    assert isinstance(read.window_years, int)


def test_treatments_are_stated_where_they_matter(folder: Path) -> None:
    read = load_assumptions(folder, SECTORS)
    assert read.stated(["transport", "waste"], 2015, 2024) == "transport: 2020 left out; waste: 2024 a new level"
    assert read.stated(["transport", "waste"], 2021, 2024) == "waste: 2024 a new level"
    assert read.stated(["transport", "waste"], 2015, 2023) == "transport: 2020 left out"
    assert read.stated(["heating"], 2015, 2024) == ""


def test_all_that_is_wrong_is_named_at_once(folder: Path) -> None:
    change(folder, "sectors", "waste,low", "water,low")
    change(folder, "years", "transport,2020", "trains,2020")
    change(folder, "assumptions", "window_years,15", "window_years,1.5")
    change(folder, "assumptions", "level_years,", "levels,")
    change(folder, "assumptions", "common_fraction,0.2", "common_fraction,1.9")
    change(folder, "assumptions", "bend_fraction,0.3", "bend_fraction,0")
    with pytest.raises(ProblemsError) as raised:
        load_assumptions(folder, SECTORS)
    text = str(raised.value)
    for part in (
        "no row 'level_years'",
        "'levels' is used nowhere",
        "window_years, column value: expected a whole number of at least 1, found 1.5",
        "common_fraction, column value: expected at most 1, found 1.9",
        "bend_fraction, column value: expected more than 0",
        "no row for sector 'waste'",
        "'water' is no main sector",
        "'trains' is no main sector",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("years", "left_out", "forgotten", "column treatment"),
        ("quality", "low,30", "low,much", "column uncertainty_pct"),
        ("sectors", "0.2,1,0.3", "-0.2,1,0.3", "column typical_spread"),
    ],
)
def test_a_cell_that_does_not_fit_is_named(folder: Path, name: str, old: str, new: str, said: str) -> None:
    change(folder, name, old, new)
    with pytest.raises(ProblemsError) as raised:
        load_assumptions(folder, SECTORS)
    assert f"scenario_{name}.csv" in str(raised.value)
    assert said in str(raised.value)


def test_readers_see_every_assumption_with_what_it_rests_on(folder: Path) -> None:
    references = [
        {
            "reference_set": "homes",
            "reference_kg_per_m2": 375.0,
            "system_boundary": "A1-A5",
            "basis": "cited",
            "source": "report",
        }
    ]
    frame = clean_assumptions(folder, SECTORS, pd.DataFrame(references))
    assert check_contract(frame, table("clean/assumptions")).passed
    rows = frame.set_index(["assumption_kind", "assumption"])
    assert rows.loc[("method", "discount_rate_pct"), "assumption_basis"] == "unverified"
    assert "not verified" in rows.loc[("method", "discount_rate_pct"), "note"]
    # The grade of waste is low, and low stands for plus or minus 30 per cent.
    assert rows.loc[("grade_of_sector", "waste"), ["assumption_value", "assumption_unit"]].tolist() == [30.0, "% (low)"]
    assert rows.loc[("uncertainty_of_grade", "low"), "assumption_basis"] == "unverified"
    odd = rows.loc[("odd_year", "transport_2020")]
    assert (odd["assumption_unit"], odd["note"]) == ("left out", "pandemic")
    assert rows.loc[("construction_reference", "homes"), "assumption_unit"] == "kg CO2e/m2 (A1-A5)"


def test_what_is_called_unverified_is_marked_so_and_nothing_else(project: Path) -> None:
    """A reason that says 'not verified' and a mark that says otherwise would hide it from whoever reads the table."""
    reference = project / "data" / "reference"
    codes = load_reference(reference).sector_codes
    frame = clean_assumptions(reference, codes, load_reference(reference).construction_references)
    said = frame["note"].str.contains("not verified")
    assert (said == (frame["assumption_basis"] == "unverified")).all()
    assert said.sum() == 4


@pytest.mark.parametrize("value", ["2", "0.5"])
def test_a_switch_is_on_or_off(folder: Path, value: str) -> None:
    change(folder, "assumptions", "undated_ramp,1", f"undated_ramp,{value}")
    with pytest.raises(ProblemsError, match=f"undated_ramp, column value: expected 0 or 1, found {value}"):
        load_assumptions(folder, SECTORS)


def test_a_grade_without_a_number_is_refused(folder: Path) -> None:
    path = folder / "scenario_quality.csv"
    path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:-1]) + "\n", encoding="utf-8")
    with pytest.raises(ProblemsError, match="no row for grade 'low'"):
        load_assumptions(folder, SECTORS)
