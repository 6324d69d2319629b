"""Emissions by municipality, sector and year."""

QUERY = """
    SELECT municipality_code, sector_code, year, release_id, emissions_t_co2e, emissions_reported_t_co2e,
        first_value(emissions_reported_t_co2e) OVER series AS first_year_t_co2e,
        emissions_reported_t_co2e - first_year_t_co2e AS change_reported_t_co2e,
        emissions_t_co2e - emissions_reported_t_co2e AS correction_t_co2e, gwp_set
    FROM emissions WHERE is_headline
    WINDOW series AS (PARTITION BY municipality_code, sector_code ORDER BY year)
"""
