"""The robust trend, on series whose line is known."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.scenarios.trend import Variant, fit, panels
from klimat_pipeline_tests.unit.scenarios import country

YEARS = (2015, 2018, 2020, 2021, 2022, 2024)


def line(year: int, *, at: float, slope: float = -0.05) -> float:
    """Tonnes of a line on the scale of the fit with a bend of one tonne; ``at`` is its level in 2024."""
    return math.sinh(at + slope * (year - 2024))


def one(figures: dict[int, float], until: int | None = None, variant: Variant | None = None, **changes: object):
    (panel,) = panels(country.emissions({"1283": {"transport": figures}}))
    return fit(panel, country.assumptions(**changes), until, variant or Variant())


def test_a_line_is_continued_over_gaps_between_years() -> None:
    """With the smallest bend, one tonne, figures of sinh(9 - 0.05 years) are a line on the scale of the fit."""
    figures = {year: line(year, at=9.0) for year in YEARS}
    fitted = one(figures, bend_fraction=1e-9)
    assert fitted.slope[0, 0] == pytest.approx(-0.05)
    assert fitted.level[0, 0] == pytest.approx(9.0)
    assert fitted.forecast(2030)[0, 0] == pytest.approx(math.sinh(9.0 - 0.05 * 6))


def test_one_wild_year_moves_neither_slope_nor_level() -> None:
    figures = {year: line(year, at=9.0) for year in YEARS}
    wild = {**figures, 2024: figures[2024] * 3}
    fitted = one(wild, bend_fraction=1e-9)
    # The slopes of the five pairs with 2024 are too high, those of the ten others -0.05: the median stays.
    assert fitted.slope[0, 0] == pytest.approx(-0.05)
    assert fitted.level[0, 0] == pytest.approx(9.0)


def test_years_that_are_left_out_are_in_no_pair() -> None:
    figures = {year: line(year, at=9.0) for year in YEARS}
    pandemic = {**figures, 2020: figures[2020] / 2, 2021: figures[2021] / 2, 2022: figures[2022] / 2}
    years = {("transport", year): ("left_out", "test") for year in (2020, 2021, 2022)}
    fitted = one(pandemic, bend_fraction=1e-9, years=years)
    assert fitted.slope[0, 0] == pytest.approx(-0.05)
    assert fitted.own_spread[0, 0] == pytest.approx(0.0, abs=1e-9)
    kept = one(pandemic, variant=Variant(keep_left_out=True), bend_fraction=1e-9, years=years)
    assert kept.own_spread[0, 0] > 0.1


def test_years_are_not_left_out_where_too_few_would_remain() -> None:
    figures = {year: line(year, at=9.0) for year in (2020, 2021, 2024)}
    years = {("transport", 2020): ("left_out", "test")}
    assert one(figures, bend_fraction=1e-9, years=years).slope[0, 0] == pytest.approx(-0.05)


def test_a_new_level_shifts_the_line_and_leaves_its_slope() -> None:
    """A step of +0.3 in 2024 and the slope of the years before: 2030 lies at 9 + 0.3 - 6 x 0.05."""
    figures = {year: line(year, at=9.3 if year == 2024 else 9.0) for year in YEARS}
    years = {("transport", 2024): ("new_level", "test")}
    fitted = one(figures, bend_fraction=1e-9, years=years)
    assert fitted.slope[0, 0] == pytest.approx(-0.05)
    assert fitted.forecast(2030)[0, 0] == pytest.approx(math.sinh(9.0))
    ignored = one(figures, variant=Variant(ignore_levels=True), bend_fraction=1e-9, years=years)
    assert ignored.forecast(2030)[0, 0] == pytest.approx(math.sinh(8.7))


def test_only_the_window_counts() -> None:
    old = {1990: 1e6, 2000: 1e6, 2005: 1e6}
    figures = {year: line(year, at=9.0) for year in YEARS}
    assert one({**old, **figures}, bend_fraction=1e-9).slope[0, 0] == pytest.approx(-0.05)
    assert one({**old, **figures}, window_years=40, bend_fraction=1e-9).slope[0, 0] < -0.1


def test_two_years_make_no_trend() -> None:
    assert np.isnan(one({2020: 5.0, 2024: 4.0}).level[0, 0])


def test_zeros_stay_zero_and_nothing_falls_below() -> None:
    assert one(dict.fromkeys(YEARS, 0.0)).forecast(2030, -3.0)[0, 0] == 0.0
    falling = one({2020: 30.0, 2021: 20.0, 2022: 10.0, 2024: 0.0})
    assert falling.forecast(2040)[0, 0] == 0.0


def test_a_quiet_series_is_as_unsure_as_its_sector_says() -> None:
    """Five years of a spread of 0.2 beside six of none: sqrt(5 x 0.04 / 11)."""
    figures = {year: line(year, at=9.0) for year in YEARS}
    fitted = one(figures, bend_fraction=1e-9, sectors=country.unsure(0.2))
    assert fitted.spread[0, 0] == pytest.approx(math.sqrt(5 * 0.04 / 11))
    assert fitted.width(2026)[0, 0] == pytest.approx(math.sqrt(5 * 0.04 / 11) * (1.0 + 0.3 * 2))


def test_municipalities_with_other_years_are_fitted_on_their_own() -> None:
    whole = {year: line(year, at=9.0) for year in YEARS}
    part = {year: line(year, at=8.0, slope=0.02) for year in YEARS[1:]}
    (panel,) = panels(country.emissions({"1283": {"transport": whole}, "0114": {"transport": part}}))
    fitted = fit(panel, country.assumptions(bend_fraction=1e-9))
    assert panel.municipality_codes == ("0114", "1283")
    assert fitted.slope[0].tolist() == pytest.approx([0.02, -0.05])


@given(
    st.lists(st.floats(0, 1e7), min_size=len(YEARS), max_size=len(YEARS)),
    st.floats(-4, 4),
    st.floats(-4, 4),
    st.integers(1, 40),
)
def test_a_larger_error_never_means_fewer_tonnes(tonnes: list[float], one_z: float, other_z: float, ahead: int) -> None:
    fitted = one(dict(zip(YEARS, tonnes, strict=True)), sectors=country.unsure())
    low, high = sorted((one_z, other_z))
    assert 0.0 <= fitted.forecast(2024 + ahead, low)[0, 0] <= fitted.forecast(2024 + ahead, high)[0, 0]
