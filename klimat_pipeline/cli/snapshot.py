"""``klimat snapshot``: the archive of source files.

What does not belong here: the archive itself (``sources``), taking a file in (``operations.intake``).
"""

from pathlib import Path
from typing import Annotated

import typer

from klimat_pipeline.cli.terminal import headed, out
from klimat_pipeline.cli.waiting import alone

snapshot = typer.Typer(help="The archive of source files.", no_args_is_help=True)


@snapshot.command("list")
def snapshot_list() -> None:
    """List the archive, newest release last."""
    from rich.table import Table as RichTable

    from klimat_pipeline.settings import load_settings
    from klimat_pipeline.sources.archive import archive_of

    shown = RichTable(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("release", "substance", "report date", "retrieved (UTC)", "size", "sha256"):
        shown.add_column(name, no_wrap=True)
    for entry in archive_of(load_settings()).snapshots():
        shown.add_row(
            entry.release_id + (" (embedded)" if entry.embedded else ""),
            entry.substance,
            entry.report_date or "not stated",
            f"{entry.retrieved_at:%Y-%m-%d}",
            f"{entry.size_bytes / 1024:,.0f} KiB",
            entry.sha256[:8],
        )
    out.print(shown)


@snapshot.command("add")
def snapshot_add(
    file: Annotated[Path, typer.Argument(help="A workbook of the national emission database.", show_default=False)],
    release_id: Annotated[
        str | None,
        typer.Option("--release-id", help="Name of the release; derived from source, substance, date, hash."),
    ] = None,
    report_date: Annotated[
        str | None,
        typer.Option(
            "--report-date", help="Date of the report (2025, 2025-06 or 2025-06-10), if the file does not say."
        ),
    ] = None,
) -> None:
    """Take a workbook that somebody downloaded by hand. Figures that are held already add nothing."""
    from klimat_pipeline.operations.intake import add_file
    from klimat_pipeline.settings import load_settings
    from klimat_pipeline.sources.archive import archive_of

    settings = load_settings()
    with alone(settings, "klimat snapshot add"), out.status(f"reading {file.name}"):
        taken = add_file(settings, file, release_id=release_id, report_date=report_date)
        newest = [s for s in archive_of(settings).snapshots() if s.substance == taken.snapshot.substance][-1]
    if not taken.is_new:
        out.print(f"already in the archive as {taken.snapshot.release_id}; nothing added", soft_wrap=True)
        return
    headed("added", f" {taken.snapshot.release_id} (sha256 {taken.snapshot.sha256[:12]})")
    if taken.extended is not None:
        out.print(
            f"it holds all figures of {taken.snapshot.release_id} and more besides: the same release, whose name and "
            "date it keeps",
            soft_wrap=True,
        )
    if taken.snapshot.report_date is None:
        out.print(
            f"the file states no report date: it is dated by its figures, which end in {taken.snapshot.last_year}; "
            "--report-date says when it was released",
            soft_wrap=True,
        )
    if newest.release_id != taken.snapshot.release_id:
        out.print(f"{newest.release_id} is newer (figures to {newest.last_year}) and stays current", soft_wrap=True)
    out.print("next: klimat refresh")


@snapshot.command("fetch")
def snapshot_fetch(
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 66 if a source did not answer, although a snapshot is there.")
    ] = False,
) -> None:
    """Fetch every configured substance (KLIMAT_SUBSTANCES) from the live source."""
    from klimat_pipeline.errors import StaleSourceError
    from klimat_pipeline.operations.intake import fetch_all
    from klimat_pipeline.settings import load_settings
    from klimat_pipeline.sources.state import read_states

    settings = load_settings()
    with alone(settings, "klimat snapshot fetch"), out.status("asking the live source"):
        taken = fetch_all(settings, log=lambda text: out.print(f"  {text}", style="dim"))
    out.print(f"{sum(t.is_new for t in taken)} new release(s)")
    states = read_states(settings.snapshots_dir)
    silent = [f"{code}: {states[code].last_error}" for code in settings.substance_codes if states[code].last_error]
    if strict and silent:
        raise StaleSourceError("\n".join(silent))


@snapshot.command("remove")
def snapshot_remove(release_id: Annotated[str, typer.Argument(show_default=False)]) -> None:
    """Take a release out of the archive; embedded ones stay."""
    from klimat_pipeline.settings import load_settings
    from klimat_pipeline.sources.archive import archive_of

    settings = load_settings()
    with alone(settings, "klimat snapshot remove"):
        removed = archive_of(settings).remove(release_id)
    out.print(f"removed {removed.release_id}")
