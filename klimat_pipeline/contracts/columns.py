"""The dictionary of columns: each name means one thing in every table, and is described once, here.

A table narrows a column (``use``) but never describes it anew. What does not belong here: which table has which
column (``tables``).
"""

from klimat_pipeline.contracts.model import Column, Kind

MUNICIPALITY_CODE = r"\d{4}"
IDENTIFIER = r"[a-z][a-z0-9_]*"
ISO_DATE = r"\d{4}(-\d{2}(-\d{2})?)?"

_TEXT: Kind = "string"
_INT: Kind = "integer"
_NUM: Kind = "number"
_BOOL: Kind = "boolean"
_TIME: Kind = "datetime"


def _columns(*columns: Column) -> dict[str, Column]:
    names = [column.name for column in columns]
    if len(names) != len(set(names)):
        raise ValueError(f"described twice: {sorted({n for n in names if names.count(n) > 1})}")
    return {column.name: column for column in columns}


COLUMNS = _columns(
    # -- identity -----------------------------------------------------------------------------------------------
    Column(
        "release_id",
        _TEXT,
        "One release of a source: history is rewritten at every release, so a figure without it says little. "
        "Derived from source, substance, date and the file's hash unless given.",
        pattern=r"[a-z0-9][a-z0-9-]*",
    ),
    Column(
        "publication_id",
        _TEXT,
        "Version of the published tables, derived from inputs, configuration and code: the same in every table of "
        "one publication, so a reader can assert that it sees a single version.",
        pattern=r"pub-[0-9a-f]{16}",
    ),
    Column(
        "run_id",
        _TEXT,
        "Identifies the run by what went into it (inputs, configuration, code), so that repeating it gives the same; "
        "the Dagster run carries it as the tag klimat/run_id.",
        pattern=r"run-[0-9a-f]{16}",
    ),
    Column("is_current", _BOOL, "Whether it is the newest release of its substance for at least one municipality."),
    Column(
        "is_current_release",
        _BOOL,
        "Whether the row belongs to the newest release that holds this municipality and substance. Filter on it "
        "unless you compare releases.",
    ),
    Column("municipality_code", _TEXT, "SCB's four-digit municipality code.", pattern=MUNICIPALITY_CODE),
    Column("municipality_name", _TEXT, "Municipality name as SCB writes it."),
    Column("county_code", _TEXT, "SCB's two-digit county code.", pattern=r"\d{2}"),
    Column("county_name", _TEXT, "County name as SCB writes it."),
    Column(
        "area_code",
        _TEXT,
        "00 the nation, two digits a county, four digits a municipality, 99 what the nation holds beyond the sum of "
        "its counties.",
        pattern=r"\d{2}|\d{4}",
    ),
    Column(
        "area_level",
        _TEXT,
        "Level of the area. 'unallocated' is the nation less its counties: shipping, aviation, fishing and hazardous "
        "waste that no county holds.",
        allowed=("nation", "county", "municipality", "unallocated"),
    ),
    Column("area_name", _TEXT, "Name of the area."),
    Column("sector_code", _TEXT, "Main sector of the national emission database.", pattern=IDENTIFIER),
    Column("sector_name_sv", _TEXT, "Sector in Swedish, canonical spelling."),
    Column("sector_name_en", _TEXT, "Sector in English."),
    Column("sector_order", _INT, "Order in which the source lists the sectors.", minimum=1),
    Column(
        "subsector_code",
        _TEXT,
        "Subsector within the sector; 'not_split' is the sector less its subsectors, so that they always sum.",
        pattern=IDENTIFIER,
    ),
    Column("subsector_name_sv", _TEXT, "Subsector in Swedish; an unknown one keeps the source's own words."),
    Column("subsector_name_en", _TEXT, "Subsector in English.", nullable=True),
    Column("substance", _TEXT, "Substance code of the source: GGT is all greenhouse gases, CO2 carbon dioxide."),
    Column("year", _INT, "Year in which the emissions happened.", minimum=1900, maximum=2200),
    Column("is_latest_year", _BOOL, "Whether it is the last year of its release."),
    # -- source and release --------------------------------------------------------------------------------------
    Column("source", _TEXT, "Where it was published: register, document or web page."),
    Column("source_id", _TEXT, "Short name of the source.", pattern=r"[a-z0-9_]+"),
    Column("url", _TEXT, "Address it was fetched from; empty for a file added by hand.", nullable=True),
    Column(
        "report_date",
        _TEXT,
        "Date of the report as precise as the source states it (2025, 2026-06 or 2024-04-18); missing where the file "
        "does not say.",
        nullable=True,
        pattern=ISO_DATE,
    ),
    Column("retrieved_at", _TIME, "When the file was fetched or added, UTC."),
    Column("sha256", _TEXT, "SHA-256 of the source file.", pattern=r"[0-9a-f]{64}"),
    Column("size_bytes", _INT, "Size of the source file.", unit="bytes", minimum=1),
    Column(
        "stale_days",
        _INT,
        "Whole days that the source had not answered when it was last asked in vain; missing when it answered, or was "
        "not asked.",
        unit="days",
        nullable=True,
        minimum=0,
    ),
    Column("file_name", _TEXT, "Name of the file when it was added; for recognition only."),
    Column("first_year", _INT, "First year that the release holds.", minimum=1900, maximum=2200),
    Column("last_year", _INT, "Last year that the release holds.", minimum=1900, maximum=2200),
    Column("years", _TEXT, "Years that the release holds, separated by spaces; the gaps are the source's own."),
    Column("municipalities", _INT, "How many municipalities the release holds, of 290.", minimum=0, maximum=290),
    Column(
        "coverage",
        _TEXT,
        "'national' when the release holds the whole country; 'extract' when only some areas were taken out of it.",
        allowed=("national", "extract"),
    ),
    Column("unit", _TEXT, "Unit of the figures, canonical: 't CO2e' or 't' followed by the substance."),
    Column(
        "gwp_set",
        _TEXT,
        "Set of global warming potentials behind the CO2e figures (AR4, AR5, AR6); 'none' where no "
        "weighting is involved.",
        allowed=("AR4", "AR5", "AR6", "none", "not stated"),
    ),
    Column("sheet", _TEXT, "Sheet of the source workbook."),
    Column("source_row", _INT, "Row in the source workbook as a spreadsheet numbers it.", minimum=1),
    Column("source_column", _TEXT, "Column letter in the source workbook.", pattern=r"[A-Z]{1,3}"),
    Column("main_sector_sv", _TEXT, "Main sector in the source's own words."),
    Column("subsector_sv", _TEXT, "Subsector in the source's own words; 'Alla' marks a total."),
    Column("county_sv", _TEXT, "County in the source's own words; 'Alla' marks a total."),
    Column("municipality_sv", _TEXT, "Municipality in the source's own words; 'Alla' marks a total."),
    Column("unit_sv", _TEXT, "Unit in the source's own words."),
    Column("value", _NUM, "Figure as it stands in the cell, in the source's unit."),
    # -- emissions -----------------------------------------------------------------------------------------------
    Column(
        "emissions_reported_t",
        _NUM,
        "Emissions as reported, in tonnes of what 'unit' says.",
        unit="t",
        minimum=0,
        additive="within one release",
    ),
    Column(
        "emissions_reported_t_co2e",
        _NUM,
        "Emissions as reported, in CO2 equivalents. Missing where the substance is not valued in CO2e.",
        unit="t CO2e",
        nullable=True,
        minimum=0,
        additive="within one release",
    ),
    Column(
        "emissions_t",
        _NUM,
        "Emissions after local corrections, in tonnes of what 'unit' says.",
        unit="t",
        minimum=0,
        additive="within one release",
    ),
    Column(
        "emissions_t_co2e",
        _NUM,
        "Emissions after local corrections, in CO2 equivalents. Missing where the substance is not valued in CO2e.",
        unit="t CO2e",
        nullable=True,
        minimum=0,
        additive="within one release",
    ),
    Column("correction_ids", _TEXT, "Local corrections applied to the cell, separated by spaces; empty for none."),
    # -- municipalities ------------------------------------------------------------------------------------------
    Column("population", _INT, "Residents on 31 December of the year.", unit="residents", minimum=1),
    # -- targets -------------------------------------------------------------------------------------------------
    Column(
        "target_id",
        _TEXT,
        "What is followed up: 'total', a sector, or a target of the municipality's own contract.",
        pattern=IDENTIFIER,
    ),
    Column("target_name_sv", _TEXT, "Target in Swedish."),
    Column("target_name_en", _TEXT, "Target in English."),
    Column(
        "target_kind",
        _TEXT,
        "'contract': from the municipality's configuration; 'generic': followed for every municipality, no target.",
        allowed=("contract", "generic"),
    ),
    Column("sector_codes", _TEXT, "Sectors that the target sums, separated by spaces; empty where it has none."),
    Column(
        "boundary",
        _TEXT,
        "Perspective: 'territory' (emissions inside the municipality), 'organisation' (the municipal group), "
        "'residents' (consumption). Perspectives overlap and are never added.",
        allowed=("territory", "organisation", "residents"),
    ),
    Column(
        "gas_basis",
        _TEXT,
        "Gases in the figure: 'all greenhouse gases' or 'carbon dioxide only'; missing for anything else.",
        allowed=("all greenhouse gases", "carbon dioxide only"),
    ),
    Column(
        "target_gas_basis",
        _TEXT,
        "Gases that the target speaks of: GHG (all greenhouse gases) or fossil (fossil emissions only).",
        allowed=("GHG", "fossil"),
        nullable=True,
    ),
    Column("baseline_year", _INT, "Year that changes are counted from.", nullable=True, minimum=1900, maximum=2200),
    Column(
        "baseline_t_co2e",
        _NUM,
        "Emissions in the baseline year, same release.",
        unit="t CO2e",
        nullable=True,
        minimum=0,
    ),
    Column("change_t_co2e", _NUM, "Emissions less those of the baseline year.", unit="t CO2e", nullable=True),
    Column(
        "change_pct",
        _NUM,
        "Change since the baseline year, 0-100; missing where the baseline is zero or not released.",
        unit="%",
        nullable=True,
    ),
    Column(
        "change_reported_pct",
        _NUM,
        "The same change before local corrections, both years as reported.",
        unit="%",
        nullable=True,
    ),
    Column(
        "target_pct",
        _NUM,
        "Change that the target asks for, negative for a reduction.",
        unit="%",
        nullable=True,
        minimum=-100,
        maximum=0,
    ),
    Column("target_year", _INT, "Year by which the target is to be met.", nullable=True, minimum=1900, maximum=2200),
    Column("target_t_co2e", _NUM, "Emissions that the target allows.", unit="t CO2e", nullable=True, minimum=0),
    Column(
        "target_path_t_co2e",
        _NUM,
        "Where the straight line from the baseline to the target stands this year (a convention, not part of the "
        "target); missing before the baseline year.",
        unit="t CO2e",
        nullable=True,
        minimum=0,
    ),
    Column("gap_t_co2e", _NUM, "Emissions less the path: positive is too much.", unit="t CO2e", nullable=True),
    Column(
        "required_t_co2e_per_year",
        _NUM,
        "Reduction needed every year from this one to meet the target, negative for a reduction; 0 once reached.",
        unit="t CO2e/year",
        nullable=True,
    ),
    Column(
        "required_pct_per_year",
        _NUM,
        "The same as a constant yearly percentage.",
        unit="%/year",
        nullable=True,
    ),
    Column(
        "trend_from_year",
        _INT,
        "First year of the trend (from the configuration); missing where the release has no such year.",
        nullable=True,
        minimum=1900,
        maximum=2200,
    ),
    Column(
        "trend_compound_pct_per_year",
        _NUM,
        "Compound yearly change (CAGR) between the trend's first year and this one, over the true span of years.",
        unit="%/year",
        nullable=True,
    ),
    Column(
        "trend_t_co2e_per_year",
        _NUM,
        "Slope of the least-squares line through the released years of the trend; needs three years.",
        unit="t CO2e/year",
        nullable=True,
    ),
    Column(
        "projected_t_co2e",
        _NUM,
        "Where that line stands in the target year, not below zero. A trend is not a forecast.",
        unit="t CO2e",
        nullable=True,
        minimum=0,
    ),
    Column(
        "projected_without_last_t_co2e",
        _NUM,
        "The same with the line's last point left out: the distance to the column before shows how much one year "
        "moves the projection.",
        unit="t CO2e",
        nullable=True,
        minimum=0,
    ),
    Column(
        "share_of_total_pct",
        _NUM,
        "Share of the municipality's total the same year and release. Targets overlap: shares do not add to 100.",
        unit="%",
        nullable=True,
    ),
    Column(
        "emissions_per_resident_t_co2e",
        _NUM,
        "Emissions per resident, with the population of the same year; missing where it is not known.",
        unit="t CO2e/resident",
        nullable=True,
        minimum=0,
    ),
    Column(
        "status",
        _TEXT,
        "'reached': at or below the target; 'on_track': at or below the path; 'behind': above it; 'no_data': cannot "
        "be told (not quantified, or before the baseline year); 'no_target': followed up without a target.",
        allowed=("reached", "on_track", "behind", "no_data", "no_target"),
    ),
    Column("note", _TEXT, "What a reader of the row should know; empty for nothing.", nullable=True),
    # -- corrections ---------------------------------------------------------------------------------------------
    Column(
        "correction_id",
        _TEXT,
        "Correction in the municipality's register (corrections.yaml).",
        pattern=r"[a-z0-9][a-z0-9-]*",
    ),
    Column(
        "correction_status",
        _TEXT,
        "'applied'; 'not_for_release': the register limits it to other releases; 'expired': past its last day.",
        allowed=("applied", "not_for_release", "expired"),
    ),
    Column(
        "application_no",
        _INT,
        "Order in which corrections are applied, from 1; missing when not applied.",
        nullable=True,
        minimum=1,
    ),
    Column(
        "action",
        _TEXT,
        "What the correction does: replace, add, scale, reallocate (to another sector or municipality) or exclude.",
        allowed=("replace", "add", "scale", "reallocate", "exclude"),
    ),
    Column(
        "side",
        _TEXT,
        "'cell': the cell that the correction names; 'counterpart': where a reallocation puts what it takes.",
        allowed=("cell", "counterpart"),
    ),
    Column("before_t", _NUM, "Emissions of the cell before this correction.", unit="t", nullable=True),
    Column("after_t", _NUM, "Emissions of the cell after this correction.", unit="t", nullable=True),
    Column("effect_t", _NUM, "After less before.", unit="t", nullable=True, additive="within one release"),
    Column("base_release_id", _TEXT, "Release that the correction was decided against.", pattern=r"[a-z0-9][a-z0-9-]*"),
    Column("base_then_t", _NUM, "National value that it was decided against.", unit="t", nullable=True),
    Column("base_now_t", _NUM, "National value of the same cell in this release.", unit="t", nullable=True),
    Column("drift_pct", _NUM, "Base now against base then.", unit="%", nullable=True),
    Column(
        "is_drifted", _BOOL, "Whether the base moved by more than the limit: decided against another figure, review."
    ),
    Column("reason", _TEXT, "Why the national figure is corrected."),
    Column("decided_by", _TEXT, "Who decided."),
    Column("decided_on", _TEXT, "When it was decided, ISO date.", pattern=r"\d{4}-\d{2}-\d{2}"),
    Column("data_quality_grade", _TEXT, "GPC data quality.", allowed=("high", "medium", "low")),
    Column(
        "uncertainty_pct", _NUM, "Uncertainty of the local figure, plus or minus.", unit="%", nullable=True, minimum=0
    ),
    Column("baseline_treatment", _TEXT, "How the baseline year is treated: corrected by which entry, or why not."),
    Column("is_sector_conserved", _BOOL, "Whether the nation's total of the sector keeps its size."),
    Column("is_county_conserved", _BOOL, "Whether the county's total keeps its size."),
    Column("is_nation_conserved", _BOOL, "Whether the nation's total keeps its size."),
    Column(
        "residual_t",
        _NUM,
        "Tonnes that corrections took from (negative) or added to the area and sector and that nothing balances.",
        unit="t",
    ),
    Column("with_all_t", _NUM, "Municipality's total with all corrections.", unit="t"),
    Column("without_t", _NUM, "Municipality's total with this correction left out.", unit="t"),
    Column("report_name", _TEXT, "Name under which a report was frozen."),
    Column("frozen_on", _TEXT, "Day on which it was frozen, ISO date.", pattern=r"\d{4}-\d{2}-\d{2}"),
    # -- inventories ---------------------------------------------------------------------------------------------
    Column("line", _TEXT, "Line of the inventory (data/reference/inventory_lines.csv).", pattern=IDENTIFIER),
    Column(
        "gpc_sector",
        _TEXT,
        "Sector of the Global Protocol for Community-Scale Inventories (GPC).",
        allowed=("stationary_energy", "transportation", "waste", "ippu", "afolu"),
    ),
    Column("gpc_ref", _TEXT, "Reference number of the GPC, such as II.1.1.", nullable=True),
    Column(
        "crf_code",
        _TEXT,
        "Category of the Common Reporting Format (IPCC 2006), such as 1A3b; several joined by '+' where the source "
        "does not split them.",
    ),
    Column(
        "scope",
        _TEXT,
        "Scope. Of a territory (GPC): 1 inside the boundary, 2 grid-supplied energy used inside it, 3 outside because "
        "of it. Of an organisation (GHG Protocol): 1 own sources, 2 purchased energy, 3 the value chain.",
        allowed=("1", "2", "3"),
    ),
    Column(
        "item",
        _TEXT,
        "What the row is made from: the national main sector (scope 1), user and carrier (scope 2), or the given line "
        "(scope 3).",
    ),
    Column(
        "method",
        _TEXT,
        "How scope 2 is counted: 'location' (average of the grid), 'market' (what was contracted, residual mix for the "
        "rest); empty elsewhere. The two are alternatives and never added.",
        allowed=("", "location", "market"),
    ),
    Column(
        "biogenic_co2_t",
        _NUM,
        "Biogenic carbon dioxide, reported apart and in no total.",
        unit="t",
        nullable=True,
        additive="within one release",
    ),
    Column(
        "notation_key",
        _TEXT,
        "Why a number is missing or not whole: NO does not occur, NE not estimated, IE included elsewhere, C "
        "confidential. A sum keeps the keys of what it sums; a key is never a zero.",
        nullable=True,
        pattern=r"(NO|NE|IE|C)( (NO|NE|IE|C))*",
    ),
    Column(
        "data_quality",
        _TEXT,
        "GPC data quality of the figure.",
        allowed=("high", "medium", "low"),
        nullable=True,
    ),
    Column("is_memo", _BOOL, "Whether the row stands beside the total (grid-supplied energy, which scope 2 holds)."),
    Column(
        "scopes",
        _TEXT,
        "Scope, or scopes summed; 'memo' is grid-supplied energy, which stands outside every total.",
        allowed=("1", "2", "3", "1+2", "1+2+3", "memo"),
    ),
    Column(
        "scope2_basis",
        _TEXT,
        "What scope 2 rests on: 'energy_use' (local energy use times factors), 'activity' (the organisation's own "
        "activities), 'printed' (the municipality's own published inventory); empty where no scope 2 is in the figure.",
        allowed=("", "energy_use", "activity", "printed"),
    ),
    Column(
        "scope3_category",
        _INT,
        "Category of scope 3 of the GHG Protocol, 1 to 15; 0 where the row sums them or is of another scope.",
        nullable=True,
        minimum=1,
        maximum=15,
    ),
    Column("share_pct", _NUM, "Share of the total, 0-100.", unit="%", nullable=True),
    Column(
        "lines_estimated",
        _INT,
        "How many lines of the inventory (activities of an organisation) have a number in this figure.",
        minimum=0,
    ),
    Column(
        "lines_not_estimated",
        _INT,
        "How many ought to be in this figure and are not (NE): the figure is lower than the truth.",
        minimum=0,
    ),
    Column("energy_user", _TEXT, "Who uses the energy (data/reference/energy_users.csv).", pattern=IDENTIFIER),
    Column("carrier", _TEXT, "Energy carrier or other activity that a factor is for.", pattern=IDENTIFIER),
    Column("energy_mwh", _NUM, "Energy used in the year.", unit="MWh", minimum=0, additive="yes"),
    Column(
        "gas",
        _TEXT,
        "Gas that a factor or a measured amount is of; 'co2e' for a factor that sums them.",
        pattern=IDENTIFIER,
    ),
    Column("factor_value", _NUM, "Emission factor as its source gives it, in 'factor_unit'.", minimum=0),
    Column("factor_unit", _TEXT, "Unit of the factor, such as g/kWh."),
    Column("factor_t_per_unit", _NUM, "The factor in tonnes of the gas per 'per_unit'.", minimum=0),
    Column(
        "t_co2e_per_unit",
        _NUM,
        "Factor that the amount was multiplied with: tonnes of CO2e per unit of the amount, in the row's GWP set.",
        nullable=True,
        minimum=0,
    ),
    Column("per_unit", _TEXT, "Unit of activity that the converted factor is per, such as MWh or km."),
    Column(
        "printed_value",
        _NUM,
        "The factor that a document prints where it does not reproduce the document's own tonnes; for comparison only.",
        nullable=True,
        minimum=0,
    ),
    Column("print_table", _TEXT, "Table of the municipality's document in which the figure is printed."),
    Column("of_lines", _TEXT, "Lines of the inventory that the printed line sums, separated by spaces."),
    Column("print_line", _TEXT, "Line as printed; 'total' sums the table.", pattern=IDENTIFIER),
    Column(
        "published_t",
        _NUM,
        "Emissions as the municipality has printed them, tonnes CO2e.",
        unit="t",
        nullable=True,
    ),
    Column("computed_t", _NUM, "The same figure from our inventory, tonnes CO2e.", unit="t", nullable=True),
    Column("difference_t", _NUM, "Computed less published.", unit="t", nullable=True),
    Column(
        "difference_cause",
        _TEXT,
        "Why the two differ. 'release': the print rests on another release of the national data; 'correction': a local "
        "correction that this release does not have; 'classification': the same tonnes stand on another line; "
        "'factor': emission factors; 'rounding': the print's; 'print_error': the print does not agree with itself; "
        "'not_estimated': one side has no number.",
        allowed=("release", "correction", "classification", "factor", "rounding", "print_error", "not_estimated"),
    ),
    Column(
        "part_t",
        _NUM,
        "Tonnes of the difference that this cause explains; the parts sum to it.",
        unit="t",
        nullable=True,
        additive="within one release",
    ),
    Column("definition_id", _TEXT, "Definition of the areas (data/municipalities/*/areas.yaml).", pattern=IDENTIFIER),
    Column("definition_text", _TEXT, "What the definition counts, in words."),
    Column("area_id", _TEXT, "Area of the definition; 'all_areas' sums them.", pattern=IDENTIFIER),
    Column(
        "figure_basis",
        _TEXT,
        "Which figures the share is of: 'reported' (national), 'corrected' (with local corrections), 'printed' (the "
        "municipality's own document).",
        allowed=("reported", "corrected", "printed"),
    ),
    Column("total_t_co2e", _NUM, "Emissions that the share is of.", unit="t CO2e", nullable=True),
    # -- organisation and factors --------------------------------------------------------------------------------
    Column("organisation_unit", _TEXT, "Company or department of the municipal group.", pattern=IDENTIFIER),
    Column("activity_id", _TEXT, "Activity within the unit and year.", pattern=IDENTIFIER),
    Column(
        "category",
        _TEXT,
        "Kind of activity. Scope 1: combustion by use, process, refrigerant, waste_treatment, direct_measurement; "
        "scope 2: purchased_electricity, purchased_heat, purchased_cooling; scope 3: the rest.",
        allowed=(
            "stationary_combustion",
            "mobile_combustion",
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
        _NUM,
        "How much of the activity, in 'amount_unit'; missing with a notation key.",
        nullable=True,
        minimum=0,
    ),
    Column("amount_unit", _TEXT, "Canonical unit of the amount: MWh, t, m3, km and such.", nullable=True),
    Column(
        "supplier_unit",
        _TEXT,
        "Unit of the group that produced what is supplied; missing where it was bought outside.",
        nullable=True,
        pattern=IDENTIFIER,
    ),
    Column(
        "is_eliminated",
        _BOOL,
        "Whether the row is shown but left out of the group's total: a unit of the group supplied it and holds it in "
        "its own scope 1.",
    ),
    # -- releases against each other -----------------------------------------------------------------------------
    Column("release_id_from", _TEXT, "Earlier release.", pattern=r"[a-z0-9][a-z0-9-]*"),
    Column("release_id_to", _TEXT, "Later release.", pattern=r"[a-z0-9][a-z0-9-]*"),
    Column(
        "from_t_co2e",
        _NUM,
        "Reported figure in the earlier release; missing for a new year.",
        unit="t CO2e",
        nullable=True,
    ),
    Column(
        "to_t_co2e",
        _NUM,
        "Reported figure in the later release; missing for a dropped year.",
        unit="t CO2e",
        nullable=True,
    ),
    Column("revision_t_co2e", _NUM, "Later less earlier.", unit="t CO2e", nullable=True),
    Column(
        "revision_pct",
        _NUM,
        "The same in per cent of the earlier; missing where that is zero.",
        unit="%",
        nullable=True,
    ),
    Column("measure", _TEXT, "Which figure of the indicator.", allowed=("emissions_t_co2e", "change_pct")),
    Column("year_from", _INT, "Last year of the earlier release.", minimum=1900, maximum=2200),
    Column("year_to", _INT, "Last year of the later release.", minimum=1900, maximum=2200),
    Column(
        "cause",
        _TEXT,
        "'revised_history', 'new_years', 'corrections', 'configuration'; the parts sum to the whole change.",
        allowed=("revised_history", "new_years", "corrections", "configuration"),
    ),
    Column(
        "part", _NUM, "The cause's part of the change, in the measure's unit.", unit="as the measure", nullable=True
    ),
    Column(
        "value_from", _NUM, "The measure in the earlier release, its last year.", unit="as the measure", nullable=True
    ),
    Column("value_to", _NUM, "The measure in the later release, its last year.", unit="as the measure", nullable=True),
    Column(
        "base_reported_t_co2e", _NUM, "Baseline emissions as reported in this release.", unit="t CO2e", nullable=True
    ),
    Column(
        "base_corrected_t_co2e",
        _NUM,
        "Baseline emissions after corrections in this release.",
        unit="t CO2e",
        nullable=True,
    ),
    Column(
        "base_before_t_co2e",
        _NUM,
        "Corrected baseline emissions in the release before; missing for the first.",
        unit="t CO2e",
        nullable=True,
    ),
    Column("correction_pct", _NUM, "How far corrections move the base.", unit="%", nullable=True),
    Column(
        "base_revision_pct",
        _NUM,
        "How far this release moves the base against the one before.",
        unit="%",
        nullable=True,
    ),
    Column("threshold_pct", _NUM, "Limit beyond which a recalculation has to be approved.", unit="%", minimum=0),
    Column("needs_approval", _BOOL, "Whether the base moved by more than the limit."),
    Column("approved_by", _TEXT, "Who approved the recalculation; missing when nobody has.", nullable=True),
    Column("approved_on", _TEXT, "When it was approved, ISO date.", nullable=True, pattern=r"\d{4}-\d{2}-\d{2}"),
    # -- provenance ----------------------------------------------------------------------------------------------
    Column("formula", _TEXT, "How the figure is computed."),
    Column(
        "indicator_id",
        _TEXT,
        "What distinguishes the indicator in its table besides municipality, release and year: the values of the key's "
        "other columns, joined by slashes (of a sector indicator its target_id).",
    ),
    Column(
        "source_cells",
        _TEXT,
        "Cells of the source workbook that it sums, separated by spaces; one with a minus is taken away.",
    ),
    Column(
        "local_rows",
        _TEXT,
        "Rows of the municipality's own files behind it, as file:row, separated by semicolons; empty for none.",
    ),
    Column("baseline_cells", _TEXT, "Cells that its baseline sums; empty where there is none."),
    Column("source_sum_t", _NUM, "Sum of the source cells in tonnes: the reported figure.", unit="t", nullable=True),
    # -- quality and run -----------------------------------------------------------------------------------------
    Column("table_name", _TEXT, "Table that was checked or described."),
    Column("check_name", _TEXT, "Name of the check."),
    Column(
        "kind",
        _TEXT,
        "Of a check: 'contract' (form, keys and bounds), 'reconciliation' (do sums agree), 'plausibility' (is it "
        "likely). Of a revision: 'revised', 'new_year', 'dropped_year', or 'reissue' (same years, other bytes).",
        allowed=("contract", "reconciliation", "plausibility"),
    ),
    Column(
        "severity",
        _TEXT,
        "ERROR stops publishing when it fails, WARN is a remark.",
        allowed=("ERROR", "WARN"),
    ),
    Column("passed", _BOOL, "Whether the check passed; missing where it does not apply.", nullable=True),
    Column(
        "outcome",
        _TEXT,
        "'passed', 'failed' or 'not_applicable' (with the reason in the message).",
        allowed=("passed", "failed", "not_applicable"),
    ),
    Column("observed", _TEXT, "The value found."),
    Column("limit", _TEXT, "The value it is held against."),
    Column("message", _TEXT, "What was found, in a sentence."),
    Column("suspicion", _TEXT, "What to suspect first when it fails."),
    Column("offending_keys", _TEXT, "The first keys at fault, at most ten."),
    Column("offending_count", _INT, "How many rows are at fault.", minimum=0),
    Column("finding_no", _INT, "Number of the finding within its check.", minimum=1),
    Column(
        "item_kind",
        _TEXT,
        "Kind of the manifest's line.",
        allowed=("snapshot", "configuration", "code", "table", "option"),
    ),
    Column("item_name", _TEXT, "What the line is about: a release, a file, a table, an option."),
    Column("item_value", _TEXT, "Its value: a hash, a version, an option's setting.", nullable=True),
    Column("row_count", _INT, "Rows in the table.", nullable=True, minimum=0),
    # -- dictionary ----------------------------------------------------------------------------------------------
    Column("column_name", _TEXT, "Column described."),
    Column("column_order", _INT, "Position of the column in its table.", minimum=1),
    Column("column_kind", _TEXT, "Type of the values.", allowed=("string", "integer", "number", "boolean", "datetime")),
    Column("column_unit", _TEXT, "Unit of the values; missing for text.", nullable=True),
    Column("is_key", _BOOL, "Whether the column is part of the table's key."),
    Column("is_nullable", _BOOL, "Whether values may be missing. A missing number is never a zero."),
    Column("may_be_summed", _TEXT, "Whether rows may be added up.", allowed=("yes", "no", "within one release")),
    Column("description", _TEXT, "What it means."),
    Column("derived_from", _TEXT, "Columns that it is computed from, separated by spaces; empty at a source."),
    # -- spend analysis: results ---------------------------------------------------------------------------------
    Column(
        "spend_category",
        _TEXT,
        "Category of what was bought: a division of the factor set; 'unmapped' where no step of the classification"
        " decided.",
        pattern=IDENTIFIER,
    ),
    Column("category_name_sv", _TEXT, "Category in Swedish."),
    Column("category_name_en", _TEXT, "Category in English, as the factor set names it."),
    Column(
        "purchase_area",
        _TEXT,
        "Purchase area as the climate contract speaks of them: construction, food, transport, energy, it, "
        "health_care and others.",
        pattern=IDENTIFIER,
    ),
    Column("ledger_unit", _TEXT, "Department or company as the ledger names it; empty where it does not."),
    Column(
        "supplier_id",
        _TEXT,
        "Organisation number of a legal person; 'others' sums persons and everybody below the threshold.",
    ),
    Column("supplier_name", _TEXT, "Name of the supplier as the ledger has it."),
    Column("contract_id", _TEXT, "Contract or agreement as the ledger names it; empty for purchases without one."),
    Column("ledger_account", _TEXT, "Account of the ledger."),
    Column("month", _INT, "Month 1-12; 0 for the whole year.", minimum=0, maximum=12),
    Column("ledger_lines", _INT, "How many ledger lines are in the figure.", minimum=0, additive="yes"),
    Column(
        "spend_sek",
        _NUM,
        "Purchases excluding VAT in prices of their own year; credit notes are negative.",
        unit="SEK",
        additive="yes",
    ),
    Column("spend_real_sek", _NUM, "Purchases deflated to the price year.", unit="SEK", additive="yes"),
    Column(
        "mapped_sek",
        _NUM,
        "The part of the purchases that has emissions: classified, and with a factor or a figure instead.",
        unit="SEK",
        additive="yes",
    ),
    Column(
        "amount_sek",
        _NUM,
        "Sum of the ledger lines, to the oere; credit notes are negative.",
        unit="SEK",
        additive="yes",
    ),
    Column(
        "replaced_sek",
        _NUM,
        "Purchases that an activity or a supplier's own figure explains instead of a factor.",
        unit="SEK",
        additive="yes",
    ),
    Column("price_year", _INT, "Year whose prices deflated kronor are in.", minimum=1900, maximum=2200),
    Column(
        "footprint_t_co2e",
        _NUM,
        "Emissions of what was bought: spend part, activity part and supplier part together. Missing where nothing"
        " is mapped; credit notes subtract.",
        unit="t CO2e",
        nullable=True,
        additive="yes",
    ),
    Column("footprint_spend_t_co2e", _NUM, "The part that is kronor times a factor.", unit="t CO2e", additive="yes"),
    Column(
        "footprint_activity_t_co2e",
        _NUM,
        "The part that activities of the organisation's inventory give instead.",
        unit="t CO2e",
        additive="yes",
    ),
    Column(
        "footprint_supplier_t_co2e",
        _NUM,
        "The part that suppliers' own figures give instead.",
        unit="t CO2e",
        additive="yes",
    ),
    Column(
        "footprint_replaced_t_co2e",
        _NUM,
        "What the factor would have given for the replaced kronor; in no total.",
        unit="t CO2e",
    ),
    Column(
        "kg_co2e_per_sek",
        _NUM,
        "Kilograms per krona of the year for the mapped part, whatever the figures come from; missing where "
        "nothing is mapped.",
        unit="kg CO2e/SEK",
        nullable=True,
    ),
    Column(
        "factor_set",
        _TEXT,
        "Set of spend factors; see the reference table of sets for its licence and terms.",
        pattern=IDENTIFIER,
    ),
    Column(
        "factor_gwp_set",
        _TEXT,
        "Global warming potentials of the factor set; figures that replace spend state their own.",
        allowed=("AR4", "AR5", "AR6", "not stated", "mixed"),
    ),
    Column(
        "share_of_footprint_pct", _NUM, "Share of the municipality's footprint of the year.", unit="%", nullable=True
    ),
    Column("share_of_spend_pct", _NUM, "Share of the purchases that count in the year.", unit="%", nullable=True),
    Column("cumulative_share_pct", _NUM, "Share of this and all higher ranks together.", unit="%", nullable=True),
    Column(
        "hotspot_kind",
        _TEXT,
        "What is ranked: categories, units, accounts or contracts.",
        allowed=("category", "unit", "account", "contract"),
    ),
    Column("hotspot", _TEXT, "The category, unit, account or contract."),
    Column("hotspot_rank", _INT, "Rank by emissions, 1 the largest.", minimum=1),
    Column("from_year", _INT, "Earlier year of the comparison.", minimum=1900, maximum=2200),
    Column("to_year", _INT, "Later year of the comparison.", minimum=1900, maximum=2200),
    Column(
        "explained_measure",
        _TEXT,
        "What changed: kronor of the classified purchases, or the spend part of their emissions in t CO2e.",
        allowed=("spend_sek", "footprint_spend_t_co2e"),
    ),
    Column(
        "change_part",
        _TEXT,
        "Cause: volume (more or less bought in fixed prices), price (inflation), mix (other categories; also "
        "whatever begins, ends or changes its sign), factor_vintage (other factors), unexplained (no positive "
        "volume in one of the years).",
        allowed=("volume", "price", "mix", "factor_vintage", "unexplained"),
    ),
    Column("part_value", _NUM, "The cause's part of the change; the parts sum to it.", unit="as the measure"),
    Column("from_value", _NUM, "The measure in the earlier year.", unit="as the measure"),
    Column("to_value", _NUM, "The measure in the later year.", unit="as the measure"),
    Column(
        "quality_aspect",
        _TEXT,
        "step: of the classification; grade: of the data; range: of the footprint by the uncertainty of the factors.",
        allowed=("step", "grade", "range"),
    ),
    Column("quality_item", _TEXT, "Step, grade, or which end of the range."),
    Column(
        "scope_part",
        _TEXT,
        "classified (has a category), unmapped, or left_out by a rule.",
        allowed=("classified", "unmapped", "left_out"),
    ),
    Column("left_out_rule", _TEXT, "Rule that leaves lines out; empty for lines that count."),
    Column(
        "figure_from",
        _TEXT,
        "spend: kronor times a factor; activity: the organisation's inventory, where it is counted already; "
        "supplier: the supplier's own figure.",
        allowed=("spend", "activity", "supplier"),
    ),
    Column("is_in_inventory", _BOOL, "Whether the organisation's inventory counts it already: do not add it again."),
    Column("replacement_id", _TEXT, "Rule that replaces spend: its name, or the supplier's number."),
    Column("spend_indicator", _TEXT, "Which indicator.", pattern=IDENTIFIER),
    Column(
        "spend_indicator_value",
        _NUM,
        "Value in the unit named beside it; missing where an input is.",
        unit="as named",
        nullable=True,
    ),
    Column("spend_indicator_unit", _TEXT, "Unit of the indicator."),
)


def col(name: str) -> Column:
    """The column of that name in the dictionary.

    Raises:
        KeyError: nobody has described it yet.
    """
    return COLUMNS[name]
