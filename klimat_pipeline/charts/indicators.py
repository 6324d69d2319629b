"""Charts of indicators, corrections and inventories: a frame in, a Vega-Lite specification out.

Written as plain specifications: a library to write them would take longer to import than everything here takes to run.
What does not belong here: colours and pictures (``style``).
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from klimat_pipeline.charts.style import CONFIG, GREEN, GREY, INK, RED, SCHEMA, Chart
from klimat_pipeline.indicators.paths import points_to

if TYPE_CHECKING:
    import pandas as pd

#: How many targets one chart shows side by side.
COLUMNS = 3
_EMISSIONS, _PATH = GREEN, RED
#: The nation's change since the baseline, at the municipality's level of that year.
NATION = "as the nation"


def emissions_against_target(indicators: "pd.DataFrame") -> dict[str, Chart]:
    """One chart per municipality with its own targets: emissions and the line to each target.

    Args:
        indicators: ``indicators/sector_indicators``.

    Returns:
        Charts by municipality code; the current release only, kilotonnes CO2e.
    """
    own = indicators[
        (indicators["target_kind"] == "contract")
        & indicators["is_current_release"]
        & (indicators["sector_codes"] != "")
        & (indicators["gas_basis"] == "all greenhouse gases")
    ]
    return {str(code): _chart(frame) for code, frame in own.groupby("municipality_code")}


def corrected_against_reported(emissions: "pd.DataFrame") -> dict[str, Chart]:
    """One chart per municipality with corrections: each corrected sector, reported and corrected.

    Args:
        emissions: ``corrected/emissions``.

    Returns:
        Charts by municipality code, kilotonnes; the newest release that holds corrections.
    """
    touched = emissions[emissions["correction_ids"] != ""]
    charts = {}
    for code, cells in touched.groupby("municipality_code"):
        release = cells["release_id"].max()
        sectors = cells.loc[cells["release_id"] == release, "sector_code"].unique()
        mine = emissions[
            (emissions["municipality_code"] == code)
            & (emissions["release_id"] == release)
            & emissions["sector_code"].isin(sectors)
        ]
        charts[str(code)] = _pairs(mine, str(release))
    return charts


def inventory_beside_print(reconciliation: "pd.DataFrame", names: Mapping[str, str]) -> dict[str, Chart]:
    """One chart per municipality: two bars per year, its printed inventory and ours, stacked by line and scope.

    Args:
        reconciliation: ``inventory/inventory_reconciliation``.
        names: names of the lines by code.

    Returns:
        Charts by municipality code, kilotonnes CO2e; the print's first table, beside the release that comes closest.
    """
    charts = {}
    rows = reconciliation[(reconciliation["line"] != "total") & (reconciliation["scope"] != "memo")]
    for code, frame in rows.drop_duplicates(
        ["release_id", "municipality_code", "print_table", "line", "scope", "year"]
    ).groupby("municipality_code"):
        first = frame[frame["print_table"] == frame["print_table"].min()]
        distance = first.assign(_off=first["difference_t"].abs()).groupby("release_id")["_off"].sum()
        release = str(distance.idxmin())
        charts[str(code)] = _stacked(first[first["release_id"] == release], release, names)
    return charts


def _stacked(frame: "pd.DataFrame", release: str, names: Mapping[str, str]) -> Chart:
    points = [
        {"bar": f"{year} {side}", "kt": value / 1000, "line": f"{names.get(line, line)} (scope {scope})"}
        for side, name in (("printed", "published_t"), ("computed", "computed_t"))
        for year, line, scope, value in zip(frame["year"], frame["line"], frame["scope"], frame[name], strict=True)
        if math.isfinite(value)
    ]
    return {
        "$schema": SCHEMA,
        "data": {"values": points},
        "title": {
            "text": f"inventory by line and scope, printed and computed on {release}",
            "anchor": "start",
            "color": INK,
        },
        "width": 620,
        "height": {"step": 34},
        "mark": {"type": "bar", "tooltip": True},
        "encoding": {
            "y": {"field": "bar", "type": "nominal", "title": None},
            "x": {"field": "kt", "type": "quantitative", "title": "kt CO2e", "stack": "zero"},
            "color": {
                "field": "line",
                "type": "nominal",
                "scale": {"scheme": "tableau20"},
                "legend": {"orient": "bottom", "columns": 2, "title": None, "labelLimit": 330},
            },
        },
        "config": CONFIG,
    }


def _pairs(frame: "pd.DataFrame", release: str) -> Chart:
    points = [
        {"panel": sector, "year": int(year), "kt": value / 1000, "line": label}
        for name, label in (("emissions_reported_t", "reported"), ("emissions_t", "corrected"))
        for sector, year, value in zip(frame["sector_code"], frame["year"], frame[name], strict=True)
    ]
    return _panels(points, f"reported and corrected, release {release}", {"reported": _PATH, "corrected": _EMISSIONS})


def _chart(frame: "pd.DataFrame") -> Chart:
    points: list[dict[str, Any]] = []
    for _, own in frame.groupby("target_id", sort=False):
        name, end = own["target_name_en"].iloc[0], own.iloc[-1]
        # One level all the way: where the rows are on two bases, the line is as reported.
        one = own["basis"].nunique() == 1
        emissions = own["emissions_t_co2e" if one else "emissions_reported_t_co2e"]
        base = end["baseline_t_co2e" if one else "baseline_reported_t_co2e"]
        points += [
            {"panel": name, "year": int(year), "kt": value / 1000, "line": "emissions"}
            for year, value in zip(own["year"], emissions, strict=True)
        ]
        national = as_the_nation(own, "baseline_t_co2e" if one else "baseline_reported_t_co2e")
        points += [{"panel": name, **point} for point in national]
        goal = (end["target_year"], base * (1.0 + end["target_pct"] / 100.0))
        points += [
            {"panel": name, "year": int(year), "kt": value / 1000, "line": "straight line to target"}
            for year, value in points_to((end["baseline_year"], base), end["interim_targets"], goal)
            if math.isfinite(value)  # a dropped baseline has no line
        ]
    title = f"emissions against target, release {frame['release_id'].iloc[0]}"
    return _panels(points, title, {"emissions": _EMISSIONS, NATION: GREY, "straight line to target": _PATH})


def as_the_nation(indicators: "pd.DataFrame", base: str) -> list[dict[str, Any]]:
    """Points of the line that a target's emissions would be on, had they changed as the nation's since its baseline.

    Args:
        indicators: rows of one municipality, release and target, by year.
        base: column of the baseline; its last value is the level of the line.
    """
    level = indicators[base].iloc[-1]
    return [
        {"year": int(year), "kt": level * (1.0 + change / 100.0) / 1000, "line": NATION}
        for year, change in zip(indicators["year"], indicators["nation_change_pct"], strict=True)
        if math.isfinite(level) and math.isfinite(change)
    ]


def _panels(points: list[dict[str, Any]], title: str, colours: dict[str, str]) -> Chart:
    """Small multiples: one panel of lines over years per name, kilotonnes."""
    scale = {"domain": list(colours), "range": list(colours.values())}
    dashes = {"domain": list(colours), "range": [[5, 4] if colour == _PATH else [1, 0] for colour in colours.values()]}
    return {
        "$schema": SCHEMA,
        "data": {"values": points},
        "title": {"text": title, "anchor": "start", "color": INK},
        "facet": {
            "field": "panel",
            "type": "nominal",
            "title": None,
            "header": {"labelFontSize": 12, "labelColor": INK},
        },
        "columns": COLUMNS,
        "spec": {
            "width": 210,
            "height": 130,
            "mark": {"type": "line", "strokeWidth": 2, "point": {"size": 28}},
            "encoding": {
                "x": {
                    "field": "year",
                    "type": "quantitative",
                    "scale": {"zero": False},
                    "axis": {"format": "d", "title": None, "tickCount": 5},
                },
                "y": {"field": "kt", "type": "quantitative", "title": "kt"},
                "color": {
                    "field": "line",
                    "type": "nominal",
                    "scale": scale,
                    "legend": {"orient": "top", "title": None},
                },
                "strokeDash": {"field": "line", "type": "nominal", "scale": dashes, "legend": None},
            },
        },
        "resolve": {"scale": {"y": "independent"}},
        "config": CONFIG,
    }
