"""The Riksbank's exchange rates (SWEA): annual means of a currency, one series at a time.

``<address>/ObservationAggregates/SEKEURPMI/Y/1994-01-01`` answers in JSON, a row a year. What does not belong here:
reading the values of an answer (``raw.riksbank_rates``). The service is open and allows a few questions a second:
https://developer.api.riksbank.se/
"""

from datetime import UTC, datetime
from typing import Any

from klimat_pipeline.errors import SourceError
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.http import download, redacted
from klimat_pipeline.sources.series import RATES, Fetched, answered, by_hand

SOURCE_ID = "riksbank"
#: The series begin in the nineties; years before a series begins are simply not in the answer.
_FROM = "1994-01-01"


def fetch(currency: str, settings: Settings) -> Fetched:
    """Ask for a currency's annual means.

    Args:
        currency: ISO code.
        settings: address and limits.

    Raises:
        SourceError: no usable answer, or one that is no list of years.
    """
    url = f"{settings.riksbank_url.rstrip('/')}/ObservationAggregates/SEK{currency}PMI/Y/{_FROM}"
    answer = download(url, settings, by_hand=by_hand(RATES))
    shown = redacted(url)
    assert answer is not None  # noqa: S101 - without validators there is no "not modified"
    rows(answer.content, f"answer of {shown}")
    return Fetched(answer.content, shown, datetime.now(UTC))


def rows(content: bytes, name: str) -> list[dict[str, Any]]:
    """The answer as a list of years.

    Raises:
        SourceError: it is something else.
    """
    found = answered(content, name, RATES)
    if not isinstance(found, list) or not found or not all(isinstance(row, dict) for row in found):
        raise SourceError(f"{name}: it is JSON, but no list of years. {by_hand(RATES)}")
    return found
