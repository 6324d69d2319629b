"""Shape tables for readers: rounding, the publication's id, the manifest, the data dictionary. No other arithmetic."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from klimat_pipeline.contracts import PUBLISHED, Table
from klimat_pipeline.contracts.arrow import to_arrow

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from klimat_pipeline.manifest import Inputs

#: Published name to the table that it shows.
SHOWN: Mapping[str, str] = {
    name: contract.columns[0].lineage[0].rsplit(".", 1)[0]
    for name, contract in PUBLISHED.items()
    if contract.columns[0].lineage
}


def shape(tables: Mapping[str, "pd.DataFrame"], made_from: "Inputs") -> dict[str, "pa.Table"]:
    """All published tables of a run.

    Args:
        tables: the tables to show, by key.
        made_from: what the run was made from.

    Returns:
        Arrow tables in the contracts' schema, by published name, rows sorted by key so that the same content gives the
        same bytes.
    """
    shaped = {
        name: _shown(_chosen(tables[key], made_from.municipalities), PUBLISHED[name], made_from)
        for name, key in SHOWN.items()
    }
    shaped["data_dictionary"] = _shown(data_dictionary(), PUBLISHED["data_dictionary"], made_from)
    rows = {name: arrow.num_rows for name, arrow in shaped.items()}
    shaped["run_manifest"] = _shown(_manifest(made_from, rows), PUBLISHED["run_manifest"], made_from)
    return {name: shaped[name] for name in PUBLISHED}


def data_dictionary() -> "pd.DataFrame":
    """Every column of every published table, as the contracts describe it."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "table_name": contract.name,
                "column_order": order,
                "column_name": column.name,
                "column_kind": column.kind,
                "column_unit": column.unit,
                "is_key": column.name in contract.primary_key,
                "is_nullable": column.nullable,
                "may_be_summed": column.additive,
                "description": column.description,
                "derived_from": " ".join(column.lineage),
            }
            for contract in PUBLISHED.values()
            for order, column in enumerate(contract.columns, start=1)
        ]
    )


def _manifest(made_from: "Inputs", rows: Mapping[str, int]) -> "pd.DataFrame":
    import pandas as pd

    lines: list[dict[str, Any]] = [
        {"item_kind": i.kind, "item_name": i.name, "item_value": i.value, "sha256": i.sha256, "row_count": None}
        for i in made_from.items
    ]
    lines += [
        {"item_kind": "table", "item_name": name, "item_value": None, "sha256": None, "row_count": count}
        for name, count in rows.items()
    ]
    return pd.DataFrame(lines).astype({"row_count": "Int64"})


def _chosen(frame: "pd.DataFrame", codes: tuple[str, ...]) -> "pd.DataFrame":
    """Only the chosen municipalities; rows about the nation, counties and releases stay."""
    if not codes or "municipality_code" not in frame:
        return frame
    return frame[frame["municipality_code"].isna() | frame["municipality_code"].isin(codes)]


def _shown(frame: "pd.DataFrame", contract: Table, made_from: "Inputs") -> "pa.Table":
    stamps = {"publication_id": made_from.publication_id, "run_id": made_from.run_id}
    frame = frame.assign(**{name: value for name, value in stamps.items() if name in contract.column_names})
    frame = frame[contract.column_names]
    # Minus zero is a rounding's leftover that would look like a change. Whole columns: a frame's own rounding takes
    # ten times as long.
    rounded = frame.assign(
        **{
            column.name: frame[column.name].to_numpy(dtype="float64", na_value=math.nan).round(column.decimals) + 0.0
            for column in contract.columns
            if column.decimals is not None
        }
    )
    return to_arrow(rounded.sort_values(list(contract.primary_key), kind="stable"), contract)
