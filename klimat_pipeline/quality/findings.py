"""What a check says: the value, the threshold, the first keys at fault, and the likely cause.

What does not belong here: any check.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["contract", "reconciliation", "plausibility"]
Severity = Literal["ERROR", "WARN", "INFO"]
Outcome = Literal["passed", "failed", "not_applicable"]

#: How many keys the table of findings names.
FIRST = 10
_PART = re.compile(r", (?=\w+=)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement of a check about a table.

    Attributes:
        outcome: whether it holds.
        message: what was found, in a sentence.
        message_sv: the same in Swedish, with the same figures, of what the climate account can list: a remark (WARN)
            that names municipalities; codes that have names (municipality, sector, target, line) stand in ''.
        observed, threshold: the value, and what it is compared with.
        likely_cause: what to look at first.
        keys: all rows at fault, ``name=value, ...`` each.
        count: how many rows are at fault.
        acknowledgement: who stands for it, why and until when.
    """

    outcome: Outcome
    message: str
    observed: str = ""
    threshold: str = ""
    likely_cause: str = ""
    keys: tuple[str, ...] = ()
    count: int = 0
    acknowledgement: str = ""
    message_sv: str = ""

    @property
    def municipality_codes(self) -> list[str]:
        """Municipalities of all rows at fault, not only of the first ones that the table names."""
        return sorted({code for key in self.keys if (code := parts(key).get("municipality_code"))})


@dataclass(frozen=True, slots=True)
class CheckResult:
    """All findings of one check of one table."""

    table: str
    check: str
    kind: Kind
    severity: Severity
    findings: tuple[Finding, ...] = field(default_factory=tuple)

    @property
    def passed(self) -> bool:
        """Whether nothing failed; a check that does not apply has not failed."""
        return all(finding.outcome != "failed" for finding in self.findings)

    @property
    def blocks(self) -> bool:
        """Whether it failed and nothing may be made from the table."""
        return self.severity == "ERROR" and not self.passed


def passed(message: str, **details: Any) -> Finding:
    return Finding("passed", message, **details)


def failed(message: str, **details: Any) -> Finding:
    return Finding("failed", message, **details)


def not_applicable(reason: str) -> Finding:
    return Finding("not_applicable", f"not applicable: {reason}")


def noted(message: str, **details: Any) -> Finding:
    """Information: nothing is at fault, and its rows are named all the same."""
    return Finding("passed", message, **details)


def keys_of(rows: "pd.DataFrame", names: Iterable[str]) -> tuple[str, ...]:
    """``name=value, ...`` of every row; what names a town should name its ``municipality_code``."""
    columns = list(names)
    return tuple(
        ", ".join(f"{name}={value}" for name, value in zip(columns, row, strict=True))
        for row in rows[columns].itertuples(index=False)
    )


def parts(key: str) -> dict[str, str]:
    """The columns and values of a key; under ``row`` what names no column."""
    found = (part.partition("=") for part in _PART.split(key))
    return {name if equals else "row": value if equals else name for name, equals, value in found}


def own_first(result: CheckResult, own: Sequence[str]) -> CheckResult:
    """The result with the keys of some municipalities before those of others."""

    def place(key: str) -> int:
        code = parts(key).get("municipality_code", "")
        return own.index(code) if code in own else len(own)

    sorted_ = (replace(finding, keys=tuple(sorted(finding.keys, key=place))) for finding in result.findings)
    return replace(result, findings=tuple(sorted_))
