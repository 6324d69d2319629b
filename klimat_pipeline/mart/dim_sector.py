"""Main sectors."""

QUERY = """
    SELECT sector_code, sector_name_sv AS label_sv, sector_name_en AS label_en, sector_order, quality_class_national,
        quality_class_geography
    FROM sectors
"""
