"""Pathways, probabilities and sensitivities of a small country; expected values by hand where nothing is drawn."""

import io
import math
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.clean.method_assumptions import ChangeOfLaw, SeenBefore
from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.arrow import to_arrow
from klimat_pipeline.quality.contract import check_contract
from klimat_pipeline.quality.outlook import actions_never_raise, percentiles_ordered
from klimat_pipeline.scenarios.errors import SEED
from klimat_pipeline.scenarios.pathways import pathways
from klimat_pipeline.scenarios.planned_actions import Action, Level
from klimat_pipeline.scenarios.simulation import Simulation, simulate
from klimat_pipeline.scenarios.target_probability import in_words, target_probability
from klimat_pipeline.scenarios.target_sensitivity import target_sensitivity
from klimat_pipeline_tests.support.properties import examples
from klimat_pipeline_tests.unit.scenarios import country

YEARS = (2015, 2018, 2020, 2021, 2022, 2024)
FLAT = {"transport": dict.fromkeys(YEARS, 1000.0), "waste": dict.fromkeys(YEARS, 400.0)}
FIGURES = {"1283": FLAT, "0114": FLAT}
#: The total is to be at 800 t, transport at 500 t in 2030.
TARGETS = {"total": (2030, 800.0), "transport": (2030, 500.0)}
OF = Level(1000.0, 2022)
BUSES = Action("buses", "transport", 300.0, 2026, level=OF, ramp_years=2, is_decided=True)
BIKES = Action("bikes", "transport", 500.0, 2027, level=OF)
RANGED = Action("bikes", "transport", 500.0, 2027, 400.0, 600.0, OF)
#: Transport falls by 5 per cent a year, waste stays.
FALLING = {"1283": {"transport": {y: 1000.0 * math.exp(-0.05 * (y - 2024)) for y in YEARS}, "waste": FLAT["waste"]}}


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
    return list(simulate(emissions, indicators, country.no_nation(), planned, method, draws, seed)), indicators


def middle(frame: pd.DataFrame, scenario: str, target: str, code: str = "1283") -> list[float]:
    rows = frame[(frame["scenario"] == scenario) & (frame["line"] == target) & (frame["municipality_code"] == code)]
    return [round(value, 6) for value in rows.sort_values("year")["p50_t"]]


def chances(frame: pd.DataFrame, target: str, scenario: str) -> pd.Series:
    rows = frame[(frame["municipality_code"] == "1283") & (frame["target_id"] == target)]
    return rows.set_index("scenario").loc[scenario]


def test_nothing_drawn_and_nothing_changing_stays_as_it_is() -> None:
    frame = pathways(*run())
    assert sorted(frame["year"].unique()) == [2025, 2026, 2027, 2028, 2029, 2030]
    assert middle(frame, "business_as_usual", "total") == [1400.0] * 6
    assert set(frame["scenario"]) == {"business_as_usual", "target"}, "without actions there is no plan to show"


def test_actions_by_hand() -> None:
    """Buses: 150 of 1,000 t in 2026, 300 from 2027. Bikes take half of what the buses leave.

    2027 on: 1,000 x (1 - 0.3) x (1 - 0.5) = 350 t of transport, 750 t in all.
    """
    frame = pathways(*run([BUSES, BIKES]))
    assert middle(frame, "existing_policies", "transport") == [1000.0, 850.0, 700.0, 700.0, 700.0, 700.0]
    assert middle(frame, "with_actions", "transport") == [1000.0, 850.0, 350.0, 350.0, 350.0, 350.0]
    assert middle(frame, "with_actions", "total") == [1400.0, 1250.0, 750.0, 750.0, 750.0, 750.0]
    assert middle(frame, "with_actions", "waste") == [400.0] * 6
    assert "with_actions" not in set(frame.loc[frame["municipality_code"] == "0114", "scenario"])


def test_an_effect_that_the_trend_holds_already_is_counted_once() -> None:
    """By 2030 the trend has 1,000 exp(-0.3) = 741 t. Buses leave 700 t of the frozen level, and so do both together.

    With theta = 0, as if the trend held nothing of the plan, 741 x 0.7 = 519 t would be left.
    """
    found, indicators = run([BUSES], figures=FALLING, bend_fraction=1e-9)
    frame = pathways(found, indicators)
    assert middle(frame, "business_as_usual", "transport")[-1] == pytest.approx(1000 * math.exp(-0.3))
    assert middle(frame, "with_actions", "transport")[-1] == pytest.approx(700.0)
    rows = target_sensitivity(found).query("target_id == 'transport'").set_index(["factor_kind", "factor"])
    assert rows.loc[("overlap", "theta"), ["low_t", "high_t"]].tolist() == pytest.approx([700 * math.exp(-0.3), 700.0])


