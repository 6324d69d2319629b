"""Reference series that are fetched beside the emissions: where their answers lie, and which of them a run reads.

Each series has an archive of its own below ``data/snapshots``; a series is asked for in parts (a table, a currency),
and of each part the newest answer counts. What does not belong here: asking for one (``scb``, ``riksbank_rates``), and
what is asked for and read (``operations.series_intake``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from klimat_pipeline.errors import SourceError
from klimat_pipeline.input_items import Item
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.archive import Archive, Snapshot

PRICES, RATES, POPULATION = SERIES = ("prices", "rates", "population")
SUFFIX = ".json"
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer as it was received."""

    content: bytes
    url: str
    retrieved_at: datetime


def by_hand(series: str) -> str:
    """What to do where the source does not answer."""
    return f"Try again later, or add an answer by hand: klimat {series} add PART FILE."


def answered(content: bytes, name: str, series: str, *, content_type: str | None = None) -> Any:
    """The answer as JSON.

    Raises:
        SourceError: it is empty, or something else, such as an error page with status 200.
    """
    import json

    if not content:
        raise SourceError(f"{name}: it is empty (0 bytes). {by_hand(series)}")
    said = f" of type {content_type}" if content_type else ""
    try:
        # The services may set a byte order mark before their JSON.
        return json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        text = content[:400].decode("utf-8", "replace")
        start = "".join(c if c.isprintable() else " " for c in text).strip()[:_SHOWN]
        raise SourceError(
            f"{name}: it is no JSON but something else{said}, beginning with {start!r}. {by_hand(series)}"
        ) from None


def series_archive(settings: Settings, series: str) -> Archive:
    """The archive of a series' answers."""
    return Archive(settings.embedded_series_dir(series), settings.series_dir(series), SUFFIX)


def newest(settings: Settings, series: str) -> Mapping[str, Snapshot]:
    """The newest snapshot of every part, by part: a run reads no other."""
    # They are sorted by part and age.
    return {snapshot.substance: snapshot for snapshot in series_archive(settings, series).snapshots()}


def inputs(settings: Settings) -> list[Item]:
    """The answers that a run reads."""
    return [snapshot.item for series in SERIES for snapshot in newest(settings, series).values()]
