"""Assets of the stage ``corrected``: the registers of local corrections, applied and listed."""

from datetime import UTC, datetime

import dagster as dg
import pandas as pd

from klimat_pipeline.defs.project import Project
from klimat_pipeline.defs.wiring import as_markdown, checked, wired

#: What the corrections' page lists of them.
_LISTED = ["correction_id", "release_id", "sector_code", "year", "before_t", "after_t", "drift_pct", "reason", "source"]


@dg.asset(
    **wired(
        "corrected/corrections",
        kinds=("yaml",),
        emissions="clean/emissions",
        subsectors="clean/subsectors",
        municipalities="clean/municipalities",
    )
)
def corrections(
    context: dg.AssetExecutionContext,
    project: Project,
    emissions: pd.DataFrame,
    subsectors: pd.DataFrame,
    municipalities: pd.DataFrame,
):
    from klimat_pipeline.corrected.corrections import apply_registers, correction_applications

    registers = project.registers
    applied = apply_registers(emissions, subsectors, registers, today=datetime.now(UTC).date())
    frame = correction_applications(applied, emissions, registers)
    listed = frame[frame["correction_status"] == "applied"][_LISTED]
    return checked(
        context,
        frame,
        {"clean/municipalities": municipalities},
        {"corrections": dg.MetadataValue.md(as_markdown(listed) if len(listed) else "none applied")},
    )


@dg.asset(
    **wired(
        "corrected/emissions",
        kinds=("pandas", "vega"),
        emissions="clean/emissions",
        corrections="corrected/corrections",
    )
)
def emissions(context: dg.AssetExecutionContext, project: Project, emissions: pd.DataFrame, corrections: pd.DataFrame):
    from klimat_pipeline.corrected.emissions import corrected_emissions
    from klimat_pipeline.indicators.plots import as_markdown_image, corrected_against_reported

    frame = corrected_emissions(emissions, corrections)
    plots = {
        f"plot {code}": dg.MetadataValue.md(as_markdown_image(chart))
        for code, chart in corrected_against_reported(frame).items()
    }
    return checked(context, frame, {"corrected/corrections": corrections}, plots)


@dg.asset(
    **wired(
        "corrected/subsectors",
        subsectors="clean/subsectors",
        emissions="corrected/emissions",
        corrections="corrected/corrections",
    )
)
def subsectors(
    context: dg.AssetExecutionContext,
    project: Project,
    subsectors: pd.DataFrame,
    emissions: pd.DataFrame,
    corrections: pd.DataFrame,
):
    from klimat_pipeline.corrected.subsectors import corrected_subsectors

    frame = corrected_subsectors(subsectors, emissions, corrections, project.reference)
    return checked(context, frame, {"corrected/emissions": emissions})


@dg.asset(**wired("corrected/residuals", corrections="corrected/corrections", municipalities="clean/municipalities"))
def residuals(
    context: dg.AssetExecutionContext, project: Project, corrections: pd.DataFrame, municipalities: pd.DataFrame
):
    from klimat_pipeline.corrected.residuals import correction_residuals

    return checked(context, correction_residuals(corrections, municipalities))


@dg.asset(
    **wired(
        "corrected/left_out",
        emissions="clean/emissions",
        subsectors="clean/subsectors",
        corrected="corrected/emissions",
    )
)
def left_out(
    context: dg.AssetExecutionContext,
    project: Project,
    emissions: pd.DataFrame,
    subsectors: pd.DataFrame,
    corrected: pd.DataFrame,
):
    from klimat_pipeline.corrected.corrections import apply_registers
    from klimat_pipeline.corrected.left_out import corrections_left_out

    applied = apply_registers(emissions, subsectors, project.registers, today=datetime.now(UTC).date())
    return checked(context, corrections_left_out(applied, corrected))
