"""SCB's statistical database (PxWeb): one table at a time, all its times.

``data/reference/scb_tables.csv`` says which tables, and which series each is a part of. Both versions of the service
are supported; the path of a table says which: version 1 (a path of folders; the question is posted) or version 2
(``TAB6596``; the question is in the address). Both answer in JSON-stat 2; variables that are not asked for are summed
by the service. What does not belong here: reading the values of an answer (``raw.scb``).
Version 1: https://www.scb.se/vara-tjanster/oppna-data/pxwebapi/, version 2: PxApi 2.0 of the same service; at most 30
questions in 10 seconds, and 150,000 values an answer.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from klimat_pipeline.configuration.csv_file import CsvColumn, read_csv
from klimat_pipeline.contracts.columns.kinds import IDENTIFIER
from klimat_pipeline.errors import SourceError
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.http import download, redacted
from klimat_pipeline.sources.series import POPULATION, PRICES, Fetched, answered, by_hand

SOURCE_ID = "scb"
TABLES_FILE = "data/reference/scb_tables.csv"
#: All codes of a variable.
EVERYTHING = "*"
CONTENTS, TIME = "ContentsCode", "Tid"
_VERSION_2 = re.compile(r"TAB\d+")
#: What a dataset in JSON-stat 2 always has.
_MEMBERS = ("id", "size", "dimension", "value")
_COLUMNS = (
    CsvColumn("series", allowed=(PRICES, POPULATION)),
    CsvColumn("table_id", pattern=IDENTIFIER),
    CsvColumn("path", pattern=r"TAB\d+|[A-Za-z0-9_]+(/[A-Za-z0-9_]+)*"),
    CsvColumn("group_variable", pattern=r"[A-Za-z0-9]+"),
    CsvColumn("group_codes", pattern=r"\*|[A-Za-z0-9.-]+( [A-Za-z0-9.-]+)*"),
    CsvColumn("contents_code", pattern=r"[A-Za-z0-9]+"),
    CsvColumn("unit"),
    CsvColumn("source"),
)


@dataclass(frozen=True, slots=True)
class ScbTable:
    """A table of the database, and which part of it is asked for.

    Attributes:
        table_id: our name for it.
        path: folders and table in version 1, number of the table in version 2.
        group_variable: variable of the groups: of products, or regions.
        group_codes: codes of the groups, separated by spaces, or ``*`` for all.
        contents_code: which of the table's figures.
        unit: unit that the answer has to state; several spellings are separated by ``|``.
        source: its name in the column ``source`` of our tables.
        series: what it is a part of.
    """

    table_id: str
    path: str
    group_variable: str
    group_codes: str
    contents_code: str
    unit: str
    source: str
    series: str = PRICES

    @property
    def groups(self) -> tuple[str, ...]:
        """Codes that are asked for."""
        return tuple(self.group_codes.split())

    @property
    def units(self) -> tuple[str, ...]:
        """Spellings of the unit."""
        return tuple(self.unit.casefold().split("|"))


def scb_tables(reference_dir: Path, series: str) -> dict[str, ScbTable]:
    """The tables that a series is made from, by our name of them.

    Raises:
        ProblemsError: the file is malformed.
    """
    rows = read_csv(reference_dir / "scb_tables.csv", columns=_COLUMNS, base=reference_dir, key=("table_id",))
    return {row["table_id"]: ScbTable(**row) for row in rows if row["series"] == series}


def fetch(table: ScbTable, settings: Settings) -> Fetched:
    """Ask for a table's figures, all times of them.

    Args:
        table: what is asked for.
        settings: address and limits.

    Raises:
        SourceError: no usable answer, or an answer that is no dataset (an error page with status 200).
    """
    base = settings.scb_url_v2 if _VERSION_2.fullmatch(table.path) else settings.scb_url
    url, otherwise = f"{base.rstrip('/')}/{table.path}", by_hand(table.series)
    if _VERSION_2.fullmatch(table.path):
        url = f"{url}/data"
        answer = download(url, settings, params=parameters(table), by_hand=otherwise)
    else:
        answer = download(url, settings, question=question(table), by_hand=otherwise)
    shown = redacted(url)
    assert answer is not None  # noqa: S101 - without validators there is no "not modified"
    dataset(answer.content, f"answer of {shown}", table.series, content_type=answer.content_type)
    return Fetched(answer.content, shown, datetime.now(UTC))


def question(table: ScbTable) -> bytes:
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


def parameters(table: ScbTable) -> dict[str, str]:
    """The question for version 2."""
    return {
        "lang": "sv",
        "outputFormat": "json-stat2",
        f"valueCodes[{table.group_variable}]": ",".join(table.groups),
        f"valueCodes[{CONTENTS}]": table.contents_code,
        f"valueCodes[{TIME}]": EVERYTHING,
    }


def dataset(content: bytes, name: str, series: str, *, content_type: str | None = None) -> dict[str, Any]:
    """The answer as JSON-stat 2.

    Args:
        content: the file.
        name: its name, for messages.
        series: what it is a part of, for messages.
        content_type: what a server said it is.

    Raises:
        SourceError: it is empty, no JSON, or no dataset.
    """
    found = answered(content, name, series, content_type=content_type)
    lacking = [member for member in _MEMBERS if not isinstance(found, dict) or member not in found]
    if lacking or found.get("class") != "dataset":
        raise SourceError(
            f"{name}: it is JSON, but no dataset in JSON-stat 2 (without {', '.join(lacking) or 'class dataset'}). Is "
            f"the table's path in {TABLES_FILE} right? {by_hand(series)}"
        )
    return dict(found)
