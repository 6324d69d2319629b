"""Assets of the stage ``corrected``: the registers of local corrections, applied and listed."""

from datetime import UTC, datetime
from typing import Any

import dagster as dg
import pandas as pd

from klimat_pipeline.defs.asset_factory import step
from klimat_pipeline.defs.pages import as_markdown, pictures
from klimat_pipeline.defs.resources import Project
from klimat_pipeline.defs.steps import Made

#: What the corrections' page lists of them.
_LISTED = ["correction_id", "release_id", "sector_code", "year", "before_t", "after_t", "drift_pct", "reason", "source"]


@step(
    "local_corrections",
    "corrected/corrections",
    "corrected/emissions",
    "corrected/subsector_emissions",
    "corrected/correction_residuals",
    "corrected/corrections_leave_one_out",
    kinds={"corrected/corrections": ("yaml",), "corrected/emissions": ("pandas", "vega")},
    reads={
        "corrected/corrections": ("clean/reported_emissions", "clean/reported_subsectors", "clean/municipalities"),
        "corrected/emissions": ("clean/reported_emissions", "corrected/corrections"),
        "corrected/subsector_emissions": ("clean/reported_subsectors", "corrected/emissions", "corrected/corrections"),
        "corrected/correction_residuals": ("corrected/corrections", "clean/municipalities"),
        "corrected/corrections_leave_one_out": (
            "clean/reported_emissions",
            "clean/reported_subsectors",
            "corrected/emissions",
        ),
    },
    whole=("emissions", "subsectors", "municipalities"),
    emissions="clean/reported_emissions",
    subsectors="clean/reported_subsectors",
    municipalities="clean/municipalities",
)
def local_corrections(
    project: Project,
    emissions: pd.DataFrame,
    subsectors: pd.DataFrame,
    municipalities: pd.DataFrame,
) -> Made:
    """Apply the registers once; reported, corrected, what is not conserved, and each correction left out in turn."""
    from klimat_pipeline.charts.indicators import corrected_against_reported
    from klimat_pipeline.corrected.correction_residuals import correction_residuals
    from klimat_pipeline.corrected.corrections import correction_applications
    from klimat_pipeline.corrected.corrections_leave_one_out import corrections_leave_one_out
    from klimat_pipeline.corrected.emissions import corrected_emissions
    from klimat_pipeline.corrected.registers import apply_registers
    from klimat_pipeline.corrected.subsector_emissions import corrected_subsectors

    registers = project.registers
    applied = apply_registers(emissions, subsectors, registers, today=datetime.now(UTC).date())
    corrections = correction_applications(applied, emissions, registers)
    corrected = corrected_emissions(emissions, corrections)
    frames = {
        "corrected/corrections": corrections,
        "corrected/emissions": corrected,
        "corrected/subsector_emissions": corrected_subsectors(subsectors, corrected, corrections, project.reference),
        "corrected/correction_residuals": correction_residuals(corrections, municipalities),
        "corrected/corrections_leave_one_out": corrections_leave_one_out(applied, corrected),
    }
    listed = corrections[corrections["correction_status"] == "applied"][_LISTED]
    shown: dict[str, dict[str, Any]] = {
        "corrected/corrections": {
            "corrections": dg.MetadataValue.md(as_markdown(listed) if len(listed) else "none applied")
        },
    }
    plots = {
        "corrected/emissions": pictures(
            project, "reported and corrected emissions", corrected_against_reported(corrected)
        )
    }
    return Made(frames, {"clean/municipalities": municipalities}, shown, plots)
