"""Contracts of the stage ``published``: the tables that readers rely on, derived from the ones that they show.

A table that is added here is published in every form. Dropping or renaming a column breaks readers: publish under a
new name instead. A table or column that is renamed all the same gets a row in ``published/renames.csv``.
"""

from functools import partial

from klimat_pipeline.contracts.columns import col
from klimat_pipeline.contracts.model import Table, published
from klimat_pipeline.contracts.tables import (
    clean,
    clean_local,
    clean_plans,
    corrected,
    gap_and_neutrality,
    indicators,
    indicators_beside,
    inventory,
    quality,
    scenarios,
    spend,
    spend_results,
)

_PUBLICATION = (col("publication_id"),)
_HEADLINE = (col("is_headline").use("clean/releases.is_headline"), *_PUBLICATION)
#: Figures that are compared or summed over municipalities; figures of a municipality by itself.
_all, _own = (partial(published, extra=_HEADLINE, headline=kind) for kind in ("all", "own"))
_RUN = (col("run_id"), col("publication_id"))

RUN_MANIFEST = Table(
    key="published/run_manifest",
    description="What the publication was made from: inputs with their hashes, configuration, code, options, rows.",
    columns=(
        col("item_kind"),
        col("item_name"),
        col("item_value"),
        col("sha256").use("sources/smhi_snapshots.sha256", nullable=True),
        col("row_count"),
        *_RUN,
    ),
    primary_key=("item_kind", "item_name"),
    topic="provenance",
)

DATA_DICTIONARY = Table(
    key="published/data_dictionary",
    description="Every column of every published table: meaning, unit, whether it may be summed, and its origin.",
    columns=(
        col("table_name"),
        col("column_order"),
        col("column_name"),
        col("column_kind"),
        col("column_unit"),
        col("is_key"),
        col("is_nullable"),
        col("may_be_summed"),
        col("sum_requires"),
        col("description"),
        col("derived_from"),
        *_PUBLICATION,
    ),
    primary_key=("table_name", "column_name"),
    topic="reference",
)

TABLES = (
    _own(indicators.SECTOR_INDICATORS),
    _all(corrected.EMISSIONS, sums="release_id substance"),
    _all(corrected.SUBSECTOR_EMISSIONS, drop=("sheet", "source_row", "source_column"), sums="release_id substance"),
    _all(indicators_beside.GASES, sums="release_id"),
    _all(clean.AREA_TOTALS, drop=("sheet", "source_row", "source_column")),
    _all(corrected.CORRECTIONS, sums="release_id"),
    _all(corrected.CORRECTION_RESIDUALS),
    _all(corrected.CORRECTIONS_LEAVE_ONE_OUT),
    _own(inventory.INVENTORY_TERRITORY, sums="release_id scope method is_memo"),
    _own(inventory.GPC_INVENTORY, sums="release_id gpc_level is_total"),
    published(inventory.INVENTORY_ORGANISATION, extra=_PUBLICATION, sums="scope method is_eliminated"),
    _own(indicators.SCOPE_INDICATORS, sums="boundary release_id scope is_total method scope2_basis"),
    _own(indicators.AREA_SHARES),
    _own(inventory.INVENTORY_RECONCILIATION, sums="release_id print_table line scope"),
    published(clean_local.PUBLISHED_INVENTORY, extra=_PUBLICATION),
    published(clean_local.ENERGY_USE, extra=_PUBLICATION),
    published(clean_local.EMISSION_FACTORS, extra=_PUBLICATION),
    _all(indicators.RELEASE_REVISIONS),
    _own(indicators.INDICATOR_CHANGE_EXPLAINED),
    _own(indicators.BASE_YEAR_REVIEW),
    _own(indicators.PROVENANCE),
    published(clean.TARGETS, extra=_PUBLICATION),
    published(clean.FROZEN_REPORTS, extra=_PUBLICATION),
    published(clean.RELEASES, extra=_PUBLICATION),
    published(clean.MUNICIPALITIES, extra=_PUBLICATION),
    published(clean.CONSUMPTION_EMISSIONS, extra=_PUBLICATION),
    published(clean.SECTORS, extra=_PUBLICATION),
    published(quality.DATA_QUALITY, extra=_RUN),
    RUN_MANIFEST,
    DATA_DICTIONARY,
    # -- pathways, probabilities, costs, and the comparison
    _own(scenarios.PATHWAYS),
    _own(scenarios.TARGET_PROBABILITY),
    _own(scenarios.TARGET_SENSITIVITY),
    _all(scenarios.SCENARIO_HINDCAST),
    published(scenarios.SCENARIO_SCORE, extra=_PUBLICATION),
    published(scenarios.INVESTMENT_PLAN, extra=_PUBLICATION),
    published(scenarios.ABATEMENT_COST, extra=_PUBLICATION),
    published(clean.METHOD_ASSUMPTIONS, extra=_PUBLICATION),
    _all(indicators.MUNICIPALITY_COMPARISON),
    # -- targets, gap, neutrality
    _own(indicators_beside.TARGET_STATUS),
    _own(indicators_beside.ENERGY_TARGETS),
    _all(indicators_beside.GROUP_COMPARISON),
    _all(indicators_beside.LAND_USE),
    _all(indicators_beside.TRADED_EMISSIONS, sums="release_id"),
    _own(indicators_beside.TARGET_COHERENCE),
    _own(gap_and_neutrality.GAP_TABLE),
    _own(gap_and_neutrality.NEUTRALITY_BALANCE),
    published(gap_and_neutrality.FACILITY_CLAIMS, extra=_PUBLICATION),
    _own(gap_and_neutrality.NEUTRALITY_BY_ALLOCATION_KEY),
    published(clean_plans.PUBLISHED_GAP, extra=_PUBLICATION),
    published(clean_plans.CARBON_SINKS, extra=_PUBLICATION),
    published(clean_plans.CLIMATE_ACTIONS, extra=_PUBLICATION),
    # -- spend: reading ledgers
    published(spend.SPEND_QUARANTINE, extra=_PUBLICATION),
    published(spend.SPEND_FILES, extra=_PUBLICATION),
    # -- spend: results
    published(spend_results.SPEND_BY_CATEGORY, extra=_PUBLICATION),
    published(spend_results.SPEND_MAPPING, extra=_PUBLICATION),
    published(spend_results.SPEND_BY_UNIT, extra=_PUBLICATION),
    published(spend_results.SPEND_BY_SUPPLIER, extra=_PUBLICATION),
    published(spend_results.SPEND_BY_CONTRACT, extra=_PUBLICATION),
    published(spend_results.SPEND_BY_ACCOUNT, extra=_PUBLICATION),
    published(spend_results.SPEND_TREND, extra=_PUBLICATION),
    published(spend_results.SPEND_CHANGE_EXPLAINED, extra=_PUBLICATION),
    published(spend_results.SPEND_HOTSPOTS, extra=_PUBLICATION),
    published(spend_results.SPEND_QUALITY, extra=_PUBLICATION),
    published(spend_results.SPEND_RECONCILIATION, extra=_PUBLICATION),
    published(spend_results.SPEND_SCOPE3, extra=_PUBLICATION),
    published(spend_results.SPEND_REPLACED, extra=_PUBLICATION),
    published(spend_results.SPEND_INDICATORS, extra=_PUBLICATION),
    published(spend_results.SPEND_SENSITIVITY, extra=_PUBLICATION),
    published(spend_results.SPEND_FACTORS, extra=_PUBLICATION),
    published(spend_results.SPEND_REFUSED, extra=_PUBLICATION),
)
