"""Charts and tables of the spend analysis for the assets' pages: largest categories, coverage, what to map next.

What does not belong here: colours and pictures (``style``).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from klimat_pipeline.charts.style import CONFIG, INK, SCHEMA, WINE
from klimat_pipeline.spend.results.unmapped import harmless

if TYPE_CHECKING:
    import pandas as pd

#: Municipality of the invented ledger: its charts say so.
EXAMPLE_CODE = "9999"
#: Categories that a chart shows, and unmapped accounts that a page lists.
BARS, LISTED = 15, 15
_LINE = WINE


def shown_on_pages(made: Mapping[str, "pd.DataFrame"]) -> dict[str, dict[str, str]]:
    """Markdown by table and name; nothing where nobody has a ledger.

    Args:
        made: what ``results.all_tables.spend_results`` gives.
    """
    if made["spend/spend_by_category"].empty:
        return {}
    return {
        "spend/spend_quality": {"coverage": coverage(made["spend/spend_quality"])},
        "spend/spend_reconciliation": {"to be mapped next": unmapped_markdown(made["unmapped/accounts"])},
    }


def largest_categories(by_category: "pd.DataFrame") -> dict[str, dict[str, Any]]:
    """A Pareto chart: one bar per category, the longest first, with the cumulative share; the rest is one bar.

    One chart per municipality, of its newest year.

    Args:
        by_category: ``spend/spend_by_category``.

    Returns:
        Vega-Lite specifications by municipality code, tonnes CO2e and per cent.
    """
    charts = {}
    for code, own in by_category.groupby("municipality_code"):
        year = int(own["year"].max())
        rows = own[(own["year"] == year) & own["footprint_t_co2e"].notna()]
        charts[str(code)] = _pareto(pareto(rows), _title(str(code), year, str(own["factor_set"].iat[0])))
    return charts


def pareto(rows: "pd.DataFrame") -> list[dict[str, Any]]:
    """The categories of a year by emissions, and their cumulative share.

    Args:
        rows: rows of ``spend/spend_by_category`` with emissions.

    Returns:
        ``category``, ``area``, ``t`` and ``cumulative_pct`` (None where there is nothing to share), at most ``BARS``
        categories and one row for the others.
    """
    ordered = rows.sort_values(["footprint_t_co2e", "spend_category"], ascending=[False, True])
    found = [
        {"category": row.category_name_en, "area": row.purchase_area, "t": float(row.footprint_t_co2e)}
        for row in ordered.head(BARS).itertuples()
    ]
    rest = ordered.iloc[BARS:]
    if not rest.empty:
        name = f"{len(rest)} other categories" if len(rest) > 1 else str(rest["category_name_en"].iat[0])
        found.append({"category": name, "area": "others", "t": float(rest["footprint_t_co2e"].sum())})
    whole, sum_ = float(ordered["footprint_t_co2e"].sum()), 0.0
    for row in found:
        sum_ += row["t"]
        row["cumulative_pct"] = sum_ / whole * 100 if whole > 0 else None
    return found


def coverage(quality: "pd.DataFrame") -> str:
    """A gauge in text: the share of the kronor with emissions, by municipality and year."""
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
    """The largest unmapped accounts as a Markdown table, with texts of the ledger escaped."""
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


#: Characters that would end a cell, or begin a link, a picture or a tag.
_MARKDOWN = str.maketrans({sign: f"&#{ord(sign)};" for sign in "|<>[]`*_\n\r"})


def _named(code: str) -> str:
    return f"{code} (example)" if code == EXAMPLE_CODE else code


def _title(code: str, year: int, factor_set: str) -> str:
    example = "invented ledger: " if code == EXAMPLE_CODE else ""
    return f"{example}emissions of purchases by category, {year}, factors {factor_set}"


def _pareto(rows: list[dict[str, Any]], title: str) -> dict[str, Any]:
    y: dict[str, Any] = {
        "field": "category",
        "type": "nominal",
        "sort": [row["category"] for row in rows],
        "title": None,
        "axis": {"labelLimit": 280},
    }
    share = {
        "field": "cumulative_pct",
        "type": "quantitative",
        "title": "cumulative share, %",
        "scale": {"zero": True, "nice": False},
        "axis": {"orient": "top", "grid": False, "titleColor": _LINE, "labelColor": _LINE},
    }
    said = [{"field": "category"}, {"field": "t", "format": ",.1f"}, {"field": "cumulative_pct", "format": ".1f"}]
    return {
        "$schema": SCHEMA,
        "data": {"values": rows},
        "title": {"text": title, "anchor": "start", "color": INK},
        "width": 480,
        "height": {"step": 20},
        "resolve": {"scale": {"x": "independent"}},
        "layer": [
            {
                "mark": {"type": "bar"},
                "encoding": {
                    "y": y,
                    "x": {"field": "t", "type": "quantitative", "title": "t CO2e"},
                    "color": {
                        "field": "area",
                        "type": "nominal",
                        "scale": {"scheme": "tableau20"},
                        "legend": {"title": "purchase area"},
                    },
                    "tooltip": said,
                },
            },
            {
                "mark": {"type": "line", "color": _LINE, "point": {"color": _LINE, "size": 30}, "strokeWidth": 1.5},
                "encoding": {"y": y, "x": share, "order": {"field": "cumulative_pct"}, "tooltip": said},
            },
        ],
        "config": CONFIG,
    }
