"""Columns: inventories of a territory and of an organisation, their activities and factors.

What does not belong here: which table has which column (``contracts.tables``).
"""

from klimat_pipeline.contracts.code_lists import GRADES, NOTATION_KEYS, SCOPES, SUMMED_SCOPES
from klimat_pipeline.contracts.columns.kinds import BOOLEAN, IDENTIFIER, INTEGER, NUMBER, TEXT
from klimat_pipeline.contracts.model import Column

COLUMNS = (
    Column(
        "line",
        TEXT,
        "Line of the table: of the inventory (data/reference/inventory_lines.csv), of a gap table, or a target; "
        "'total' is their sum. Of pathways it is the target_id of sector_indicators, target_status and "
        "target_probability.",
        pattern=IDENTIFIER,
    ),
    Column(
        "gpc_sector",
        TEXT,
        "Sector of the Global Protocol for Community-Scale Inventories (GPC); of a line of the contract's table, the "
        "one that it stands under there (machinery under transportation).",
        allowed=("stationary_energy", "transportation", "waste", "ippu", "afolu", "other_scope_3"),
    ),
    Column(
        "gpc_ref",
        TEXT,
        "Reference number of the GPC, such as II.1.1; several joined by '+' where the source does not split them; "
        "BASIC, BASIC+ or territorial for a total.",
        nullable=True,
    ),
    Column("gpc_name_en", TEXT, "What the reference number means."),
    Column(
        "gpc_level",
        TEXT,
        "The narrowest total of the GPC that holds the row whole: 'BASIC', 'BASIC+' (which holds BASIC too), "
        "'territorial' (in no other total, such as energy generated for the grid) or 'other' (in none).",
        allowed=("BASIC", "BASIC+", "territorial", "other"),
    ),
    Column(
        "crf_code",
        TEXT,
        "Category of the Common Reporting Format (IPCC 2006), such as 1A3b; several joined by '+' where the source "
        "does not split them.",
    ),
    Column(
        "scope",
        TEXT,
        "Scope. Of a territory (GPC): 1 inside the boundary, 2 grid-supplied energy used inside it, 3 outside because "
        "of it. Of an organisation (GHG Protocol): 1 own sources, 2 purchased energy, 3 the value chain.",
        allowed=SCOPES,
    ),
    Column(
        "item",
        TEXT,
        "What the row is made from: the national main sector (scope 1), user and carrier (scope 2), or the given line "
        "(scope 3).",
    ),
    Column(
        "method",
        TEXT,
        "How scope 2 is counted: 'location' (average of the grid), 'market' (what was contracted, residual mix for the "
        "rest); empty elsewhere. The two are alternatives and never added.",
        allowed=("", "location", "market"),
    ),
    Column(
        "biogenic_co2_t",
        NUMBER,
        "Biogenic carbon dioxide, reported apart and in no total.",
        unit="t",
        nullable=True,
        additive="within one release",
    ),
    Column(
        "notation_key",
        TEXT,
        "Why a number is missing or not whole: NO does not occur, NE not estimated, IE included elsewhere, C "
        "confidential. A sum keeps the keys of what it sums; a key is never a zero.",
        nullable=True,
        pattern="({0})( ({0}))*".format("|".join(NOTATION_KEYS)),
    ),
    Column(
        "data_quality",
        TEXT,
        "GPC data quality of the figure.",
        allowed=GRADES,
        nullable=True,
    ),
    Column(
        "is_memo",
        BOOLEAN,
        "Whether the row stands beside the total: grid-supplied energy, which scope 2 holds, unless the municipality's "
        "own document has it otherwise (inventory: memo_lines in municipality.yaml).",
    ),
    Column(
        "scopes",
        TEXT,
        "Scope, or scopes summed; 'memo' for lines outside every total (grid-supplied energy).",
        allowed=tuple(SUMMED_SCOPES),
    ),
    Column(
        "scope2_basis",
        TEXT,
        "What scope 2 rests on: 'energy_use' (local energy use times factors), 'activity' (the organisation's own "
        "activities), 'printed' (the municipality's own published inventory); empty where no scope 2 is in the figure.",
        allowed=("", "energy_use", "activity", "printed"),
    ),
    Column(
        "scope3_category",
        INTEGER,
        "Category of scope 3 of the GHG Protocol, 1 to 15; 0 where the row sums them or is of another scope.",
        nullable=True,
        minimum=1,
        maximum=15,
    ),
    Column("share_pct", NUMBER, "Share of the total, 0-100.", unit="%", nullable=True),
    Column(
        "lines_estimated",
        INTEGER,
        "How many lines of the inventory (activities of an organisation) have a number in this figure.",
        minimum=0,
    ),
    Column(
        "lines_not_estimated",
        INTEGER,
        "How many ought to be in this figure and are not (NE): the figure is lower than the truth. Missing where "
        "nobody accounts for the inventory: a municipality without a folder.",
        minimum=0,
    ),
    Column("energy_user", TEXT, "Who uses the energy (data/reference/energy_users.csv).", pattern=IDENTIFIER),
    Column("carrier", TEXT, "Energy carrier or other activity that a factor is for.", pattern=IDENTIFIER),
    Column("energy_mwh", NUMBER, "Energy used in the year.", unit="MWh", minimum=0, additive="yes"),
    Column(
        "gas",
        TEXT,
        "Gas that a factor or a measured amount is of; 'co2e' for a factor that sums them.",
        pattern=IDENTIFIER,
    ),
    Column(
        "gas_t",
        NUMBER,
        "Mass of the gas itself; missing where the source gives it weighted, and for what is not divided.",
        unit="t",
        nullable=True,
        minimum=0,
    ),
    Column("gas_release_ids", TEXT, "Releases that the gas is taken from; empty for what is not divided."),
    Column("factor_value", NUMBER, "Emission factor as its source gives it, in 'factor_unit'.", minimum=0),
    Column("factor_unit", TEXT, "Unit of the factor, such as g/kWh."),
    Column("factor_t_per_unit", NUMBER, "The factor in tonnes of the gas per 'per_unit'.", minimum=0),
    Column(
        "t_co2e_per_unit",
        NUMBER,
        "Factor that the amount was multiplied with: tonnes of CO2e per unit of the amount, in the row's GWP set.",
        nullable=True,
        minimum=0,
    ),
    Column("per_unit", TEXT, "Unit of activity that the converted factor is per, such as MWh or km."),
    Column(
        "printed_value",
        NUMBER,
        "The factor that a document prints where it does not reproduce the document's own tonnes; for comparison only.",
        nullable=True,
        minimum=0,
    ),
    Column("print_table", TEXT, "Table of the municipality's document in which the figure is printed."),
    Column("of_lines", TEXT, "Lines of the inventory that the printed line sums, separated by spaces."),
    Column("print_line", TEXT, "Line as printed; 'total' sums the table.", pattern=IDENTIFIER),
    Column(
        "published_t",
        NUMBER,
        "Emissions as the municipality has printed them, tonnes CO2e.",
        unit="t",
        nullable=True,
    ),
    Column(
        "printed_share_pct",
        NUMBER,
        "Share of the table's total that the document prints beside the tonnes.",
        unit="%",
        nullable=True,
    ),
    Column(
        "also_printed_year",
        INTEGER,
        "Another year that the same document gives for the same figure, as in its text; 'year' is the one that counts.",
        nullable=True,
        minimum=1900,
        maximum=2200,
    ),
    Column("computed_t", NUMBER, "The same figure from our inventory, tonnes CO2e.", unit="t", nullable=True),
    Column("difference_t", NUMBER, "Computed less published.", unit="t", nullable=True),
    Column(
        "difference_cause",
        TEXT,
        "Why the two differ, as far as it was computed. 'correction': a local correction that this release does not "
        "have; 'classification': the same tonnes stand on another line; 'rounding': the print's; 'print_error': the "
        "print does not agree with itself; 'not_estimated': one side has no number; 'unexplained': the rest, such as "
        "another release, other factors or another method.",
        allowed=("correction", "classification", "rounding", "print_error", "not_estimated", "unexplained"),
    ),
    Column(
        "part_t",
        NUMBER,
        "Tonnes of the difference that this cause explains; the parts sum to it.",
        unit="t",
        nullable=True,
        additive="within one release",
    ),
    Column("definition_id", TEXT, "Definition of the areas (data/municipalities/*/areas.yaml).", pattern=IDENTIFIER),
    Column("definition_text", TEXT, "What the definition counts, in words."),
    Column("area_id", TEXT, "Area of the definition; 'all_areas' sums them.", pattern=IDENTIFIER),
    Column(
        "figure_basis",
        TEXT,
        "Which figures the share is of: 'reported' (national), 'corrected' (with local corrections), 'printed' (the "
        "municipality's own document).",
        allowed=("reported", "corrected", "printed"),
    ),
    Column("total_t_co2e", NUMBER, "Emissions that the share is of.", unit="t CO2e", nullable=True),
    Column("organisation_unit", TEXT, "Company or department of the municipal group.", pattern=IDENTIFIER),
    Column("activity_id", TEXT, "Activity within the unit and year.", pattern=IDENTIFIER),
    Column(
        "category",
        TEXT,
        "Kind of activity. Scope 1: combustion by use (stationary_combustion in buildings, energy_industry in plants "
        "that make electricity or heat for sale), process, refrigerant, waste_treatment, direct_measurement; "
        "scope 2: purchased_electricity, purchased_heat, purchased_cooling; scope 3: the rest. In spend_mapping: "
        "a category of purchases, 'unmapped', or 'left_out' by a rule.",
        allowed=(
            "stationary_combustion",
            "energy_industry",
            "mobile_combustion",
            "aviation",
            "shipping",
            "machinery",
            "process",
            "refrigerant",
            "waste_treatment",
            "direct_measurement",
            "purchased_electricity",
            "purchased_heat",
            "purchased_cooling",
            "fuel_upstream",
            "business_travel",
            "commuting",
            "waste",
            "meals",
            "purchased_goods",
            "capital_goods",
            "other",
        ),
    ),
    Column(
        "amount",
        NUMBER,
        "How much of the activity, in 'amount_unit'; missing with a notation key.",
        nullable=True,
        minimum=0,
    ),
    Column("amount_unit", TEXT, "Canonical unit of the amount: MWh, t, m3, km and such.", nullable=True),
    Column(
        "supplier_unit",
        TEXT,
        "Unit of the group that produced what is supplied; missing where it was bought outside.",
        nullable=True,
        pattern=IDENTIFIER,
    ),
    Column(
        "is_eliminated",
        BOOLEAN,
        "Whether the row is shown but left out of the group's total: a unit of the group supplied it and holds it in "
        "its own scope 1.",
    ),
)
