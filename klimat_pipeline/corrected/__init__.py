"""Stage 4: local corrections; reported and corrected figures side by side, with the corrections' ids."""
