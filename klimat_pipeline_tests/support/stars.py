"""A small mart: one municipality, two sectors, two years."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from klimat_pipeline.contracts import PUBLISHED
from klimat_pipeline.contracts.arrow import schema
from klimat_pipeline.mart.star import Refresh, star

STARTED = datetime(2026, 3, 4, 4, 15, tzinfo=UTC)
#: Tonnes by sector and year.
TONNES = {("transport", 1990): 20.0, ("transport", 2024): 8.0, ("waste", 1990): 5.0, ("waste", 2024): 1.0}


def published_tables(publication_id: str, outcome: str = "passed") -> dict[str, pa.Table]:
    """Detailed tables as far as a mart looks at them; the others are empty."""
    release: dict[str, Any] = {
        "release_id": "r2",
        "source": "Source",
        "substance": "GGT",
        "report_date": "2026-06",
        "retrieved_at": STARTED,
        "first_year": 1990,
        "last_year": 2024,
        "years": "1990 2024",
        "is_headline": True,
    }
    finding = {
        "table_name": "clean/reported_emissions",
        "check_name": "year_jumps",
        "kind": "plausibility",
        "severity": "WARN",
    }
    emissions = {"municipality_code": "1283", "release_id": "r2", "substance": "GGT", "gwp_set": "AR5"}
    rows: dict[str, list[dict[str, Any]]] = {
        "releases": [release],
        "municipalities": [{"municipality_code": "1283", "municipality_name": "Helsingborg", "county_code": "12"}],
        "sectors": [
            {"sector_code": code, "sector_name_sv": code, "sector_name_en": code, "sector_order": order}
            for order, code in enumerate(("transport", "waste"), start=1)
        ],
        "emissions": [
            {
                **emissions,
                "sector_code": sector,
                "year": year,
                "emissions_t_co2e": tonnes,
                "emissions_reported_t_co2e": tonnes,
                "is_headline": True,
            }
            for (sector, year), tonnes in TONNES.items()
        ],
        "run_manifest": [{"item_kind": "table", "item_name": "emissions", "row_count": len(TONNES)}],
        "data_quality": [{**finding, "finding_no": 1, "outcome": outcome, "message": "found"}],
    }
    return {
        name: pa.Table.from_pylist(
            [{**row, "publication_id": publication_id} for row in rows.get(name, ())], schema=schema(contract)
        )
        for name, contract in PUBLISHED.items()
    }


def small_star(publication_id: str, now: datetime = STARTED, **last: pa.Table) -> dict[str, pa.Table]:
    """The mart of them."""
    return star(published_tables(publication_id), Refresh(publication_id, now, now), last)
