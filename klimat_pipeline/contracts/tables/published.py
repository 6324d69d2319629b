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
    _own(indicators.SECTORS, "sector_indicators"),
    _all(corrected.EMISSIONS, "emissions", sums="release_id substance"),
    _all(
        corrected.SUBSECTORS,
        "subsector_emissions",
        drop=("sheet", "source_row", "source_column"),
        sums="release_id substance",
    ),
    _all(indicators_beside.GASES, "gases", sums="release_id"),
    _all(clean.AREA_TOTALS, "area_totals", drop=("sheet", "source_row", "source_column")),
    _all(corrected.CORRECTIONS, "corrections", sums="release_id"),
    _all(corrected.RESIDUALS, "correction_residuals"),
    _all(corrected.LEAVE_ONE_OUT, "corrections_leave_one_out"),
    _own(inventory.TERRITORY, "inventory_territory", sums="release_id scope method is_memo"),
    _own(inventory.GPC, "gpc_inventory", sums="release_id gpc_level is_total"),
    published(inventory.ORGANISATION, "inventory_organisation", extra=_PUBLICATION, sums="scope method is_eliminated"),
    _own(indicators.SCOPES, "scope_indicators", sums="boundary release_id scope is_total method scope2_basis"),
    _own(indicators.AREAS, "area_shares"),
    _own(inventory.RECONCILIATION, "inventory_reconciliation", sums="release_id print_table line scope"),
    published(clean_local.PRINTED_INVENTORY, "published_inventory", extra=_PUBLICATION),
    published(clean_local.ENERGY_USE, "energy_use", extra=_PUBLICATION),
    published(clean_local.FACTORS, "emission_factors", extra=_PUBLICATION),
    _all(indicators.REVISIONS, "release_revisions"),
    _own(indicators.CHANGES, "indicator_change_explained"),
    _own(indicators.BASE_YEARS, "base_year_review"),
    _own(indicators.PROVENANCE, "provenance"),
    published(clean.TARGETS, "targets", extra=_PUBLICATION),
    published(clean.FROZEN, "frozen_reports", extra=_PUBLICATION),
    published(clean.RELEASES, "releases", extra=_PUBLICATION),
    published(clean.MUNICIPALITIES, "municipalities", extra=_PUBLICATION),
    published(clean.CONSUMPTION, "consumption_emissions", extra=_PUBLICATION),
    published(clean.SECTORS, "sectors", extra=_PUBLICATION),
    published(quality.FINDINGS, "data_quality", extra=_RUN),
    RUN_MANIFEST,
    DATA_DICTIONARY,
    # -- pathways, probabilities, costs, and the comparison
    _own(scenarios.PATHWAYS, "pathways"),
    _own(scenarios.PROBABILITY, "target_probability"),
    _own(scenarios.SENSITIVITY, "target_sensitivity"),
    _all(scenarios.HINDCAST, "scenario_hindcast"),
    published(scenarios.SCORE, "scenario_score", extra=_PUBLICATION),
    published(scenarios.INVESTMENT, "investment_plan", extra=_PUBLICATION),
    published(scenarios.ABATEMENT, "abatement_cost", extra=_PUBLICATION),
    published(clean.ASSUMPTIONS, "method_assumptions", extra=_PUBLICATION),
    _all(indicators.COMPARISON, "municipality_comparison"),
    # -- targets, gap, neutrality
    _own(indicators_beside.TARGETS, "target_status"),
    _own(indicators_beside.ENERGY, "energy_targets"),
    _all(indicators_beside.GROUPS, "group_comparison"),
    _all(indicators_beside.LAND_USE, "land_use"),
    _all(indicators_beside.TRADED, "traded_emissions", sums="release_id"),
    _own(indicators_beside.COHERENCE, "target_coherence"),
    _own(gap_and_neutrality.GAP, "gap_table"),
    _own(gap_and_neutrality.NEUTRALITY, "neutrality_balance"),
    published(gap_and_neutrality.FACILITY_CLAIMS, "facility_claims", extra=_PUBLICATION),
    _own(gap_and_neutrality.ALLOCATION_KEYS, "neutrality_by_allocation_key"),
    published(clean_plans.PUBLISHED_GAP, "published_gap", extra=_PUBLICATION),
    published(clean_plans.SINKS, "carbon_sinks", extra=_PUBLICATION),
    published(clean_plans.ACTIONS, "climate_actions", extra=_PUBLICATION),
    # -- spend: reading ledgers
    published(spend.QUARANTINE, "spend_quarantine", extra=_PUBLICATION),
    published(spend.FILES, "spend_files", extra=_PUBLICATION),
    # -- spend: results
    published(spend_results.BY_CATEGORY, "spend_by_category", extra=_PUBLICATION),
    published(spend_results.MAPPING, "spend_mapping", extra=_PUBLICATION),
    published(spend_results.BY_UNIT, "spend_by_unit", extra=_PUBLICATION),
    published(spend_results.BY_SUPPLIER, "spend_by_supplier", extra=_PUBLICATION),
    published(spend_results.BY_CONTRACT, "spend_by_contract", extra=_PUBLICATION),
    published(spend_results.BY_ACCOUNT, "spend_by_account", extra=_PUBLICATION),
    published(spend_results.TREND, "spend_trend", extra=_PUBLICATION),
    published(spend_results.CHANGES, "spend_change_explained", extra=_PUBLICATION),
    published(spend_results.HOTSPOTS, "spend_hotspots", extra=_PUBLICATION),
    published(spend_results.QUALITY, "spend_quality", extra=_PUBLICATION),
    published(spend_results.RECONCILIATION, "spend_reconciliation", extra=_PUBLICATION),
    published(spend_results.SCOPE3, "spend_scope3", extra=_PUBLICATION),
    published(spend_results.REPLACEMENTS, "spend_replaced", extra=_PUBLICATION),
    published(spend_results.INDICATORS, "spend_indicators", extra=_PUBLICATION),
    published(spend_results.SENSITIVITY, "spend_sensitivity", extra=_PUBLICATION),
    published(spend_results.FACTORS, "spend_factors", extra=_PUBLICATION),
    published(spend_results.REFUSED, "spend_refused", extra=_PUBLICATION),
)
