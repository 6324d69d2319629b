"""What Dagster shows: keys, groups, dependencies, checks, owners, schedule, lineage, and that it loads at all.

The snapshot beside this file makes every change of them visible in review. Renew it with
``KLIMAT_RENEW_SNAPSHOT=1 python -m pytest klimat_pipeline_tests/definitions``.
"""

import functools
import json
import os
import subprocess
import sys
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
import yaml
from dagster._utils.schedules import schedule_execution_time_iterator

from klimat_pipeline.contracts import MART, PUBLISHED, TABLES, Table
from klimat_pipeline.definitions import defs
from klimat_pipeline.published.shape import SHOWN
from klimat_pipeline_tests.support.for_each import for_each

SNAPSHOT = Path(__file__).with_name("snapshot.json")
STOCKHOLM = ZoneInfo("Europe/Stockholm")
#: Sorted: every worker of a parallel test run has to see the same order.
ALL_SPECS = {s.key.to_user_string(): s for s in sorted(defs.resolve_all_asset_specs(), key=lambda s: s.key.path)}
#: What is no table: everything that tables are made from, the dataset that only DuckDB reads, and pages for people.
NO_TABLES = {"sources/all_inputs", "spend/ledger_lines", "reports/climate_account"}
SPECS = {key: spec for key, spec in ALL_SPECS.items() if key not in NO_TABLES}
ASSETS = for_each(key=list(SPECS))


def described() -> dict[str, object]:
    """Everything of the definitions that a change should not alter unseen."""
    graph = defs.resolve_asset_graph()
    checks: dict[str, dict[str, str]] = {}
    for key in graph.asset_check_keys:
        spec = graph.get_check_spec(key)
        checks.setdefault(key.asset_key.to_user_string(), {})[key.name] = "blocking" if spec.blocking else "remark"
    return {
        "assets": {
            key: {
                "group": spec.group_name,
                "deps": sorted(dep.asset_key.to_user_string() for dep in spec.deps),
                "owners": list(spec.owners),
                "kinds": sorted(spec.kinds),
                "checks": dict(sorted(checks.get(key, {}).items())),
            }
            for key, spec in sorted(SPECS.items())
        },
        "jobs": sorted(job.name for job in defs.resolve_all_job_defs() if not job.name.startswith("__")),
        "schedules": {
            schedule.name: f"{schedule.cron_schedule} {schedule.execution_timezone}" for schedule in defs.schedules
        },
    }


