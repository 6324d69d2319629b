"""What the assets' pages show of the spend analysis: the largest categories, coverage, and what to map next."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from klimat_pipeline.spend.unmapped import harmless

if TYPE_CHECKING:
    import pandas as pd

#: Municipality of the invented ledger: its charts say so.
EXAMPLE_CODE = "9999"
#: Categories that a chart shows, and unmapped accounts that a page lists.
BARS, LISTED = 15, 15
_INK, _GRID = "#1b2a33", "#e3e7e8"


def shown_on_pages(made: Mapping[str, "pd.DataFrame"]) -> dict[str, dict[str, str]]:
    """Markdown by table and name; nothing where nobody has a ledger.

    Args:
        made: what ``results.spend_results`` gives.
    """
    if made["spend/by_category"].empty:
        return {}
    return {
        "spend/quality": {"coverage": coverage(made["spend/quality"])},
        "spend/balance": {"to be mapped next": unmapped_markdown(made["unmapped/accounts"])},
    }


def largest_categories(by_category: "pd.DataFrame") -> dict[str, dict[str, object]]:
    """A bar per category, the longest first, coloured by purchase area: one chart a municipality, its newest year.

    Args:
        by_category: ``spend/by_category``.

    Returns:
        Vega-Lite specifications by municipality code, tonnes CO2e.
    """
    charts = {}
    for code, own in by_category.groupby("municipality_code"):
        year = int(own["year"].max())
        rows = own[(own["year"] == year) & own["footprint_t_co2e"].notna()].nlargest(BARS, "footprint_t_co2e")
        charts[str(code)] = _bars(rows, _title(str(code), year, str(own["factor_set"].iat[0])))
    return charts


def coverage(quality: "pd.DataFrame") -> str:
    """A gauge in text: the share of the kronor that has emissions, by municipality and year."""
    graded = quality[quality["quality_aspect"] == "grade"]
    lines = ["| municipality | year | kronor with emissions | |", "| --- | --- | --- | --- |"]
    for (code, year), own in graded.groupby(["municipality_code", "year"]):
        whole = own["spend_sek"].sum()
        known = own.loc[own["quality_item"] != "none", "spend_sek"].sum()
        share = known / whole if whole > 0 else 0.0
        filled = round(min(max(share, 0.0), 1.0) * 20)
        lines.append(f"| {_named(str(code))} | {year} | {share:.1%} | {'█' * filled}{'░' * (20 - filled)} |")
    return "\n".join(lines)


def unmapped_markdown(accounts: "pd.DataFrame") -> str:
    """The largest unmapped accounts as a Markdown table; whatever a ledger put there stays text."""
    if accounts.empty:
        return "Everything that counts has a category."
    lines = ["| municipality | account | text | lines | SEK |", "| --- | --- | --- | ---: | ---: |"]
    for row in accounts.groupby("municipality_code").head(LISTED).itertuples():
        cells = [harmless(str(value)).translate(_MARKDOWN) for value in (row.account_prefix, row.account_text)]
        lines.append(
            f"| {_named(row.municipality_code)} | {cells[0]} | {cells[1]} | {row.ledger_lines:,} "
            f"| {row.spend_sek:,.0f} |"
        )
    return "\n".join(lines)


#: Signs that would end a cell, or begin a link, a picture or a tag.
_MARKDOWN = str.maketrans({sign: f"&#{ord(sign)};" for sign in "|<>[]`*_\n\r"})


def _named(code: str) -> str:
    return f"{code} (example)" if code == EXAMPLE_CODE else code


def _title(code: str, year: int, factor_set: str) -> str:
    example = "Example (invented ledger): " if code == EXAMPLE_CODE else ""
    return f"{example}Emissions of purchases by category, {year}, factors {factor_set}"


def _bars(rows: "pd.DataFrame", title: str) -> dict[str, object]:
    points = [
        {"category": row.category_name_en, "area": row.purchase_area, "t": float(row.footprint_t_co2e)}
        for row in rows.itertuples()
    ]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": points},
        "title": {"text": title, "anchor": "start", "color": _INK},
        "width": 480,
        "height": {"step": 20},
        "mark": {"type": "bar", "tooltip": True},
        "encoding": {
            "y": {"field": "category", "type": "nominal", "sort": "-x", "title": None, "axis": {"labelLimit": 260}},
            "x": {"field": "t", "type": "quantitative", "title": "t CO2e"},
            "color": {
                "field": "area",
                "type": "nominal",
                "scale": {"scheme": "tableau20"},
                "legend": {"title": "purchase area"},
            },
        },
        "config": {
            "axis": {"gridColor": _GRID, "domain": False, "labelColor": _INK, "titleColor": _INK},
            "view": {"stroke": None},
        },
    }
