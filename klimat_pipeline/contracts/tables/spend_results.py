"""Contracts of the results of the spend analysis. Kronor exclude VAT; emissions are the purchases' supply chains.

They are the organisation's perspective: never add them to a territory, and to the organisation's inventory only what
``spend/spend_scope3`` says is not in it.
"""

from klimat_pipeline.contracts.columns import col
from klimat_pipeline.contracts.columns.kinds import IDENTIFIER
from klimat_pipeline.contracts.model import Column, Table

_AT = (col("municipality_code"), col("year"))
_STALE = (col("is_stale"),)
_SPEND = (col("ledger_lines"), col("spend_sek"), col("mapped_sek"))
_FOOTPRINT = (
    col("footprint_t_co2e").use("inventory/inventory_organisation.emissions_t_co2e"),
    col("footprint_spend_t_co2e"),
    col("footprint_activity_t_co2e").use("inventory/inventory_organisation.emissions_t_co2e"),
    col("footprint_supplier_t_co2e"),
)
_TERMS = (col("factor_set"), col("factor_gwp_set"), col("price_year").use(nullable=False), col("price_basis"))


def _table(name: str, description: str, columns: tuple[Column, ...], key: tuple[str, ...]) -> Table:
    return Table(
        f"spend/{name}", description, (*_AT, *columns, *_STALE), ("municipality_code", "year", *key), topic="spend"
    )


