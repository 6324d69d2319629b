"""Which cells the entries of the registers touch in the releases, and which entries touch none.

What does not belong here: what an entry does to a cell (``registers``).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.configuration.corrections import Correction, CorrectionRegister
from klimat_pipeline.corrected.cells import positions

#: Whose register, the entry, a release and a year.
Wanted = tuple[str, Correction, str, int]
_KEYS = ["release_id", "municipality_code", "sector_code", "substance", "year"]


def years_held(emissions: pd.DataFrame, registers: Mapping[str, CorrectionRegister]) -> dict[str, list[int]]:
    """Years of every release, looked up only where an entry scales them."""
    if not any(entry.is_scaled for register in registers.values() for entry in register.corrections):
        return {}
    pairs = emissions[["release_id", "year"]].drop_duplicates()
    return {str(release): sorted(map(int, years)) for release, years in pairs.groupby("release_id")["year"]}


def years_of(correction: Correction, held: Sequence[int]) -> Sequence[int]:
    """Years that an entry touches in a release: those that it names, and the others where it scales them."""
    named = correction.named_years
    if not correction.is_scaled or not set(named) & set(held):
        return named
    return [*named, *(year for year in held if year not in named)]


def touched_cells(
    emissions: pd.DataFrame, wanted: Sequence[Wanted]
) -> tuple[pd.DataFrame, np.ndarray, list[int], list[int]]:
    """Touched cells, their rows, and per wanted entry the cell and the counterpart (-1 for none)."""
    keys = [(r, owner, c.sector, c.substance, y) for owner, c, r, y in wanted]
    counter = [
        (r, c.to_municipality or owner, c.to_sector or c.sector, c.substance, y) if c.action == "reallocate" else None
        for owner, c, r, y in wanted
    ]
    distinct = list(dict.fromkeys([*keys, *(key for key in counter if key is not None)]))
    frame = pd.DataFrame(distinct, columns=_KEYS).astype({"year": "int64"})
    at = positions(emissions, frame)
    held = np.flatnonzero(at >= 0)
    number = {distinct[i]: n for n, i in enumerate(held)}
    cells = frame.iloc[held].reset_index(drop=True)
    return (
        cells,
        at[held],
        [number.get(key, -1) for key in keys],
        [number.get(key, -1) if key is not None else -1 for key in counter],
    )


def subsector_cells(subsectors: pd.DataFrame, wanted: Sequence[Wanted]) -> tuple[list[int], list[float]]:
    """Per wanted entry the number of its subsector's figure (-1 for none), and the figures."""
    keys = [
        (r, owner, c.sector, c.substance, y, c.subsector) if c.subsector is not None else None
        for owner, c, r, y in wanted
    ]
    distinct = list(dict.fromkeys(key for key in keys if key is not None))
    if not distinct:
        return [-1] * len(wanted), []
    columns = [*_KEYS, "subsector_code"]
    frame = pd.DataFrame(distinct, columns=columns).astype({"year": "int64"})
    at = positions(subsectors, frame, columns)
    figures = subsectors["emissions_reported_t"].to_numpy(dtype=np.float64)
    number: dict[Any, int] = {}
    parts: list[float] = []
    for key, row in zip(distinct, at, strict=True):
        if row >= 0:
            number[key] = len(parts)
            parts.append(float(figures[row]))
    return [number.get(key, -1) if key is not None else -1 for key in keys], parts


def unmatched(
    registers: Mapping[str, CorrectionRegister],
    wanted: Sequence[Wanted],
    index: Sequence[int],
    subs: Sequence[int],
) -> list[str]:
    """Entries, or years of a list, that match nothing in any release."""
    hit: dict[str, set[int]] = {}
    for i, (_, correction, _, year) in enumerate(wanted):
        if index[i] >= 0 and (correction.subsector is None or subs[i] >= 0):
            hit.setdefault(correction.id, set()).add(year)
    problems = []
    for owner, register in sorted(registers.items()):
        for correction in register.corrections:
            if correction.optional:
                continue
            matched = hit.get(correction.id, set())
            named = correction.named_years
            missing = [year for year in named if year not in matched]
            what = f"{owner}, {correction.sector}{'/' + correction.subsector if correction.subsector else ''}"
            if not matched:
                problems.append(
                    f"correction {correction.id}: matches nothing ({what}, {correction.substance}, years "
                    f"{', '.join(map(str, named))}) in any release. Is sector, substance or year right? optional: true "
                    "lets it pass."
                )
            elif missing and not isinstance(named, range):
                problems.append(
                    f"correction {correction.id}: years {', '.join(map(str, missing))} are in no release ({what}). "
                    "Years that are not released cannot be corrected."
                )
    return problems
