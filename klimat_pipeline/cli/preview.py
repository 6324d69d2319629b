"""``klimat preview``: what the configuration as it is now would move, without publishing anything.

The indicators of sectors are shown one by one with their causes, every other table that moves with its first values.
All municipalities are refreshed in a folder of its own, with every check; for one, where somebody edits, its tables
alone are computed (``compute``), from ledgers that are read already.
What does not belong here: the comparison (``operations.preview``, ``published.same``).
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from klimat_pipeline.cli.apart import klimat_apart
from klimat_pipeline.cli.same import result, said
from klimat_pipeline.cli.terminal import err, out
from klimat_pipeline.errors import ConfigurationError

if TYPE_CHECKING:
    from klimat_pipeline.published.same import ComparedTable
    from klimat_pipeline.settings import Settings

#: Exit code where something would move: 1 and 2 are faults.
MOVES = 3
#: The table that is shown row by row.
_SHOWN_ALONE = "sector_indicators"
#: The table whose rows tell of all municipalities that were computed.
_OF_ALL = "data_quality"


def preview(
    municipality: Annotated[
        str, typer.Option("--municipality", "-m", help="Compute and show this code alone: in seconds, without checks.")
    ] = "",
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown, for a review.")] = False,
) -> None:
    """Compute with the configuration as it is now, beside what is published, and say what would move.

    Exit code 0: nothing moves; 3: something does. Nothing is published.
    """
    from klimat_pipeline.operations.preview import as_markdown, cells
    from klimat_pipeline.operations.preview import preview as compared
    from klimat_pipeline.published.renames import load_renames
    from klimat_pipeline.published.same import compare_folders, read_folder
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    before = settings.published_dir / "parquet" / "latest"
    if not before.exists():
        raise ConfigurationError(f"{before} is not there: nothing is published to compare with; run klimat refresh")
    with TemporaryDirectory(prefix="klimat-preview-") as scratch:
        _compute_in(Path(scratch), settings, municipality)
        after = Path(scratch) / "published" / "parquet" / "latest"
        found = compared(before.resolve(), after.resolve(), municipality)
        earlier, later = (read_folder(folder.resolve(), municipality) for folder in (before, after))
        tables = compare_folders(earlier, later, load_renames()).tables
    apart = {_SHOWN_ALONE, _OF_ALL} if municipality else {_SHOWN_ALONE}
    others = [one for one in tables if not (one.same or one.describes or one.name in apart)]
    if markdown:
        print(as_markdown(found) + _as_markdown(others), end="")  # noqa: T201 - for a file, not for a terminal
    else:
        for cause, name in found.inputs:
            out.print(f"{cause} differs: {name}", soft_wrap=True)
        for one in found.moved:
            out.print("  ".join(cells(one)), soft_wrap=True)
        for table in others:
            out.print(f"{table.name}: {result(table)}", *said(table), sep="\n  ", markup=False, soft_wrap=True)
        out.print(f"{len(found.moved)} indicators move" if found.moved else "no indicator moves", end="")
        out.print(f"; other tables that move: {len(others) or 'none'}", end="")
        out.print(" (no checks were run: klimat preview without -m runs them)" if municipality else "")
    if found.moved or others:
        raise typer.Exit(MOVES)


def _as_markdown(others: "list[ComparedTable]") -> str:
    lines = ["", "## Other tables", ""] if others else []
    for table in others:
        lines += [f"* `{table.name}`: {result(table)}", *(f"  * {line.strip()}" for line in said(table))]
    return "\n".join([*lines, ""]) if lines else ""


def _compute_in(scratch: Path, settings: "Settings", municipality: str) -> None:
    """Tables in a folder of its own, from the same snapshots, as files only."""
    from klimat_pipeline.spend.ledger.store import SpendStore

    snapshots = settings.written_dir / "snapshots"
    if snapshots.is_dir() and settings.written_dir != settings.config_dir:
        (scratch / "snapshots").symlink_to(snapshots, target_is_directory=True)
    elif settings.snapshots_dir.is_dir():
        (scratch / "snapshots").mkdir()
        (scratch / "snapshots" / "fetched").symlink_to(settings.snapshots_dir, target_is_directory=True)
    SpendStore(scratch / "intermediate").copy_from(SpendStore(settings.intermediate_dir))
    with out.status("computing beside what is published"):
        command = ("compute", municipality) if municipality else ("refresh",)
        done = klimat_apart(settings.project_dir, scratch, *command)
    if done.returncode and not (scratch / "published" / "parquet" / "latest").exists():
        raise ConfigurationError(f"the configuration as it is now cannot be published: {done.stdout}".strip())
    if done.returncode:  # a ledger that cannot be read, say, stops nothing else
        err.print(done.stdout, markup=False, highlight=False, soft_wrap=True)
        err.print("purchases that cannot be read are missing below; a refresh keeps those of before", soft_wrap=True)
