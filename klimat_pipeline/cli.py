"""``klimat``: a thin door to what Dagster does, for terminals and cron.

Every error says with which code the command leaves (``errors``): 1 for a fault of the input, the configuration or the
surroundings, 75 when another run goes on for too long. What does not belong here: arithmetic, parsing, publishing.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

from klimat_pipeline.cli_ledger import app as ledger_app
from klimat_pipeline.cli_prices import app as prices_app
from klimat_pipeline.cli_same import same
from klimat_pipeline.cli_waiting import alone
from klimat_pipeline.errors import KlimatError
from klimat_pipeline.garbage import expect_many_objects

if TYPE_CHECKING:
    from klimat_pipeline.settings import Settings

app = typer.Typer(
    help="Climate accounts for cities: from the national emission database to published indicators.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
snapshot = typer.Typer(help="The archive of source files.", no_args_is_help=True)
app.add_typer(snapshot, name="snapshot")
municipality_app = typer.Typer(help="Folders of municipalities.", no_args_is_help=True)
app.add_typer(municipality_app, name="municipality")
app.add_typer(ledger_app, name="ledger")
app.add_typer(prices_app, name="prices")

#: A log has no edge: without a terminal, lines are not cut to the width of one.
_WIDTH = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 120

out = Console(highlight=False, width=_WIDTH)
err = Console(stderr=True, highlight=False)


def command() -> None:
    """The command as a process of its own."""
    expect_many_objects()
    main()


def main() -> None:
    """The command, in whatever process."""
    try:
        app()
    except KlimatError as error:
        _fail(error)


@app.command()
def refresh(
    live: Annotated[bool, typer.Option("--live", help="Ask the live source first (also KLIMAT_LIVE=1).")] = False,
    municipality: Annotated[
        list[str] | None, typer.Option("--municipality", "-m", help="Publish only this code; may be repeated.")
    ] = None,
    release: Annotated[
        list[str] | None,
        typer.Option("--release", help="Make this release current: newer ones of its substance are left out."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Recompute although nothing has changed.")] = False,
    wait: Annotated[
        float | None,
        typer.Option("--wait", min=0, help="Seconds to wait for another run that goes on now (KLIMAT_WAIT_S)."),
    ] = None,
) -> None:
    """Run the main job: ingest, check, compute, publish. Does nothing when nothing has changed."""
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    with alone(settings, "klimat refresh", wait):
        _refresh(settings, live=live, municipality=municipality or [], release=release or [], force=force)


def _refresh(settings: "Settings", *, live: bool, municipality: list[str], release: list[str], force: bool) -> None:
    from klimat_pipeline.operations.refresh import look

    live = live or settings.live
    with out.status("asking the live sources" if live else "looking at the inputs"):
        found = look(
            settings,
            live=live,
            municipalities=municipality,
            releases=release,
            log=lambda text: out.print(f"  {text}", style="dim", markup=False),
        )
    made_from = found.made_from
    if not force and not found.is_news:
        from klimat_pipeline.refresh import confirm

        confirm(settings, made_from)
        out.print(f"[green]up to date[/]: nothing new since publication {made_from.publication_id}; nothing recomputed")
        return
    from klimat_pipeline.refresh import run
    from klimat_pipeline.report import closing_table, whereabouts

    run(settings, made_from, out)
    out.print(closing_table(settings))
    for line in whereabouts(settings):
        out.print(line, soft_wrap=True)


@app.command()
def validate() -> None:
    """Check the configuration that people edit (municipalities, reference tables) without running anything."""
    from klimat_pipeline.configuration.municipality import validate_configuration
    from klimat_pipeline.settings import load_settings

    problems = validate_configuration(load_settings())
    if problems:
        for problem in problems:
            err.print(problem, soft_wrap=True, markup=False)
        err.print(f"[red]{len(problems)} problem(s)[/]")
        raise typer.Exit(1)
    out.print("[green]configuration is valid[/]")


@app.command()
def freeze(
    name: Annotated[
        str, typer.Argument(help="Name of the report, such as 'Klimatkontrakt 2025/26'.", show_default=False)
    ],
    municipality: Annotated[str, typer.Option("--municipality", "-m", help="Whose report it is.")],
    release: Annotated[str | None, typer.Option("--release", help="Release; by default the current one.")] = None,
) -> None:
    """Keep the published figures of a report; every refresh proves from then on that they still come out."""
    from klimat_pipeline.freezing import freeze_report
    from klimat_pipeline.settings import load_settings

    path, figures = freeze_report(load_settings(), name, municipality, release)
    out.print(f"[green]frozen[/] {figures} figures in {path}", soft_wrap=True)


@app.command()
def explain(
    table: Annotated[str, typer.Argument(help="Published table, such as sector_indicators.", show_default=False)],
    key: Annotated[list[str], typer.Argument(help="column=value, several.", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Follow one published number back to the cells of the source workbook."""
    from klimat_pipeline.explain import as_json, as_text, parse_keys
    from klimat_pipeline.explain import explain as explained
    from klimat_pipeline.settings import load_settings

    node = explained(load_settings(), table, parse_keys(key))
    if json:
        import json as json_module

        sys.stdout.write(json_module.dumps(as_json(node), ensure_ascii=False, indent=2) + "\n")
        return
    out.print(as_text(node))


