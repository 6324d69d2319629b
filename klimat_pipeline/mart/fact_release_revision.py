"""Every year that the headline release and the newest one before it, of the same substance, both hold, as reported."""

QUERY = """
    WITH before AS (
        SELECT e.release_id FROM releases AS e JOIN releases AS h USING (substance)
        WHERE h.is_headline AND (e.last_year, e.release_id) < (h.last_year, h.release_id)
        ORDER BY e.last_year DESC, e.release_id DESC LIMIT 1
    )
    SELECT l.municipality_code, l.sector_code, l.year, e.release_id AS release_id_from, l.release_id AS release_id_to,
        e.emissions_reported_t_co2e AS from_t_co2e, l.emissions_reported_t_co2e AS to_t_co2e,
        to_t_co2e - from_t_co2e AS revision_t_co2e
    FROM emissions AS l JOIN emissions AS e USING (municipality_code, sector_code, substance, year)
    WHERE l.is_headline AND e.release_id IN (FROM before)
"""
