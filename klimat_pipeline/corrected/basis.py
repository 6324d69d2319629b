"""On which basis figures of several years stand: as reported, or corrected to one level.

A correction moves the years that it names to another level and leaves the others where they were. So figures of
several years are compared as corrected only where the same corrections have moved all of them, sector by sector;
otherwise all of them are taken as reported.

* level of a correction: the entry that corrects the baseline with it (``baseline: by``), else the entry itself
* level of a figure: the levels of its corrections; empty as reported
* level of a sum: the levels of its parts, each with the part's name

What belongs here: levels, and the choice between the two figures. What does not: applying corrections
(``corrections``), and which years a figure is compared with (whoever compares).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from klimat_pipeline.configuration.corrections import CorrectionRegister

REPORTED, CORRECTED = "reported", "corrected"


def correction_levels(registers: Mapping[str, CorrectionRegister]) -> dict[str, str]:
    """Level of every correction of the registers, by its id."""
    by = {
        entry.id: entry.baseline.by
        for register in registers.values()
        for entry in register.corrections
        if entry.baseline.by is not None and not entry.is_scaled
    }
    return {entry.id: _root(entry.id, by) for register in registers.values() for entry in register.corrections}


def _root(entry: str, by: Mapping[str, str]) -> str:
    """The last entry of the chain; of a ring, its first by name."""
    seen = [entry]
    while (after := by.get(seen[-1], seen[-1])) not in seen:
        seen.append(after)
    return min(seen[seen.index(after) :])


def levels_of_cells(ids: Sequence[str], level_of: Mapping[str, str]) -> list[str]:
    """Level of figures whose corrections are named by their ids, separated by spaces."""
    return [" ".join(sorted({level_of[one] for one in text.split()})) for text in ids]


def with_levels(rows: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """Rows with ``correction_ids``, and the level that those put them on.

    Args:
        rows: any figures.
        corrections: ``corrected/corrections``.
    """
    level_of = dict(zip(corrections["correction_id"], corrections["level_ids"], strict=True))
    return rows.assign(level_ids=levels_of_cells(list(rows["correction_ids"].fillna("")), level_of))


def levels_of_sums(parts: pd.DataFrame, keys: Sequence[str], part: str) -> "pd.Series[str]":
    """Level of sums, for those that hold a corrected part; the others have none.

    Args:
        parts: rows with ``level_ids``.
        keys: columns that identify a sum.
        part: column with the part's name.
    """
    moved = parts[parts["level_ids"] != ""]
    named = moved[part].astype("str") + ":" + moved["level_ids"].astype("str")
    sums = moved[list(keys)].assign(level_ids=named).groupby(list(keys))["level_ids"]
    return sums.agg(lambda levels: " ".join(sorted(set(levels))))


def shared_basis(level: "pd.Series[str]", other: "pd.Series[str]") -> "pd.Series[str]":
    """Basis that two figures have in common, row by row; a missing level is that of a figure as reported."""
    one, two = level.fillna(""), other.fillna("")
    return pd.Series(np.where((one == two) & (one != ""), CORRECTED, REPORTED), index=level.index)


def basis_so_far(is_corrected: "pd.Series[bool]", groups: "pd.Series[int]") -> "pd.Series[str]":
    """Basis of all rows of a group up to each, in their order: corrected where every one of them is."""
    whole = is_corrected.astype("int64").groupby(groups.to_numpy()).cummin()
    return pd.Series(np.where(whole == 1, CORRECTED, REPORTED), index=is_corrected.index)


def on_basis(
    basis: "pd.Series[str]", corrected: "pd.Series[float]", reported: "pd.Series[float]"
) -> "pd.Series[float]":
    """The figure on its basis."""
    return corrected.where(basis == CORRECTED, reported)


def series_of_one_level(emissions: pd.DataFrame) -> pd.DataFrame:
    """Emissions for whoever follows a municipality through all years of a release.

    Args:
        emissions: ``corrected/emissions``.

    Returns:
        The frame with ``basis``: corrected where each of the municipality's sectors is on one level in all years of
        the release. Elsewhere every figure is the reported one, without corrections.
    """
    moved = emissions.loc[emissions["level_ids"] != "", ["release_id", "municipality_code"]].drop_duplicates()
    frame = emissions.assign(basis=REPORTED)
    if moved.empty:
        return frame
    place = ["release_id", "municipality_code"]
    theirs = emissions[[*place, "sector_code", "level_ids"]].merge(moved, on=place)
    levels = theirs.groupby([*place, "sector_code"])["level_ids"].nunique().groupby(place).max()
    one = pd.MultiIndex.from_frame(emissions[place]).isin(levels[levels == 1].index)
    touched = pd.MultiIndex.from_frame(emissions[place]).isin(levels.index)
    mixed = touched & ~one
    frame["basis"] = np.where(one, CORRECTED, REPORTED)
    for name in ("emissions_t", "emissions_t_co2e"):
        frame[name] = frame[name].where(~mixed, frame[name.replace("emissions_", "emissions_reported_")])
    for name in ("correction_ids", "level_ids"):
        frame[name] = frame[name].where(~mixed, "")
    return frame
