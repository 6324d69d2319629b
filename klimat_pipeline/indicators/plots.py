"""Charts of the indicators, for the asset's page. Pure: a frame in, a chart or a picture out."""

import base64
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

#: How many targets one chart shows side by side.
COLUMNS = 3
_INK, _EMISSIONS, _PATH, _GRID = "#1b2a33", "#0b6e4f", "#c8553d", "#e3e7e8"


def emissions_against_target(indicators: "pd.DataFrame") -> dict[str, Any]:
    """One chart per municipality with targets of its own: emissions and the line to each target.

    Args:
        indicators: ``indicators/sectors``.

    Returns:
        Altair charts by municipality code; the current release only, kilotonnes CO2e.
    """
    own = indicators[
        (indicators["target_kind"] == "contract")
        & indicators["is_current_release"]
        & (indicators["sector_codes"] != "")
        & (indicators["gas_basis"] == "all greenhouse gases")
    ]
    return {str(code): _chart(frame) for code, frame in own.groupby("municipality_code")}


def corrected_against_reported(emissions: "pd.DataFrame") -> dict[str, Any]:
    """One chart per municipality with corrections: each corrected sector, reported and corrected.

    Args:
        emissions: ``corrected/emissions``.

    Returns:
        Altair charts by municipality code, kilotonnes; the newest release that holds corrections.
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


def _pairs(frame: "pd.DataFrame", release: str) -> Any:
    import altair as alt
    import pandas as pd

    names = {"emissions_reported_t": "reported", "emissions_t": "corrected"}
    data = pd.concat(
        pd.DataFrame({"sector": frame["sector_code"], "year": frame["year"], "kt": frame[name] / 1000, "line": label})
        for name, label in names.items()
    )
    lines = (
        alt.Chart(alt.InlineData(values=data.astype({"year": "int64"}).to_dict("records")))
        .mark_line(point=alt.OverlayMarkDef(size=36), strokeWidth=2)
        .encode(
            x=alt.X("year:Q", axis=alt.Axis(format="d", title=None, tickCount=5), scale=alt.Scale(zero=False)),
            y=alt.Y("kt:Q", title="kt"),
            color=alt.Color(
                "line:N",
                legend=alt.Legend(orient="top", title=None),
                scale=alt.Scale(domain=["reported", "corrected"], range=[_PATH, _EMISSIONS]),
            ),
        )
        .properties(width=210, height=130)
    )
    return (
        lines.facet(facet=alt.Facet("sector:N", title=None, header=alt.Header(labelFontSize=12)), columns=COLUMNS)
        .resolve_scale(y="independent")
        .properties(title=alt.TitleParams(f"Reported and corrected, release {release}", anchor="start", color=_INK))
        .configure_axis(gridColor=_GRID, domain=False, labelColor=_INK, titleColor=_INK)
        .configure_view(stroke=None)
    )


def as_markdown_image(chart: Any) -> str:
    """The chart as a picture inside Markdown, which the UI shows in place."""
    import vl_convert

    picture = vl_convert.vegalite_to_svg(chart.to_dict())
    return f"![chart](data:image/svg+xml;base64,{base64.b64encode(picture.encode()).decode()})"


def _chart(frame: "pd.DataFrame") -> Any:
    import altair as alt
    import pandas as pd

    release = frame["release_id"].iloc[0]
    emitted = pd.DataFrame(
        {
            "target": frame["target_name_en"],
            "year": frame["year"],
            "kt": frame["emissions_t_co2e"] / 1000,
            "line": "emissions",
        }
    )
    ends = frame.drop_duplicates("target_id")
    path = pd.concat(
        pd.DataFrame(
            {
                "target": ends["target_name_en"],
                "year": ends[f"{end}_year"],
                "kt": ends[f"{end}_t_co2e"] / 1000,
                "line": "straight line to target",
            }
        )
        for end in ("baseline", "target")
    )
    data = pd.concat([emitted, path]).astype({"year": "int64", "kt": "float64"})
    lines = (
        alt.Chart(alt.InlineData(values=data.to_dict("records")))
        .mark_line(point=alt.OverlayMarkDef(size=28), strokeWidth=2)
        .encode(
            x=alt.X("year:Q", axis=alt.Axis(format="d", title=None, tickCount=5)),
            y=alt.Y("kt:Q", title="kt CO2e", scale=alt.Scale(zero=True)),
            color=alt.Color(
                "line:N",
                legend=alt.Legend(orient="top", title=None),
                scale=alt.Scale(domain=["emissions", "straight line to target"], range=[_EMISSIONS, _PATH]),
            ),
            strokeDash=alt.StrokeDash(
                "line:N",
                legend=None,
                scale=alt.Scale(domain=["emissions", "straight line to target"], range=[[1, 0], [5, 4]]),
            ),
        )
        .properties(width=210, height=130)
    )
    return (
        lines.facet(
            facet=alt.Facet("target:N", title=None, header=alt.Header(labelFontSize=12, labelColor=_INK)),
            columns=COLUMNS,
        )
        .resolve_scale(y="independent")
        .properties(title=alt.TitleParams(f"Emissions against target, release {release}", anchor="start", color=_INK))
        .configure_axis(gridColor=_GRID, domain=False, labelColor=_INK, titleColor=_INK)
        .configure_view(stroke=None)
    )
