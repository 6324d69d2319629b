"""Charts of the future and the comparison: the fan of pathways, the abatement curve, the comparison strip.

One chart per municipality; a frame in, a Vega-Lite specification out. What does not belong here: colours and pictures
(``style``).
"""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from klimat_pipeline.charts.indicators import NATION, as_the_nation
from klimat_pipeline.charts.style import CONFIG, GREEN, GREY, INK, OCHRE, RED, SCHEMA, SLATE, Chart
from klimat_pipeline.corrected.basis import REPORTED
from klimat_pipeline.scenarios.simulation import BUSINESS_AS_USUAL, EXISTING, TARGET, WITH_ACTIONS

if TYPE_CHECKING:
    import pandas as pd


_TREND, _DECIDED, _PLAN, _PATH = SLATE, OCHRE, GREEN, RED
_LINES = {
    "emissions": INK,
    NATION: GREY,
    BUSINESS_AS_USUAL: _TREND,
    EXISTING: _DECIDED,
    WITH_ACTIONS: _PLAN,
    TARGET: _PATH,
}
#: Scenarios that are drawn with a band: bands of all would hide each other.
_BANDS = (BUSINESS_AS_USUAL, WITH_ACTIONS)
_FAN_SAYS = "Lines: the middle of the futures, plans without ranges carried out in full; bands: nine in ten"
_TOTAL = "total"
#: What a legend calls the municipality that the picture's title names.
_OWN = "this municipality"
#: Labels of the lines; a scenario that has none is shown by its name.
_WORDS = {
    "emissions": "emissions so far",
    NATION: "if they had changed as the nation's",
    BUSINESS_AS_USUAL: "trend goes on",
    EXISTING: "with decided and other plans",
    WITH_ACTIONS: "with all actions of the plan",
    TARGET: "straight line to the target",
}
_NAMED = f"{json.dumps(_WORDS)}[datum.label] || datum.label"
#: Steps that an abatement curve can show before its labels touch.
_MOST_STEPS = 25


def pathway_fans(pathways: "pd.DataFrame", indicators: "pd.DataFrame", probability: "pd.DataFrame") -> dict[str, Chart]:
    """The fan of the total of every municipality with a target for it.

    Args:
        pathways: ``scenarios/pathways``.
        indicators: ``indicators/sector_indicators``, for the past years.
        probability: ``scenarios/target_probability``, for the chances in words.

    Returns:
        Charts by municipality code.
    """
    aimed = pathways[(pathways["scenario"] == TARGET) & (pathways["line"] == _TOTAL)]
    charts = {}
    for code, mine in aimed.groupby("municipality_code"):
        # A municipality may have several releases, one of each substance: the one of all gases comes first.
        release = str(mine.sort_values(["gas_basis", "release_id"])["release_id"].iloc[0])
        of = {"municipality_code": code, "release_id": release}
        fan = pathway_fan(_only(pathways, of | {"line": _TOTAL}), _only(indicators, of | {"target_id": _TOTAL}))
        total = aimed[(aimed["municipality_code"] == code) & (aimed["release_id"] == release)]
        title = f"total emissions and what is ahead to {int(total['year'].max())}, release {release}"
        chances = _only(probability, of | {"target_id": _TOTAL})
        said = [f"Target met, {_WORDS[row['scenario']]}: {row['probability_text']}" for row in _each(chances)]
        charts[str(code)] = _whole(fan, title, [_FAN_SAYS, *said, *_assumed(pathways, of)])
    return charts


