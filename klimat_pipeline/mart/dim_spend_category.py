"""Categories of purchases that a fact has."""

QUERY = """
    SELECT DISTINCT spend_category,
        category_name_sv AS spend_category_label_sv, category_name_en AS spend_category_label_en, purchase_area,
        procurement_group_sv, cpv_division, cpv_division_name_sv, scope3_category
    FROM spend_by_category
"""
