"""Tracing every published indicator to its cells, within a full refresh of the figures in the checkout.

The table of provenance is made and checked anew on the tables that the refresh left, against the whole refresh. Great
Expectations and the rest are imported before the clock starts: a refresh needs them anyway.
"""

import os
import tempfile
from pathlib import Path

from benchmarks.ratio import compare, klimat


def main() -> None:
    from klimat_pipeline.contracts import table
    from klimat_pipeline.defs.resources import Project
    from klimat_pipeline.indicators.provenance import provenance
    from klimat_pipeline.quality.contract import check_contract
    from klimat_pipeline.quality.suites import prepare
    from klimat_pipeline.storage import TableStore

    prepare()
    reference = Project().reference
    with tempfile.TemporaryDirectory() as data:
        klimat("refresh", data=data)
        store = TableStore(Path(data, "intermediate"))

        def trace() -> None:
            names = ("sector_indicators", "scope_indicators", "area_shares")
            shown = [store.read(f"indicators/{name}") for name in names]
            frame = provenance(
                *shown,
                emissions=store.read("clean/reported_emissions"),
                subsectors=store.read("clean/reported_subsectors"),
                territory=store.read("inventory/inventory_territory"),
                organisation=store.read("inventory/inventory_organisation"),
                printed=store.read("clean/published_inventory"),
                reference=reference,
            )
            check_contract(frame, table("indicators/provenance"))
            store.write("indicators/provenance", frame)

        def refresh() -> None:
            with tempfile.TemporaryDirectory() as other:
                klimat("refresh", data=other)

        compare("provenance of all indicators against a full refresh", trace, refresh, limit=0.15, runs=3)


if __name__ == "__main__":
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    main()
