"""Run a table's suite in Great Expectations, or prove it without: one finding per expectation.

In Great Expectations a raised exception is not a failed expectation: the former is our fault and raises here. What does
not belong here: where it runs (``pool``, ``worker``), when it is asked for (``contract``).
"""

import logging
import os
import re
import warnings
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from klimat_pipeline.contracts.expectations import expectation_ids, suite
from klimat_pipeline.contracts.model import Column, Table
from klimat_pipeline.errors import ContractError
from klimat_pipeline.quality.findings import FIRST, Finding, failed, passed

if TYPE_CHECKING:
    import pandas as pd

#: Up to so many distinct texts are matched one by one; more are left to Great Expectations.
FEW = 5_000

LIKELY_CAUSE = "the source or a table of names changed, or the code that makes this table"


def suite_findings(frame: "pd.DataFrame", table: Table) -> tuple[Finding, ...]:
    """What a contract's suite finds in a frame whose types are the contract's, in the contract's order.

    Raises:
        ContractError: an expectation could not be evaluated at all.
    """
    # Great Expectations judges the columns, the key, and whatever distinct values do not prove.
    rows = f"{len(frame)} rows"
    held = {
        name: passed(f"{name} holds", threshold=threshold_of(name, table), observed=rows)
        for column in table.columns
        if column.name in frame.columns
        for name in proven_expectations(frame[column.name], column)
    }
    batch = batch_of(frame)
    expected = suite(table, proven=held)
    order = [expectation.meta["check"] for expectation in expected.expectations if expectation.meta]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Yes or no first: gathering the values at fault costs as much again, and there are hardly ever any.
        outcome = batch.validate(expected, result_format={"result_format": "BOOLEAN_ONLY"})
        if not outcome.success:
            outcome = batch.validate(
                expected, result_format={"result_format": "SUMMARY", "partial_unexpected_count": FIRST}
            )
    # The order of results is not the order of the suite: match by the name that each expectation carries.
    by_name: dict[str, Any] = {result.expectation_config.meta["check"]: result for result in outcome.results}
    found = held | {name: _finding(name, by_name[name], frame, table) for name in order}
    # Findings are numbered in this order, so it must not depend on which of them were proven.
    return tuple(found[name] for name in expectation_ids(table))


def proven_expectations(values: "pd.Series[Any]", column: Column) -> Iterator[str]:
    """Expectations that a column's distinct values prove; patterns only where there are few distinct texts."""
    held = values.dropna()
    if not column.nullable and len(held) == len(values):
        yield f"{column.name}:not_null"
    if column.allowed and set(held.unique()) <= set(column.allowed):
        yield f"{column.name}:allowed"
    if column.pattern:
        texts = held.unique()
        if len(texts) <= FEW and all(re.fullmatch(column.pattern, text) for text in texts):
            yield f"{column.name}:pattern"
    if (column.minimum is not None or column.maximum is not None) and (
        held.empty
        or (
            (column.minimum is None or held.min() >= column.minimum)
            and (column.maximum is None or held.max() <= column.maximum)
        )
    ):
        yield f"{column.name}:bounds"


def prepare() -> None:
    """Import Great Expectations and set it up, before it is needed."""
    _definition()


def batch_of(frame: "pd.DataFrame") -> Any:
    """A frame as Great Expectations validates it."""
    return _definition().get_batch({"dataframe": frame})


@lru_cache(maxsize=1)
def _definition() -> Any:
    """The batch definition of every frame; made once, since each call below writes the whole configuration."""
    # No usage reports: a check of a municipality's data must not call anybody.
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    asset = context.data_sources.add_pandas("tables").add_dataframe_asset("table")
    return asset.add_batch_definition_whole_dataframe("whole")


def _finding(name: str, result: Any, frame: "pd.DataFrame", table: Table) -> Finding:
    trouble = result.exception_info or {}
    details = trouble.values() if all(isinstance(v, dict) for v in trouble.values()) else [trouble]
    raised = [d for d in details if isinstance(d, dict) and d.get("raised_exception")]
    if raised:
        raise ContractError(f"{table.key}, {name}: could not be checked: {raised[0].get('exception_message')}")
    column = name.partition(":")[0]
    limit = threshold_of(name, table)
    if result.success:
        return passed(f"{name} holds", threshold=limit, observed=f"{len(frame)} rows")
    body = result.result or {}
    values = [str(v) for v in body.get("partial_unexpected_list") or [] if v is not None][:FIRST]
    count = int(body.get("unexpected_count") or 0)
    observed = str(body.get("observed_value", "")) or ", ".join(dict.fromkeys(values)) or "missing values"
    return failed(
        f"{table.key}: {name} fails in {count} rows" if count else f"{table.key}: {name} fails",
        observed=observed[:500],
        threshold=limit,
        keys=tuple(f"{column}={value}" for value in values) or _null_keys(frame, column, table),
        count=count,
        likely_cause=LIKELY_CAUSE,
    )


def _null_keys(frame: "pd.DataFrame", column: str, table: Table) -> tuple[str, ...]:
    from klimat_pipeline.quality.findings import keys_of

    if column not in frame.columns:
        return ()
    return keys_of(frame[frame[column].isna()], [k for k in table.primary_key if k in frame.columns])


def threshold_of(name: str, table: Table) -> str:
    """What the contract expects, in words."""
    column_name, what = name.split(":")
    if column_name == "table":
        return ", ".join(table.column_names if what == "columns" else table.primary_key)
    column = table.column(column_name)
    return {
        "not_null": "no missing value",
        "allowed": ", ".join(column.allowed),
        "pattern": column.pattern or "",
        "bounds": f"{'' if column.minimum is None else column.minimum} to "
        f"{'' if column.maximum is None else column.maximum}",
    }[what]
