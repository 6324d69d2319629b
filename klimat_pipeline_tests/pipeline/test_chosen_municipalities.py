"""``klimat refresh --municipality 1280 -m 1283`` in the whole country, published to PostgreSQL too.

What is not shown is not computed, and no figure moves: Malmö's, which has no folder, and Helsingborg's, which has one.
"""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from klimat_pipeline.contracts import PUBLISHED
from klimat_pipeline_tests.pipeline.commands import Answer, Klimat
from klimat_pipeline_tests.pipeline.conftest import PASSWORD
from klimat_pipeline_tests.support.default_refresh import Refresh
from klimat_pipeline_tests.support.for_each import for_each
from klimat_pipeline_tests.support.questions import questions
from klimat_pipeline_tests.support.shared import REPOSITORY

CHOSEN = ("1280", "1283")
WITHOUT_ROWS = (
    *("facility_claims", "neutrality_by_allocation_key"),
    *("gases", "group_comparison", "land_use", "traded_emissions"),
)
#: Tables that tell of the run.
OF_THE_RUN = ("data_quality", "run_manifest")

Ask = Callable[[str], list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, database: str) -> tuple[Klimat, Answer]:
    environment = (("KLIMAT_DATABASE_URL", database), ("KLIMAT_PROJECT_DIR", str(REPOSITORY)))
    klimat = Klimat(tmp_path_factory.mktemp("data"), environment)
    answer = klimat("refresh", "--municipality", "1280", "-m", "1283")
    assert answer.code == 0, answer.text
    return klimat, answer


@pytest.mark.parametrize("name", ["emissions", "sector_indicators", "targets", "subsector_emissions", "municipalities"])
def test_only_the_chosen_are_published(run: tuple[Klimat, Answer], name: str) -> None:
    shown = {code for (code,) in run[0].rows(f"SELECT DISTINCT municipality_code FROM {name}")}
    assert shown == set(CHOSEN)


def test_their_figures_are_those_of_a_run_for_all(run: tuple[Klimat, Answer], default_refresh: Refresh) -> None:
    """Ranks, forecasts and the nation rest on everybody."""
    klimat, for_all = run[0], Klimat(default_refresh.data)
    for name, contract in PUBLISHED.items():
        if name in OF_THE_RUN:
            continue
        columns = [column for column in contract.column_names if column not in ("publication_id", "run_id")]
        query = f"SELECT {', '.join(columns)} FROM {name}"
        whose = f"WHERE municipality_code IN {CHOSEN}" if "municipality_code" in columns else ""
        if name == "area_totals":
            whose += " OR municipality_code IS NULL"
        assert sorted(map(repr, klimat.rows(query))) == sorted(map(repr, for_all.rows(f"{query} {whose}"))), name
    for code in CHOSEN:
        assert klimat.one("SELECT count(*) FROM sector_indicators WHERE municipality_code = ?", code) > 200


def test_indicators_of_others_are_not_computed(run: tuple[Klimat, Answer]) -> None:
    from klimat_pipeline.storage import TableStore

    store = TableStore(run[0].data / "intermediate")
    for key in (
        "indicators/sector_indicators",
        "inventory/inventory_territory",
        "indicators/provenance",
        "scenarios/pathways",
    ):
        assert set(store.read(key)["municipality_code"]) == set(CHOSEN), key
    assert store.read("indicators/municipality_comparison")["municipality_code"].nunique() == 290


def test_remarks_are_about_them_and_the_nation(run: tuple[Klimat, Answer], default_refresh: Refresh) -> None:
    shown = run[0].rows("SELECT DISTINCT area_code FROM area_totals WHERE area_level = 'municipality' ORDER BY 1")
    assert shown == [(code,) for code in CHOSEN]
    query = "SELECT offending_keys FROM data_quality WHERE outcome = 'failed' AND offending_keys LIKE '%ipality_code=%'"

    def others(klimat: Klimat) -> list[str]:
        return [
            keys for (keys,) in klimat.rows(query) if not any(f"municipality_code={code}" in keys for code in CHOSEN)
        ]

    assert others(run[0]) == []
    assert others(Klimat(default_refresh.data))


def test_nation_stays_for_comparison(run: tuple[Klimat, Answer]) -> None:
    assert run[0].rows("SELECT DISTINCT area_code FROM area_totals WHERE area_level = 'nation'") == [("00",)]


