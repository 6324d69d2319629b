"""``klimat``: a thin layer over Dagster and ``operations``, for terminals and cron.

The class of an error sets the exit code (``errors``; the table is in ``docs/operations.md``).
What does not belong here: arithmetic, parsing, publishing.
"""

import sys
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from klimat_pipeline.cli.account import account
from klimat_pipeline.cli.backup import backup, restore
from klimat_pipeline.cli.checks import checks
from klimat_pipeline.cli.compute import compute
from klimat_pipeline.cli.db import app as db_app
from klimat_pipeline.cli.export import export
from klimat_pipeline.cli.faults import in_words
from klimat_pipeline.cli.hindcast import hindcast
from klimat_pipeline.cli.ledger import app as ledger_app
from klimat_pipeline.cli.municipality import municipality_app
from klimat_pipeline.cli.open_data import opendata
from klimat_pipeline.cli.preview import preview
from klimat_pipeline.cli.reproduce import reproduce
from klimat_pipeline.cli.same import same
from klimat_pipeline.cli.series import SERIES_APPS
from klimat_pipeline.cli.services import init, serve, ui
from klimat_pipeline.cli.show import show
from klimat_pipeline.cli.snapshot import snapshot
from klimat_pipeline.cli.status import status
from klimat_pipeline.cli.telling import Telling, told
from klimat_pipeline.cli.terminal import err, headed, out
from klimat_pipeline.cli.verify import verify
from klimat_pipeline.cli.waiting import alone
from klimat_pipeline.errors import KlimatError, ProblemsError
from klimat_pipeline.garbage import expect_many_objects

if TYPE_CHECKING:
    from klimat_pipeline.settings import Settings

app = typer.Typer(
    help="Climate accounts for cities: from the national emission database to published indicators.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(snapshot, name="snapshot")
app.add_typer(municipality_app, name="municipality")
app.add_typer(ledger_app, name="ledger")
for series, series_app in SERIES_APPS.items():
    app.add_typer(series_app, name=series)
app.add_typer(db_app, name="db")
app.command("report")(account)


def command() -> None:
    """The command as a process of its own."""
    expect_many_objects()
    main()


def main() -> None:
    """The command inside a process that is there already, such as a test's."""
    try:
        app()
    except Exception as error:
        known = in_words(error)
        if known is None:
            raise
        _fail(known)


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
        typer.Option("--wait", min=0, help="Seconds to wait until another run has ended (KLIMAT_WAIT_S)."),
    ] = None,
) -> None:
    """Run the main job: ingest, check, compute, publish. Does nothing when nothing has changed."""
    from klimat_pipeline.operations.run_lock import COMMAND
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    with told(settings) as telling, alone(settings, COMMAND, wait):
        _refresh(settings, telling, live=live, municipality=municipality or [], release=release or [], force=force)


def _refresh(
    settings: "Settings", telling: Telling, *, live: bool, municipality: list[str], release: list[str], force: bool
) -> None:
    from klimat_pipeline.operations.refresh import look

    live = live or settings.live
    with out.status("asking the live sources" if live else "looking at the inputs"):
        found = look(
            settings,
            live=live,
            municipalities=municipality,
            releases=release,
            log=lambda text: out.print(f"  {text}", style="dim"),
        )
    made_from = found.made_from
    if not force and not found.is_news:
        from klimat_pipeline.cli.refresh import confirm

        confirm(settings, made_from)
        telling.outcome, telling.publication_id = "unchanged", made_from.publication_id
        headed("up to date", f": nothing new since publication {made_from.publication_id}; nothing recomputed")
    else:
        from klimat_pipeline.cli.refresh import run
        from klimat_pipeline.operations.validate import refuse_faults_once

        with out.status("looking over the configuration"):
            refuse_faults_once(settings, made_from.digest)
        from klimat_pipeline.cli.report import closing_table, whereabouts

        telling.run_id = run(settings, made_from, out)
        telling.outcome, telling.publication_id = "published", made_from.publication_id
        out.print(closing_table(settings))
        for line in whereabouts(settings):
            out.print(line, soft_wrap=True)
    from klimat_pipeline.cli.report import refusals

    if refused := refusals(settings):
        raise ProblemsError([*refused, "All else is published; purchases of these are of an earlier run."])


@app.command()
def validate() -> None:
    """Check the configuration that people edit (municipalities, reference tables) without running anything."""
    from klimat_pipeline.operations.validate import unread_files, validate_configuration
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    for remark in unread_files(settings):
        out.print(f"note: {remark}", soft_wrap=True)
    problems = validate_configuration(settings)
    if problems:
        for problem in problems:
            err.print(problem, soft_wrap=True)
        headed(f"{len(problems)} problem(s)", colour="red", to=err)
        raise typer.Exit(1)
    headed("configuration is valid")


@app.command()
def freeze(
    name: Annotated[
        str, typer.Argument(help="Name of the report, such as 'Klimatkontrakt 2025/26'.", show_default=False)
    ],
    municipality: Annotated[str, typer.Option("--municipality", "-m", help="Whose report it is.")],
    release: Annotated[str | None, typer.Option("--release", help="Release; by default the current one.")] = None,
) -> None:
    """Freeze the published figures of a report; every later refresh checks that they can still be reproduced."""
    from klimat_pipeline.operations.freeze import freeze_report
    from klimat_pipeline.settings import load_settings

    path, figures = freeze_report(load_settings(), name, municipality, release)
    headed("frozen", f" {figures} figures in {path}")


@app.command()
def explain(
    table: Annotated[str, typer.Argument(help="Published table, such as sector_indicators.", show_default=False)],
    key: Annotated[list[str], typer.Argument(help="column=value, several.", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Follow one published number back to the cells of the source workbook."""
    from klimat_pipeline.explanations import as_json, as_text, parse_keys
    from klimat_pipeline.explanations import explain as explained
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
    from klimat_pipeline.cli.report import comparison
    from klimat_pipeline.settings import load_settings

    out.print(comparison(load_settings(), before, after))


_IN_ORDER = (
    preview,
    export,
    opendata,
    same,
    show,
    checks,
    hindcast,
    init,
    ui,
    serve,
    status,
    backup,
    restore,
    reproduce,
    verify,
)
for _command in _IN_ORDER:
    app.command()(_command)
app.command(hidden=True)(compute)


def _fail(error: KlimatError) -> NoReturn:
    headed("stopped:", f" {error}", colour="red", to=err)
    raise SystemExit(error.exit_code) from None
