"""Targets of every kind, worked out by hand on round figures."""

from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest

from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.arrow import to_arrow
from klimat_pipeline.indicators.target_status import target_status

NO_CONSTRUCTION = pd.DataFrame(columns=table("clean/construction_projects").column_names)
NO_MEALS = pd.DataFrame(columns=table("clean/served_meals").column_names)


def target(**changes: Any) -> pd.DataFrame:
    row = {
        "municipality_code": "1281",
        "target_id": "goal",
        "target_kind": "contract",
        "target_name_sv": "Mål",
        "target_name_en": "Goal",
        "sector_codes": "transport",
        "boundary": "territory",
        "target_gas_basis": "GHG",
        "baseline_year": 2000,
        "target_year": 2010,
        "target_pct": -50.0,
        "trend_from_year": 2000,
        "source": "test",
        "note": None,
        "target_measure": "emissions",
        "spend_indicator": None,
        "target_level": np.nan,
        "interim_targets": "",
        "budget_t": np.nan,
    } | changes
    return pd.DataFrame([row]).astype({"baseline_year": "Int64", "target_year": "Int64"})


def sectors(figures: dict[int, float], base: float) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "municipality_code": "1281",
                "target_id": "goal",
                "target_kind": "contract",
                "release_id": "r1",
                "is_current_release": True,
                "year": year,
                "gas_basis": "all greenhouse gases",
                "gwp_set": "AR5",
                "basis": "reported",
                **dict.fromkeys(("emissions_t_co2e", "emissions_reported_t_co2e", "emissions_corrected_t_co2e"), value),
                **dict.fromkeys(("baseline_t_co2e", "baseline_reported_t_co2e"), base),
                "trend_from_year": min(figures),
            }
            for year, value in figures.items()
        ]
    )


def status(targets: pd.DataFrame, figures: dict[int, float] | None = None, **other: pd.DataFrame) -> pd.DataFrame:
    held = sectors(figures or {2000: np.nan}, (figures or {}).get(2000, np.nan))
    frame = target_status(
        *(held, targets, other.get("construction", NO_CONSTRUCTION), other.get("meals", NO_MEALS)),
        *(other.get("spend"), other.get("consumption")),
    )
    to_arrow(frame, table("indicators/target_status"))
    return frame


def row(frame: pd.DataFrame, path: str, year: int) -> dict[str, Any]:
    found = frame[(frame["path"] == path) & (frame["year"] == year)].to_dict("records")
    assert len(found) == 1
    return found[0]


