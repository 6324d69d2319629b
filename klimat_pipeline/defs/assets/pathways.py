"""Assets of what is ahead: pathways and their probability, hindcast, investment plan; and the comparison."""

import dagster as dg
import pandas as pd

from klimat_pipeline.defs.asset_factory import checked_together, pictures, step
from klimat_pipeline.defs.resources import Project

_DRAWN_FROM = (
    "corrected/emissions",
    "corrected/corrections",
    "indicators/sectors",
    "clean/targets",
    "clean/actions",
    "clean/published_gap",
)


@step(
    "pathways",
    "indicators/comparison",
    "indicators/groups",
    "scenarios/pathways",
    "scenarios/probability",
    "scenarios/sensitivity",
    "scenarios/hindcast",
    "scenarios/investment",
    "scenarios/abatement",
    kinds={
        "indicators/comparison": ("pandas", "vega"),
        "scenarios/pathways": ("numpy", "vega"),
        "scenarios/probability": ("numpy",),
        "scenarios/sensitivity": ("numpy",),
        "scenarios/hindcast": ("numpy",),
        "scenarios/abatement": ("pandas", "vega"),
    },
    reads={
        "indicators/comparison": (
            "corrected/emissions",
            "clean/targets",
            "clean/population",
            "clean/municipalities",
            "clean/releases",
            "clean/area_totals",
        ),
        "indicators/groups": ("indicators/comparison",),
        "scenarios/pathways": _DRAWN_FROM,
        "scenarios/probability": _DRAWN_FROM,
        "scenarios/sensitivity": _DRAWN_FROM,
        "scenarios/hindcast": ("corrected/emissions",),
        "scenarios/investment": ("clean/actions", "clean/targets"),
        "scenarios/abatement": ("clean/actions", "clean/targets"),
    },
    emissions="corrected/emissions",
    corrections="corrected/corrections",
    indicators="indicators/sectors",
    targets="clean/targets",
    actions="clean/actions",
    published_gap="clean/published_gap",
    population="clean/population",
    municipalities="clean/municipalities",
    releases="clean/releases",
    area_totals="clean/area_totals",
)
def pathways(
    context: dg.AssetExecutionContext,
    project: Project,
    emissions: pd.DataFrame,
    corrections: pd.DataFrame,
    indicators: pd.DataFrame,
    targets: pd.DataFrame,
    actions: pd.DataFrame,
    published_gap: pd.DataFrame,
    population: pd.DataFrame,
    municipalities: pd.DataFrame,
    releases: pd.DataFrame,
    area_totals: pd.DataFrame,
):
    """One step: the tables share their draws, and each takes milliseconds."""
    from klimat_pipeline.charts.outlook import abatement_curves, comparison_strips, pathway_fans
    from klimat_pipeline.indicators.comparison import municipality_comparison
    from klimat_pipeline.indicators.groups import group_comparison
    from klimat_pipeline.scenarios import abatement, hindcast, investment, probability, sensitivity
    from klimat_pipeline.scenarios import pathways as paths
    from klimat_pipeline.scenarios.planned_actions import of_other_plans, sector_of_line, together, with_numbers
    from klimat_pipeline.scenarios.prices import general_index, in_one_price_year
    from klimat_pipeline.scenarios.simulation import simulate
    from klimat_pipeline.scenarios.undated import dated, plan_periods
    from klimat_pipeline.spend.footprint.prices import current_reference

    assumptions, draws = project.assumptions, project.settings.draws
    sector_of = sector_of_line(project.reference)
    ends = investment.target_years(targets)
    periods = plan_periods(targets, ends, ramp=assumptions.undated_ramp)
    actions = dated(actions, periods)
    planned = together(of_other_plans(published_gap, sector_of, periods), with_numbers(actions, sector_of, ends))
    futures = list(simulate(emissions, indicators, corrections, planned, assumptions, draws))
    compared = municipality_comparison(
        emissions, targets, population, municipalities, area_totals, similar_count=assumptions.similar_count
    )
    ahead = paths.pathways(futures, indicators, assumptions.covered_before)
    index = general_index(current_reference(project.settings).price_index)
    priced = in_one_price_year(actions, index, assumptions.investment_price_year)
    curve = abatement.abatement_cost(priced, targets, discount_rate_pct=assumptions.discount_rate_pct)
    frames = {
        "indicators/comparison": compared,
        "indicators/groups": group_comparison(compared, project.groups),
        "scenarios/pathways": ahead,
        "scenarios/probability": probability.target_probability(futures, indicators),
        "scenarios/sensitivity": sensitivity.target_sensitivity(futures),
        "scenarios/hindcast": hindcast.hindcast(emissions, assumptions),
        "scenarios/investment": investment.investment_plan(priced, targets),
        "scenarios/abatement": curve,
    }
    headline = str(releases.loc[releases["is_headline"], "release_id"].iloc[0])
    aiming = targets.loc[targets["target_kind"] == "contract", "municipality_code"]
    shown = {
        "indicators/comparison": pictures(comparison_strips(compared, aiming, headline)),
        "scenarios/pathways": pictures(pathway_fans(ahead, indicators)),
        "scenarios/abatement": pictures(abatement_curves(curve)),
    }
    yield from checked_together(context, frames, {"clean/published_gap": published_gap}, shown)
