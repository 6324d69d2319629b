from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from klimat_pipeline.contracts import Table
from klimat_pipeline.errors import PublishError
from klimat_pipeline.published import postgres_connection
from klimat_pipeline.published.postgres_store import physical_name
from klimat_pipeline.published.publication import current_publications, publish
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.unit.published.examples import (
    CONTRACTS,
    EMISSIONS,
    FETCHED,
    FIRST,
    FOURTH,
    NOW,
    SECOND,
    THIRD,
    tables,
    with_added_column,
    without_column,
)


class Database:
    """Publishes to a database and asks it, as its owner, who may see everything."""

    def __init__(self, settings: Settings, connection: "psycopg.Connection[tuple[Any, ...]]") -> None:
        self.settings = settings
        self.connection = connection
        self.now = NOW

    def publish(self, publication_id: str, contracts: dict[str, Table] = CONTRACTS) -> None:
        publish(
            tables(publication_id, contracts),
            publication_id=publication_id,
            settings=self.settings,
            now=self.now,
            contracts=contracts,
        )
        self.now += timedelta(days=1)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query.encode()).fetchall()

    def do(self, statement: str) -> None:
        self.connection.execute(statement.encode())

    def columns(self, view: str) -> list[str]:
        query = f"SELECT attname FROM pg_attribute WHERE attrelid = '{view}'::regclass ORDER BY attnum"
        return [name for (name,) in self.ask(query)]

    def identity(self) -> list[tuple[Any, ...]]:
        """Object and last change of every view: replacing one, even by itself, shows here."""
        return self.ask(
            "SELECT c.oid, c.xmin::text, r.xmin::text FROM pg_class c JOIN pg_rewrite r ON r.ev_class = c.oid "
            "WHERE c.relnamespace = 'klimat'::regnamespace ORDER BY 1"
        )


@pytest.fixture
def database(settings: Settings, database_url: SecretStr) -> Iterator[Database]:
    with psycopg.connect(database_url.get_secret_value(), autocommit=True) as connection:
        connection.execute("SET timezone TO 'UTC'")
        yield Database(settings.model_copy(update={"database_url": database_url}), connection)


def test_values_arrive_as_they_are(database: Database) -> None:
    database.publish(FIRST)
    columns = ", ".join(EMISSIONS.column_names)
    assert database.ask(f"SELECT {columns} FROM klimat.emissions ORDER BY year") == [
        (2023, "0180", 0.1, 12, False, FETCHED, "", FIRST),
        (2024, "1283", None, None, True, None, None, FIRST),
    ]
    assert database.ask("SELECT sector_code FROM klimat.sectors") == [('a; "b"\nå',)]
    assert database.ask("SELECT * FROM klimat_store.pointer") == [(FIRST, NOW)]
    assert database.ask("SELECT * FROM klimat_store.publications") == [(FIRST, NOW)]


def test_views_have_the_contracts_order_and_comments_and_tables_a_key(database: Database) -> None:
    database.publish(FIRST)
    assert database.columns("klimat.emissions") == EMISSIONS.column_names
    view = "'klimat.emissions'::regclass"
    assert database.ask(f"SELECT obj_description({view}), col_description({view}, 3)") == [
        ("Emissions of municipalities.", "Emissions. Unit: t CO2e.")
    ]
    table = physical_name("emissions", EMISSIONS)
    assert database.ask(
        f"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'p' "
        f"AND conrelid = 'klimat_store.{table}'::regclass"
    ) == [("PRIMARY KEY (publication_id, municipality_code, year)",)]


def test_a_republish_touches_no_view(database: Database) -> None:
    database.publish(FIRST)
    before = database.identity()
    database.publish(SECOND)
    assert database.identity() == before
    assert database.ask("SELECT DISTINCT publication_id FROM klimat.emissions") == [(SECOND,)]


