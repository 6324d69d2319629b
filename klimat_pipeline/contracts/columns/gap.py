"""Columns: the gap table, buildings and meals.

What does not belong here: which table has which column (``contracts.tables``).
"""

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
    Column("is_total", BOOLEAN, "Whether the row sums the others."),
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
