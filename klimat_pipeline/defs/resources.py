"""The resource through which assets reach settings, reference tables, the snapshot archive and each other's tables.

It exists from the first read of a run to its publish, so it holds the run lock that long, and it knows what the run's
tables are made from. What does not belong here: how the lock and the store work (``operations``, ``storage``).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import dagster as dg
import pandas as pd
import pyarrow as pa
from pydantic import PrivateAttr

from klimat_pipeline.clean.method_assumptions import Assumptions, load_assumptions
from klimat_pipeline.clean.reference import Reference, load_reference
from klimat_pipeline.configuration.acknowledged import load_acknowledged
from klimat_pipeline.configuration.corrections import CorrectionRegister, load_registers
from klimat_pipeline.configuration.municipality import Municipality, load_municipalities
from klimat_pipeline.configuration.spend import EXAMPLE_CODE, EXAMPLE_NAME
from klimat_pipeline.corrected.approvals import approvals
from klimat_pipeline.defs.inputs import report
from klimat_pipeline.defs.lost_runs import this_process
from klimat_pipeline.errors import StaleTableError
from klimat_pipeline.input_items import Item
from klimat_pipeline.operations import run_lock
from klimat_pipeline.operations.inputs import inputs
from klimat_pipeline.published.manifest import Inputs
from klimat_pipeline.quality.acknowledged import acknowledge
from klimat_pipeline.quality.findings import CheckResult, own_first
from klimat_pipeline.settings import Settings, load_settings
from klimat_pipeline.sources.archive import Archive
from klimat_pipeline.spend.ledger import inputs as ledger_files
from klimat_pipeline.storage import TableStore


class Project(dg.ConfigurableResource):
    """What can be set for a run, besides the settings in the environment.

    Attributes:
        municipalities: codes to publish; empty for all.
        releases: releases to be current; newer ones of the same substance are left out.
        live: whether to ask the live source first; unset follows KLIMAT_LIVE.
        only_if_changed: do nothing where every place already shows what the inputs give (``operations.refresh``).
        in_one_process: whether all steps of a run are in the process that has this resource first.
    """

    municipalities: list[str] = []
    releases: list[str] = []
    live: bool | None = None
    only_if_changed: bool = False
    in_one_process: bool = True

    _made_from: Inputs | None = PrivateAttr(default=None)
    _ledgers: list[Item] | None = PrivateAttr(default=None)
    _read: tuple[str, tuple[tuple[str, ...], dict[str, str]]] | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Project"]:
        """Hold the run lock for as long as the run has this resource, and tag the run with its ids."""
        run, settings = context.run, self.settings
        who = run_lock.started_by(dict(run.tags) if run else {})
        tell = context.log.info if context.log else print
        if run and context.instance and self.in_one_process:
            context.instance.add_run_tags(run.run_id, this_process())
        with run_lock.only_run(settings, who, run=run.run_id[:8] if run else "", tell=tell):
            self.begin()
            if run and context.instance:
                self.announce(context.instance, run)
            yield self

    def announce(self, instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
        """Tell Dagster what the run is made from: as tags of the run, and as the version of all assets' inputs."""
        instance.add_run_tags(run.run_id, run_lock.tags(self.made_from, run_lock.started_by(run.tags)))
        report(instance, self.made_from)

    def begin(self, *, ledgers: bool = True) -> Inputs:
        """Collect the present inputs: the next tables are made from them, and so must the tables be that are read.

        Args:
            ledgers: take the hashes of the ledgers again too: a ledger on a server costs a request.
        """
        if ledgers or self._ledgers is None:
            self._ledgers = list(ledger_files.inputs(self.settings))
        self._made_from = inputs(
            self.settings, municipalities=self.municipalities, releases=self.releases, ledgers=self._ledgers
        )
        return self._made_from

    def begin_with(self, made_from: Inputs) -> None:
        """The same, with what somebody has just looked at."""
        self._made_from = made_from
        self._ledgers = [item for item in made_from.items if item.kind == ledger_files.LEDGER]

    @property
    def made_from(self) -> Inputs:
        """What the tables of the present step are made from."""
        return self._made_from or self.begin()

    def require_unchanged(self, *, ledgers: bool = False) -> None:
        """Refuse to go on when something has changed since the step began to read.

        Raises:
            StaleTableError: something has; the message names it.
        """
        before = self.made_from
        after = self.begin(ledgers=ledgers)
        if after.digest != before.digest:
            raise StaleTableError(
                f"{_named(set(before.lines) ^ set(after.lines))} changed while the run was reading. Nothing was made "
                "from it; run again."
            )

    def require_made_from(self, digest: str | None, what: str) -> None:
        """Refuse files that are not in the table store, unless they were made from the inputs of the present step.

        Raises:
            StaleTableError: it was not; the message names what has changed.
        """
        with self._in_words():
            if digest != self.made_from.digest:
                raise StaleTableError(f"{what} were not made from the present inputs", digest=digest)

    def read(self, key: str) -> pd.DataFrame:
        """A table that was made from the present inputs, by this run or an earlier one.

        Raises:
            StaleTableError: it was made from other inputs; the message names what has changed.
        """
        with self._in_words():
            return self.tables.read(key, made_from=self.made_from.digest)

    def chosen(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Only the municipalities that the run is for; rows about the nation, counties and releases stay."""
        if not self.municipalities or "municipality_code" not in frame:
            return frame
        whose = frame["municipality_code"]
        return frame[whose.isin(self.municipalities) | whose.isna()].reset_index(drop=True)

    def last_state(self, key: str) -> pd.DataFrame | None:
        """A table as the last run left it, whatever it was made from; None where there is none that was sound."""
        try:
            return self.tables.read(key) if self.tables.made_from(key) is not None else None
        except StaleTableError:
            return None

    def read_arrow(self, key: str) -> pa.Table:
        """The same as an Arrow table."""
        with self._in_words():
            return self.tables.read_arrow(key, made_from=self.made_from.digest)

    def write(self, key: str, arrow: pa.Table, *, is_sound: bool = True) -> None:
        """Store a table of this run.

        Args:
            key: of the table.
            arrow: its rows.
            is_sound: whether no blocking check failed; otherwise the table is stored without a digest, to be looked at
                but not used.
        """
        self.tables.write_arrow(key, arrow, made_from=self.made_from.digest if is_sound else None)
        self.tables.remember(self.made_from.digest, self.made_from.lines)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except StaleTableError as error:
            found = self.tables.changed_since(error.digest, self.made_from.lines) if error.digest else None
            what = f". Changed since then: {_named(set(found))}" if found else ""
            raise StaleTableError(
                f"{error}{what}. Nothing was made from it. Materialise what is upstream of it first, or run the whole "
                "job (klimat refresh, or 'Materialize all').",
                digest=error.digest,
            ) from None

    @property
    def settings(self) -> Settings:
        return load_settings()

    @property
    def archive(self) -> Archive:
        settings = self.settings
        return Archive(settings.embedded_snapshots_dir, settings.snapshots_dir)

    @property
    def reference(self) -> Reference:
        return load_reference(self.settings.reference_dir)

    @property
    def registers(self) -> dict[str, CorrectionRegister]:
        return load_registers(
            self.settings.municipalities_dir,
            sector_codes=self.reference.sector_codes,
            subsector_codes=self.reference.subsector_codes,
            known_codes=self.reference.municipality_by_code,
            substances=self.reference.substances,
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
    def with_folders(self) -> tuple[str, ...]:
        """Municipalities with a folder of their own."""
        return self._people()[0]

    def town(self, code: str) -> str:
        """Name and code of a municipality or of the invented example, as people read it; else the code alone."""
        name = self._people()[1].get(code)
        return f"{name} ({code})" if name else str(code)

    def judged(self, results: list[CheckResult]) -> list[CheckResult]:
        """Results as people see them: what somebody stands for passes, municipalities with a folder come first."""
        given, today = load_acknowledged(self.settings.config_dir), datetime.now(UTC).date()
        return [acknowledge(own_first(result, self.with_folders), given, today) for result in results]

    @property
    def memo_lines(self) -> dict[str, tuple[str, ...]]:
        """Lines that a municipality's own document shows beside its total, where it says so."""
        return {
            municipality.municipality_code: tuple(municipality.inventory.memo_lines)
            for municipality in self._municipalities()
            if municipality.inventory.memo_lines is not None
        }

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Members of the groups that municipalities name, by group."""
        found: dict[str, set[str]] = {}
        for own in self._municipalities():
            for group in own.groups:
                found.setdefault(group.name, set()).update((own.municipality_code, *group.members))
        return {name: tuple(sorted(members)) for name, members in sorted(found.items())}

    @property
    def organisation_base_years(self) -> dict[str, int]:
        """Year that a municipal group's inventory is compared with, where somebody has chosen one."""
        chosen = {own.municipality_code: own.organisation_base_year for own in self._municipalities()}
        return {code: year for code, year in chosen.items() if year is not None}

    def _people(self) -> tuple[tuple[str, ...], dict[str, str]]:
        """Municipalities with a folder, and names of all by code; read once for the same inputs."""
        digest = self.made_from.digest
        if self._read is None or self._read[0] != digest:
            own = tuple(municipality.municipality_code for municipality in self._municipalities())
            self._read = digest, (own, {**self.reference.municipality_by_code, EXAMPLE_CODE: EXAMPLE_NAME})
        return self._read[1]

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


#: Inputs that a message names, of those that have changed.
_NAMED = 5


def _named(lines: set[str]) -> str:
    """Names of inputs, from the lines of a manifest."""
    names = sorted({" ".join(line.split("\t")[:2]) for line in lines})
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
