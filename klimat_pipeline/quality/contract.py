"""Check a table against its contract: one finding per expectation.

What does not belong here: how a suite is run (``suites``), and in which process (``pool``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from klimat_pipeline.contracts.arrow import to_arrow
from klimat_pipeline.contracts.expectations import expectation_ids
from klimat_pipeline.contracts.model import Table
from klimat_pipeline.errors import ContractError
from klimat_pipeline.quality import pool
from klimat_pipeline.quality.findings import CheckResult, Finding, failed, passed
from klimat_pipeline.quality.suites import LIKELY_CAUSE, proven_expectations, suite_findings, threshold_of

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

CHECK = "contract"
#: Up to so many rows are searched for duplicate keys here; in more, Great Expectations does it in a worker.
MANY = 200_000


def check_contract(frame: "pd.DataFrame", table: Table) -> CheckResult:
    """Validate a frame against its contract.

    Args:
        frame: the table.
        table: its contract.

    Returns:
        One finding per expectation, in the contract's order.

    Raises:
        ContractError: an expectation could not be evaluated at all.
    """
    return begin(frame, table).finish()


@dataclass(frozen=True, slots=True)
class Begun:
    """A table that is being checked against its contract.

    Attributes:
        arrow: the table in its contract's schema; None where it does not fit.
        finish: returns the result, after waiting for the worker where it has to.
    """

    arrow: "pa.Table | None"
    finish: Callable[[], CheckResult]


def begin(frame: "pd.DataFrame", table: Table, *, may_postpone: bool = False) -> Begun:
    """Begin what ``check_contract`` does, in a worker if there is one (``pool``).

    Args:
        frame: the table.
        table: its contract.
        may_postpone: whether the run asks for ``postponed_findings`` later, so that a table whose values prove every
            expectation need not wait for Great Expectations.
    """

    def result(*findings: Finding) -> CheckResult:
        return CheckResult(table.key, CHECK, "contract", "ERROR", findings)

    try:
        arrow = to_arrow(frame, table)
    except ContractError as error:  # Great Expectations cannot compare values of another type: it raises
        limit = ", ".join(f"{c.name} {c.kind}" for c in table.columns)
        wrong = failed(str(error), threshold=limit, likely_cause=LIKELY_CAUSE)
        return Begun(None, lambda: result(wrong))
    question = pool.check(arrow, table) if list(frame.columns) == table.column_names else None
    types = passed("types hold", threshold="the contract's types", observed=f"{len(table.columns)} columns")

    def finish() -> CheckResult:
        if question is None:
            return result(types, *suite_findings(frame, table))
        if may_postpone:
            held = proven(frame, table)
            if len(held) == len(expectation_ids(table)):  # nothing is left to doubt
                question.postpone()
                return result(types, *held.values())
        found = question.findings()
        return result(types, *(suite_findings(frame, table) if found is None else found))

    return Begun(arrow, finish)


def postponed_findings(read: "Callable[[str], pd.DataFrame]") -> "pd.DataFrame":
    """What Great Expectations found in the tables that did not wait for it; normally none of it failed.

    Args:
        read: reads a table by its key, where no worker has answered.

    Returns:
        One row per finding: ``table_name``, ``outcome``, ``message``.
    """
    import pandas as pd

    rows = []
    for question in pool.postponed():
        found = question.findings()
        if found is None:
            found = suite_findings(read(question.table.key), question.table)
        rows += [(question.table.key, finding.outcome, finding.message) for finding in found]
    return pd.DataFrame(rows, columns=["table_name", "outcome", "message"])


def proven(frame: "pd.DataFrame", table: Table) -> dict[str, Finding]:
    """Expectations that a frame meets beyond doubt, by id, as the distinct values of its columns show.

    An expectation costs milliseconds, the distinct values of a column microseconds.
    """
    rows = f"{len(frame)} rows"
    held = {name for column in table.columns for name in proven_expectations(frame[column.name], column)}
    if list(frame.columns) == table.column_names:
        held.add("table:columns")
    if len(frame) <= MANY and not frame.duplicated(list(table.primary_key)).any():
        held.add("table:key")
    return {
        name: passed(f"{name} holds", threshold=threshold_of(name, table), observed=rows)
        for name in expectation_ids(table)
        if name in held
    }
