"""The municipality's printed inventory beside ours: every difference divided into its causes.

Formula, with C computed, P printed: C - P = sum of parts. In this order:

* print_error: of a line, what the document's first table prints less what this one prints; of a total, the sum of the
  printed lines less the printed total, where every line of ours is printed: else the total may be right and hold lines
  that were not entered, and nobody can tell (unexplained)
* correction: what local corrections that this release does not have would change, with the sign reversed
* classification: tonnes that the print has on another line, because only the main sector is released
* not_estimated, of a total: our figures that no printed line with a number holds, less printed figures that we have
  none beside
* the rest: rounding where it is no more than the print's rounding (of a total: of all its lines'), else unexplained

A cause is named only where it was computed: that a print may rest on another release, other factors or another method
is no cause without their figures. A total's parts are the sums of its lines' parts. What does not belong here: whether
a print is consistent (``quality.prints``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.contracts import table
from klimat_pipeline.inventory.inventory_territory import ALL_GASES

Row = dict[str, Any]

TOTAL = "total"
#: Columns of the inventory that are compared with the print.
_OURS = ["line", "scope", "carrier", "method", "is_memo", "emissions_t_co2e", "notation_key", "note"]
METHOD = "location"
#: A smaller part is floating-point noise, tonnes.
NOISE_T = 1e-6
UNEXPLAINED, NOT_ESTIMATED = "unexplained", "not_estimated"


@dataclass(slots=True)
class _Difference:
    """A printed figure, ours, the parts of their difference by cause, and which of our rows are in it."""

    printed: float | None
    computed: float | None
    parts: dict[str, float] = field(default_factory=dict)
    of: Sequence[int] = ()

    @property
    def total(self) -> float | None:
        if self.printed is None or self.computed is None:
            return None
        return self.computed - self.printed

    @property
    def rest(self) -> float:
        return (self.total or 0.0) - sum(self.parts.values())

    def add(self, cause: str, tonnes: float) -> None:
        self.parts[cause] = self.parts.get(cause, 0.0) + tonnes

    def close(self, rounding_t: float) -> None:
        """What nothing explains: rounding, or unexplained."""
        self.add("rounding" if abs(self.rest) <= rounding_t + NOISE_T else UNEXPLAINED, self.rest)


def inventory_reconciliation(
    territory: pd.DataFrame,
    printed: pd.DataFrame,
    corrections: pd.DataFrame,
    releases: pd.DataFrame,
    reference: Reference,
) -> pd.DataFrame:
    """Every printed figure beside the computed one, one row per cause.

    Args:
        territory: ``inventory/inventory_territory``.
        printed: ``clean/published_inventory``.
        corrections: ``corrected/corrections``, for those that a release does not have.
        releases: ``clean/releases``.
        reference: lines and mapping.

    Returns:
        ``inventory/inventory_reconciliation``; a difference of zero has one row with cause ``rounding`` and part 0.
    """
    contract = table("inventory/inventory_reconciliation")
    whole = releases.loc[releases["gas_basis"] == ALL_GASES, "release_id"]
    ours = territory[
        territory["release_id"].isin(whole) & territory["municipality_code"].isin(printed["municipality_code"])
    ]
    rows: list[dict[str, Any]] = []
    place = ["release_id", "is_current_release", "municipality_code", "year"]
    prints_of = {at: _records(own) for at, own in printed.groupby(["municipality_code", "year"])}
    lacking = _absent_corrections(corrections, reference)
    held = ours[[*place, *_OURS]]
    held = held[pd.MultiIndex.from_frame(held[["municipality_code", "year"]]).isin(list(prints_of))]
    # A few dozen rows each: plain Python is a hundred times faster here than a frame.
    for at, own in held.groupby(place):
        where = dict(zip(place, at, strict=True))
        release, _, code, year = at
        prints, absent = prints_of[code, year], lacking.get((release, code, year), {})
        for name in dict.fromkeys(row["print_table"] for row in prints):
            one_table = [row for row in prints if row["print_table"] == name]
            rows += _of_table(where, _records(own), one_table, prints, absent)
    frame = pd.DataFrame(rows, columns=contract.column_names)
    numbers = ["published_t", "computed_t", "difference_t", "part_t"]
    frame = frame.astype(dict.fromkeys(numbers, "float64") | {"year": "int64", "is_current_release": "bool"})
    return frame.sort_values(list(contract.primary_key)).reset_index(drop=True)


def _records(frame: pd.DataFrame) -> list[Row]:
    """Rows as dictionaries, in which a missing value is None."""
    rows: list[Row] = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return rows


def _of_table(
    where: Mapping[str, Any],
    own: Sequence[Row],
    prints: Sequence[Row],
    everything: Sequence[Row],
    absent: Mapping[str, float],
) -> Iterator[dict[str, Any]]:
    """The rows of one printed table: lines first, since the totals sum their parts."""
    found: dict[tuple[str, str], _Difference] = {}
    for row in prints:
        if row["print_line"] != TOTAL:
            found[row["print_line"], row["scopes"]] = _line(own, row, prints, everything, absent)
    for row in prints:
        if row["print_line"] == TOTAL:
            scopes = set(row["scopes"].split("+"))
            parts = [
                one
                for (line, own_scopes), one in found.items()
                if line != TOTAL and set(own_scopes.split("+")) <= scopes and one.printed is not None
            ]
            found[TOTAL, row["scopes"]] = _total(own, row, parts, scopes)
    for row in prints:
        difference = found[row["print_line"], row["scopes"]]
        causes = {cause: part for cause, part in difference.parts.items() if abs(part) > NOISE_T} or {"rounding": 0.0}
        if difference.total is None:
            causes = {NOT_ESTIMATED: np.nan}
        for cause, part in causes.items():
            yield {
                **where,
                "print_table": row["print_table"],
                "line": row["print_line"],
                "scope": row["scopes"],
                "published_t": difference.printed,
                "computed_t": difference.computed,
                "difference_t": difference.total,
                "difference_cause": cause,
                "part_t": part,
                "note": row["note"],
            }


def _line(
    own: Sequence[Row], row: Row, prints: Sequence[Row], everything: Sequence[Row], absent: Mapping[str, float]
) -> _Difference:
    lines, scopes, printed = row["of_lines"].split(), set(row["scopes"].split("+")), row["published_t"]
    of = _chosen(own, lines, scopes, row["carrier"])
    computed = _sum_of(own[i] for i in of)
    if not computed and printed is not None and _included_elsewhere(own, lines, scopes):
        # All of it is counted on another line.
        return _Difference(printed, 0.0, {"classification": -printed}, of)
    found = _Difference(printed, computed, of=of)
    if found.total is None:
        return found
    if other := _printed_otherwise(row, everything):
        found.add("print_error", other)
    if "1" in scopes and row["carrier"] is None:
        if missing := sum(absent.get(line, 0.0) for line in lines):
            found.add("correction", -missing)
        if elsewhere := sum(_taken_in(own, prints, line) for line in lines):
            found.add("classification", elsewhere)
    found.close(row["rounding_t"])
    return found


def _printed_otherwise(row: Row, everything: Sequence[Row]) -> float:
    """What the document's first table prints for the same line, less what this one prints; 0 where they agree."""
    first, scopes = min(other["print_table"] for other in everything), row["scopes"].split("+")
    if row["print_table"] == first:
        return 0.0
    printed = {
        other["scopes"]: other["published_t"]
        for other in everything
        if other["print_table"] == first
        and other["print_line"] == row["print_line"]
        and other["published_t"] is not None
    }
    # One figure over the same scopes, or one for each of them.
    parts = [row["scopes"]] if row["scopes"] in printed else scopes
    if not set(parts) <= set(printed):
        return 0.0
    same = [printed[scope] for scope in parts]
    distance = float(sum(same) - row["published_t"])
    return distance if abs(distance) > 2 * row["rounding_t"] + NOISE_T else 0.0


