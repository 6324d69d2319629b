"""The forecast, on series whose slope is known."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.clean.method_assumptions import ChangeOfLaw
from klimat_pipeline.scenarios.panels import panels
from klimat_pipeline.scenarios.trend import Forecast, forecast
from klimat_pipeline_tests.unit.scenarios import country

YEARS = (2015, 2018, 2020, 2021, 2022, 2024)


def falling(newest: float, slope: float = -0.05) -> dict[int, float]:
    """Tonnes that change by the same part every year; with a bend near zero the scale is a logarithm."""
    return {year: newest * math.exp(slope * (year - 2024)) for year in YEARS}


def one(figures: dict[int, float], until: int | None = None, **changes: object) -> Forecast:
    (panel,) = panels(country.emissions({"1283": {"transport": figures}}), country.no_nation())
    return forecast(panel, country.assumptions(**{"bend_fraction": 1e-9, **changes}), until)


def test_the_newest_figure_goes_on_along_its_slope_over_gaps_between_years() -> None:
    assert one(falling(1000.0)).slope[0, 0] == pytest.approx(-0.05)
    assert one(falling(1000.0)).middle(2030)[0, 0] == pytest.approx(1000 * math.exp(-0.05 * 6))


def test_the_slope_fades() -> None:
    """Half of it is left after a year: 1 + 0.5 + 0.25 years' worth in three."""
    assert one(falling(1000.0), damping=0.5).middle(2027)[0, 0] == pytest.approx(1000 * math.exp(-0.05 * 1.75))


def test_three_quarters_of_the_slope_are_the_nations() -> None:
    """The nation falls by 0.02 a year, the municipality by 0.06: 0.75 x 0.02 + 0.25 x 0.06 = 0.03."""
    nation = falling(1e6, -0.02)
    totals = pd.DataFrame(
        [
            {"release_id": country.R, "area_code": "00", "sector_code": s, "year": y, "emissions_reported_t_co2e": t}
            for s in ("transport", "total")
            for y, t in nation.items()
        ]
    )
    (panel,) = panels(country.emissions({"1283": {"transport": falling(1000.0, -0.06)}}), totals)
    found = forecast(panel, country.assumptions(national_fraction=0.75, bend_fraction=1e-9))
    assert found.slope[:, 0].tolist() == pytest.approx([-0.03, -0.03])


def test_a_nation_without_a_printed_total_is_the_sum_of_its_sectors() -> None:
    nation = [
        {"release_id": country.R, "area_code": "00", "sector_code": s, "year": y, "emissions_reported_t_co2e": 10.0}
        for s in ("transport", "waste")
        for y in YEARS
    ]
    figures = {"1283": {"transport": falling(1000.0), "waste": falling(500.0)}}
    (panel,) = panels(country.emissions(figures), pd.DataFrame(nation))
    assert panel.nation[-1, 0].tolist() == [20.0] * len(YEARS)
    assert not np.isnan(forecast(panel, country.assumptions()).middle(2030)[-1, 0])


def test_without_a_printed_nation_it_is_the_sum_of_the_municipalities() -> None:
    figures = {"1283": {"transport": falling(1000.0, -0.06)}, "0114": {"transport": falling(1000.0, 0.02)}}
    (panel,) = panels(country.emissions(figures), country.no_nation())
    assert panel.nation[0, 0].tolist() == pytest.approx(panel.tonnes[0].sum(axis=0).tolist())


def test_a_change_of_law_is_in_no_slope() -> None:
    """A step of +30 per cent in 2024: 2030 goes on from there at the slope of the years before."""
    figures = falling(1000.0) | {2024: 1300.0}
    law = (ChangeOfLaw("transport", 2024, 2023, 30.0),)
    found = one(figures, changes=law)
    # Up to 2022, the last year before the law.
    assert found.slope[0, 0] == pytest.approx(-0.05)
    assert found.middle(2030)[0, 0] == pytest.approx(1300 * math.exp(-0.3))
    assert one(figures).slope[0, 0] > -0.05


