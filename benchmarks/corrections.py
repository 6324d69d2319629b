"""Ten thousand corrections over 290 municipalities x 25 substances x 62 sectors x 12 years (synthetic figures).

Applying them and listing every application, against reading the corrected table back from Parquet.
"""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.ratio import compare

PLACES, SUBSTANCES, SECTORS, YEARS, ENTRIES = 290, 25, 62, 12, 10_000


def main() -> None:
    import pyarrow.parquet as pq

    from klimat_pipeline.contracts import table
    from klimat_pipeline.contracts.arrow import to_arrow, to_pandas

    emissions, subsectors, registers = synthetic_emissions(), synthetic_subsectors(), synthetic_registers()

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "corrected.parquet")
        made = applied(emissions, subsectors, registers)
        pq.write_table(to_arrow(made, table("corrected/emissions")), path, compression="zstd")
        compare(
            f"applying {ENTRIES:,} corrections to {len(emissions):,} rows against reading the result back",
            lambda: applied(emissions, subsectors, registers),
            lambda: to_pandas(pq.read_table(path)),
            limit=3,
            runs=3,
        )


def applied(emissions: Any, subsectors: Any, registers: dict[str, Any]) -> Any:
    """The corrected emissions, every application listed on the way."""
    from klimat_pipeline.corrected.corrections import correction_applications
    from klimat_pipeline.corrected.emissions import corrected_emissions
    from klimat_pipeline.corrected.registers import apply_registers

    found = apply_registers(emissions, subsectors, registers, today=date(2026, 1, 1))
    return corrected_emissions(emissions, correction_applications(found, emissions, registers))


def synthetic_emissions() -> Any:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    rows = np.arange(PLACES * SUBSTANCES * SECTORS * YEARS)

    def text(names: list[str], codes: Any) -> Any:
        return pd.Series(pa.array(names, pa.string()).take(pa.array(codes)).to_pandas())

    substance, rest = np.divmod(rows, PLACES * SECTORS * YEARS)
    place, rest = np.divmod(rest, SECTORS * YEARS)
    sector, year = np.divmod(rest, YEARS)
    figures = np.random.default_rng(1).random(len(rows)) * 1000
    nothing = np.zeros(len(rows), dtype=np.int64)
    return pd.DataFrame(
        {
            "release_id": text([f"r{i}" for i in range(SUBSTANCES)], substance),
            "is_current_release": np.ones(len(rows), dtype=bool),
            "municipality_code": text([f"{1000 + i}" for i in range(PLACES)], place),
            "sector_code": text([f"sector_{i}" for i in range(SECTORS)], sector),
            "substance": text([f"S{i}" for i in range(SUBSTANCES)], substance),
            "year": 2011 + year,
            "emissions_reported_t": figures,
            "emissions_reported_t_co2e": figures,
            "unit": text(["t"], nothing),
            "gwp_set": text(["none"], nothing),
        }
    )


def synthetic_subsectors() -> Any:
    import pandas as pd

    keys = ["release_id", "municipality_code", "sector_code", "substance", "year", "subsector_code"]
    return pd.DataFrame(columns=[*keys, "emissions_reported_t"])


def synthetic_registers() -> dict[str, Any]:
    import numpy as np

    from klimat_pipeline.configuration.corrections import CorrectionRegister

    chosen = np.random.default_rng(2).choice(PLACES * SUBSTANCES * SECTORS, ENTRIES, replace=False)
    entries: dict[str, list[dict[str, Any]]] = {}
    for number, cell in enumerate(chosen):
        action = ("replace", "add", "scale")[number % 3]
        entries.setdefault(f"{1000 + cell // (SUBSTANCES * SECTORS)}", []).append(
            {
                "id": f"c{number}",
                "substance": f"S{cell // SECTORS % SUBSTANCES}",
                "sector": f"sector_{cell % SECTORS}",
                "years": "2011-2022",
                "action": action,
                "value": 0.9,
                "unit": "factor" if action == "scale" else "t",
                "reason": "synthetic",
                "source": "synthetic",
                "decided_by": "nobody",
                "decided_on": "2025-01-01",
                "grade": "low",
                "baseline": {"treatment": "not_corrected", "why": "synthetic"},
                "conserves": {"sector": False, "county": False, "nation": False},
                "base": {"release_id": "r0", "values_t": {}},
            }
        )
    return {code: CorrectionRegister.model_validate({"corrections": own}) for code, own in entries.items()}


if __name__ == "__main__":
    main()
