"""``klimat verify``: whether a publication's files are those that were published, and by whom. What does not belong
here: what a signature covers (``published.signature``).
"""

from pathlib import Path
from typing import Annotated

import typer

from klimat_pipeline.cli.terminal import err, headed

#: Targets of one file each, by the file that readers know.
_SQLITE = {"klimat.sqlite": "sqlite", "klimat_mart.sqlite": "sqlite mart"}


def verify(
    publication: Annotated[str, typer.Argument(help="Kept publication, such as pub-0123456789abcdef.")] = "latest",
    key: Annotated[Path | None, typer.Option(help="Public key (Ed25519, PEM) of who signed it.")] = None,
) -> None:
    """Hold the files of a publication, and of its mart, against their hashes and the signature.

    SQLite files are of the last publication; their hashes stand beside them, and are not signed.
    """
    from klimat_pipeline.operations.reproduce import kept
    from klimat_pipeline.published.publication import current_publications
    from klimat_pipeline.published.signature import faults, private_key, public_key
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    folder, _ = kept(settings, publication)
    own = private_key(settings.signing_key).public_key() if settings.signing_key else None
    signer = public_key(key) if key else own
    mart = folder.parent / "mart" / folder.name
    wrong = [f"{place.name}: {fault}" for place in (folder, mart) if place.is_dir() for fault in faults(place, signer)]
    if folder == (folder.parent / "latest").resolve():
        shown = current_publications(settings.model_copy(update={"database_url": None}), with_mart=True)
        wrong += [
            f"{file}: missing, changed, or of another publication"
            for file, target in _SQLITE.items()
            if shown[target] != folder.name
        ]
    if wrong:
        headed("not as published", f": {'; '.join(wrong)}", colour="red", to=err)
        raise typer.Exit(1)
    said = "signed with this key" if signer else "no key was given (--key), so nothing says by whom"
    headed("verified", f" {folder.name}: every file has its hash; {said}")
