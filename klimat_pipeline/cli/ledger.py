"""``klimat ledger``: inspect a ledger before a run reads it, and write an invented one.

What does not belong here: reading (``spend``).
"""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from klimat_pipeline.cli import mapping as cli_mapping
from klimat_pipeline.cli.terminal import out

app = typer.Typer(help="Ledgers of accounts payable.", no_args_is_help=True)
app.command()(cli_mapping.mapping)
app.command()(cli_mapping.unmapped)
#: How many problems ``check`` lists.
_LISTED = 20


@app.command()
def check(
    file: Annotated[
        str, typer.Argument(help="A ledger: CSV, xlsx, Parquet or SIE 4; a path or an address.", show_default=False)
    ],
    municipality: Annotated[
        str | None,
        typer.Option(
            "--municipality", "-m", help="Read it with this municipality's settings; by default the one it lies with."
        ),
    ] = None,
) -> None:
    """Say what a ledger holds and how a run would read it; nothing is kept."""
    from klimat_pipeline.configuration import spend_factors
    from klimat_pipeline.configuration.municipality import code_of_place
    from klimat_pipeline.errors import ConfigurationError
    from klimat_pipeline.settings import load_settings
    from klimat_pipeline.spend.footprint.prices import price_remarks
    from klimat_pipeline.spend.ledger import locations
    from klimat_pipeline.spend.ledger.rates import current_rates
    from klimat_pipeline.spend.ledger.read_ledger import TooManyError, read_ledger
    from klimat_pipeline.spend.ledger.run import personal_key, settings_of
    from klimat_pipeline.spend.ledger.store import read_options

    settings = load_settings()
    folder, own = settings_of(settings, municipality or code_of_place(Path(file), settings.municipalities_dir))
    path = locations.location(file, Path())
    if not locations.is_file(path):
        raise ConfigurationError(f"{locations.plain(file)}: there is no such file.")
    name = locations.plain(file).rpartition("/")[2]
    options = read_options(folder, own, settings.reference_dir, personal_key(settings), current_rates(settings))
    refused = ""
    with tempfile.TemporaryDirectory(prefix="klimat-ledger-") as target:
        try:
            report = locations.asked(path, lambda: read_ledger(path, name, options, Path(target)))
        except TooManyError as error:
            report, refused = error.passed, str(error).split(" First:")[0]
    report.remarks += price_remarks(settings, spend_factors.of_folder(folder), filter(None, report.years))
    _show(report, options)
    if refused:
        out.print(f"[red]the run would stop:[/] {refused}", soft_wrap=True)
        raise typer.Exit(1)
    out.print("[green]a run would read it[/]")


def _show(report: object, options: object) -> None:
    from klimat_pipeline.spend.ledger import typed_lines
    from klimat_pipeline.spend.ledger.read_ledger import LedgerReport, ReadOptions, problem_line, stated

    assert isinstance(report, LedgerReport) and isinstance(options, ReadOptions)  # noqa: S101 - imported late, for a quick help
    found = report.form
    out.print(f"{found.file}: {stated(found)}, {found.size_bytes:,} bytes, sha256 {found.sha256[:12]}", soft_wrap=True)
    out.print("read as: " + ", ".join(f"{n}={found.header[p]}" for n, p in found.fields.items()), soft_wrap=True)
    for remark in report.remarks:
        out.print(f"note: {remark}", soft_wrap=True, markup=False)
    if report.rounded:
        out.print(f"note: {report.rounded:,} amounts with more than two decimals, rounded half to even")
    if options.pseudonyms.key is None:
        out.print("note: KLIMAT_PERSONAL_KEY is not set: ids of sole traders are dropped")
    kinds = {rule.rule: rule.kind for rule in options.rules}
    sums: dict[str, tuple[int, int]] = {}
    for _, rule, lines, amount in report.rows():
        before = sums.get(rule, (0, 0))
        sums[rule] = (before[0] + lines, before[1] + amount)
    first = (typed_lines.COUNTED, typed_lines.QUARANTINED)
    rest = sorted((name for name in sums if name not in first), key=lambda name: -abs(sums[name][1]))
    out.print(f"{report.lines:>12,} lines {report.amount_ore / 100:>22,.2f} SEK  in, {' to '.join(report.days)}")
    for name in [name for name in (*first, *rest) if name in sums]:
        what = name if name in first else f"left out: {name} ({kinds.get(name, name)})"
        out.print(f"{sums[name][0]:>12,} lines {sums[name][1] / 100:>22,.2f} SEK  {what}", markup=False)
    for problem in report.problems[:_LISTED]:
        out.print(problem_line(found.file, problem), soft_wrap=True, markup=False)
    if len(report.problems) > _LISTED:
        out.print(f"... and {len(report.problems) - _LISTED:,} more")


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
    out.print(f"[green]written[/] {lines:,} invented lines of {chosen} to {target}", soft_wrap=True)
