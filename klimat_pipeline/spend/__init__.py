"""From a municipality's accounts payable ledger to the footprint of what it buys, per category, unit and supplier."""
