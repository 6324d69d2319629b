"""A municipality that no release holds, or a first night without anything: checks find nothing, and nothing fails."""

from functools import cache

import pandas as pd

from klimat_pipeline.contracts import TABLES
from klimat_pipeline.contracts.arrow import schema, to_pandas
from klimat_pipeline.quality.catalogue import CHECKS, Check
from klimat_pipeline_tests.support.for_each import for_each

#: What checks are given besides tables: approvals by municipality, and what Great Expectations found.
BESIDE = {
    "configuration/approvals": pd.DataFrame(columns=["municipality_code", "target_id", "release_id"]),
    "quality/suites": pd.DataFrame(),
}


@for_each(check={f"{key} {check.name}": check for key, checks in CHECKS.items() for check in checks})
def test_every_check_of_tables_without_rows(check: Check) -> None:
    """As they come from storage, where texts without rows have no chunk of memory either."""
    found = list(check.run(_empty() | BESIDE))
    assert [finding.message for finding in found if finding.outcome == "failed"] == []


@cache
def _empty() -> dict[str, pd.DataFrame]:
    return {key: to_pandas(schema(contract).empty_table()) for key, contract in TABLES.items()}
