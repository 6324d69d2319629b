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
    from klimat_pipeline.spend.ledger.ledger_report import LedgerReport
    from klimat_pipeline.spend.ledger.read_files import Reading
    from klimat_pipeline.spend.ledger.read_ledger import ReadOptions

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
    """Say what a ledger holds and how a run would read it; nothing is kept.

    The files of a folder are held against each other, as in a run.
    """
    import json as written

    from klimat_pipeline.configuration import spend_factors
    from klimat_pipeline.configuration.municipality import code_of_place
    from klimat_pipeline.errors import ConfigurationError
    from klimat_pipeline.settings import load_settings
    from klimat_pipeline.spend.footprint.prices import price_remarks
    from klimat_pipeline.spend.ledger import locations
    from klimat_pipeline.spend.ledger.ledger_error import LedgerError
    from klimat_pipeline.spend.ledger.rates import current_rates
    from klimat_pipeline.spend.ledger.read_files import read_options
    from klimat_pipeline.spend.ledger.run import personal_key, settings_of
    from klimat_pipeline.spend.ledger.summary import refused, summary

    settings = load_settings()
    place = code_of_place(Path(file), settings.municipalities_dir)
    folder, own = settings_of(settings, municipality or place)
    path = locations.location(file, Path())
    options = read_options(folder, own, settings.reference_dir, personal_key(settings), current_rates(settings))
    is_folder = not locations.is_remote(file) and path.is_dir()
    if not is_folder and not locations.is_file(path):
        raise ConfigurationError(f"{locations.plain(file)}: there is no such file.")
    found = []
    for reading in _read(path, options, is_folder=is_folder):
        refusal = " ".join(problem.split(" First:")[0] for problem in reading.refusals)
        if reading.report is None:
            if not is_folder and not json:
                raise LedgerError(refusal)
            found.append(refused(reading.file, refusal))
            if not json:
                headed(reading.file, f": {refusal.removeprefix(f'{reading.file}: ')}", colour="red")
            continue
        years = filter(None, reading.report.years)
        reading.report.remarks += price_remarks(settings, spend_factors.of_folder(folder), years)
        found.append(summary(reading.report, options.rules, refusal))
        if not json:
            _show(reading.report, options, refusal)
    if place and not is_folder and not json and (others := _others(path)):
        out.print(f"note: looked at alone; klimat ledger check {path.parent} holds it against {others:,} other files")
    if json:
        # Nothing but JSON goes out, so that a program can read it.
        typer.echo(written.dumps(found if is_folder else found[0], ensure_ascii=False, indent=2))
    if not all(one["accepted"] for one in found):
        raise typer.Exit(1)


def _others(path: Path) -> int:
    """How many other ledgers lie beside one."""
    from klimat_pipeline.spend.ledger import found_files

    return sum(one != path and not found_files.remedy(one) for one in found_files.files_in(path.parent))


def _read(path: Any, options: "ReadOptions", *, is_folder: bool) -> list["Reading"]:
    """A file, or the files of a folder as a run reads them: each by itself, and beside the others."""
    from klimat_pipeline.spend.ledger import found_files, locations
    from klimat_pipeline.spend.ledger.read_files import Reading, read_files
    from klimat_pipeline.spend.ledger.store import SpendStore

    if not is_folder:
        files = [found_files.looked_at(path, locations.plain(str(path)).rpartition("/")[2], {})]
    else:
        inside = {one: one.relative_to(path).as_posix() for one in found_files.files_in(path)}
        files = [found_files.looked_at(one, name, {}, found_files.remedy(one)) for one, name in inside.items()]
    with tempfile.TemporaryDirectory(prefix="klimat-ledger-") as target:
        readings = read_files("0000", [file for file in files if not file.remedy], options, SpendStore(Path(target)))
    return readings + [Reading(f.shown, None, (f"{f.shown}: not read: {f.remedy}.",)) for f in files if f.remedy]


def _show(report: "LedgerReport", options: "ReadOptions", refusal: str) -> None:
    from klimat_pipeline.spend.ledger import typed_lines
    from klimat_pipeline.spend.ledger.ledger_report import problem_line, stated
    from klimat_pipeline.spend.ledger.summary import by_rule

    found = report.form
    out.print(f"{found.file}: {stated(found)}, {found.size_bytes:,} bytes, sha256 {found.sha256[:12]}", soft_wrap=True)
    if report.status != "read":
        headed("look:", f" {report.status}: what both hold counts once", colour="yellow")
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