def test_the_last_publications_are_kept(database: Database) -> None:
    for publication_id in (FIRST, SECOND, THIRD, FOURTH):
        database.publish(publication_id)
    kept = [(SECOND,), (THIRD,), (FOURTH,)]
    assert database.ask("SELECT publication_id FROM klimat_store.publications ORDER BY 1") == kept
    table = physical_name("sectors", CONTRACTS["sectors"])
    assert database.ask(f"SELECT publication_id FROM klimat_store.{table} ORDER BY 1") == kept


def test_grants_comments_and_views_of_others_survive_an_added_column(database: Database) -> None:
    database.publish(FIRST)
    database.do("CREATE VIEW public.mine AS SELECT year, emissions_t_co2e FROM klimat.emissions")
    database.do("CREATE VIEW klimat.theirs AS SELECT count(*) AS n FROM klimat.emissions")
    database.do("COMMENT ON VIEW klimat.emissions IS 'our comment'")
    database.do("GRANT SELECT ON klimat.emissions TO PUBLIC")
    changed = with_added_column("change_pct")
    database.publish(SECOND, changed)
    # At the end, since only there a view can grow in place.
    assert database.columns("klimat.emissions") == [*EMISSIONS.column_names, "change_pct"]
    assert database.ask("SELECT year, emissions_t_co2e FROM public.mine ORDER BY 1") == [(2023, 0.1), (2024, None)]
    assert database.ask("SELECT n FROM klimat.theirs") == [(2,)]
    view = "'klimat.emissions'::regclass"
    assert database.ask(f"SELECT obj_description({view}), has_table_privilege('public', {view}, 'SELECT')") == [
        ("our comment", True)
    ]
    assert database.ask(f"SELECT col_description({view}, 9)") == [("Added later. Unit: %.",)]
    before = database.identity()
    database.publish(THIRD, changed)
    assert database.identity() == before


def test_a_removed_column_that_others_use_stops_publishing_and_names_them(database: Database) -> None:
    database.publish(FIRST)
    database.do("CREATE VIEW public.mine AS SELECT year, note FROM klimat.emissions")
    with pytest.raises(PublishError, match=r"klimat\.emissions has other columns now.*view mine depends on"):
        database.publish(SECOND, without_column("note"))
    assert database.ask("SELECT year, note FROM public.mine ORDER BY 1") == [(2023, ""), (2024, None)]
    assert current_publications(database.settings, contracts=CONTRACTS) == dict.fromkeys(
        ("postgresql", "sqlite", "parquet"), FIRST
    )
    assert database.ask("SELECT publication_id FROM klimat_store.publications") == [(FIRST,)]


def test_grants_and_comments_survive_a_removed_column(database: Database) -> None:
    database.publish(FIRST)
    database.do("COMMENT ON VIEW klimat.emissions IS 'our comment'")
    database.do("COMMENT ON COLUMN klimat.emissions.year IS 'our year'")
    database.do("GRANT SELECT ON klimat.emissions TO PUBLIC")
    database.do("GRANT SELECT (year, note) ON klimat.emissions TO pg_monitor WITH GRANT OPTION")
    database.publish(SECOND, without_column("note"))
    assert "note" not in database.columns("klimat.emissions")
    view = "'klimat.emissions'::regclass"
    assert database.ask(
        f"SELECT obj_description({view}), col_description({view}, 1), has_table_privilege('public', {view}, 'SELECT'), "
        f"has_column_privilege('pg_monitor', {view}, 'year', 'SELECT WITH GRANT OPTION')"
    ) == [("our comment", "our year", True, True)]


def test_a_table_no_longer_published_is_not_left_behind_empty(database: Database) -> None:
    database.publish(FIRST)
    database.do("CREATE VIEW klimat.own AS SELECT publication_id FROM klimat_store.pointer")
    only_emissions = {"emissions": EMISSIONS}
    for publication_id in (SECOND, THIRD, FOURTH):
        database.publish(publication_id, only_emissions)
    assert database.ask("SELECT viewname FROM pg_views WHERE schemaname = 'klimat' ORDER BY 1") == [
        ("emissions",),
        ("own",),
        ("publication",),
    ]
    # Its rows went with the last publication that had it.
    assert database.ask("SELECT relname FROM pg_class WHERE relname LIKE 'sectors\\_\\_%' AND relkind = 'r'") == []


