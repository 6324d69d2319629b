"""After a refresh, each asset can be materialised alone, and each asset's checks can be run without it.

Without `make fuzz`, which tries them all, the last asset of every step stands for the others: they share its code.
"""

from collections.abc import Sequence
from pathlib import Path

import dagster as dg
import pytest

from klimat_pipeline.definitions import defs
from klimat_pipeline.defs.partitions import LEDGER_LINES
from klimat_pipeline.settings import load_settings
from klimat_pipeline_tests.support.default_refresh import Refresh
from klimat_pipeline_tests.support.properties import is_searching

GRAPH = defs.resolve_asset_graph()
STEPS = [
    sorted(each.keys) for each in defs.assets or [] if isinstance(each, dg.AssetsDefinition) and each.is_executable
]


@pytest.fixture(scope="module")
def data(small_refresh: Refresh, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_refresh.copy(tmp_path_factory.mktemp("alone") / "data")


@pytest.fixture
def history(data: Path, monkeypatch: pytest.MonkeyPatch) -> dg.DagsterInstance:
    monkeypatch.setenv("KLIMAT_DATA_DIR", str(data))
    return dg.DagsterInstance.ephemeral()


def run(history: dg.DagsterInstance, **asked: object) -> dg.ExecuteInProcessResult:
    job = defs.resolve_implicit_global_asset_job_def()
    quiet = {"loggers": {"progress": {}}}
    return job.execute_in_process(instance=history, raise_on_error=False, run_config=quiet, **asked)


#: Stages of the one step that publishes.
PUBLISHED_TOGETHER = ("published", "mart")


def checks_of(key: dg.AssetKey) -> set[str]:
    return {check.name for check in GRAPH.asset_check_keys if check.asset_key == key}


def test_each_asset_can_be_materialised_alone_with_its_checks(data: Path, history: dg.DagsterInstance) -> None:
    wrong = {}
    for key in [key for keys in STEPS for key in (keys if is_searching() else keys[-1:]) if key != LEDGER_LINES]:
        before = {path: path.stat().st_mtime_ns for path in (data / "intermediate").rglob("*.parquet")}
        result = run(history, asset_selection=[key])
        # The step of spend/spend_files tells of the partitions of typed lines that it has read.
        made = {event.asset_key for event in result.get_asset_materialization_events()} - {LEDGER_LINES}
        checked = {check.check_name for check in result.get_asset_check_evaluations()}
        touched = {
            str(path.relative_to(data / "intermediate").with_suffix(""))
            for path in (data / "intermediate").rglob("*.parquet")
            if before.get(path) != path.stat().st_mtime_ns and "ledger" not in path.parts
        }
        name = key.to_user_string()
        allowed = set() if key.path[0] in PUBLISHED_TOGETHER else {name, f"quality/of/{name}", f"quality/plots/{name}"}
        made_alone = key in made and (key.path[0] in PUBLISHED_TOGETHER or made == {key})
        if not (result.success and made_alone and checked == checks_of(key) and touched <= allowed):
            wrong[name] = (result.success, made, checks_of(key) - checked, touched - allowed)
    assert not wrong


def test_checks_can_be_run_without_their_table(data: Path, history: dg.DagsterInstance) -> None:
    for name in ("indicators/sector_indicators", "clean/targets"):
        key = dg.AssetKey(name.split("/"))
        path = data / "intermediate" / f"{name}.parquet"
        before = path.stat().st_mtime_ns
        selection = dg.AssetSelection.checks_for_assets(key)
        job = dg.define_asset_job("only_checks", selection=selection)
        own = dg.Definitions(assets=list(defs.assets or []), jobs=[job], resources=defs.resources, loggers=defs.loggers)
        result = own.resolve_job_def("only_checks").execute_in_process(instance=history)
        assert not result.get_asset_materialization_events()
        assert {check.check_name for check in result.get_asset_check_evaluations()} == checks_of(key)
        assert path.stat().st_mtime_ns == before


def test_a_failed_run_goes_on_from_where_it_failed(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed for a moment is run again, with what comes after it; what had succeeded is not."""
    from klimat_pipeline.defs.instance import instance
    from klimat_pipeline.scenarios import scenario_hindcast

    monkeypatch.setenv("KLIMAT_DATA_DIR", str(data))

    def fails(*_: object) -> None:
        raise OSError("no memory just now")

    with instance(load_settings()) as history:
        with monkeypatch.context() as broken:
            broken.setattr(scenario_hindcast, "hindcast", fails)
            first = last_steps().execute_in_process(instance=history, raise_on_error=False)
            assert not first.success
            assert "gap_and_neutrality" in succeeded(first.all_events)
        options = dg.ReexecutionOptions.from_failure(first.run_id, history)
        with dg.execute_job(dg.reconstructable(last_steps), instance=history, reexecution_options=options) as second:
            assert second.success
            steps = succeeded(second.all_events)
    assert {"pathways", "publish"} <= steps
    assert "gap_and_neutrality" not in steps


def succeeded(events: Sequence[dg.DagsterEvent]) -> set[str | None]:
    return {event.step_key for event in events if event.event_type_value == "STEP_SUCCESS"}


def last_steps() -> dg.JobDefinition:
    """The last steps of the main job: those before them cost more and go on in the same way."""
    selection = dg.AssetSelection.groups("scenarios", "published", "mart")
    own = dg.Definitions(
        assets=defs.assets,
        jobs=[dg.define_asset_job("last_steps", selection=selection, executor_def=dg.in_process_executor)],
        resources=defs.resources,
        loggers=defs.loggers,
    )
    return own.resolve_job_def("last_steps")
