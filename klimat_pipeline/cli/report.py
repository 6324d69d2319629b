"""What a terminal shows after a refresh: a short table of results, the checks that failed, and where the tables are.

Reads the published tables as any other reader would. What does not belong here: arithmetic.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

from klimat_pipeline.settings import Settings

if TYPE_CHECKING:
    from rich.console import RenderableType

_LATEST = """
SELECT municipality_name, target_id, year, emissions_t_co2e, baseline_year, change_pct, target_pct,
       gap_t_co2e, status, release_id
FROM sector_indicators JOIN municipalities USING (municipality_code)
WHERE is_headline = 1 AND is_latest_year = 1 AND target_kind = 'contract'
ORDER BY municipality_name, release_id, target_id <> 'total', emissions_t_co2e IS NULL, target_id
"""
#: How likely the total target is, by municipality and release; one row per scenario, the trend first.
_AHEAD = """
SELECT municipality_name, release_id, target_year, target_t_co2e, scenario, probability_fraction,
       required_t_co2e_per_year
FROM target_probability JOIN municipalities USING (municipality_code)
WHERE target_id = 'total' AND is_headline = 1
ORDER BY 1, 2, scenario <> 'business_as_usual', scenario
"""
_PLANS = """
SELECT municipality_name, year, residual_t, reduction_pct, min_reduction_pct, shortfall_t, is_neutral
FROM neutrality_balance JOIN municipalities USING (municipality_code)
WHERE neutrality_basis = 'plan'
ORDER BY 1, 2
"""
#: Purchases of the newest year of every municipality with a ledger; the invented example stands in no list of names.
_PURCHASES = """
SELECT coalesce(municipality_name, municipality_code), year, sum(spend_sek), sum(mapped_sek), sum(footprint_t_co2e),
       max(is_stale), max(price_basis = 'stands_in')
