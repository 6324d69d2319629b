"""Names of the files that people edit: a name that is nearly one of them is told, for nobody would read that file.

What does not belong here: what the files hold.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from klimat_pipeline.configuration import inventory, spend, spend_factors
from klimat_pipeline.configuration.municipality import EVERYBODY

_TABLES = (*inventory.FILES, *spend.OWN_TABLES, "population", "ledger_rules")
_FOR_ALL = ("facilities", "facility_shares")


def _with_examples(*tables: str) -> tuple[str, ...]:
    return tuple(f"{name}{ending}" for ending in (".csv", ".example.csv") for name in tables)


#: Names that a municipality's folder may hold and that something reads.
KNOWN = (
    *("municipality.yaml", "corrections.yaml", "neutrality.yaml"),
    spend_factors.FILE,
    *_with_examples(*_TABLES),
)
#: The same of the folder for everybody.
KNOWN_FOR_ALL = ("follow_up.yaml", "neutrality.yaml", *_with_examples(*_FOR_ALL))


def misspelt(folders: Iterable[Path]) -> list[str]:
    """Files whose name is nearly one that is read.

    Args:
        folders: of municipalities, and the one for everybody (``_all``); one that is absent has no files.

    Returns:
        A line for each, with the nearest name.
    """
    return [
        f"{folder.name}/{path.name}: no file of this name is read (nearest: {near[0]}). Rename or remove it."
        for folder in folders
        if folder.is_dir()
        for known in [KNOWN_FOR_ALL if folder.name == EVERYBODY else KNOWN]
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name not in known and path.suffix.lower() in (".csv", ".yaml", ".yml")
        if (near := get_close_matches(path.name.lower(), known, n=1, cutoff=0.8))
    ]
