"""Small tables for the tests of gap and neutrality: round figures, every column of the contract there."""

from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.contracts import Table, table

CODE = "1281"
#: Line of the inventory that holds the plants of the tests.
PLANT = "ippu_industrial_process"
_EMPTY = {"string": None, "number": np.nan, "integer": None, "boolean": False, "datetime": None}


def frame(key: str, *rows: dict[str, Any]) -> pd.DataFrame:
    """Rows of a table; what a row does not give is missing."""
    contract: Table = table(key)
    made = [{column.name: _EMPTY[column.kind] for column in contract.columns} | row for row in rows]
    whole = pd.DataFrame(made, columns=contract.column_names)
    types = {"number": "float64", "integer": "Int64", "boolean": "bool", "string": "object"}
    return whole.astype({column.name: types[column.kind] for column in contract.columns})


def total(code: str = CODE, gross: float = 250.0) -> dict[str, Any]:
    """The row of the coherence table that a balance starts from: a baseline of 1,000 t."""
    return {
        "municipality_code": code,
        "release_id": "r1",
        "is_current_release": True,
        "coherence_item": "total",
        "coherence_kind": "total",
        "sector_codes": "industry transport",
        "year": 2030,
        "baseline_year": 1990,
        "baseline_t_co2e": 1000.0,
        "emissions_t_co2e": gross,
        "basis": "reported",
    }


def printed(line: str, **changes: Any) -> dict[str, Any]:
    return {
        "municipality_code": CODE,
        "line": line,
        "scopes": "1",
        "of_lines": line,
        "baseline_year": 1990,
        "baseline_t": 1000.0,
        "target_year": 2030,
        "target_t": 150.0,
        "target_pct": -85.0,
        "target_base_year": 1990,
        "applied_pct": -85.0,
        "target_column": "level",
        "residual_column": "left_by_actions",
        "actions_column": "alone",
        "rounding_t": 0.5,
        "latest_year": 2022,
        "latest_t": 600.0,
        "other_plans_t": 100.0,
        "actions_t": 200.0,
        "source": "test",
    } | changes


def action(action_id: str, line: str, effect: float, **changes: Any) -> dict[str, Any]:
    return {
        "municipality_code": CODE,
        "action_id": action_id,
        "line": line,
        "effect_t_per_year": effect,
        "action_status": "decided",
        "interaction_rule": "multiplicative",
    } | changes


def inventory(line: str, year: int, tonnes: float, **changes: Any) -> dict[str, Any]:
    return {
        "municipality_code": CODE,
        "release_id": "r1",
        "is_current_release": True,
        "year": year,
        "line": line,
        "scope": "1",
        "method": "",
        "emissions_t_co2e": tonnes,
        "emissions_reported_t_co2e": tonnes,
        "correction_ids": "",
        "gwp_set": "AR5",
    } | changes


def rule(**changes: Any) -> dict[str, Any]:
    return {
        "municipality_code": CODE,
        "min_reduction_pct": 85.0,
        "cap_pct": 15.0,
        "counts_not_stated_additionality": True,
        "permanence_counted": "mineralised over_1000_years over_100_years under_100_years not_stated",
        "allocation_key": "location",
        "neutrality_method": "harmonised",
        "deviations": "",
        "source": "test",
    } | changes


def sink(sink_id: str, kind: str, tonnes: float | None, **changes: Any) -> dict[str, Any]:
    return {
        "municipality_code": CODE,
        "sink_id": sink_id,
        "sink_kind": kind,
        "sink_t_per_year": np.nan if tonnes is None else tonnes,
        "permanence": "mineralised",
        "additionality": "yes",
        "certificates_sold_t": 0.0,
    } | changes


def share(key: str, code: str, fraction: float, **changes: Any) -> dict[str, Any]:
    return {
        "facility_id": "plant",
        "year": 2030,
        "allocation_key": key,
        "municipality_code": code,
        "facility_name": "Plant",
        "captured_fossil_t": 100.0,
        "captured_biogenic_t": 200.0,
        "sold_fossil_t": 0.0,
        "sold_biogenic_t": 50.0,
        "gross_line": PLANT,
        "share_fraction": fraction,
        "source": "test",
    } | changes
