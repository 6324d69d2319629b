"""Actions with numbers: which count, and what each was sized on."""

from pathlib import Path

import pandas as pd

from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.scenarios.planned_actions import (
    Action,
    Level,
    of_other_plans,
    plan_levels,
    planned_ahead,
    sector_of_line,
    with_numbers,
)
from klimat_pipeline_tests.unit.scenarios import country, small_plan


def test_lines_are_found_in_the_sectors_that_hold_them(project: Path) -> None:
    sectors = sector_of_line(load_reference(project / "data" / "reference"))
    assert sectors["transport_on_road"] == "transport"
    assert sectors["grid_supplied_energy"] == "electricity_district_heating"
    # Main sectors only: domestic shipping and aviation are within transport.
    assert sectors["transport_other"] == "transport"
    assert "afolu_sinks" not in sectors


def test_only_actions_with_numbers_on_released_figures_count() -> None:
    rows = [
        country.action("counts", action_status="ongoing", interaction_rule="additive"),
        country.action("without_effect", effect_t_per_year=None),
        country.action("scope_2", carrier="district_heating"),
        country.action("sink", line="afolu_sinks"),
        country.action("in_the_figures_already", action_status="completed"),
        country.action(
            "without_start", start_year=None, action_status="proposed", effect_low_t=50.0, effect_high_t=150.0
        ),
    ]
    found = with_numbers(pd.DataFrame(rows), {"transport_on_road": "transport"}, {"1283": 2030})
    assert found == {
        "1283": [
            Action(
                "counts", "transport", 100.0, 2026, ramp_years=2, lifetime_years=4, is_decided=True, is_additive=True
            ),
            Action("without_start", "transport", 100.0, 2030, 50.0, 150.0, lifetime_years=4, is_start_assumed=True),
        ]
    }


def test_without_start_or_target_year_an_action_has_no_year() -> None:
    rows = pd.DataFrame([country.action(start_year=None)])
    assert with_numbers(rows, {"transport_on_road": "transport"}, {}) == {}


def test_other_plans_are_existing_policies_where_the_national_figures_hold_them() -> None:
    """30 t in scope 1 and 10 t of the same line in scope 1+2; scope 2 alone and the total are in no pathway."""
    printed = small_plan.frame(
        "clean/published_gap",
        small_plan.printed("transport_on_road", other_plans_t=30.0),
        small_plan.printed("transport_on_road", scopes="1+2", other_plans_t=10.0),
        small_plan.printed("buildings", scopes="2", of_lines="transport_on_road", other_plans_t=5.0),
        small_plan.printed("mixed", of_lines="transport_on_road waste", other_plans_t=5.0),
        small_plan.printed("waste", other_plans_t=0.0),
        small_plan.printed("total", of_lines="", other_plans_t=45.0),
    )
    found = of_other_plans(printed, {"transport_on_road": "transport", "waste": "waste"})
    sole = Action(
        action_id="other_plans_transport_on_road",
        sector_code="transport",
        effect_t=40.0,
        start_year=2030,
        is_decided=True,
        is_additive=True,
        is_start_assumed=True,
    )
    assert found == {small_plan.CODE: [sole]}


def test_a_planned_action_is_no_existing_policy() -> None:
    rows = [country.action(status, action_status=status) for status in ("proposed", "planned", "decided", "ongoing")]
    found = with_numbers(pd.DataFrame(rows), {"transport_on_road": "transport"}, {"1283": 2030})
    assert [action.action_id for action in found["1283"] if action.is_decided] == ["decided", "ongoing"]


def test_an_action_is_sized_on_its_own_figure_before_the_prints() -> None:
    rows = [country.action("own", sized_on_t=500.0), country.action("print", is_metered=True), country.action("none")]
    of = {("1283", "transport"): Level(800.0, 2022)}
    found = with_numbers(pd.DataFrame(rows), {"transport_on_road": "transport"}, {}, of)["1283"]
    assert {a.action_id: (a.level, a.is_metered) for a in found} == {
        "none": (Level(800.0, 2022), False),
        "own": (Level(500.0), False),
        "print": (Level(800.0, 2022), True),
    }


def test_a_print_counts_from_the_sum_of_a_sectors_lines() -> None:
    """100 and 50 t of 2022 are 150 t; a print without a latest year counts from its baseline; scope 2 is elsewhere."""
    printed = small_plan.frame(
        "clean/published_gap",
        small_plan.printed("transport_on_road", latest_year=2022, latest_t=100.0),
        small_plan.printed("transport_other", latest_year=2022, latest_t=50.0),
        small_plan.printed("buildings", scopes="2", of_lines="transport_on_road", latest_year=2022, latest_t=9.0),
        small_plan.printed("waste", baseline_year=2020, baseline_t=70.0, latest_year=None, latest_t=None),
        small_plan.printed("total", of_lines="", latest_year=2022, latest_t=229.0),
    )
    sector_of = {"transport_on_road": "transport", "transport_other": "transport", "waste": "waste"}
    assert plan_levels(printed, sector_of) == {
        (small_plan.CODE, "transport"): Level(150.0, 2022),
        (small_plan.CODE, "waste"): Level(70.0, 2020),
    }


def test_other_plans_and_actions_are_one_plan_of_a_municipality() -> None:
    printed = small_plan.frame("clean/published_gap", small_plan.printed("waste", other_plans_t=30.0))
    rows = pd.DataFrame([country.action(municipality_code=small_plan.CODE), country.action()])
    found = planned_ahead(rows, printed, {"waste": "waste", "transport_on_road": "transport"}, {})
    assert {code: [action.action_id for action in own] for code, own in found.items()} == {
        small_plan.CODE: ["other_plans_waste", "buses"],
        "1283": ["buses"],
    }
