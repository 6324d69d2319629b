"""Explanation of one part of an indicator's change between two releases.

The steps are those of ``indicators.indicator_change_explained``, recomputed from the cells and the published corrected
figures. What does not belong here: the steps' meaning and order (there), and other comparisons (``comparisons``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan

from klimat_pipeline.explanations.database import Row
from klimat_pipeline.explanations.figures import sector_indicator
from klimat_pipeline.explanations.shared import Accounts, Sources
from klimat_pipeline.explanations.tree import TOLERANCE_PCT, TOLERANCE_T, Node, agreement
from klimat_pipeline.text import counted

_CAUSES = {
    "revised_history": "the earlier release's years as the later one reports them, less as the earlier one did",
    "new_years": "the later release's last year less the earlier one's, both as the later release reports them",
    "corrections": "what corrections add to the later figure, less what they added to the earlier one",
    "configuration": "the target as the later release defines it, less as the earlier one did",
}
_EMISSIONS = "emissions_t_co2e"


@dataclass(frozen=True, slots=True)
class _Point:
    """The sum of sectors in a year of a release: reported (from the cells) and corrected (as published), its level."""

    reported: float = nan
    corrected: float = nan
    level: tuple[str, ...] = ()

    def filled(self, other: "_Point") -> "_Point":
        """The point, or the other where this one is missing."""
        return other if isnan(self.reported) else self


@dataclass(frozen=True, slots=True)
class _Side:
    """The indicator in one of the two releases."""

    accounts: Accounts
    row: Row

    @property
    def codes(self) -> list[str]:
        return (self.row["sector_codes"] or "").split()

    def at(self, year: int | None, codes: Sequence[str]) -> _Point:
        rows = self.accounts.rows(year, codes) if year is not None else []
        if year is None or not rows:
            return _Point()
        cells = self.accounts.cells(year, codes)
        level = tuple(f"{row['sector_code']}:{row['level_ids']}" for row in rows if row["level_ids"])
        return _Point(sum(cell.tonnes for cell in cells), sum(float(row["emissions_t"]) for row in rows), level)


def change(sources: Sources, row: Row) -> list[Node]:
    """One cause's part: the parts of all causes, the steps, and the two indicators down to their cells."""
    unit = unit_of(row)
    earlier, later = _side(sources, row, "from"), _side(sources, row, "to")
    nodes = [
        Node("formula", f"{row['cause']} = {_CAUSES[row['cause']]}; the parts of all causes sum to the change"),
        *_parts(sources, row, unit),
    ]
    if earlier.row and later.row:
        nodes += _steps(row, earlier, later, unit)
    return [*nodes, *_indicator(sources, row, "from", earlier, unit), *_indicator(sources, row, "to", later, unit)]


def unit_of(row: Row) -> str:
    """Unit of the measure that the change is of."""
    return "t CO2e" if row["measure"] == _EMISSIONS else "%"


def _side(sources: Sources, row: Row, name: str) -> _Side:
    key = {column: row[column] for column in ("municipality_code", "target_id")}
    found = sources.database.first(
        "sector_indicators", release_id=row[f"release_id_{name}"], year=row[f"year_{name}"], **key
    )
    return _Side(sources.accounts(row, f"release_id_{name}"), found)


def _parts(sources: Sources, row: Row, unit: str) -> list[Node]:
    """The parts of all causes, and whether they sum to the change."""
    shared = ("municipality_code", "target_id", "measure", "release_id_from", "release_id_to")
    rows = sources.database.rows("indicator_change_explained", **{name: row[name] for name in shared})
    before, after = row["value_from"], row["value_to"]
    whole = None if before is None or after is None else round(after - before, 6) + 0.0
    parts = tuple(Node(f"part {r['cause']}", r["part"], unit) for r in rows)
    nodes = [
        Node(
            "change and its parts", whole, unit, {f"from_{_suffix(unit)}": before, f"to_{_suffix(unit)}": after}, parts
        )
    ]
    values = [r["part"] for r in rows]
    if whole is not None and None not in values:
        said = f"sum of {counted(len(values), 'part')}"
        nodes.append(_agrees(said, sum(values), whole, "the change", unit, 1e-6))
    return nodes


