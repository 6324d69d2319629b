"""Does a printed gap table agree with itself? Its own arithmetic, in the layout that the municipality states.

Formulas, with the columns of the Climate City Contract's A-2.1 (1 baseline, 2 target, 3 latest, 4 other plans, 5 gap,
6 actions, 7 residual); a table without a latest year counts from its baseline:

* gap = (3 - 4) - 2; where column 2 is a reduction, that is column 2 less other plans, counted from the baseline
* residual = 3 - 4 - 6, never below zero; where the residual is what the target allows, it is 1 - reduction as well
* every column of the total is the sum of the lines outside the memo, all of one baseline, latest and target year

What belongs here: where a print contradicts itself. What does not: what is computed from its inputs (``gap_table``),
and who is told (``quality.targets_and_gap``).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.text import percent_sv, tonnes_sv

TOTAL, MEMO = "total", "memo"
#: Percentages are printed in whole per cent.
ROUNDING_PCT = 0.5
#: Columns whose lines sum to the total, and years that they share, by their names in Swedish.
_SUMMED = {
    "baseline_t": "basåret",
    "target_t": "målen",
    "latest_t": "senaste året",
    "other_plans_t": "andra planer",
    "actions_t": "åtgärderna",
    "printed_gap_t": "gapen",
    "printed_residual_t": "det som är kvar",
}
_YEARS = {"baseline_year": "basår", "latest_year": "senaste år", "target_year": "målår"}
#: A balance counts from these; what plans and actions leave of them is the residual's own check. Where no residual is
#: printed, the gap is what they are checked by, and a sum of them is one that a balance rests on.
_OF_BALANCE = ("baseline_t", "latest_t", "printed_residual_t")
#: What is computed of a line, in English and Swedish.
_GAP = "gap, (3-4)-2", "gapet, (3-4)-2,"
_RESIDUAL = "residual, 3-4-6", "det som är kvar, 3-4-6,"
_LEFT = "residual, 1 less the reduction", "det som är kvar, 1 minus minskningen,"
_MAY_LACK = ("other_plans_t", "actions_t")


@dataclass(frozen=True, slots=True)
class PrintFault:
    """Where a print contradicts itself.

    Attributes:
        line: of the print.
        gives: what its own figures give.
        printed: what it prints.
        gives_sv, printed_sv: the same in Swedish.
        is_of_balance: whether a neutrality balance would rest on it.
    """

    line: str
    gives: str
    printed: str
    gives_sv: str
    printed_sv: str
    is_of_balance: bool = False


def counted_from(row: Any) -> tuple[int, float]:
    """Year and tonnes that a printed line's plans and actions are taken from: the latest, else the baseline."""
    if pd.isna(row["latest_year"]):
        return int(row["baseline_year"]), float(row["baseline_t"])
    return int(row["latest_year"]), float(row["latest_t"])


def print_faults(own: pd.DataFrame) -> list[PrintFault]:
    """Everything in which one municipality's print contradicts itself beyond its rounding.

    Args:
        own: its rows of ``clean/published_gap``.
    """
    lines = own[own["line"] != TOTAL]
    inside = lines[lines["scopes"] != MEMO]
    found: list[PrintFault] = []
    for row in own.to_dict("records"):
        if row["line"] != TOTAL or lines.empty:
            found += _of_line(row)
            continue
        found += _other_years(row, inside)
        for name, name_sv in _SUMMED.items():
            what = f"sum of {name}", f"summan av {name_sv}"
            of_balance = name in _OF_BALANCE or (name in _MAY_LACK and _is_unchecked(row))
            # A line may have no plans; a figure that it lacks in another column leaves the sum unknown.
            whole = inside[name].sum(skipna=name in _MAY_LACK, min_count=1)
            found += _off(row, what, row[name], whole, len(inside), of_balance=of_balance)
    return found


def _other_years(total: dict[str, Any], inside: pd.DataFrame) -> Iterator[PrintFault]:
    """Lines of other years than their total's: what they sum to is a figure of no year."""
    for name, name_sv in _YEARS.items():
        years = sorted({int(year) for year in inside[name].dropna()} - {total[name]})
        if pd.notna(total[name]) and years:
            given = ", ".join(map(str, years))
            printed = str(int(total[name]))
            said = f"{name} of lines is {given}", f"radernas {name_sv} är {given}"
            yield PrintFault(TOTAL, said[0], printed, said[1], printed, is_of_balance=True)


def _of_line(row: dict[str, Any]) -> Iterator[PrintFault]:
    plans = 0.0 if pd.isna(row["other_plans_t"]) else row["other_plans_t"]
    _, level = counted_from(row)
    in_total = row["scopes"] != MEMO
    alone = in_total and _is_unchecked(row)
    yield from _off(row, _GAP, row["printed_gap_t"], level - plans - row["target_t"], 4, of_balance=alone)
    # A capture larger than the line's emissions leaves zero, not a negative figure.
    left = level - plans - (0.0 if pd.isna(row["actions_t"]) else row["actions_t"])
    left = max(left, 0.0) if level >= 0 else left
    yield from _off(row, _RESIDUAL, row["printed_residual_t"], left, 4, of_balance=in_total)
    if row["residual_column"] == "left_by_target":
        yield from _off(row, _LEFT, row["printed_residual_t"], row["target_t"], 3)
    pct = (row["target_t"] / row["baseline_t"] - 1.0) * 100.0 if row["baseline_t"] else np.nan
    # A percentage of the target's own base year says nothing of the printed baseline.
    counts_otherwise = row["target_base_year"] != row["baseline_year"] and row["target_pct"] == row["applied_pct"]
    if abs(pct - row["target_pct"]) > ROUNDING_PCT and not counts_otherwise:
        yield PrintFault(
            row["line"],
            f"target of {row['target_t']:,.0f} t is {pct:+.1f} %",
            f"{row['target_pct']:+.0f} %",
            f"målet {tonnes_sv(row['target_t'])} är {percent_sv(pct, sign=True)}",
            percent_sv(row["target_pct"], 0, sign=True),
        )


def _is_unchecked(row: dict[str, Any]) -> bool:
    """Whether no residual is printed, so that what plans and actions leave is nobody's figure but ours."""
    return bool(pd.isna(row["printed_residual_t"]))


def _off(
    row: dict[str, Any], what: tuple[str, str], printed: float, computed: float, terms: int, *, of_balance: bool = False
) -> Iterator[PrintFault]:
    """A difference beyond what rounding of so many figures explains."""
    if pd.notna(printed) and pd.notna(computed) and abs(printed - computed) > row["rounding_t"] * terms:
        yield PrintFault(
            row["line"],
            f"{what[0]} gives {computed:,.0f} t",
            f"{printed:,.0f} t",
            f"{what[1]} ger {tonnes_sv(computed)}",
            tonnes_sv(printed),
            of_balance,
        )
