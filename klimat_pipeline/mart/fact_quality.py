"""A row a check and publication: this one's, with the first of the unbroken series that fails, and those of before."""

QUERY = """
    WITH now AS (
        SELECT table_name, check_name, kind, severity,
            CASE WHEN bool_or(outcome = 'failed') THEN 'failed' WHEN bool_or(outcome = 'passed') THEN 'passed'
                ELSE 'not_applicable' END AS check_outcome,
            count(*) AS findings_count, count(*) FILTER (outcome = 'failed') AS failed_count,
            min_by(message, (outcome <> 'failed', finding_no)) AS message
        FROM data_quality GROUP BY ALL
    ),
    before AS (
        SELECT table_name, check_name, failing_since_at FROM last_fact_quality
        WHERE refresh_id = (SELECT max_by(refresh_id, switched_at) FROM last_fact_refresh)
    )
    SELECT refresh_id, now.*, CASE check_outcome WHEN 'failed' THEN coalesce(failing_since_at, switched_at) END
        AS failing_since_at
    FROM now LEFT JOIN before USING (table_name, check_name), this_refresh
    UNION ALL BY NAME
    SELECT * EXCLUDE (publication_id) FROM last_fact_quality WHERE refresh_id IN (FROM kept_refreshes)
"""
