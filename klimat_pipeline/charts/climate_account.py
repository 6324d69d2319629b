"""Charts of the climate account: points and words in, a Vega-Lite specification out; and that as SVG for a page.

Words come with the points, since the page exists in two languages. Lines differ by dash and marks by shape, never by
colour alone. What does not belong here: colours (``style``), texts and figures (``reports``).
"""

import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from klimat_pipeline.charts.style import CONFIG, GREEN, GREY, INK, LIGHT_GREEN, OCHRE, RED, SCHEMA, SLATE, Chart

#: Kinds of lines: colour and dash.
LINES: Mapping[str, tuple[str, list[int]]] = {
    "emissions": (INK, [1, 0]),
    "nation": (SLATE, [2, 3]),
    "business_as_usual": (OCHRE, [8, 3]),
    "existing_policies": (SLATE, [8, 3, 2, 3]),
    "with_actions": (GREEN, [6, 2]),
    "target": (RED, [5, 4]),
}
_STEPS = {"level": INK, "reduction": LIGHT_GREEN, "target": RED}
#: The charts' font, and a size that is read on paper too.
_FONT = {"font": "Arial, Helvetica, sans-serif"}
_STYLE: Chart = {
    **CONFIG,
    **_FONT,
    "background": "transparent",
    "axis": {**CONFIG["axis"], "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal"},
    "legend": {
        "labelFontSize": 11,
        "labelColor": INK,
        "symbolStrokeWidth": 2,
        "symbolSize": 400,
        "symbolOpacity": 1,
        "labelLimit": 300,
    },
    "header": {"labelFontSize": 11, "labelColor": INK},
}
_LABELLED = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
_DEFINED = re.compile(r'(id="|url\(#|href="#)')


