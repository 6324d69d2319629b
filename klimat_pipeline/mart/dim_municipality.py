"""Municipalities; a code that only a ledger has is the invented example."""

QUERY = """
    WITH residents AS (
        SELECT municipality_code, max(population_year) AS population_year,
            max_by(population, population_year) AS population
        FROM sector_indicators WHERE is_headline AND population IS NOT NULL GROUP BY ALL
    ),
    contracts AS (SELECT DISTINCT municipality_code FROM targets WHERE target_kind = 'contract'),
    codes AS (
        SELECT municipality_code FROM municipalities
        UNION SELECT municipality_code FROM fact_spend
        UNION SELECT municipality_code FROM fact_purchase_footprint
        UNION SELECT municipality_code FROM dim_account
        UNION SELECT municipality_code FROM dim_target
    )
    SELECT municipality_code,
        coalesce(municipality_name, 'Påhittat exempel') AS municipality_label_sv,
        coalesce(municipality_name, 'Invented example') AS municipality_label_en,
        county_code, county_name, group_code, group_name,
        municipality_code IN (FROM contracts) AS is_contract_city,
        municipality_name IS NULL AS is_example,
        population, population_year
    FROM codes LEFT JOIN municipalities USING (municipality_code) LEFT JOIN residents USING (municipality_code)
"""