SPEND_BY_CATEGORY = _table(
    "spend_by_category",
    "Purchases and their emissions by category; 'unmapped' has kronor and no emissions.",
    (
        col("spend_category"),
        col("category_name_sv"),
        col("category_name_en"),
        col("purchase_area"),
        col("procurement_group_sv"),
        col("cpv_division"),
        col("cpv_division_name_sv"),
        col("scope3_category").use(description=col("scope3_category").description, nullable=True, minimum=1),
        *_SPEND,
        col("spend_real_sek"),
        col("replaced_sek"),
        *_FOOTPRINT,
        col("share_of_footprint_pct"),
        col("kg_co2e_per_sek"),
        *_TERMS,
    ),
    ("spend_category",),
)
SPEND_MAPPING = _table(
    "spend_mapping",
    "Which account was taken for what, on what evidence, and how much it weighs; the largest first. Lines that a rule "
    "leaves out are in it, as 'left_out': all rows together are the ledger.",
    (
        col("mapping_rank"),
        col("account"),
        col("account_text"),
        col("ledger_lines"),
        col("amount_sek"),
        col("category").use(allowed=(), pattern=IDENTIFIER),
        col("step"),
        col("evidence"),
        col("emissions_t_co2e").use("inventory/inventory_organisation.emissions_t_co2e", minimum=None, additive="yes"),
    ),
    ("mapping_rank",),
)
SPEND_BY_UNIT = _table(
    "spend_by_unit",
    "Purchases and their emissions by department and company.",
    (col("ledger_unit"), *_SPEND, *_FOOTPRINT, col("share_of_footprint_pct"), col("kg_co2e_per_sek"), *_TERMS),
    ("ledger_unit",),
)
SPEND_BY_SUPPLIER = _table(
    "spend_by_supplier",
    "Purchases and their emissions by supplier: legal persons above the municipality's threshold, all others in one "
    "row. Persons are never named.",
    (
        col("supplier_id").use(pattern=r"\d{10}|others"),
        col("supplier_name"),
        *_SPEND,
        *_FOOTPRINT,
        col("share_of_footprint_pct"),
        col("kg_co2e_per_sek"),
        *_TERMS,
    ),
    ("supplier_id",),
)
SPEND_BY_CONTRACT = _table(
    "spend_by_contract",
    "Purchases and their emissions by contract; one row for what was bought without.",
    (col("contract_id"), *_SPEND, *_FOOTPRINT, col("share_of_footprint_pct"), col("kg_co2e_per_sek"), *_TERMS),
    ("contract_id",),
)
SPEND_BY_ACCOUNT = _table(
    "spend_by_account",
    "Purchases and their emissions by month, category, unit and account: the finest sums that name nobody.",
    (
        col("month").use(minimum=1),
        col("spend_category"),
        col("ledger_unit"),
        col("account"),
        *_SPEND,
        col("spend_real_sek"),
        *_FOOTPRINT,
        *_TERMS,
    ),
    ("month", "spend_category", "ledger_unit", "account"),
)
SPEND_TREND = _table(
    "spend_trend",
    "Purchases and their emissions by month and, with month 0 and is_total, by year; nominal and deflated by the "
    "mean index of the year. Never add months and years.",
    (
        col("month"),
        col("is_total"),
        col("ledger_lines").use(additive="no"),
        col("spend_sek").use(additive="no"),
        col("mapped_sek").use(additive="no"),
        col("spend_real_sek").use(additive="no"),
        *(column.use(additive="no") for column in _FOOTPRINT),
        col("kg_co2e_per_sek"),
        *_TERMS,
    ),
    ("month",),
)
SPEND_CHANGE_EXPLAINED = Table(
    "spend/spend_change_explained",
    "Why purchases and their emissions changed between two years: volume, price, mix and factor vintage (additive "
    "LMDI); the parts sum to the change.",
    (
        col("municipality_code"),
        col("year_from").use(nullable=False),
        col("year_to").use(nullable=False),
        col("explained_measure"),
        col("change_part"),
        col("part_value"),
        col("from_value"),
        col("to_value"),
        col("price_year").use(nullable=False),
        col("factor_gwp_set"),
        col("note"),
        *_STALE,
    ),
    ("municipality_code", "year_from", "year_to", "explained_measure", "change_part"),
    topic="spend",
)
SPEND_HOTSPOTS = _table(
    "spend_hotspots",
    "The largest sources of emissions, ranked, with their cumulative share. Kinds overlap: never add them.",
    (
        col("hotspot_kind"),
        col("hotspot_rank"),
        col("hotspot"),
        col("spend_sek").use(additive="no"),
        col("footprint_t_co2e").use("inventory/inventory_organisation.emissions_t_co2e", additive="no"),
        col("share_of_footprint_pct"),
        col("cumulative_share_pct"),
        *_TERMS,
    ),
    ("hotspot_kind", "hotspot_rank"),
)
SPEND_QUALITY = _table(
    "spend_quality",
    "How well the footprint is known: kronor by step of the classification and by grade of the data, and its range by "
    "the uncertainty of the factors.",
    (
        col("quality_aspect"),
        col("quality_item"),
        col("ledger_lines").use(additive="no", nullable=True),
        col("spend_sek").use(additive="no", nullable=True),
        col("share_of_spend_pct"),
        col("footprint_t_co2e").use("inventory/inventory_organisation.emissions_t_co2e", additive="no"),
        *_TERMS,
        col("note"),
    ),
    ("quality_aspect", "quality_item"),
)
_TOTALS = "spend/ledger_totals"
SPEND_RECONCILIATION = Table(
    "spend/spend_reconciliation",
    "Where every krona of the ledgers went: classified, unmapped, left out by a rule, found twice, or in quarantine. "
    "The sum is what the files hold, to the oere. Municipality 9999 is an invented example.",
    (
        col("municipality_code"),
        col("year").use(f"{_TOTALS}.year", minimum=0),
        col("rule").use(f"{_TOTALS}.rule"),
        col("rule_kind").use(f"{_TOTALS}.rule_kind"),
        col("ledger_lines").use(f"{_TOTALS}.ledger_lines"),
        col("amount_ore").use(f"{_TOTALS}.amount_ore"),
        col("amount_sek").use(f"{_TOTALS}.amount_sek"),
        col("rule_reason").use(f"{_TOTALS}.rule_reason"),
        *_STALE,
    ),
    ("municipality_code", "year", "rule"),
    topic="spend",
)
SPEND_SCOPE3 = _table(
    "spend_scope3",
    "Contribution of purchases to the categories of scope 3. What activities give is in the organisation's inventory "
    "already, under its own scope.",
    (
        col("scope3_category").use(nullable=False, minimum=1),
        col("figure_from"),
        col("is_in_inventory"),
        col("spend_sek"),
        col("footprint_t_co2e").use("inventory/inventory_organisation.emissions_t_co2e"),
        *_TERMS,
    ),
    ("scope3_category", "figure_from"),
)
SPEND_REPLACED = _table(
    "spend_replaced",
    "Kronor that activities or suppliers' own figures replace, so that nothing counts twice.",
    (
        col("replacement_id"),
        col("figure_from").use(allowed=("activity", "supplier")),
        col("ledger_lines"),
        col("replaced_sek"),
        col("footprint_replaced_t_co2e"),
        col("footprint_t_co2e").use("inventory/inventory_organisation.emissions_t_co2e"),
        col("factor_gwp_set"),
        col("source"),
        col("note"),
    ),
    ("replacement_id", "figure_from"),
)
SPEND_INDICATORS = _table(
    "spend_indicators",
    "Indicators of purchases: kilograms per krona, per resident and per kilogram of food, and the halving of purchases "
    "against a base year that somebody has chosen.",
    (
        col("spend_indicator").use(nullable=False),
        col("spend_indicator_value"),
        col("spend_indicator_unit"),
        col("factor_gwp_set"),
        col("price_year").use(nullable=False),
        col("note"),
    ),
    ("spend_indicator",),
)
SPEND_SENSITIVITY = _table(
    "spend_sensitivity",
    "The spend part of the footprint by other factor sets: how much depends on whose factors are used.",
    (
        col("factor_set"),
        col("factor_gwp_set"),
        col("mapped_sek").use(additive="no"),
        col("footprint_t_co2e").use(additive="no"),
        col("note"),
    ),
    ("factor_set",),
)
SPEND_FACTORS = _table(
    "spend_factors",
    "What a krona of every category emits, and what that is made from: kg CO2e = SEK x index of the factor's price "
    "year / index of the year of purchase / SEK per unit of currency x factor.",
    (
        col("spend_category"),
        col("kg_co2e_per_sek"),
        col("factor_value").use(nullable=True),
        col("factor_unit"),
        col("factor_set"),
        col("factor_gwp_set"),
        col("factor_price_year"),
        col("factor_uncertainty_pct"),
        col("exchange_rate"),
        col("exchange_rate_source"),
        col("price_index"),
        col("index_value"),
        col("index_factor_year"),
        col("index_source"),
        col("deflator"),
        col("price_year").use(nullable=False),
        col("price_basis"),
        col("licence"),
        col("source"),
        col("note"),
    ),
    ("spend_category",),
)

SPEND_REFUSED = Table(
    "spend/spend_refused",
    "Municipalities whose ledgers could not be read or valued, why, and whether the tables show an earlier run's "
    "purchases of theirs (is_stale).",
    (col("municipality_code"), col("refusal"), col("has_last_state")),
    ("municipality_code", "refusal"),
    topic="spend",
)

TABLES = (
    SPEND_BY_CATEGORY,
    SPEND_MAPPING,
    SPEND_BY_UNIT,
    SPEND_BY_SUPPLIER,
    SPEND_BY_CONTRACT,
    SPEND_BY_ACCOUNT,
    SPEND_TREND,
    SPEND_CHANGE_EXPLAINED,
    SPEND_HOTSPOTS,
    SPEND_QUALITY,
    SPEND_RECONCILIATION,
    SPEND_SCOPE3,
    SPEND_REPLACED,
    SPEND_INDICATORS,
    SPEND_SENSITIVITY,
    SPEND_FACTORS,
    SPEND_REFUSED,
)
