"""Pathways, probabilities and sensitivities of a small country; expected values by hand where nothing is drawn."""

import io
import math
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.arrow import to_arrow
from klimat_pipeline.quality.contract import check_contract
from klimat_pipeline.quality.outlook import actions_never_raise, percentiles_ordered
from klimat_pipeline.scenarios.draws import SEED
from klimat_pipeline.scenarios.pathways import pathways
from klimat_pipeline.scenarios.planned_actions import Action
from klimat_pipeline.scenarios.probability import target_probability
from klimat_pipeline.scenarios.sensitivity import target_sensitivity
from klimat_pipeline.scenarios.simulation import Simulation, simulate
from klimat_pipeline_tests.support.properties import examples
from klimat_pipeline_tests.unit.scenarios import country

YEARS = (2015, 2018, 2020, 2021, 2022, 2024)
FLAT = {"transport": dict.fromkeys(YEARS, 1000.0), "waste": dict.fromkeys(YEARS, 400.0)}
FIGURES = {"1283": FLAT, "0114": FLAT}
#: The total is to be at 800 t, transport at 500 t in 2030.
TARGETS = {"total": (2030, 800.0), "transport": (2030, 500.0)}
BUSES = Action("buses", "transport", 300.0, 300.0, 300.0, 2026, 2, None, is_decided=True)
BIKES = Action("bikes", "transport", 400.0, 500.0, 600.0, 2027)


def run(
    actions: list[Action] | None = None,
    *,
    figures: Any = FIGURES,
    targets: Any = TARGETS,
    draws: int = 200,
    seed: int = SEED,
    **changes: Any,
) -> tuple[list[Simulation], pd.DataFrame]:
    emissions = country.emissions(figures)
    indicators = country.indicators(emissions, targets)
    planned = {"1283": actions or []}
    method = country.assumptions(**changes)
    return list(simulate(emissions, indicators, country.no_corrections(), planned, method, draws, seed)), indicators


def middle(frame: pd.DataFrame, scenario: str, target: str, code: str = "1283") -> list[float]:
    rows = frame[(frame["scenario"] == scenario) & (frame["line"] == target) & (frame["municipality_code"] == code)]
    return [round(value, 6) for value in rows.sort_values("year")["p50_t"]]


def test_nothing_drawn_and_nothing_changing_stays_as_it_is() -> None:
    frame = pathways(*run())
    assert sorted(frame["year"].unique()) == [2025, 2026, 2027, 2028, 2029, 2030]
    assert middle(frame, "business_as_usual", "total") == [1400.0] * 6
    assert set(frame["scenario"]) == {"business_as_usual", "target"}, "without actions there is no plan to show"


def test_actions_by_hand() -> None:
    """Buses: 150 t in 2026, 300 t from 2027. Bikes take 500 of 1,000 t, that is half of what the buses leave.

    2027 on: 1,000 x (1 - 0.3) x (1 - 0.5) = 350 t of transport, 750 t in all.
    """
    steady = Action("bikes", "transport", 500.0, 500.0, 500.0, 2027)
    frame = pathways(*run([BUSES, steady]))
    assert middle(frame, "existing_policies", "transport") == [1000.0, 850.0, 700.0, 700.0, 700.0, 700.0]
    assert middle(frame, "with_actions", "transport") == [1000.0, 850.0, 350.0, 350.0, 350.0, 350.0]
    assert middle(frame, "with_actions", "total") == [1400.0, 1250.0, 750.0, 750.0, 750.0, 750.0]
    assert middle(frame, "with_actions", "waste") == [400.0] * 6
    assert "with_actions" not in set(frame.loc[frame["municipality_code"] == "0114", "scenario"])


def test_target_is_the_straight_line_from_the_newest_year() -> None:
    """From 1,400 t in 2024 to 800 t in 2030: 100 t a year."""
    frame = pathways(*run())
    assert middle(frame, "target", "total") == [1300.0, 1200.0, 1100.0, 1000.0, 900.0, 800.0]
    assert frame.loc[frame["scenario"] == "target", "draws"].unique().tolist() == [0]


