"""Apply the registers of local corrections.

Order: by the entry's own ``order`` (none counts as 0), then municipality, then id; each works on the result of the one
before it. Two entries that touch the same cell both need an order, or nothing is applied at all. A year that no entry
names stays the same to the last bit, unless an entry says ``applies_to: all years, scaled``. Formula of those, with
F(n) = figure after / before this entry in a year n that it names: a year y that it does not name becomes F(y) times
what it was, F(y) interpolated between the named years on either side, or that of the nearest where y lies beyond them;
a reallocation moves the same share, interpolated likewise. What does not belong here: the form of an entry
(``configuration.corrections``), which cells it touches (``matching``), which years may be compared (``basis``).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from klimat_pipeline.configuration.correction_units import SHARES, to_share, to_tonnes
from klimat_pipeline.configuration.corrections import Correction, CorrectionRegister
from klimat_pipeline.corrected.cells import first_rows
from klimat_pipeline.corrected.matching import subsector_cells, touched_cells, unmatched, years_held, years_of
from klimat_pipeline.errors import ProblemsError


@dataclass(slots=True)
class Step:
    """One correction in one release and year, with the cells that it touches."""

    owner: str
    correction: Correction
    release_id: str
    year: int
    cell: int
    counterpart: int = -1
    sub: int = -1
    status: str = "applied"
    application_no: int | None = None
    before: float = np.nan
    after: float = np.nan
    before_counterpart: float = np.nan
    after_counterpart: float = np.nan
    base_now: float = np.nan

    @property
    def is_named(self) -> bool:
        """Whether the entry names the year; the others of a scaled one follow its named years."""
        return self.year in self.correction.named_years

    @property
    def touched(self) -> tuple[int, ...]:
        return (self.cell,) if self.counterpart < 0 else (self.cell, self.counterpart)


@dataclass(slots=True)
class Applied:
    """All steps, and the cells of the emissions table that they touch.

    Attributes:
        steps: in order of application, those that are not applied last.
        cells: the touched cells; ``Step.cell`` is an index into them.
        rows: row of every cell in the emissions table.
        reported: figure of every cell as reported, tonnes.
        parts: figure of every corrected subsector as reported, tonnes.
    """

    steps: list[Step]
    cells: pd.DataFrame
    rows: np.ndarray
    reported: np.ndarray
    parts: list[float] = field(default_factory=list)


def apply_registers(
    emissions: pd.DataFrame,
    subsectors: pd.DataFrame,
    registers: Mapping[str, CorrectionRegister],
    *,
    today: date,
) -> Applied:
    """Apply all registers to all releases.

    Args:
        emissions: ``clean/reported_emissions``.
        subsectors: ``clean/reported_subsectors``, for entries that name one.
        registers: by municipality code.
        today: entries whose last day is earlier are not applied.

    Raises:
        ProblemsError: entries that match nothing, contradict each other or leave less than zero; all of them at once.
    """
    releases: dict[str, list[str]] = {}
    for release, row in first_rows(emissions["release_id"]).items():
        releases.setdefault(str(emissions["substance"].iloc[row]), []).append(release)
    held = years_held(emissions, registers)
    wanted = [
        (owner, correction, release, year)
        for owner, register in sorted(registers.items())
        for correction in register.corrections
        for release in releases.get(correction.substance, ())
        for year in years_of(correction, held.get(release, ()))
    ]
    cells, rows, index, counter_index = touched_cells(emissions, wanted)
    subs, parts = subsector_cells(subsectors, wanted)
    problems = unmatched(registers, wanted, index, subs)
    reported = emissions["emissions_reported_t"].to_numpy(dtype=np.float64)[rows]
    steps = []
    for i, (owner, correction, release, year) in enumerate(wanted):
        if index[i] < 0 or (correction.subsector is not None and subs[i] < 0):
            continue
        step = Step(owner, correction, release, year, index[i], counter_index[i], subs[i])
        if correction.action == "reallocate" and counter_index[i] < 0:
            problems.append(
                f"correction {correction.id}: in {release} {year} there is no cell to reallocate to "
                f"({correction.to_municipality or owner}, {correction.to_sector or correction.sector})."
            )
            continue
        step.base_now = reported[step.cell] if step.sub < 0 else parts[step.sub]
        if correction.expires_on is not None and correction.expires_on < today:
            step.status = "expired"
        elif correction.valid_for_releases is not None and release not in correction.valid_for_releases:
            step.status = "not_for_release"
        steps.append(step)
    problems += _contradictions(steps)
    if problems:
        raise ProblemsError(problems)
    steps.sort(key=lambda s: (s.status != "applied", s.release_id, *_order(s), not s.is_named, s.year))
    _number(steps)
    applied = Applied(steps, cells, rows, reported, parts)
    problems = run(applied, [step for step in steps if step.status == "applied"])
    if problems:
        raise ProblemsError(problems)
    return applied


def run(applied: Applied, steps: Iterable[Step], *, record: bool = True) -> list[str]:
    """Apply the steps in order to a copy of the reported figures.

    Args:
        applied: the cells.
        steps: what to apply.
        record: note before and after on the steps.

    Returns:
        Problems: results below zero that their entry does not allow.
    """
    values, _, problems = replay(applied, steps, record=record)
    del values
    return problems


def replay(
    applied: Applied, steps: Iterable[Step], *, record: bool = False
) -> tuple[np.ndarray, list[float], list[str]]:
    """Figures of all touched cells after these steps, those of subsectors, and problems."""
    values, parts = applied.reported.copy(), list(applied.parts)
    problems = []
    factors: dict[tuple[str, str], dict[int, tuple[float, float]]] = {}
    for step in steps:
        correction = step.correction
        before = float(values[step.cell])
        subject = before if step.sub < 0 else parts[step.sub]
        if step.is_named:
            result, moved = _effect(correction, step.year, subject)
            if correction.is_scaled and subject > 0:
                found = factors.setdefault((step.release_id, correction.id), {})
                found[step.year] = (result / subject, moved / subject)
        else:
            named = factors.get((step.release_id, correction.id), {})
            if not named:
                problems.append(
                    f"correction {correction.id}: no year that it names has a figure above zero in {step.release_id}, "
                    "so there is no factor for the others. Name the years, without applies_to."
                )
                continue
            parts_of = zip(*named.values(), strict=True)
            result, moved = (subject * float(np.interp(step.year, list(named), part)) for part in parts_of)
        # A replaced sector is exactly the value, not the old figure plus a difference.
        after = result if step.sub < 0 else before + (result - subject)
        values[step.cell] = after
        if step.sub >= 0:
            parts[step.sub] = result
        if record:
            step.before, step.after = before, after
        if step.counterpart >= 0:
            there = float(values[step.counterpart])
            values[step.counterpart] = there + moved
            if record:
                step.before_counterpart, step.after_counterpart = there, there + moved
        if not correction.allow_negative:
            for cell in step.touched:
                if values[cell] < 0:
                    row = applied.cells.iloc[cell]
                    problems.append(
                        f"correction {correction.id}: leaves {values[cell]:,.2f} t in {row['municipality_code']} "
                        f"{row['sector_code']} {row['year']} ({row['release_id']}); expected zero or more. Is the "
                        "unit right? allow_negative: true lets it pass."
                    )
    return values, parts, list(dict.fromkeys(problems))


def _effect(correction: Correction, year: int, subject: float) -> tuple[float, float]:
    """The cell's new figure, and the tonnes that a reallocation moves to its counterpart."""
    where = f"correction {correction.id}"
    value, unit = correction.value_in(year), correction.unit or "t"
    if correction.action == "exclude":
        return 0.0, 0.0
    assert value is not None  # noqa: S101 - the model demands it
    if correction.action == "replace":
        return to_tonnes(value, unit, where), 0.0
    if correction.action == "add":
        return subject + to_tonnes(value, unit, where), 0.0
    if correction.action == "scale":
        return subject * to_share(value, unit, where), 0.0
    moved = subject * to_share(value, unit, where) if unit in SHARES else to_tonnes(value, unit, where)
    return subject - moved, moved


