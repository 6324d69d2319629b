"""Files that targets, gap and neutrality are made from: construction, meals, sinks, the printed gap table, facilities.

What belongs here: what a row must be beyond its form (``configuration.local_tables``). What does not: sums
(``indicators``, ``scenarios``).
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

_SHARE_TOLERANCE = 1e-6
ALLOCATION_KEYS = ("location", "ownership", "waste_origin", "heat_delivered")
CAPTURES = ("captured_fossil", "captured_biogenic")
SINK_KINDS = (*CAPTURES, "biochar", "land", "marine")
PERMANENCE = ("mineralised", "over_1000_years", "over_100_years", "under_100_years", "not_stated")
TOTAL, MEMO = "total", "memo"


def gap_problems(row: Mapping[str, Any], lines: Collection[str]) -> Iterator[str]:
    """What is wrong with a row of ``published_gap.csv``, each as ``column <name>: <problem>``."""
    if row["line"] != TOTAL and row["of_lines"] is None and row["line"] not in lines:
        yield f"column of_lines: expected lines of the inventory beside the line {row['line']!r}, found ''"
    unknown = [line for line in (row["of_lines"] or "").split() if line not in lines]
    if unknown:
        yield f"column of_lines: expected lines among {', '.join(lines)}, found {' '.join(unknown)!r}"
    if row["line"] != TOTAL and row["target_t"] is None and row["reduction_pct"] is None:
        yield "column reduction_pct: expected a reduction or a target in tonnes, found neither"
    for first, last in (("baseline_year", "latest_year"), ("latest_year", "target_year")):
        if row[last] <= row[first] and not (last == "latest_year" and row[last] == row[first]):
            yield f"column {last}: expected a year after {first} {row[first]}, found {row[last]}"


def sink_problems(row: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a row of ``sinks.csv``, each as ``column <name>: <problem>``."""
    tonnes, sold = row["sink_t_per_year"], row["certificates_sold_t"]
    if sold is not None and sold > (tonnes or 0.0):
        yield f"column certificates_sold_t: expected at most the sink's {tonnes or 0:g} t, found {sold:g}"
    if row["from_year"] is not None and row["to_year"] is not None and row["to_year"] < row["from_year"]:
        yield f"column to_year: expected {row['from_year']} or later, found {row['to_year']}"
    if row["is_in_gross"] == "yes" and row["sink_kind"] != "captured_fossil":
        yield f"column is_in_gross: expected no for {row['sink_kind']}: only captured fossil CO2 lowers gross emissions"
    if row["facility_id"] is not None and row["sink_kind"] not in CAPTURES:
        yield f"column facility_id: expected none for {row['sink_kind']}, found {row['facility_id']!r}"


def construction_problems(row: Mapping[str, Any], boundaries: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with a row of ``construction.csv``: set and system boundary have to fit together."""
    known = boundaries.get(row["reference_set"])
    if known is None:
        yield f"column reference_set: expected one of {', '.join(boundaries)}, found {row['reference_set']!r}"
    elif row["system_boundary"] != known:
        yield (
            f"column system_boundary: expected {known}, the boundary of {row['reference_set']}, found "
            f"{row['system_boundary']!r}: figures of different boundaries cannot be compared"
        )


def facility_problems(facilities: Collection[Mapping[str, Any]], shares: Collection[Mapping[str, Any]]) -> list[str]:
    """Shares of unknown plants or places, and shares that sum to more than one under a key."""
    known = {row["facility_id"] for row in facilities}
    problems = [
        f"_all/facility_shares.csv: column facility_id: no facility has the id {row['facility_id']!r}"
        for row in shares
        if row["facility_id"] not in known
    ]
    sums: dict[tuple[str, str], float] = {}
    for row in shares:
        at = (row["facility_id"], row["allocation_key"])
        sums[at] = sums.get(at, 0.0) + row["share_fraction"]
    problems += [
        f"_all/facility_shares.csv: column share_fraction: {facility} by {key} sums to {total:g}, expected at most 1"
        for (facility, key), total in sums.items()
        if total > 1.0 + _SHARE_TOLERANCE
    ]
    for row in facilities:
        for kind in ("fossil", "biogenic"):
            if (row[f"sold_{kind}_t"] or 0.0) > (row[f"captured_{kind}_t"] or 0.0):
                problems.append(
                    f"_all/facilities.csv: column sold_{kind}_t: {row['facility_id']} {row['year']} sells more than it "
                    f"captures ({row[f'sold_{kind}_t']:g} t of {row[f'captured_{kind}_t'] or 0:g} t)"
                )
    return problems