def test_what_intervals_covered_is_said_of_the_gases_that_were_tested() -> None:
    """Measured on all greenhouse gases: of carbon dioxide alone nobody knows."""
    found, indicators = run()
    known = {("all greenhouse gases", "transport", 1): 0.9}
    rows = pathways(found, indicators, known).query("covered_before_fraction.notna()")
    assert set(rows["covered_before_fraction"]) == {0.9}
    assert set(rows["line"]) == {"transport"} and set(rows["year"]) == {2025}
    other = pathways(found, indicators.assign(gas_basis="carbon dioxide only"), known)
    assert other["covered_before_fraction"].isna().all()


def test_probability_and_pace() -> None:
    """Without errors an outcome is certain; 1,400 to 800 t in six years are -100 t, (800 / 1400) ** (1 / 6) - 1."""
    steady = Action("bikes", "transport", 500.0, 500.0, 500.0, 2027)
    frame = target_probability(*run([BUSES, steady])).query("municipality_code == '1283'")
    row = frame.set_index(["target_id", "scenario"])
    assert row.loc[("total", "business_as_usual"), "probability_fraction"] == 0.0
    assert row.loc[("total", "with_actions"), "probability_fraction"] == 1.0
    assert row.loc[("transport", "existing_policies"), "probability_fraction"] == 0.0
    usual = row.loc[("total", "business_as_usual")]
    assert usual["required_t_co2e_per_year"] == pytest.approx(-100.0)
    assert usual["required_pct_per_year"] == pytest.approx(((800 / 1400) ** (1 / 6) - 1) * 100)
    assert usual["expected_t_per_year"] == pytest.approx(0.0, abs=1e-9)
    assert row.loc[("total", "with_actions"), "expected_t_per_year"] == pytest.approx((750 - 1400) / 6)


def test_ninety_per_cent_of_a_single_sector_is_its_own_interval() -> None:
    """Spread 0.1 by five to six years is sqrt(5 x 0.01 / 11); six years ahead 1 + 0.3 x 6 of it; bend 0.3 x 1,000 t."""
    frame = pathways(*run(sectors=country.unsure(0.1), draws=40_000))
    row = frame.query("line == 'transport' and year == 2030 and scenario == 'business_as_usual'").iloc[0]
    z, width = math.asinh(1000 / 300), math.sqrt(5 * 0.01 / 11) * 2.8 * 1.6448536
    assert row["p05_t"] == pytest.approx(300 * math.sinh(z - width), rel=0.01)
    assert row["p95_t"] == pytest.approx(300 * math.sinh(z + width), rel=0.01)


def test_inventory_uncertainty_widens_by_its_grade() -> None:
    """Plus or minus 15 per cent is 1.96 standard deviations: p95 lies 1.645 / 1.96 x 15 per cent above."""
    certain = {s: country.SectorWidth("medium", 0.0, 0.0, 0.0) for s in ("transport", "waste")}
    pct = {"high": 5.0, "medium": 15.0, "low": 30.0}
    frame = pathways(*run(sectors=certain, uncertainty_pct=pct, draws=40_000))
    row = frame.query("line == 'transport' and year == 2030 and scenario == 'business_as_usual'").iloc[0]
    assert row["p95_t"] == pytest.approx(1000 * (1 + 0.15 * 1.6448536 / 1.959964), rel=0.01)
    assert row["p50_t"] == pytest.approx(1000, rel=0.005)


def test_a_correction_states_its_own_uncertainty() -> None:
    certain = {s: country.SectorWidth("medium", 0.0, 0.0, 0.0) for s in ("transport", "waste")}
    emissions = country.emissions(FIGURES)
    newest = (emissions["year"] == 2024) & (emissions["municipality_code"] == "1283")
    emissions.loc[newest & (emissions["sector_code"] == "transport"), "correction_ids"] = "measured"
    corrections = pd.DataFrame(
        {"correction_id": ["measured"], "uncertainty_pct": [2.0], "data_quality_grade": ["medium"]}
    )
    method = country.assumptions(sectors=certain, uncertainty_pct={"high": 5.0, "medium": 15.0, "low": 30.0})
    found = simulate(emissions, country.indicators(emissions, TARGETS), corrections, {}, method, 20_000)
    frame = pathways(found, country.indicators(emissions, TARGETS)).query("year == 2030 and line == 'transport'")
    high = frame[frame["scenario"] == "business_as_usual"].set_index("municipality_code")["p95_t"]
    assert high["1283"] == pytest.approx(1000 * (1 + 0.02 * 1.6448536 / 1.959964), rel=0.002)
    assert high["0114"] == pytest.approx(1000 * (1 + 0.15 * 1.6448536 / 1.959964), rel=0.01)


