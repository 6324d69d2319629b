"""The published data packages by the standard's own validator; ``make frictionless`` does the same with large ones."""

import pytest

from klimat_pipeline_tests.support.default_refresh import Refresh


@pytest.mark.parametrize(
    ("package", "rows"),
    [("mart/latest", None), ("latest", 50)],  # of the detailed tables the first rows: the validator takes minutes else
)
def test_the_package_is_valid(small_refresh: Refresh, package: str, rows: int | None) -> None:
    """Types, missing values, primary and foreign keys of every table."""
    from frictionless import Package, system

    path = small_refresh.data / "published" / "parquet" / package / "datapackage.json"
    with system.use_context(trusted=True):  # paths of the machine, which an untrusted package may not name
        report = Package(str(path)).validate(limit_rows=rows)
    faults = [fault for task in report.tasks for fault in task.flatten(["name", "rowNumber", "type", "message"])]
    assert (report.valid, faults) == (True, [])
    assert report.stats["tasks"] > 0