def _contradictions(steps: Sequence[Step]) -> list[str]:
    """Entries that touch the same cell without saying which comes first."""
    applied = [step for step in steps if step.status == "applied"]
    times = Counter(cell for step in applied for cell in step.touched)
    by_cell: dict[int, dict[str, Step]] = {}
    for step in applied:
        for cell in step.touched:
            if times[cell] > 1:
                by_cell.setdefault(cell, {})[step.correction.id] = step
    problems: dict[tuple[str, ...], str] = {}
    for touching in by_cell.values():
        if len(touching) < 2:
            continue
        orders = [step.correction.order for step in touching.values()]
        if None in orders or len(set(orders)) < len(orders):
            ids, first = tuple(sorted(touching)), next(iter(touching.values()))
            problems.setdefault(
                ids,
                f"corrections {' and '.join(ids)} touch the same cell ({first.owner} {first.correction.sector} "
                f"{first.year}, {first.release_id}); give each of them an order of its own.",
            )
    return list(problems.values())


def _order(step: Step) -> tuple[int, str, str]:
    return (step.correction.order or 0, step.owner, step.correction.id)


def _number(steps: Sequence[Step]) -> None:
    """Number the entries of each release in their order of application."""
    numbers: dict[tuple[str, str], int] = {}
    count: dict[str, int] = {}
    for step in steps:
        if step.status != "applied":
            continue
        key = (step.release_id, step.correction.id)
        if key not in numbers:
            count[step.release_id] = count.get(step.release_id, 0) + 1
            numbers[key] = count[step.release_id]
        step.application_no = numbers[key]
