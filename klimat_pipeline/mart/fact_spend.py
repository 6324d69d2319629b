"""Purchases by month, category, unit and account."""

QUERY = """
    SELECT municipality_code, year, month, spend_category, ledger_unit,
        municipality_code || '/' || account AS account_key, ledger_lines, spend_sek, mapped_sek,
        spend_sek - mapped_sek AS unmapped_sek, spend_real_sek, footprint_t_co2e, factor_gwp_set, price_year, is_stale
    FROM spend_by_account
"""