def _total(own: Sequence[Row], row: Row, parts: Sequence[_Difference], scopes: set[str]) -> _Difference:
    counted = [
        number
        for number, r in enumerate(own)
        if not r["is_memo"] and r["scope"] in scopes and r["method"] in ("", METHOD)
    ]
    held = {own[number]["scope"] for number in counted if own[number]["emissions_t_co2e"] is not None}
    found = _Difference(row["published_t"], _sum_of(own[i] for i in counted) if scopes <= held else None)
    if found.total is None:
        return found
    both = [one for one in parts if one.total is not None]
    for one in both:
        for cause, part in one.parts.items():
            found.add(cause, part)
    compared = {number for one in both for number in one.of}
    alone = [number for number in counted if number not in compared and own[number]["emissions_t_co2e"]]
    found.add(NOT_ESTIMATED, -sum(one.printed or 0.0 for one in parts if one.total is None))
    beyond = row["published_t"] - sum(one.printed or 0.0 for one in parts) if parts else 0.0
    lines_sum = abs(beyond) <= row["rounding_t"] * (len(parts) + 1) + NOISE_T
    if lines_sum or not alone:
        found.add("rounding" if lines_sum else "print_error", -beyond)
        found.add(NOT_ESTIMATED, _sum_of(own[number] for number in alone) or 0.0)
    found.close(row["rounding_t"])
    return found


