"""Where every sector indicator comes from: the workbook cells that it sums.

A target sums whole sectors, so its cells are those of the main sectors. It is made in every run, so it works on whole
columns. What does not belong here: figures that are made from inventory lines (``provenance_lines``).
"""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from klimat_pipeline.contracts.tables.indicators import PROVENANCE


def sectors_traced(indicators: pd.DataFrame, emissions: pd.DataFrame) -> pd.DataFrame:
    """Where every sector indicator comes from.

    Args:
        indicators: ``indicators/sector_indicators``.
        emissions: ``clean/reported_emissions``.

    Returns:
        Rows of ``indicators/provenance``, one per indicator. Cells are in the order of the target's sectors; a target
        that national data cannot quantify has no cells, no sheet and no sum.
    """
    frame = indicators.reset_index(drop=True)
    cells = _Cells(emissions, frame)
    own, base = cells.of(frame["year"]), cells.of(frame["baseline_year"])
    tonnes = np.append(emissions["emissions_reported_t"].to_numpy(dtype=np.float64), 0.0)
    found = (own >= 0).any(axis=1)
    first = own[np.arange(len(frame)), (own >= 0).argmax(axis=1)] if own.shape[1] else np.full(len(frame), -1)
    columns: dict[str, Any] = {
        "table_name": "sector_indicators",
        **{name: frame[name] for name in ("municipality_code", "release_id", "year", "correction_ids")},
        "indicator_id": frame["target_id"],
        "local_rows": "",
        "sheet": _taken(cells.sheets, first),
        "source_cells": cells.joined(own),
        "baseline_cells": cells.joined(base),
        # Index -1 (no cell) is the zero at the end.
        "source_sum_t": np.where(found, tonnes[own].sum(axis=1), np.nan),
    }
    return pd.DataFrame({name: columns[name] for name in PROVENANCE.column_names})


class _Cells:
    """Rows of the emissions table by release, municipality, sector and year, and the addresses of their cells."""

    def __init__(self, emissions: pd.DataFrame, indicators: pd.DataFrame) -> None:
        self._places, place, self._place_of = _pairs(emissions, indicators)
        self._sectors = pd.Index(emissions["sector_code"].unique())
        years = emissions["year"].to_numpy(dtype=np.int64)
        self._first_year = int(years.min()) if len(years) else 0
        self._span = int(years.max()) - self._first_year + 1 if len(years) else 1
        sector = self._sectors.get_indexer(emissions["sector_code"])
        # A lookup table of all combinations: a few hundred thousand numbers, and no search.
        self._row_at = np.full(self._places * max(len(self._sectors), 1) * self._span, -1, dtype=np.int64)
        self._row_at[self._address(place, sector, years - self._first_year)] = np.arange(len(emissions))
        self._targets, texts = pd.factorize(indicators["sector_codes"].fillna(""))
        self._wanted = [text.split() for text in texts]
        self.sheets = pa.array(emissions["sheet"], pa.string())
        self._names = pc.binary_join_element_wise(
            pa.array(emissions["source_column"], pa.string()),
            pa.array(emissions["source_row"].to_numpy(dtype=np.int64)).cast(pa.string()),
            "",
        )

    def of(self, years: "pd.Series[Any]") -> np.ndarray:
        """Per indicator the rows of its sectors' cells in that year, -1 where there is none."""
        year = years.astype("Float64").fillna(-1).to_numpy(dtype=np.float64).astype(np.int64) - self._first_year
        known = (year >= 0) & (year < self._span) & (self._place_of >= 0)
        rows = np.full((len(year), max((len(codes) for codes in self._wanted), default=0)), -1, dtype=np.int64)
        for number, codes in enumerate(self._wanted):
            at = np.flatnonzero((self._targets == number) & known)
            for column, sector in enumerate(self._sectors.get_indexer(codes) if codes else ()):
                if sector >= 0:
                    rows[at, column] = self._row_at[self._address(self._place_of[at], sector, year[at])]
        return rows

    def joined(self, rows: np.ndarray) -> Any:
        """Names of the cells of every line, separated by spaces."""
        found = (rows >= 0).any(axis=1)
        if not found.any():
            return _texts(pa.repeat("", len(rows)))
        # Only lines with a cell: joining nulls alone would lose the line (pyarrow 26).
        columns = [self._names.take(_index(rows[found, j])) for j in range(rows.shape[1])]
        joined = pc.binary_join_element_wise(*columns, " ", null_handling="skip")
        return _taken(joined, np.where(found, np.cumsum(found) - 1, -1))

    def _address(self, place: np.ndarray, sector: Any, year: np.ndarray) -> np.ndarray:
        address: np.ndarray = (place * len(self._sectors) + sector) * self._span + year
        return address


def _pairs(emissions: pd.DataFrame, indicators: pd.DataFrame) -> tuple[int, np.ndarray, np.ndarray]:
    """Index of the release and municipality of each row of both frames; -1 for one that has no emissions."""
    releases, municipalities = (pd.Index(emissions[name].unique()) for name in ("release_id", "municipality_code"))
    numbers = []
    for frame in (emissions, indicators):
        release = releases.get_indexer(frame["release_id"])
        municipality = municipalities.get_indexer(frame["municipality_code"])
        number = release * len(municipalities) + municipality
        numbers.append(np.where((release >= 0) & (municipality >= 0), number, -1))
    return len(releases) * len(municipalities), numbers[0], numbers[1]


def _index(rows: np.ndarray) -> pa.Array:
    return pa.array(rows, mask=rows < 0)


def _taken(texts: pa.Array, rows: np.ndarray) -> Any:
    return _texts(texts.take(_index(rows)).fill_null(""))


def _texts(texts: pa.Array) -> Any:
    return texts.to_pandas(types_mapper={pa.string(): pd.StringDtype(na_value=np.nan)}.get)
