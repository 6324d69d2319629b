"""What the explanations of the spend analysis share: factors with their sources, the three parts, ledger files, sums.

What does not belong here: the figure of a certain table (``spend``).
"""

from collections.abc import Sequence

from klimat_pipeline.explanations.database import Row
from klimat_pipeline.explanations.shared import Sources
from klimat_pipeline.explanations.tree import Node, Scalar, agreement, tolerance_of
from klimat_pipeline.text import counted

#: The parts that a figure of purchases is the sum of.
PARTS = ("footprint_spend_t_co2e", "footprint_activity_t_co2e", "footprint_supplier_t_co2e")
#: The columns that every figure of purchases has in its key.
AT = ("municipality_code", "year")


def factor_node(row: Row) -> Node:
    """A factor with its rate and index, each with its source; per thousand kronor, which a reader can compare."""
    index = row["index_factor_year"] / row["index_value"]
    terms: dict[str, Scalar] = {n: row[n] for n in ("factor_set", "factor_gwp_set", "licence", "source")}
    return Node(
        "factor, rate and index",
        per_krona(row) * 1000,
        "kg CO2e/1000 SEK",
        {"note": row["note"]},
        (
            Node("factor", row["factor_value"], row["factor_unit"], {"prices_of": row["factor_price_year"], **terms}),
            Node("exchange rate", row["exchange_rate"], "SEK", {"source": row["exchange_rate_source"]}),
            Node(
                f"price index {row['price_index']}, price year over {row['year']}",
                round(index, 6),
                None,
                {
                    "price_year": row["index_factor_year"],
                    "year_of_purchase": row["index_value"],
                    "source": row["index_source"],
                },
            ),
        ),
    )


def per_krona(row: Row) -> float:
    """Kilograms per krona, computed again from its inputs; the factor's unit says how many of which currency."""
    per = row["factor_unit"].rpartition("/")[2].split(" ")
    units = float(per[0]) if len(per) > 1 else 1.0
    deflated = row["index_factor_year"] / row["index_value"]
    return float(deflated / row["exchange_rate"] / units * row["factor_value"])


def factors_of(sources: Sources, row: Row) -> Node:
    """The factors of a year as a whole: set, licence, sources; ``spend_factors`` has them one by one."""
    rows = sources.database.rows("spend_factors", **place(row))
    names = ("factor_set", "licence", "source", "factor_gwp_set", "price_index", "index_source", "exchange_rate_source")
    said: dict[str, Scalar] = {n: "; ".join(sorted({str(r[n]) for r in rows if r[n]})) for n in names}
    return Node(f"factors of {row['year']}", f"{len(rows)} in the table spend_factors", None, said)


def parts_of(row: Row) -> list[Node]:
    """The spend, activity and supplier part, and whether they make up the figure."""
    if row["footprint_t_co2e"] is None:
        return [Node("no number", "nothing of it is mapped")]
    nodes = [Node(name.split("_")[1] + " part", row[name], "t CO2e") for name in PARTS]
    return [*nodes, sum_node("parts", [row[name] for name in PARTS], row["footprint_t_co2e"])]


def replacements(sources: Sources, row: Row) -> list[Node]:
    """What replaces kronor in the year, if anything replaces some of the row's."""
    if not row["replaced_sek"]:
        return []
    rows = sources.database.rows("spend_replaced", **place(row))
    return [
        Node(f"{r['figure_from']} {r['replacement_id']}", r["footprint_t_co2e"], "t CO2e", {"source": r["source"]})
        for r in rows
    ]


def ledgers(sources: Sources, row: Row) -> Node:
    """The ledger files that hold days of the year: name, beginning of the hash, lines and kronor."""
    files = sources.database.rows("spend_files", municipality_code=row["municipality_code"])
    year = str(row.get("year") or "")
    mine = [f for f in files if not year or str(f["first_day"])[:4] <= year <= str(f["last_day"])[:4]]
    nodes = tuple(
        Node(
            f["ledger_file"],
            f["amount_sek"],
            "SEK",
            {"sha256": f["file_id"], "ledger_lines": f["ledger_lines"], "file_status": f["file_status"]},
        )
        for f in mine
    )
    return Node("ledgers", counted(len(nodes), "file"), None, {}, nodes)


def sum_of_categories(sources: Sources, row: Row, figure: float) -> Node:
    """Whether the categories of the year sum to the figure, tonnes."""
    rows = sources.database.rows("spend_by_category", **place(row))
    return sum_node("categories", [r["footprint_t_co2e"] for r in rows], figure)


def sum_node(what: str, values: Sequence[float | None], figure: float) -> Node:
    """Whether published tonnes sum to the figure."""
    total = sum(float(value or 0) for value in values)
    return agreement(f"sum of the {what}", total, figure, "the figure", tolerance=tolerance_of(len(values)))


def place(row: Row) -> dict[str, Scalar]:
    """Municipality and year of the row."""
    return {name: row[name] for name in AT}