def test_target_is_the_straight_line_from_the_newest_year() -> None:
    """From 1,400 t in 2024 to 800 t in 2030: 100 t a year."""
    frame = pathways(*run())
    assert middle(frame, "target", "total") == [1300.0, 1200.0, 1100.0, 1000.0, 900.0, 800.0]
    assert frame.loc[frame["scenario"] == "target", "draws"].unique().tolist() == [0]


def test_the_line_from_the_baseline_stands_beside_every_scenario() -> None:
    """1,000 t in 1990, 700 t in 2026 on the way, 500 t in 2030: 50 t less a year after the step.

    1990 to 2026: 300 t in 36 years, so that 2025 is 700 + 300 / 36.
    """
    emissions = country.emissions(FIGURES)
    indicators = country.indicators(emissions, TARGETS)
    indicators.loc[indicators["target_id"] == "transport", "interim_targets"] = "2026:-30"
    found = list(
        simulate(emissions, indicators, country.no_nation(), {"1283": [BUSES]}, country.assumptions(), 50, SEED)
    )
    frame = pathways(found, indicators).query("municipality_code == '1283'")
    for _, rows in frame[frame["line"] == "transport"].groupby("scenario"):
        line = rows.sort_values("year")["target_path_t_co2e"].tolist()
        assert line == pytest.approx([700 + 300 / 36, 700.0, 650.0, 600.0, 550.0, 500.0])
    assert frame.loc[frame["line"] == "waste", "target_path_t_co2e"].isna().all(), "it has no target"


def test_what_was_tested_is_said_of_its_gases_years_and_changes() -> None:
    """One year ahead, up to 10 per cent down: business as usual is tested, all else extrapolated."""
    known = {("all greenhouse gases", "transport", 1): SeenBefore(0.9, -10.0, 10.0)}
    found, indicators = run([BUSES], tested=known)
    frame = pathways(found, indicators)
    rows = frame[frame["forecast_evidence"] == "tested"]
    assert set(rows["line"]) == {"transport"} and set(rows["year"]) == {2025}
    assert set(rows["scenario"]) == {"business_as_usual"} and set(rows["covered_before_fraction"]) == {0.9}
    drawn = frame[frame["scenario"] != "target"]
    assert set(drawn.drop(rows.index)["forecast_evidence"]) == {"extrapolated"}
    other = pathways(found, indicators.assign(gas_basis="carbon dioxide only"))
    assert other["covered_before_fraction"].isna().all()
    small = pathways(*run(tested={("all greenhouse gases", "transport", 1): SeenBefore(0.9, 1.0, 10.0)}))
    assert "tested" not in set(small["forecast_evidence"])


def test_a_target_beyond_what_ever_came_is_extrapolated() -> None:
    """From 1,000 to 500 t in six years; changes down to -40, or down to -60 per cent, were seen."""
    for lowest, said in ((-40.0, "extrapolated"), (-60.0, "tested")):
        known = {("all greenhouse gases", "transport", 6): SeenBefore(0.9, lowest, 10.0)}
        frame = target_probability(*run(tested=known))
        assert chances(frame, "transport", "business_as_usual")["forecast_evidence"] == said


def test_probability_and_pace() -> None:
    """No number of draws makes an outcome certain: (0 + 1) / (200 + 2) and (200 + 1) / (200 + 2).

    1,400 to 800 t in six years are -100 t, (800 / 1400) ** (1 / 6) - 1.
    """
    frame = target_probability(*run([BUSES, BIKES]))
    usual = chances(frame, "total", "business_as_usual")
    assert usual["probability_fraction"] == pytest.approx(1 / 202)
    assert usual["required_t_co2e_per_year"] == pytest.approx(-100.0)
    assert usual["required_pct_per_year"] == pytest.approx(((800 / 1400) ** (1 / 6) - 1) * 100)
    assert usual["expected_t_per_year"] == pytest.approx(0.0, abs=1e-9)
    assert chances(frame, "total", "with_actions")["expected_t_per_year"] == pytest.approx((750 - 1400) / 6)


