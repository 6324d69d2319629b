"""Great Expectations suites derived from the contracts: columns, keys, nulls, bounds, allowed values.

Types are not among them: the pandas engine does not know pandas 3's text and zoned datetime types, so the strict
conversion to Arrow (``arrow.to_arrow``) checks them. What does not belong here: running a suite (``quality.suites``).

Great Expectations takes seconds to import: call ``suite`` inside a check, never when definitions load.
Run as ``python -m klimat_pipeline.contracts.expectations FOLDER`` it writes every suite in Great Expectations' own
form; a test keeps the files current.
"""

import json
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from klimat_pipeline.contracts.model import Column, Table

if TYPE_CHECKING:
    import great_expectations as gx


def suite(table: Table, *, proven: Collection[str] = ()) -> "gx.ExpectationSuite":
    """The suite of a table; every expectation carries an id ``<column>:<what>`` to find its result by.

    Args:
        table: the contract.
        proven: ids of expectations that need no evaluation.
    """
    import great_expectations as gx

    wanted = [expectation for expectation in _expectations(table) if expectation.meta["check"] not in proven]
    return gx.ExpectationSuite(name=table.key.replace("/", "."), expectations=wanted)


def expectation_ids(table: Table) -> list[str]:
    """Ids of all expectations of a table's suite, in its order; costs no import."""
    ids = ["table:columns", "table:key"]
    for column in table.columns:
        bounded = column.minimum is not None or column.maximum is not None
        held = (not column.nullable, bool(column.allowed), bool(column.pattern), bounded)
        kinds = ("not_null", "allowed", "pattern", "bounds")
        ids += [f"{column.name}:{what}" for what, wanted in zip(kinds, held, strict=True) if wanted]
    return ids


def _expectations(table: Table) -> Iterator[Any]:
    from great_expectations.expectations import core as gxe

    yield gxe.ExpectTableColumnsToMatchOrderedList(column_list=table.column_names, meta={"check": "table:columns"})
    if len(table.primary_key) == 1:
        yield gxe.ExpectColumnValuesToBeUnique(column=table.primary_key[0], meta={"check": "table:key"})
    else:
        yield gxe.ExpectCompoundColumnsToBeUnique(column_list=list(table.primary_key), meta={"check": "table:key"})
    for column in table.columns:
        yield from _column_expectations(column)


def _column_expectations(column: Column) -> Iterator[Any]:
    from great_expectations.expectations import core as gxe

    def named(what: str) -> dict[str, Any]:
        return {"column": column.name, "meta": {"check": f"{column.name}:{what}"}}

    if not column.nullable:
        yield gxe.ExpectColumnValuesToNotBeNull(**named("not_null"))
    if column.allowed:
        yield gxe.ExpectColumnValuesToBeInSet(value_set=list(column.allowed), **named("allowed"))
    if column.pattern:
        yield gxe.ExpectColumnValuesToMatchRegex(regex=f"^(?:{column.pattern})$", **named("pattern"))
    if column.minimum is not None or column.maximum is not None:
        yield gxe.ExpectColumnValuesToBeBetween(min_value=column.minimum, max_value=column.maximum, **named("bounds"))


def suite_text(table: Table) -> str:
    """A suite as JSON that Great Expectations reads; without what every version of it writes otherwise."""
    whole: dict[str, Any] = dict(suite(table).to_json_dict())
    whole.pop("id", None)
    whole.pop("meta", None)
    for expectation in whole["expectations"]:
        expectation.pop("id", None)
    return json.dumps(whole, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    from klimat_pipeline.contracts.tables import TABLES

    for key, contract in TABLES.items():
        if contract.stage not in ("published", "mart"):
            file = Path(sys.argv[1], f"{key}.json")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(suite_text(contract), encoding="utf-8")
