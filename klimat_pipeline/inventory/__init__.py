"""Inventories by scope: a territory's (GPC), how it differs from what the municipality has printed itself, and an
organisation's (GHG Protocol). The two inventories are never added together.

What does not belong here: indicators over the inventories (``indicators``), local corrections (``corrected``).
"""