def test_without_ranges_there_is_one_figure_and_an_interval() -> None:
    """Half delivered, transport keeps 0.85 x 0.75 of 1,000 t and the total is missed; delivered in full it is met."""
    found, indicators = run([BUSES, BIKES], errors=country.unsure(0.01))
    row = chances(target_probability(found, indicators), "total", "with_actions")
    assert pd.isna([row[name] for name in ("p05_t", "p95_t", "probability_fraction")]).all()
    assert [row["probability_low_fraction"], row["probability_high_fraction"]] == pytest.approx([1 / 202, 201 / 202])
    assert row["p50_t"] == pytest.approx(750.0, rel=0.001)
    assert row["probability_text"].startswith("in fewer than 1 to more than 99 of 100 futures, depending on")
    planned = pathways(found, indicators).query("scenario == 'with_actions'").set_index("line")
    assert planned.loc["transport", ["p05_t", "p95_t"]].isna().all(axis=None)
    assert planned.loc["waste", "p05_t"].notna().all(), "no action touches waste"


def test_with_ranges_there_are_percentiles_and_a_probability() -> None:
    """Bikes take 40 to 60 per cent, most likely 50: 500 t are left in half of the futures."""
    found, indicators = run([RANGED], draws=4000)
    row = chances(target_probability(found, indicators), "transport", "with_actions")
    assert row["p50_t"] == pytest.approx(500.0, abs=5)
    # Of a triangle between 0.4 and 0.6 a twentieth lies beyond 0.4 + 0.2 sqrt(0.05 / 2) and its mirror image.
    assert (row["p05_t"], row["p95_t"]) == pytest.approx((568.4, 431.6)[::-1], abs=3)
    assert row["probability_fraction"] == pytest.approx(0.5, abs=0.03)
    assert row["probability_low_fraction"] == pytest.approx(1 / 4002)
    assert row["probability_high_fraction"] == pytest.approx(4001 / 4002)


def test_an_action_that_nobody_sized_on_anything_has_no_figure() -> None:
    found, indicators = run([Action("buses", "transport", 300.0, 2026)])
    planned = pathways(found, indicators).query("scenario == 'with_actions'").set_index("line")
    assert planned.loc[["transport", "total"], "p50_t"].isna().all()
    assert planned.loc["waste", "p50_t"].notna().all()
    assert "nobody says what buses was sized on" in planned.loc["total", "note"].iloc[0]
    row = chances(target_probability(found, indicators), "total", "with_actions")
    assert row["probability_text"] == "no figure" and pd.isna(row["probability_high_fraction"])
    assert "transport" not in set(target_sensitivity(found).query("factor_kind == 'action'")["target_id"])


def test_a_plan_of_another_level_says_so() -> None:
    big = Action("buses", "transport", 300.0, 2026, level=Level(2000.0, 2022))
    notes = pathways(*run([big])).query("scenario == 'with_actions'").set_index("line")["note"]
    assert set(notes["total"]) == set(notes["transport"]) == {"transport: sized on 2,000 t (2022), 2 times the figures"}
    assert set(notes["waste"]) == {""}


def test_probabilities_in_words() -> None:
    depending = "depending on how much of today's trend the plan itself causes and how much of it is carried out"
    assert in_words(0.15, 0.15, 0.15) == "in 15 of 100 futures"
    assert in_words(None, 0.09, 0.86) == f"in 9 to 86 of 100 futures, {depending}"
    assert in_words(0.3, 0.002, 0.999) == (
        f"in 30 of 100 futures; in fewer than 1 to more than 99 of 100 futures, {depending}"
    )


def test_ninety_per_cent_are_the_errors_that_were_measured() -> None:
    """Nine in ten within 0.1 after a year, sqrt(6) times that after six; bend 0.3 x the mean of the figures."""
    frame = pathways(*run(errors=country.unsure(0.1), draws=1000))
    for line, tonnes in (("transport", 1000.0), ("total", 1400.0)):
        row = frame[frame["line"] == line].query("year == 2030 and scenario == 'business_as_usual'").iloc[0]
        z, bend = math.asinh(1 / 0.3), 0.3 * tonnes
        ends = [bend * math.sinh(z + sign * 0.1 * math.sqrt(6)) for sign in (-1, 0, 1)]
        assert [row["p05_t"], row["p50_t"], row["p95_t"]] == pytest.approx(ends, rel=1e-4)


