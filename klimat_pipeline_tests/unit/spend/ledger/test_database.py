"""The database in memory: used again, and as new to whoever gets it."""

from pathlib import Path

import pytest

from klimat_pipeline.spend.ledger import database as module
from klimat_pipeline.spend.ledger.database import add_function, database
from klimat_pipeline_tests.unit.spend.small import balance, ledger, line, read

WHAT_IS_THERE = (
    "SELECT table_name FROM duckdb_tables() UNION ALL SELECT view_name FROM duckdb_views() WHERE NOT internal "
    "UNION ALL SELECT function_name FROM duckdb_functions() WHERE function_name = 'shout'"
)


@pytest.fixture(autouse=True)
def none_is_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_idle", {})


def idle() -> list[object]:
    return [opened for kept in module._idle.values() for opened in kept]


def use() -> list[tuple[str, ...]]:
    """Leave a table, two views and a function behind; what was there before."""
    import pyarrow as pa

    with database(threads=1) as con:
        found = con.execute(WHAT_IS_THERE).fetchall()
        con.register("given", pa.table({"name": ["Anna Exempelsson"]}))
        add_function(con, "shout", str.upper, ["VARCHAR"], "VARCHAR")
        con.execute("CREATE TEMP TABLE lines AS SELECT shout(name) AS name FROM given")
        con.execute("CREATE TEMP VIEW shown AS FROM lines")
        assert con.execute("FROM shown").fetchall() == [("ANNA EXEMPELSSON",)]
    return found


def test_the_next_user_sees_nothing_of_the_one_before() -> None:
    assert use() == []
    (opened,) = idle()
    assert use() == []
    assert idle() == [opened]


def test_what_a_reading_leaves_is_nothing(tmp_path: Path) -> None:
    """A name of a person has two functions and eight tables to do with it."""
    read(tmp_path, ledger(line(supplier="640823-3234", name="Anna Exempelsson", item="Anna Exempelsson")))
    with database(threads=1) as con:
        assert con.execute(WHAT_IS_THERE).fetchall() == []
        own = "SELECT function_name FROM duckdb_functions() WHERE function_name IN ('odd_ore', 'noted', 'names_person')"
        assert con.execute(own).fetchall() == []


def test_two_users_at_a_time_have_one_each() -> None:
    with database(threads=1) as one, database(threads=1) as other:
        one.execute("CREATE TEMP TABLE own AS SELECT 1 AS number")
        assert other.execute(WHAT_IS_THERE).fetchall() == []
    assert len(idle()) == 2


def test_memory_and_folder_are_the_present_user_s(tmp_path: Path) -> None:
    use()
    with database(threads=1, memory="123MB", work=tmp_path / "work") as con:
        ((memory, folder),) = con.execute(
            "SELECT current_setting('memory_limit'), current_setting('temp_directory')"
        ).fetchall()
    assert memory == "117.3 MiB"
    assert Path(folder).parent == tmp_path / "work"


def test_one_that_was_left_by_an_error_or_has_threads_is_closed() -> None:
    with pytest.raises(ValueError, match="no such line"), database(threads=1):
        raise ValueError("no such line")
    with database(threads=2), database():
        pass
    assert idle() == []


def test_one_that_still_holds_much_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left of one user is a few kilobytes: here even they are too much."""
    monkeypatch.setattr(module, "_KEPT_BYTES", -1)
    use()
    assert idle() == []


def test_one_that_has_spilled_is_not_used_again() -> None:
    """Its folder is gone, and DuckDB keeps to it."""
    with database(threads=1, memory="20MB") as con:
        con.execute("CREATE TEMP TABLE many AS SELECT hash(i)::VARCHAR AS text FROM range(2_000_000) t(i)")
        ((folder,),) = con.execute("SELECT current_setting('temp_directory')").fetchall()
        assert list(Path(folder).iterdir())
    (spilled,) = idle()
    assert use() == []
    assert spilled not in idle()


def test_a_forked_process_leaves_its_parent_s_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    use()
    (parents,) = idle()
    monkeypatch.setattr("os.getpid", lambda: -1)
    assert use() == []
    assert len(idle()) == 2 and idle()[0] is parents


def test_a_ledger_after_another_is_read_as_alone(tmp_path: Path) -> None:
    assert balance(read(tmp_path, ledger(line(amount="1,00"), line("V2", "2,00")))) == {"counted": (2, 300)}
    assert balance(read(tmp_path, ledger(line(amount="4,00")))) == {"counted": (1, 400)}