class TestEmissions:
    #: 100 t in 2000, to 50 t in 2010: the line falls by 5 t a year. 2001 and 2003 were not released.
    FIGURES: ClassVar = {2000: 100.0, 2002: 96.0, 2004: 76.0}

    def test_gap_and_cumulative_excess_with_interpolated_years(self) -> None:
        now = row(status(target(), self.FIGURES), "straight_line", 2004)
        # Path 80. Emissions 98, 96, 86, 76 against 95, 90, 85, 80: 3 + 6 + 1 - 4 = 6.
        assert (now["path_value"], now["gap_value"]) == (80.0, -4.0)
        assert now["cumulative_excess_t"] == pytest.approx(6.0)
        assert (now["interpolated_years"], now["interpolated_count"]) == ("2001 2003", 2)
        assert now["status"] == "on_track"

    def test_a_budget_is_kept_by_its_sum_not_by_its_last_year(self) -> None:
        now = row(status(target(), self.FIGURES), "carbon_budget", 2004)
        # 95 + 90 + ... + 50 = 725; used 98 + 96 + 86 + 76 = 356; 369 left at 76 a year lasts into the fifth year.
        assert now["budget_t"] == pytest.approx(725)
        assert (now["budget_used_t"], now["budget_left_t"]) == pytest.approx((356, 369))
        assert now["budget_exhausted_year"] == 2009
        assert (now["budget_rule"], now["status"]) == ("area_under_straight_line", "behind")

    def test_a_given_budget_that_is_overdrawn_says_when(self) -> None:
        now = row(status(target(budget_t=200.0), self.FIGURES), "carbon_budget", 2004)
        # 98 + 96 = 194 in 2002, 280 in 2003.
        assert (now["budget_rule"], now["budget_exhausted_year"]) == ("given", 2003)
        assert now["budget_left_t"] == pytest.approx(-156)

    def test_trend_with_and_without_the_last_point(self) -> None:
        # 100, 90, 80, 70 is -5 a year and reaches 50 in 2020-... of 2000 + 10; the last point 75 bends it.
        figures = {2000: 100.0, 2002: 90.0, 2004: 80.0, 2006: 75.0}
        now = row(status(target(), figures), "straight_line", 2006)
        # Least squares through all four: slope -4.25, 2000: 99; 50 after 49/4.25 = 11.53 years.
        assert now["trend_reaches_year"] == 2012
        assert now["trend_reaches_without_last_year"] == 2010

    def test_a_rising_trend_never_reaches_it(self) -> None:
        now = row(status(target(), {2000: 100.0, 2001: 101.0, 2002: 102.0}), "straight_line", 2002)
        assert pd.isna(now["trend_reaches_year"])

    def test_interim_targets_bend_the_paths(self) -> None:
        frame = status(target(interim_targets="2004:-40"), self.FIGURES)
        now = row(frame, "straight_line", 2002)
        assert now["path_value"] == 80.0
        assert (now["next_interim_year"], now["next_interim_value"]) == (2004, 60.0)

    def test_constant_percentage_to_zero_has_no_number(self) -> None:
        now = row(status(target(target_pct=-100.0), self.FIGURES), "constant_percentage", 2004)
        assert now["status"] == "no_data"
        assert pd.isna(now["path_value"])
        assert "never reaches zero" in now["note"]


class TestNotQuantified:
    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"target_pct": np.nan}, "the document gives no number"),
            ({"baseline_year": None, "sector_codes": ""}, "the document gives no baseline year"),
            ({"baseline_year": 1995}, "the release does not hold the baseline year 1995"),
        ],
    )
    def test_the_reason_stands_there_and_no_number(self, changes: dict[str, Any], reason: str) -> None:
        frame = status(target(**changes))
        only = frame.iloc[0]
        assert len(frame) == 1
        assert (only["status"], only["path"]) == ("no_data", "none")
        assert only["note"].startswith(reason)
        assert frame[["current_value", "target_value", "baseline_value"]].isna().all(axis=None)

    def test_purchases_without_a_spend_analysis_and_without_a_base_year(self) -> None:
        own = target(target_measure="purchases", spend_indicator="bought", sector_codes="", baseline_year=None)
        assert status(own).iloc[0]["note"] == "the document gives no baseline year; and there is no spend analysis"


def test_construction_is_weighted_by_area_against_its_reference() -> None:
    projects = pd.DataFrame(
        [("1281", "school", 2024, 1000.0, 300.0, 400.0), ("1281", "homes", 2024, 3000.0, 100.0, 200.0)],
        columns=[
            *("municipality_code", "project_id", "year", "gross_area_m2"),
            *("impact_kg_per_m2", "reference_kg_per_m2"),
        ],
    )
    own = target(target_measure="construction", sector_codes="", baseline_year=None, boundary="organisation")
    now = row(status(own, construction=projects), "none", 2024)
    # Impact (300 + 3 * 100) / 4 = 150; reference (400 + 3 * 200) / 4 = 250, half of it 125: 25 too much.
    assert (now["current_value"], now["baseline_value"], now["target_value"]) == (150.0, 250.0, 125.0)
    assert (now["gap_value"], now["change_pct"], now["status"]) == (25.0, pytest.approx(-40.0), "behind")
    assert (now["target_unit"], now["release_id"]) == ("kg CO2e/m2", "local")


def meals() -> pd.DataFrame:
    return pd.DataFrame(
        [("1281", 2015, 1000.0, 2000.0, 2200.0), ("1281", 2023, 1000.0, 4000.0, 1900.0)],
        columns=["municipality_code", "year", "food_kg", "portions", "emissions_kg_co2e"],
    ).assign(gwp_set="AR5")


