"""Files that targets, gap and neutrality are made from: construction, meals, sinks, the printed gap table, facilities.

What belongs here: their form, and what a row must be beyond its form. What does not: sums (``indicators``,
``scenarios``).
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from klimat_pipeline.configuration.csv_file import CsvColumn

_CODE = r"[a-z][a-z0-9_]*"
_NOTE = CsvColumn("note", nullable=True)
_SHARE_TOLERANCE = 1e-6
ALLOCATION_KEYS = ("location", "ownership", "waste_origin", "heat_delivered")
CAPTURES = ("captured_fossil", "captured_biogenic")
SINK_KINDS = (*CAPTURES, "biochar", "land", "marine")
PERMANENCE = ("mineralised", "over_1000_years", "over_100_years", "under_100_years", "not_stated")
TOTAL, MEMO = "total", "memo"


def _year(name: str = "year", *, nullable: bool = False) -> CsvColumn:
    return CsvColumn(name, kind="integer", minimum=1900, maximum=2200, nullable=nullable)


def _tonnes(name: str, *, minimum: float | None = 0) -> CsvColumn:
    return CsvColumn(name, kind="number", minimum=minimum, nullable=True)


#: Columns and key of the files of a municipality's folder.
COUNCIL: Mapping[str, tuple[tuple[CsvColumn, ...], tuple[str, ...]]] = {
    "construction": (
        (
            CsvColumn("project_id", pattern=_CODE),
            _year(),
            CsvColumn("name"),
            CsvColumn("gross_area_m2", kind="number", minimum=1e-9),
            CsvColumn("impact_kg_per_m2", kind="number", minimum=0),
            CsvColumn("reference_set", pattern=_CODE),
            CsvColumn("system_boundary"),
            CsvColumn("source"),
            _NOTE,
        ),
        ("project_id",),
    ),
    "meals": (
        (
            _year(),
            CsvColumn("food_kg", kind="number", minimum=0, nullable=True),
            CsvColumn("portions", kind="number", minimum=0, nullable=True),
            CsvColumn("emissions_kg_co2e", kind="number", minimum=0),
            CsvColumn("gwp_set", allowed=("AR4", "AR5", "AR6", "not stated")),
            CsvColumn("source"),
            _NOTE,
        ),
        ("year",),
    ),
    "sinks": (
        (
            CsvColumn("sink_id", pattern=_CODE),
            CsvColumn("name_sv"),
            CsvColumn("name_en"),
            CsvColumn("sink_kind", allowed=SINK_KINDS),
            _tonnes("potential_t_per_ha"),
            _tonnes("extent_ha"),
            _tonnes("sink_t_per_year"),
            _year("from_year", nullable=True),
            _year("to_year", nullable=True),
            CsvColumn("permanence", allowed=PERMANENCE),
            CsvColumn("is_additional", allowed=("yes", "no", "not_stated")),
            CsvColumn("is_in_gross", allowed=("yes", "no")),
            _tonnes("certificates_sold_t"),
            CsvColumn("facility_id", pattern=_CODE, nullable=True),
            CsvColumn("source"),
            _NOTE,
        ),
        ("sink_id",),
    ),
    "published_gap": (
        (
            CsvColumn("line", pattern=_CODE),
            CsvColumn("scope", allowed=("1", "2", "1+2", "memo")),
            CsvColumn("of_lines", pattern=rf"{_CODE}( {_CODE})*", nullable=True),
            CsvColumn("carrier", pattern=_CODE, nullable=True),
            _year("baseline_year"),
            _tonnes("baseline_t"),
            _year("target_year"),
            _tonnes("target_t"),
            CsvColumn("reduction_pct", kind="number", maximum=100, nullable=True),
            _year("latest_year"),
            _tonnes("latest_t"),
            _tonnes("other_plans_t"),
            _tonnes("gap_t", minimum=None),
            _tonnes("actions_t"),
            _tonnes("residual_t", minimum=None),
            CsvColumn("source"),
            _NOTE,
        ),
        ("line", "scope"),
    ),
}

#: Files about plants that several municipalities share, under ``_all``.
FACILITIES: Mapping[str, tuple[tuple[CsvColumn, ...], tuple[str, ...]]] = {
    "facilities": (
        (
            CsvColumn("facility_id", pattern=_CODE),
            CsvColumn("name"),
            _year(),
            _tonnes("captured_fossil_t"),
            _tonnes("captured_biogenic_t"),
            _tonnes("sold_fossil_t"),
            _tonnes("sold_biogenic_t"),
            CsvColumn("source"),
            _NOTE,
        ),
        ("facility_id", "year"),
    ),
    "facility_shares": (
        (
            CsvColumn("facility_id", pattern=_CODE),
            CsvColumn("allocation_key", allowed=ALLOCATION_KEYS),
            CsvColumn("municipality_code", pattern=r"\d{4}"),
            CsvColumn("share_fraction", kind="number", minimum=0, maximum=1),
            CsvColumn("source"),
        ),
        ("facility_id", "allocation_key", "municipality_code"),
    ),
}


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
