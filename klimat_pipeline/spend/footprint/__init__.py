"""From typed lines to emissions: groups, classification, factors, prices, replacements.

What does not belong here: reading ledgers (``ledger``), the tables that are published (``results``).
"""
