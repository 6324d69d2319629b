"""The door as a run sees it: settings and folders in, the stage's first three tables out."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from klimat_pipeline.configuration.file_names import misspelt
from klimat_pipeline.configuration.municipality import (
    EVERYBODY,
    Municipality,
    load_municipalities,
    municipality_folders,
)
from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.errors import ConfigurationError, ProblemsError
from klimat_pipeline.settings import Settings
from klimat_pipeline.spend.configured import check_ledger_configuration
from klimat_pipeline.spend.files import ledger_files
from klimat_pipeline.spend.ledgers import Spend, read_ahead, read_ledgers
from klimat_pipeline.spend.quarantine import quarantined_lines
from klimat_pipeline.spend.reference import load_ledger_reference, rules_of
from klimat_pipeline.spend.scope import ledger_scope

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Door:
    """``spend/files``, ``spend/scope`` and ``spend/quarantine``."""

    files: "pd.DataFrame"
    scope: "pd.DataFrame"
    quarantine: "pd.DataFrame"


def read_all(settings: Settings, codes: tuple[str, ...] = ()) -> Door:
    """Read the ledgers of all municipalities, or of some.

    Raises:
        ProblemsError: a configuration or a ledger has faults; all are named.
    """
    folders = spend_folders(settings)
    chosen = {code: entry for code, entry in folders.items() if not codes or code in codes}
    if problems := misspelt([settings.municipalities_dir / EVERYBODY, *(folder for folder, _ in chosen.values())]):
        raise ProblemsError(problems)
    reference = load_ledger_reference(settings.reference_dir)
    read = read_ledgers(chosen, settings.reference_dir, personal_key(settings), Spend(settings.intermediate_dir))
    rules = {code: rules_of(folder, reference) for code, (folder, _) in chosen.items()}
    return Door(ledger_files(read), ledger_scope(read, rules), quarantined_lines(read))


def read_year(settings: Settings, code: str, year: int) -> tuple[int, int]:
    """Make ready what a refresh needs of a municipality's year: ledgers read, and the lines of the year grouped.

    Runs for other years and municipalities may go on beside it.

    Returns:
        Files that this run looked at, and typed files of the year.

    Raises:
        ProblemsError: a configuration or a ledger has faults.
        ConfigurationError: no folder has that code.
    """
    from klimat_pipeline.spend.parts import make_parts_of

    entry, store, key = settings_of(settings, code), Spend(settings.intermediate_dir), personal_key(settings)
    looked = read_ahead(code, entry, settings.reference_dir, key, store, year)
    # Waits for whoever still reads, then finds all of it read; what two files have in common is settled here.
    read_ledgers({code: entry}, settings.reference_dir, key, store)
    with store.locked(code, shared=True):
        return looked, len(make_parts_of(store.dataset, store.parts, code, year))


def check_all(settings: Settings) -> None:
    """Look over what every municipality says about its ledgers.

    Raises:
        ProblemsError: everything that is wrong.
    """
    check_ledger_configuration(settings, spend_folders(settings), settings.municipalities_dir)


def spend_folders(settings: Settings) -> dict[str, tuple[Path, SpendSettings]]:
    """Folder and section ``spend`` of every municipality, by code."""
    from klimat_pipeline.clean.reference import load_reference

    reference = load_reference(settings.reference_dir)
    own: dict[str, Municipality] = {
        municipality.municipality_code: municipality
        for municipality in load_municipalities(
            settings.municipalities_dir,
            sector_codes=reference.sector_codes,
            known_codes=reference.municipality_by_code,
        )
    }
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
