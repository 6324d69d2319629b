"""Columns: where a target stands: measure, path, interim targets, budget and coherence.

What does not belong here: which table has which column (``contracts.tables``).
"""

from klimat_pipeline.contracts.columns.kinds import IDENTIFIER, INTEGER, NUMBER, TEXT
from klimat_pipeline.contracts.model import Column

COLUMNS = (
    Column(
        "target_measure",
        TEXT,
        "What is compared with the target: 'emissions' of its sectors; 'construction' (kg CO2e per m2 gross area "
        "against reference values); 'meals_per_kg' or 'meals_per_portion' (kg CO2e per kg of purchased food or per "
        "portion); 'purchases' (spend analysis); 'consumption' (of residents, per resident).",
        allowed=("emissions", "construction", "meals_per_kg", "meals_per_portion", "purchases", "consumption"),
    ),
    Column(
        "spend_indicator",
        TEXT,
        "Indicator of the spend analysis; of a target the one that it follows.",
        nullable=True,
    ),
    Column(
        "target_level",
        NUMBER,
        "Level that the document asks for, in the measure's unit, where it gives no percentage.",
        unit="as target_unit",
        nullable=True,
    ),
    Column(
        "interim_targets",
        TEXT,
        "Steps on the way as year:change in per cent, separated by spaces; empty for none.",
    ),
    Column(
        "budget_t",
        NUMBER,
        "Carbon budget from the year after the baseline to the target year: given, or by 'budget_rule'.",
        unit="t",
        nullable=True,
        minimum=0,
    ),
    Column(
        "path",
        TEXT,
        "Path to the target: 'straight_line'; 'constant_percentage' (the same yearly percentage); 'carbon_budget' "
        "(the straight line scaled so that its area is the budget); all three through the interim targets. 'none': no "
        "path can be drawn. Alternatives, never added.",
        allowed=("straight_line", "constant_percentage", "carbon_budget", "none"),
    ),
    Column(
        "target_unit",
        TEXT,
        "Unit of the target's values.",
        allowed=("t CO2e", "kg CO2e/m2", "kg CO2e/kg", "kg CO2e/portion", "t CO2e/resident"),
    ),
    Column(
        "baseline_value",
        NUMBER,
        "The measure in the baseline year, or its reference value.",
        unit="as target_unit",
        nullable=True,
    ),
    Column(
        "target_value",
        NUMBER,
        "The measure that the target allows.",
        unit="as target_unit",
        nullable=True,
    ),
    Column(
        "current_value",
        NUMBER,
        "The measure this year.",
        unit="as target_unit",
        nullable=True,
    ),
    Column(
        "path_value",
        NUMBER,
        "Where the path stands this year.",
        unit="as target_unit",
        nullable=True,
    ),
    Column(
        "gap_value",
        NUMBER,
        "The measure less the path, or less the target where there is no path: positive is too much.",
        unit="as target_unit",
        nullable=True,
    ),
    Column(
        "next_interim_value",
        NUMBER,
        "The measure that the next interim target allows.",
        unit="as target_unit",
        nullable=True,
    ),
    Column(
        "cumulative_excess_t",
        NUMBER,
        "Emissions less the path, summed over the years since the baseline; years that were not released are "
        "interpolated on a straight line (see interpolated_years).",
        unit="t",
        nullable=True,
    ),
    Column(
        "interpolated_years",
        TEXT,
        "Years that the release does not hold and that were filled, such as 1991-1999 2001: of a sum on straight "
        "lines, of a mean of yearly changes with the constant rate across the gap. They are in no table as data.",
        nullable=True,
    ),
    Column("interpolated_count", INTEGER, "How many years of the sum were interpolated.", nullable=True, minimum=0),
    Column(
        "budget_rule",
        TEXT,
        "Where the budget comes from: 'given' by the document, or 'area_under_straight_line'.",
        nullable=True,
        allowed=("given", "area_under_straight_line"),
    ),
    Column(
        "budget_used_t",
        NUMBER,
        "Emissions since the baseline, the unreleased years interpolated.",
        unit="t",
        nullable=True,
    ),
    Column(
        "budget_left_t",
        NUMBER,
        "Budget less what is used; negative when it is overdrawn.",
        unit="t",
        nullable=True,
    ),
    Column(
        "budget_exhausted_year",
        INTEGER,
        "Year in which the budget was or will be used up at this year's emissions; missing when not before 2200.",
        nullable=True,
        minimum=1900,
        maximum=2200,
    ),
    Column(
        "trend_reaches_year",
        INTEGER,
        "Year in which the line through the released years since trend_from_year reaches the target; missing when "
        "never (or after 2200).",
        nullable=True,
        minimum=1900,
        maximum=2200,
    ),
    Column(
        "trend_reaches_without_last_year",
        INTEGER,
        "The same with the line's last point left out: shows how much one year moves it.",
        nullable=True,
        minimum=1900,
        maximum=2200,
    ),
    Column("next_interim_year", INTEGER, "Year of the next interim target.", nullable=True, minimum=1900, maximum=2200),
    Column(
        "coherence_item",
        TEXT,
        "Target, or sector that no sub-target covers.",
        pattern=IDENTIFIER,
    ),
    Column(
        "coherence_kind",
        TEXT,
        "'total': the total target with the balance of the plan; 'sub_target': its level; 'uncovered': a sector that "
        "no sub-target covers, at its latest emissions; 'not_quantified': a target without baseline, number or "
        "sectors, in no sum.",
        allowed=("total", "sub_target", "uncovered", "not_quantified"),
    ),
    Column(
        "levels_sum_t",
        NUMBER,
        "Sum of the levels that the sub-targets allow.",
        unit="t",
        nullable=True,
    ),
    Column(
        "uncovered_t",
        NUMBER,
        "Latest emissions of the sectors that no sub-target covers.",
        unit="t",
        nullable=True,
    ),
    Column(
        "implied_t",
        NUMBER,
        "What is left when every sub-target is met and the uncovered sectors stay: levels_sum_t + uncovered_t.",
        unit="t",
        nullable=True,
    ),
    Column(
        "shortfall_t",
        NUMBER,
        "Tonnes by which the goal is missed; of a plan: implied_t less the total target (negative: room); of "
        "neutrality: what neither reduction nor counted sinks close.",
        unit="t",
        nullable=True,
    ),
    Column(
        "closing_pct",
        NUMBER,
        "Change of this sector's latest emissions that alone would close the plan. Missing where there is nothing "
        "to close, or where the whole sector is not enough: then 'note' says what would still be short.",
        unit="%",
        nullable=True,
    ),
    Column(
        "closing_since_baseline_pct",
        NUMBER,
        "The same against the sector's emissions in the total's baseline year.",
        unit="%",
        nullable=True,
    ),
    Column(
        "room_at_total_pct_t",
        NUMBER,
        "Room that the plan would have (negative: still short) if this sector alone were reduced as the total target "
        "asks, from the same baseline year.",
        unit="t",
        nullable=True,
    ),
)
