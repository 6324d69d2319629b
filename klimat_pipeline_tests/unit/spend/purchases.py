"""A small ledger and everything around it, for tests of the stage ``spend``."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from klimat_pipeline.configuration.spend_factors import SpendFactors
from klimat_pipeline.contracts import table
from klimat_pipeline.spend.footprint.local_mappings import LocalMappings, load_local_mappings, no_local_mappings
from klimat_pipeline.spend.footprint.mappings import load_spend_reference
from klimat_pipeline.spend.results.all_tables import spend_results
from klimat_pipeline_tests.support.ledgers import line, write_lines
from klimat_pipeline_tests.support.shared import REPOSITORY

REFERENCE = load_spend_reference(REPOSITORY / "data" / "reference")
#: Kilograms per krona of 2023 from the shipped set: factor / 1000 / SEK per EUR.
FOOD_KG_PER_SEK = 429.23 / 1000 / 11.48
ENERGY_KG_PER_SEK = 336.93 / 1000 / 11.48


def food(number: int, ore: int, **own: Any) -> dict[str, Any]:
    return line(number, amount_ore=ore, **{"cpv": "15000000-8", "account": "6430", "account_text": "Livsmedel", **own})


def electricity(number: int, ore: int, **own: Any) -> dict[str, Any]:
    return line(number, amount_ore=ore, **{"account": "6110", "account_text": "El", **own})


def activity(activity_id: str, tonnes: float, **own: Any) -> dict[str, Any]:
    return {
        "boundary": "organisation",
        "municipality_code": "1283",
        "year": 2023,
        "organisation_unit": "city",
        "activity_id": activity_id,
        "scope": "1",
        "method": "",
        "emissions_t_co2e": tonnes,
        "is_eliminated": False,
        "gwp_set": "AR5",
        **own,
    }


def inventory(*rows: Mapping[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=table("inventory/inventory_organisation").column_names)


def own_files(tmp_path: Path, **files: str | bytes) -> LocalMappings:
    folder = tmp_path / "municipalities" / "1283_helsingborg"
    write_own_files(folder, files)
    return load_local_mappings(folder.parent, REFERENCE.category_names)


def write_own_files(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """The files of a municipality's folder, by name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_bytes(text.encode() if isinstance(text, str) else text)


def computed(
    tmp_path: Path,
    rows: Iterable[Mapping[str, Any]],
    *,
    own: LocalMappings | None = None,
    organisation: pd.DataFrame | None = None,
    population: Iterable[tuple[str, int, int]] = (),
    parts: int = 1,
    passed: pd.DataFrame | None = None,
    **chosen: Any,
) -> dict[str, pd.DataFrame]:
    """All tables of these lines; ``chosen`` is the configuration of 1283."""
    root = write_lines(tmp_path / "lines", rows, parts=parts)
    return spend_results(
        root,
        REFERENCE,
        own or no_local_mappings(),
        {"1283": SpendFactors(**chosen)},
        passed=pd.DataFrame(columns=table("spend/ledger_totals").column_names) if passed is None else passed,
        organisation=inventory() if organisation is None else organisation,
        population=pd.DataFrame(population, columns=["municipality_code", "year", "population"]),
        threads=1,
    )
