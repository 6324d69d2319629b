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
