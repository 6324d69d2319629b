"""Figures beside the official ones, by hand: energy as meant and in normal weather, groups, land use, traded emissions."""

import pandas as pd
import pytest

from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.arrow import to_arrow
from klimat_pipeline.indicators.energy_targets import energy_targets
from klimat_pipeline.indicators.group_comparison import group_comparison
from klimat_pipeline.indicators.land_use import land_use
from klimat_pipeline.indicators.sector_indicators import sector_indicators
from klimat_pipeline.indicators.traded_emissions import traded_emissions
from klimat_pipeline.quality.beside import (
    energy_beside_the_official,
    installations_counted,
    land_use_shown,
    traded_fits,
)
from klimat_pipeline_tests.unit.indicators import test_sector_indicators as small
from klimat_pipeline_tests.unit.scenarios.small_plan import frame

GAS = "electricity_district_heating heating/natural_gas"
FIGURES = {
    ("electricity_district_heating", 2020): 100.0,
    ("electricity_district_heating", 2024): 90.0,
    ("heating", 2020): 50.0,
    ("heating", 2024): 30.0,
}
PARTS = {("heating", "natural_gas", 2020): 20.0, ("heating", "natural_gas", 2024): 5.0}


def energy(parts: dict[tuple[str, str, int], float], meant: str = GAS, *days: tuple[int, float]) -> pd.DataFrame:
    """A target of 90 per cent less than 2020 on both sectors, and what is beside it."""
    target = small.target(
        "energy",
        "electricity_district_heating heating",
        baseline_year=2020,
        target_pct=-90.0,
        subsector_codes=meant,
        trend_from_year=2020,
    )
    targets = pd.DataFrame([target])
    sectors = sector_indicators(
        small.emissions(FIGURES), targets, frame("clean/population"), small.releases([2020, 2024]), small.SECTORS
    )
    rows = {(sector, "not_split", year): tonnes for (sector, year), tonnes in FIGURES.items()}
    for (sector, part, year), tonnes in parts.items():
        rows[sector, "not_split", year] -= tonnes
        rows[sector, part, year] = tonnes
    subsectors = frame(
        "corrected/subsector_emissions",
        *(
            {
                "municipality_code": "1283",
                "release_id": small.RELEASE,
                "sector_code": sector,
                "subsector_code": part,
                "year": year,
                "emissions_reported_t_co2e": tonnes,
            }
            for (sector, part, year), tonnes in rows.items()
        ),
    )
    degree_days = frame(
        "clean/degree_days",
        *(
            {
                "municipality_code": "1283",
                "year": year,
                "degree_days": actual,
                "normal_degree_days": 3_000.0,
                "weather_dependent_pct": 60.0,
            }
            for year, actual in days
        ),
    )
    made = energy_targets(sectors, subsectors, targets, degree_days)
    to_arrow(made, table("indicators/energy_targets"))
    assert all(
        finding.outcome != "failed"
        for finding in energy_beside_the_official(
            {"indicators/energy_targets": made, "indicators/sector_indicators": sectors}
        )
    )
    return made.set_index("year")


class TestEnergy:
    def test_natural_gas_is_split_where_the_release_divides_so(self) -> None:
        """100 + 20 t in 2020 and 90 + 5 t in 2024: -20.8 per cent; a tenth of 120 is 12."""
        row = energy(PARTS).loc[2024]
        assert (row["energy_basis"], row["emissions_t_co2e"], row["baseline_t_co2e"]) == ("as_meant", 95.0, 120.0)
        assert (row["change_pct"], row["target_t_co2e"]) == pytest.approx((-100 * 25 / 120, 12.0))

    @pytest.mark.parametrize("parts", [{}, {("heating", "natural_gas", 2024): 5.0}])
    def test_else_the_main_sectors_count_and_it_says_so(self, parts: dict[tuple[str, str, int], float]) -> None:
        row = energy(parts).loc[2024]
        assert (row["energy_basis"], row["emissions_t_co2e"]) == ("main_sectors", 120.0)
        assert row["change_pct"] == pytest.approx(-20.0)
        assert row["note"] == "the release does not divide so: heating/natural_gas; main sectors are counted whole"

    def test_normal_weather_stands_beside_it(self) -> None:
        """60 per cent follow the weather. 2024 was mild: 120 * (0.4 + 0.6 * 3000 / 2400) = 138; 2020 cold: 150 * 0.88 =
        132 (0.4 + 0.6 * 3000 / 3750)."""
        rows = energy({}, "", (2020, 3_750.0), (2024, 2_400.0))
        assert rows["emissions_t_co2e"].tolist() == [150.0, 120.0]
        assert rows["emissions_normalised_t_co2e"].tolist() == pytest.approx([132.0, 138.0])
        assert rows.loc[2024, "change_normalised_pct"] == pytest.approx(100 * 6 / 132)

    def test_without_degree_days_of_both_years_there_is_no_change(self) -> None:
        row = energy({}, "", (2024, 2_400.0)).loc[2024]
        assert row["emissions_normalised_t_co2e"] == pytest.approx(138.0)
        assert pd.isna(row["change_normalised_pct"])


