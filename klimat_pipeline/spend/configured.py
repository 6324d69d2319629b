"""What a municipality says about its ledgers, looked over without reading one: ``klimat validate``.

What does not belong here: the ledgers' own lines (``door``), and the form of ``spend:`` (``configuration.spend``).
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

from klimat_pipeline.configuration import inventory, spend_factors
from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.errors import ConfigurationError, ProblemsError
from klimat_pipeline.settings import Settings
from klimat_pipeline.spend import own
from klimat_pipeline.spend.mappings import load_spend_reference
from klimat_pipeline.spend.reference import load_ledger_reference, rules_of

_TABLES = (*inventory.FILES, *own.FILES, "population", "ledger_rules")
#: Names that a municipality's folder may hold and that something reads.
KNOWN = (
    "municipality.yaml",
    "corrections.yaml",
    "neutrality.yaml",
    spend_factors.FILE,
    *(f"{name}.csv" for name in _TABLES),
    *(f"{name}.example.csv" for name in _TABLES),
)


def check_ledger_configuration(
    settings: Settings, folders: Mapping[str, tuple[Path, SpendSettings]], municipalities_dir: Path
) -> None:
    """Look over paths, rules, mappings and file names of every municipality.

    Raises:
        ProblemsError: everything that is wrong.
    """
    problems = misspelt(folder for folder, _ in folders.values())
    reference = load_ledger_reference(settings.reference_dir)
    for folder, section in folders.values():
        problems += _absent(folder, section)
        try:
            rules_of(folder, reference)
        except ConfigurationError as error:
            problems += error.problems
    categories = load_spend_reference(settings.reference_dir).category_codes
    for load in (
        lambda: own.load_own(municipalities_dir, categories),
        lambda: spend_factors.load_spend_factors(municipalities_dir),
    ):
        try:
            load()
        except ConfigurationError as error:
            problems += error.problems
    if problems:
        raise ProblemsError(problems)


def misspelt(folders: Iterable[Path]) -> list[str]:
    """Files whose name is nearly one that is read: nobody would read them, and nobody would know."""
    return [
        f"{folder.name}/{path.name}: no file of this name is read (nearest: {near[0]}). Rename or remove it."
        for folder in folders
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name not in KNOWN and path.suffix.lower() in (".csv", ".yaml", ".yml")
        if (near := get_close_matches(path.name.lower(), KNOWN, n=1, cutoff=0.8))
    ]


def _absent(folder: Path, section: SpendSettings) -> list[str]:
    """Configured ledgers that do not lie there; of a remote path only its protocol is looked at."""
    from fsspec import available_protocols  # type: ignore[import-untyped]

    found = []
    for entry in section.ledgers:
        protocol, apart, _ = entry.partition("://")
        if apart:
            if protocol not in available_protocols():
                found.append(
                    f"{folder.name}/municipality.yaml: spend.ledgers: unknown protocol {protocol!r}; expected one such "
                    "as s3, https or file"
                )
        elif entry not in SpendSettings().ledgers and not (folder / entry).exists():
            found.append(f"{folder.name}/municipality.yaml: spend.ledgers: there is no {entry!r}")
    return found
