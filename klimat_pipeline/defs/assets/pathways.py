"""Assets of what is ahead: pathways and their probability, hindcast, investment plan; and the comparison."""

import pandas as pd

from klimat_pipeline.defs.asset_factory import step
from klimat_pipeline.defs.pages import pictures
from klimat_pipeline.defs.resources import Project
from klimat_pipeline.defs.steps import Made

_DRAWN_FROM = (
    "corrected/emissions",
    "clean/area_totals",
    "indicators/sector_indicators",
    "clean/targets",
    "clean/climate_actions",
    "clean/published_gap",
)


@step(
    "pathways",
    "indicators/municipality_comparison",
    "indicators/group_comparison",
    "scenarios/pathways",
    "scenarios/target_probability",
    "scenarios/target_sensitivity",
    "scenarios/scenario_hindcast",
    "scenarios/scenario_score",
    "scenarios/investment_plan",
    "scenarios/abatement_cost",
    kinds={
        "indicators/municipality_comparison": ("pandas", "vega"),
        "scenarios/pathways": ("numpy", "vega"),
        "scenarios/target_probability": ("numpy",),
        "scenarios/target_sensitivity": ("numpy",),
        "scenarios/scenario_hindcast": ("numpy",),
        "scenarios/scenario_score": ("numpy",),
        "scenarios/abatement_cost": ("pandas", "vega"),
    },
    reads={
        "indicators/municipality_comparison": (
            "corrected/emissions",
            "clean/targets",
            "clean/population",
            "clean/municipalities",
            "clean/releases",
            "clean/area_totals",
        ),
        "indicators/group_comparison": ("indicators/municipality_comparison",),
        "scenarios/pathways": _DRAWN_FROM,
        "scenarios/target_probability": _DRAWN_FROM,
        "scenarios/target_sensitivity": _DRAWN_FROM,
        "scenarios/scenario_hindcast": ("corrected/emissions", "clean/area_totals"),
        "scenarios/scenario_score": ("corrected/emissions", "clean/area_totals", "clean/releases"),
        "scenarios/investment_plan": ("clean/climate_actions", "clean/targets"),
        "scenarios/abatement_cost": ("clean/climate_actions", "clean/targets"),
    },
    # Ranks are among all, and a forecast learns from all; what is simulated is what there are indicators of.
    whole=("emissions", "targets", "population", "municipalities", "area_totals"),
    emissions="corrected/emissions",
    indicators="indicators/sector_indicators",
    targets="clean/targets",
    actions="clean/climate_actions",
    published_gap="clean/published_gap",
    population="clean/population",
    municipalities="clean/municipalities",
    releases="clean/releases",
    area_totals="clean/area_totals",
)
def pathways(
    project: Project,
    emissions: pd.DataFrame,
    indicators: pd.DataFrame,
    targets: pd.DataFrame,
    actions: pd.DataFrame,
    published_gap: pd.DataFrame,
    population: pd.DataFrame,
    municipalities: pd.DataFrame,
    releases: pd.DataFrame,
    area_totals: pd.DataFrame,
) -> Made:
    """One step: the tables share their draws, and each takes milliseconds."""
    from klimat_pipeline.charts.outlook import abatement_curves, comparison_strips, pathway_fans
    from klimat_pipeline.indicators.group_comparison import group_comparison
    from klimat_pipeline.indicators.municipality_comparison import municipality_comparison
    from klimat_pipeline.scenarios import (
        abatement_cost,
        investment_plan,
        scenario_hindcast,
        target_probability,
        target_sensitivity,
    )
    from klimat_pipeline.scenarios import pathways as paths
    from klimat_pipeline.scenarios.panels import reported_panels
    from klimat_pipeline.scenarios.planned_actions import planned_ahead, sector_of_line
    from klimat_pipeline.scenarios.prices import general_index, in_one_price_year
    from klimat_pipeline.scenarios.simulation import simulate
    from klimat_pipeline.scenarios.undated import dated, plan_periods
    from klimat_pipeline.spend.footprint.prices import current_reference

    assumptions, draws = project.assumptions, project.settings.draws
    ends = investment_plan.target_years(targets)
    periods = plan_periods(targets, ends, ramp=assumptions.undated_ramp)
    actions = dated(actions, periods)
    planned = planned_ahead(actions, published_gap, sector_of_line(project.reference), ends, periods)
    futures = list(simulate(emissions, indicators, area_totals, planned, assumptions, draws, targets=targets))
    releases_held = reported_panels(emissions, area_totals)
    substances = dict(zip(releases["release_id"], releases["substance"], strict=True))
    compared = municipality_comparison(
        emissions, targets, population, municipalities, area_totals, similar_count=assumptions.similar_count
    )
    ahead = paths.pathways(futures, indicators)
    chances = target_probability.target_probability(futures, indicators)
    index = general_index(current_reference(project.settings).price_index)
    priced = in_one_price_year(actions, index, assumptions.investment_price_year)
    curve = abatement_cost.abatement_cost(priced, targets, discount_rate_pct=assumptions.discount_rate_pct)
    frames = {
        "indicators/municipality_comparison": compared,
        "indicators/group_comparison": group_comparison(compared, project.groups),
        "scenarios/pathways": ahead,
        "scenarios/target_probability": chances,
        "scenarios/target_sensitivity": target_sensitivity.target_sensitivity(futures),
        "scenarios/scenario_hindcast": scenario_hindcast.hindcast(releases_held, assumptions),
        "scenarios/scenario_score": scenario_hindcast.score_table(releases_held, substances, assumptions),
        "scenarios/investment_plan": investment_plan.investment_plan(priced, targets),
        "scenarios/abatement_cost": curve,
    }
    headline = str(releases.loc[releases["is_headline"], "release_id"].iloc[0])
    own = project.chosen(targets)
    aiming = own.loc[own["target_kind"] == "contract", "municipality_code"]
    plots = {
        "indicators/municipality_comparison": pictures(
            project, "the place among municipalities", comparison_strips(compared, aiming, headline)
        ),
        "scenarios/pathways": pictures(project, "what is ahead", pathway_fans(ahead, indicators, chances)),
        "scenarios/abatement_cost": pictures(project, "what a tonne costs", abatement_curves(curve)),
    }
    return Made(frames, {"clean/published_gap": published_gap}, plots=plots)
