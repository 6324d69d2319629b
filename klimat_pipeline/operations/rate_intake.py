"""How exchange rates get into the archive: fetched or added by hand, then read and compared with what is known.

The stages ``sources``, ``raw`` and ``spend`` meet here, as in ``operations.price_intake``. A source that does not
answer stops nothing: the last snapshot or the shipped table stays in use, and the log says which.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from klimat_pipeline.errors import ConfigurationError, SourceError
from klimat_pipeline.operations.intake import Taken, read_given
from klimat_pipeline.raw.riksbank_rates import read_rates
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.riksbank_rates import SOURCE_ID, SUFFIX, fetch, newest_rates, rate_archive
from klimat_pipeline.sources.state import record_check
from klimat_pipeline.spend.ledger.rates import shipped_rates

Log = Callable[[str], None]


def fetch_rates(settings: Settings, *, log: Log = lambda _: None) -> list[Taken]:
    """Ask the Riksbank for every currency of ``data/reference/exchange_rates.csv``.

    Returns:
        Snapshots of the currencies that it answered for.

    Raises:
        SourceError: a currency was not answered and has no earlier snapshot.
        SnapshotError: the archive cannot take it.
    """
    taken: list[Taken] = []
    failed: list[str] = []
    for currency in shipped_rates(settings.reference_dir).currencies:
        log(f"asking for {currency}")
        try:
            answer = fetch(currency, settings)
            found = _keep(settings, currency, answer.content, f"{currency}{SUFFIX}", answer.retrieved_at, answer.url)
        except SourceError as error:
            state = record_check(settings.rates_dir, currency, error=str(error))
            if any(snapshot.substance == currency for snapshot in newest_rates(settings)):
                log(f"{currency}: {error}")
                log(f"{currency}: going on with the last snapshot; silent for {state.silent_days or 0} days")
            else:
                failed.append(str(error))
            continue
        record_check(settings.rates_dir, currency, sha256=found.snapshot.sha256)
        log(f"{currency}: {'new' if found.is_new else 'known'} snapshot {found.snapshot.release_id}")
        taken.append(found)
    if failed:
        raise SourceError("\n".join(failed) + "\nThe shipped table data/reference/exchange_rates.csv stays in use.")
    return taken


def refresh_rates(settings: Settings, *, log: Log = lambda _: None) -> list[Taken]:
    """Ask for rates before a live refresh: a source that does not answer stops nothing.

    Raises:
        SnapshotError: the archive cannot take an answer.
    """
    if not settings.live_prices:
        return []
    try:
        return fetch_rates(settings, log=log)
    except SourceError as error:  # what was answered is in the archive all the same
        log(str(error))
        return []


def add_rates(settings: Settings, currency: str, path: Path) -> Taken:
    """Take an answer that somebody saved by hand.

    Raises:
        ConfigurationError: the currency is none that the shipped table knows.
        SnapshotError: the file cannot be read, or is too large.
        SourceError: it is no answer of the source.
    """
    known = shipped_rates(settings.reference_dir).currencies
    if currency not in known:
        raise ConfigurationError(
            f"{currency}: data/reference/exchange_rates.csv has no such currency; it has {', '.join(known)}."
        )
    content = read_given(settings, path, "an answer of the source")
    return _keep(settings, currency, content, path.name, datetime.now(UTC), None)


def _keep(settings: Settings, currency: str, content: bytes, name: str, at: datetime, url: str | None) -> Taken:
    years = read_rates(content, name, currency, shipped_rates(settings.reference_dir).by_year(currency))
    snapshot, is_new = rate_archive(settings).add(
        content,
        source_id=SOURCE_ID,
        substance=currency,
        report_date=f"{max(years)}-12-31",
        retrieved_at=at,
        file_name=name,
        url=url,
    )
    return Taken(snapshot, is_new)
