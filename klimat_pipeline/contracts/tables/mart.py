"""Contracts of the mart: dimensions and facts of the headline series, each at one grain, made to be dragged.

Every tonne, krona and count of a fact may be summed over all of its rows and over every dimension; what may not
(percentages, chances, medians, values in a target's unit), or only with a column fixed (``sum_requires``: the year of
a change, the price year of fixed prices, the publication of a count), says so. Keys of dimensions are single columns.
What does not belong here: releases side by side, methods and bases (the published tables).
"""

from klimat_pipeline.contracts.columns import col
from klimat_pipeline.contracts.columns.swedish import SWEDISH
from klimat_pipeline.contracts.model import Column, Table

#: Version of the mart's schema, by the promise in ``docs/schema_changelog.md``: a new column is a minor version.
SCHEMA_VERSION = "1.1"
#: Dimension that a column's values are keys of, wherever it stands, and the key's name there.
_DIMENSION_OF = {
    "municipality_code": ("dim_municipality", "municipality_code"),
    "sector_code": ("dim_sector", "sector_code"),
    "subsector_key": ("dim_subsector", "subsector_key"),
    "year": ("dim_year", "year"),
    "release_id": ("dim_release", "release_id"),
    "release_id_from": ("dim_release", "release_id"),
    "release_id_to": ("dim_release", "release_id"),
    "scope_code": ("dim_scope", "scope_code"),
    "target_key": ("dim_target", "target_key"),
    "spend_category": ("dim_spend_category", "spend_category"),
    "account_key": ("dim_account", "account_key"),
    "refresh_id": ("fact_refresh", "refresh_id"),
}


def _c(name: str, *lineage: str, **changes: object) -> Column:
    """A column with its Swedish, and the published columns that it comes from."""
    label, meaning = SWEDISH[name]
    return col(name).use(*(f"published/{one}" for one in lineage), label_sv=label, description_sv=meaning, **changes)


def _from(table: str, *names: str, **changes: object) -> tuple[Column, ...]:
    """Columns that a published table has under the same names."""
    return tuple(_c(name, f"{table}.{name}", **changes) for name in names)


def _table(name: str, description: str, description_sv: str, *columns: Column, key: str, topic: str) -> Table:
    own = tuple(key.split())
    keys = tuple(
        (column.name, *_DIMENSION_OF[column.name])
        for column in columns
        if column.name in _DIMENSION_OF and _DIMENSION_OF[column.name][0] != name
    )
    return Table(
        f"mart/{name}",
        description,
        (*columns, _c("publication_id")),
        own,
        topic=topic,
        foreign_keys=keys,
        description_sv=description_sv,
    )


def _measures(*lineage: str, names: str) -> tuple[Column, ...]:
    return tuple(_c(name, *lineage) for name in names.split())


def _part_and_total(name: str, *lineage: str) -> tuple[Column, ...]:
    return _measures(*lineage, names=f"{name} total_{name}")


def _labels(name: str, *lineage: str) -> tuple[Column, ...]:
    return _measures(*lineage, names=f"{name}_label_sv {name}_label_en")


