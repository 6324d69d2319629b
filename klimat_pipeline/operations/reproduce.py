"""Making a kept publication again from its own manifest and the archive, elsewhere, and comparing every byte.

What it was made from has to be there: snapshots in the archive, configuration, ledgers, the version of the code and of
the libraries; what is not is named. What does not belong here: running the job (the command does, in a process of its
own).
"""

import filecmp
import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq

from klimat_pipeline.errors import ConfigurationError, ContractError, ProblemsError
from klimat_pipeline.input_items import Item
from klimat_pipeline.operations.inputs import inputs
from klimat_pipeline.published.datapackage import FILE_NAME, undated
from klimat_pipeline.published.manifest import Inputs
from klimat_pipeline.settings import Settings

_OUTPUT = "table"
_HINTS = {
    "code": "check out the commit, and install its requirements.lock",
    "configuration": "bring the file back as it was (version control, or klimat restore --configuration)",
    "snapshot": "klimat restore, or klimat snapshot add FILE --release-id NAME",
    "ledger": "bring the file back as it was",
    "option": "set it as it was",
}


def kept(settings: Settings, publication: str) -> tuple[Path, Inputs]:
    """Folder of a kept publication, and what its manifest says that it was made from.

    Raises:
        ConfigurationError: it is not kept, or its manifest does not give its id.
    """
    root = settings.published_dir / "parquet"
    folder = (root / publication).resolve()
    there = sorted(path.name for path in root.glob("pub-*"))
    if folder.parent != root.resolve() or not (folder / "run_manifest.parquet").is_file():
        raise ConfigurationError(f"no publication {publication!r} is kept; there are {', '.join(there) or 'none'}.")
    try:
        rows = pq.read_table(folder / "run_manifest.parquet", partitioning=None).to_pylist()
    except (OSError, ValueError):
        raise ConfigurationError(f"{folder}: its manifest is damaged. Use a backup, or another publication.") from None
    items = tuple(
        Item(row["item_kind"], row["item_name"], row["item_value"], row["sha256"])
        for row in rows
        if row["item_kind"] != _OUTPUT
    )
    chosen = next((item.value or "" for item in items if (item.kind, item.name) == ("option", "municipalities")), "all")
    made_from = Inputs(
        tuple(sorted(items, key=lambda item: (item.kind, item.name))),
        () if chosen == "all" else tuple(chosen.split()),
        tuple(item.name for item in items if item.kind == "snapshot"),
    )
    if made_from.publication_id != folder.name:
        raise ConfigurationError(f"{folder}: its manifest does not give its id; it was changed. Use a backup.")
    return folder, made_from


def lay_out(settings: Settings, made_from: Inputs, data_dir: Path) -> tuple[Settings, tuple[str, ...]]:
    """Prepare another data folder with the snapshots of a publication.

    Returns:
        Settings with that folder, and the releases to be current there.

    Raises:
        ProblemsError: what is missing or other than it was, a line each, with what to do.
    """
    wanted = {item.sha256 for item in made_from.items}
    _copy_archive(settings.written_dir / "snapshots", data_dir / "snapshots", wanted)
    there = settings.model_copy(update={"data_dir": data_dir, "database_url": None, "tables_url": ""})
    releases = _newest(there, made_from.releases)
    found = inputs(there, municipalities=made_from.municipalities, releases=releases)
    missing = set(made_from.lines) - set(found.lines)
    beyond = {_name(line) for line in set(found.lines) - set(made_from.lines)} - {_name(line) for line in missing}
    problems = [
        f"{_name(line)}: not as it was; {_HINTS.get(line.split(chr(9))[0], 'bring it back')}" for line in missing
    ]
    problems += [f"{name}: was not there then; take it out" for name in beyond]
    if problems:
        raise ProblemsError(sorted(problems))
    return there, releases


def differences(before: Path, after: Path) -> list[str]:
    """Names of files that are not the same: tables byte for byte, their description but for its time.

    Raises:
        ContractError: nothing was published there.
    """
    if not after.is_dir():
        raise ContractError(f"{after.name} was not published again: it was made from something else.")
    names = {path.name for folder in (before, after) for path in folder.iterdir()} - {FILE_NAME}
    _, differing, unreadable = filecmp.cmpfiles(before, after, sorted(names), shallow=False)
    described = [] if undated(before) == undated(after) else [FILE_NAME]
    return sorted({*differing, *unreadable, *described})


def _newest(settings: Settings, releases: tuple[str, ...]) -> tuple[str, ...]:
    """Of a publication's releases the newest of each substance."""
    from klimat_pipeline.sources.archive import archive_of

    newest = {
        snapshot.substance: snapshot.release_id
        for snapshot in archive_of(settings).snapshots()
        if snapshot.release_id in releases
    }
    return tuple(newest.values())


def _copy_archive(source: Path, to: Path, wanted: set[str | None]) -> None:
    """Copy archives with the files that a publication was made from, and without those that came later."""
    if not source.is_dir():
        return
    shutil.copytree(source, to)
    for manifest in to.rglob("manifest.json"):
        entries = [entry for entry in json.loads(manifest.read_text(encoding="utf-8")) if entry["sha256"] in wanted]
        manifest.write_text(json.dumps(entries), encoding="utf-8")


def _name(line: str) -> str:
    return " ".join(line.split("\t")[:2])
