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
    from klimat_pipeline.indicators.provenance import provenance
    from klimat_pipeline.quality.contract import check_contract, prepare
    from klimat_pipeline.storage import TableStore

    prepare()
    with tempfile.TemporaryDirectory() as data:
        klimat("refresh", data=data)
        store = TableStore(Path(data, "intermediate"))

        def trace() -> None:
            tables = [store.read(key) for key in ("indicators/sectors", "clean/emissions", "clean/releases")]
            frame = provenance(*tables)
            check_contract(frame, table("indicators/provenance"))
            store.write("indicators/provenance", frame)

        def refresh() -> None:
            with tempfile.TemporaryDirectory() as other:
                klimat("refresh", data=other)

        compare("provenance of all indicators against a full refresh", trace, refresh, limit=0.15, runs=3)


if __name__ == "__main__":
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    main()
