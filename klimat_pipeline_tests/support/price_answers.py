"""Answers of SCB's statistical database for tests, as JSON-stat 2 has them; the figures are invented."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from klimat_pipeline.sources.scb import ScbTable

KPI = ScbTable("kpi_total", "PR/KPI", "VaruTjanstegrupp", "00", "0000080C", "index", "SCB, invented answer")
ITPI = ScbTable("itpi", "PR/PPI", "SPIN2015", "*", "000004XU", "index", "SCB, invented answer")


def months(*years: int, last: int = 12) -> list[str]:
    """All months of these years, of the last one only so many."""
    return [f"{year}M{month:02}" for year in years for month in range(1, (last if year == years[-1] else 12) + 1)]


def answer(
    table: ScbTable, series: Mapping[str, Sequence[float | None]], times: Sequence[str], **changed: Any
) -> dict[str, Any]:
    """A dataset; the variables in the order in which the service sends them."""
    order = [table.group_variable, "ContentsCode", "Tid"]
    groups = list(series)
    return {
        "version": "2.0",
        "class": "dataset",
        "label": "Prisindex (invented)",
        "source": "SCB",
        "updated": "2026-10-14T06:00:00Z",
        "id": order,
        "size": [len(groups), 1, len(times)],
        "dimension": {
            table.group_variable: {"category": {"index": {code: i for i, code in enumerate(groups)}}},
            "ContentsCode": {
                "category": {
                    "index": {table.contents_code: 0},
                    "label": {table.contents_code: "Index"},
                    "unit": {table.contents_code: {"base": table.unit, "decimals": 2}},
                }
            },
            "Tid": {"category": {"index": {code: i for i, code in enumerate(times)}}},
        },
        "value": [value for code in groups for value in series[code]],
        **changed,
    }


def encoded(found: object, *, mark: bool = False) -> bytes:
    """As bytes, with the byte order mark that the service may set."""
    return json.dumps(found).encode("utf-8-sig" if mark else "utf-8")


def steady(value: float, count: int) -> list[float]:
    return [value] * count


#: Index 200 in 2022 and 300 in 2023.
RISEN_BY_HALF = encoded(answer(KPI, {"00": [*steady(200.0, 12), *steady(300.0, 12)]}, months(2022, 2023)))
