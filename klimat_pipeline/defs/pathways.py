"""Assets of what is ahead: pathways and their probability, hindcast, investment plan; and the comparison."""

import dagster as dg
import pandas as pd

from klimat_pipeline.defs.project import Project
from klimat_pipeline.defs.wiring import checked, wired_together


@dg.multi_asset(
    name="pathways",
    **wired_together(
        "indicators/comparison",
        "scenarios/pathways",
        "scenarios/probability",
        "scenarios/sensitivity",
        "scenarios/hindcast",
        "scenarios/investment",
        "scenarios/abatement",
        kinds=("numpy", "vega"),
    ),
    ins={
        name: dg.AssetIn(key=key.split("/"))
        for name, key in {
            "emissions": "corrected/emissions",
            "corrections": "corrected/corrections",
            "indicators": "indicators/sectors",
            "targets": "clean/targets",
            "actions": "clean/actions",
            "population": "clean/population",
            "municipalities": "clean/municipalities",
        }.items()
    },
)
def pathways(
    context: dg.AssetExecutionContext,
    project: Project,
    emissions: pd.DataFrame,
    corrections: pd.DataFrame,
    indicators: pd.DataFrame,
    targets: pd.DataFrame,
    actions: pd.DataFrame,
    population: pd.DataFrame,
    municipalities: pd.DataFrame,
):
    """One step: the tables share their draws, and each takes milliseconds."""
    from klimat_pipeline.indicators.comparison import municipality_comparison
    from klimat_pipeline.indicators.plots import as_markdown_image
    from klimat_pipeline.scenarios import abatement, hindcast, investment, probability, sensitivity
    from klimat_pipeline.scenarios import pathways as paths
    from klimat_pipeline.scenarios.charts import outlook
    from klimat_pipeline.scenarios.planned import sector_of_line, with_numbers
    from klimat_pipeline.scenarios.simulation import simulate

    assumptions, draws = project.assumptions, project.settings.draws
    planned = with_numbers(actions, sector_of_line(project.reference), investment.target_years(targets))
    futures = list(simulate(emissions, indicators, corrections, planned, assumptions, draws))
    compared = municipality_comparison(
        emissions, targets, population, municipalities, similar_count=assumptions.similar_count
    )
    ahead = paths.pathways(futures, indicators)
    curve = abatement.abatement_cost(actions, targets, discount_rate_pct=assumptions.discount_rate_pct)
    plots = {
        f"plot {code}": dg.MetadataValue.md(as_markdown_image(chart))
        for code, chart in outlook(ahead, indicators, curve, compared).items()
    }
    yield checked(context, compared, key="indicators/comparison")
    yield checked(context, ahead, metadata=plots, key="scenarios/pathways")
    yield checked(context, probability.target_probability(futures, indicators), key="scenarios/probability")
    yield checked(context, sensitivity.target_sensitivity(futures), key="scenarios/sensitivity")
    yield checked(context, hindcast.hindcast(emissions, assumptions), key="scenarios/hindcast")
    yield checked(context, investment.investment_plan(actions, targets), key="scenarios/investment")
    yield checked(context, curve, key="scenarios/abatement")
