"""How reference series get into the archive: prices, exchange rates, residents; fetched, or added by hand.

One door for all: a series says what it is asked for, how an answer is fetched and read, and what counts without one;
nothing else differs. An answer is read before it is kept. A source that does not answer stops nothing: the last
snapshot or the shipped table stays in use, and the log says which. The emissions have a door of their own (``intake``),
since they are compared with what is known.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from klimat_pipeline.errors import ConfigurationError, SourceError
from klimat_pipeline.operations.intake import Taken, read_given
from klimat_pipeline.raw.riksbank_rates import read_rates
from klimat_pipeline.raw.scb import Prices, read_prices, read_residents
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources import riksbank_rates, scb
from klimat_pipeline.sources.series import POPULATION, PRICES, RATES, SUFFIX, Fetched, newest, series_archive
from klimat_pipeline.sources.state import record_check
from klimat_pipeline.spend.footprint.mappings import SpendReference, load_spend_reference
from klimat_pipeline.spend.ledger.rates import shipped_rates

Log = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer says of itself: the day that it is of, if any, and what a person should know."""

    day: str | None
    remarks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """A reference series.

    Attributes:
        source_id: who publishes it.
        part: what it is asked for one by one, in the singular.
        listed_in: the file that lists the parts.
        instead: the shipped table that counts where nothing was fetched.
        parts: of it, in the order in which they are asked for.
        fetch: asks for a part.
        read: reads an answer, from the settings, the part, the content and the name of the file.
    """

    source_id: str
    part: str
    listed_in: str
    instead: str
    parts: Callable[[Settings], Sequence[str]]
    fetch: Callable[[Settings, str], Fetched]
    read: Callable[[Settings, str, bytes, str], Answer]


def _of_scb(series: str, instead: str, read: Callable[[Settings, scb.ScbTable, bytes, str], Answer]) -> Series:
    def tables(settings: Settings) -> dict[str, scb.ScbTable]:
        return scb.scb_tables(settings.reference_dir, series)

    return Series(
        source_id=scb.SOURCE_ID,
        part="table",
        listed_in=scb.TABLES_FILE,
        instead=instead,
        parts=lambda settings: tuple(tables(settings)),
        fetch=lambda settings, part: scb.fetch(tables(settings)[part], settings),
        read=lambda settings, part, content, name: read(settings, tables(settings)[part], content, name),
    )


def _prices(settings: Settings, table: scb.ScbTable, content: bytes, name: str) -> Answer:
    prices = read_prices(content, name, table)
    return Answer(prices.updated_on, without_series(load_spend_reference(settings.reference_dir), table, prices))


def _residents(_: Settings, table: scb.ScbTable, content: bytes, name: str) -> Answer:
    updated_on, residents = read_residents(content, name, table)
    years = sorted({year for own in residents.values() for year in own})
    return Answer(updated_on, [f"{table.table_id}: {len(residents)} regions, {years[0]}-{years[-1]}"])


def _rates(settings: Settings, currency: str, content: bytes, name: str) -> Answer:
    years = read_rates(content, name, currency, shipped_rates(settings.reference_dir).by_year(currency))
    return Answer(f"{max(years)}-12-31")


_RATES = "data/reference/exchange_rates.csv"
SERIES: Mapping[str, Series] = {
    PRICES: _of_scb(PRICES, "data/reference/price_index.csv", _prices),
    RATES: Series(
        source_id=riksbank_rates.SOURCE_ID,
        part="currency",
        listed_in=_RATES,
        instead=_RATES,
        parts=lambda settings: shipped_rates(settings.reference_dir).currencies,
        fetch=lambda settings, part: riksbank_rates.fetch(part, settings),
        read=_rates,
    ),
    POPULATION: _of_scb(POPULATION, "data/reference/population.csv", _residents),
}


def fetch_series(settings: Settings, name: str, *, log: Log = lambda _: None) -> list[Taken]:
    """Ask the source of a series for all its parts.

    Returns:
        Snapshots of the parts that it answered for.

    Raises:
        SourceError: a part was not answered and has no earlier snapshot.
        SnapshotError: the archive cannot take it.
    """
    series, folder = SERIES[name], settings.series_dir(name)
    taken: list[Taken] = []
    failed: list[str] = []
    for part in series.parts(settings):
        log(f"asking for {part}")
        try:
            answer = series.fetch(settings, part)
            file = f"{answer.retrieved_at:%Y%m%dT%H%M%SZ}-{part}{SUFFIX}"
            said = series.read(settings, part, answer.content, file)
        except SourceError as error:
            state = record_check(folder, part, error=str(error))
            if part in newest(settings, name):
                log(f"{part}: {error}")
                log(f"{part}: going on with the last snapshot; silent for {state.silent_days or 0} days")
            else:
                failed.append(str(error))
            continue
        found = _keep(settings, name, part, said, answer.content, file, answer.retrieved_at, answer.url)
        record_check(folder, part, sha256=found.snapshot.sha256)
        log(f"{part}: {'new' if found.is_new else 'known'} snapshot {found.snapshot.release_id}")
        for line in said.remarks:
            log(line)
        taken.append(found)
    if failed:
        raise SourceError("\n".join(failed) + f"\nThe shipped table {series.instead} stays in use.")
    return taken


def refresh_series(settings: Settings, *, log: Log = lambda _: None) -> list[Taken]:
    """Ask for all series before a live refresh: a source that does not answer stops nothing.

    Returns:
        Snapshots of the parts that were answered; none where ``live_prices`` is off.

    Raises:
        SnapshotError: the archive cannot take an answer.
    """
    taken: list[Taken] = []
    for name in SERIES if settings.live_prices else ():
        try:
            taken += fetch_series(settings, name, log=log)
        except SourceError as error:  # what was answered is in the archive all the same
            log(str(error))
    return taken


def add_to_series(settings: Settings, name: str, part: str, path: Path) -> Taken:
    """Take an answer that somebody saved by hand.

    Args:
        settings: where the archive is.
        name: of the series.
        part: what the answer is of.
        path: the file.

    Raises:
        ConfigurationError: there is no such part.
        SnapshotError: the file cannot be read, or is too large.
        SourceError: it is not what the part is said to be.
    """
    series = SERIES[name]
    known = series.parts(settings)
    if part not in known:
        raise ConfigurationError(
            f"{part}: no such {series.part}; {series.listed_in} has {', '.join(sorted(known))} of {name}."
        )
    content = read_given(settings, path, "an answer of the source")
    said = series.read(settings, part, content, path.name)
    return _keep(settings, name, part, said, content, path.name, datetime.now(UTC), None)


def without_series(reference: SpendReference, table: scb.ScbTable, prices: Prices) -> list[str]:
    """One line for every price group that the answer does not have."""
    mine = reference.price_groups[reference.price_groups["table_id"] == table.table_id]
    return [
        f"{table.table_id}: no group {row.group_code} for {row.price_group} of {row.index_id}: missing_index in "
        "spend.yaml decides what happens"
        for row in mine.itertuples()
        if row.group_code not in prices.months
    ]


def _keep(
    settings: Settings, name: str, part: str, said: Answer, content: bytes, file: str, at: datetime, url: str | None
) -> Taken:
    snapshot, is_new = series_archive(settings, name).add(
        content,
        source_id=SERIES[name].source_id,
        substance=part,
        report_date=said.day,
        retrieved_at=at,
        file_name=file,
        url=url,
    )
    return Taken(snapshot, is_new)
