"""The municipality's printed inventory beside ours: every difference taken apart into its causes.

Formula, with C computed, P printed: C - P = sum of parts. In this order:

* print_error: of a line, what the document's first table prints less what this one prints; of a total, the sum of the
  printed lines less the printed total
* correction: what local corrections that this release does not have would change, taken the other way
* classification: tonnes that the print has on another line, because only the main sector is released
* the rest: rounding where it is half a tonne or less (prints are in whole tonnes), else release (scope 1: the print
  rests on another release) or factor (scope 2)

A total's parts are the sums of its lines' parts. What does not belong here: whether a print agrees with itself
(``quality.plausibility``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.contracts import table
from klimat_pipeline.inventory.territory import ALL_GASES

TOTAL = "total"
#: A print in whole tonnes is right within half of one, and a little floating-point noise.
ROUNDING_T = 0.5 + 1e-6
METHOD = "location"
#: Less is floating-point noise, tonnes.
NOISE_T = 1e-6


@dataclass(slots=True)
class _Difference:
    """A printed figure, ours, and the parts of their difference by cause."""

    printed: float | None
    computed: float | None
    parts: dict[str, float] = field(default_factory=dict)

    @property
    def total(self) -> float | None:
        if self.printed is None or self.computed is None:
            return None
        return self.computed - self.printed

    @property
    def rest(self) -> float:
        return (self.total or 0.0) - sum(self.parts.values())


def inventory_reconciliation(
    territory: pd.DataFrame,
    printed: pd.DataFrame,
    corrections: pd.DataFrame,
    releases: pd.DataFrame,
    reference: Reference,
) -> pd.DataFrame:
    """Every printed figure beside the computed one, one row per cause.

    Args:
        territory: ``inventory/territory``.
        printed: ``clean/printed_inventory``.
        corrections: ``corrected/corrections``, for those that a release does not have.
        releases: ``clean/releases``.
        reference: lines and mapping.

    Returns:
        ``inventory/reconciliation``; a difference of nothing has one row with cause ``rounding`` and part 0.
    """
    contract = table("inventory/reconciliation")
    whole = releases.loc[releases["gas_basis"] == ALL_GASES, "release_id"]
    ours = territory[
        territory["release_id"].isin(whole) & territory["municipality_code"].isin(printed["municipality_code"])
    ]
    rows: list[dict[str, Any]] = []
    place = ["release_id", "is_current_release", "municipality_code", "year"]
    for at, own in ours.groupby(place):
        where = dict(zip(place, at, strict=True))
        prints = printed[
            (printed["municipality_code"] == where["municipality_code"]) & (printed["year"] == where["year"])
        ]
        if len(prints):
            absent = _absent_corrections(corrections, where, reference)
            for _, one_table in prints.groupby("print_table"):
                rows += _of_table(where, own, one_table, prints, absent, reference)
    frame = pd.DataFrame(rows, columns=contract.column_names)
    numbers = ["published_t", "computed_t", "difference_t", "part_t"]
    frame = frame.astype(dict.fromkeys(numbers, "float64") | {"year": "int64", "is_current_release": "bool"})
    return frame.sort_values(list(contract.primary_key)).reset_index(drop=True)


def _of_table(
    where: Mapping[str, Any],
    own: pd.DataFrame,
    prints: pd.DataFrame,
    everything: pd.DataFrame,
    absent: Mapping[str, float],
    reference: Reference,
) -> Iterator[dict[str, Any]]:
    """Lines first; the totals sum their parts."""
    memo = set(reference.inventory_lines.loc[reference.inventory_lines["is_memo"], "line"])
    found: dict[tuple[str, str], _Difference] = {}
    for row in prints[prints["print_line"] != TOTAL].itertuples():
        found[row.print_line, row.scopes] = _line(own, row, prints, everything, absent)
    for row in prints[prints["print_line"] == TOTAL].itertuples():
        scopes = set(row.scopes.split("+"))
        parts = {
            key: one
            for key, one in found.items()
            if key[0] != TOTAL and key[0] not in memo and set(key[1].split("+")) <= scopes and one.printed
        }
        found[TOTAL, row.scopes] = _total(own, row, parts, scopes)
    for row in prints.itertuples():
        difference = found[row.print_line, row.scopes]
        causes = {cause: part for cause, part in difference.parts.items() if abs(part) > NOISE_T} or {"rounding": 0.0}
        if difference.total is None:
            causes = {"not_estimated": np.nan}
        for cause, part in causes.items():
            yield {
                **where,
                "print_table": row.print_table,
                "line": row.print_line,
                "scope": row.scopes,
                "published_t": difference.printed,
                "computed_t": difference.computed,
                "difference_t": difference.total,
                "difference_cause": cause,
                "part_t": part,
                "note": row.note,
            }


def _line(
    own: pd.DataFrame, row: Any, prints: pd.DataFrame, everything: pd.DataFrame, absent: Mapping[str, float]
) -> _Difference:
    lines, scopes = row.of_lines.split(), set(row.scopes.split("+"))
    mine = _chosen(own, lines, scopes, row.carrier)
    printed = None if pd.isna(row.published_t) else float(row.published_t)
    included = _included_elsewhere(own, lines, scopes)
    computed = float(mine["emissions_t_co2e"].sum()) if mine["emissions_t_co2e"].notna().any() else None
    if not computed and included and printed is not None:
        # Counted on another line: nothing here, all of it there.
        return _Difference(printed, 0.0, {"classification": -printed})
    found = _Difference(printed, computed)
    if found.total is None:
        return found
    if other := _printed_otherwise(row, everything):
        found.parts["print_error"] = other
    if "1" in scopes and pd.isna(row.carrier):
        if missing := sum(absent.get(line, 0.0) for line in lines):
            found.parts["correction"] = -missing
        if elsewhere := sum(_taken_in(own, prints, line) for line in lines):
            found.parts["classification"] = elsewhere
    _close(found, scopes)
    return found


def _printed_otherwise(row: Any, everything: pd.DataFrame) -> float:
    """What the document's first table prints for the same line, less what this one prints; 0 where they agree."""
    first = everything["print_table"].min()
    if row.print_table == first:
        return 0.0
    same = everything[(everything["print_table"] == first) & (everything["print_line"] == row.print_line)]
    parts = same[same["scopes"].isin(row.scopes.split("+")) & same["published_t"].notna()]
    if len(parts) < len(row.scopes.split("+")):
        return 0.0
    distance = float(parts["published_t"].sum()) - float(row.published_t)
    return distance if abs(distance) > 2 * ROUNDING_T else 0.0


