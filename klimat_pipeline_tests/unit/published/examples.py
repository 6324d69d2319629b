"""Two small contracts, and rows written out by hand."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pyarrow as pa

from klimat_pipeline.contracts import Column, Table
from klimat_pipeline.contracts.arrow import schema
from klimat_pipeline.contracts.columns import col

FIRST, SECOND, THIRD, FOURTH = (f"pub-{number:016x}" for number in (1, 2, 3, 4))
NOW = datetime(2026, 3, 4, 4, 15, 0, tzinfo=UTC)

EMISSIONS = Table(
    key="published/emissions",
    description="Emissions of municipalities.",
    columns=(
        col("year"),
        col("municipality_code"),
        Column("emissions_t_co2e", "number", "Emissions.", unit="t CO2e", nullable=True, minimum=0),
        Column("population", "integer", "Residents.", nullable=True),
        Column("is_latest_year", "boolean", "Newest."),
        Column("retrieved_at", "datetime", "When it was fetched.", nullable=True),
        Column("note", "string", "A note.", nullable=True),
        col("publication_id"),
    ),
    primary_key=("municipality_code", "year"),
)
SECTORS = Table(
    key="published/sectors",
    description="Sectors.",
    columns=(Column("sector_code", "string", "Sector."), col("publication_id")),
    primary_key=("sector_code",),
)
CONTRACTS: dict[str, Table] = {"emissions": EMISSIONS, "sectors": SECTORS}

FETCHED = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)


def tables(publication_id: str, contracts: Mapping[str, Table] = CONTRACTS) -> dict[str, pa.Table]:
    """Two rows of emissions and one of sectors; columns beyond those of ``EMISSIONS`` stay empty."""
    emissions: list[dict[str, object]] = [
        {
            "year": 2023,
            "municipality_code": "0180",
            "emissions_t_co2e": 0.1,
            "population": 12,
            "is_latest_year": False,
            "retrieved_at": FETCHED,
            "note": "",
        },
        {"year": 2024, "municipality_code": "1283", "is_latest_year": True},
    ]
    rows: dict[str, list[dict[str, object]]] = {"emissions": emissions, "sectors": [{"sector_code": 'a; "b"\nå'}]}
    return {
        name: pa.Table.from_pylist(
            [{**row, "publication_id": publication_id} for row in rows[name]], schema=schema(contract)
        )
        for name, contract in contracts.items()
    }


def _with_columns(*columns: Column) -> dict[str, Table]:
    return {**CONTRACTS, "emissions": replace(EMISSIONS, columns=columns)}


def without_column(name: str) -> dict[str, Table]:
    return _with_columns(*(column for column in EMISSIONS.columns if column.name != name))


def with_added_column(name: str) -> dict[str, Table]:
    """A column more, in the middle: before the publication, as published contracts have it."""
    added = Column(name, "number", "Added later.", unit="%", nullable=True)
    return _with_columns(*EMISSIONS.columns[:-1], added, EMISSIONS.columns[-1])
