"""Stage 4: local corrections; reported and corrected figures side by side, with the corrections' ids.

What does not belong here: reading the registers (``configuration``), scopes (``inventory``).
"""
