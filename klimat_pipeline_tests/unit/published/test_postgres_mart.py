"""The mart in PostgreSQL: keys that tools see, one switch, versions, and who may read."""

import functools
import re
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql
from pydantic import SecretStr

from klimat_pipeline.contracts import MART
from klimat_pipeline.errors import PublishError
from klimat_pipeline.published.candidate import Candidate, candidate
from klimat_pipeline.published.postgres_mart import PostgresMartTarget
from klimat_pipeline.published.postgres_roles import READER, prepare_database
from klimat_pipeline_tests.support.postgres import database_url, postgres_server
from klimat_pipeline_tests.support.stars import STARTED, small_star

__all__ = ["database_url", "postgres_server"]
IDS = [f"pub-{number:016x}" for number in range(1, 5)]


@functools.cache
def mart(number: int) -> Candidate:
    """What is published on that day; nobody changes it."""
    now = STARTED + timedelta(days=number)
    return candidate(small_star(IDS[number], now), publication_id=IDS[number], now=now, contracts=MART)


def publish(url: SecretStr, number: int, keep: int = 3) -> list[str]:
    target, made = PostgresMartTarget(url, keep), mart(number)
    try:
        target.open()
        target.stage(made)
        target.switch(made)
        return target.tidy()
    finally:
        target.close()


def connected(url: SecretStr) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(url.get_secret_value(), autocommit=True)


@pytest.fixture
def admin(database_url: SecretStr) -> "Iterator[psycopg.Connection[tuple[object, ...]]]":
    with connected(database_url) as connection:
        yield connection
        # Roles belong to the whole server.
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (READER,)).fetchone():
            connection.execute(sql.SQL("DROP OWNED BY {}; DROP ROLE {}").format(*[sql.Identifier(READER)] * 2))


def schemas(connection: "psycopg.Connection[tuple[object, ...]]") -> list[object]:
    rows = connection.execute("SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'klimat%' ORDER BY 1")
    return [name for (name,) in rows.fetchall()]


def test_sqlalchemy_sees_tables_keys_indexes_and_comments(database_url: SecretStr) -> None:
    publish(database_url, 0)
    seen = sa.inspect(
        sa.create_engine(database_url.get_secret_value().replace("postgresql://", "postgresql+psycopg://"))
    )
    assert set(seen.get_table_names("klimat_mart")) == {*MART, "publication"}
    for name, contract in MART.items():
        assert seen.get_pk_constraint(name, "klimat_mart")["constrained_columns"] == list(contract.primary_key)
        keys = {
            (*key["constrained_columns"], key["referred_table"], *key["referred_columns"])
            for key in seen.get_foreign_keys(name, "klimat_mart")
        }
        assert keys == set(contract.foreign_keys)
        assert all(key["referred_schema"] == "klimat_mart" for key in seen.get_foreign_keys(name, "klimat_mart"))
        indexed = {index["column_names"][0] for index in seen.get_indexes(name, "klimat_mart")}
        assert {column for column, *_ in contract.foreign_keys} <= indexed | {contract.primary_key[0]}
        assert all(column["comment"] for column in seen.get_columns(name, "klimat_mart"))


