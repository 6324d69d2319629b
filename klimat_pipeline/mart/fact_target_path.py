"""Year by year to the target year: what was emitted, the straight line, the pathways; totals in columns of their own.

The line goes from the baseline to the target, in years to come too: what the newest year has above it is not forgiven.
The pathway 'target' is another one, from the newest year to the target, and is not shown here. Pathways are those of
the release that the target's own figures are of: one for fossil emissions may be followed on carbon dioxide.
"""

QUERY = """
    WITH followed AS (
        SELECT DISTINCT municipality_code, target_id AS line, release_id FROM sector_indicators WHERE is_headline
    ), ahead AS (
        SELECT municipality_code, line AS target_id, year, release_id, any_value(target_path_t_co2e) AS to_target,
            max(p50_t) FILTER (scenario = 'business_as_usual') AS as_usual,
            max(p50_t) FILTER (scenario = 'existing_policies') AS policies,
            max(p50_t) FILTER (scenario = 'with_actions') AS actions
        FROM pathways JOIN followed USING (municipality_code, line, release_id) GROUP BY ALL
    ), rows AS (
        SELECT municipality_code, target_id, year, release_id, emissions_t_co2e AS actual,
            target_path_t_co2e AS line, NULL AS as_usual, NULL AS policies, NULL AS actions
        FROM sector_indicators WHERE is_headline
        UNION ALL
        SELECT municipality_code, target_id, year, release_id, NULL, to_target, as_usual, policies, actions FROM ahead
    )
    SELECT target_key, t.municipality_code, year, release_id,
        CASE target_role WHEN 'part' THEN actual END AS actual_t_co2e,
        CASE target_role WHEN 'total' THEN actual END AS total_actual_t_co2e,
        CASE target_role WHEN 'part' THEN line END AS line_t_co2e,
        CASE target_role WHEN 'total' THEN line END AS total_line_t_co2e,
        CASE target_role WHEN 'part' THEN as_usual END AS business_as_usual_t_co2e,
        CASE target_role WHEN 'total' THEN as_usual END AS total_business_as_usual_t_co2e,
        CASE target_role WHEN 'part' THEN policies END AS existing_policies_t_co2e,
        CASE target_role WHEN 'total' THEN policies END AS total_existing_policies_t_co2e,
        CASE target_role WHEN 'part' THEN actions END AS with_actions_t_co2e,
        CASE target_role WHEN 'total' THEN actions END AS total_with_actions_t_co2e
    FROM rows JOIN dim_target AS t USING (municipality_code, target_id)
    WHERE target_role IN ('part', 'total')
"""
