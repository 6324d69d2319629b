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

#: Municipalities with targets of their own; where so few are published that they stand side by side, others too.
_LATEST = """
SELECT municipality_name, target_id, year, emissions_t_co2e, baseline_year, change_pct, target_pct,
       gap_t_co2e, status, release_id
FROM sector_indicators JOIN municipalities USING (municipality_code)
WHERE is_headline = 1 AND is_latest_year = 1 AND (target_kind = 'contract' OR (
    (SELECT count(DISTINCT municipality_code) FROM sector_indicators) <= :side_by_side
    AND municipality_code NOT IN (SELECT municipality_code FROM sector_indicators WHERE target_kind = 'contract')))
ORDER BY municipality_name, target_id <> 'total', emissions_t_co2e IS NULL, target_id
"""
#: How likely the total target is, by municipality and release: on trend, and with all actions where there are some.
_AHEAD = """
SELECT municipality_name, release_id, target_year, target_t_co2e, scenario,
       probability_low_fraction, probability_high_fraction, required_t_co2e_per_year
FROM target_probability JOIN municipalities USING (municipality_code)
WHERE target_id = 'total' AND is_headline = 1 AND (scenario = 'business_as_usual' OR scenario = 'with_actions'
      AND municipality_code IN (SELECT municipality_code FROM climate_actions
                                WHERE effect_t_per_year IS NOT NULL AND action_status <> 'completed'))
ORDER BY 1, 2, scenario <> 'business_as_usual', scenario
"""
_PLANS = """
SELECT municipality_name, year, residual_t, reduction_pct, min_reduction_pct, shortfall_t, is_neutral, note
FROM neutrality_balance JOIN municipalities USING (municipality_code)
WHERE neutrality_basis = 'plan'
ORDER BY 1, 2
"""
#: The nation's total in a release that municipalities are compared in: its first year and its last, and their median.
_COUNTRY = """
WITH nation AS (SELECT release_id, year, emissions_reported_t_co2e AS emissions_t_co2e FROM area_totals
                WHERE area_level = 'nation' AND sector_code = 'total')
SELECT n.release_id, min(n.year), (SELECT f.emissions_t_co2e FROM nation f WHERE f.release_id = n.release_id
       ORDER BY f.year LIMIT 1), max(n.year), (SELECT l.emissions_t_co2e FROM nation l
       WHERE l.release_id = n.release_id ORDER BY l.year DESC LIMIT 1), c.compared, c.median_value
FROM nation n JOIN (
    SELECT DISTINCT release_id, compared, median_value FROM municipality_comparison
    WHERE is_headline = 1 AND target_id = 'total' AND indicator = 'change_since_baseline') c USING (release_id)
GROUP BY n.release_id
"""
#: The gravest first, then by how near the table is to what is read: results before what they are made from.
_REMARKS = """
SELECT check_name, message FROM data_quality WHERE outcome = 'failed'
ORDER BY severity <> 'ERROR', CASE substr(table_name, 1, instr(table_name, '/') - 1)
         WHEN 'indicators' THEN 1 WHEN 'scenarios' THEN 2 WHEN 'inventory' THEN 3 WHEN 'corrected' THEN 4
         WHEN 'spend' THEN 5 ELSE 6 END, table_name, check_name, message
"""
_REMARKS_SHOWN = 5
#: Municipalities whose targets stand side by side; of more only their totals are shown.
_SIDE_BY_SIDE = 2
_AHEAD_LINES = 4
#: Purchases of the newest year of every municipality with a ledger; the invented example stands in no list of names.
_PURCHASES = """
SELECT coalesce(municipality_name, municipality_code), year, sum(spend_sek), sum(mapped_sek), sum(footprint_t_co2e),
       max(is_stale), max(price_basis = 'stands_in')
FROM spend_by_category LEFT JOIN municipalities USING (municipality_code)
WHERE (municipality_code, year) IN (SELECT municipality_code, max(year) FROM spend_by_category GROUP BY 1)
GROUP BY municipality_code ORDER BY 1
"""
_SCENARIO_WORDS = {
    "business_as_usual": "on trend",
    "with_actions": "with all actions",
}
_STYLES = {"reached": "green", "on_track": "green", "behind": "red", "no_data": "dim"}


def closing_table(settings: Settings) -> "RenderableType":
    """What fits a terminal of 24 lines: the municipalities with a folder, the country, and what matters most of the
    checks.
    """
    from rich.console import Group
    from rich.text import Text

    with opened(settings) as database:
        rows = database.execute(_LATEST, {"side_by_side": _SIDE_BY_SIDE}).fetchall()
        ahead = [*_chances(database.execute(_AHEAD)), *_balances(database.execute(_PLANS))]
        bought = list(_purchases(database.execute(_PURCHASES)))
        country = list(_country(database))
        remarks = database.execute(_REMARKS).fetchall()
        counts = dict(database.execute("SELECT outcome, count(*) FROM data_quality GROUP BY 1").fetchall())
    places = [place for place, _ in groupby(rows, key=lambda row: row[0])]
    table = _side_by_side(rows, places) if len(places) <= _SIDE_BY_SIDE else _totals(rows)
    checks = Text(
        f"checks: {counts.get('passed', 0)} passed, {counts.get('failed', 0)} remarks, "
        f"{counts.get('not_applicable', 0)} not applicable (klimat checks)"
    )
    cut = (Text(line, no_wrap=True, overflow="ellipsis") for line in (*bought, *country))
    return Group(table, *map(Text, _first_of(ahead)), *cut, checks, *_remarked(remarks))