@app.command()
def compare(
    before: Annotated[
        str, typer.Argument(help="Earlier publication, a folder below published/parquet.", show_default=False)
    ],
    after: Annotated[str, typer.Argument(help="Later publication; by default what is published now.")] = "latest",
) -> None:
    """Say why indicators differ between two kept publications: history, new years, corrections, configuration."""
    from klimat_pipeline.report import comparison
    from klimat_pipeline.settings import load_settings

    out.print(comparison(load_settings(), before, after))


app.command()(same)


@municipality_app.command("add")
def municipality_add(
    code: Annotated[str, typer.Argument(help="SCB's four-digit code.", show_default=False)],
    name: Annotated[str, typer.Option("--name", help="Name as SCB writes it.")],
) -> None:
    """Write a commented folder for a municipality, ready to be filled in."""
    from klimat_pipeline.clean.reference import load_reference
    from klimat_pipeline.configuration.municipality import load_generic
    from klimat_pipeline.configuration.template import add_municipality
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    generic = load_generic(settings.municipalities_dir / "_all" / "follow_up.yaml")
    folder = add_municipality(
        settings.municipalities_dir,
        code,
        name,
        known_codes=load_reference(settings.reference_dir).municipality_by_code,
        base=generic.baseline_year,
        trend=generic.trend_from_year,
    )
    out.print(f"[green]written[/] {folder}", soft_wrap=True)
    out.print("next: edit it, then klimat validate and klimat refresh")


@snapshot.command("list")
def snapshot_list() -> None:
    """List the archive, newest release last."""
    from rich.table import Table as RichTable

    from klimat_pipeline.intake import archive_of
    from klimat_pipeline.settings import load_settings

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
    """Take a workbook that somebody downloaded by hand. The same bytes twice add nothing."""
    from klimat_pipeline.intake import add_file
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    with alone(settings, "klimat snapshot add"), out.status(f"reading {file.name}"):
        taken = add_file(settings, file, release_id=release_id, report_date=report_date)
    if not taken.is_new:
        out.print(f"already in the archive as {taken.snapshot.release_id}; nothing added", soft_wrap=True)
        return
    out.print(f"[green]added[/] {taken.snapshot.release_id} (sha256 {taken.snapshot.sha256[:12]})", soft_wrap=True)
    if taken.snapshot.report_date is None:
        out.print(
            "the file states no report date: it counts as released today; --report-date says otherwise", soft_wrap=True
        )
    out.print("next: klimat refresh")


@snapshot.command("fetch")
def snapshot_fetch() -> None:
    """Fetch every configured substance (KLIMAT_SUBSTANCES) from the live source."""
    from klimat_pipeline.intake import fetch_all
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    with alone(settings, "klimat snapshot fetch"), out.status("asking the live source"):
        taken = fetch_all(settings, log=lambda text: out.print(f"  {text}", style="dim"))
    out.print(f"{sum(t.is_new for t in taken)} new release(s)")


@snapshot.command("remove")
def snapshot_remove(release_id: Annotated[str, typer.Argument(show_default=False)]) -> None:
    """Take a release out of the archive; embedded ones stay."""
    from klimat_pipeline.intake import archive_of
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    with alone(settings, "klimat snapshot remove"):
        removed = archive_of(settings).remove(release_id)
    out.print(f"removed {removed.release_id}")


@app.command()
def ui(port: Annotated[int, typer.Option(help="Port on this machine.")] = 3000) -> None:
    """Open the Dagster UI on this machine only, with the runs made so far."""
    from klimat_pipeline.defs.instance import prepared_home
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    environment = {**os.environ, "DAGSTER_HOME": str(prepared_home(settings))}
    program = Path(sys.executable).with_name("dagster")
    arguments = [
        "dagster",
        "dev",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
        "-w",
        str(settings.project_dir / "workspace.yaml"),
    ]
    out.print(f"http://127.0.0.1:{port}  (stop with Ctrl-C)")
    os.execve(program, arguments, environment)  # noqa: S606 - our own program, no shell


def _fail(error: KlimatError) -> NoReturn:
    err.print("[red]stopped:[/]", end=" ")
    err.print(str(error), soft_wrap=True, markup=False)
    raise SystemExit(error.exit_code) from None


if __name__ == "__main__":
    command()
