"""The waterfall chart of the gap: a frame in, a Vega-Lite specification out.

What does not belong here: colours and pictures (``style``).
"""

import json
from typing import TYPE_CHECKING, Any

from klimat_pipeline.charts.style import CONFIG, GREEN, INK, LIGHT_GREEN, RED, SCHEMA, Chart

if TYPE_CHECKING:
    import pandas as pd


_WHOLE, _CUT, _TARGET = GREEN, LIGHT_GREEN, RED
#: The basis that a municipality's chart shows: the first of these that it has.
_FIRST = ("printed", "targets", "computed")
_BASES = {
    "printed": "as the plan prints it",
    "targets": "on the targets and national figures",
    "computed": "on our inventory",
}
_NAMED = json.dumps({"level": "emissions", "reduction": "saved", "target": "what the targets allow"}) + "[datum.label]"


def gap_waterfalls(gap: "pd.DataFrame") -> dict[str, Chart]:
    """One chart per municipality: from the latest emissions over other plans and actions down to what is left.

    Args:
        gap: ``scenarios/gap_table``.

    Returns:
        Charts by municipality code, kilotonnes; the printed plan where there is one, else the contract's targets.
    """
    shown = gap[gap["is_current_release"] & ~gap["is_memo"]]
    charts = {}
    for code, own in shown.groupby("municipality_code"):
        # A chart needs a level to begin at and one to end at.
        whole = own[own["is_total"] & own["latest_t"].notna() & own["residual_t"].notna()]
        basis = next((basis for basis in _FIRST if (whole["gap_basis"] == basis).any()), None)
        if basis is None:
            continue
        charts[str(code)] = _waterfall(own[own["gap_basis"] == basis], basis)
    return charts


def _waterfall(rows: "pd.DataFrame", basis: str) -> Chart:
    total = rows[rows["is_total"]].iloc[0]
    lines = rows[~rows["is_total"]].sort_values("actions_counted_t", ascending=False)
    level = float(total["latest_t"]) / 1000.0
    bars = [_bar(f"emissions {total['latest_year']}", 0.0, level, "level")]
    steps = [("other plans", float(lines["other_plans_t"].sum()))]
    # Lines are named by the plan's own words, joined by underscores.
    steps += [
        (str(name).replace("_", " "), float(saved))
        for name, saved in zip(lines["line"], lines["actions_counted_t"], strict=True)
    ]
    for name, tonnes in steps:
        if tonnes:
            bars.append(_bar(name, level - tonnes / 1000.0, level, "reduction"))
            level -= tonnes / 1000.0
    bars.append(_bar(f"left {total['target_year']}", 0.0, float(total["residual_t"]) / 1000.0, "level"))
    if total["target_t"] == total["target_t"]:  # a plan may give its total none
        bars.append(_bar(f"target {total['target_year']}", 0.0, float(total["target_t"]) / 1000.0, "target"))
    base = float(total["baseline_t"]) / 1000.0
    for bar in bars:
        bar["kt"] = f"{bar['to'] - bar['from']:,.1f}"
        if bar["what"] != "reduction" and base > 0:
            bar["kt"] += f" ({(bar['to'] / base - 1.0) * 100.0:+.0f} % since {total['baseline_year']})"
    colours = {"level": _WHOLE, "reduction": _CUT, "target": _TARGET}
    size = {"y": {"field": "step", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 260}}}
    return {
        "$schema": SCHEMA,
        "data": {"values": bars},
        "title": {
            "text": f"from emissions to what is left, {_BASES[basis]}",
            "subtitle": "thousand tonnes CO2e; each step what the actions on a line save together",
            "anchor": "start",
            "color": INK,
            "subtitleColor": _WHOLE,
        },
        "width": 520,
        "height": {"step": 20},
        "layer": [
            {
                "mark": {"type": "bar"},
                "encoding": size
                | {
                    "x": {"field": "from", "type": "quantitative", "title": "thousand tonnes CO2e a year"},
                    "x2": {"field": "to"},
                    "color": {
                        "field": "what",
                        "type": "nominal",
                        "scale": {"domain": list(colours), "range": list(colours.values())},
                        "legend": {"orient": "top", "title": None, "labelExpr": _NAMED},
                    },
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "color": INK},
                "encoding": size | {"x": {"field": "to", "type": "quantitative"}, "text": {"field": "kt"}},
            },
        ],
        "config": CONFIG,
    }


def _bar(step: str, start: float, end: float, what: str) -> dict[str, Any]:
    return {"step": step.replace("_", " "), "from": round(start, 3), "to": round(end, 3), "what": what}