def _close(found: _Difference, scopes: set[str]) -> None:
    """Give what is left a name; a sum of scopes rests on releases as on factors, and releases weigh more."""
    rest = found.rest
    larger = "factor" if scopes == {"2"} else "release"
    cause = "rounding" if abs(rest) <= ROUNDING_T else larger
    found.parts[cause] = found.parts.get(cause, 0.0) + rest


def _total(own: pd.DataFrame, row: Any, parts: Mapping[tuple[str, str], _Difference], scopes: set[str]) -> _Difference:
    counted = own[~own["is_memo"] & own["scope"].isin(scopes) & own["method"].isin(["", METHOD])]
    held = set(counted.loc[counted["emissions_t_co2e"].notna(), "scope"])
    computed = float(counted["emissions_t_co2e"].sum()) if scopes <= held else None
    printed = float(row.published_t)
    found = _Difference(printed, computed)
    if found.total is None:
        return found
    for one in parts.values():
        for cause, part in one.parts.items():
            found.parts[cause] = found.parts.get(cause, 0.0) + part
    misprint = sum(one.printed or 0.0 for one in parts.values()) - printed
    found.parts["print_error"] = found.parts.get("print_error", 0.0) + misprint
    # What the print's lines do not cover at all, such as electricity that only one of its tables shows.
    rest = found.rest
    if abs(rest) > ROUNDING_T:
        found.parts["not_estimated"] = rest
    elif rest:
        found.parts["rounding"] = found.parts.get("rounding", 0.0) + rest
    return found


def _chosen(own: pd.DataFrame, lines: list[str], scopes: set[str], carrier: Any) -> pd.DataFrame:
    wanted = {"1"} if scopes == {"memo"} else scopes
    chosen = own["line"].isin(lines) & own["scope"].isin(wanted) & own["method"].isin(["", METHOD])
    return own[chosen & (own["carrier"] == carrier)] if isinstance(carrier, str) else own[chosen]


def _included_elsewhere(own: pd.DataFrame, lines: list[str], scopes: set[str]) -> bool:
    return bool((own["line"].isin(lines) & own["scope"].isin(scopes) & (own["notation_key"] == "IE")).any())


def _taken_in(own: pd.DataFrame, prints: pd.DataFrame, line: str) -> float:
    """Tonnes of scope 1 that the print has on a line which ours includes in this one."""
    inside = own[(own["scope"] == "1") & (own["notation_key"] == "IE")]
    inside = inside[inside["note"].astype("str").str.startswith(f"included in {line}:")]
    others = prints[(prints["scopes"] == "1") & prints["print_line"].isin(inside["line"])]
    return float(others["published_t"].sum())


def _absent_corrections(corrections: pd.DataFrame, where: Mapping[str, Any], reference: Reference) -> dict[str, float]:
    """Per line the tonnes that corrections limited to other releases would change here.

    Only replacements say what a cell would become without being applied; they are what prints rest on.
    """
    here = corrections[
        (corrections["release_id"] == where["release_id"])
        & (corrections["municipality_code"] == where["municipality_code"])
        & (corrections["year"] == where["year"])
        & (corrections["correction_status"] != "applied")
    ]
    mapping = reference.inventory_mapping
    coarse = mapping[mapping["subsector_code"] == "*"].set_index("sector_code")["line"]
    found: dict[str, float] = {}
    for row in here.itertuples():
        elsewhere = corrections[
            (corrections["correction_id"] == row.correction_id)
            & (corrections["year"] == row.year)
            & (corrections["side"] == row.side)
            & (corrections["correction_status"] == "applied")
        ]
        if len(elsewhere) and row.action == "replace":
            line = str(coarse[row.sector_code])
            found[line] = found.get(line, 0.0) + float(elsewhere["after_t"].iloc[0]) - float(row.base_now_t)
    return found
