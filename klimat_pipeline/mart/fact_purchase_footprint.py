"""Emissions of purchases by category and what the figure is from."""

QUERY = """
    UNPIVOT (
        SELECT municipality_code, year, spend_category, factor_gwp_set, is_stale, footprint_spend_t_co2e AS spend,
            footprint_activity_t_co2e AS activity, footprint_supplier_t_co2e AS supplier
        FROM spend_by_category WHERE footprint_t_co2e IS NOT NULL
    ) ON spend, activity, supplier INTO NAME figure_from VALUE footprint_t_co2e
"""
