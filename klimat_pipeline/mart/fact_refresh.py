"""A row a publication: this one, and those of before."""

QUERY = """
    SELECT r.refresh_id, r.started_at, r.switched_at, TRUE AS is_latest_refresh, r.schema_version, release_id,
        last_year AS newest_released_year,
        (SELECT max(retrieved_at) FROM releases) AS newest_source_at,
        (SELECT sum(row_count)::BIGINT FROM run_manifest WHERE item_kind = 'table') AS published_rows,
        (SELECT count(DISTINCT (table_name, check_name)) FROM data_quality) AS checks_count,
        (SELECT count(DISTINCT (table_name, check_name)) FROM data_quality WHERE outcome = 'failed')
            AS checks_failed_count
    FROM releases, this_refresh AS r WHERE is_headline
    UNION ALL BY NAME
    SELECT * EXCLUDE (publication_id) REPLACE (FALSE AS is_latest_refresh) FROM last_fact_refresh
    WHERE refresh_id IN (FROM kept_refreshes)
"""
