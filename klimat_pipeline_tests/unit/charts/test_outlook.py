"""Charts of what is ahead: what is drawn, and that they can be rendered."""

from typing import Any

import pandas as pd
import pytest

from klimat_pipeline.charts.outlook import (
    abatement_curve,
    abatement_curves,
    comparison_strip,
    comparison_strips,
    pathway_fan,
    pathway_fans,
)
from klimat_pipeline.charts.style import as_markdown_image, titled
from klimat_pipeline.scenarios.abatement_cost import abatement_cost
from klimat_pipeline.scenarios.pathways import pathways
from klimat_pipeline.scenarios.planned_actions import Action, Level
from klimat_pipeline.scenarios.simulation import simulate
from klimat_pipeline.scenarios.target_probability import target_probability
from klimat_pipeline_tests.unit.scenarios import country

YEARS = (2018, 2020, 2021, 2022, 2024)


@pytest.fixture
def ahead() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    figures = {"1283": {"transport": dict.fromkeys(YEARS, 1000.0), "waste": dict.fromkeys(YEARS, 400.0)}}
    emissions = country.emissions(figures)
    indicators = country.indicators(emissions, {"total": (2030, 800.0)})
    plan = {"1283": [Action("buses", "transport", 300.0, 2026, 200.0, 400.0, Level(1000.0))]}
    method = country.assumptions(errors=country.unsure())
    found = list(simulate(emissions, indicators, country.no_nation(), plan, method, 50))
    return pathways(found, indicators), indicators, target_probability(found, indicators)


def abatement(*actions: dict[str, Any]) -> pd.DataFrame:
    return abatement_cost(pd.DataFrame(actions), country.targets(), discount_rate_pct=3.5)


def comparison() -> pd.DataFrame:
    """Three municipalities and one indicator in per cent."""
    return pd.DataFrame(
        {
            "municipality_code": ["1283", "0114", "0115"],
            "release_id": country.R,
            "is_current_release": True,
            "target_id": "total",
            "indicator_text": "Yearly change from 2015 to 2024, compound rate",
            "indicator_unit": "%/year",
            "indicator_value": [0.0, -1.0, 2.0],
            "median_value": 0.0,
            "compared": 3,
        }
    )


def values(chart: dict[str, Any], line: str) -> dict[int, float]:
    return {p["year"]: p["kt"] for p in chart["layer"][1]["data"]["values"] if p["line"] == line}


def test_fan_begins_where_the_figures_end(ahead: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]) -> None:
    frame, indicators, _ = ahead
    total = frame[frame["line"] == "total"]
    chart = pathway_fan(total, indicators[indicators["target_id"] == "total"])
    assert values(chart, "emissions") == {2024: 1.4}
    # A quarter less than the baseline of 1,000 t, as the nation.
    assert values(chart, "as the nation") == {2024: 0.75}
    target = values(chart, "target")
    assert target[2024] == 1.4
    assert target[2030] == pytest.approx(0.8)
    bands = [p for p in chart["layer"][0]["data"]["values"] if p["line"] == "with_actions"]
    assert [p["year"] for p in bands] == [2024, 2025, 2026, 2027, 2028, 2029, 2030]
    assert bands[0]["low"] == bands[0]["high"] == 1.4
    assert all(p["low"] <= p["high"] for p in bands)
    assert not [p for p in chart["layer"][0]["data"]["values"] if p["line"] == "target"], "a target has no range"


def test_fan_says_the_chances_in_words(ahead: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]) -> None:
    said = pathway_fans(*ahead)["1283"]["title"]["subtitle"]
    assert said[1].startswith("Target met, trend goes on: in ")
    assert any("of 100 futures" in line and "depending on" in line for line in said)


def test_curve_is_as_wide_as_what_is_saved() -> None:
    """350 t each: steps from 0 to 0.35 and from 0.35 to 0.7 kt, the cheap one first."""
    frame = abatement(country.action("dear", cost_msek=2.0, name_en="Dear"), country.action("cheap", name_en="Cheap"))
    steps = abatement_curve(frame)["data"]["values"]
    assert [(s["action"], s["from"], s["to"]) for s in steps] == [
        ("Cheap", 0.0, pytest.approx(0.35)),
        ("Dear", pytest.approx(0.35), pytest.approx(0.7)),
    ]
    (chart,) = abatement_curves(frame).values()
    assert chart["title"]["text"] == "what a tonne costs, cheapest first; 3.5 % discount rate, prices of 2025"
    assert titled(chart, "Helsingborg (1283)")["title"]["text"].startswith("Helsingborg (1283): what a tonne costs")


def test_strip_marks_one_among_all() -> None:
    points = comparison_strip(comparison(), "1283")["data"]["values"]
    assert sorted((p["who"], p["value"]) for p in points) == [
        ("median", 0.0),
        ("others", -1.0),
        ("others", 2.0),
        ("this municipality", 0.0),
    ]
    assert points[-1]["who"] == "this municipality", "drawn last, on top of the others"


def test_each_has_its_picture_where_there_is_something_to_show(
    ahead: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
) -> None:
    charts = [
        pathway_fans(*ahead),
        abatement_curves(abatement(country.action())),
        comparison_strips(comparison(), ["1283", "1281"], country.R),
    ]
    assert [list(found) for found in charts] == [["1283"]] * 3
    for found in charts:
        assert as_markdown_image(found["1283"]).startswith("![chart](data:image/svg+xml;base64,")


def test_nothing_to_show_no_picture(ahead: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]) -> None:
    frame, indicators, chances = ahead
    assert pathway_fans(frame[frame["scenario"] != "target"], indicators, chances) == {}
    assert abatement_curves(abatement(country.action(cost_msek=None))) == {}
    assert comparison_strips(comparison().assign(compared=1), ["1283"], country.R) == {}
    assert comparison_strips(comparison(), ["1283"], "another release") == {}
