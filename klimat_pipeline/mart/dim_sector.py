"""Main sectors."""

QUERY = """
    SELECT sector_code, sector_name_sv AS sector_label_sv, sector_name_en AS sector_label_en, sector_order,
        quality_class_national, quality_class_geography
    FROM sectors
"""
