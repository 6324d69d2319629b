"""Forecasts of the past and their scores: counted by hand on a few series."""

import math

import numpy as np
import pandas as pd
import pytest

from klimat_pipeline.contracts import table
from klimat_pipeline.quality.contract import check_contract
from klimat_pipeline.scenarios.bars import Bar, bars_of_actions
from klimat_pipeline.scenarios.panels import Panel, panels
from klimat_pipeline.scenarios.past import LAST_VALUE, calibrated, origins, past, shared_fraction, sizes
from klimat_pipeline.scenarios.scenario_hindcast import hindcast, score_table, summed
from klimat_pipeline.scenarios.scenario_score import Cases, scored
from klimat_pipeline_tests.unit.scenarios import country

#: A logarithmic scale, and no slope in the figures.
METHOD = country.assumptions(bend_fraction=1e-9)


def panel(figures: dict[str, dict[int, float]]) -> Panel:
    emissions = country.emissions({code: {"transport": own} for code, own in figures.items()})
    return panels(emissions, country.no_nation())[0]


def series(last: float) -> dict[int, float]:
    """1,000 t for five years, then another figure."""
    return {**dict.fromkeys((2018, 2019, 2020, 2021, 2022), 1000.0), 2023: last}


def test_origins_have_years_before_them_and_the_next_after() -> None:
    held = panel({"1283": dict.fromkeys((1990, 2005, 2010, 2015, 2016, 2018, 2019), 1.0)})
    assert origins(held, METHOD) == [2015, 2018]


def test_coverage_is_counted() -> None:
    """Errors of 0.16: of 1,000 t, 850 to 1,170 t a year ahead: 1,000 t is inside, 500 below, 2,000 above."""
    held = panel({"0114": series(1000.0), "0115": series(500.0), "1283": series(2000.0)})
    frame = hindcast([held], country.assumptions(errors=country.unsure(0.16)))
    row = frame.query("sector_code == 'transport' and fit_until == 2022").iloc[0]
    assert (row["year"], row["years_ahead"], row["series"], row["nominal_fraction"]) == (2023, 1, 3, 0.9)
    shares = [row[name] for name in ("covered_fraction", "below_fraction", "above_fraction", "under_p50_fraction")]
    assert shares == pytest.approx([1 / 3] * 4)
    assert sorted(frame["fit_until"].unique()) == [2019, 2020, 2021, 2022]
    assert (frame["year"] > frame["fit_until"]).all()
    assert check_contract(frame, table("scenarios/scenario_hindcast")).passed


def test_errors_are_as_after_one_year() -> None:
    """A step of e^0.2 in 2023, foreseen by nobody: 0.2 one year ahead, 0.2 / sqrt(2) two years ahead."""
    tried = past(panel({"1283": series(1000.0 * math.exp(0.2))}), METHOD)
    assert tried is not None
    missed = {(int(o), int(y)): e for o, y, e in zip(tried.origin, tried.year, tried.missed[:, 0, 0], strict=True)}
    assert missed[2022, 2023] == pytest.approx(0.2)
    assert missed[2021, 2023] == pytest.approx(0.2 / math.sqrt(2))
    assert missed[2019, 2021] == pytest.approx(0.0)


def test_quantiles_of_errors() -> None:
    assert sizes(np.array([np.nan, -1.0, 0.5, 0.0]))[0.5] == 0.5
    assert sizes(np.array([np.nan])) == {}


def test_a_series_that_is_zero_throughout_measures_nothing() -> None:
    tried = past(panel({"1283": dict.fromkeys(range(2018, 2024), 0.0), "0114": series(900.0)}), METHOD)
    assert tried is not None
    assert np.isnan(tried.missed[:, 0, 1]).all()
    assert set(calibrated(tried)) == {"transport", "total"}


def test_the_last_value_has_no_slope() -> None:
    falling = {year: 1000.0 * math.exp(-0.1 * (year - 2018)) for year in range(2018, 2024)}
    tried = past(panel({"1283": falling}), METHOD, LAST_VALUE)
    assert tried is not None
    assert tried.middle[:, 0, 0].tolist() == pytest.approx(tried.newest[:, 0, 0].tolist())