def test_sensitivity_names_what_matters() -> None:
    """Only transport is unsure, and bikes by a little: the trend of transport decides, waste nothing."""
    widths = {"transport": country.SectorWidth("medium", 0.3, 1.0, 0.3), "waste": country.SURE}
    frame = target_sensitivity(run([BUSES, BIKES], sectors=widths, draws=2000)[0])
    rows = frame.query("municipality_code == '1283' and target_id == 'total'").set_index(["factor_kind", "factor"])
    share = rows["variance_share_fraction"]
    assert share["trend", "transport"] > 0.8
    assert rows.loc[("trend", "transport"), "rank_correlation"] > 0.9
    assert rows.loc[("action", "bikes"), "rank_correlation"] < 0
    assert rows.loc[("action", "buses"), "rank_correlation"] == 0.0, "an effect without a range explains nothing"
    assert share.sum() == pytest.approx(1.0)
    assert "waste" not in set(frame.query("target_id == 'transport'")["factor"])


def test_sensitivity_says_what_each_action_is_worth() -> None:
    """350 t of transport are left; without the buses 500, without the bikes 700: 150 and 350 t more."""
    steady = Action("bikes", "transport", 500.0, 500.0, 500.0, 2027)
    frame = target_sensitivity(run([BUSES, steady])[0]).set_index(["target_id", "factor_kind", "factor"])
    for target in ("transport", "total"):
        assert frame.loc[(target, "action", "buses"), "shift_t"] == pytest.approx(150.0)
        assert frame.loc[(target, "action", "bikes"), "shift_t"] == pytest.approx(350.0)


def test_sensitivity_shows_what_the_newest_year_does() -> None:
    """100 t less every year, then a jump: with the newest year left out the line ends where it would have."""
    falling = {2018: 900.0, 2019: 800.0, 2020: 700.0, 2021: 600.0, 2022: 500.0, 2023: 400.0, 2024: 900.0}
    found, _ = run(figures={"1283": {"transport": falling}}, targets={"transport": (2030, 100.0)}, bend_fraction=1e6)
    frame = target_sensitivity(found).set_index(["factor_kind", "factor"])
    # A huge bend makes the scale straight: median of the last three residuals 0, 0 and 600 t above the line is 0.
    assert frame.loc[("assumption", "newest_year_left_out"), "shift_t"] == pytest.approx(0.0, abs=60.0)
    assert frame.loc[("assumption", "left_out_years_kept"), "shift_t"] == 0.0


def test_same_seed_same_bytes_whoever_else_is_in_the_run() -> None:
    options = {"sectors": country.unsure(), "common_fraction": 0.2}
    both, alone = (
        pathways(*run([BIKES], figures=figures, **options)).query("municipality_code == '1283'").reset_index(drop=True)
        for figures in (FIGURES, {"1283": FLAT})
    )
    pd.testing.assert_frame_equal(both, alone, check_exact=True)
    again = pathways(*run([BIKES], figures=dict(reversed(FIGURES.items())), **options))
    assert (
        again.to_csv(index=False).encode()
        == pathways(*run([BIKES], figures=FIGURES, **options)).to_csv(index=False).encode()
    )


def test_municipalities_without_targets_are_followed_to_where_others_aim() -> None:
    frame = pathways(*run(targets={"total": (2028, 800.0)}))
    assert frame["year"].max() == 2028


def test_nobody_aims_and_nobody_is_followed() -> None:
    found, indicators = run(targets={})
    assert found == []
    assert pathways(found, indicators).empty
    assert target_probability(found, indicators).empty
    assert target_sensitivity(found).empty


