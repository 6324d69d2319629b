"""When a check may wait for the end of the run: only where the end of the run is certain to come after it."""

from types import SimpleNamespace

import dagster as dg
import pytest

from klimat_pipeline.definitions import defs
from klimat_pipeline.defs.asset_factory import _are_gathered_later

WHOLE = defs.resolve_job_def("nightly_refresh")


def context(job: dg.JobDefinition, steps: list[str] | None = None) -> dg.AssetExecutionContext:
    """What the function looks at of a running step."""
    return SimpleNamespace(job_def=job, run=SimpleNamespace(step_keys_to_execute=steps))  # type: ignore[return-value]


def part(*keys: str) -> dg.JobDefinition:
    chosen = dg.AssetSelection.assets(*(key.split("/") for key in keys))
    job = dg.define_asset_job("part", selection=chosen, executor_def=dg.in_process_executor)
    own = dg.Definitions(assets=defs.assets, jobs=[job], resources=defs.resources, loggers=defs.loggers)
    return own.resolve_job_def("part")


@pytest.mark.parametrize(
    ("steps", "expected"), [(None, True), (["pathways", "gathered_findings", "publish"], True), (["publish"], False)]
)
def test_a_run_of_all_tables_answers_at_its_end(steps: list[str] | None, expected: bool) -> None:
    assert _are_gathered_later(context(WHOLE, steps)) is expected


def test_a_run_of_a_part_answers_at_once() -> None:
    """Dagster knows of no order between the two: the findings could be gathered first, and nobody would ask again."""
    assert not _are_gathered_later(context(part("clean/reported_emissions", "quality/data_quality")))
