"""Columns: the gap table, buildings and meals.

What does not belong here: which table has which column (``contracts.tables``).
"""

from klimat_pipeline.contracts.code_lists import ACTIONS_COLUMNS, PLANS_COLUMNS, RESIDUAL_COLUMNS, TARGET_COLUMNS
from klimat_pipeline.contracts.columns.kinds import BOOLEAN, IDENTIFIER, INTEGER, NUMBER, TEXT
from klimat_pipeline.contracts.model import Column

COLUMNS = (
    Column(
        "gap_basis",
        TEXT,
        "'printed': the municipality's own print, columns 5 and 7 computed anew; 'computed': our inventory of the "
        "print's years; 'targets': the municipality's targets and latest emissions.",
        allowed=("printed", "computed", "targets"),
    ),
    Column("is_total", BOOLEAN, "Whether the row sums other rows of this table: they must not be added to it."),
    Column("latest_year", INTEGER, "Latest year of the emissions.", nullable=False, minimum=1900, maximum=2200),
    Column(
        "baseline_t",
        NUMBER,
        "Emissions in the baseline year (column 1), tonnes CO2e.",
        unit="t",
        nullable=True,
    ),
    Column(
        "target_t",
        NUMBER,
        "Emissions that the target allows (column 2), tonnes CO2e.",
        unit="t",
        nullable=True,
    ),
    Column(
        "latest_t",
        NUMBER,
        "Latest emissions (column 3), tonnes CO2e.",
        unit="t",
        nullable=True,
    ),
    Column(
        "other_plans_t",
        NUMBER,
        "Reduction by other plans until the target year (column 4), tonnes CO2e.",
        unit="t",
        nullable=True,
    ),
    Column(
        "gap_t",
        NUMBER,
        "Gap: (latest - other plans) - target (column 5), tonnes CO2e.",
        unit="t",
        nullable=True,
    ),
    Column(
        "actions_t",
        NUMBER,
        "Reduction by the actions, each on its own (column 6), tonnes CO2e.",
        unit="t",
        nullable=True,
        minimum=0,
    ),
    Column(
        "actions_counted_t",
        NUMBER,
        "Reduction by the actions together: overlaps taken off, never more than the line holds.",
        unit="t",
        nullable=True,
        minimum=0,
    ),
    Column(
        "printed_gap_t",
        NUMBER,
        "Gap as printed.",
        unit="t",
        nullable=True,
    ),
    Column(
        "printed_residual_t",
        NUMBER,
        "Residual as printed.",
        unit="t",
        nullable=True,
    ),
    Column(
        "printed_target_t", NUMBER, "Column of targets as printed: a level, or a reduction.", unit="t", nullable=True
    ),
    Column("printed_actions_t", NUMBER, "Column of actions as printed.", unit="t", nullable=True),
    Column(
        "target_column",
        TEXT,
        "What the print's column of targets holds: the level that is left, or the reduction.",
        allowed=TARGET_COLUMNS,
    ),
    Column(
        "residual_column",
        TEXT,
        "What the print's residual is: 'left_by_actions' (latest less plans and actions), 'left_by_target' (baseline "
        "less the target's reduction).",
        allowed=RESIDUAL_COLUMNS,
    ),
    Column(
        "actions_column",
        TEXT,
        "Whether the print's column of actions holds the actions alone or the residual too.",
        allowed=ACTIONS_COLUMNS,
    ),
    Column(
        "printed_plans_t",
        NUMBER,
        "Column of other plans as printed: what they save, or what they leave, as 'plans_column' says.",
        unit="t",
        nullable=True,
    ),
    Column(
        "plans_column",
        TEXT,
        "What the printed column of other plans holds: what they save, or the level that they leave (a forecast).",
        allowed=PLANS_COLUMNS,
    ),
    Column("rounding_t", NUMBER, "Half of the last digit that the document prints.", unit="t", minimum=0),
    Column(
        "target_base_year",
        INTEGER,
        "Year that the target's percentage counts from: the baseline year, or that of the target of the municipality's "
        "own that the line belongs to.",
        minimum=1900,
        maximum=2200,
    ),
    Column(
        "target_base_t",
        NUMBER,
        "Emissions in the target's base year, tonnes CO2e.",
        unit="t",
        nullable=True,
    ),
    Column(
        "applied_pct",
        NUMBER,
        "Change since the target's base year that is asked for: as printed, or of the target that the line belongs to.",
        unit="%",
        nullable=True,
    ),
    Column(
        "gap_off_t",
        NUMBER,
        "Printed gap less computed.",
        unit="t",
        nullable=True,
    ),
    Column(
        "residual_off_t",
        NUMBER,
        "Printed residual less computed.",
        unit="t",
        nullable=True,
    ),
    Column(
        "action_ids",
        TEXT,
        "Actions counted on the line, separated by spaces; empty for none.",
    ),
    Column(
        "project_id",
        TEXT,
        "Construction project.",
        pattern=IDENTIFIER,
    ),
    Column(
        "project_name",
        TEXT,
        "Name of the project.",
    ),
    Column(
        "gross_area_m2",
        NUMBER,
        "Gross floor area (BTA).",
        unit="m2",
        minimum=0,
    ),
    Column(
        "impact_kg_per_m2",
        NUMBER,
        "Climate impact per gross area.",
        unit="kg CO2e/m2",
        minimum=0,
    ),
    Column(
        "reference_set",
        TEXT,
        "Set of reference values (data/reference/construction_references.csv).",
        pattern=IDENTIFIER,
    ),
    Column(
        "reference_kg_per_m2",
        NUMBER,
        "Reference value per gross area.",
        unit="kg CO2e/m2",
        minimum=0,
    ),
    Column(
        "system_boundary",
        TEXT,
        "Life-cycle stages that the figure covers, such as A1-A5.",
    ),
    Column(
        "food_kg",
        NUMBER,
        "Purchased food.",
        unit="kg",
        nullable=True,
        minimum=0,
    ),
    Column(
        "portions",
        NUMBER,
        "Portions served.",
        unit="portions",
        nullable=True,
        minimum=0,
    ),
    Column(
        "emissions_kg_co2e",
        NUMBER,
        "Emissions of the purchased food.",
        unit="kg CO2e",
        minimum=0,
    ),
)