DIM_MUNICIPALITY = _table(
    "dim_municipality",
    "Municipalities, their county and group, and whether they have targets of their own; 9999 is the invented example.",
    "Kommuner med län, kommungrupp och om de har egna mål; 9999 är det påhittade exemplet.",
    *_from("municipalities", "municipality_code"),
    *_labels("municipality", "municipalities.municipality_name"),
    *_from("municipalities", "county_code", "county_name", "group_code", "group_name", nullable=True),
    _c("is_contract_city", "targets.target_kind"),
    _c("is_example"),
    *_from("sector_indicators", "population", "population_year", nullable=True),
    key="municipality_code",
    topic="reference",
)
DIM_SECTOR = _table(
    "dim_sector",
    "Main sectors of the national emission database.",
    "Huvudsektorer i nationella emissionsdatabasen.",
    *_from("sectors", "sector_code"),
    *_labels("sector", "sectors.sector_name_sv", "sectors.sector_name_en"),
    *_from("sectors", "sector_order", "quality_class_national", "quality_class_geography"),
    key="sector_code",
    topic="reference",
)
DIM_SUBSECTOR = _table(
    "dim_subsector",
    "Subsectors; 'not_split' is what the source does not split.",
    "Undersektorer; 'not_split' är det som källan inte delar upp.",
    _c("subsector_key", "subsector_emissions.subsector_code"),
    *_labels("subsector", "subsector_emissions.subsector_name_sv", "subsector_emissions.subsector_name_en"),
    *_from("subsector_emissions", "sector_code", "subsector_code"),
    key="subsector_key",
    topic="reference",
)
DIM_YEAR = _table(
    "dim_year",
    "Every year from the first to the last that a fact has, the gaps of the source too.",
    "Alla år från det första till det sista i fakta, även de som källan saknar.",
    _c("year", "emissions.year", "pathways.year", "spend_by_account.year"),
    *_labels("year"),
    _c("is_latest", "releases.last_year"),
    _c("is_released", "releases.years"),
    _c("is_future", "releases.last_year"),
    _c("decade"),
    key="year",
    topic="reference",
)
DIM_RELEASE = _table(
    "dim_release",
    "Releases of the sources; 'local' stands for figures that no release is behind.",
    "Källornas utgåvor; 'local' står för siffror utan utgåva.",
    *_from("releases", "release_id"),
    *_labels("release", "releases.source", "releases.report_date"),
    *_from("releases", "substance", nullable=True),
    _c("report_date_text", "releases.report_date"),
    *_from("releases", "retrieved_at", "first_year", "last_year", nullable=True),
    *_from("releases", "is_headline"),
    key="release_id",
    topic="reference",
)
DIM_SCOPE = _table(
    "dim_scope",
    "Scopes of the territorial inventory that are summed.",
    "Scope i den territoriella inventeringen som summeras.",
    _c("scope_code", "scope_indicators.scope"),
    *_labels("scope"),
    key="scope_code",
    topic="reference",
)
DIM_TARGET = _table(
    "dim_target",
    "What is followed up, by municipality: a row a target, the municipality's own before the generic one.",
    "Det som följs upp, per kommun: en rad per mål, kommunens eget före det generella.",
    _c("target_key", "targets.target_id"),
    *_labels("target", "targets.target_name_sv", "targets.target_name_en"),
    *_from("targets", "municipality_code", "target_id", "target_kind"),
    _c("target_role", "targets.sector_codes", "targets.boundary"),
    *_from("targets", "boundary", "target_measure", "target_gas_basis", "sector_codes"),
    *_from("targets", "baseline_year", "target_year", "target_pct"),
    key="target_key",
    topic="targets",
)
DIM_SPEND_CATEGORY = _table(
    "dim_spend_category",
    "Categories of what is bought; 'unmapped' is what nothing decided.",
    "Kategorier av inköp; 'unmapped' är det som inget avgjorde.",
    *_from("spend_by_category", "spend_category"),
    *_labels("spend_category", "spend_by_category.category_name_sv", "spend_by_category.category_name_en"),
    *_from("spend_by_category", "purchase_area", "procurement_group_sv", "cpv_division", "cpv_division_name_sv"),
    *_from("spend_by_category", "scope3_category", nullable=True, minimum=1),
    key="spend_category",
    topic="spend",
)
DIM_ACCOUNT = _table(
    "dim_account",
    "Accounts of the ledgers, by municipality, with the text that most of their kronor have.",
    "Reskontrans konton, per kommun, med den text som de flesta kronor har.",
    _c("account_key", "spend_by_account.account"),
    *_labels("account", "spend_mapping.account_text"),
    *_from("spend_by_account", "municipality_code", "account"),
    key="account_key",
    topic="spend",
)