def test_booleans_and_times_arrive_as_such(
    database_url: SecretStr, admin: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    publish(database_url, 0)
    query = "SELECT is_latest, switched_at FROM klimat_mart.dim_year, klimat_mart.fact_refresh WHERE year = 2024"
    assert admin.execute(query).fetchall() == [(True, STARTED)]


def test_versions_are_kept_beside_what_is_shown(
    database_url: SecretStr, admin: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    for number in range(4):
        assert publish(database_url, number, keep=2) == []
    last, before = (name.removeprefix("pub-") for name in (IDS[3], IDS[2]))
    assert schemas(admin) == sorted(
        ["klimat_mart", f"klimat_mart_{before}", f"klimat_mart_{last}", f"klimat_mart_tables_{before}"]
    )
    for schema, expected in (("klimat_mart", IDS[3]), (f"klimat_mart_{before}", IDS[2])):
        for name in (*MART, "publication"):
            query = sql.SQL("SELECT DISTINCT publication_id FROM {}").format(sql.Identifier(schema, name))
            assert set(admin.execute(query).fetchall()) <= {(expected,)}


def test_one_version_with_a_connection_a_table_while_publishing(database_url: SecretStr) -> None:
    """As docs/bi.md says: ask for the publication, then read its schema, whatever is published meanwhile."""
    publish(database_url, 0)
    with connected(database_url) as connection:
        ((found,),) = connection.execute("SELECT publication_id FROM klimat_mart.publication").fetchall()
    seen = set()
    for number, name in enumerate(("dim_year", "fact_emissions", "fact_refresh")):
        if number:
            publish(database_url, number)
        with connected(database_url) as connection:
            schema = f"klimat_mart_{str(found).removeprefix('pub-')}"
            query = sql.SQL("SELECT DISTINCT publication_id FROM {}").format(sql.Identifier(schema, name))
            seen |= set(connection.execute(query).fetchall())
    assert seen == {(IDS[0],)}


def test_a_reader_in_the_middle_delays_no_switch(database_url: SecretStr) -> None:
    publish(database_url, 0)
    with psycopg.connect(database_url.get_secret_value()) as reader:
        query = "SELECT count(*), min(publication_id) FROM klimat_mart.fact_emissions"
        assert reader.execute(query).fetchone() == (4, IDS[0])
        publish(database_url, 1)
        assert reader.execute(query).fetchone() == (4, IDS[1])


def test_the_reader_reads_what_is_published_and_nothing_else(
    database_url: SecretStr, admin: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    """Before and after publications, whichever comes first; twice is as once."""
    prepare_database(database_url)
    for number in range(3):
        publish(database_url, number, keep=2)
        prepare_database(database_url)
        admin.execute("CREATE TABLE IF NOT EXISTS public.secret AS SELECT 1 AS x")
        admin.execute("SET ROLE klimat_reader")
        assert admin.execute("SELECT count(*) FROM klimat_mart.fact_emissions").fetchone() == (4,)
        version = sql.Identifier(f"klimat_mart_{IDS[number].removeprefix('pub-')}", "publication")
        assert admin.execute(sql.SQL("SELECT publication_id FROM {}").format(version)).fetchone() == (IDS[number],)
        for forbidden in ("SELECT * FROM public.secret", "DELETE FROM klimat_mart.fact_gap", "CREATE SCHEMA mine"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                admin.execute(forbidden)
        admin.execute("RESET ROLE")
    limits = admin.execute("SELECT rolconfig FROM pg_roles WHERE rolname = %s", (READER,)).fetchone()
    assert limits is not None
    assert {"statement_timeout=5min", "idle_in_transaction_session_timeout=1min"} <= set(limits[0])  # type: ignore[call-overload]


def test_the_right_to_make_roles_is_needed_once(
    database_url: SecretStr, admin: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    for role in (READER, "klimat_owner"):
        admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))
    admin.execute("CREATE ROLE klimat_owner LOGIN")
    admin.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO klimat_owner").format(sql.Identifier(admin.info.dbname)))
    own = SecretStr(database_url.get_secret_value().replace("://postgres", "://klimat_owner", 1))
    with pytest.raises(PublishError, match='ALTER ROLE "klimat_owner" CREATEROLE; then klimat db init again'):
        prepare_database(own)
    admin.execute("ALTER ROLE klimat_owner CREATEROLE")
    assert "made, without a password" in prepare_database(own)[0]
    admin.execute("ALTER ROLE klimat_owner NOCREATEROLE")
    assert "was there" in prepare_database(own)[0]
    admin.execute("DROP OWNED BY klimat_owner")
    admin.execute("DROP ROLE klimat_owner")


def test_a_reader_that_somebody_else_has_made_is_one_more_step(
    database_url: SecretStr, admin: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    """Since PostgreSQL 16 even CREATEROLE does not reach it: what the message says is what helps, and nothing more."""
    for role in (READER, "klimat_owner"):
        admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))
    admin.execute("CREATE ROLE klimat_reader LOGIN")
    admin.execute("CREATE ROLE klimat_owner LOGIN CREATEROLE")
    admin.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO klimat_owner").format(sql.Identifier(admin.info.dbname)))
    own = SecretStr(database_url.get_secret_value().replace("://postgres", "://klimat_owner", 1))
    with pytest.raises(PublishError, match="is somebody else's") as stopped:
        prepare_database(own)
    statements = re.findall(r"ALTER ROLE [^;]+", str(stopped.value))
    assert len(statements) == 4
    for statement in statements:
        admin.execute(statement.encode())
    assert "was there" in prepare_database(own)[0]
    admin.execute("DROP OWNED BY klimat_owner")
    admin.execute("DROP ROLE klimat_owner")


def test_somebody_s_own_schema_is_not_replaced(
    database_url: SecretStr, admin: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    admin.execute("CREATE SCHEMA klimat_mart")
    admin.execute("CREATE TABLE klimat_mart.mine AS SELECT 1 AS x")
    with pytest.raises(PublishError, match="somebody's own tables"):
        publish(database_url, 0)
    assert schemas(admin) == ["klimat_mart"]


def test_what_others_have_built_on_an_old_version_stays(
    database_url: SecretStr, admin: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    publish(database_url, 0, keep=1)
    admin.execute("CREATE VIEW public.mine AS SELECT * FROM klimat_mart.dim_year")
    (remark,) = publish(database_url, 1, keep=1)
    assert "others build on it" in remark
    assert admin.execute("SELECT count(*) FROM public.mine").fetchone() == (35,)


def test_orphans_are_refused() -> None:
    tables = small_star(IDS[0])
    tables["dim_sector"] = tables["dim_sector"].slice(0, 1)
    with pytest.raises(PublishError, match=r"fact_emissions: no row of dim_sector for \['waste'\]"):
        candidate(tables, publication_id=IDS[0], now=STARTED, contracts=MART)