def test_a_table_of_somebody_s_own_is_not_replaced(database: Database) -> None:
    database.do("CREATE SCHEMA klimat")
    database.do("CREATE TABLE klimat.sectors AS SELECT 1 AS mine")
    with pytest.raises(PublishError, match=r"klimat\.sectors is somebody's own table"):
        database.publish(FIRST)
    assert database.ask("SELECT mine FROM klimat.sectors") == [(1,)]
    assert set(current_publications(database.settings, contracts=CONTRACTS).values()) == {None}


def test_a_stored_table_changed_by_hand_is_named(database: Database) -> None:
    database.publish(FIRST)
    table = physical_name("sectors", CONTRACTS["sectors"])
    database.do(f"ALTER TABLE klimat_store.{table} ADD COLUMN extra text")
    database.publish(SECOND)
    database.do("DROP VIEW klimat.sectors")
    database.do(f"ALTER TABLE klimat_store.{table} DROP COLUMN sector_code")
    with pytest.raises(PublishError, match=rf"{table} was changed by hand.*sector_code"):
        database.publish(THIRD)


def test_a_view_that_was_dropped_by_hand_comes_back(database: Database) -> None:
    database.publish(FIRST)
    database.do("DROP VIEW klimat.sectors")
    assert current_publications(database.settings, contracts=CONTRACTS)["postgresql"] is None
    database.publish(FIRST)
    assert database.ask("SELECT publication_id FROM klimat.sectors") == [(FIRST,)]


