"""Files that targets, gap and neutrality are made from: construction, meals, sinks, the printed gap table, facilities.

What belongs here: what a row must be beyond its form (``configuration.local_tables``). What does not: sums
(``indicators``, ``scenarios``).
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from klimat_pipeline.configuration.inventory_form import PrintForm
from klimat_pipeline.configuration.local_tables import NO_TARGET

_SHARE_TOLERANCE = 1e-6
ALLOCATION_KEYS = ("location", "ownership", "waste_origin", "heat_delivered")
CAPTURES = ("captured_fossil", "captured_biogenic")
SINK_KINDS = (*CAPTURES, "biochar", "land", "marine")
PERMANENCE = ("mineralised", "over_1000_years", "over_100_years", "under_100_years", "not_stated")
TOTAL, MEMO = "total", "memo"


def gap_problems(
    row: Mapping[str, Any],
    lines: Collection[str],
    forms: Mapping[str, PrintForm],
    memo_lines: Mapping[str, Collection[str]],
) -> Iterator[str]:
    """What is wrong with a row of ``published_gap.csv``, each as ``column <name>: <problem>``.

    Args:
        row: of the file, with its ``municipality_code``.
        lines: of the inventory.
        forms: layout and targets by municipality.
        memo_lines: lines beside the total, by municipality.
    """
    if row["line"] != TOTAL and row["of_lines"] is None and row["line"] not in lines:
        yield f"column of_lines: expected lines of the inventory beside the line {row['line']!r}, found ''"
    unknown = [line for line in (row["of_lines"] or "").split() if line not in lines]
    if unknown:
        yield f"column of_lines: expected lines among {', '.join(lines)}, found {' '.join(unknown)!r}"
    form = forms[row["municipality_code"]]
    if row["line"] != TOTAL:
        if row["target_t"] is None and row["reduction_pct"] is None:
            yield (
                "column reduction_pct: expected a reduction or a target in tonnes, found neither; write "
                f"{NO_TARGET} where the print gives the line no sub-target"
            )
        if form.document is not None:
            beside = memo_lines[row["municipality_code"]]
            yield from scope_problems(row["scope"], (row["of_lines"] or row["line"]).split(), beside)
    yield from _gap_year_problems(row)
    if form.document is not None:
        yield from _layout_problems(row, form)


def scope_problems(scope: str, of_lines: Collection[str], memo_lines: Collection[str]) -> Iterator[str]:
    """Scope ``memo`` is for the lines that the municipality shows beside its total, and only for them."""
    beside = [line for line in of_lines if line in memo_lines]
    if scope == MEMO and len(beside) < len(of_lines):
        yield (
            "column scope: 'memo' is for lines beside the total, here "
            f"{', '.join(memo_lines) or 'none'} (inventory: memo_lines in municipality.yaml says which)"
        )
    elif scope.startswith("1") and beside:
        yield (
            f"column scope: {', '.join(beside)} stands beside the total: expected 'memo', found {scope!r}; where the "
            "document counts it in its total, write inventory: memo_lines: [] in municipality.yaml"
        )


def _gap_year_problems(row: Mapping[str, Any]) -> Iterator[str]:
    if (row["latest_year"] is None) != (row["latest_t"] is None):
        lacking = "latest_year" if row["latest_year"] is None else "latest_t"
        yield f"column {lacking}: expected latest_year and latest_t, or neither where the print has no later year"
    latest = row["latest_year"] or row["baseline_year"]
    if latest < row["baseline_year"]:
        yield f"column latest_year: expected {row['baseline_year']} or later, found {latest}"
    if row["target_year"] <= latest:
        yield f"column target_year: expected a year after {latest}, found {row['target_year']}"


def _layout_problems(row: Mapping[str, Any], form: PrintForm) -> Iterator[str]:
    """What the stated layout and the referred target ask of the row."""
    layout = form.form.gap_table
    if layout.actions == "with_residual" and row["actions_t"] is not None:
        residual = row["residual_t"]
        if residual is None or row["actions_t"] < residual - 2 * layout.rounding_t:
            found = "none" if residual is None else f"{residual:g}"
            yield (
                "column actions_t: the layout says that it holds the residual too (inventory: gap_table: actions): "
                f"expected at least a residual, found {row['actions_t']:g} beside {found}"
            )
    if row["target_id"] is None:
        return
    if None in form.targets.get(row["target_id"], (None,)):  # what is written there otherwise is told elsewhere
        known = ", ".join(name for name in form.targets if form.base_of(name))
        yield (
            "column target_id: expected a target of municipality.yaml with baseline_year and reduction_pct "
            f"({known or 'there is none'}), found {row['target_id']!r}"
        )


def sink_problems(row: Mapping[str, Any], lines: Collection[str]) -> Iterator[str]:
    """What is wrong with a row of ``sinks.csv``, each as ``column <name>: <problem>``."""
    tonnes, sold = row["sink_t_per_year"], row["certificates_sold_t"]
    if sold is not None and sold > (tonnes or 0.0):
        yield f"column certificates_sold_t: expected at most the sink's {tonnes or 0:g} t, found {sold:g}"
    if row["from_year"] is not None and row["to_year"] is not None and row["to_year"] < row["from_year"]:
        yield f"column to_year: expected {row['from_year']} or later, found {row['to_year']}"
    if row["is_in_gross"] == "yes" and row["sink_kind"] != "captured_fossil":
        yield f"column is_in_gross: expected no for {row['sink_kind']}: only captured fossil CO2 lowers gross emissions"
    if row["gross_line"] is not None and (row["sink_kind"] != "captured_fossil" or row["is_in_gross"] == "yes"):
        yield (
            "column gross_line: expected nothing unless fossil CO2 is captured that the gross still holds "
            f"(is_in_gross no), found {row['gross_line']!r}"
        )
    if row["gross_line"] is not None and row["gross_line"] not in lines:
        yield f"column gross_line: expected one of {', '.join(lines)}, found {row['gross_line']!r}"
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


def facility_problems(
    facilities: Collection[Mapping[str, Any]], shares: Collection[Mapping[str, Any]], lines: Collection[str]
) -> list[str]:
    """Shares of unknown plants or places, shares that sum to more than one under a key, lines that there are not."""
    known = {row["facility_id"] for row in facilities}
    problems = [
        f"{row['shown']}: column facility_id: no facility has the id {row['facility_id']!r}"
        for row in shares
        if row["facility_id"] not in known
    ]
    sums: dict[tuple[str, str], float] = {}
    last: dict[tuple[str, str], str] = {}
    for row in shares:
        at = (row["facility_id"], row["allocation_key"])
        sums[at], last[at] = sums.get(at, 0.0) + row["share_fraction"], row["shown"]
    problems += [
        f"{last[facility, key]}: column share_fraction: {facility} by {key} sums to {total:g}, expected at most 1"
        for (facility, key), total in sums.items()
        if total > 1.0 + _SHARE_TOLERANCE
    ]
    shared = {row["facility_id"] for row in shares}
    problems += [
        f"{row['shown']}: column facility_id: nobody has a share of {row['facility_id']!r}, so no balance would hold "
        "it; expected its shares in _all/facility_shares.csv"
        for row in facilities
        if row["facility_id"] not in shared
    ]
    problems += [
        f"{row['shown']}: column gross_line: expected one of {', '.join(lines)}, found {row['gross_line']!r}"
        for row in facilities
        if row["gross_line"] is not None and row["gross_line"] not in lines
    ]
    for row in facilities:
        for kind in ("fossil", "biogenic"):
            if (row[f"sold_{kind}_t"] or 0.0) > (row[f"captured_{kind}_t"] or 0.0):
                problems.append(
                    f"{row['shown']}: column sold_{kind}_t: {row['facility_id']} {row['year']} sells more than it "
                    f"captures ({row[f'sold_{kind}_t']:g} t of {row[f'captured_{kind}_t'] or 0:g} t)"
                )
    return problems