def test_the_total_is_its_own_forecast_and_sectors_are_fitted_to_it() -> None:
    """Sectors have errors, the total none: every future sums to 1,400 t, and half of transport's share of that goes.

    All draws of the total are equal, so sectors are fitted to it in every future, and the total stays one figure.
    """
    errors = {**country.unsure(0.2), "total": country.unsure(0.0)["total"]}
    frame = pathways(*run([RANGED], errors=errors, draws=400))
    usual = frame.query("line == 'total' and scenario == 'business_as_usual' and municipality_code == '1283'")
    assert usual[["p05_t", "p50_t", "p95_t"]].to_numpy() == pytest.approx(1400.0)
    planned = frame.query("line == 'total' and scenario == 'with_actions' and year == 2030").iloc[0]
    assert planned["p50_t"] == pytest.approx(1400 - 0.5 * 1000, abs=15)


def test_sensitivity_ranks_what_matters() -> None:
    """Buses and bikes leave 350 t; without the buses 500, without the bikes 700; half delivered 0.85 x 0.75 x 1,000 t.

    Sized on 2,000 t instead of the 1,000 t of the figures, the bikes' share would be half.
    """
    bikes = Action("bikes", "transport", 500.0, 2027, level=Level(2000.0))
    frame = target_sensitivity(run([BUSES, BIKES])[0])
    assert set(frame["target_id"]) == {"total", "transport"}
    rows = frame.query("municipality_code == '1283' and target_id == 'transport'").set_index(["factor_kind", "factor"])
    assert rows["shift_t"].round(6).to_dict() == {
        ("action", "bikes"): 350.0,
        ("delivery", "all_actions"): 287.5,
        ("action", "buses"): 150.0,
        ("last_year", "newest_year_left_out"): 0.0,
        ("level", "plan_level"): 0.0,
        ("overlap", "theta"): 0.0,
        ("trend", "transport"): 0.0,
    }
    assert rows["factor_rank"].tolist() == sorted(rows["factor_rank"].tolist()) or rows["factor_rank"].is_unique
    assert rows["factor_rank"].idxmin() == ("action", "bikes")
    level = target_sensitivity(run([bikes])[0]).set_index(["target_id", "factor_kind"]).loc[("transport", "level")]
    assert level[["low_t", "high_t"]].tolist() == pytest.approx([500.0, 750.0])


def test_sensitivity_of_the_total_shows_the_shock_and_the_newest_year() -> None:
    """All of the error is shared: the shock is p05 to p95, as is the trend. Without 2024, 1,000 t lower, 900 t remain."""
    figures = {"1283": {"transport": dict.fromkeys(YEARS, 900.0) | {2024: 1900.0}}}
    options: dict[str, Any] = {"errors": country.unsure(0.1), "shock_fraction": 1.0}
    found, _ = run(figures=figures, targets={"total": (2030, 100.0)}, window_years=2, **options)
    rows = target_sensitivity(found).set_index("factor_kind")
    assert rows.loc["shock", "shift_t"] == pytest.approx(rows.loc["trend", "shift_t"])
    assert rows.loc["shock", "shift_t"] > 0
    assert rows.loc["last_year", "low_t"] == pytest.approx(900.0)
    assert set(rows["scenario"]) == {"business_as_usual"}


def test_same_seed_same_bytes_whoever_else_is_in_the_run() -> None:
    options: dict[str, Any] = {"errors": country.unsure(), "shock_fraction": 0.2}
    both, alone = (
        pathways(*run([RANGED], figures=figures, **options)).query("municipality_code == '1283'").reset_index(drop=True)
        for figures in (FIGURES, {"1283": FLAT})
    )
    pd.testing.assert_frame_equal(both, alone, check_exact=True)
    again = pathways(*run([RANGED], figures=dict(reversed(FIGURES.items())), **options))
    assert again.to_csv(index=False) == pathways(*run([RANGED], figures=FIGURES, **options)).to_csv(index=False)


def test_municipalities_without_targets_have_the_total_to_where_others_aim() -> None:
    """Their percentiles are those of the errors themselves: nothing is drawn."""
    emissions = country.emissions(FIGURES)
    indicators = country.indicators(emissions, {"total": (2028, 800.0)})
    others = indicators["municipality_code"] == "0114"
    indicators.loc[others, "target_kind"] = "generic"
    method = country.assumptions(errors=country.unsure(0.1))
    frame = pathways(simulate(emissions, indicators, country.no_nation(), {}, method, 100), indicators)
    assert frame["year"].max() == 2028
    rows = frame[frame["municipality_code"] == "0114"]
    assert set(rows["line"]) == {"total"} and set(rows["draws"]) == {0}
    drawn = frame[(frame["municipality_code"] == "1283") & (frame["scenario"] == "business_as_usual")]
    drawn = drawn[drawn["line"] == "total"]
    for name in ("p05_t", "p50_t", "p95_t"):
        assert rows[name].tolist() == pytest.approx(drawn[name].tolist(), rel=1e-3)


