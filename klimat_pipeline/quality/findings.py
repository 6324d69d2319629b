"""What a check says: the value, the limit, the first keys at fault, and what to suspect."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["contract", "reconciliation", "plausibility"]
Severity = Literal["ERROR", "WARN"]
Outcome = Literal["passed", "failed", "not_applicable"]

#: How many keys a finding names.
FIRST = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement of a check about a table."""

    outcome: Outcome
    message: str
    observed: str = ""
    threshold: str = ""
    suspicion: str = ""
    keys: tuple[str, ...] = ()
    count: int = 0


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
        """Nothing failed; what does not apply has not failed."""
        return all(finding.outcome != "failed" for finding in self.findings)

    @property
    def blocks(self) -> bool:
        """It failed, and nothing may be made of the table."""
        return self.severity == "ERROR" and not self.passed


def passed(message: str, **details: Any) -> Finding:
    return Finding("passed", message, **details)


def failed(message: str, **details: Any) -> Finding:
    return Finding("failed", message, **details)


def not_applicable(reason: str) -> Finding:
    return Finding("not_applicable", f"not applicable: {reason}")


def first_keys(rows: "pd.DataFrame", names: Iterable[str]) -> tuple[str, ...]:
    """``name=value, ...`` of the first rows."""
    columns = list(names)
    return tuple(
        ", ".join(f"{name}={value}" for name, value in zip(columns, row, strict=True))
        for row in rows[columns].head(FIRST).itertuples(index=False)
    )


def to_frame(results: Iterable[CheckResult]) -> "pd.DataFrame":
    """The findings as ``quality/findings`` describes them."""
    import pandas as pd

    from klimat_pipeline.contracts import table

    columns = table("quality/findings").column_names
    rows: list[Mapping[str, Any]] = [
        {
            "table_name": result.table,
            "check_name": result.check,
            "finding_no": number,
            "kind": result.kind,
            "severity": result.severity,
            "outcome": finding.outcome,
            "passed": None if finding.outcome == "not_applicable" else finding.outcome == "passed",
            "observed": finding.observed,
            "threshold": finding.threshold,
            "offending_count": finding.count,
            "offending_keys": "; ".join(finding.keys),
            "message": finding.message,
            "suspicion": finding.suspicion,
        }
        for result in results
        for number, finding in enumerate(result.findings, start=1)
    ]
    return pd.DataFrame(rows, columns=columns).astype({"passed": "boolean", "finding_no": "int64"})
