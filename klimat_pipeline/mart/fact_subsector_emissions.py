"""Emissions by municipality, subsector and year."""

QUERY = """
    SELECT municipality_code, sector_code, sector_code || '/' || subsector_code AS subsector_key, year, release_id,
        emissions_t_co2e, emissions_reported_t_co2e, gwp_set
    FROM subsector_emissions WHERE is_headline
"""
