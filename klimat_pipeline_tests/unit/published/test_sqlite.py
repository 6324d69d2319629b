import hashlib
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing

import pytest

from klimat_pipeline.published.publication import publish
from klimat_pipeline.published.sqlite import SqliteTarget
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.damage import wrong_byte
from klimat_pipeline_tests.unit.published.examples import CONTRACTS, FIRST, NOW, SECOND, tables


@pytest.fixture
def connection(settings: Settings) -> Iterator[sqlite3.Connection]:
    publish(tables(FIRST), publication_id=FIRST, settings=settings, now=NOW, contracts=CONTRACTS)
    with closing(sqlite3.connect(settings.published_dir / "klimat.sqlite")) as opened:
        yield opened


def test_values_are_what_odbc_clients_read(connection: sqlite3.Connection) -> None:
    assert connection.execute("SELECT * FROM emissions ORDER BY year").fetchall() == [
        (2023, "0180", 0.1, 12, 0, "2026-01-02T03:04:05.000678Z", "", FIRST),
        (2024, "1283", None, None, 1, None, None, FIRST),
    ]
    assert connection.execute("SELECT sector_code FROM sectors").fetchall() == [('a; "b"\nå',)]
    types = connection.execute("SELECT DISTINCT typeof(population), typeof(is_latest_year) FROM emissions").fetchall()
    assert types == [("integer", "integer"), ("null", "integer")]


def test_the_publication_stands_in_a_table_of_its_own(connection: sqlite3.Connection) -> None:
    assert connection.execute("SELECT * FROM publication").fetchall() == [(FIRST, "2026-03-04T04:15:00.000000Z")]
    types = connection.execute("SELECT name, type FROM pragma_table_info('publication')").fetchall()
    assert types == [("publication_id", "TEXT"), ("published_at", "DATETIME")]  # by which ODBC's driver gives a time


def test_tables_are_physical_typed_and_keyed(connection: sqlite3.Connection) -> None:
    assert connection.execute("SELECT DISTINCT type FROM sqlite_master").fetchall() == [("table",)]  # a key stands once
    columns = connection.execute('SELECT name, type, "notnull", pk > 0 FROM pragma_table_info(?)', ("emissions",))
    assert columns.fetchall() == [
        ("year", "BIGINT", 1, 1),
        ("municipality_code", "TEXT", 1, 1),
        ("emissions_t_co2e", "DOUBLE", 0, 0),
        ("population", "BIGINT", 0, 0),
        ("is_latest_year", "BOOLEAN", 1, 0),
        ("retrieved_at", "DATETIME", 0, 0),
        ("note", "TEXT", 0, 0),
        ("publication_id", "TEXT", 1, 0),
    ]


def test_the_file_is_read_only_and_needs_no_journal(connection: sqlite3.Connection, settings: Settings) -> None:
    path = settings.published_dir / "klimat.sqlite"
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    # Bytes 18 and 19 of the header: 1 is a rollback journal, 2 the write-ahead log that needs a writable directory.
    assert path.read_bytes()[18:20] == b"\x01\x01"


def test_an_open_connection_keeps_the_old_file(connection: sqlite3.Connection, settings: Settings) -> None:
    publish(tables(SECOND), publication_id=SECOND, settings=settings, now=NOW, contracts=CONTRACTS)
    assert connection.execute("SELECT DISTINCT publication_id FROM emissions").fetchall() == [(FIRST,)]
    with closing(sqlite3.connect(settings.published_dir / "klimat.sqlite")) as fresh:
        assert fresh.execute("SELECT DISTINCT publication_id FROM emissions").fetchall() == [(SECOND,)]


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_an_unreadable_file_shows_nothing_and_is_replaced(settings: Settings, content: bytes) -> None:
    settings.published_dir.mkdir()
    (settings.published_dir / "klimat.sqlite").write_bytes(content)
    target = SqliteTarget(settings.published_dir)
    assert target.shown() is None
    publish(tables(FIRST), publication_id=FIRST, settings=settings, now=NOW, contracts=CONTRACTS)
    assert target.shown() == FIRST


@pytest.mark.parametrize("per_cent", range(0, 100, 7))
def test_a_wrong_byte_anywhere_shows_nothing_and_the_file_is_made_again(settings: Settings, per_cent: int) -> None:
    publish(tables(FIRST), publication_id=FIRST, settings=settings, now=NOW, contracts=CONTRACTS)
    target = SqliteTarget(settings.published_dir)
    wrong_byte(settings.published_dir / "klimat.sqlite", per_cent)
    assert target.shown() is None
    publish(tables(FIRST), publication_id=FIRST, settings=settings, now=NOW, contracts=CONTRACTS)
    assert target.shown() == FIRST


def test_a_file_without_its_hash_is_published_anew(settings: Settings) -> None:
    publish(tables(FIRST), publication_id=FIRST, settings=settings, now=NOW, contracts=CONTRACTS)
    (hashed,) = settings.published_dir.glob("*.sha256")
    hashed.unlink()
    assert SqliteTarget(settings.published_dir).shown() is None
    publish(tables(FIRST), publication_id=FIRST, settings=settings, now=NOW, contracts=CONTRACTS)
    assert hashed.is_file()


def test_the_hash_of_the_present_file_alone_stays_and_is_one_that_others_can_check(settings: Settings) -> None:
    for name in (FIRST, SECOND):
        publish(tables(name), publication_id=name, settings=settings, now=NOW, contracts=CONTRACTS)
    (hashed,) = settings.published_dir.glob("*.sha256")
    assert hashed.name == f"klimat.sqlite.{SECOND}.sha256"
    content = (settings.published_dir / "klimat.sqlite").read_bytes()
    assert hashed.read_text(encoding="ascii") == f"{hashlib.sha256(content).hexdigest()}  klimat.sqlite\n"