def _each(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = frame.to_dict("records")
    return records


def _assumed(pathways: "pd.DataFrame", of: dict[str, Any]) -> list[str]:
    """When actions without a stated start are assumed to begin, in the words of the scenario's notes."""
    notes = _only(pathways, of | {"scenario": WITH_ACTIONS, "line": _TOTAL})["note"].dropna()
    said = sorted({part for note in notes for part in str(note).split("; ") if "no start stated" in part})
    return ["; ".join(said)] if said else []


def abatement_curves(abatement: "pd.DataFrame") -> dict[str, Chart]:
    """The curve of every municipality with a cost per tonne, from ``scenarios/abatement_cost``; charts by its code."""
    costed = abatement[abatement["sek_per_t"].notna()]
    return {
        str(code): _whole(abatement_curve(own), _curve_title(own)) for code, own in costed.groupby("municipality_code")
    }


def comparison_strips(comparison: "pd.DataFrame", municipality_codes: Iterable[str], release: str) -> dict[str, Chart]:
    """The place of some municipalities among all, on one release.

    Args:
        comparison: ``indicators/municipality_comparison``.
        municipality_codes: those that get a chart; nobody looks at 290 pictures.
        release: the headline release.

    Returns:
        Charts by municipality code; none where there is nobody to compare with.
    """
    shown = comparison[(comparison["release_id"] == release) & (comparison["compared"] > 1)]
    charts = {}
    for code in sorted(set(municipality_codes)):
        mine = shown[(shown["municipality_code"] == code) & (shown["target_id"] == _TOTAL)]
        if mine.empty:
            continue
        among = int(mine["compared"].max())
        strip = comparison_strip(shown, code)
        title = f"the place among {among} municipalities, release {release}"
        charts[code] = _whole(strip, title, "Each tick a municipality, the black one the median; left is less")
    return charts


def _whole(chart: Chart, title: str, subtitle: str | list[str] = "") -> Chart:
    return {
        "$schema": SCHEMA,
        "title": {"text": title, "subtitle": subtitle, "anchor": "start", "color": INK, "subtitleColor": _TREND},
        **chart,
        "config": CONFIG,
    }


def pathway_fan(pathways: "pd.DataFrame", indicators: "pd.DataFrame") -> Chart:
    """Past and future years of one municipality and target: lines, and bands that hold nine in ten draws.

    Args:
        pathways: rows of one municipality, release and target.
        indicators: the same of ``indicators/sector_indicators``.
    """
    behind = indicators.sort_values("year")
    figures = behind[f"emissions_{pathways['basis'].iloc[0]}_t_co2e"]
    points = [
        {"year": int(year), "kt": value / 1000, "line": "emissions"}
        for year, value in zip(behind["year"], figures, strict=True)
    ]
    base = "baseline_reported_t_co2e" if pathways["basis"].iloc[0] == REPORTED else "baseline_t_co2e"
    national = as_the_nation(behind, base)
    shown = pathways[pathways["scenario"].isin(_LINES)]
    last = points[-1:]  # lines and bands begin where the figures end
    lines = [
        {**point, "line": name} for point in last for name in shown.loc[shown["p50_t"].notna(), "scenario"].unique()
    ]
    lines += [
        {"year": int(row["year"]), "kt": row["p50_t"] / 1000, "line": row["scenario"]}
        for row in shown[shown["p50_t"].notna()].to_dict("records")
    ]
    drawn = shown[shown["scenario"].isin(_BANDS) & shown["p05_t"].notna()]
    bands = [
        {"year": p["year"], "low": p["kt"], "high": p["kt"], "line": name}
        for p in last
        for name in drawn["scenario"].unique()
    ]
    bands += [
        {"year": int(row["year"]), "low": row["p05_t"] / 1000, "high": row["p95_t"] / 1000, "line": row["scenario"]}
        for row in drawn.to_dict("records")
    ]
    names = [name for name in _LINES if any(point["line"] == name for point in (*points, *national, *lines))]
    scale = {"domain": names, "range": [_LINES[name] for name in names]}
    year = {"field": "year", "type": "quantitative", "scale": {"zero": False}, "axis": {"format": "d", "title": None}}
    colour = {
        "field": "line",
        "type": "nominal",
        "scale": scale,
        "legend": {
            "orient": "top",
            "title": None,
            "symbolOpacity": 1,
            "labelExpr": _NAMED,
        },
    }
    return {
        "width": 640,
        "height": 240,
        "layer": [
            {
                "data": {"values": bands},
                "mark": {"type": "area", "opacity": 0.18},
                "encoding": {
                    "x": year,
                    "y": {"field": "low", "type": "quantitative", "title": "thousand tonnes CO2e a year"},
                    "y2": {"field": "high"},
                    "color": colour,
                },
            },
            {
                "data": {"values": points + national + lines},
                "mark": {"type": "line", "strokeWidth": 2, "point": {"size": 22}},
                "encoding": {
                    "x": year,
                    "y": {"field": "kt", "type": "quantitative"},
                    "color": colour,
                },
            },
        ],
    }


def abatement_curve(abatement: "pd.DataFrame") -> Chart:
    """Cost per tonne over lifetime tonnes, cheapest first: the width of a step is the tonnes that it saves.

    Args:
        abatement: rows of one municipality with a cost per tonne.
    """
    steps = [
        {
            "from": row["abatement_from_t"] / 1000,
            "to": (row["abatement_from_t"] + row["lifetime_t"]) / 1000,
            "sek": row["sek_per_t"],
            "zero": 0,
            "action": row["name_en"],
        }
        for row in abatement.sort_values("abatement_order").head(_MOST_STEPS).to_dict("records")
    ]
    return {
        "width": 640,
        "height": 180,
        "data": {"values": steps},
        "mark": {"type": "rect", "stroke": "white"},
        "encoding": {
            "x": {"field": "from", "type": "quantitative", "title": "thousand tonnes CO2e saved over the lifetime"},
            "x2": {"field": "to"},
            "y": {"field": "zero", "type": "quantitative", "title": "kronor per tonne"},
            "y2": {"field": "sek"},
            "color": {
                "field": "action",
                "type": "nominal",
                "scale": {"scheme": "tableau20"},
                "sort": None,
                "legend": {"orient": "bottom", "columns": 3, "title": None, "labelLimit": 260},
            },
        },
    }


def _curve_title(abatement: "pd.DataFrame") -> str:
    rate = abatement["discount_rate_pct"].iloc[0]
    prices = sorted({int(year) for year in abatement["price_year"].dropna()})
    of = ", ".join(map(str, prices)) or "?"
    return f"what a tonne costs, cheapest first; {rate:g} % discount rate, prices of {of}"


def comparison_strip(comparison: "pd.DataFrame", municipality_code: str) -> Chart:
    """One row per indicator, in its own unit, with a tick per municipality and one of them marked.

    Args:
        comparison: ``indicators/municipality_comparison`` of one release.
        municipality_code: the one to mark.
    """
    rows = comparison[(comparison["target_id"] == _TOTAL) & (comparison["indicator_unit"].str.startswith("%"))]
    points = [
        {
            "indicator": f"{row['indicator_text']}, {row['indicator_unit']}",
            "value": row["indicator_value"],
            "who": _OWN if row["municipality_code"] == municipality_code else "others",
        }
        for row in rows.to_dict("records")
    ]
    middle = {
        f"{row['indicator_text']}, {row['indicator_unit']}": row["median_value"] for row in rows.to_dict("records")
    }
    points += [{"indicator": name, "value": value, "who": "median"} for name, value in middle.items()]
    drawn = {"others": 0, "median": 1, _OWN: 2}
    return {
        "data": {"values": sorted(points, key=lambda point: drawn[str(point["who"])])},
        "facet": {
            "row": {
                "field": "indicator",
                "type": "nominal",
                "title": None,
                "header": {
                    "labelAngle": 0,
                    "labelAlign": "left",
                    "labelAnchor": "start",
                    "labelOrient": "top",
                    "labelColor": INK,
                },
            }
        },
        "spec": {
            "width": 640,
            "height": 26,
            "mark": {"type": "tick", "thickness": 2},
            "encoding": {
                "x": {"field": "value", "type": "quantitative", "title": None},
                "color": {
                    "field": "who",
                    "type": "nominal",
                    "scale": {"domain": [_OWN, "median", "others"], "range": [_PATH, INK, GREY]},
                    "legend": {"orient": "top", "title": None},
                },
                "opacity": {"condition": {"test": "datum.who == 'others'", "value": 0.5}, "value": 1},
            },
        },
        "resolve": {"scale": {"x": "independent"}},
    }


def _only(frame: "pd.DataFrame", values: dict[str, Any]) -> "pd.DataFrame":
    kept = frame
    for name, value in values.items():
        kept = kept[kept[name] == value]
    return kept