def test_a_change_of_law_ahead_counts_from_the_year_in_which_it_is_decided() -> None:
    """Decided in 2024 for 2026: +20 per cent of transport, a tenth of the total of 1,000 and 1,000 t."""
    law = (ChangeOfLaw("transport", 2026, 2024, 20.0),)
    still = dict.fromkeys(YEARS, 1000.0)
    (panel,) = panels(country.emissions({"1283": {"transport": still, "waste": still}}), country.no_nation())
    found = forecast(panel, country.assumptions(changes=law))
    assert found.middle(2025)[:, 0].tolist() == pytest.approx([1000.0, 1000.0, 2000.0])
    assert found.middle(2026)[:, 0].tolist() == pytest.approx([1200.0, 1000.0, 2200.0])
    before = forecast(panel, country.assumptions(changes=law), 2022)
    assert before.middle(2026)[:, 0].tolist() == pytest.approx([1000.0, 1000.0, 2000.0])


def test_only_the_window_counts() -> None:
    old = {1990: 1e6, 2000: 1e6, 2005: 1e6}
    assert one(old | falling(1000.0)).slope[0, 0] == pytest.approx(-0.05)
    assert one(old | falling(1000.0), window_years=40).slope[0, 0] < -0.1


def test_one_year_has_the_nations_slope_and_nobody_has_none() -> None:
    figures = {"1283": {"transport": falling(1000.0)}, "0114": {"transport": {2024: 500.0}}}
    (panel,) = panels(country.emissions(figures), country.no_nation())
    found = forecast(panel, country.assumptions(bend_fraction=1e-9))
    assert found.slope[0, 0] == pytest.approx(math.log(1500 / falling(1000.0)[2015]) / 9)
    assert np.isnan(one({2024: 4.0}).slope[0, 0])


def test_theta_leaves_out_that_part_of_a_falling_slope_and_nothing_of_a_rising_one() -> None:
    down, up = one(falling(1000.0)), one(falling(1000.0, 0.05))
    assert down.middle(2030, 1.0)[0, 0] == pytest.approx(1000.0)
    assert down.middle(2030, 0.5)[0, 0] == pytest.approx(1000 * math.exp(-0.15))
    assert up.middle(2030, 1.0)[0, 0] == pytest.approx(1000 * math.exp(0.3))


def test_the_total_is_unknown_where_a_sector_that_has_figures_lacks_one() -> None:
    figures = {"1283": {"transport": {2020: 5.0, 2024: 4.0}, "waste": {2024: 1.0}}}
    (panel,) = panels(country.emissions(figures), country.no_nation())
    assert np.isnan(panel.tonnes[-1, 0, 0])
    assert panel.tonnes[-1, 0, 1] == 5.0


def test_zeros_stay_zero_and_nothing_falls_below() -> None:
    assert one(dict.fromkeys(YEARS, 0.0)).tonnes(2030, -3.0)[0, 0] == 0.0
    assert one({2020: 30.0, 2024: 1.0}, bend_fraction=0.3).tonnes(2040, -3.0)[0, 0] == 0.0


@given(
    st.lists(st.floats(0, 1e7), min_size=len(YEARS), max_size=len(YEARS)),
    st.floats(-4, 4),
    st.floats(-4, 4),
    st.floats(0, 1),
    st.integers(1, 40),
)
def test_a_larger_error_never_means_fewer_tonnes(
    tonnes: list[float], one_error: float, other_error: float, theta: float, ahead: int
) -> None:
    found = one(dict(zip(YEARS, tonnes, strict=True)), bend_fraction=0.3)
    low, high = sorted((one_error, other_error))
    assert 0.0 <= found.tonnes(2024 + ahead, low)[0, 0] <= found.tonnes(2024 + ahead, high)[0, 0]
    assert found.middle(2024 + ahead)[0, 0] <= found.middle(2024 + ahead, theta)[0, 0] * (1 + 1e-12)
