"""How price indices enter: fetched or added by hand, read and held against what was asked for before the archive takes
them.

The stages ``sources``, ``raw`` and ``spend`` meet here, as those of the emissions do in ``operations.intake``. A source
that does not answer stops nothing: the last snapshot stays, or the shipped table does, and it is said which.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from klimat_pipeline.errors import ConfigurationError, SourceError
from klimat_pipeline.operations.intake import Taken, read_given
from klimat_pipeline.raw.scb_prices import Prices, read_prices
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.scb_prices import (
    SOURCE_ID,
    SUFFIX,
    PriceTable,
    fetch,
    newest_prices,
    price_archive,
)
from klimat_pipeline.sources.state import record_check
from klimat_pipeline.spend.footprint.mappings import SpendReference, load_spend_reference
from klimat_pipeline.spend.footprint.prices import price_tables

Log = Callable[[str], None]


def fetch_prices(settings: Settings, *, log: Log = lambda _: None) -> list[Taken]:
    """Ask the source for every table of ``klimat_pipeline.operations.price_intake.py.price_tables.csv``.

    Returns:
        Snapshots of the tables that it answered for.

    Raises:
        SourceError: a table came neither now nor before.
        SnapshotError: the archive cannot take it.
    """
    reference = load_spend_reference(settings.reference_dir)
    taken: list[Taken] = []
    failed: list[str] = []
    for table in price_tables(reference).values():
        log(f"asking for {table.table_id}: {table.path}")
        try:
            answer = fetch(table, settings)
            name = f"{answer.retrieved_at:%Y%m%dT%H%M%SZ}-{table.table_id}{SUFFIX}"
            prices = read_prices(answer.content, name, table)
        except SourceError as error:
            state = record_check(settings.prices_dir, table.table_id, error=str(error))
            if any(snapshot.substance == table.table_id for snapshot in newest_prices(settings)):
                log(f"{table.table_id}: {error}")
                log(f"{table.table_id}: going on with the last snapshot; silent for {state.silent_days or 0} days")
            else:
                failed.append(str(error))
            continue
        found = _keep(settings, table, prices, answer.content, name, answer.retrieved_at, answer.url)
        record_check(settings.prices_dir, table.table_id, sha256=found.snapshot.sha256)
        log(f"{table.table_id}: {'new' if found.is_new else 'known'} snapshot {found.snapshot.release_id}")
        for line in without_series(reference, table, prices):
            log(line)
        taken.append(found)
    if failed:
        raise SourceError("\n".join(failed) + "\nThe shipped table data/reference/price_index.csv stays in use.")
    return taken


def refresh_prices(settings: Settings, *, log: Log = lambda _: None) -> list[Taken]:
    """Ask for prices before a live refresh: a source that does not answer stops nothing.

    Returns:
        Snapshots of the tables that it answered for; none where ``live_prices`` is off.

    Raises:
        SnapshotError: the archive cannot take an answer.
    """
    if not settings.live_prices:
        return []
    try:
        return fetch_prices(settings, log=log)
    except SourceError as error:  # what was answered is in the archive all the same
        log(str(error))
        return []


def add_prices(settings: Settings, table_id: str, path: Path) -> Taken:
    """Take an answer that somebody saved by hand.

    Args:
        settings: where things lie.
        table_id: one of ``klimat_pipeline.operations.price_intake.py.price_tables.csv``.
        path: the file, JSON-stat 2.

    Raises:
        ConfigurationError: there is no such table.
        SnapshotError: the file cannot be read, or is too large.
        SourceError: it is not what the table is said to be.
    """
    tables = price_tables(load_spend_reference(settings.reference_dir))
    if table_id not in tables:
        raise ConfigurationError(
            f"{table_id}: no such table; data/reference/price_tables.csv has {', '.join(sorted(tables))}."
        )
    content = read_given(settings, path, "an answer of the source")
    prices = read_prices(content, path.name, tables[table_id])
    return _keep(settings, tables[table_id], prices, content, path.name, datetime.now(UTC), None)


def without_series(reference: SpendReference, table: PriceTable, prices: Prices) -> list[str]:
    """A line for every category whose group the answer does not have."""
    mine = reference.price_groups[reference.price_groups["table_id"] == table.table_id]
    return [
        f"{table.table_id}: no group {row.group_code} for {row.price_group} of {row.index_id}: missing_index in "
        "spend.yaml decides what happens"
        for row in mine.itertuples()
        if row.group_code not in prices.months
    ]


def _keep(
    settings: Settings, table: PriceTable, prices: Prices, content: bytes, name: str, at: datetime, url: str | None
) -> Taken:
    snapshot, is_new = price_archive(settings).add(
        content,
        source_id=SOURCE_ID,
        substance=table.table_id,
        report_date=prices.updated_on,
        retrieved_at=at,
        file_name=name,
        url=url,
    )
    return Taken(snapshot, is_new)
