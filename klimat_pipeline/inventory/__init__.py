"""Inventories by scope: a territory's (GPC), how it agrees with what the municipality has printed itself, and an
organisation's (GHG Protocol). The two ledgers are never added together.

What does not belong here: indicators over the inventories (``indicators``), local corrections (``corrected``).
"""