def _first_of(ahead: list[str]) -> list[str]:
    """What fits of what is ahead; the last line says how much does not."""
    if len(ahead) <= _AHEAD_LINES:
        return ahead
    shown = ahead[: _AHEAD_LINES - 1]
    return [*shown, f"and {len(ahead) - len(shown)} more in target_probability and neutrality_balance"]


def _grid(*headings: str) -> Any:
    """A table without lines around it, which costs a line a row: it has to fit 80 columns, a terminal's or a log's."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for number, heading in enumerate(headings):
        table.add_column(
            heading,
            no_wrap=True,
            justify="right" if number else "left",
            max_width=None if number else 13,
            overflow="ellipsis",
        )
    return table


def _side_by_side(rows: list[tuple[Any, ...]], places: list[str]) -> Any:
    """One row a target with a figure; of every municipality tonnes, change and goal since its baseline, status."""
    found = {(place, target): row for place, target, *row in rows if row[1] is not None}
    targets = dict.fromkeys(target for _, target in found)
    headings = [name for place in places for name in (f"{place}, t", "change", "goal", "status")]
    table = _grid("target", *headings)
    for target in targets:
        cells: list[Any] = []
        for place in places:
            if (place, target) not in found:
                cells += [""] * 4
                continue
            year, tonnes, base, change, goal, _, status, _ = found[place, target]
            since = f"{number(change, '{:+.1f} %')} {base}-{year}"
            cells += [number(tonnes, "{:,.0f}"), since, number(goal, "{:+.0f} %"), status_text(status)]
        table.add_row(target, *cells)
    return table


def _totals(rows: list[tuple[Any, ...]]) -> Any:
    """One row a municipality: its total."""
    table = _grid("municipality", "year", "t CO2e", "change", "since", "goal", "status")
    for place, target, year, tonnes, base, change, goal, _, status, _ in rows:
        if target == "total" and tonnes is not None:
            table.add_row(
                place,
                str(year),
                number(tonnes, "{:,.0f}"),
                number(change, "{:+.1f} %"),
                number(base, "{}"),
                number(goal, "{:+.0f} %"),
                status_text(status),
            )
    return table


def _country(database: sqlite3.Connection) -> Iterator[str]:
    """The nation beside what municipalities have done: a line a release that is compared."""
    for release, first, then, last, now, count, median in database.execute(_COUNTRY):
        change = f"{(now / then - 1) * 100:+.1f} % since {first}" if then else f"{first}: nothing"
        middle = f"; {count} municipalities, median {median:+.1f} %" if count > 1 else ""
        yield f"Sweden {last}, {release}: {now:,.0f} t CO2e, {change}{middle} (klimat show NAME)"


def _chances(rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    """How likely the total target is in every scenario, one line per municipality and release."""
    from klimat_pipeline.scenarios.target_probability import of_100

    for (place, _, year, goal), found in groupby(rows, key=lambda row: row[:4]):
        scenarios, said = list(found), []
        for *_, scenario, low, high, _pace in scenarios:
            chance = "no figure" if low is None else f"in {of_100(low, high)}"
            said.append(f"{chance.replace('fewer than ', '<').replace('more than ', '>')} {_SCENARIO_WORDS[scenario]}")
        chances = ", ".join(said).replace(" on trend", " of 100 futures on trend")
        yield f"{place}: {goal:,.0f} t in {year} takes {scenarios[0][-1]:+,.0f} t a year; met {chances}"


def _balances(rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    """What the printed plan leaves, and what is missing to neutrality."""
    for place, year, left, pct, least, short, neutral, note in rows:
        if neutral is None:
            yield f"{place}, printed plan {year}: {note.partition(':')[0]}, so nothing is said of neutrality"
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
    with opened(settings) as database:
        rows = database.execute("SELECT municipality_code, refusal FROM spend_refused ORDER BY 1, 2").fetchall()
    return [f"{code}: {refusal}" for code, refusal in rows]


def _remarked(remarks: list[tuple[str, str]]) -> "Iterator[RenderableType]":
    """The first remark of the checks that matter most to who reads the results, a line each."""
    from rich.text import Text

    by_check = {check: next(found) for check, found in groupby(remarks, key=lambda remark: remark[0])}
    for check, message in list(by_check.values())[:_REMARKS_SHOWN]:
        yield Text(f"  {check}: {message}", style="yellow", no_wrap=True, overflow="ellipsis")


def whereabouts(settings: Settings) -> Iterator[str]:
    """Where the published tables are and how to look at the run."""
    with opened(settings) as database:
        publication = database.execute("SELECT publication_id FROM publication").fetchone()[0]
        tables = database.execute(
            "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name <> 'publication'"
        ).fetchone()[0]
    also = ", PostgreSQL schema klimat" if settings.database_url else ""
    yield f"published {tables} tables as {publication} in {settings.published_dir}: klimat.sqlite, parquet/latest{also}"
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

    from klimat_pipeline.indicators.indicator_change_explained import compare_publications

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
    """The status of a target in its colour; nothing where there is no target."""
    from rich.text import Text

    return Text("" if status == "no_target" else status, style=_STYLES.get(status, ""))


def opened(settings: Settings) -> Any:
    """The published SQLite file, for reading."""
    from contextlib import closing

    path = settings.published_dir / "klimat.sqlite"
    return closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True))


def number(value: Any, form: str) -> str:
    """A figure in a form; nothing where there is none."""
    return "" if value is None else form.format(value)