def _steps(row: Row, earlier: _Side, later: _Side, unit: str) -> list[Node]:
    """The steps of this cause, recomputed from the cells, and whether they sum to the part."""
    from klimat_pipeline.indicators.indicator_change_explained import explain

    year, base, codes = row["year_from"], earlier.row["baseline_year"], earlier.codes
    first = earlier.at(year, codes), earlier.at(base, codes)
    # A year that the later release dropped counts as not revised.
    base_revised = later.at(base, codes).filled(first[1])
    revised = later.at(year, codes).filled(first[0]), base_revised
    newest = later.at(row["year_to"], codes), base_revised
    final = later.at(row["year_to"], later.codes), later.at(later.row["baseline_year"], later.codes)

    def value(points: tuple[_Point, _Point], which: str) -> float:
        now, then = points
        if not isnan(then.reported) and now.level != then.level:  # on two levels: both as reported
            which = "reported"
        figure, against = (getattr(point, which) for point in points)
        if row["measure"] == _EMISSIONS:
            return float(figure)
        return float((figure / against - 1) * 100) if against > 0 else nan

    start = value(first, "corrected")
    states = [
        ("corrections", "the earlier corrections taken away", value(first, "reported")),
        ("revised_history", "as the later release reports the earlier one's years", value(revised, "reported")),
        ("new_years", "the later release's last year", value(newest, "reported")),
        ("corrections", "the later corrections added", value(newest, "corrected")),
        ("configuration", "the target as the later release defines it", value(final, "corrected")),
    ]
    part = float(explain(start, [(cause, after) for cause, _, after in states])[row["cause"]])
    if row["part"] is None or isnan(part):
        return []
    nodes, before = [], start
    for cause, words, after in states:
        if cause == row["cause"]:
            detail = {f"before_{_suffix(unit)}": round(before, 6), f"after_{_suffix(unit)}": round(after, 6)}
            # Counted as the part is, so that the steps of a cause sum to it to the last digit.
            step = float(explain(before, [(cause, after)])[cause])
            nodes.append(Node(f"step: {words}", step, unit, detail))
        before = after
    smallest = min((point.reported for point in (first[1], base_revised, final[1]) if point.reported > 0), default=1.0)
    tolerance = TOLERANCE_T if unit != "%" else TOLERANCE_PCT + 100 * TOLERANCE_T / smallest
    nodes.append(_agrees("part from the cells", part, row["part"], "the part", unit, tolerance))
    # Neither of the two indicators shows the earlier release's years as the later one reports them.
    shown = {row["year_to"], later.row["baseline_year"]} if codes == later.codes else set()
    wanted = dict.fromkeys((year, base) if row["measure"] != _EMISSIONS else (year,))
    for other in (y for y in wanted if y is not None and y not in shown):
        nodes += _as_reported(later, other, codes)
    return nodes


def _as_reported(side: _Side, year: int, codes: Sequence[str]) -> list[Node]:
    """Sectors of a year as a release reports them, down to the cells."""
    rows = side.accounts.rows(year, codes)
    name = side.accounts.release_id
    label = f"as reported in {name}, {year}"
    if not rows:
        return [Node(label, "does not hold the year; counts as not revised")]
    reported = round(sum(float(r["emissions_reported_t"]) for r in rows), 3)
    return [
        side.accounts.reported_year(label, year, codes, reported, "t CO2e"),
        *side.accounts.sums(year, codes, reported, where=f" in {name}"),
    ]


def _indicator(sources: Sources, row: Row, name: str, side: _Side, unit: str) -> list[Node]:
    """The indicator in a release, down to the cells, and whether its value is the one that was compared."""
    label = f"indicator in {side.accounts.release_id}, {row[f'year_{name}']}"
    if not side.row:
        return [Node(label, "was not published")]
    shown = side.row[row["measure"]]
    children = tuple(sector_indicator(sources, side.row))
    nodes = [Node(label, shown, unit if shown is not None else None, {"target_id": row["target_id"]}, children)]
    if shown is not None and row[f"value_{name}"] is not None:
        tolerance = TOLERANCE_T if unit != "%" else TOLERANCE_PCT
        said = f"value in {side.accounts.release_id}"
        nodes.append(_agrees(said, row[f"value_{name}"], shown, "the indicator", unit, tolerance))
    return nodes


def _suffix(unit: str) -> str:
    return "pct" if unit == "%" else "t"


def _agrees(what: str, total: float, figure: float, against: str, unit: str, tolerance: float) -> Node:
    name = f"published_{_suffix(unit)}"
    return agreement(what, total, figure, against, name=name, unit=unit, tolerance=tolerance)
