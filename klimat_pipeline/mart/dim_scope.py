"""Scopes 1 and 2 of the territory, the two that are added up."""

QUERY = """
    FROM (VALUES
        ('1', 'Scope 1: utsläpp inom kommunens gräns', 'Scope 1: emissions inside the boundary'),
        ('2', 'Scope 2: el och fjärrvärme som används', 'Scope 2: electricity and district heat consumed')
    ) AS scopes (scope_code, scope_label_sv, scope_label_en)
"""
