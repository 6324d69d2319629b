"""From the newest release before the headline release to the headline release."""

QUERY = """
    SELECT municipality_code, sector_code, year, release_id_from, release_id_to, from_t_co2e, to_t_co2e,
        revision_t_co2e
    FROM release_revisions JOIN releases ON release_id_from = releases.release_id
    SEMI JOIN sectors USING (sector_code)  -- not the totals
    WHERE release_revisions.is_headline AND from_t_co2e IS NOT NULL AND to_t_co2e IS NOT NULL
    QUALIFY last_year = max(last_year) OVER () AND release_id_from = max(release_id_from) OVER (PARTITION BY last_year)
"""
