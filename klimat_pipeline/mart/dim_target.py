"""What is followed up, the municipality's own target before the generic one of that name, and its role in sums.

A target is a part unless one that goes before it (the municipality's own, then more sectors) holds a sector of it.
"""

QUERY = """
    WITH followed AS (
        FROM targets
        QUALIFY row_number() OVER (PARTITION BY municipality_code, target_id ORDER BY target_kind) = 1
    ),
    ranked AS (
        SELECT *, string_split(sector_codes, ' ') AS held,
            boundary = 'territory' AND target_measure = 'emissions' AND sector_codes <> '' AS is_territorial,
            row_number() OVER (
                PARTITION BY municipality_code
                ORDER BY target_kind, len(string_split(sector_codes, ' ')) DESC, target_id
            ) AS place
        FROM followed
    ),
    parts AS (FROM ranked WHERE is_territorial AND target_id <> 'total'),
    overlapping AS (
        SELECT DISTINCT later.municipality_code, later.target_id
        FROM parts AS later JOIN parts AS earlier
            ON earlier.municipality_code = later.municipality_code AND earlier.place < later.place
            AND list_has_any(earlier.held, later.held)
    )
    SELECT municipality_code || '/' || target_id AS target_key,
        target_name_sv AS target_label_sv, target_name_en AS target_label_en,
        municipality_code, target_id, target_kind,
        CASE
            WHEN NOT is_territorial THEN 'other'
            WHEN target_id = 'total' THEN 'total'
            WHEN (municipality_code, target_id) IN (FROM overlapping) THEN 'overlapping'
            ELSE 'part'
        END AS target_role,
        boundary, target_measure, target_gas_basis, sector_codes, baseline_year, target_year, target_pct
    FROM ranked
"""
