"""Price indices that were fetched, in the place of those that the reference table carries.

The newest snapshot of a table replaces the shipped values of an index and group as a whole, never year by year: another
base would make nonsense of their ratio. The index of a year is the mean of its twelve months; a year that is not whole
has none. What does not belong here: fetching (``sources.scb``), form of an answer (``raw.scb``), and how
an index deflates (``spend_factors``).
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pandas as pd

from klimat_pipeline.configuration.spend_factors import SpendFactors
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.raw.scb import Month, read_prices
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.archive import Snapshot
from klimat_pipeline.sources.series import PRICES, newest, series_archive
from klimat_pipeline.spend.footprint.mappings import SpendReference, load_spend_reference
from klimat_pipeline.spend.footprint.spend_factors import factor_table
from klimat_pipeline.spend.ledger.rates import current_rates

_MONTHS = 12
_COLUMNS = ("index_id", "price_group", "year", "index_value", "source")


def current_reference(settings: Settings) -> SpendReference:
    """The reference tables, with the newest prices and rates.

    Raises:
        ProblemsError: a table is wrong.
        SnapshotError: a snapshot is missing or damaged.
        SourceError: a snapshot no longer fits ``scb_tables.csv``.
    """
    reference = replace(load_spend_reference(settings.reference_dir), rates=current_rates(settings))
    archive = series_archive(settings, PRICES)
    return with_prices(reference, ((found, archive.read(found)) for found in newest(settings, PRICES).values()))


def price_remarks(settings: Settings, chosen: SpendFactors, years: Iterable[int]) -> list[str]:
    """What stands in for an index or a rate of these years, or why they could not be valued; for a look beforehand."""
    try:
        used = factor_table(years, current_reference(settings), chosen)
    except ConfigurationError as error:
        return [f"a run could not value it: {problem}" for problem in error.problems]
    return [str(note) for note in dict.fromkeys(used["note"]) if note]


def with_prices(reference: SpendReference, answers: Iterable[tuple[Snapshot, bytes]]) -> SpendReference:
    """Replace shipped series by fetched ones.

    Args:
        reference: the reference tables.
        answers: at most one a table, with its bytes.

    Returns:
        The tables; every value of ``price_index`` says where it is from.
    """
    rows: list[dict[str, Any]] = []
    for snapshot, content in answers:
        table = reference.price_tables.get(snapshot.substance)
        if table is None:
            continue
        months = read_prices(content, snapshot.file_name, table).months
        said = f"{table.source}; {{group}}; mean of twelve months; snapshot {snapshot.release_id}"
        mine = reference.price_groups[reference.price_groups["table_id"] == table.table_id]
        for index_id, group, code in zip(mine["index_id"], mine["price_group"], mine["group_code"], strict=True):
            source = said.format(group=f"{table.group_variable} {code}")
            rows += [
                {"index_id": index_id, "price_group": group, "year": year, "index_value": value, "source": source}
                for year, value in annual_means(months.get(code, {})).items()
            ]
    if not rows:
        return reference
    fetched = pd.DataFrame(rows, columns=list(_COLUMNS))
    replaced = set(zip(fetched["index_id"], fetched["price_group"], strict=True))
    shipped = reference.price_index
    kept = [pair not in replaced for pair in zip(shipped["index_id"], shipped["price_group"], strict=True)]
    return replace(reference, price_index=pd.concat([shipped[kept], fetched], ignore_index=True))


def annual_means(months: dict[Month, float]) -> dict[int, float]:
    """Means of the years that have all twelve months, by year."""
    by_year: dict[int, list[float]] = {}
    for (year, _), value in sorted(months.items()):
        by_year.setdefault(year, []).append(value)
    return {year: sum(values) / _MONTHS for year, values in by_year.items() if len(values) == _MONTHS}
