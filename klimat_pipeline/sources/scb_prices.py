"""SCB's statistical database (PxWeb): price indices, month by month, one table at a time.

Both versions of the service are supported; the path of a table in ``data/reference/price_tables.csv`` says which:
version 1 (a path of folders; the question is posted) or version 2 (``TAB6596``; the question is in the address). Both
answer in JSON-stat 2. What does not belong here: reading the values of an answer (``raw.scb_prices``).
Version 1: https://www.scb.se/vara-tjanster/oppna-data/pxwebapi/, version 2: PxApi 2.0 of the same service; at most 30
questions in 10 seconds, and 150,000 values an answer.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from klimat_pipeline.errors import SourceError
from klimat_pipeline.input_items import Item
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.archive import Archive, Snapshot
from klimat_pipeline.sources.http import download, redacted

SOURCE_ID = "scb"
SUFFIX = ".json"
#: All codes of a variable.
EVERYTHING = "*"
CONTENTS, TIME = "ContentsCode", "Tid"
_VERSION_2 = re.compile(r"TAB\d+")
_BY_HAND = "Try again later, or add an answer in JSON-stat 2 by hand: klimat prices add TABLE FILE."
#: What a dataset in JSON-stat 2 always has.
_MEMBERS = ("id", "size", "dimension", "value")
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class PriceTable:
    """A table of the database, and which part of it is asked for.

    Attributes:
        table_id: our name for it.
        path: folders and table in version 1, number of the table in version 2.
        group_variable: variable of the product groups.
        group_codes: codes of the groups, separated by spaces, or ``*`` for all.
        contents_code: which of the table's figures.
        unit: unit that the answer has to state.
        source: its name in the column ``source`` of our tables.
    """

    table_id: str
    path: str
    group_variable: str
    group_codes: str
    contents_code: str
    unit: str
    source: str

    @property
    def groups(self) -> tuple[str, ...]:
        """Codes that are asked for."""
        return tuple(self.group_codes.split())


@dataclass(frozen=True, slots=True)
class FetchedPrices:
    """An answer as it was received."""

    content: bytes
    url: str
    retrieved_at: datetime


def fetch(table: PriceTable, settings: Settings) -> FetchedPrices:
    """Ask for a table's indices, all months of them.

    Args:
        table: what is asked for.
        settings: address and limits.

    Raises:
        SourceError: no usable answer, or an answer that is no dataset (an error page with status 200).
    """
    base = settings.scb_url_v2 if _VERSION_2.fullmatch(table.path) else settings.scb_url
    url = f"{base.rstrip('/')}/{table.path}"
    if _VERSION_2.fullmatch(table.path):
        url = f"{url}/data"
        answer = download(url, settings, params=parameters(table), by_hand=_BY_HAND)
    else:
        answer = download(url, settings, question=question(table), by_hand=_BY_HAND)
    shown = redacted(url)
    assert answer is not None  # noqa: S101 - without validators there is no "not modified"
    dataset(answer.content, f"answer of {shown}", content_type=answer.content_type)
    return FetchedPrices(answer.content, shown, datetime.now(UTC))


def question(table: PriceTable) -> bytes:
    """The question for version 1."""
    groups = (
        {"filter": "all", "values": [EVERYTHING]}
        if table.groups == (EVERYTHING,)
        else {"filter": "item", "values": list(table.groups)}
    )
    asked = {
        "query": [
            {"code": table.group_variable, "selection": groups},
            {"code": CONTENTS, "selection": {"filter": "item", "values": [table.contents_code]}},
            {"code": TIME, "selection": {"filter": "all", "values": [EVERYTHING]}},
        ],
        "response": {"format": "json-stat2"},
    }
    return json.dumps(asked).encode()


def parameters(table: PriceTable) -> dict[str, str]:
    """The question for version 2."""
    return {
        "lang": "sv",
        "outputFormat": "json-stat2",
        f"valueCodes[{table.group_variable}]": ",".join(table.groups),
        f"valueCodes[{CONTENTS}]": table.contents_code,
        f"valueCodes[{TIME}]": EVERYTHING,
    }


def dataset(content: bytes, name: str, *, content_type: str | None = None) -> dict[str, Any]:
    """The answer as JSON-stat 2.

    Args:
        content: the file.
        name: its name, for messages.
        content_type: what a server said it is.

    Raises:
        SourceError: it is empty, no JSON, or no dataset.
    """
    if not content:
        raise SourceError(f"{name}: it is empty (0 bytes). {_BY_HAND}")
    said = f" of type {content_type}" if content_type else ""
    try:
        # The service sets a byte order mark before its JSON.
        found = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        text = content[:400].decode("utf-8", "replace")
        start = "".join(c if c.isprintable() else " " for c in text).strip()[:_SHOWN]
        raise SourceError(
            f"{name}: it is no JSON but something else{said}, beginning with {start!r}; expected JSON-stat 2. "
            f"{_BY_HAND}"
        ) from None
    lacking = [member for member in _MEMBERS if not isinstance(found, dict) or member not in found]
    if lacking or found.get("class") != "dataset":
        raise SourceError(
            f"{name}: it is JSON, but no dataset in JSON-stat 2 (without {', '.join(lacking) or 'class dataset'}). Is "
            f"the table's path in data/reference/price_tables.csv right? {_BY_HAND}"
        )
    return dict(found)


def price_archive(settings: Settings) -> Archive:
    """The archive of answers; the workbooks of emissions have another one."""
    return Archive(settings.embedded_prices_dir, settings.prices_dir, SUFFIX)


def newest_prices(settings: Settings) -> list[Snapshot]:
    """The newest snapshot of every table: a run reads no other."""
    newest: dict[str, Snapshot] = {}
    for snapshot in price_archive(settings).snapshots():  # sorted by table and age
        newest[snapshot.substance] = snapshot
    return list(newest.values())


def inputs(settings: Settings) -> list[Item]:
    """The answers that a run reads."""
    return [snapshot.item for snapshot in newest_prices(settings)]
