"""Subsectors that a fact has, with the sector in front of their name, since several sectors have one of that name."""

QUERY = """
    SELECT DISTINCT sector_code || '/' || subsector_code AS subsector_key,
        sector_name_sv || ': ' || subsector_name_sv AS subsector_label_sv,
        sector_name_en || ': ' || coalesce(subsector_name_en, subsector_name_sv) AS subsector_label_en,
        sector_code, subsector_code
    FROM subsector_emissions JOIN sectors USING (sector_code) WHERE is_headline
"""
