"""From the source's names to codes: every line of ``raw/smhi_emissions`` gets its area, sector and subsector.

What does not belong here: the tables of names (``reference``), figures and units (``reported_emissions``,
``reported_subsectors``, ``area_totals``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.errors import UnknownNameError
from klimat_pipeline.raw.smhi_rows import HEADERS
from klimat_pipeline.raw.smhi_workbook import LABELS, TOTAL
from klimat_pipeline.text import fold, place_key

#: Code of a total over sectors or subsectors.
TOTAL_CODE = "total"
#: Prefix of a subsector that is in no reference table; it stays in the totals and is reported.
UNMAPPED = "unmapped_"
NATION, UNALLOCATED = "00", "99"

_HEADER = dict(zip(LABELS, HEADERS, strict=True))
_TOTAL_KEY = fold(TOTAL)


@dataclass(frozen=True, slots=True)
class _Unique:
    """The distinct values of a column and, per row, which of them it is."""

    codes: np.ndarray
    values: Sequence[Any]

    @classmethod
    def of(cls, series: "pd.Series[Any]") -> "_Unique":
        codes, values = pd.factorize(series)
        return cls(codes, list(values))


def with_codes(raw: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Add area, sector and subsector codes to the raw lines.

    Args:
        raw: ``raw/smhi_emissions``.
        reference: tables of names.

    Returns:
        The frame with ``area_level``, ``area_code``, ``sector_code`` and ``subsector_code`` added; totals carry the
        code ``total``.

    Raises:
        UnknownNameError: a main sector, county or municipality is in no table, or a municipality lies in a county
            that is not its own; the message names release, sheet, row and the nearest known name.
    """
    columns = {name: _Unique.of(raw[name]) for name in LABELS}

    def place(label: str, value: str) -> str:
        at = int(np.argmax(columns[label].codes == columns[label].values.index(value)))
        row = raw.iloc[at]
        return f"{row['release_id']}, sheet '{row['sheet']}', row {row['source_row']}, column '{_HEADER[label]}'"

    def lookup(label: str, key: Callable[[str], str], known: dict[str, str], what: str, table: str) -> np.ndarray:
        mapped = []
        for value in columns[label].values:
            if fold(value) == _TOTAL_KEY:
                mapped.append(TOTAL_CODE)
            elif key(value) in known:
                mapped.append(known[key(value)])
            else:
                near = get_close_matches(key(value), list(known), n=1, cutoff=0.5)
                hint = f" (nearest known: '{reference.label(near[0], known)}')" if near else ""
                raise UnknownNameError(
                    f"{place(label, value)}: unknown {what} '{value}'{hint}; expected a name in {table}. "
                    f"If it is another spelling, add a row to {table}; nothing is guessed."
                )
        coded: np.ndarray = np.array(mapped, dtype=object)[columns[label].codes]
        return coded

    main = lookup(LABELS[0], fold, reference.sector_names, "main sector", "data/reference/sector_aliases.csv")
    county = lookup(LABELS[2], place_key, reference.county_names, "county", "data/reference/municipalities.csv")
    municipality = lookup(
        LABELS[3], place_key, reference.municipality_names, "municipality", "data/reference/municipality_aliases.csv"
    )
    coded = raw.assign(
        sector_code=main, subsector_code=_subsectors(main, columns[LABELS[1]], reference), _county=county
    )
    coded["area_code"] = np.where(
        municipality != TOTAL_CODE, municipality, np.where(county != TOTAL_CODE, county, NATION)
    )
    coded["area_level"] = np.where(
        municipality != TOTAL_CODE, "municipality", np.where(county != TOTAL_CODE, "county", "nation")
    )
    _refuse_wrong_county(coded, reference)
    _refuse_total_with_parts(coded)
    return coded.drop(columns="_county")


def _subsectors(main: np.ndarray, subsector: _Unique, reference: Reference) -> np.ndarray:
    """Codes of subsectors, which mean something only within their main sector."""
    sectors, sector_values = pd.factorize(main)
    width = len(subsector.values)
    pairs, inverse = np.unique(sectors.astype(np.int64) * width + subsector.codes, return_inverse=True)
    codes = []
    for pair in pairs:
        sector, name = sector_values[pair // width], subsector.values[pair % width]
        if fold(name) == _TOTAL_KEY:
            codes.append(TOTAL_CODE)
        else:
            codes.append(
                reference.subsector_names.get(
                    (sector, fold(name)), UNMAPPED + fold(name).encode("ascii", "ignore").decode()
                )
            )
    return np.array(codes, dtype=object)[inverse]


def _refuse_wrong_county(coded: pd.DataFrame, reference: Reference) -> None:
    """A municipality in another county is a mistaken name (Habo is in Jönköpings län, Håbo in Uppsala län)."""
    places = coded.loc[coded["area_level"] == "municipality", ["area_code", "_county"]].drop_duplicates()
    home = reference.municipalities.set_index("municipality_code")
    for code, county in places.itertuples(index=False):
        if home.at[code, "county_code"] != county:
            row = coded[(coded["area_code"] == code) & (coded["_county"] == county)].iloc[0]
            raise UnknownNameError(
                f"{row['release_id']}, sheet '{row['sheet']}', row {row['source_row']}, column '{HEADERS[3]}': "
                f"'{row['municipality_sv']}' stands in '{row['county_sv']}', but {home.at[code, 'municipality_name']} "
                f"({code}) lies in {home.at[code, 'county_name']}. Two places with like names? Ask the source."
            )


def _refuse_total_with_parts(coded: pd.DataFrame) -> None:
    wrong = coded[(coded["sector_code"] == TOTAL_CODE) & (coded["subsector_code"] != TOTAL_CODE)]
    if len(wrong):
        row = wrong.iloc[0]
        raise UnknownNameError(
            f"{row['release_id']}, sheet '{row['sheet']}', row {row['source_row']}, column '{HEADERS[1]}': the total "
            f"over all main sectors has a subsector '{row['subsector_sv']}'; expected '{TOTAL}'."
        )
