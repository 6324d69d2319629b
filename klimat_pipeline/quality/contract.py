"""Run a table's contract suite and turn the results into findings, one an expectation.

In Great Expectations a raised exception is not a failed expectation: the former is our fault and raises here.
"""

import logging
import os
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from klimat_pipeline.contracts.arrow import to_arrow
from klimat_pipeline.contracts.expectations import expectation_ids, suite
from klimat_pipeline.contracts.model import Column, Table
from klimat_pipeline.errors import ContractError
from klimat_pipeline.quality.beside import ask_beside, postponed
from klimat_pipeline.quality.findings import FIRST, CheckResult, Finding, failed, passed

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

CHECK = "contract"
#: So many rows are searched for duplicate keys here; in more, Great Expectations does it in the process beside.
MANY = 200_000
#: So many distinct texts are matched one by one; more are left to Great Expectations.
FEW = 5_000
_SUSPICION = "the source or a table of names changed, or the code that makes this table"


def check_contract(frame: "pd.DataFrame", table: Table) -> CheckResult:
    """Validate a frame against its contract.

    Args:
        frame: the table.
        table: its contract.

    Returns:
        One finding an expectation, in the contract's order.

    Raises:
        ContractError: an expectation could not be evaluated at all.
    """
    return begin(frame, table).finish()


@dataclass(frozen=True, slots=True)
class Begun:
    """A table that is being checked against its contract.

    Attributes:
        arrow: the table in its contract's schema; None where it cannot be brought into it.
        finish: gives the result, and waits for it where it has to.
    """

    arrow: "pa.Table | None"
    finish: Callable[[], CheckResult]


def begin(frame: "pd.DataFrame", table: Table) -> Begun:
    """Begin what ``check_contract`` does, in the process beside this one if there is one."""

    def result(*findings: Finding) -> CheckResult:
        return CheckResult(table.key, CHECK, "contract", "ERROR", findings)

    try:
        arrow = to_arrow(frame, table)
    except ContractError as error:  # Great Expectations cannot compare values of another type: it raises
        limit = ", ".join(f"{c.name} {c.kind}" for c in table.columns)
        wrong = failed(str(error), limit=limit, suspicion=_SUSPICION)
        return Begun(None, lambda: result(wrong))
    question = ask_beside(arrow, table) if list(frame.columns) == table.column_names else None
    types = passed("types hold", limit="the contract's types", observed=f"{len(table.columns)} columns")

    def finish() -> CheckResult:
        if question is None:
            return result(types, *suite_findings(frame, table))
        held = proven(frame, table)
        if len(held) == len(expectation_ids(table)):
            # Nothing is left to doubt: Great Expectations' own answer is waited for at the end of the run.
            question.postpone()
            return result(types, *held.values())
        found = question.findings()
        return result(types, *(suite_findings(frame, table) if found is None else found))

    return Begun(arrow, finish)


def postponed_findings(read: "Callable[[str], pd.DataFrame]") -> "pd.DataFrame":
    """What Great Expectations found in the tables that had proven themselves; normally nothing that failed.

    Args:
        read: gives a table by its key, for one whose answer never came.

    Returns:
        One row a finding: ``table_name``, ``outcome``, ``message``.
    """
    import pandas as pd

    rows = []
    for question in postponed():
        found = question.findings()
        if found is None:
            found = suite_findings(read(question.table.key), question.table)
        rows += [(question.table.key, finding.outcome, finding.message) for finding in found]
    return pd.DataFrame(rows, columns=["table_name", "outcome", "message"])


def proven(frame: "pd.DataFrame", table: Table) -> dict[str, Finding]:
    """Expectations that a frame meets beyond doubt, by id: seen at the distinct values of its columns.

    An expectation costs milliseconds, the distinct values of a column microseconds.
    """
    rows = f"{len(frame)} rows"
    held = {name for column in table.columns for name in _proven(frame[column.name], column)}
    if list(frame.columns) == table.column_names:
        held.add("table:columns")
    if len(frame) <= MANY and not frame.duplicated(list(table.primary_key)).any():
        held.add("table:key")
    return {
        name: passed(f"{name} holds", limit=_limit(name, table), observed=rows)
        for name in expectation_ids(table)
        if name in held
    }


def suite_findings(frame: "pd.DataFrame", table: Table) -> tuple[Finding, ...]:
    """What a contract's suite finds in a frame whose types are the contract's, in the contract's order.

    Raises:
        ContractError: an expectation could not be evaluated at all.
    """
    # Great Expectations judges the columns, the key, and whatever distinct values do not prove.
    rows = f"{len(frame)} rows"
    held = {
        name: passed(f"{name} holds", limit=_limit(name, table), observed=rows)
        for column in table.columns
        if column.name in frame.columns
        for name in _proven(frame[column.name], column)
    }
    batch = _batch(frame)
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
    # Whatever was proven and whatever was asked: the findings are numbered as they come.
    return tuple(found[name] for name in expectation_ids(table))


def _proven(values: "pd.Series[Any]", column: Column) -> Iterator[str]:
    """Expectations of a column that its distinct values meet beyond doubt; of many distinct texts none is."""
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


def _batch(frame: "pd.DataFrame") -> Any:
    return _definition().get_batch({"dataframe": frame})


@lru_cache(maxsize=1)
def _definition() -> Any:
    """What every frame is a batch of: made once, since every step writes all of the configuration."""
    # Its usage reporting is off by default here: a check of a municipality's data tells nobody anything.
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
    limit = _limit(name, table)
    if result.success:
        return passed(f"{name} holds", limit=limit, observed=f"{len(frame)} rows")
    body = result.result or {}
    values = [str(v) for v in body.get("partial_unexpected_list") or [] if v is not None][:FIRST]
    count = int(body.get("unexpected_count") or 0)
    observed = str(body.get("observed_value", "")) or ", ".join(dict.fromkeys(values)) or "missing values"
    return failed(
        f"{table.key}: {name} fails in {count} rows" if count else f"{table.key}: {name} fails",
        observed=observed[:500],
        limit=limit,
        keys=tuple(f"{column}={value}" for value in values) or _null_keys(frame, column, table),
        count=count,
        suspicion=_SUSPICION,
    )


def _null_keys(frame: "pd.DataFrame", column: str, table: Table) -> tuple[str, ...]:
    from klimat_pipeline.quality.findings import first_keys

    if column not in frame.columns:
        return ()
    return first_keys(frame[frame[column].isna()], [k for k in table.primary_key if k in frame.columns])


def _limit(name: str, table: Table) -> str:
    """The contract's own words for what is expected."""
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
