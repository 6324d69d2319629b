"""The door as a run sees it: settings and folders in, the stage's first three tables out."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from klimat_pipeline.configuration.file_names import misspelt
from klimat_pipeline.configuration.municipality import (
    EVERYBODY,
    Municipality,
    municipality_folders,
    sound_municipalities,
)
from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.errors import ConfigurationError, KlimatError, ProblemsError
from klimat_pipeline.settings import Settings
from klimat_pipeline.spend.ledger.ledger_report import LedgerReport
from klimat_pipeline.spend.ledger.ledger_totals import ledger_totals
from klimat_pipeline.spend.ledger.rates import current_rates
from klimat_pipeline.spend.ledger.read_files import read_ledgers
from klimat_pipeline.spend.ledger.reference import load_ledger_reference, rules_of
from klimat_pipeline.spend.ledger.spend_files import ledger_files
from klimat_pipeline.spend.ledger.spend_quarantine import quarantined_lines
from klimat_pipeline.spend.ledger.store import SpendStore
from klimat_pipeline.spend.ledger.unread_ledgers import unread_ledgers

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class LedgerTables:
    """``spend/spend_files``, ``spend/ledger_totals``, ``spend/spend_quarantine`` and ``spend/unread_ledgers``."""

    files: "pd.DataFrame"
    scope: "pd.DataFrame"
    quarantine: "pd.DataFrame"
    unread: "pd.DataFrame"


def read_all(settings: Settings, codes: tuple[str, ...] = ()) -> LedgerTables:
    """Read the ledgers of all municipalities, or of some.

    One that cannot be read leaves its municipality out, with the reasons in ``spend/unread_ledgers``, and nobody else.

    Raises:
        ProblemsError: the configuration has faults; all are named.
    """
    folders = spend_folders(settings)
    chosen = {code: entry for code, entry in folders.items() if not codes or code in codes}
    if problems := misspelt([settings.municipalities_dir / EVERYBODY, *(folder for folder, _ in chosen.values())]):
        raise ProblemsError(problems)
    reference = load_ledger_reference(settings.reference_dir)
    store, key = SpendStore(settings.intermediate_dir), personal_key(settings)
    rates = current_rates(settings)
    read: dict[str, list[LedgerReport]] = {}
    unread: dict[str, list[str]] = {}
    for code, entry in chosen.items():
        try:
            read |= read_ledgers({code: entry}, settings.reference_dir, key, store, rates)
        except KlimatError as error:
            unread[code] = list(error.problems)
    rules = {code: rules_of(chosen[code][0], reference) for code in read}
    return LedgerTables(ledger_files(read), ledger_totals(read, rules), quarantined_lines(read), unread_ledgers(unread))


def spend_folders(settings: Settings, *, sound_only: bool = False) -> dict[str, tuple[Path, SpendSettings]]:
    """Folder and section ``spend`` of every municipality, by code.

    Args:
        settings: where they lie.
        sound_only: leave out those whose ``municipality.yaml`` has faults, where somebody else tells them.

    Raises:
        ProblemsError: such faults.
    """
    from klimat_pipeline.clean.reference import load_reference

    reference = load_reference(settings.reference_dir)
    found, problems = sound_municipalities(
        settings.municipalities_dir,
        sector_codes=reference.sector_codes,
        known_codes=reference.municipality_by_code,
    )
    if problems and not sound_only:
        raise ProblemsError(problems)
    own: dict[str, Municipality] = {municipality.municipality_code: municipality for municipality in found}
    return {
        folder.name[:4]: (folder, own[folder.name[:4]].spend)
        for folder in municipality_folders(settings.municipalities_dir, [])
        if folder.name[:4] in own
    }


def settings_of(settings: Settings, code: str | None) -> tuple[Path, SpendSettings]:
    """Folder and section of one municipality; without a code, the defaults.

    Raises:
        ConfigurationError: no folder has that code.
    """
    if code is None:
        return settings.municipalities_dir, SpendSettings()
    folders = spend_folders(settings)
    if code not in folders:
        raise ConfigurationError(
            f"--municipality {code}: no folder in {settings.municipalities_dir.name} has that code."
        )
    return folders[code]


def personal_key(settings: Settings) -> bytes | None:
    """Key of the pseudonyms, if one is set."""
    return settings.personal_key.get_secret_value().encode() if settings.personal_key else None
