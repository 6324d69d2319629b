"""The dashboard in ``deploy/superset``: what it asks for is in the mart, and its parts fit together.

Superset itself is too large for the tests; the files were imported into it by hand (``docs/bi.md``).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import yaml

from klimat_pipeline_tests.support.default_refresh import Refresh
from klimat_pipeline_tests.support.shared import REPOSITORY

FOLDER = REPOSITORY / "deploy" / "superset"
#: Columns of a chart's parameters, and metrics.
COLUMNS, METRICS = ("x_axis", "groupby", "all_columns"), ("metric", "metrics")


def _all(folder: str) -> dict[str, Any]:
    found = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((FOLDER / folder).rglob("*.yaml"))]
    return {one["uuid"]: one for one in found}


DATASETS, CHARTS = _all("datasets"), _all("charts")
(DATABASE,), (DASHBOARD,) = _all("databases").values(), _all("dashboards").values()


@pytest.fixture(scope="module")
def mart(default_refresh: Refresh) -> Iterator[sqlite3.Connection]:
    """The mart under the name that its schema has in PostgreSQL."""
    path = default_refresh.data / "published" / "klimat_mart.sqlite"
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("ATTACH ? AS klimat_mart", [f"{path}"])
        yield connection


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=lambda one: one["table_name"])
def test_a_dataset_gives_the_columns_that_it_says(dataset: dict[str, Any], mart: sqlite3.Connection) -> None:
    asked = mart.execute(dataset["sql"])
    assert [name for name, *_ in asked.description] == [column["column_name"] for column in dataset["columns"]]
    assert asked.fetchone()
    for metric in dataset["metrics"]:
        mart.execute(f"SELECT {metric['expression']} FROM ({dataset['sql']})")


@pytest.mark.parametrize("chart", CHARTS.values(), ids=lambda one: one["slice_name"])
def test_a_chart_asks_for_what_its_dataset_has(chart: dict[str, Any], mart: sqlite3.Connection) -> None:
    dataset, params = DATASETS[chart["dataset_uuid"]], chart["params"]
    columns = {column["column_name"] for column in dataset["columns"]}
    metrics = {metric["metric_name"] for metric in dataset["metrics"]}
    assert {name for key in COLUMNS for name in _listed(params.get(key))} <= columns
    assert {name for key in METRICS for name in _listed(params.get(key))} <= metrics
    for asked in params["adhoc_filters"]:
        mart.execute(f"SELECT 1 FROM ({dataset['sql']}) WHERE {asked['sqlExpression']}")


def test_the_total_is_the_published_one(mart: sqlite3.Connection) -> None:
    """What the large figure of the dashboard shows of Helsingborg: 516,011.87 t in 2024, release of June 2026."""
    (chart,) = (one for one in CHARTS.values() if one["viz_type"] == "big_number_total")
    dataset = DATASETS[chart["dataset_uuid"]]
    (metric,) = (one for one in dataset["metrics"] if one["metric_name"] == chart["params"]["metric"])
    (where,) = chart["params"]["adhoc_filters"]
    asked = f"""
        SELECT {metric["expression"]} FROM ({dataset["sql"]})
        WHERE {where["sqlExpression"]} AND municipality_label_sv = 'Helsingborg'
    """
    assert mart.execute(asked).fetchone()[0] == pytest.approx(516_011.87, abs=0.005)


def test_purchases_are_those_of_one_year(mart: sqlite3.Connection) -> None:
    """The invented example's ledger holds 2022 and 2023."""
    assert _shown("Inköp", "DISTINCT year", mart) == [(2023,)]


def _shown(name: str, columns: str, mart: sqlite3.Connection, among: str = "TRUE") -> list[tuple[Any, ...]]:
    """Columns of the rows that a chart of that beginning shows."""
    (chart,) = (one for one in CHARTS.values() if one["slice_name"].startswith(name))
    where = " AND ".join(["TRUE", *(one["sqlExpression"] for one in chart["params"]["adhoc_filters"])])
    asked = f"SELECT {columns} FROM ({DATASETS[chart['dataset_uuid']]['sql']}) WHERE {where} AND {among}"
    return mart.execute(asked).fetchall()


def test_checks_that_warned_are_no_others(mart: sqlite3.Connection) -> None:
    """Checks that had nothing to look at have not warned."""
    shown = _shown("Kontroller", "check_outcome", mart)
    failed = mart.execute("SELECT checks_failed_count FROM klimat_mart.fact_refresh").fetchall()
    assert (set(shown), [(len(shown),)]) == ({("failed",)}, failed)


def test_the_whole_territory_has_its_gap_too(mart: sqlite3.Connection) -> None:
    """516,011.87 t less the 162,186.66 t that Helsingborg's target leaves; no sum of the parts has it in it."""
    columns = "row_gap_to_target_t_co2e, gap_to_target_t_co2e"
    ((own, part),) = _shown("Mål", columns, mart, "municipality_code = '1283' AND baseline_value > 1000000")
    assert (own, part) == (pytest.approx(353_825.21, abs=0.005), None)


def test_the_dashboard_shows_every_chart_once_and_filters_what_there_is() -> None:
    parts = [part for part in DASHBOARD["position"].values() if isinstance(part, dict)]
    shown = [part["meta"]["uuid"] for part in parts if part["type"] == "CHART"]
    assert sorted(shown) == sorted(CHARTS)
    assert {one["database_uuid"] for one in DATASETS.values()} == {DATABASE["uuid"]}
    for chosen in DASHBOARD["metadata"]["native_filter_configuration"]:
        for target in chosen["targets"]:
            columns = {column["column_name"] for column in DATASETS[target["datasetUuid"]]["columns"]}
            assert target["column"]["name"] in columns


def test_no_password_and_no_right_to_write_is_shipped() -> None:
    assert ":XXXXXXXXXX@" in DATABASE["sqlalchemy_uri"]
    assert not any(DATABASE[right] for right in ("allow_dml", "allow_ctas", "allow_cvas", "allow_file_upload"))


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []
