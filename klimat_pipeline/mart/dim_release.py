"""Releases that are loaded, those that only the history of refreshes names, and 'local' for figures without one."""

QUERY = """
    WITH others AS (
        SELECT 'local' AS release_id, 'Lokala uppgifter' AS release_label_sv, 'Local figures' AS release_label_en
        UNION SELECT release_id, release_id, release_id FROM fact_refresh
    )
    SELECT release_id, source || ', ' || coalesce(report_date, release_id) AS release_label_sv,
        source || ', ' || coalesce(report_date, release_id) AS release_label_en,
        substance, report_date AS report_date_text, retrieved_at, first_year, last_year, is_headline
    FROM releases
    UNION ALL BY NAME
    SELECT *, FALSE AS is_headline FROM others WHERE release_id NOT IN (SELECT release_id FROM releases)
"""
