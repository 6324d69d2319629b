"""Two runs in one data folder, at any stagger: what is published under an id is what a run alone gives for it."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st

from klimat_pipeline.operations.run_lock import only_run
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.pipeline.commands import Klimat
from klimat_pipeline_tests.support import properties
from klimat_pipeline_tests.support.default_refresh import Refresh
from klimat_pipeline_tests.support.one_run import Run

#: What a run alone may be; each publishes something of its own.
WHOLE = (
    ("refresh", "--force"),
    ("refresh", "--force", "--release", "smhi-ggt-2025"),
    ("refresh", "--force", "--municipality", "1281"),
    ("job",),
    # "Materialize all": typed ledger lines are partitioned, and made by a backfill.
    ("assets", '* and not key:"spend/ledger_lines"'),
)
#: Parts, which publish nothing or what is there.
PARTS = (("assets", "group:published"), ("assets", 'key:"raw/smhi_emissions"'), ("assets", "group:corrected"))
STEPS = 15


def environment(data: Path) -> dict[str, str]:
    return {**os.environ, "KLIMAT_DATA_DIR": str(data), "DAGSTER_HOME": str(data / "dagster")}


def published(data: Path) -> dict[str, dict[str, bytes]]:
    """Every kept publication by its id: bytes of its files."""
    return {
        folder.name: {path.name: path.read_bytes() for path in sorted(folder.glob("*.parquet"))}
        for folder in sorted((data / "published" / "parquet").glob("pub-*"))
    }


def rows_of_sqlite(data: Path) -> dict[str, list[str]]:
    """Everything in the SQLite file but the time, by publication."""
    with closing(sqlite3.connect(data / "published" / "klimat.sqlite")) as connection:
        ((name, _),) = connection.execute("SELECT * FROM publication").fetchall()
        return {str(name): [line for line in connection.iterdump() if '"publication"' not in line]}


class Alone:
    """What every whole run gives when nobody disturbs it; each is made when it is first asked for.

    Args:
        default: a first refresh; what a forced one gives, and one of all assets, is the same.
        root: gives a new folder.
    """

    def __init__(self, default: Refresh, root: Callable[[str], Path]) -> None:
        self._folders = {WHOLE[0]: default.data, WHOLE[-1]: default.data}
        self._root = root

    def folder(self, order: tuple[str, ...]) -> Path:
        """Data folder in which a run has published alone."""
        if order not in self._folders:
            data = self._root("alone")
            klimat = Klimat(data)
            answer = klimat(*order) if order[0] == "refresh" else klimat.run(*order)
            assert answer.code == 0, answer.text
            self._folders[order] = data
        return self._folders[order]

    def files(self, *orders: tuple[str, ...]) -> dict[str, dict[str, bytes]]:
        """By publication, bytes of the Parquet files."""
        return {name: files for order in orders for name, files in published(self.folder(order)).items()}

    def rows(self, *orders: tuple[str, ...]) -> dict[str, list[str]]:
        """By publication, what stands in the SQLite file."""
        return {name: rows for order in orders for name, rows in rows_of_sqlite(self.folder(order)).items()}


@pytest.fixture(scope="module")
def alone(small_refresh: Refresh, tmp_path_factory: pytest.TempPathFactory) -> Alone:
    return Alone(small_refresh, tmp_path_factory.mktemp)


#: The first run, the step at whose beginning the second is started (0: at once), the second.
PAIRS = st.tuples(st.sampled_from(WHOLE), st.integers(0, STEPS), st.sampled_from(WHOLE + PARTS))
#: A pair costs two whole runs: without `make fuzz`, which draws thirty, the one below is tried.
PHASES = tuple(hypothesis.Phase) if properties.is_searching() else (hypothesis.Phase.explicit,)


@hypothesis.settings(max_examples=30, phases=PHASES)
@hypothesis.example((WHOLE[1], 0, WHOLE[-1]))  # seen: 8 of 16 publications were those of no run alone
@hypothesis.given(PAIRS)
def test_what_is_published_is_what_a_run_alone_gives(
    alone: Alone,
    tmp_path_factory: pytest.TempPathFactory,
    pair: tuple[tuple[str, ...], int, tuple[str, ...]],
) -> None:
    first, stagger, second = pair
    data = tmp_path_factory.mktemp("two")
    runs = [Run(first, environment(data)).until_step(stagger)]
    runs.append(Run(second, environment(data)))
    ended = [run.ended() for run in runs]
    whole = [order for order in (first, second) if order in WHOLE]
    found, files, rows = published(data), alone.files(*whole), alone.rows(*whole)
    assert found, ended
    for name, content in found.items():
        assert content == files[name], (name, ended)
    for name, lines in rows_of_sqlite(data).items():
        assert lines == rows[name], (name, ended)
    assert ended[0][0] == 0, ended
    if second in WHOLE:
        assert ended[1][0] == 0, ended
    shutil.rmtree(data)


def test_the_one_that_does_not_wait_leaves_with_75(tmp_path: Path) -> None:
    with only_run(Settings(data_dir=tmp_path), "klimat refresh"):
        code, text = Run(("refresh", "--wait", "0"), environment(tmp_path)).ended()
    assert code == 75, text
    assert "stopped: klimat refresh (" in " ".join(text.split())
    assert not (tmp_path / "published").exists()


def test_runs_say_who_they_are(alone: Alone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever started them: run id, publication, releases, starter."""
    data = shutil.copytree(alone.folder(WHOLE[1]), tmp_path / "data", symlinks=True)
    Klimat(data).materialise('key:"raw/smhi_emissions"')
    monkeypatch.setenv("KLIMAT_DATA_DIR", str(data))
    part, whole = _tags(data)
    assert whole["klimat/releases"] == "smhi-ggt-2025"
    assert part["klimat/releases"] == "newest"
    assert (whole["klimat/started_by"], part["klimat/started_by"]) == ("klimat refresh", "a dagster command")
    for tags in (part, whole):
        assert tags["klimat/publication_id"].removeprefix("pub-") == tags["klimat/run_id"].removeprefix("run-")


def _tags(data: Path) -> list[dict[str, str]]:
    from klimat_pipeline.defs.instance import instance

    with instance(Settings(data_dir=data)) as history:
        return [dict(run.tags) for run in history.get_runs()]
