"""Every year that the headline release and the one before it both hold, as reported.

The one before it is each municipality's own: an extract stands between two national releases for its places only.
"""

QUERY = """
    SELECT l.municipality_code, l.sector_code, l.year, release_id_from, release_id_to,
        e.emissions_reported_t_co2e AS from_t_co2e, l.emissions_reported_t_co2e AS to_t_co2e,
        to_t_co2e - from_t_co2e AS revision_t_co2e
    FROM emissions AS l
    JOIN held_pairs AS p ON p.municipality_code = l.municipality_code AND p.release_id_to = l.release_id
    JOIN emissions AS e ON e.release_id = p.release_id_from AND e.municipality_code = l.municipality_code
        AND e.sector_code = l.sector_code AND e.year = l.year
    WHERE l.is_headline
"""