def test_a_sector_that_cannot_be_fitted_is_followed_nowhere() -> None:
    """Waste has two years only: neither it nor the total has a pathway; transport has."""
    figures = {"1283": {"transport": FLAT["transport"], "waste": {2022: 1.0, 2024: 1.0}}}
    frame = pathways(*run(figures=figures))
    assert set(frame["line"]) == {"transport"}


def test_how_odd_years_were_treated_is_stated() -> None:
    years = {("transport", 2020): ("left_out", "pandemic"), ("waste", 2024): ("new_level", "law")}
    frame = pathways(*run(years=years))
    assert frame["note"].unique().tolist() == ["transport: 2020 left out; waste: 2024 a new level"]


@pytest.mark.parametrize(
    ("key", "make"),
    [("scenarios/pathways", pathways), ("scenarios/probability", target_probability)],
)
def test_tables_fit_their_contracts(key: str, make: Any) -> None:
    found = run([BUSES, BIKES], sectors=country.unsure())
    assert check_contract(make(*found), table(key)).passed
    assert check_contract(target_sensitivity(found[0]), table("scenarios/sensitivity")).passed


TONNES = st.floats(0, 1e6)
PLANS = st.lists(st.tuples(TONNES, TONNES, st.integers(2020, 2032), st.integers(0, 6), st.booleans()), max_size=3)


def actions_of(plans: list[tuple[float, float, int, int, bool]]) -> list[Action]:
    """Actions on transport, the first of them decided."""
    return [
        Action(f"a{i}", "transport", min(one, two), min(one, two), max(one, two), start, ramp, None, i == 0, additive)
        for i, (one, two, start, ramp, additive) in enumerate(plans)
    ]


def as_bytes(found: list[Simulation], indicators: pd.DataFrame) -> list[bytes]:
    """The three tables as the pipeline keeps them: Parquet."""
    frames = {
        "scenarios/pathways": pathways(found, indicators),
        "scenarios/probability": target_probability(found, indicators),
        "scenarios/sensitivity": target_sensitivity(found),
    }
    kept = []
    for key, frame in frames.items():
        sink = io.BytesIO()
        pq.write_table(to_arrow(frame, table(key)), sink)
        kept.append(sink.getvalue())
    return kept


@examples(25)
@given(seed=st.integers(0, 2**32 - 1), plans=PLANS, order=st.permutations(range(3)), spread=st.floats(0.01, 1))
def test_the_same_seed_gives_the_same_bytes(
    seed: int, plans: list[tuple[float, float, int, int, bool]], order: list[int], spread: float
) -> None:
    """Whatever the seed, the actions and their order in the file; and another seed gives other draws."""
    actions = actions_of(plans)
    mixed = [actions[i] for i in order if i < len(actions)]
    options: dict[str, Any] = {"sectors": country.unsure(spread), "common_fraction": 0.2, "draws": 40}
    first, second = (
        as_bytes(*run(sorted(own, key=lambda a: a.action_id), seed=seed, **options)) for own in (actions, mixed)
    )
    assert first == second
    assert first[0] != as_bytes(*run(actions, seed=seed + 1, **options))[0]


@examples(25)
@given(st.lists(TONNES, min_size=len(YEARS), max_size=len(YEARS)), PLANS, st.floats(0, 1))
def test_percentiles_are_ordered_and_actions_never_raise(
    tonnes: list[float], plans: list[tuple[float, float, int, int, bool]], spread: float
) -> None:
    actions = actions_of(plans)
    figures = {"1283": {"transport": dict(zip(YEARS, tonnes, strict=True)), "waste": FLAT["waste"]}}
    frame = pathways(*run(actions, figures=figures, sectors=country.unsure(spread), draws=40))
    checked = {
        "scenarios/pathways": frame,
        "clean/published_gap": pd.DataFrame(columns=["municipality_code", "other_plans_t"]),
    }
    assert [finding.outcome for finding in percentiles_ordered(checked)] == ["passed"]
    assert "failed" not in [finding.outcome for finding in actions_never_raise(checked)]
    shown = frame.set_index(["scenario", "line", "year"])
    for name in ("p05_t", "p50_t", "p95_t") if actions else ():
        less, usual = (shown.loc[scenario, name] for scenario in ("with_actions", "business_as_usual"))
        assert (less.reindex(usual.index) <= usual + 1e-6 * usual.abs()).all()
