"""Scope 1 and scope 2 of the territory: of the methods of scope 2 the location-based one, from energy use."""

QUERY = """
    SELECT municipality_code, scope AS scope_code, year, release_id, emissions_t_co2e, emissions_reported_t_co2e,
        notation_key, basis, gwp_set
    FROM scope_indicators
    WHERE is_headline AND boundary = 'territory' AND NOT is_total
        AND (scope = '1' OR (scope = '2' AND method = 'location' AND scope2_basis = 'energy_use'))
"""
