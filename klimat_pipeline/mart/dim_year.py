"""Every year from the first to the last that a fact has."""

QUERY = """
    WITH years AS (
        SELECT year FROM fact_emissions UNION SELECT year FROM fact_scope_emissions
        UNION SELECT year FROM fact_release_revision UNION SELECT year FROM fact_target_path
        UNION SELECT year FROM fact_target_status UNION SELECT year FROM fact_gap
        UNION SELECT year FROM fact_spend UNION SELECT year FROM fact_purchase_footprint
    ),
    headline AS (
        SELECT last_year, string_split(years, ' ') AS released
        FROM releases WHERE is_headline
    )
    SELECT year, year::VARCHAR AS year_label_sv, year::VARCHAR AS year_label_en,
        year = last_year AS is_latest,
        list_contains(released, year::VARCHAR) AS is_released, year > last_year AS is_future,
        year // 10 * 10 AS decade
    FROM (SELECT unnest(generate_series(min(year), max(year))) AS year FROM years), headline
"""
