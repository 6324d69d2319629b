"""The Riksbank's exchange rates (SWEA): annual means of a currency, one series at a time.

``<address>/ObservationAggregates/SEKEURPMI/Y/1994-01-01`` answers in JSON, a row a year. What does not belong here:
reading the values of an answer (``raw.riksbank_rates``). The service is open and allows a few questions a second:
https://developer.api.riksbank.se/
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from klimat_pipeline.errors import SourceError
from klimat_pipeline.input_items import Item
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.archive import Archive, Snapshot
from klimat_pipeline.sources.http import download, redacted

SOURCE_ID = "riksbank"
SUFFIX = ".json"
#: The series begin in the nineties; years before a series begins are simply not in the answer.
_FROM = "1994-01-01"
_BY_HAND = "Try again later, or add an answer by hand: klimat rates add CURRENCY FILE."
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class FetchedRates:
    """An answer as it was received."""

    content: bytes
    url: str
    retrieved_at: datetime


def fetch(currency: str, settings: Settings) -> FetchedRates:
    """Ask for a currency's annual means.

    Args:
        currency: ISO code.
        settings: address and limits.

    Raises:
        SourceError: no usable answer, or one that is no list of years.
    """
    url = f"{settings.riksbank_url.rstrip('/')}/ObservationAggregates/SEK{currency}PMI/Y/{_FROM}"
    answer = download(url, settings, by_hand=_BY_HAND)
    shown = redacted(url)
    assert answer is not None  # noqa: S101 - without validators there is no "not modified"
    rows(answer.content, f"answer of {shown}")
    return FetchedRates(answer.content, shown, datetime.now(UTC))


def rows(content: bytes, name: str) -> list[dict[str, Any]]:
    """The answer as a list of years.

    Raises:
        SourceError: it is something else, such as an error page with status 200.
    """
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        text = content[:400].decode("utf-8", "replace")
        start = "".join(c if c.isprintable() else " " for c in text).strip()[:_SHOWN]
        raise SourceError(f"{name}: it is no JSON; it begins with {start!r}. {_BY_HAND}") from None
    if not isinstance(found, list) or not found or not all(isinstance(row, dict) for row in found):
        raise SourceError(f"{name}: it is JSON, but no list of years. {_BY_HAND}")
    return found


def rate_archive(settings: Settings) -> Archive:
    """The archive of answers."""
    return Archive(settings.embedded_rates_dir, settings.rates_dir, SUFFIX)


def newest_rates(settings: Settings) -> list[Snapshot]:
    """The newest snapshot of every currency: a run reads no other."""
    return list({snapshot.substance: snapshot for snapshot in rate_archive(settings).snapshots()}.values())


def inputs(settings: Settings) -> list[Item]:
    """The answers that a run reads."""
    return [snapshot.item for snapshot in newest_rates(settings)]
