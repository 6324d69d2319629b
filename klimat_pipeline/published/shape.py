"""Shape tables for readers: rounding, the headline series, the publication's id, the manifest, the data dictionary.

What does not belong here: any other arithmetic.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from klimat_pipeline.contracts import MART, PUBLISHED, Table
from klimat_pipeline.contracts.arrow import rounded, schema, to_arrow
from klimat_pipeline.published.headline import Headline

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from klimat_pipeline.published.manifest import Inputs

#: Key of the table that is published, by published name.
SHOWN: Mapping[str, str] = {
    name: contract.columns[0].lineage[0].rsplit(".", 1)[0]
    for name, contract in PUBLISHED.items()
    if contract.columns[0].lineage
}


def shape(read: "Callable[[str], pa.Table]", made_from: "Inputs") -> dict[str, "pa.Table"]:
    """All published tables of a run.

    Args:
        read: gives the table of a key, with the schema of its contract; the tables are never held all at once.
        made_from: what the run was made from.

    Returns:
        Arrow tables in the contracts' schema, by published name, rows sorted by key so that the same content gives the
        same bytes.
    """
    headline = Headline.of(read)
    shaped = {
        name: _shown(
            headline.mark(_chosen(read(key), made_from.municipalities), PUBLISHED[name]), PUBLISHED[name], made_from
        )
        for name, key in SHOWN.items()
    }
    shaped["data_dictionary"] = _shown_frame(data_dictionary(), PUBLISHED["data_dictionary"], made_from)
    rows = {name: arrow.num_rows for name, arrow in shaped.items()}
    shaped["run_manifest"] = _shown_frame(_manifest(made_from, rows), PUBLISHED["run_manifest"], made_from)
    return {name: shaped[name] for name in PUBLISHED}


def data_dictionary() -> "pd.DataFrame":
    """Every column of every published table and of the mart, as the contracts describe it."""
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
                "sum_requires": contract.fixed_for_sums(column),
                "description": column.description,
                "derived_from": " ".join(column.lineage),
            }
            for contract in (*PUBLISHED.values(), *MART.values())
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


def _chosen(arrow: "pa.Table", codes: tuple[str, ...]) -> "pa.Table":
    """Only the chosen municipalities; rows about the nation, counties and releases stay."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not codes or "municipality_code" not in arrow.column_names:
        return arrow
    whose = arrow.column("municipality_code")
    return arrow.filter(pc.or_(pc.is_null(whose), pc.is_in(whose, value_set=pa.array(codes))))


def _shown_frame(frame: "pd.DataFrame", contract: Table, made_from: "Inputs") -> "pa.Table":
    own = {name: value for name, value in _stamps(made_from).items() if name in contract.column_names}
    return _shown(to_arrow(frame.assign(**own), contract), contract, made_from)


def _stamps(made_from: "Inputs") -> dict[str, str]:
    return {"publication_id": made_from.publication_id, "run_id": made_from.run_id}


def _shown(arrow: "pa.Table", contract: Table, made_from: "Inputs") -> "pa.Table":
    import pyarrow as pa
    import pyarrow.compute as pc

    stamps = _stamps(made_from)
    arrays = [
        pa.repeat(stamps[column.name], arrow.num_rows)
        if column.name in stamps
        else rounded(arrow.column(column.name), column)
        for column in contract.columns
    ]
    shown = pa.Table.from_arrays(arrays, schema=schema(contract))
    # A stable order; rows with a missing key come last. Most tables have it already, and a copy costs.
    order = pc.sort_indices(shown, sort_keys=[(name, "ascending") for name in contract.primary_key])
    has_it = (order.to_numpy()[1:] > order.to_numpy()[:-1]).all()
    return (shown if has_it else shown.take(order)).combine_chunks()