def test_nobody_aims_and_nobody_is_followed() -> None:
    found, indicators = run(targets={})
    assert found == []
    assert pathways(found, indicators).empty
    assert target_probability(found, indicators).empty
    assert target_sensitivity(found).empty


def test_changes_of_law_are_stated() -> None:
    law = (ChangeOfLaw("waste", 2024, 2023, 5.0), ChangeOfLaw("waste", 1999, 1998, 5.0))
    frame = pathways(*run(changes=law))
    assert frame["note"].unique().tolist() == ["waste: a new level in 2024"]


@pytest.mark.parametrize(
    ("key", "make"),
    [("scenarios/pathways", pathways), ("scenarios/target_probability", target_probability)],
)
def test_tables_fit_their_contracts(key: str, make: Any) -> None:
    for actions in ([BUSES, RANGED], [BUSES], [Action("buses", "transport", 300.0, 2026)]):
        found = run(actions, errors=country.unsure())
        assert check_contract(make(*found), table(key)).passed
        assert check_contract(target_sensitivity(found[0]), table("scenarios/target_sensitivity")).passed


def test_ends_of_a_range_that_are_one_figure_are_no_range() -> None:
    """300 to 300 t says nothing of what may come: 700 t in full, no p05 and p95, the probability an interval only."""
    one = Action("buses", "transport", 300.0, 2026, 300.0, 300.0, OF)
    found, indicators = run([one], errors=country.unsure(0.2))
    row = chances(target_probability(found, indicators), "transport", "with_actions")
    assert row["p50_t"] == pytest.approx(700.0, abs=0.01)
    assert row[["p05_t", "p95_t", "probability_fraction"]].isna().all()


def test_actions_that_take_everything_have_no_range_to_show() -> None:
    """800 and 700 t sized on 1,000 t leave nothing in any future: said, and not printed as certain."""
    plan = [
        Action("a", "transport", 800.0, 2026, 790.0, 810.0, OF, is_additive=True),
        Action("b", "transport", 700.0, 2026, 690.0, 710.0, OF, is_additive=True),
    ]
    found, indicators = run(plan, errors=country.unsure(0.2))
    row = chances(target_probability(found, indicators), "transport", "with_actions")
    assert row["p50_t"] == 0.0
    assert row[["p05_t", "p95_t", "probability_fraction"]].isna().all()
    assert "transport: the actions sum to 1,500 t of the 1,000 t they were sized on" in row["note"]
    assert "nothing is left in any future" in row["note"]


def test_one_more_action_with_a_range_raises_no_scenario_above_the_other() -> None:
    """Both scenarios draw the buses' delivery, as soon as any action of the plan has a range; that is said."""
    bins = Action("bins", "waste", 40.0, 2026, 20.0, 60.0, Level(400.0, 2022))
    frame = pathways(*run([BUSES, bins], errors=country.unsure(0.2)))
    shown = frame[frame["municipality_code"] == "1283"].set_index(["scenario", "line", "year"])
    for name in ("p05_t", "p50_t", "p95_t"):
        decided, everything = (shown.loc[scenario, name] for scenario in ("existing_policies", "with_actions"))
        assert (everything <= decided.reindex(everything.index) + 1e-6).all()
    note = shown.loc[("with_actions", "transport", 2030), "note"]
    assert "delivery of buses drawn from 50 to 100 % (chosen)" in note


def test_a_plant_is_not_on_a_line_that_has_less_than_it_captures() -> None:
    """1,300 t captured on a line of 1,000 t: the line cannot hold the plant, and stays as it is.

    1,010 t are a rounded plan, as Helsingborg's 100,000 t of a printed 99,675 t: taken, and nothing is left.
    """
    rounded = Action("plant", "transport", 1010.0, 2026, level=OF, is_metered=True)
    assert middle(pathways(*run([rounded])), "with_actions", "transport") == [1000.0, *[0.0] * 5]
    plant = Action("plant", "transport", 1300.0, 2026, level=OF, is_metered=True)
    frame = pathways(*run([plant]))
    assert middle(frame, "with_actions", "transport") == [1000.0] * 6
    assert "plant is not taken: the line does not hold its plant" in frame["note"].str.cat()


