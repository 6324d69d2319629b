"""Where every target with a level stands in the newest year; totals stand in columns of their own."""

QUERY = """
    WITH chances AS (
        SELECT municipality_code, target_id, release_id,
            max(probability_fraction) FILTER (scenario = 'business_as_usual') AS as_usual,
            max(probability_low_fraction) FILTER (scenario = 'with_actions') AS low,
            max(probability_high_fraction) FILTER (scenario = 'with_actions') AS high
        FROM target_probability GROUP BY ALL
    ),
    tonnes AS (
        SELECT s.*, target_key, target_role, current_value - target_value AS gap_to_target
        FROM target_status AS s JOIN dim_target USING (municipality_code, target_id)
        WHERE is_headline AND is_latest_year AND path IN ('straight_line', 'none')
    )
    SELECT target_key, municipality_code, year, release_id, status, basis,
        CASE target_role WHEN 'part' THEN baseline_value END AS base_t_co2e,
        CASE target_role WHEN 'total' THEN baseline_value END AS total_base_t_co2e,
        CASE target_role WHEN 'part' THEN current_value END AS latest_t_co2e,
        CASE target_role WHEN 'total' THEN current_value END AS total_latest_t_co2e,
        CASE target_role WHEN 'part' THEN target_value END AS allowed_t_co2e,
        CASE target_role WHEN 'total' THEN target_value END AS total_allowed_t_co2e,
        CASE target_role WHEN 'part' THEN gap_value END AS gap_to_path_t_co2e,
        CASE target_role WHEN 'total' THEN gap_value END AS total_gap_to_path_t_co2e,
        CASE target_role WHEN 'part' THEN gap_to_target END AS gap_to_target_t_co2e,
        CASE target_role WHEN 'total' THEN gap_to_target END AS total_gap_to_target_t_co2e,
        target_unit, baseline_value, current_value, target_value, change_pct,
        as_usual AS chance_as_usual_fraction, low AS chance_with_actions_low_fraction,
        high AS chance_with_actions_high_fraction, note
    FROM tonnes LEFT JOIN chances USING (municipality_code, target_id, release_id)
"""