def test_a_reader_delays_no_republish(
    database: Database, database_url: SecretStr, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader stays until it is published: a publication that had to wait for it would never get there."""
    monkeypatch.setattr(postgres_connection, "LOCK_TIMEOUT", "60s")
    monkeypatch.setattr(postgres_connection, "LOCK_ATTEMPTS", 1)
    database.publish(FIRST)
    with psycopg.connect(database_url.get_secret_value()) as reader:
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT * FROM klimat.emissions, klimat.sectors").fetchall()
        database.publish(SECOND)
        assert reader.execute("SELECT DISTINCT publication_id FROM klimat.emissions").fetchall() == [(FIRST,)]


def test_a_reader_in_the_way_of_a_changed_view_is_waited_for_only_briefly(
    database: Database, database_url: SecretStr, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.publish(FIRST)
    with psycopg.connect(database_url.get_secret_value()) as reader, monkeypatch.context() as patch:
        # The reader stays, so any wait is too short; the shortest does.
        patch.setattr(postgres_connection, "LOCK_TIMEOUT", "1ms")
        patch.setattr(postgres_connection, "LOCK_ATTEMPTS", 2)
        reader.execute("SELECT * FROM klimat.emissions").fetchall()
        with pytest.raises(PublishError, match="somebody's query held a view or table that had to change, 2 times 1ms"):
            database.publish(SECOND, with_added_column("change_pct"))
    assert database.ask("SELECT DISTINCT publication_id FROM klimat.emissions") == [(FIRST,)]
    database.publish(SECOND, with_added_column("change_pct"))
    assert database.ask("SELECT DISTINCT publication_id FROM klimat.emissions") == [(SECOND,)]


def test_a_reader_in_the_way_of_a_changed_view_is_waited_for(
    database: Database, database_url: SecretStr, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends while the publisher waits for its lock, as the server tells."""
    monkeypatch.setattr(postgres_connection, "LOCK_TIMEOUT", "60s")
    monkeypatch.setattr(postgres_connection, "LOCK_ATTEMPTS", 1)
    database.publish(FIRST)
    url = database_url.get_secret_value()
    with psycopg.connect(url) as reader, psycopg.connect(url, autocommit=True) as watch, ThreadPoolExecutor(1) as pool:
        reader.execute("SELECT * FROM klimat.emissions").fetchall()
        published = pool.submit(database.publish, SECOND, with_added_column("change_pct"))
        # Without a sleep: every question lets the server work meanwhile.
        while not watch.execute(
            "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'klimat.emissions'::regclass"
        ).fetchall():
            assert not published.done(), "it did not have to wait"
        reader.rollback()
        published.result()
    assert database.ask("SELECT DISTINCT publication_id FROM klimat.emissions") == [(SECOND,)]


def test_the_index_leads_with_the_publication_whatever_the_contract_s_order() -> None:
    other = replace(EMISSIONS, primary_key=("year", "municipality_code"))
    assert physical_name("emissions", EMISSIONS) != physical_name("emissions", other)
    assert physical_name("emissions", EMISSIONS) == physical_name("emissions", replace(EMISSIONS, description="x"))


def test_a_database_in_another_encoding(settings: Settings, database_url: SecretStr) -> None:
    url = database_url.get_secret_value()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE in_latin1 ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        name = connection.info.dbname
    in_latin1 = url.replace(f"/{name}?", "/in_latin1?")
    elsewhere = settings.model_copy(update={"database_url": SecretStr(in_latin1)})
    publish(tables(FIRST), publication_id=FIRST, settings=elsewhere, now=NOW, contracts=CONTRACTS)
    with psycopg.connect(in_latin1, client_encoding="utf8") as connection:
        assert connection.execute("SELECT sector_code FROM klimat.sectors").fetchall() == [('a; "b"\nå',)]


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg", "postgresql+psycopg2"])
def test_spellings_of_the_url(settings: Settings, database_url: SecretStr, scheme: str) -> None:
    url = database_url.get_secret_value().replace("postgresql://", f"{scheme}://")
    spelled = settings.model_copy(update={"database_url": SecretStr(url)})
    assert current_publications(spelled)["postgresql"] is None
    publish(tables(FIRST), publication_id=FIRST, settings=spelled, now=NOW, contracts=CONTRACTS)
    assert current_publications(spelled, contracts=CONTRACTS)["postgresql"] == FIRST


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://someone:s3cr%20t!@127.0.0.1:1/klimat",
        "postgresql://someone:s3cr%zzt!@127.0.0.1:1/klimat",
        "postgresql://someone:s3cr@t!@127.0.0.1:1/klimat",
        "postgresql://someone:s3cr/t!@127.0.0.1:1/klimat",
        "postgresql://127.0.0.1:1/klimat?user=someone&password=s3cr%20t!",
        "mysql://someone:s3cr%20t!@127.0.0.1:1/klimat",
        "someone:s3cr%20t!",
    ],
)
def test_no_error_shows_the_password(settings: Settings, url: str) -> None:
    wrong = settings.model_copy(update={"database_url": SecretStr(url)})
    assert current_publications(wrong)["postgresql"] is None
    with pytest.raises(PublishError) as caught:
        publish(tables(FIRST), publication_id=FIRST, settings=wrong, now=NOW, contracts=CONTRACTS)
    error = caught.value
    assert "s3cr" not in str(error)
    assert "t!" not in str(error)
    # Nor what a traceback would print with it.
    assert error.__suppress_context__ or error.__context__ is None
    assert error.__cause__ is None


def test_an_error_says_in_one_line_what_happened_and_what_to_do() -> None:
    """No command is called "publish", and ``klimat init`` or ``klimat backup`` may be what met it."""
    url = SecretStr("postgresql://nobody@127.0.0.1:9/x")
    with pytest.raises(PublishError) as stopped, postgres_connection.in_clear_words(url):
        postgres_connection.connect(url)
    told = str(stopped.value)
    assert told.startswith("PostgreSQL: connection failed: ") and "\n" not in told
    assert told.endswith("connections? What is published stays; run the command again when the cause is mended")


def test_a_password_in_a_message_of_the_server_is_hidden() -> None:
    url = SecretStr("postgresql+psycopg://someone:p%40ss@host/klimat")
    text = 'cannot use "postgresql+psycopg://someone:p%40ss@host/klimat": p@ss and p%40ss are wrong'
    assert postgres_connection.redacted(text, url) == 'cannot use "***": *** and *** are wrong'