#: To the kilogram: nobody plans what a float can only just hold.
TONNES = st.floats(0, 1e6).map(lambda tonnes: round(tonnes, 3))
PLANS = st.lists(st.tuples(TONNES, TONNES, st.integers(2020, 2032), st.integers(0, 6), st.booleans()), max_size=3)


def actions_of(plans: list[tuple[float, float, int, int, bool]], *, ranged: bool = True) -> list[Action]:
    """Actions on transport, the first of them decided."""
    return [
        Action(
            f"a{i}",
            "transport",
            min(one, two),
            start,
            min(one, two) if ranged else None,
            max(one, two) if ranged else None,
            Level(1e6),
            ramp_years=ramp,
            is_decided=i == 0,
            is_additive=additive,
        )
        for i, (one, two, start, ramp, additive) in enumerate(plans)
    ]


def as_bytes(found: list[Simulation], indicators: pd.DataFrame) -> list[bytes]:
    """The three tables as the pipeline keeps them: Parquet."""
    frames = {
        "scenarios/pathways": pathways(found, indicators),
        "scenarios/target_probability": target_probability(found, indicators),
        "scenarios/target_sensitivity": target_sensitivity(found),
    }
    kept = []
    for key, frame in frames.items():
        sink = io.BytesIO()
        pq.write_table(to_arrow(frame, table(key)), sink)
        kept.append(sink.getvalue())
    return kept


@examples(25)
@given(
    seed=st.integers(0, 2**32 - 1),
    plans=PLANS,
    order=st.permutations(range(3)),
    size=st.floats(0.01, 1),
    ranged=st.booleans(),
)
def test_the_same_seed_gives_the_same_bytes(
    seed: int, plans: list[tuple[float, float, int, int, bool]], order: list[int], size: float, ranged: bool
) -> None:
    """Whatever the seed, the actions and their order in the file."""
    actions = actions_of(plans, ranged=ranged)
    mixed = [actions[i] for i in order if i < len(actions)]
    options: dict[str, Any] = {"errors": country.unsure(size), "shock_fraction": 0.2, "draws": 40}
    first, second = (
        as_bytes(*run(sorted(own, key=lambda a: a.action_id), seed=seed, **options)) for own in (actions, mixed)
    )
    assert first == second


def test_another_seed_gives_other_draws() -> None:
    options: dict[str, Any] = {"errors": country.unsure(0.3), "draws": 40}
    assert as_bytes(*run([RANGED], seed=1, **options)) != as_bytes(*run([RANGED], seed=2, **options))


@examples(25)
@given(st.lists(TONNES, min_size=len(YEARS), max_size=len(YEARS)), PLANS, st.floats(0, 1), st.booleans())
def test_percentiles_are_ordered_and_actions_never_raise(
    tonnes: list[float], plans: list[tuple[float, float, int, int, bool]], size: float, ranged: bool
) -> None:
    actions = actions_of(plans, ranged=ranged)
    figures = {"1283": {"transport": dict(zip(YEARS, tonnes, strict=True)), "waste": FLAT["waste"]}}
    found, indicators = run(actions, figures=figures, errors=country.unsure(size), draws=40)
    frame = pathways(found, indicators)
    checked = {"scenarios/pathways": frame}
    assert [finding.outcome for finding in percentiles_ordered(checked)] == ["passed"]
    assert "failed" not in [finding.outcome for finding in actions_never_raise(checked)]
    shown = frame.set_index(["scenario", "line", "year"])
    for name in ("p05_t", "p50_t", "p95_t") if actions and ranged else ():
        less, usual = (shown.loc[scenario, name] for scenario in ("with_actions", "business_as_usual"))
        less = less.reindex(usual.index)
        assert ((less <= usual + 1e-6 * usual.abs()) | less.isna()).all()
    planned = frame[frame["scenario"].isin(["existing_policies", "with_actions"])]
    acted = planned[planned["line"] == "transport"] if actions else planned[:0]
    assert not (acted["p05_t"] == acted["p95_t"]).any()
    chances = target_probability(found, indicators)
    low, said, high = (chances[f"probability_{name}fraction"] for name in ("low_", "", "high_"))
    assert (low <= high).all() and ((said >= low - 1e-9) & (said <= high + 1e-9) | said.isna()).all()
    assert (
        not chances[[f"probability_{name}fraction" for name in ("low_", "", "high_")]].isin([0.0, 1.0]).any(axis=None)
    )
