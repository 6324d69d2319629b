"""Findings of a contract: the same, and in the same order, however they were found."""

from klimat_pipeline.contracts import TABLES
from klimat_pipeline.contracts.arrow import to_pandas
from klimat_pipeline.contracts.expectations import expectation_ids
from klimat_pipeline.quality.contract import proven
from klimat_pipeline.quality.suites import suite_findings
from klimat_pipeline_tests.support.tables import example_table


def test_findings_are_numbered_alike_whatever_was_proven() -> None:
    """A run with a process beside it and one without gave ``data_quality`` other numbers."""
    wrong = []
    for key in sorted(TABLES)[:20]:
        frame = to_pandas(example_table(TABLES[key], 3))
        by_suite, by_values = suite_findings(frame, TABLES[key]), proven(frame, TABLES[key])
        expected = [by_values[name] for name in expectation_ids(TABLES[key]) if name in by_values]
        if [finding for finding in by_suite if finding in expected] != expected or len(by_suite) < len(expected):
            wrong.append(key)
    assert not wrong
