"""``actions.csv``: what a row must be, every fault named with file, line, column and value."""

from pathlib import Path

import pandas as pd
import pytest

from klimat_pipeline.clean.climate_actions import clean_climate_actions
from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.configuration.local_tables import LOCAL_TABLES
from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.arrow import to_arrow
from klimat_pipeline.errors import ProblemsError
from klimat_pipeline_tests.support.shared import REPOSITORY

REFERENCE = load_reference(REPOSITORY / "data" / "reference")
FILE = "municipalities/1281_lund/actions.csv"
COLUMNS = [column.name for column in LOCAL_TABLES["actions"].columns]
SOUND = {
    "action_id": "buses",
    "line": "transport_on_road",
    "name_sv": "Elbussar",
    "name_en": "Electric buses",
    "effect_t_per_year": "100",
    "status": "decided",
    "source": "invented for the test",
}


def line(**changes: str) -> str:
    return ",".join((SOUND | changes).get(name, "") for name in COLUMNS)


def read(tmp_path: Path, *lines: str) -> pd.DataFrame:
    folder = tmp_path / "municipalities" / "1281_lund"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "actions.csv").write_text("\n".join([",".join(COLUMNS), *lines]) + "\n", encoding="utf-8")
    return clean_climate_actions(folder.parent, REFERENCE)


def problems(tmp_path: Path, *lines: str) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        read(tmp_path, *lines)
    return [text.removeprefix(f"{FILE}:") for text in caught.value.problems]


def test_an_action_keeps_what_is_given_and_leaves_out_what_is_not(tmp_path: Path) -> None:
    frame = read(
        tmp_path,
        line(effect_low_t="80", effect_high_t="130", start_year="2027", ramp_years="3", lifetime_years="12"),
        line(action_id="cars", interacts_with="buses", interaction_rule="additive", cost_msek="5", price_year="2024"),
    )
    to_arrow(frame, table("clean/climate_actions"))
    buses, cars = frame.iloc[0], frame.iloc[1]
    assert (buses["effect_low_t"], buses["effect_t_per_year"], buses["effect_high_t"]) == (80.0, 100.0, 130.0)
    assert (buses["start_year"], buses["ramp_years"], buses["lifetime_years"]) == (2027, 3, 12)
    assert (buses["interaction_rule"], cars["interaction_rule"]) == ("multiplicative", "additive")
    assert pd.isna(buses["cost_msek"])
    assert (cars["cost_msek"], cars["price_year"], cars["interacts_with"]) == (5.0, 2024, "buses")


def test_no_file_is_no_action(tmp_path: Path) -> None:
    (tmp_path / "municipalities" / "1281_lund").mkdir(parents=True)
    frame = clean_climate_actions(tmp_path / "municipalities", REFERENCE)
    assert frame.empty
    to_arrow(frame, table("clean/climate_actions"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"line": "roads"}, "column line: expected one of buildings_incl_agricultural_facilities"),
        ({"effect_low_t": "120", "effect_high_t": "130"}, "column effect_low_t: expected low <= effect <= high"),
        ({"effect_low_t": "90"}, "column effect_low_t: expected a range beside an effect, both ends of it or none"),
        ({"share_municipal": "0.5"}, "column share_municipal: the shares sum to 0.5, expected 1"),
        (
            {"sized_on_t": "99"},
            "column sized_on_t: expected the emissions that the action was sized on, at least the 100",
        ),
        ({"cost_msek": "4"}, "column price_year: expected the price level of the costs, found ''"),
        ({"status": "hoped"}, "column status: expected one of proposed, planned, decided, ongoing, completed"),
        ({"interacts_with": "trams"}, "column interacts_with: no action has the id 'trams'"),
        ({"interacts_with": "buses"}, "column interacts_with: 'buses' is the action itself"),
        ({"effect_t_per_year": "-5"}, "column effect_t_per_year: expected 0 or more, found '-5'"),
    ],
)
def test_faults_name_line_and_column(tmp_path: Path, changes: dict[str, str], said: str) -> None:
    found = problems(tmp_path, line(**changes))
    assert len(found) == 1
    assert found[0].startswith(f"2: {said}")


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    found = problems(tmp_path, line(line="roads", cost_msek="4"), line(action_id="cars", share_eu="0.2"))
    assert [text.split(" ", 3)[2] for text in found] == ["line:", "price_year:", "share_municipal:"]
