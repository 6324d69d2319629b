"""Pathways: emissions in each future year, under each scenario, as p05, p50 and p95 of the draws.

``target`` is the straight line from the newest year to the target's level in its year (backcasting); it has one figure,
not a range. The other scenarios are those of ``simulation``. Percentiles of the total are those of the sum, not sums of
percentiles. What does not belong here: the draws (``simulation``).
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from klimat_pipeline.contracts import table
from klimat_pipeline.scenarios.simulation import BUSINESS_AS_USUAL, TARGET, Simulation

#: Name of the total in ``covered_before``.
TOTAL = "total"


def pathways(
    simulations: Iterable[Simulation],
    indicators: pd.DataFrame,
    covered_before: Mapping[tuple[str, str, int], float] = MappingProxyType({}),
) -> pd.DataFrame:
    """The future years of everything that is followed up.

    Args:
        simulations: of every municipality.
        indicators: ``indicators/sectors``, for gases and GWP set.
        covered_before: share that intervals have covered, by gases, sector or 'total', and years ahead.

    Returns:
        ``scenarios/pathways``, t CO2e.
    """
    gases = indicators.drop_duplicates("release_id").set_index("release_id")["gas_basis"].to_dict()
    rows = [row for simulation in simulations for row in _rows(simulation, covered_before, gases)]
    return in_form(with_measure(pd.DataFrame(rows), indicators), "scenarios/pathways")


def _rows(
    simulation: Simulation, covered_before: Mapping[tuple[str, str, int], float], gases: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    basis = gases.get(simulation.release_id, "")
    sectors = simulation.sector_codes
    place = {
        "municipality_code": simulation.municipality_code,
        "release_id": simulation.release_id,
        "basis": simulation.basis,
        "draws": simulation.draws,
        "note": simulation.note,
    }
    for n, scenario in enumerate(simulation.scenarios):
        if scenario != BUSINESS_AS_USUAL:
            place["note"] = "; ".join(filter(None, (simulation.note, simulation.plan_note)))
        for t, what in enumerate(simulation.followed):
            # For a sum of some sectors, and for other gases, the coverage was never measured.
            whole = {1: sectors[what.rows[0]], len(sectors): TOTAL}.get(len(what.rows), "")
            for h, year in enumerate(simulation.years):
                low, middle, high = simulation.percentiles[n, t, h].tolist()
                yield {
                    **place,
                    "scenario": scenario,
                    "line": what.target_id,
                    "year": year,
                    "p05_t": low,
                    "p50_t": middle,
                    "p95_t": high,
                    "covered_before_fraction": covered_before.get((basis, whole, year - simulation.origin)),
                }
    place["note"] = simulation.note
    for what in simulation.followed:
        if what.target_year is None or what.target_t is None or what.target_year <= simulation.origin:
            continue
        for year in simulation.years:
            part = min((year - simulation.origin) / (what.target_year - simulation.origin), 1.0)
            level = what.latest_t + (min(what.target_t, what.latest_t) - what.latest_t) * part
            ends = dict.fromkeys(("p05_t", "p50_t", "p95_t"), level)
            yield {**place, "draws": 0, "scenario": TARGET, "line": what.target_id, "year": year, **ends}


def with_measure(frame: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Gases and GWP set of each row's release."""
    if frame.empty:
        return frame.assign(gas_basis=None, gwp_set=None)
    releases = indicators.drop_duplicates("release_id").set_index("release_id")
    return frame.assign(**{name: frame["release_id"].map(releases[name]) for name in ("gas_basis", "gwp_set")})


_TYPES = {"integer": "int64", "number": "float64", "boolean": "bool", "string": "object"}
_WITH_GAPS = {"integer": "Int64", "boolean": "boolean"}


def in_form(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    """The frame with its contract's columns and types, sorted by its key; typed even if it is empty."""
    contract = table(key)
    frame = frame.reindex(columns=contract.column_names)
    nullable = {c.name: _WITH_GAPS[c.kind] for c in contract.columns if c.nullable and c.kind in _WITH_GAPS}
    frame = frame.astype({c.name: _TYPES[c.kind] for c in contract.columns} | nullable)
    return frame.sort_values(list(contract.primary_key)).reset_index(drop=True)
