"""``quality/data_quality``: what all checks found, one row a finding.

What does not belong here: any check, and how a finding is worded (``findings``).
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from klimat_pipeline.quality.findings import FIRST, CheckResult

if TYPE_CHECKING:
    import pandas as pd


def to_frame(results: Iterable[CheckResult]) -> "pd.DataFrame":
    """The findings of some checks as rows of the table."""
    import pandas as pd

    from klimat_pipeline.contracts import table

    columns = table("quality/data_quality").column_names
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
            "offending_keys": "; ".join(finding.keys[:FIRST]),
            "municipality_codes": " ".join(finding.municipality_codes),
            "message": finding.message,
            "message_sv": finding.message_sv or None,
            "likely_cause": finding.likely_cause,
            "acknowledgement": finding.acknowledgement,
        }
        for result in results
        for number, finding in enumerate(result.findings, start=1)
    ]
    return pd.DataFrame(rows, columns=columns).astype({"passed": "boolean", "finding_no": "int64"})


def gathered(parts: "Iterable[pd.DataFrame]") -> "pd.DataFrame":
    """The table, from the rows that were kept for each checked table."""
    import pandas as pd

    return pd.concat(parts, ignore_index=True)
