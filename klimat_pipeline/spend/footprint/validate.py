"""What a municipality says about its ledgers, looked over before they are read: ``klimat validate``.

Of the ledgers themselves only the headers of those on this machine are looked at, where ``spend: columns`` names some.
What does not belong here: the ledgers' own lines (``ledger.read_ledger``), and the form of ``spend:``
(``configuration.spend``).
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from klimat_pipeline.configuration import spend_factors
from klimat_pipeline.configuration.file_names import misspelt
from klimat_pipeline.configuration.municipality import EVERYBODY, municipality_folders
from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.contracts.code_lists import GWP_SETS
from klimat_pipeline.errors import ConfigurationError, KlimatError, ProblemsError
from klimat_pipeline.settings import Settings
from klimat_pipeline.spend.footprint import local_mappings
from klimat_pipeline.spend.footprint.mappings import load_spend_reference
from klimat_pipeline.spend.ledger import locations, places
from klimat_pipeline.spend.ledger.format_detection import header_of
from klimat_pipeline.spend.ledger.found_files import SUFFIXES
from klimat_pipeline.spend.ledger.reference import LedgerReference, load_ledger_reference, rules_of
from klimat_pipeline.spend.ledger.run import spend_folders
from klimat_pipeline.text import fold


def check_ledger_configuration(
    settings: Settings, folders: Mapping[str, tuple[Path, SpendSettings]], municipalities_dir: Path
) -> None:
    """Look over paths, columns, rules, mappings and file names of every municipality.

    Raises:
        ProblemsError: everything that is wrong.
    """
    problems = misspelt([municipalities_dir / EVERYBODY, *municipality_folders(municipalities_dir, [])])
    reference = load_ledger_reference(settings.reference_dir)
    for folder, section in folders.values():
        problems += _absent(folder, section)
        problems += _no_such_column(folder, section, reference)
        try:
            rules_of(folder, reference)
        except ConfigurationError as error:
            problems += error.problems
    categories = load_spend_reference(settings.reference_dir).category_names
    for load in (
        lambda: local_mappings.load_local_mappings(municipalities_dir, categories),
        lambda: spend_factors.load_spend_factors(municipalities_dir),
    ):
        try:
            load()
        except ConfigurationError as error:
            problems += error.problems
    if problems:
        raise ProblemsError(problems)


def _absent(folder: Path, section: SpendSettings) -> list[str]:
    """Configured ledgers that do not lie there; of a remote path only its protocol is looked at."""
    found = []
    for entry in section.ledgers:
        try:
            places.refuse_elsewhere(entry, folder)
            path = locations.location(entry, folder)
        except ConfigurationError as error:
            found += [f"{folder.name}/municipality.yaml: spend.ledgers: {problem}" for problem in error.problems]
            continue
        if not locations.is_remote(entry) and entry not in SpendSettings().ledgers and not path.exists():
            found.append(f"{folder.name}/municipality.yaml: spend.ledgers: there is no {entry!r}")
    return found


def _no_such_column(folder: Path, section: SpendSettings, reference: LedgerReference) -> list[str]:
    """Mapped columns that no ledger has; a name may well be that of some of the files only."""
    if not section.columns:
        return []
    headers: dict[str, str] = {}
    for path in _on_this_machine(folder, section):
        try:
            headers |= {fold(name): name for name in header_of(path, path.name, section, reference)}
        except (KlimatError, OSError, ValueError):
            continue  # what is wrong with a file is told when it is read; other files may have the column
    found = []
    for name in section.columns if headers else ():
        if fold(name) in headers:
            continue
        near = get_close_matches(fold(name), headers, n=1, cutoff=0.6)
        said = f"nearest: {headers[near[0]]!r}" if near else f"they have {', '.join(map(repr, headers.values()))}"
        found.append(
            f"{folder.name}/municipality.yaml: spend.columns: no ledger has a column {name!r} ({said}). Correct the "
            "name or take it out."
        )
    return found


def _on_this_machine(folder: Path, section: SpendSettings) -> Iterable[Any]:
    for entry in section.ledgers:
        if locations.is_remote(entry):
            continue
        path = folder / entry
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (one for one in inside if one.is_file() and locations.suffix_of(one) in SUFFIXES)


def other_sets(settings: Settings, gwp_sets: Mapping[str, str]) -> list[str]:
    """Factor sets of purchases in other global warming potentials than the organisation's activities.

    Args:
        settings: where it lies.
        gwp_sets: those of the activities, by municipality that has any.
    """
    known = load_spend_reference(settings.reference_dir).factor_sets.set_index("set_id")["gwp_set"].to_dict()
    chosen = spend_factors.load_spend_factors(settings.municipalities_dir)
    found = []
    for code, (folder, section) in spend_folders(settings, sound_only=True).items():
        if code not in gwp_sets or not any(True for _ in _on_this_machine(folder, section)):
            continue
        own = chosen.get(code, spend_factors.SpendFactors())
        found += [
            f"{folder.name}/spend.yaml: factor_set {name} is in CO2e of {known[name]}, the organisation's activities "
            f"in {gwp_sets[code]} (gwp_set in municipality.yaml); sets are never mixed"
            for name in dict.fromkeys([own.factor_set, *own.factor_set_by_year.values()])
            if known.get(name) in GWP_SETS and known[name] != gwp_sets[code]
        ]
    return found


def check_all(settings: Settings) -> None:
    """Look over what every municipality says about its ledgers.

    Raises:
        ProblemsError: everything that is wrong.
    """
    check_ledger_configuration(settings, spend_folders(settings, sound_only=True), settings.municipalities_dir)