def test_choice_stands_in_the_manifest(run: tuple[Klimat, Answer]) -> None:
    assert (
        run[0].one("SELECT item_value FROM run_manifest WHERE item_name = 'municipalities' AND item_kind = 'option'")
        == "1280 1283"
    )


def test_nothing_is_out_of_date_afterwards(run: tuple[Klimat, Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    """The sensor asks whether what the last run was for has changed, not whether it was for all."""
    import dagster as dg

    from klimat_pipeline.defs.inputs import changed_inputs
    from klimat_pipeline.defs.instance import instance
    from klimat_pipeline.settings import Settings

    for name, value in (("KLIMAT_DATA_DIR", str(run[0].data)), *run[0].environment):
        monkeypatch.setenv(name, value)
    with instance(Settings(data_dir=run[0].data)) as history:
        answer = changed_inputs(dg.build_sensor_context(instance=history))
    assert str(getattr(answer, "skip_message", "")).startswith("inputs are still")


def test_same_choice_again_is_up_to_date_and_another_is_not(run: tuple[Klimat, Answer]) -> None:
    answer = run[0]("refresh", "--municipality", "1283", "-m", "1280", "-m", "1283")
    assert answer.code == 0 and "up to date" in answer.text, answer.text


@for_each(name=list(PUBLISHED))
def test_database_shows_the_same_rows(run: tuple[Klimat, Answer], ask_database: Ask, name: str) -> None:
    texts = [c.name for c in PUBLISHED[name].columns if c.kind in {"string", "integer"}]
    numbers = [c.name for c in PUBLISHED[name].columns if c.kind == "number"]
    listed = ", ".join(f'"{column}"' for column in [*texts, *numbers])
    key = lambda row: tuple(map(str, row[: len(texts)]))  # noqa: E731
    here = sorted(run[0].rows(f"SELECT {listed} FROM {name}"), key=key)
    there = sorted(ask_database(f"SELECT {listed} FROM klimat.{name}"), key=key)
    # Purchases are those of the invented example only; the checkout has no file for the others.
    assert bool(here) != (name.startswith("spend_") or name in WITHOUT_ROWS)
    assert there == here


def test_password_is_nowhere(run: tuple[Klimat, Answer], database: str) -> None:
    klimat, answer = run
    assert PASSWORD in database
    assert "PostgreSQL" in answer.text
    assert PASSWORD not in answer.text
    files = [path for path in klimat.data.rglob("*") if path.is_file()]
    assert len(files) > 20
    assert [path for path in files if PASSWORD.encode() in path.read_bytes()] == []


def test_password_is_not_in_the_message_about_a_database_that_is_gone(run: tuple[Klimat, Answer], tmp_path) -> None:
    url = f"postgresql://klimat:{PASSWORD}@127.0.0.1:1/klimat"
    gone = Klimat(run[0].data, (*run[0].environment, ("KLIMAT_DATABASE_URL", url)))
    answer = gone("refresh", "--municipality", "1280", "-m", "1283")
    assert answer.code == 69, answer.text  # a service that does not answer
    assert PASSWORD not in answer.text
    assert "127.0.0.1" in answer.text
    assert "What is published stays" in answer.text
    files = [path for path in run[0].data.rglob("*") if path.is_file()]
    assert [path for path in files if PASSWORD.encode() in path.read_bytes()] == []


def test_the_questions_have_the_same_answers_in_postgresql_and_sqlite(
    run: tuple[Klimat, Answer], database: str
) -> None:
    """Of one publication; in any order, since rows of one value may change places."""
    import psycopg

    path = run[0].data / "published" / "klimat_mart.sqlite"
    with closing(sqlite3.connect(path)) as sqlite, psycopg.connect(database) as postgres:
        postgres.execute("SET search_path TO klimat_mart")
        answers = [[_comparable(one.execute(query)) for query in questions()] for one in (sqlite, postgres)]
    assert answers[0] == answers[1]
    assert sum(map(bool, answers[0])) >= 10  # there is no ledger here, and nothing stale


def _comparable(rows: Iterable[tuple[object, ...]]) -> list[tuple[str, ...]]:
    return sorted(tuple(map(_as_text, row)) for row in rows)


def _as_text(value: object) -> str:
    """SQLite has no times, and numbers come as PostgreSQL's decimals or as floats."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    return f"{value:.6g}" if isinstance(value, float | Decimal) else str(value)
