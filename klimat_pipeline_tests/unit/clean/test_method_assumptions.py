"""The files of assumptions: real ones load, and what is wrong in them is named with file and line, all at once."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from klimat_pipeline.clean.method_assumptions import clean_method_assumptions, load_assumptions
from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.contracts import table
from klimat_pipeline.errors import ProblemsError
from klimat_pipeline.quality.contract import check_contract

SECTORS = ("transport", "waste")


@pytest.fixture
def folder(project: Path, tmp_path: Path) -> Path:
    for path in (project / "data" / "reference").glob("scenario_*.csv"):
        shutil.copy(path, tmp_path)
    (tmp_path / "scenario_errors.csv").write_text(
        "sector_code,within_fraction,error,source\ntransport,0.5,0.1,test\ntransport,0.9,0.2,test\n"
        "total,0.5,0.05,test\ntotal,0.9,0.1,test\n",
        encoding="utf-8",
    )
    (tmp_path / "scenario_years.csv").write_text(
        "sector_code,year,decided_year,step_pct,basis,reason\ntransport,2024,2023,22,chosen,law\n"
        "waste,2020,2019,-5,cited,another\n",
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
    assert read.errors["transport"] == {0.5: 0.1, 0.9: 0.2}
    assert read.errors["waste"] == {}, "a sector that was never tested has no row"
    assert read.changes_of_law("transport") == [2024]
    assert read.changes_of_law(None) == [2020, 2024]
    assert read.tested["all greenhouse gases", "total", 6].covered_fraction > 0.85
    assert isinstance(read.window_years, int)


def test_changes_of_law_are_stated_where_they_matter(folder: Path) -> None:
    read = load_assumptions(folder, SECTORS)
    assert read.stated(SECTORS, 2015, 2024) == "transport: a new level in 2024; waste: a new level in 2020"
    assert read.stated(SECTORS, 2021, 2024) == "transport: a new level in 2024"
    assert read.stated(["heating"], 2015, 2024) == ""


def test_all_that_is_wrong_is_named_at_once(folder: Path) -> None:
    change(folder, "errors", "transport,0.5,0.1", "trains,0.5,0.1")
    change(folder, "errors", "total,0.5,0.05", "total,0.5,0.3")
    change(folder, "years", "transport,2024", "trams,2024")
    change(folder, "assumptions", "window_years,10", "window_years,1.5")
    change(folder, "assumptions", "damping,", "fading,")
    change(folder, "assumptions", "shock_fraction,0.15", "shock_fraction,1.9")
    change(folder, "assumptions", "bend_fraction,0.3", "bend_fraction,0")
    with pytest.raises(ProblemsError) as raised:
        load_assumptions(folder, SECTORS)
    text = str(raised.value)
    for part in (
        "no row 'damping'",
        "'fading' is used nowhere",
        "window_years, column value: expected a whole number of at least 1, found 1.5",
        "shock_fraction, column value: expected at most 1, found 1.9",
        "bend_fraction, column value: expected more than 0",
        "errors.csv, total: expected an error for each of 0.5, 0.9, ascending",
        "errors.csv, transport: expected an error for each of 0.5, 0.9, ascending",
        "'trains' is no main sector",
        "'trams' is no main sector",
    ):
        assert part in text


def test_the_total_needs_its_errors(folder: Path) -> None:
    path = folder / "scenario_errors.csv"
    path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:3]) + "\n", encoding="utf-8")
    with pytest.raises(ProblemsError, match="expected rows for 'total' and for sectors; klimat hindcast --renew"):
        load_assumptions(folder, SECTORS)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("years", "2023,22", "soon,22", "column decided_year"),
        ("errors", "0.9,0.2", "0.9,-0.2", "column error"),
        ("errors", "0.9,0.2", "1.9,0.2", "column within_fraction"),
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
    frame = clean_method_assumptions(folder, SECTORS, pd.DataFrame(references))
    assert check_contract(frame, table("clean/method_assumptions")).passed
    rows = frame.set_index(["assumption_kind", "assumption"])
    assert rows.loc[("method", "discount_rate_pct"), "assumption_basis"] == "unverified"
    assert "not verified" in rows.loc[("method", "discount_rate_pct"), "note"]
    law = rows.loc[("change_of_law", "transport_2024")]
    assert (law["assumption_value"], law["assumption_unit"], law["note"]) == (22.0, "%", "law")
    assert rows.loc[("error_after_one_year", "total_0.9"), ["assumption_value", "assumption_basis"]].tolist() == [
        0.1,
        "measured",
    ]
    assert rows.loc[("construction_reference", "homes"), "assumption_unit"] == "kg CO2e/m2 (A1-A5)"


def test_what_is_called_unverified_is_marked_so_and_nothing_else(project: Path) -> None:
    """A reason that says 'not verified' and a mark that says otherwise would hide it from whoever reads the table."""
    reference = project / "data" / "reference"
    codes = load_reference(reference).sector_codes
    frame = clean_method_assumptions(reference, codes, load_reference(reference).construction_references)
    said = frame["note"].str.contains("not verified")
    assert (said == (frame["assumption_basis"] == "unverified")).all()
    assert said.sum() == 1


@pytest.mark.parametrize("value", ["2", "0.5"])
def test_a_switch_is_on_or_off(folder: Path, value: str) -> None:
    change(folder, "assumptions", "undated_ramp,1", f"undated_ramp,{value}")
    with pytest.raises(ProblemsError, match=f"undated_ramp, column value: expected 0 or 1, found {value}"):
        load_assumptions(folder, SECTORS)
