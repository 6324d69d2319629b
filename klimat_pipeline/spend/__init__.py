"""Stage ``spend``: from typed ledger lines to the footprint of what is bought. Pure functions; no Dagster."""