FROM spend_by_category LEFT JOIN municipalities USING (municipality_code)
WHERE (municipality_code, year) IN (SELECT municipality_code, max(year) FROM spend_by_category GROUP BY 1)
GROUP BY municipality_code ORDER BY 1
"""
_SCENARIO_WORDS = {
    "business_as_usual": "on the trend",
    "existing_policies": "with decided and other plans",
    "with_actions": "with all actions",
}
_STYLES = {"reached": "green", "on_track": "green", "behind": "red", "no_data": "dim"}


def closing_table(settings: Settings) -> "RenderableType":
    """The newest year of every target in the current release, and what failed checks say."""
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    with opened(settings) as database:
        rows = database.execute(_LATEST).fetchall()
        ahead = [*_chances(database.execute(_AHEAD)), *_balances(database.execute(_PLANS))]
        ahead += _purchases(database.execute(_PURCHASES))
        remarks = database.execute(
            "SELECT table_name, check_name, message FROM data_quality WHERE outcome = 'failed' ORDER BY 1, 2"
        ).fetchall()
        counts = dict(database.execute("SELECT outcome, count(*) FROM data_quality GROUP BY 1").fetchall())
    tables: list[Any] = []
    for (place, release), group in groupby(rows, key=lambda row: (row[0], row[-1])):
        # The table has to fit 80 columns: a terminal's, and a log's of cron.
        table = Table(
            box=box.SIMPLE_HEAD,
            pad_edge=False,
            padding=(0, 1, 0, 0),
            title=f"{place}, release {release}",
            title_justify="left",
            title_style="bold",
        )
        table.add_column("target", no_wrap=True, max_width=17, overflow="ellipsis")
        for name in ("year", "t CO2e", "change", "since", "goal", "off line, t"):
            table.add_column(name, justify="right", no_wrap=True)
        table.add_column("status", no_wrap=True)
        for _, target, year, tonnes, base, change, goal, gap, status, _ in group:
            table.add_row(
                target,
                str(year),
                number(tonnes, "{:,.0f}"),
                number(change, "{:+.1f} %"),
                number(base, "{}"),
                number(goal, "{:+.0f} %"),
                number(gap, "{:+,.0f}"),
                status_text(status),
            )
        tables.append(table)
    lines = [
        Text(
            f"checks: {counts.get('passed', 0)} passed, {counts.get('failed', 0)} remarks, "
            f"{counts.get('not_applicable', 0)} not applicable"
        )
    ]
    return Group(*tables, *map(Text, ahead), *lines, *_remarked(remarks))


def _chances(rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    """How likely the total target is in every scenario, one line per municipality and release."""
    for (place, release, year, goal), found in groupby(rows, key=lambda row: row[:4]):
        scenarios = list(found)
        chances = ", ".join(
            f"{part * 100:.0f} % {_SCENARIO_WORDS.get(scenario, scenario)}" for *_, scenario, part, _ in scenarios
        )
        pace = scenarios[0][-1]
        yield f"{place}, {release}: {goal:,.0f} t in {year} takes {pace:+,.0f} t a year; chance {chances}"


def _balances(rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    """What the printed plan leaves, and what is missing to neutrality."""
    for place, year, left, pct, least, short, neutral in rows:
        if neutral is None:
            yield f"{place}, printed plan {year}: the print contradicts itself, so nothing is said of neutrality"
            continue
        said = "neutral" if neutral else f"{short:,.0f} t short of neutral"
        asked = f"{-pct:+.1f} %, at least {-least:+g} % asked for"
        yield f"{place}, printed plan {year}: {left:,.0f} t left ({asked}), {said}"


def _purchases(rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    """What was bought in the newest year of a ledger, what it emits, and how much of it is mapped."""
    for place, year, kronor, mapped, tonnes, is_stale, stands_in in rows:
        share = f"{mapped / kronor:.1%}" if kronor > 0 else "nothing"
        said = ", as an earlier run left it: the ledgers were refused" if is_stale else ""
        said += ", at the last known prices" if stands_in else ""
        yield f"{place}, purchases {year}: {kronor:,.0f} SEK, {tonnes or 0:,.0f} t CO2e, {share} mapped{said}"


def refusals(settings: Settings) -> list[str]:
    """Why ledgers were refused, a line each, as it is published."""
    with _opened(settings) as database:
        rows = database.execute("SELECT municipality_code, refusal FROM spend_refused ORDER BY 1, 2").fetchall()
    return [f"{code}: {refusal}" for code, refusal in rows]


def _remarked(remarks: list[tuple[str, str, str]]) -> "Iterator[RenderableType]":
    """The first remark of every check and how many more it has, so that one check cannot bury the others."""
    from rich.text import Text

    for (table_name, check), found in groupby(remarks, key=lambda remark: remark[:2]):
        first, *more = [message for _, _, message in found]
        said = f"; and {len(more)} more like it in the table data_quality" if more else ""
        yield Text(f"  {table_name} {check}: {first}{said}", style="yellow")


def whereabouts(settings: Settings) -> Iterator[str]:
    """Where the published tables are and how to look at the run."""
    with opened(settings) as database:
        publication = database.execute("SELECT publication_id FROM publication").fetchone()[0]
        tables = database.execute(
            "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name <> 'publication'"
        ).fetchone()[0]
    yield f"published {tables} tables as {publication}:"
    yield f"  SQLite   {settings.published_dir / 'klimat.sqlite'}"
    yield f"  Parquet  {settings.published_dir / 'parquet' / 'latest'}"
    if settings.database_url:
        yield "  PostgreSQL schema klimat"
    yield "open the UI: make ui (or klimat ui), then http://127.0.0.1:3000"


def comparison(settings: Settings, before: str, after: str) -> "RenderableType":
    """Why indicators differ between two publications that are still kept.

    Args:
        settings: where the publications lie.
        before: earlier publication id.
        after: later publication id, or ``latest``.

    Raises:
        ConfigurationError: one of them is not kept.
    """
    from rich import box
    from rich.table import Table

    from klimat_pipeline.indicators.changes import compare_publications

    frame = compare_publications(_publication(settings, before), _publication(settings, after))
    changed = frame[frame["part"].notna() & (frame["part"] != 0)]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=f"{before} to {after}", title_justify="left")
    for name in ("municipality", "target", "measure", "cause", "part", "from", "to"):
        table.add_column(name, justify="right" if name in ("part", "from", "to") else "left", no_wrap=True)
    for row in changed.itertuples(index=False):
        table.add_row(
            row.municipality_code,
            row.target_id,
            row.measure,
            row.cause,
            f"{row.part:+,.3f}",
            number(row.value_from, "{:,.3f}"),
            number(row.value_to, "{:,.3f}"),
        )
    return table if len(changed) else "no indicator differs"


def _publication(settings: Settings, name: str) -> dict[str, Any]:
    """Tables of a kept publication, as its Parquet files hold them."""
    import pyarrow.parquet as pq

    from klimat_pipeline.contracts.arrow import to_pandas
    from klimat_pipeline.errors import ConfigurationError

    root = settings.published_dir / "parquet"
    kept = sorted(path.name for path in root.glob("*") if path.is_dir())
    if name not in kept:
        raise ConfigurationError(f"no publication {name!r} is kept; there are {', '.join(kept) or 'none'}.")
    wanted = ("sector_indicators", "emissions", "targets", "releases")
    return {table: to_pandas(pq.read_table(root / name / f"{table}.parquet")) for table in wanted}


def status_text(status: str) -> Any:
    """The status of a target in its colour."""
    from rich.text import Text

    return Text(status, style=_STYLES.get(status, ""))


def opened(settings: Settings) -> Any:
    """The published SQLite file, for reading."""
    from contextlib import closing

    path = settings.published_dir / "klimat.sqlite"
    return closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True))


def number(value: Any, form: str) -> str:
    """A figure in a form; nothing where there is none."""
    return "" if value is None else form.format(value)
