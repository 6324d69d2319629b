"""Columns: targets, and emissions against them.

What does not belong here: which table has which column (``contracts.tables``).
"""

from klimat_pipeline.contracts.columns.kinds import IDENTIFIER, INTEGER, NUMBER, TEXT
from klimat_pipeline.contracts.model import Column

COLUMNS = (
    Column(
        "target_id",
        TEXT,
        "What is followed up: 'total', a sector, or a target of the municipality's own contract.",
        pattern=IDENTIFIER,
    ),
    Column("target_name_sv", TEXT, "Target in Swedish."),
    Column("target_name_en", TEXT, "Target in English."),
    Column(
        "target_kind",
        TEXT,
        "'contract': from the municipality's configuration; 'generic': followed for every municipality, no target.",
        allowed=("contract", "generic"),
    ),
    Column("sector_codes", TEXT, "Sectors that the target sums, separated by spaces; empty where it has none."),
    Column(
        "boundary",
        TEXT,
        "Perspective: 'territory' (emissions inside the municipality), 'organisation' (the municipal group), "
        "'residents' (consumption). Perspectives overlap and are never added.",
        allowed=("territory", "organisation", "residents"),
    ),
    Column(
        "gas_basis",
        TEXT,
        "Gases in the figure: 'all greenhouse gases' or 'carbon dioxide only'; missing for anything else.",
        allowed=("all greenhouse gases", "carbon dioxide only"),
    ),
    Column(
        "target_gas_basis",
        TEXT,
        "Gases that the target speaks of: GHG (all greenhouse gases) or fossil (fossil emissions only).",
        allowed=("GHG", "fossil"),
        nullable=True,
    ),
    Column("baseline_year", INTEGER, "Year that changes are counted from.", nullable=True, minimum=1900, maximum=2200),
    Column(
        "baseline_t_co2e",
        NUMBER,
        "Emissions in the baseline year, same release.",
        unit="t CO2e",
        nullable=True,
        minimum=0,
    ),
    Column("change_t_co2e", NUMBER, "Emissions less those of the baseline year.", unit="t CO2e", nullable=True),
    Column(
        "change_pct",
        NUMBER,
        "Change since the baseline year, 0-100; missing where the baseline is zero or not released.",
        unit="%",
        nullable=True,
    ),
    Column(
        "change_reported_pct",
        NUMBER,
        "The same change before local corrections, both years as reported.",
        unit="%",
        nullable=True,
    ),
    Column(
        "nation_change_pct",
        NUMBER,
        "The nation's change in the same sectors since the same year, in the same release, as reported.",
        unit="%",
        nullable=True,
    ),
    Column(
        "target_pct",
        NUMBER,
        "Change that the target asks for, negative for a reduction.",
        unit="%",
        nullable=True,
        minimum=-100,
        maximum=0,
    ),
    Column("target_year", INTEGER, "Year by which the target is to be met.", nullable=True, minimum=1900, maximum=2200),
    Column("target_t_co2e", NUMBER, "Emissions that the target allows.", unit="t CO2e", nullable=True, minimum=0),
    Column(
        "target_path_t_co2e",
        NUMBER,
        "Where the straight line from the baseline through the interim targets to the target stands this year (a "
        "convention, not part of the target); missing before the baseline year, and without a target.",
        unit="t CO2e",
        nullable=True,
        minimum=0,
    ),
    Column("gap_t_co2e", NUMBER, "Emissions less the path: positive is too much.", unit="t CO2e", nullable=True),
    Column(
        "required_t_co2e_per_year",
        NUMBER,
        "Reduction needed every year from this one to meet the target, negative for a reduction; 0 once reached.",
        unit="t CO2e/year",
        nullable=True,
    ),
    Column(
        "required_pct_per_year",
        NUMBER,
        "The same as a constant yearly percentage.",
        unit="%/year",
        nullable=True,
    ),
    Column(
        "trend_from_year",
        INTEGER,
        "First year of the trend (from the configuration); missing where the release has no such year.",
        nullable=True,
        minimum=1900,
        maximum=2200,
    ),
    Column(
        "trend_compound_pct_per_year",
        NUMBER,
        "Compound yearly change (CAGR) between the trend's first year and this one, over the true span of years.",
        unit="%/year",
        nullable=True,
    ),
    Column(
        "trend_t_co2e_per_year",
        NUMBER,
        "Slope of the least-squares line through the released years of the trend; needs three years.",
        unit="t CO2e/year",
        nullable=True,
    ),
    Column(
        "projected_t_co2e",
        NUMBER,
        "Where that line stands in the target year, not below zero. A trend is not a forecast.",
        unit="t CO2e",
        nullable=True,
        minimum=0,
    ),
    Column(
        "projected_without_last_t_co2e",
        NUMBER,
        "The same with the line's last point left out: the distance to the column before shows how much one year "
        "moves the projection.",
        unit="t CO2e",
        nullable=True,
        minimum=0,
    ),
    Column(
        "share_of_total_pct",
        NUMBER,
        "Share of the municipality's total the same year and release. Targets overlap: shares do not add to 100.",
        unit="%",
        nullable=True,
    ),
    Column(
        "emissions_per_resident_t_co2e",
        NUMBER,
        "Emissions per resident, by the population of population_year; missing where none within three years is known.",
        unit="t CO2e/resident",
        nullable=True,
        minimum=0,
    ),
    Column(
        "status",
        TEXT,
        "'reached': at or below the target; 'on_track': at or below the path; 'behind': above it; 'no_data': cannot "
        "be told (not quantified, or before the baseline year); 'no_target': followed up without a target.",
        allowed=("reached", "on_track", "behind", "no_data", "no_target"),
    ),
    Column("note", TEXT, "What a reader of the row should know; empty for nothing.", nullable=True),
)
