"""Columns: who, when and which release: what most tables have in common.

What does not belong here: which table has which column (``contracts.tables``).
"""

from klimat_pipeline.contracts.code_lists import GWP_SETS, QUALITY_CLASSES
from klimat_pipeline.contracts.columns.kinds import (
    BOOLEAN,
    DATETIME,
    IDENTIFIER,
    INTEGER,
    ISO_DATE,
    MUNICIPALITY_CODE,
    NUMBER,
    TEXT,
)
from klimat_pipeline.contracts.model import Column

COLUMNS = (
    Column(
        "release_id",
        TEXT,
        "One release of a source: history is rewritten at every release, so a figure without it says little. "
        "Derived from source, substance, date and the file's hash unless given.",
        pattern=r"[a-z0-9][a-z0-9-]*",
    ),
    Column(
        "publication_id",
        TEXT,
        "Version of the published tables, derived from inputs, configuration and code: the same in every table of "
        "one publication, so a reader can assert that it sees a single version.",
        pattern=r"pub-[0-9a-f]{16}",
    ),
    Column(
        "run_id",
        TEXT,
        "Identifies the run by what went into it (inputs, configuration, code), so that repeating it gives the same; "
        "the Dagster run carries it as the tag klimat/run_id.",
        pattern=r"run-[0-9a-f]{16}",
    ),
    Column("is_current", BOOLEAN, "Whether it is the newest release of its substance for at least one municipality."),
    Column(
        "is_current_release",
        BOOLEAN,
        "Whether the row belongs to the newest release that holds this municipality, of the headline substance (all "
        "greenhouse gases where there are any). Municipalities may be on different releases: to compare or sum them, "
        "filter on is_headline.",
    ),
    Column(
        "is_headline",
        BOOLEAN,
        "Filter on it unless you compare releases or substances: it leaves one row per fact. In tables of figures that "
        "are compared or summed over municipalities, the one release that serves them all (of all greenhouse gases "
        "where there are any, with the most municipalities, of several the newest); in tables about a municipality "
        "alone, its own newest release, and what rests on no release.",
    ),
    Column("municipality_code", TEXT, "SCB's four-digit municipality code.", pattern=MUNICIPALITY_CODE),
    Column("municipality_name", TEXT, "Municipality name as SCB writes it."),
    Column("county_code", TEXT, "SCB's two-digit county code.", pattern=r"\d{2}"),
    Column("county_name", TEXT, "County name as SCB writes it."),
    Column(
        "area_code",
        TEXT,
        "00 the nation, two digits a county, four digits a municipality, 99 what the nation holds beyond the sum of "
        "its counties.",
        pattern=r"\d{2}|\d{4}",
    ),
    Column(
        "area_level",
        TEXT,
        "Level of the area. 'unallocated' is the nation less its counties: shipping, aviation, fishing and hazardous "
        "waste that no county holds.",
        allowed=("nation", "county", "municipality", "unallocated"),
    ),
    Column("area_name", TEXT, "Name of the area."),
    Column("sector_code", TEXT, "Main sector of the national emission database.", pattern=IDENTIFIER),
    Column("sector_name_sv", TEXT, "Sector in Swedish, canonical spelling."),
    Column("sector_name_en", TEXT, "Sector in English."),
    Column(
        "quality_class_national",
        TEXT,
        "The source's own class of quality of the national totals of these main sectors: 1 good, 2 some uncertainty, 3 "
        "uncertain; a range where it differs. Missing where it is not known of one of them.",
        nullable=True,
        allowed=QUALITY_CLASSES,
    ),
    Column(
        "quality_class_geography",
        TEXT,
        "The same of their distribution over municipalities. What is distributed by a fixed key (2 or 3) cannot show a "
        "local action.",
        nullable=True,
        allowed=QUALITY_CLASSES,
    ),
    Column("sector_order", INTEGER, "Order in which the source lists the sectors.", minimum=1),
    Column(
        "subsector_code",
        TEXT,
        "Subsector within the sector; 'not_split' is the sector less its subsectors, so that they always sum.",
        pattern=IDENTIFIER,
    ),
    Column("subsector_name_sv", TEXT, "Subsector in Swedish; an unknown one keeps the source's own words."),
    Column("subsector_name_en", TEXT, "Subsector in English.", nullable=True),
    Column("substance", TEXT, "Substance code of the source: GGT is all greenhouse gases, CO2 carbon dioxide."),
    Column("year", INTEGER, "Year in which the emissions happened.", minimum=1900, maximum=2200),
    Column("is_latest_year", BOOLEAN, "Whether it is the last year of its release."),
    Column("source", TEXT, "Where it was published: register, document or web page."),
    Column("source_id", TEXT, "Short name of the source.", pattern=r"[a-z0-9_]+"),
    Column("url", TEXT, "Address it was fetched from; empty for a file added by hand.", nullable=True),
    Column(
        "report_date",
        TEXT,
        "Date of the report as precise as the source states it (2025, 2026-06 or 2024-04-18); missing where "
        "neither the file nor who added it said.",
        nullable=True,
        pattern=ISO_DATE,
    ),
    Column("retrieved_at", DATETIME, "When the file was fetched or added, UTC."),
    Column("sha256", TEXT, "SHA-256 of the source file.", pattern=r"[0-9a-f]{64}"),
    Column("size_bytes", INTEGER, "Size of the source file.", unit="bytes", minimum=1),
    Column(
        "stale_days",
        INTEGER,
        "Whole days that the source had not answered when it was last asked in vain; missing when it answered, or was "
        "not asked.",
        unit="days",
        nullable=True,
        minimum=0,
    ),
    Column("file_name", TEXT, "Name of the file when it was added; for recognition only."),
    Column("first_year", INTEGER, "First year that the release holds.", minimum=1900, maximum=2200),
    Column("last_year", INTEGER, "Last year that the release holds.", minimum=1900, maximum=2200),
    Column("years", TEXT, "Years that the release holds, separated by spaces; the gaps are the source's own."),
    Column("municipalities", INTEGER, "How many municipalities the release holds, of 290.", minimum=0, maximum=290),
    Column(
        "coverage",
        TEXT,
        "'national' when the release holds the whole country; 'extract' when only some areas were taken out of it.",
        allowed=("national", "extract"),
    ),
    Column("unit", TEXT, "Unit of the figures, canonical: 't CO2e' or 't' followed by the substance."),
    Column(
        "gwp_set",
        TEXT,
        "Set of global warming potentials behind the CO2e figures (AR4, AR5, AR6); 'none' where no "
        "weighting is involved; 'mixed' for a sum over several, which gives no percentage.",
        allowed=(*GWP_SETS, "none", "not stated"),
    ),
    Column("sheet", TEXT, "Sheet of the source workbook."),
    Column("source_row", INTEGER, "Row in the source workbook as a spreadsheet numbers it.", minimum=1),
    Column("source_column", TEXT, "Column letter in the source workbook.", pattern=r"[A-Z]{1,3}"),
    Column("main_sector_sv", TEXT, "Main sector in the source's own words."),
    Column("subsector_sv", TEXT, "Subsector in the source's own words; 'Alla' marks a total."),
    Column("county_sv", TEXT, "County in the source's own words; 'Alla' marks a total."),
    Column("municipality_sv", TEXT, "Municipality in the source's own words; 'Alla' marks a total."),
    Column("unit_sv", TEXT, "Unit in the source's own words."),
    Column("value", NUMBER, "Figure as it stands in the cell, in the source's unit."),
    Column(
        "emissions_reported_t",
        NUMBER,
        "Emissions as reported, in tonnes of what 'unit' says.",
        unit="t",
        minimum=0,
        additive="within one release",
    ),
    Column(
        "emissions_reported_t_co2e",
        NUMBER,
        "Emissions as reported, in CO2 equivalents. Missing where the substance is not valued in CO2e.",
        unit="t CO2e",
        nullable=True,
        minimum=0,
        additive="within one release",
    ),
    Column(
        "emissions_t",
        NUMBER,
        "Emissions after local corrections, in tonnes of what 'unit' says.",
        unit="t",
        minimum=0,
        additive="within one release",
    ),
    Column(
        "emissions_t_co2e",
        NUMBER,
        "Emissions in CO2 equivalents, after local corrections where there are any; on the row's basis where the table "
        "has a column 'basis'. Missing where nothing is valued in CO2e.",
        unit="t CO2e",
        nullable=True,
        minimum=0,
        additive="within one release",
    ),
    Column(
        "correction_ids",
        TEXT,
        "Local corrections applied to the figure (where a row shows both, to the corrected one), separated by spaces; "
        "empty for none.",
    ),
    Column("group_code", TEXT, "Letter and number of SKR's group of municipalities, such as B3.", nullable=True),
    Column("group_name", TEXT, "SKR's name of the group, such as Större stad.", nullable=True),
    Column("population", INTEGER, "Residents on 31 December of the year.", unit="residents", minimum=1),
    Column(
        "population_year",
        INTEGER,
        "Year of the population: the figure's own, or the nearest known within three years (of two the later).",
        nullable=True,
    ),
)
