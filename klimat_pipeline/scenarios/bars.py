"""What the forecasts are held to: each bar with its value and its limit, all on figures that were held out.

A year "that the first release has not" is one that only a later release holds; errors are then measured on the first.
What does not belong here: the scores (``scenario_score``), and printing them (``cli``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from klimat_pipeline.clean.method_assumptions import TOTAL, Assumptions
from klimat_pipeline.scenarios.errors import PERCENTILES
from klimat_pipeline.scenarios.panels import Panel
from klimat_pipeline.scenarios.past import LAST_VALUE, NATIONAL_SLOPE, PUBLISHED, origins
from klimat_pipeline.scenarios.scenario_hindcast import summed
from klimat_pipeline.scenarios.scenario_score import MUNICIPALITIES, TIME
from klimat_pipeline.scenarios.simulation import EXISTING, WITH_ACTIONS

#: Of eight years, so many must be covered by the sum of all municipalities.
_NATION_COVERED = 0.75


@dataclass(frozen=True, slots=True)
class Bar:
    """A limit.

    Attributes:
        name: what is measured.
        value: measured; None where there is nothing to measure.
        least, most: what it must lie within; None for no limit.
        digits: decimals to show.
    """

    name: str
    value: float | None
    least: float | None = None
    most: float | None = None
    digits: int = 3

    @property
    def holds(self) -> bool | None:
        """Whether it is within; None where there is nothing to measure."""
        if self.value is None:
            return None
        return (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)

    @property
    def limit(self) -> str:
        """The limit in words."""
        if self.least is None:
            return f"at most {self.most:g}"
        return f"at least {self.least:g}" if self.most is None else f"{self.least:g} to {self.most:g}"


def bars_of_totals(score: pd.DataFrame) -> list[Bar]:
    """Bars of the forecasts of totals.

    Args:
        score: ``scenarios/scenario_score`` of one substance.
    """
    whole = score[(score["sector_code"] == TOTAL) & (score["horizon_years"] == 0)]
    if whole.empty:
        return []
    at = {(row["forecast_method"], row["held_out"]): row for row in whole.to_dict("records")}
    own = at[PUBLISHED, MUNICIPALITIES]
    loss = {key: row["pinball_pct"] for key, row in at.items()}
    years = sorted({held for _, held in at} - {MUNICIPALITIES, TIME})
    first = own["release_id"]
    later = [year for year in years if at[PUBLISHED, year]["release_id"] != first]

    def over(method: str, held: Sequence[str]) -> float | None:
        if not held:
            return None
        return float(np.mean([loss[PUBLISHED, h] for h in held]) / np.mean([loss[method, h] for h in held]))

    time = at.get((PUBLISHED, TIME))
    found = [
        Bar("loss over that of the last value", over(LAST_VALUE, [MUNICIPALITIES]), most=0.75),
        Bar("loss over that of the national slope", over(NATIONAL_SLOPE, [MUNICIPALITIES]), most=1.10),
        Bar("a target year left out, over the last value", over(LAST_VALUE, years), most=0.9),
        Bar("a target year left out, over the national slope", over(NATIONAL_SLOPE, years), most=1.05),
        *(Bar(f"{year} alone, over the last value", over(LAST_VALUE, [year]), most=1.25) for year in later),
        Bar("inside p05 to p95", own["covered_fraction"], 0.88, 0.92),
        Bar("below p05", own["below_fraction"], 0.02, 0.08),
        Bar("above p95", own["above_fraction"], 0.02, 0.08),
        Bar("below p50", own["under_p50_fraction"], 0.4, 0.7),
        Bar("inside p05 to p95, held out in time", time["covered_fraction"] if time else None, least=0.86),
        Bar("Brier score over the base rate's", own["brier_score"] / own["brier_of_base_rate"], most=1.03),
    ]
    return found


def bar_of_nation(panel: Panel, assumptions: Assumptions) -> Bar:
    """Whether the sum of all municipalities' draws, from the first origin, covers the years after it."""
    tried = origins(panel, assumptions)
    years = [year for year in panel.years if tried and year > tried[0]]
    name = "share of years whose sum of all municipalities is inside p05 to p95"
    if not years:
        return Bar(name, None, least=_NATION_COVERED)
    sums = summed(panel, assumptions, tried[0], years)
    low, high = np.quantile(sums, (PERCENTILES[0], PERCENTILES[-1]), axis=1)
    actual = np.array([np.nansum(panel.tonnes[panel.series.index(TOTAL), :, panel.years.index(y)]) for y in years])
    return Bar(f"{name}, {years[0]}-{years[-1]}", float(((low <= actual) & (actual <= high)).mean()), _NATION_COVERED)


def bars_of_actions(pathways: pd.DataFrame, probability: pd.DataFrame) -> list[Bar]:
    """Bars of scenarios with actions.

    Args:
        pathways: ``scenarios/pathways``.
        probability: ``scenarios/target_probability``.
    """
    acted = pathways[pathways["scenario"].isin([EXISTING, WITH_ACTIONS])]
    chances = [probability[f"probability_{what}fraction"] for what in ("", "low_", "high_")]
    return [
        Bar("rows with actions where p05 is p95", float((acted["p05_t"] == acted["p95_t"]).sum()), most=0, digits=0),
        Bar("probabilities of 0 or 1", float(sum(one.isin([0.0, 1.0]).sum() for one in chances)), most=0, digits=0),
    ]