def test_definitions_are_those_of_the_snapshot() -> None:
    now = json.dumps(described(), indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("KLIMAT_RENEW_SNAPSHOT") == "1":
        SNAPSHOT.write_text(now, encoding="utf-8")
    assert json.loads(now) == json.loads(SNAPSHOT.read_text(encoding="utf-8")), (
        "the definitions changed; if that is meant: "
        "KLIMAT_RENEW_SNAPSHOT=1 python -m pytest klimat_pipeline_tests/definitions"
    )


def test_every_contract_is_an_asset_and_every_asset_has_a_contract() -> None:
    assert sorted(SPECS) == sorted(TABLES)
    assert ALL_SPECS.keys() - SPECS.keys() == NO_TABLES


def test_no_asset_needs_its_group_to_be_understood() -> None:
    """Dagster's graph draws the last part of a key: it is the published table's name, or says by itself what it is.

    Only a table and what is published of it share one; of names that are not published, one word is enough for one.
    """
    assert {name: key.split("/")[1] for name, key in SHOWN.items()} == {name: name for name in SHOWN}
    names = [key.split("/")[1] for key in ALL_SPECS if key.split("/")[0] not in ("published", "mart")]
    assert [name for name in names if names.count(name) > 1] == []
    assert {name for name in names if "_" not in name and name not in PUBLISHED} == {"population"}


@ASSETS
def test_asset_says_what_it_is(key: str) -> None:
    spec, contract = SPECS[key], TABLES[key]
    assert spec.description == contract.description
    assert list(spec.owners) == [contract.owner]
    assert spec.group_name == key.split("/", maxsplit=1)[0] == contract.stage
    assert spec.kinds
    assert spec.tags["topic"] == contract.topic


@ASSETS
def test_column_schema_has_types_units_and_meanings(key: str) -> None:
    shown = SPECS[key].metadata["dagster/column_schema"]
    assert isinstance(shown, dg.TableSchema)
    contract = TABLES[key]
    assert [column.name for column in shown.columns] == contract.column_names
    for column, promised in zip(shown.columns, contract.columns, strict=True):
        assert column.type == promised.kind + (f" ({promised.unit})" if promised.unit else "")
        assert column.description == promised.description
        assert column.constraints.nullable == promised.nullable


def lineage_of(contract: Table) -> dict[str, set[str]]:
    return {column.name: set(column.lineage) for column in contract.columns if column.lineage}


@ASSETS
def test_column_lineage_is_the_contracts(key: str) -> None:
    shown = SPECS[key].metadata.get("dagster/column_lineage")
    found = {
        name: {f"{dep.asset_key.to_user_string()}.{dep.column_name}" for dep in deps}
        for name, deps in (shown.deps_by_column if shown else {}).items()
    }
    assert found == lineage_of(TABLES[key])


@functools.cache
def upstream(key: str) -> frozenset[str]:
    """Every asset that is made before this one."""
    direct = frozenset(dep.asset_key.to_user_string() for dep in ALL_SPECS[key].deps)
    return direct.union(*map(upstream, direct))


@ASSETS
def test_columns_come_from_tables_that_the_asset_is_made_after(key: str) -> None:
    """A lineage to a table that is not upstream would be a claim that nothing carries out."""
    before = upstream(key)
    sources = {source.rsplit(".", 1)[0] for column in TABLES[key].columns for source in column.lineage}
    assert sources <= before, sorted(sources - before)


@ASSETS
def test_no_asset_depends_on_a_later_stage(key: str) -> None:
    stages = [
        *(
            "sources",
            "raw",
            "clean",
            "corrected",
            "inventory",
            "spend",
            "indicators",
            "scenarios",
            "quality",
            "published",
            "mart",
        ),
    ]
    for dep in SPECS[key].deps:
        assert stages.index(dep.asset_key.path[0]) <= stages.index(key.split("/", maxsplit=1)[0])


def test_every_published_table_is_made_after_every_blocking_check() -> None:
    """Nothing is published beside a failed check: publishing is one step, and it waits for all tables."""
    graph = defs.resolve_asset_graph()
    guarded = {key.asset_key.to_user_string() for key in graph.asset_check_keys if graph.get_check_spec(key).blocking}
    publishing = {f"published/{name}" for name in PUBLISHED} | {f"mart/{name}" for name in MART}
    assert {name for key in publishing for name in upstream(key)} >= guarded - publishing


def test_findings_are_gathered_after_every_step_by_few_edges() -> None:
    """A run waits for steps, not for tables; an edge to each table would tie everything to everything in the graph."""
    steps = [each for each in defs.assets or [] if isinstance(each, dg.AssetsDefinition) and each.is_executable]
    step_of = {key: each.op.name for each in steps for key in each.keys}
    waits_for = {
        each.op.name: {step_of[dep] for deps in each.asset_deps.values() for dep in deps if dep in step_of}
        for each in steps
    }
    before, found = {"gathered_findings"}, set[str]()
    while before > found:
        found = set(before)
        before |= {step for name in found for step in waits_for[name]}
    checking = {name for key, name in step_of.items() if key.path[0] not in ("published", "mart", "reports")}
    assert checking - {"spend__ledger_lines"} == before
    assert len(SPECS["quality/data_quality"].deps) == 4


@for_each(key=[key for key in SPECS if key.split("/")[0] in ("indicators", "scenarios", "published", "mart")])
def test_figures_have_a_freshness_policy(key: str) -> None:
    policy = SPECS[key].freshness_policy
    assert policy is not None
    assert policy.warn_window.to_timedelta() < policy.fail_window.to_timedelta()


def test_every_table_is_checked_against_its_contract_and_that_blocks() -> None:
    graph = defs.resolve_asset_graph()
    for key in SPECS:
        if key.startswith(("published/", "mart/")):
            assert not graph.get_check_spec(dg.AssetCheckKey(dg.AssetKey(key.split("/")), "upstream")).blocking
        else:
            spec = graph.get_check_spec(dg.AssetCheckKey(dg.AssetKey(key.split("/")), "contract"))
            assert spec.blocking, key
            assert spec.description, key


def test_schedule_runs_at_a_quarter_past_five_in_stockholm() -> None:
    schedule = defs.resolve_schedule_def("nightly_refresh")
    assert schedule.cron_schedule == "15 5 * * *"
    assert schedule.execution_timezone == "Europe/Stockholm"
    assert schedule.job_name == "nightly_refresh"


def test_schedule_asks_for_news_only_and_the_job_by_hand_for_all() -> None:
    (request,) = defs.resolve_schedule_def("nightly_refresh").evaluate_tick(dg.build_schedule_context()).run_requests
    assert request.run_config == {"resources": {"project": {"config": {"only_if_changed": True}}}}
    job = defs.resolve_job_def("nightly_refresh")
    assert dg.validate_run_config(job, request.run_config)["resources"]["project"]["config"]["only_if_changed"] is True
    assert dg.validate_run_config(job, {})["resources"]["project"]["config"]["only_if_changed"] is False


@pytest.mark.parametrize("day", [datetime(2026, 3, 29), datetime(2026, 10, 25)])
def test_schedule_runs_once_on_the_days_of_daylight_saving(day: datetime) -> None:
    schedule = defs.resolve_schedule_def("nightly_refresh")
    midnight = day.replace(tzinfo=STOCKHOLM).timestamp()
    ticks = schedule_execution_time_iterator(midnight, schedule.cron_schedule, schedule.execution_timezone)
    times = (tick.astimezone(STOCKHOLM) for tick in ticks)
    assert [f"{t:%H:%M}" for t in takewhile(lambda t: t.date() == day.date(), times)] == ["05:15"]


@pytest.mark.parametrize("name", ["nightly_refresh", "housekeeping"])
def test_jobs_run_in_one_process(name: str) -> None:
    assert defs.resolve_job_def(name).executor_def is dg.in_process_executor


def test_nightly_job_makes_every_table() -> None:
    job = defs.resolve_job_def("nightly_refresh")
    assert {key.to_user_string() for key in job.asset_layer.executable_asset_keys} == set(SPECS)


def test_instance_reports_to_nobody(project: Path) -> None:
    shipped = yaml.safe_load((project / "data" / "dagster" / "dagster.yaml").read_text(encoding="utf-8"))
    assert shipped["telemetry"] == {"enabled": False}
    assert shipped["run_monitoring"]["enabled"] is True


def test_a_backfill_goes_on_in_parallel_and_refreshes_do_not(project: Path) -> None:
    shipped = yaml.safe_load((project / "data" / "dagster" / "dagster.yaml").read_text(encoding="utf-8"))
    runs = shipped["concurrency"]["runs"]
    assert runs["max_concurrent_runs"] > 1
    (limit,) = runs["tag_concurrency_limits"]
    assert limit["limit"] == 1
    assert limit["key"] in defs.resolve_job_def("nightly_refresh").tags
    assert limit["key"] not in defs.resolve_implicit_global_asset_job_def().tags


def test_dagster_itself_finds_nothing_to_object_to(project: Path, tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "dagster", "definitions", "validate", "-w", str(project / "workspace.yaml")],
        cwd=project,
        env={**os.environ, "DAGSTER_HOME": str(tmp_path), "KLIMAT_DATA_DIR": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (tmp_path / "data").exists(), "loading the definitions writes nothing"


def test_resources_can_be_replaced() -> None:
    from klimat_pipeline.definitions import build_defs
    from klimat_pipeline.defs.resources import Project

    own = build_defs({"project": Project(municipalities=["1283"])})
    assert own.resources["project"].municipalities == ["1283"]
    assert own.resources["workers"] is not None
    assert {spec.key for spec in own.resolve_all_asset_specs()} == {spec.key for spec in ALL_SPECS.values()}
