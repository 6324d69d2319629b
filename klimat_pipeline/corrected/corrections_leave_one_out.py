"""Each correction left out in turn: how much of the municipality's total rests on it."""

from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.contracts import table
from klimat_pipeline.corrected.registers import Applied, Step, replay


def corrections_leave_one_out(applied: Applied, corrected: pd.DataFrame) -> pd.DataFrame:
    """Totals with all corrections and without each one, all others applied again in order.

    Args:
        applied: what was applied.
        corrected: ``corrected/emissions``.

    Returns:
        ``corrected/corrections_leave_one_out``, per municipality and year that the correction touches.
    """
    contract = table("corrected/corrections_leave_one_out")
    keys = ["release_id", "municipality_code", "year"]
    steps = [step for step in applied.steps if step.status == "applied"]
    places = applied.cells["municipality_code"].to_numpy()
    touched = corrected[corrected["municipality_code"].isin(places)]
    totals = touched.groupby(keys)["emissions_t"].sum()
    by_cell: dict[int, list[Step]] = {}
    scaled: dict[tuple[str, str], list[Step]] = {}
    for step in steps:
        for cell in step.touched:
            by_cell.setdefault(cell, []).append(step)
        if step.correction.is_scaled:
            scaled.setdefault((step.release_id, step.correction.id), []).append(step)
    rows: list[dict[str, Any]] = []
    for step in steps:
        effects = _effect_of_leaving_out(step, applied, by_cell, scaled)
        for place in dict.fromkeys(places[list(effects)]):
            effect = sum(value for cell, value in effects.items() if places[cell] == place)
            total = float(totals.loc[(step.release_id, place, step.year)])
            rows.append(
                {
                    "correction_id": step.correction.id,
                    "release_id": step.release_id,
                    "municipality_code": place,
                    "substance": step.correction.substance,
                    "year": step.year,
                    "with_all_t": total,
                    "without_t": total - effect,
                    "effect_t": effect,
                }
            )
    frame = pd.DataFrame(rows, columns=contract.column_names)
    frame = frame.astype({"year": "int64"} | dict.fromkeys(("with_all_t", "without_t", "effect_t"), "float64"))
    return frame.sort_values(list(contract.primary_key)).reset_index(drop=True)


def _effect_of_leaving_out(
    step: Step, applied: Applied, by_cell: dict[int, list[Step]], scaled: dict[tuple[str, str], list[Step]]
) -> dict[int, float]:
    """Per cell of the step's year, how much larger it is with the correction than without."""
    alone = all(len(by_cell[cell]) == 1 for cell in step.touched)
    if alone:
        effects = {step.cell: step.after - step.before}
        if step.counterpart >= 0:
            effects[step.counterpart] = step.after_counterpart - step.before_counterpart
        return effects
    # Others touch the same cells, and further ones touch theirs: apply that whole group again without the correction.
    group, cells = _group(step, by_cell, scaled)
    left_out = {id(other) for other in _together(step, scaled)}
    with_all, _, _ = replay(applied, group)
    without, _, _ = replay(applied, [other for other in group if id(other) not in left_out])
    of_year = applied.cells["year"].to_numpy() == step.year
    return {
        cell: float(with_all[cell] - without[cell])
        for cell in sorted(cells)
        if of_year[cell] and not np.isnan(with_all[cell])
    }


def _together(step: Step, scaled: dict[tuple[str, str], list[Step]]) -> list[Step]:
    """The step, and with one of a scaled correction its other years, which hang on each other."""
    return scaled.get((step.release_id, step.correction.id), [step])


def _group(
    step: Step, by_cell: dict[int, list[Step]], scaled: dict[tuple[str, str], list[Step]]
) -> tuple[list[Step], set[int]]:
    """All steps that reach the step's cells, directly or through shared ones, in order of application."""
    found: dict[int, Step] = {}
    cells: set[int] = set()
    waiting = [step]
    while waiting:
        for other in _together(waiting.pop(), scaled):
            if id(other) in found:
                continue
            found[id(other)] = other
            cells.update(other.touched)
            waiting += [more for cell in other.touched for more in by_cell[cell] if id(more) not in found]
    ordered = sorted(found.values(), key=lambda s: (s.application_no or 0, not s.is_named, s.year))
    return ordered, cells
