"""Columns: local corrections, and the comparison of releases.

What does not belong here: which table has which column (``contracts.tables``).
"""

from klimat_pipeline.contracts.code_lists import GRADES
from klimat_pipeline.contracts.columns.kinds import BOOLEAN, INTEGER, NUMBER, TEXT
from klimat_pipeline.contracts.model import Column

COLUMNS = (
    Column(
        "correction_id",
        TEXT,
        "Correction in the municipality's register (corrections.yaml).",
        pattern=r"[a-z0-9][a-z0-9-]*",
    ),
    Column(
        "correction_status",
        TEXT,
        "'applied'; 'not_for_release': the register limits it to other releases; 'expired': past its last day.",
        allowed=("applied", "not_for_release", "expired"),
    ),
    Column(
        "application_no",
        INTEGER,
        "Order in which corrections are applied, from 1; missing when not applied.",
        nullable=True,
        minimum=1,
    ),
    Column(
        "action",
        TEXT,
        "What the correction does: replace, add, scale, reallocate (to another sector or municipality) or exclude.",
        allowed=("replace", "add", "scale", "reallocate", "exclude"),
    ),
    Column(
        "side",
        TEXT,
        "'cell': the cell that the correction names; 'counterpart': where a reallocation puts what it takes.",
        allowed=("cell", "counterpart"),
    ),
    Column("before_t", NUMBER, "Emissions of the cell before this correction.", unit="t", nullable=True),
    Column("after_t", NUMBER, "Emissions of the cell after this correction.", unit="t", nullable=True),
    Column("effect_t", NUMBER, "After less before.", unit="t", nullable=True, additive="within one release"),
    Column("base_release_id", TEXT, "Release that the correction was decided against.", pattern=r"[a-z0-9][a-z0-9-]*"),
    Column("base_then_t", NUMBER, "National value that it was decided against.", unit="t", nullable=True),
    Column("base_now_t", NUMBER, "National value of the same cell in this release.", unit="t", nullable=True),
    Column("drift_pct", NUMBER, "Base now against base then.", unit="%", nullable=True),
    Column(
        "is_drifted", BOOLEAN, "Whether the base moved by more than the limit: decided against another figure, review."
    ),
    Column("reason", TEXT, "Why the national figure is corrected."),
    Column("decided_by", TEXT, "Who decided."),
    Column("decided_on", TEXT, "When it was decided, ISO date.", pattern=r"\d{4}-\d{2}-\d{2}"),
    Column("data_quality_grade", TEXT, "GPC data quality.", allowed=GRADES),
    Column(
        "uncertainty_pct", NUMBER, "Uncertainty of the local figure, plus or minus.", unit="%", nullable=True, minimum=0
    ),
    Column("baseline_treatment", TEXT, "How the baseline year is treated: corrected by which entry, or why not."),
    Column("is_sector_conserved", BOOLEAN, "Whether the nation's total of the sector keeps its size."),
    Column("is_county_conserved", BOOLEAN, "Whether the county's total keeps its size."),
    Column("is_nation_conserved", BOOLEAN, "Whether the nation's total keeps its size."),
    Column(
        "residual_t",
        NUMBER,
        "What is left. Of corrections: tonnes that they took from (negative) or added to the area and sector and that "
        "nothing balances. Of a gap table (column 7): latest less other plans less the actions counted. Of a "
        "neutrality balance: gross emissions less captured fossil carbon dioxide.",
        unit="t",
    ),
    Column("with_all_t", NUMBER, "Municipality's total with all corrections.", unit="t"),
    Column("without_t", NUMBER, "Municipality's total with this correction left out.", unit="t"),
    Column("report_name", TEXT, "Name under which a report was frozen."),
    Column("frozen_on", TEXT, "Day on which it was frozen, ISO date.", pattern=r"\d{4}-\d{2}-\d{2}"),
    Column("release_id_from", TEXT, "Earlier release.", pattern=r"[a-z0-9][a-z0-9-]*"),
    Column("release_id_to", TEXT, "Later release.", pattern=r"[a-z0-9][a-z0-9-]*"),
    Column(
        "from_t_co2e",
        NUMBER,
        "Reported figure in the earlier release; missing for a new year.",
        unit="t CO2e",
        nullable=True,
    ),
    Column(
        "to_t_co2e",
        NUMBER,
        "Reported figure in the later release; missing for a dropped year.",
        unit="t CO2e",
        nullable=True,
    ),
    Column("revision_t_co2e", NUMBER, "Later less earlier.", unit="t CO2e", nullable=True),
    Column(
        "revision_pct",
        NUMBER,
        "The same in per cent of the earlier; missing where that is zero.",
        unit="%",
        nullable=True,
    ),
    Column("measure", TEXT, "Which figure of the indicator.", allowed=("emissions_t_co2e", "change_pct")),
    Column(
        "year_from",
        INTEGER,
        "Earlier year of the comparison: between releases the last of each.",
        minimum=1900,
        maximum=2200,
    ),
    Column(
        "year_to",
        INTEGER,
        "Later year of the comparison: between releases the last of each.",
        minimum=1900,
        maximum=2200,
    ),
    Column(
        "cause",
        TEXT,
        "'revised_history', 'new_years', 'corrections', 'configuration'; the parts sum to the whole change.",
        allowed=("revised_history", "new_years", "corrections", "configuration"),
    ),
    Column(
        "part", NUMBER, "The cause's part of the change, in the measure's unit.", unit="as the measure", nullable=True
    ),
    Column(
        "value_from", NUMBER, "The measure in the earlier release, its last year.", unit="as the measure", nullable=True
    ),
    Column(
        "value_to", NUMBER, "The measure in the later release, its last year.", unit="as the measure", nullable=True
    ),
    Column(
        "base_reported_t_co2e", NUMBER, "Baseline emissions as reported in this release.", unit="t CO2e", nullable=True
    ),
    Column(
        "base_corrected_t_co2e",
        NUMBER,
        "Baseline emissions after corrections in this release.",
        unit="t CO2e",
        nullable=True,
    ),
    Column(
        "base_before_t_co2e",
        NUMBER,
        "Baseline emissions in the release before, on the row's basis; missing for the first.",
        unit="t CO2e",
        nullable=True,
    ),
    Column("correction_pct", NUMBER, "How far corrections move the base.", unit="%", nullable=True),
    Column(
        "base_revision_pct",
        NUMBER,
        "How far this release moves the base against the one before, both on the row's basis.",
        unit="%",
        nullable=True,
    ),
    Column("threshold_pct", NUMBER, "Limit beyond which a recalculation has to be approved.", unit="%", minimum=0),
    Column("needs_approval", BOOLEAN, "Whether the base moved by more than the limit."),
    Column("approved_by", TEXT, "Who approved the recalculation; missing when nobody has.", nullable=True),
    Column("approved_on", TEXT, "When it was approved, ISO date.", nullable=True, pattern=r"\d{4}-\d{2}-\d{2}"),
    Column(
        "level_ids",
        TEXT,
        "Level that local corrections have put the figure on, separated by spaces: of each correction the entry that "
        "corrects the baseline with it, else itself; empty: as reported. Only years of one level are compared as "
        "corrected.",
    ),
    Column(
        "basis",
        TEXT,
        "Basis of the row's figures and of every comparison in it: 'corrected' where the same local corrections have "
        "moved all that is compared to one level, else 'reported'; missing where nothing is compared. Municipalities "
        "are compared as reported.",
        nullable=True,
        allowed=("reported", "corrected"),
    ),
    Column(
        "trend_basis",
        TEXT,
        "Basis of the trend: 'corrected' where all years since trend_from_year are on one corrected level, else "
        "'reported'. Compare the projection with the target only where it is the same as 'basis'.",
        nullable=True,
        allowed=("reported", "corrected"),
    ),
    Column(
        "series_basis",
        TEXT,
        "Basis of what is summed or fitted over all years since the baseline (cumulative excess, budget, the year that "
        "the trend reaches): 'corrected' where all of them are on one corrected level, else 'reported'.",
        nullable=True,
        allowed=("reported", "corrected"),
    ),
    Column(
        "emissions_corrected_t_co2e",
        NUMBER,
        "Emissions after local corrections, whatever the basis of the row.",
        unit="t CO2e",
        nullable=True,
    ),
    Column(
        "baseline_reported_t_co2e",
        NUMBER,
        "Emissions of the baseline year as reported, whatever the basis of the row.",
        unit="t CO2e",
        nullable=True,
        minimum=0,
    ),
)