FACT_REFRESH = _table(
    "fact_refresh",
    "A row a publication, kept over publications: when it began, when readers got it, and how fresh its sources are.",
    "En rad per publicering, sparad över tid: när den började, när läsarna fick den, hur färska källorna är.",
    _c("refresh_id"),
    _c("started_at"),
    _c("switched_at"),
    _c("is_latest_refresh"),
    _c("schema_version"),
    *_from("releases", "release_id"),
    _c("newest_released_year", "releases.last_year"),
    _c("newest_source_at", "releases.retrieved_at"),
    _c("published_rows", "run_manifest.row_count"),
    _c("checks_count", "data_quality.check_name"),
    _c("checks_failed_count", "data_quality.outcome"),
    key="refresh_id",
    topic="quality",
)
FACT_QUALITY = _table(
    "fact_quality",
    "A row a check and publication, kept over publications: what warned, and since when.",
    "En rad per kontroll och publicering, sparad över tid: vad som varnade, och sedan när.",
    _c("refresh_id"),
    *_from("data_quality", "table_name", "check_name", "kind", "severity"),
    _c("check_outcome", "data_quality.outcome"),
    _c("findings_count", "data_quality.finding_no"),
    _c("failed_count", "data_quality.outcome"),
    *_from("data_quality", "message"),
    _c("failing_since_at", "data_quality.outcome"),
    key="refresh_id table_name check_name",
    topic="quality",
)
_AT = ("municipality_code", "sector_code", "year", "release_id")
FACT_EMISSIONS = _table(
    "fact_emissions",
    "Emissions inside the municipality by sector and year, all greenhouse gases.",
    "Utsläpp inom kommunen per sektor och år, alla växthusgaser.",
    *_from("emissions", *_AT),
    *_from("emissions", "emissions_t_co2e", "emissions_reported_t_co2e", additive="yes"),
    _c("first_year_t_co2e", "emissions.emissions_reported_t_co2e"),
    _c("change_reported_t_co2e", "emissions.emissions_reported_t_co2e"),
    _c("correction_t_co2e", "emissions.emissions_t_co2e", "emissions.emissions_reported_t_co2e"),
    *_from("emissions", "gwp_set"),
    key="municipality_code sector_code year",
    topic="emissions",
)
FACT_SUBSECTOR_EMISSIONS = _table(
    "fact_subsector_emissions",
    "The same by subsector: its sums are those of fact_emissions.",
    "Detsamma per undersektor: summorna är de i fact_emissions.",
    *_from("subsector_emissions", "municipality_code", "sector_code"),
    _c("subsector_key", "subsector_emissions.subsector_code"),
    *_from("subsector_emissions", "year", "release_id"),
    *_from("subsector_emissions", "emissions_t_co2e", "emissions_reported_t_co2e", additive="yes"),
    *_from("subsector_emissions", "gwp_set"),
    key="municipality_code subsector_key year",
    topic="emissions",
)
FACT_SCOPE_EMISSIONS = _table(
    "fact_scope_emissions",
    "Emissions of the territory in scope 1 and scope 2 (location-based, from energy use); no totals. Missing where "
    "the notation key says why.",
    "Territoriets utsläpp i scope 1 och scope 2 (platsbaserat, från energianvändning); inga totaler. Saknas där "
    "notationsnyckeln säger varför.",
    *_from("scope_indicators", "municipality_code"),
    _c("scope_code", "scope_indicators.scope"),
    *_from("scope_indicators", "year", "release_id"),
    *_from("scope_indicators", "emissions_t_co2e", "emissions_reported_t_co2e", additive="yes"),
    *_from("scope_indicators", "notation_key", "basis", "gwp_set"),
    key="municipality_code scope_code year",
    topic="inventory",
)
FACT_RELEASE_REVISION = _table(
    "fact_release_revision",
    "What the headline release changed in the years that the release before holds too: of those that hold the "
    "municipality, the one before.",
    "Vad huvudutgåvan ändrade för de år som utgåvan före också har: av dem som har kommunen den närmast före.",
    *_from("emissions", "municipality_code", "sector_code", "year"),
    *_measures("emissions.release_id", names="release_id_from release_id_to"),
    _c("from_t_co2e", "emissions.emissions_reported_t_co2e", additive="yes"),
    _c("to_t_co2e", "emissions.emissions_reported_t_co2e", additive="yes"),
    _c("revision_t_co2e", "emissions.emissions_reported_t_co2e", additive="yes"),
    key="municipality_code sector_code year",
    topic="emissions",
)
_PATHWAYS = ("pathways.p50_t", "pathways.scenario")
FACT_TARGET_PATH = _table(
    "fact_target_path",
    "Year by year to the target year: what was emitted, the line to the target, and the pathways. Columns that begin "
    "with total_ are the whole territory, the others its parts.",
    "År för år till målåret: utfall, linjen till målet och banorna. Kolumner som börjar med total_ är hela kommunen, "
    "de andra är delarna.",
    _c("target_key", "sector_indicators.target_id"),
    *_from("sector_indicators", "municipality_code", "year", "release_id"),
    *_part_and_total("actual_t_co2e", "sector_indicators.emissions_t_co2e"),
    *_part_and_total("line_t_co2e", "sector_indicators.target_path_t_co2e", "pathways.target_path_t_co2e"),
    *_part_and_total("business_as_usual_t_co2e", *_PATHWAYS),
    *_part_and_total("existing_policies_t_co2e", *_PATHWAYS),
    *_part_and_total("with_actions_t_co2e", *_PATHWAYS),
    key="target_key year",
    topic="targets",
)
FACT_TARGET_STATUS = _table(
    "fact_target_status",
    "A row a target with a level, in the newest year that has a figure (the target's own year where none has): where "
    "it stands, the gap to the line of the year and the gap to the target, and the chance to meet it.",
    "En rad per mål med målnivå, det nyaste år som har en siffra (målåret om inget har det): läget, gapet till årets "
    "linje och till målet, och chansen att nå det.",
    _c("target_key", "target_status.target_id"),
    *_from("target_status", "municipality_code", "year", "release_id", "status", "basis"),
    *_part_and_total("base_t_co2e", "target_status.baseline_value"),
    *_part_and_total("latest_t_co2e", "target_status.current_value"),
    *_part_and_total("allowed_t_co2e", "target_status.target_value"),
    *_part_and_total("gap_to_path_t_co2e", "target_status.gap_value"),
    *_part_and_total("gap_to_target_t_co2e", "target_status.current_value", "target_status.target_value"),
    *_from("target_status", "target_unit", "baseline_value", "current_value", "target_value", "change_pct"),
    _c("chance_as_usual_fraction", "target_probability.probability_fraction"),
    _c("chance_with_actions_low_fraction", "target_probability.probability_low_fraction"),
    _c("chance_with_actions_high_fraction", "target_probability.probability_high_fraction"),
    *_from("target_status", "note"),
    key="target_key",
    topic="targets",
)
FACT_GAP = _table(
    "fact_gap",
    "The gap table by the municipality's targets: what is left to do, what actions give, and what remains. No totals. "
    "That is what the plan's own tonnes leave, never below zero; where the plan sized them on another level "
    "(gap_table.note), read fact_target_path.",
    "Gaptabellen efter kommunens mål: vad som är kvar att göra, vad åtgärder ger och vad som blir kvar. Inga totaler. "
    "Kvar blir vad planens egna ton lämnar, aldrig under noll; där planen räknade på en annan nivå (gap_table.note), "
    "läs fact_target_path.",
    _c("target_key", "gap_table.line"),
    *_from("gap_table", "municipality_code", "release_id"),
    _c("year", "gap_table.latest_year"),
    _c("base_t_co2e", "gap_table.baseline_t"),
    _c("latest_t_co2e", "gap_table.latest_t"),
    _c("allowed_t_co2e", "gap_table.target_t"),
    _c("gap_to_target_t_co2e", "gap_table.gap_t"),
    _c("actions_t_co2e", "gap_table.actions_t"),
    _c("residual_t_co2e", "gap_table.residual_t"),
    *_from("gap_table", "basis"),
    key="target_key",
    topic="gap",
)
FACT_SPEND = _table(
    "fact_spend",
    "Purchases by month, category, unit and account, and their emissions.",
    "Inköp per månad, kategori, förvaltning och konto, och deras utsläpp.",
    *_from("spend_by_account", "municipality_code", "year", "month", "spend_category", "ledger_unit"),
    _c("account_key", "spend_by_account.account"),
    *_from("spend_by_account", "ledger_lines", "spend_sek", "mapped_sek"),
    _c("unmapped_sek", "spend_by_account.spend_sek", "spend_by_account.mapped_sek"),
    *_from("spend_by_account", "spend_real_sek", "footprint_t_co2e", "factor_gwp_set", "price_year", "is_stale"),
    key="municipality_code year month spend_category ledger_unit account_key",
    topic="spend",
)
FACT_PURCHASE_FOOTPRINT = _table(
    "fact_purchase_footprint",
    "Emissions of purchases by category and what the figure is from: kronor, activities or suppliers' own figures.",
    "Inköpens utsläpp per kategori och underlag: kronor, aktiviteter eller leverantörernas egna siffror.",
    *_from("spend_by_category", "municipality_code", "year", "spend_category"),
    _c("figure_from", "spend_by_category.footprint_spend_t_co2e"),
    *_from("spend_by_category", "footprint_t_co2e", "factor_gwp_set", "is_stale"),
    key="municipality_code year spend_category figure_from",
    topic="spend",
)

TABLES = (
    DIM_MUNICIPALITY,
    DIM_SECTOR,
    DIM_SUBSECTOR,
    DIM_YEAR,
    DIM_RELEASE,
    DIM_SCOPE,
    DIM_TARGET,
    DIM_SPEND_CATEGORY,
    DIM_ACCOUNT,
    FACT_REFRESH,
    FACT_QUALITY,
    FACT_EMISSIONS,
    FACT_SUBSECTOR_EMISSIONS,
    FACT_SCOPE_EMISSIONS,
    FACT_RELEASE_REVISION,
    FACT_TARGET_PATH,
    FACT_TARGET_STATUS,
    FACT_GAP,
    FACT_SPEND,
    FACT_PURCHASE_FOOTPRINT,
)