def course(points: Sequence[Mapping[str, Any]], bands: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> Chart:
    """Lines over years, some with a band, in thousand tonnes.

    Args:
        points: ``line`` (a kind), ``year`` and ``kt``.
        bands: ``line``, ``year``, ``low`` and ``high``.
        words: names of the lines, and of the axis as ``unit``.
    """
    encoding = {"x": _YEARS, "color": _colour(points, words)}
    return _whole(
        {
            "width": 800,
            "height": 290,
            "layer": [
                {
                    "data": {"values": list(bands)},
                    "mark": {"type": "area", "opacity": 0.18},
                    "encoding": encoding
                    | {"y": {"field": "low", "type": "quantitative", "title": words["unit"]}, "y2": {"field": "high"}},
                },
                {"data": {"values": list(points)}, **_lines(points, words, encoding, words["unit"])},
            ],
        },
        words,
    )


def panels(points: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> Chart:
    """The same by ``panel``, each on its own scale."""
    encoding = {"x": _YEARS, "color": _colour(points, words)}
    spec = {"width": 235, "height": 120, **_lines(points, words, encoding, None)}
    return _whole(
        {
            "data": {"values": list(points)},
            "facet": {"field": "panel", "type": "nominal", "title": None, "sort": _in_order(points, "panel")},
            "columns": 3,
            # Panels of a row stand level whatever their labels; these have room in the spacing.
            "bounds": "flush",
            "spacing": {"row": 62, "column": 42},
            "spec": spec,
            # An axis of its own under each: one that is shared is drawn below empty places too.
            "resolve": {"scale": {"y": "independent"}, "axis": {"x": "independent"}},
        },
        words,
    )


def steps(bars: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> Chart:
    """A waterfall: from a level over savings to what is left.

    Args:
        bars: ``step`` (a name), ``from``, ``to``, ``what`` (level, reduction or target) and ``label``.
        words: names of the three kinds, and of the axis as ``unit``.
    """
    y = {"field": "step", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 300}}
    kinds = [kind for kind in _STEPS if any(bar["what"] == kind for bar in bars)]
    colour = {
        "field": "what",
        "type": "nominal",
        "scale": {"domain": kinds, "range": [_STEPS[kind] for kind in kinds]},
        "legend": {"orient": "top", "title": None, "labelExpr": _named(words), "symbolSize": 100},
    }
    return _whole(
        {
            "width": 560,
            "height": {"step": 22},
            "data": {"values": list(bars)},
            "layer": [
                {
                    "mark": {"type": "bar"},
                    "encoding": {
                        "y": y,
                        "x": {"field": "from", "type": "quantitative", "title": words["unit"]},
                        "x2": {"field": "to"},
                        "color": colour,
                    },
                },
                {
                    "mark": {"type": "text", "align": "left", "dx": 4, "color": INK},
                    "encoding": {
                        "y": y,
                        "x": {"field": "to", "type": "quantitative"},
                        "text": {"field": "label"},
                    },
                },
            ],
        },
        words,
    )


def strip(points: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> Chart:
    """A row an indicator, a tick a municipality: ``indicator``, ``value`` and ``who`` (own, median or others)."""
    order = {"others": 0, "median": 1, "own": 2}
    scale = {"domain": ["own", "median", "others"], "range": [INK, RED, GREY]}

    def marked(who: str, **mark: Any) -> Chart:
        return {
            "transform": [{"filter": f"datum.who == '{who}'"}],
            "mark": {"type": "tick", **mark},
            "encoding": {
                "x": {"field": "value", "type": "quantitative", "title": None},
                "color": {
                    "field": "who",
                    "type": "nominal",
                    "scale": scale,
                    "legend": {"orient": "top", "title": None, "labelExpr": _named(words), "symbolSize": 100},
                },
            },
        }

    return _whole(
        {
            "data": {"values": sorted(points, key=lambda point: order[point["who"]])},
            "facet": {
                "row": {
                    "field": "indicator",
                    "type": "nominal",
                    "sort": _in_order(points, "indicator"),
                    "title": None,
                    "header": {"labelAngle": 0, "labelAlign": "left", "labelAnchor": "start", "labelOrient": "top"},
                }
            },
            "spec": {
                "width": 820,
                "height": 34,
                "layer": [
                    marked("others", thickness=1, size=14, opacity=0.7),
                    marked("median", thickness=2, size=22),
                    marked("own", thickness=4, size=32),
                ],
            },
            "resolve": {"scale": {"x": "independent"}},
        },
        words,
    )


def largest(rows: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> Chart:
    """Bars, the longest first: ``name``, ``value`` and ``label``."""
    y = {"field": "name", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 280}}
    return _whole(
        {
            "width": 560,
            "height": {"step": 22},
            "data": {"values": list(rows)},
            "layer": [
                {
                    "mark": {"type": "bar", "color": GREEN},
                    "encoding": {"y": y, "x": {"field": "value", "type": "quantitative", "title": words["unit"]}},
                },
                {
                    "mark": {"type": "text", "align": "left", "dx": 4, "color": INK},
                    "encoding": {
                        "y": y,
                        "x": {"field": "value", "type": "quantitative"},
                        "text": {"field": "label"},
                    },
                },
            ],
        },
        words,
    )


def as_svg(chart: Chart, name: str, says: str, locale: Mapping[str, Any]) -> str:
    """The chart as SVG to stand inside a page: one picture to a screen reader, colours that the page may change.

    Args:
        chart: the specification.
        name: unique on the page; ids inside the picture begin with it.
        says: what a screen reader says of it.
        locale: how numbers are written, as D3 has it.
    """
    import vl_convert

    picture = vl_convert.vegalite_to_svg(chart, format_locale=dict(locale))
    picture = _DEFINED.sub(rf"\g<1>{name}-", _LABELLED.sub("", picture))
    return picture.replace("<svg ", f'<svg role="img" aria-label="{escape(says)}" ', 1)


_YEARS: Chart = {
    "field": "year",
    "type": "quantitative",
    "scale": {"zero": False},
    "axis": {"format": "d", "title": None, "tickCount": 6},
}


def _in_order(points: Sequence[Mapping[str, Any]], name: str) -> list[str]:
    return list(dict.fromkeys(point[name] for point in points))


def _kinds(points: Sequence[Mapping[str, Any]]) -> list[str]:
    return [kind for kind in LINES if any(point["line"] == kind for point in points)]


def _colour(points: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> Chart:
    kinds = _kinds(points)
    return {
        "field": "line",
        "type": "nominal",
        "scale": {"domain": kinds, "range": [LINES[kind][0] for kind in kinds]},
        "legend": {
            "orient": "top",
            "title": None,
            "columns": 3,
            "symbolType": "stroke",
            "labelExpr": _named(words),
        },
    }


def _lines(
    points: Sequence[Mapping[str, Any]], words: Mapping[str, str], encoding: Mapping[str, Any], title: str | None
) -> Chart:
    kinds = _kinds(points)
    dashes = {"domain": kinds, "range": [LINES[kind][1] for kind in kinds]}
    legend = {"orient": "top", "title": None, "columns": 3, "symbolType": "stroke", "labelExpr": _named(words)}
    line = {
        "mark": {"type": "line", "strokeWidth": 2},
        "encoding": {
            **encoding,
            "y": {"field": "kt", "type": "quantitative", "title": title},
            "strokeDash": {"field": "line", "type": "nominal", "scale": dashes, "legend": legend},
        },
    }
    reported = {
        "transform": [{"filter": "datum.line == 'emissions'"}],
        "mark": {"type": "point", "filled": True, "size": 28, "color": INK},
        "encoding": {"x": _YEARS, "y": {"field": "kt", "type": "quantitative"}},
    }
    return {"layer": [line, reported]}


def _named(words: Mapping[str, str]) -> str:
    """An expression that gives a label its word."""
    return json.dumps(dict(words), ensure_ascii=False) + "[datum.label]"


def _whole(chart: Chart, words: Mapping[str, str]) -> Chart:
    return {"$schema": SCHEMA, "description": words["unit"], **chart, "config": _STYLE}
