"""The one style of all charts: colours, configuration, and a specification as a picture.

What does not belong here: what a chart shows (the other modules of this room).
"""

import base64
from typing import Any

#: A Vega-Lite specification.
Chart = dict[str, Any]


#: The grammar that all specifications are written in.
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
#: Colours, each written once.
INK = "#1b2a33"
GRID = "#e3e7e8"
GREEN = "#0b6e4f"
LIGHT_GREEN = "#7fb8a4"
RED = "#c8553d"
WINE = "#8a1c3c"
SLATE = "#5b7083"
OCHRE = "#b08900"
GREY = "#b9c4ca"
#: Axes and frame of every chart.
CONFIG: Chart = {
    "axis": {"gridColor": GRID, "domain": False, "labelColor": INK, "titleColor": INK},
    "view": {"stroke": None},
}


def titled(chart: Chart, who: str) -> Chart:
    """The chart with the municipality before its title, as every picture has it."""
    title = chart.get("title")
    whole = title if isinstance(title, dict) else {"text": title or "", "anchor": "start", "color": INK}
    return {**chart, "title": {**whole, "text": f"{who}: {whole['text']}"}}


def as_markdown_image(chart: Chart) -> str:
    """The chart as a picture inside Markdown, which the UI shows in place."""
    import vl_convert

    picture = vl_convert.vegalite_to_svg(chart)
    return f"![chart](data:image/svg+xml;base64,{base64.b64encode(picture.encode()).decode()})"
