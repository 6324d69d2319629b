"""``klimat ledger``: inspect a ledger before a run reads it, and write an invented one.

What does not belong here: reading (``spend``).
"""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from klimat_pipeline.cli import mapping as cli_mapping
from klimat_pipeline.cli.terminal import headed, out

if TYPE_CHECKING:
    from klimat_pipeline.spend.ledger.read_ledger import LedgerReport, ReadOptions

app = typer.Typer(help="Ledgers of accounts payable.", no_args_is_help=True)
app.command()(cli_mapping.mapping)
app.command()(cli_mapping.unmapped)
#: How many problems ``check`` lists.
_LISTED = 20


@app.command()
def check(
    file: Annotated[
        str,
        typer.Argument(
            help="A ledger (CSV, xlsx, Parquet or SIE 4; a path or an address), or a folder of them.",
            show_default=False,
        ),
    ],
    municipality: Annotated[
        str | None,
        typer.Option(
            "--municipality", "-m", help="Read it with this municipality's settings; by default the one it lies with."
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON: the same, for programs.")] = False,
) -> None:
    """Say what a ledger holds and how a run would read it; nothing is kept."""
    import json as written
    from functools import partial

    from klimat_pipeline.configuration import spend_factors
    from klimat_pipeline.configuration.municipality import code_of_place
    from klimat_pipeline.errors import ConfigurationError
    from klimat_pipeline.settings import load_settings
    from klimat_pipeline.spend.footprint.prices import price_remarks
    from klimat_pipeline.spend.ledger import found_files, locations, store
    from klimat_pipeline.spend.ledger.ledger_error import LedgerError
    from klimat_pipeline.spend.ledger.rates import current_rates
    from klimat_pipeline.spend.ledger.run import personal_key, settings_of
    from klimat_pipeline.spend.ledger.summary import refused, summary

    settings = load_settings()
    folder, own = settings_of(settings, municipality or code_of_place(Path(file), settings.municipalities_dir))
    path = locations.location(file, Path())
    options = store.read_options(folder, own, settings.reference_dir, personal_key(settings), current_rates(settings))
    is_folder = not locations.is_remote(file) and path.is_dir()
    if not is_folder and not locations.is_file(path):
        raise ConfigurationError(f"{locations.plain(file)}: there is no such file.")
    found, failure = [], None
    for one in found_files.files_in(path) if is_folder else [path]:
        name = locations.plain(str(one)).rpartition("/")[2]
        try:
            if is_folder and (remedy := found_files.remedy(one)):
                raise LedgerError(f"{name}: not read: {remedy}.")
            report, refusal = locations.asked(one, partial(_read, one, name, options))
        except LedgerError as error:
            failure = error
            found.append(refused(name, str(error)))
            if is_folder and not json:
                headed(name, f": {str(error).removeprefix(f'{name}: ')}", colour="red")
            continue
        report.remarks += price_remarks(settings, spend_factors.of_folder(folder), filter(None, report.years))
        found.append(summary(report, options.rules, refusal))
        if not json:
            _show(report, options, refusal)
    if json:
        # Nothing but JSON goes out, so that a program can read it.
        typer.echo(written.dumps(found if is_folder else found[0], ensure_ascii=False, indent=2))
    elif failure and not is_folder:
        raise failure
    if not all(one["accepted"] for one in found):
        raise typer.Exit(1)


def _read(path: Any, name: str, options: "ReadOptions") -> tuple["LedgerReport", str]:
    """A file's balance, and why a run would stop at it."""
    from klimat_pipeline.spend.ledger.read_ledger import TooManyError, read_ledger

    with tempfile.TemporaryDirectory(prefix="klimat-ledger-") as target:
        try:
            return read_ledger(path, name, options, Path(target)), ""
        except TooManyError as error:
            return error.passed, str(error).split(" First:")[0]


def _show(report: "LedgerReport", options: "ReadOptions", refusal: str) -> None:
    from klimat_pipeline.spend.ledger import typed_lines
    from klimat_pipeline.spend.ledger.read_ledger import problem_line, stated
    from klimat_pipeline.spend.ledger.summary import by_rule

    found = report.form
    out.print(f"{found.file}: {stated(found)}, {found.size_bytes:,} bytes, sha256 {found.sha256[:12]}", soft_wrap=True)
    for warning in report.warnings:
        headed("look:", f" {warning}", colour="yellow")
    out.print("read as: " + ", ".join(f"{n}={found.header[p]}" for n, p in found.fields.items()), soft_wrap=True)
    for remark in report.remarks:
        out.print(f"note: {remark}", soft_wrap=True)
    if report.rounded:
        out.print(f"note: {report.rounded:,} amounts with more than two decimals, rounded half to even")
    if options.pseudonyms.key is None:
        out.print("note: KLIMAT_PERSONAL_KEY is not set: ids of sole traders are dropped")
    kinds = {rule.rule: rule.kind for rule in options.rules}
    out.print(f"{report.lines:>12,} lines {report.amount_ore / 100:>22,.2f} SEK  in, {' to '.join(report.days)}")
    for name, (lines, ore) in by_rule(report).items():
        first = name in (typed_lines.COUNTED, typed_lines.QUARANTINED)
        what = name if first else f"left out: {name} ({kinds.get(name, name)})"
        out.print(f"{lines:>12,} lines {ore / 100:>22,.2f} SEK  {what}")
    for problem in report.problems[:_LISTED]:
        out.print(problem_line(found.file, problem), soft_wrap=True)
    if len(report.problems) > _LISTED:
        out.print(f"... and {len(report.problems) - _LISTED:,} more")
    if refusal:
        headed("the run would stop:", f" {refusal}", colour="red")
    else:
        headed("a run would read it")


@app.command()
def example(
    target: Annotated[Path, typer.Argument(help="File to write.", show_default=False)],
    lines: Annotated[int, typer.Option("--lines", min=1, help="Lines besides the header.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another seed gives another ledger.")] = 1,
    year: Annotated[
        int | None, typer.Option("--year", min=1900, max=2200, help="Year of the lines; by default the last rate's.")
    ] = None,
    months: Annotated[str, typer.Option("--months", help="First and last month, such as 1-6.")] = "1-12",
    encoding: Annotated[str, typer.Option("--encoding", help="utf-8, utf-8-sig or latin-1.")] = "utf-8",
    separator: Annotated[str, typer.Option("--separator", help="Between cells: ; or ,")] = ";",
    faults: Annotated[bool, typer.Option("--faults", help="Add three lines that do not pass.")] = False,
) -> None:
    """Write an invented ledger: the same for the same options."""
    import re

    from klimat_pipeline.errors import ConfigurationError
    from klimat_pipeline.settings import load_settings
    from klimat_pipeline.spend.ledger.example import write_example
    from klimat_pipeline.spend.ledger.reference import load_ledger_reference

    span = re.fullmatch(r"([1-9]|1[0-2])-([1-9]|1[0-2])", months)
    if span is None or int(span[1]) > int(span[2]):
        raise ConfigurationError(f"--months {months}: expected two months such as 1-6.")
    if encoding not in ("utf-8", "utf-8-sig", "latin-1") or separator not in (";", ","):
        raise ConfigurationError("expected --encoding utf-8, utf-8-sig or latin-1, and --separator ; or ,")
    rates = load_ledger_reference(load_settings().reference_dir).rates
    chosen = year or max(rates.by_year("EUR"))
    write_example(
        target,
        lines=lines,
        seed=seed,
        year=chosen,
        months=(int(span[1]), int(span[2])),
        encoding=encoding,
        separator=separator,
        faults=faults,
    )
    headed("written", f" {lines:,} invented lines of {chosen} to {target}")
