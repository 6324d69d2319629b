"""The resource through which assets reach settings, reference tables and the snapshot archive."""

from functools import lru_cache
from pathlib import Path

import dagster as dg
import pandas as pd

from klimat_pipeline.clean.assumptions import Assumptions, load_assumptions
from klimat_pipeline.clean.reference import Reference, load_reference
from klimat_pipeline.configuration.corrections import CorrectionRegister, load_registers
from klimat_pipeline.configuration.municipality import Municipality, load_municipalities
from klimat_pipeline.corrected.approvals import approvals
from klimat_pipeline.settings import Settings, load_settings
from klimat_pipeline.sources.archive import Archive
from klimat_pipeline.storage import TableStore


class Project(dg.ConfigurableResource):
    """What a run can be asked for, besides the settings in the environment.

    Attributes:
        municipalities: codes to publish; empty for all.
        releases: releases to be current; newer ones of the same substance are left out.
        live: whether to ask the live source first; unset follows KLIMAT_LIVE.
        force: recompute although nothing has changed.
    """

    municipalities: list[str] = []
    releases: list[str] = []
    live: bool | None = None
    force: bool = False

    @property
    def settings(self) -> Settings:
        return load_settings()

    @property
    def archive(self) -> Archive:
        settings = self.settings
        return Archive(settings.embedded_snapshots_dir, settings.snapshots_dir)

    @property
    def reference(self) -> Reference:
        folder = self.settings.reference_dir
        stamps = tuple(sorted((path.name, path.stat().st_mtime_ns) for path in folder.glob("*.csv")))
        return _reference(folder, stamps)

    @property
    def registers(self) -> dict[str, CorrectionRegister]:
        return load_registers(
            self.settings.municipalities_dir,
            sector_codes=self.reference.sector_codes,
            subsector_codes=self.reference.subsector_codes,
            known_codes=self.reference.municipality_by_code,
        )

    @property
    def base_year_rules(self) -> tuple[pd.DataFrame, float]:
        """Approved recalculations of all registers, and the strictest of their limits."""
        return approvals(self.registers)

    @property
    def gwp_sets(self) -> dict[str, str]:
        """Set of global warming potentials that every municipality counts its organisation in."""
        return {municipality.municipality_code: municipality.gwp_set for municipality in self._municipalities()}

    @property
    def organisation_base_years(self) -> dict[str, int]:
        """Year that a municipal group's inventory is compared with, where somebody has chosen one."""
        chosen = {own.municipality_code: own.organisation_base_year for own in self._municipalities()}
        return {code: year for code, year in chosen.items() if year is not None}

    def _municipalities(self) -> list[Municipality]:
        return load_municipalities(
            self.settings.municipalities_dir,
            sector_codes=self.reference.sector_codes,
            known_codes=self.reference.municipality_by_code,
        )

    @property
    def assumptions(self) -> Assumptions:
        """What the scenarios assume."""
        return load_assumptions(self.settings.reference_dir, self.reference.sector_codes)

    @property
    def tables(self) -> TableStore:
        return TableStore(self.settings.tables_root)


@lru_cache(maxsize=2)
def _reference(folder: Path, stamps: tuple[tuple[str, int], ...]) -> Reference:
    """Nearly every asset asks for it; it is read anew when a file has changed."""
    del stamps
    return load_reference(folder)
