"""Stage 6: indicators, one module per family; pure functions of earlier tables, each with its formula.

What does not belong here: the future (``scenarios``).
"""