def test_the_nation_beside_a_target_since_the_same_year() -> None:
    """The nation's transport fell from 400 to 300 t since 2020, the city's from 100 to 90."""
    nation = frame(
        "clean/area_totals",
        *(
            {"release_id": small.RELEASE, "area_level": "nation", "sector_code": sector, "year": year}
            | {"emissions_reported_t_co2e": tonnes}
            for (sector, year), tonnes in {
                ("transport", 2020): 400.0,
                ("transport", 2024): 300.0,
                ("total", 2020): 999.0,
                ("total", 2024): 999.0,
            }.items()
        ),
    )
    figures = {("transport", 2020): 100.0, ("transport", 2024): 90.0}
    targets = pd.DataFrame([small.target("transport", "transport", baseline_year=2020)])
    made = sector_indicators(
        small.emissions(figures),
        targets,
        frame("clean/population"),
        small.releases([2020, 2024]),
        small.SECTORS,
        nation,
    ).set_index("year")
    assert made["nation_change_pct"].tolist() == [0.0, -25.0]
    assert made.loc[2024, "change_pct"] == pytest.approx(-10.0)


def test_places_within_a_group() -> None:
    compared = frame(
        "indicators/municipality_comparison",
        *(
            {"municipality_code": code, "release_id": "r1", "target_id": "total", "indicator": "per_resident"}
            | {"indicator_value": value, "year": 2024, "rank": 1, "compared": 1}
            for code, value in (("1283", 4.0), ("1280", 2.0), ("2180", 3.0), ("0180", 1.0))
        ),
    )
    made = group_comparison(compared, {"Port cities": ("1280", "1283", "1480", "2180"), "Alone": ("0180",)})
    to_arrow(made, table("indicators/group_comparison"))
    places = made.set_index(["comparison_group", "municipality_code"])
    assert places.loc[("Port cities", "1283"), ["rank", "compared", "median_value", "to_median"]].tolist() == [
        *(3, 3, 3.0, -1.0)
    ]
    assert "Alone" not in set(made["comparison_group"])  # first of one says nothing
    assert len(group_comparison(compared, {})) == 0


def test_land_use_stands_beside_the_total_and_never_in_it() -> None:
    given = frame(
        "clean/reported_land_use", {"area_code": "00", "year": 2023, "land_use_t_co2e": -31_000_000.0, "source": "s"}
    )
    totals = frame(
        "clean/area_totals",
        *(
            {"area_code": "00", "area_level": "nation", "area_name": "Sverige", "release_id": release, "year": year}
            | {"sector_code": sector, "emissions_reported_t_co2e": 44e6}
            for release in ("r1", "r2")
            for year in (2022, 2023)
            for sector in ("total", "waste")
        ),
    )
    made = land_use(given, totals)
    to_arrow(made, table("indicators/land_use"))
    assert made["release_id"].tolist() == ["r1", "r2"]
    for frame_, outcome in ((given, "passed"), (given.assign(year=1850), "failed"), (given.iloc[:0], "not_applicable")):
        (shown,) = land_use_shown({"clean/reported_land_use": frame_, "indicators/land_use": made})
        assert shown.outcome == outcome
    assert set(made["emissions_reported_t_co2e"]) == {44e6} and set(made["land_use_t_co2e"]) == {-31e6}


def test_traded_and_other_emissions() -> None:
    emissions = small.emissions({("industry", 2024): 100.0, ("waste", 2024): 40.0, ("industry", 2023): 90.0})
    installations = frame(
        "clean/ets_installations",
        *(
            {"municipality_code": "1283", "installation_name": name, "year": 2024, "sector_code": sector}
            | {"installation_t": tonnes}
            for name, sector, tonnes in (
                ("works", "industry", 60.0),
                ("kiln", "industry", 15.0),
                ("plant", "waste", 45.0),
            )
        ),
    )
    made = traded_emissions(emissions, installations)
    to_arrow(made, table("indicators/traded_emissions"))
    rows = made.set_index(["sector_code", "year"])
    assert ("industry", 2023) not in rows.index, "no installations of that year are given"
    assert rows.loc[("industry", 2024), ["installations", "traded_t_co2e", "other_t_co2e"]].tolist() == [2, 75.0, 25.0]
    assert pd.isna(rows.loc[("waste", 2024), "other_t_co2e"])
    for frame_, outcome in ((installations, "passed"), (installations.assign(year=2019), "failed")):
        (counted,) = installations_counted({"clean/ets_installations": frame_, "indicators/traded_emissions": made})
        assert counted.outcome == outcome
    (finding,) = traded_fits({"indicators/traded_emissions": made})
    assert (finding.outcome, finding.count, finding.observed) == ("failed", 1, "5 t")