def test_meals_per_kg_and_per_portion() -> None:
    # Jönköping's published 2.2 and 1.9 kg per kg; halved by 2031 the line stands at 2.2 - 1.1 * 8 / 16 = 1.65 in 2023.
    changes = {"sector_codes": "", "baseline_year": 2015, "target_year": 2031}
    per_kg = row(status(target(target_measure="meals_per_kg", **changes), meals=meals()), "straight_line", 2023)
    assert (per_kg["current_value"], per_kg["path_value"], per_kg["status"]) == (1.9, pytest.approx(1.65), "behind")
    portion = row(status(target(target_measure="meals_per_portion", **changes), meals=meals()), "straight_line", 2023)
    # 1.1 and 0.475 kg a portion; the target is 0.55.
    assert (portion["current_value"], portion["status"]) == (0.475, "reached")
    assert pd.isna(per_kg["budget_t"])


def test_years_in_another_set_of_potentials_are_not_compared() -> None:
    """2023 in AR4 beside a baseline in AR5: only the baseline is left; a baseline that mixes sets has no path."""
    changes = {"sector_codes": "", "baseline_year": 2015, "target_year": 2031, "target_measure": "meals_per_kg"}
    other = meals().assign(gwp_set=["AR5", "AR4"])
    assert set(status(target(**changes), meals=other)["year"]) == {2015}
    mixed = status(target(**changes), meals=meals().assign(gwp_set="mixed"))
    assert mixed["path"].tolist() == ["none"]
    assert mixed["note"].iloc[0].startswith("the baseline's figure mixes sets")


def test_meals_against_a_level_need_no_baseline() -> None:
    own = target(
        target_measure="meals_per_kg", sector_codes="", baseline_year=None, target_pct=np.nan, target_level=1.7
    )
    now = row(status(own, meals=meals()), "none", 2023)
    assert (now["gap_value"], now["status"]) == (pytest.approx(0.2), "behind")


def test_halving_of_purchases_from_the_spend_analysis() -> None:
    spend = pd.DataFrame({"municipality_code": "1281", "spend_indicator": "bought", "year": [2020, 2022]})
    spend = spend.assign(spend_indicator_value=[1000.0, 850.0], factor_gwp_set="AR5")
    own = target(
        target_measure="purchases", spend_indicator="bought", sector_codes="", baseline_year=2020, target_year=2030
    )
    now = row(status(own, spend=spend), "straight_line", 2022)
    # 1000 to 500 over ten years: 900 in 2022.
    assert (now["path_value"], now["gap_value"], now["status"]) == (900.0, -50.0, "on_track")


class TestConsumption:
    """Residents' consumption, tonnes per resident: a figure of a model."""

    FIGURES = pd.DataFrame(
        {"municipality_code": "1281", "year": [2010, 2023], "emissions_per_resident_t_co2e": [8.0, 5.4]}
    )
    TARGET: ClassVar = {"sector_codes": "", "boundary": "residents", "target_measure": "consumption"}

    def test_without_number_and_baseline_the_figure_stands_there_and_what_is_missing(self) -> None:
        open_ended = target(**self.TARGET, baseline_year=None, target_pct=np.nan)
        (now,) = status(open_ended, consumption=self.FIGURES).to_dict("records")
        assert (now["year"], now["current_value"], now["target_unit"], now["status"]) == (
            *(2023, 5.4, "t CO2e/resident", "no_data"),
        )
        assert now["note"] == "the document gives no number and no baseline year"

    def test_with_both_it_is_followed_like_any_other(self) -> None:
        """Half of 8 t by 2030; 13 of 20 years on, the line is at 8 - 4 * 13 / 20 = 5.4."""
        halved = target(**self.TARGET, baseline_year=2010, target_year=2030)
        now = row(status(halved, consumption=self.FIGURES), "straight_line", 2023)
        assert (now["target_value"], now["path_value"]) == (4.0, pytest.approx(5.4))
        assert now["change_pct"] == pytest.approx(-32.5)

    def test_nobody_knows_of_the_municipality(self) -> None:
        (now,) = status(target(**self.TARGET), consumption=self.FIGURES.iloc[:0]).to_dict("records")
        assert now["note"] == "data/reference/consumption.csv does not hold it"
