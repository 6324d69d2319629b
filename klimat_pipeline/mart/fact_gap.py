"""The gap table by targets, its parts only."""

QUERY = """
    SELECT target_key, g.municipality_code, g.release_id, latest_year AS year, baseline_t AS base_t_co2e,
        latest_t AS latest_t_co2e, target_t AS allowed_t_co2e, gap_t AS gap_to_target_t_co2e,
        actions_t AS actions_t_co2e, residual_t AS residual_t_co2e, basis
    FROM gap_table AS g JOIN dim_target AS t ON t.municipality_code = g.municipality_code AND t.target_id = g.line
    WHERE is_headline AND gap_basis = 'targets' AND target_role = 'part'
"""