def _sum_of(rows: Iterable[Row]) -> float | None:
    numbers = [row["emissions_t_co2e"] for row in rows if row["emissions_t_co2e"] is not None]
    return float(sum(numbers)) if numbers else None


def _chosen(own: Sequence[Row], lines: Sequence[str], scopes: set[str], carrier: str | None) -> list[int]:
    """Which of our rows stand on the lines."""
    wanted = {"1"} if scopes == {"memo"} else scopes
    return [
        number
        for number, row in enumerate(own)
        if row["line"] in lines
        and row["scope"] in wanted
        and row["method"] in ("", METHOD)
        and carrier in (None, row["carrier"])
    ]


def _included_elsewhere(own: Sequence[Row], lines: Sequence[str], scopes: set[str]) -> bool:
    return any(row["line"] in lines and row["scope"] in scopes and row["notation_key"] == "IE" for row in own)


def _taken_in(own: Sequence[Row], prints: Sequence[Row], line: str) -> float:
    """Tonnes of scope 1 on printed lines that our inventory includes in this line."""
    inside = {
        row["line"]
        for row in own
        if row["scope"] == "1" and row["notation_key"] == "IE" and str(row["note"]).startswith(f"included in {line}:")
    }
    return float(sum(r["published_t"] or 0.0 for r in prints if r["scopes"] == "1" and r["print_line"] in inside))


def _absent_corrections(
    corrections: pd.DataFrame, reference: Reference
) -> dict[tuple[str, str, int], dict[str, float]]:
    """Per release, municipality and year, and per line, what corrections limited to other releases would change.

    Only replacements count: they say what a cell would become without being applied, and prints are made with them.
    """
    mapping = reference.inventory_mapping
    coarse = mapping[mapping["subsector_code"] == "*"].set_index("sector_code")["line"]
    replacing = corrections[corrections["action"] == "replace"]
    entry = ["correction_id", "year", "side"]
    applied = replacing[replacing["correction_status"] == "applied"].drop_duplicates(entry)
    absent = replacing[replacing["correction_status"] != "applied"].merge(
        applied[[*entry, "after_t"]].rename(columns={"after_t": "there_t"}), on=entry, how="inner"
    )
    found: dict[tuple[str, str, int], dict[str, float]] = {}
    for row in absent.itertuples():
        lines = found.setdefault((row.release_id, row.municipality_code, row.year), {})
        line = str(coarse[row.sector_code])
        lines[line] = lines.get(line, 0.0) + float(row.there_t) - float(row.base_now_t)
    return found