def test_loss_by_hand() -> None:
    """1,000 t forecast with nine in ten within ln 1.25, so from 800 to 1,250 t; 1,350 t came.

    Losses 0.05 x 550, 0.5 x 350 and 0.95 x 100 t: 99.2 t on average, 9.92 per cent.
    """
    tried = past(panel({"1283": series(1350.0)}), METHOD)
    assert tried is not None
    one = tried.only(0).part(tried.origin == 2022, np.array([True]))
    found = scored(one, {0.9: math.log(1.25), 0.99: 1.0}).measures()
    assert found["pinball_pct"] == pytest.approx((0.05 * 550 + 0.5 * 350 + 0.95 * 100) / 3 / 10)
    assert (found["above_fraction"], found["under_p50_fraction"], found["cases"]) == (1.0, 0.0, 1)
    assert found["width_pct"] == pytest.approx(45.0)


def test_probabilities_are_judged_against_how_often_it_came() -> None:
    """Said 0.8 twice and 0.3 twice; came once of each: squares 0.04, 0.64, 0.09 and 0.49, against 0.25 each."""
    flags = np.zeros(4, dtype=bool)
    cases = Cases(
        ahead=np.ones(4),
        newest=np.full(4, 100.0),
        loss=np.zeros(4),
        below=flags,
        above=flags,
        under=flags,
        width=np.zeros(4),
        said=np.array([[0.8], [0.8], [0.3], [0.3]]),
        came=np.array([[True], [False], [False], [True]]),
    )
    found = cases.measures()
    assert found["brier_score"] == pytest.approx((0.04 + 0.64 + 0.09 + 0.49) / 4)
    assert found["brier_of_base_rate"] == pytest.approx(0.25)
    assert found["reliability_score"] == pytest.approx((0.3**2 + 0.2**2) / 2)
    assert [(round(said, 2), came, n) for said, came, n in cases.reliability()] == [(0.3, 0.5, 2), (0.8, 0.5, 2)]


def test_what_all_share_is_found_again() -> None:
    """Totals that all move together share everything, those that move alone next to nothing."""
    draws = np.random.default_rng(1).normal(0, 0.1, (200, 9))
    years = range(2014, 2023)

    def tried(errors: np.ndarray) -> float:
        tonnes = 1000 * np.exp(errors.cumsum(axis=1))
        found = past(panel({f"{i:04d}": dict(zip(years, own, strict=True)) for i, own in enumerate(tonnes)}), METHOD)
        assert found is not None
        return shared_fraction(found)

    assert tried(np.tile(draws[:1], (200, 1))) == pytest.approx(1.0, abs=0.01)
    assert tried(draws) < 0.2


def test_totals_may_be_summed_draw_by_draw() -> None:
    """Two equal municipalities: sharing everything the sum is as unsure as each, sharing nothing less so."""
    held = panel({"0114": series(1000.0), "1283": series(1000.0)})
    width = {}
    for fraction in (0.0, 1.0):
        method = country.assumptions(errors=country.unsure(0.2), shock_fraction=fraction, bend_fraction=1e-9)
        sums = summed(held, method, 2023, [2024], draws=4000)
        assert np.median(sums) == pytest.approx(2000.0, rel=0.02)
        low, high = np.quantile(sums, (0.05, 0.95), axis=1)
        width[fraction] = float((high - low)[0] / 2000)
    assert width[1.0] == pytest.approx(math.exp(0.2) - math.exp(-0.2), rel=0.02)
    assert width[0.0] < 0.85 * width[1.0]


def test_a_handful_of_municipalities_is_not_scored() -> None:
    frame = score_table([panel({"1283": series(900.0)})], {country.R: "GGT"}, METHOD)
    assert frame.empty
    assert check_contract(frame, table("scenarios/scenario_score")).passed


def test_bars_say_their_limit() -> None:
    assert [bar.limit for bar in (Bar("a", 1, most=2), Bar("b", 1, least=0.5), Bar("c", 1, 0.5, 2))] == [
        "at most 2",
        "at least 0.5",
        "0.5 to 2",
    ]
    assert [Bar("a", value, 0.5, 2).holds for value in (0.4, 0.5, 2.0, 2.1, None)] == [False, True, True, False, None]


def test_bars_of_actions_count_what_must_not_be() -> None:
    ahead = pd.DataFrame(
        {
            "scenario": ["with_actions", "with_actions", "target", "existing_policies"],
            "p05_t": [1.0, None, 5.0, 1.0],
            "p95_t": [1.0, None, 5.0, 2.0],
        }
    )
    chances = pd.DataFrame(
        {
            "probability_fraction": [0.0, None],
            "probability_low_fraction": [0.0, 0.2],
            "probability_high_fraction": [1.0, 0.9],
        }
    )
    assert [bar.value for bar in bars_of_actions(ahead, chances)] == [1.0, 3.0]
