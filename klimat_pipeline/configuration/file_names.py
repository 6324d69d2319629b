"""Names of the files that people edit: a name that is nearly one of them is told, for nobody would read that file.

What does not belong here: what the files hold.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from klimat_pipeline.configuration import spend_factors
from klimat_pipeline.configuration.local_tables import LOCAL_TABLES
from klimat_pipeline.configuration.municipality import EVERYBODY

#: Files beside the tables that something reads: in a municipality's folder, and in the one for everybody.
_OTHERS = ("municipality.yaml", "corrections.yaml", "neutrality.yaml", spend_factors.FILE)
_OTHERS_FOR_ALL = ("follow_up.yaml", "neutrality.yaml")


def known(*, for_all: bool) -> list[str]:
    """Names that a municipality's folder, or the one for everybody, may hold and that something reads."""
    tables = [name for local in LOCAL_TABLES.values() if local.for_all == for_all for name in local.file_names]
    return [*(_OTHERS_FOR_ALL if for_all else _OTHERS), *tables]


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
        for read in [known(for_all=folder.name == EVERYBODY)]
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name not in read and path.suffix.lower() in (".csv", ".yaml", ".yml")
        if (near := get_close_matches(path.name.lower(), read, n=1, cutoff=0.8))
    ]
