"""What a run for one municipality checks: sums of everybody, remarks on the chosen one."""

import pandas as pd
import pytest

from klimat_pipeline.defs.resources import Project
from klimat_pipeline.quality import catalogue
from klimat_pipeline.quality.findings import passed


def test_errors_are_looked_for_everywhere_and_remarks_made_on_the_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    def rows(tables):
        return [passed(f"{len(tables['clean/x'])} rows")]

    checks = tuple(catalogue.Check(rows, "plausibility", severity) for severity in ("ERROR", "WARN"))
    monkeypatch.setitem(catalogue.CHECKS, "clean/x", checks)  # type: ignore[arg-type]
    # The nation has no municipality's code.
    tables = {"clean/x": pd.DataFrame({"municipality_code": ["1280", "1283", "1283", None]})}
    chosen = {key: Project(municipalities=["1280"]).chosen(frame) for key, frame in tables.items()}
    found = catalogue.run_checks("clean/x", tables, chosen)
    assert [result.findings[0].message for result in found] == ["4 rows", "2 rows"]
    everybody = {key: Project().chosen(frame) for key, frame in tables.items()}
    assert [r.findings[0].message for r in catalogue.run_checks("clean/x", tables, everybody)] == ["4 rows", "4 rows"]
