"""Columns that only the mart has: labels, single-column keys, and measures that may be dragged into a chart.

What does not belong here: which table has which column (``contracts.tables.mart``), and their Swedish (``swedish``).
"""

from klimat_pipeline.contracts.columns.kinds import BOOLEAN, DATETIME, INTEGER, NUMBER, TEXT
from klimat_pipeline.contracts.model import Column

#: What has a label in both languages: the dimensions.
LABELLED = (
    *("municipality", "sector", "subsector", "year", "release", "scope", "target", "spend_category", "account"),
)
_TARGET_KEY = r"\d{4}/[a-z][a-z0-9_]*"


def _tonnes(name: str, description: str, *fixed: str) -> Column:
    return Column(name, NUMBER, description, unit="t CO2e", nullable=True, additive="yes", sum_requires=fixed)


def _part_and_total(name: str, description: str) -> tuple[Column, Column]:
    """A measure of targets twice, so that a total never stands among its parts."""
    return (
        _tonnes(name, f"{description} Of targets that are parts of the territory ('part'); missing for others."),
        _tonnes(f"total_{name}", f"{description} Of the target for the whole territory ('total'); missing for others."),
    )


def _median(name: str, pathway: str) -> tuple[Column, ...]:
    """The same of a pathway: what halves the futures of two parts does not halve those of their sum."""
    description = f"Median of the pathway {pathway}. Medians of several targets are not added up."
    return tuple(column.use(additive="no") for column in _part_and_total(name, description))


def _counted(name: str, description: str) -> Column:
    """A count of one publication; the same things are counted again in the next."""
    return Column(name, INTEGER, description, minimum=0, additive="yes", sum_requires=("refresh_id",))


COLUMNS = (
    # A name of its own in every dimension: tools that join by name (Qlik, NATURAL JOIN) would join by a common one.
    *(
        Column(f"{name}_label_{language}", TEXT, f"The {name.replace('_', ' ')} as shown, in {language_name}.")
        for name in LABELLED
        for language, language_name in (("sv", "Swedish"), ("en", "English"))
    ),
    Column("is_contract_city", BOOLEAN, "Whether the municipality has targets of its own (a climate contract)."),
    Column("is_example", BOOLEAN, "Whether it is the invented example and no municipality."),
    Column("subsector_key", TEXT, "Sector and subsector, joined by a slash."),
    Column("target_key", TEXT, "Municipality and target, joined by a slash.", pattern=_TARGET_KEY),
    Column("account_key", TEXT, "Municipality and account, joined by a slash: every municipality has its own chart."),
    Column(
        "target_role",
        TEXT,
        "What its tonnes may be summed with: 'part' (sectors that no other part holds: parts may be summed), 'total' "
        "(the whole territory: stands in columns of its own), 'overlapping' (sectors that a part holds already), "
        "'other' (another perspective or unit).",
        allowed=("part", "total", "overlapping", "other"),
    ),
    Column("scope_code", TEXT, "Scope of the territorial inventory.", allowed=("1", "2")),
    Column("is_latest", BOOLEAN, "Whether it is the newest year that the headline release holds."),
    Column("is_released", BOOLEAN, "Whether the headline release holds figures of the year."),
    Column("is_future", BOOLEAN, "Whether the year is after the newest of the headline release."),
    Column("decade", INTEGER, "First year of the decade.", minimum=1900, maximum=2200),
    Column("report_date_text", TEXT, "Date of the report as precise as the source states it.", nullable=True),
    _tonnes("correction_t_co2e", "What local corrections changed: emissions less emissions as reported."),
    _tonnes(
        "first_year_t_co2e",
        "Emissions as reported in the first year of the same release; stands in the rows of every year.",
        "year",
    ),
    _tonnes(
        "change_reported_t_co2e",
        "Emissions as reported less those of the first year of the same release, as reported too: one basis.",
        "year",
    ),
    *_part_and_total("actual_t_co2e", "Emissions of the year; missing where the year is not released."),
    *_part_and_total("line_t_co2e", "Where the straight line from the baseline to the target stands (a convention)."),
    *_median("business_as_usual_t_co2e", "that goes on as before"),
    *_median(
        "existing_policies_t_co2e", "with other plans that the municipality's plan counts on, and decided actions"
    ),
    *_median("with_actions_t_co2e", "with the planned actions"),
    *_part_and_total("base_t_co2e", "Emissions in the target's baseline year."),
    *_part_and_total("latest_t_co2e", "Emissions in the newest year."),
    *_part_and_total("allowed_t_co2e", "Emissions that the target allows in its year."),
    *_part_and_total("gap_to_path_t_co2e", "Emissions less the straight line of the same year: positive is too much."),
    *_part_and_total("gap_to_target_t_co2e", "Newest emissions less what the target allows: what is left to do."),
    _tonnes("actions_t_co2e", "Reductions that planned actions give by the target year."),
    _tonnes("residual_t_co2e", "Emissions that are left when the actions are done, as the gap table counts them."),
    Column(
        "chance_as_usual_fraction",
        NUMBER,
        "Share of simulated futures, going on as before, that meet the target.",
        unit="fraction",
        nullable=True,
        minimum=0,
        maximum=1,
    ),
    *(
        Column(
            f"chance_with_actions_{end}_fraction",
            NUMBER,
            f"{word} share of simulated futures, with the planned actions, that meet the target: what lies between "
            "depends on how much of today's trend the plan itself causes and how much of it is carried out.",
            unit="fraction",
            nullable=True,
            minimum=0,
            maximum=1,
        )
        for end, word in (("low", "Least"), ("high", "Largest"))
    ),
    Column("unmapped_sek", NUMBER, "The part of the purchases without emissions.", unit="SEK", additive="yes"),
    Column(
        "refresh_id",
        TEXT,
        "Publication that the row tells of; others than the newest are history.",
        pattern=r"pub-[0-9a-f]{16}",
    ),
    _counted("findings_count", "Findings of the check."),
    _counted("failed_count", "Findings that failed."),
    Column(
        "check_outcome",
        TEXT,
        "'failed' where a finding failed, else 'passed' where one passed.",
        allowed=("failed", "passed", "not_applicable"),
    ),
    Column(
        "failing_since_at",
        DATETIME,
        "First publication of the unbroken series in which it fails; missing where it does not.",
        nullable=True,
    ),
    Column("started_at", DATETIME, "When the run began that made the publication, UTC."),
    Column("switched_at", DATETIME, "When readers were given the publication, UTC."),
    Column("is_latest_refresh", BOOLEAN, "Whether it is the publication that all other tables of the mart are of."),
    Column(
        "schema_version",
        TEXT,
        "Version of the mart's schema (docs/schema_changelog.md) that it was published in; missing before 1.1.",
        nullable=True,
        pattern=r"\d+\.\d+",
    ),
    Column("newest_source_at", DATETIME, "When the newest of its sources was fetched or added, UTC.", nullable=True),
    Column("newest_released_year", INTEGER, "Newest year of the headline release.", minimum=1900, maximum=2200),
    _counted("published_rows", "Rows of its detailed tables."),
    _counted("checks_count", "Checks that it passed through."),
    _counted("checks_failed_count", "Checks among them with a finding that failed."),
)
