"""The tables of the spend analysis, one module each, from the valued groups of ``footprint``.

``all_tables`` makes all of them in one pass. What does not belong here: how a group is valued (``footprint``).
"""
