"""The command ``klimat`` on a data folder of the test's own, and what can be read there afterwards."""

import atexit
import hashlib
import io
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from klimat_pipeline.quality.pool import Workers, start, workers

PROJECT = Path(__file__).resolve().parents[2]


@lru_cache(maxsize=1)
def kept_workers() -> Workers | None:
    """Great Expectations is imported once for all runs inside this process; a process of its own starts its own."""
    started = start()
    if started:
        atexit.register(started.end)
    return started


@dataclass(frozen=True)
class Answer:
    """How a command ended and all that it printed, white space made single."""

    code: int
    text: str

    @classmethod
    def of(cls, code: int, printed: str) -> "Answer":
        return cls(code, " ".join(printed.split()))


@dataclass(frozen=True)
class Klimat:
    """``klimat`` with KLIMAT_DATA_DIR at a folder.

    Attributes:
        data: the folder.
        environment: other variables that are set.
    """

    data: Path
    environment: tuple[tuple[str, str], ...] = ()

    def __call__(self, *arguments: str) -> Answer:
        """Run the command inside this process: libraries are imported once for all tests of a file."""
        from klimat_pipeline.cli import main as cli

        printed, code = io.StringIO(), 0
        kept_arguments = sys.argv
        sys.argv = ["klimat", *arguments]
        try:
            with self._surroundings(), workers(kept_workers()), redirect_stdout(printed), redirect_stderr(printed):
                cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            sys.argv = kept_arguments
        return Answer.of(code, printed.getvalue())

    def materialise(self, *selection: str, **environment: str) -> Answer:
        """Materialise assets inside this process, as Dagster does for its UI and its command; errors are printed."""
        return self.run("assets", *selection, **environment)

    def run(self, kind: str, *selection: str, **environment: str) -> Answer:
        """A run of Dagster's own inside this process: ``assets`` with a selection, ``job``, ``schedule``."""
        from klimat_pipeline_tests.support.one_run import run_dagster

        printed = io.StringIO()
        with (
            self._surroundings(**environment),
            workers(kept_workers()),
            redirect_stdout(printed),
            redirect_stderr(printed),
        ):
            succeeded = run_dagster(kind, selection)
        return Answer.of(0 if succeeded else 1, printed.getvalue())

    @contextmanager
    def _surroundings(self, **environment: str) -> Iterator[None]:
        """The environment that a process of its own would have."""
        kept = dict(os.environ)
        os.environ.update({"KLIMAT_DATA_DIR": str(self.data), **dict(self.environment), **environment})
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(kept)

    def apart(self, *arguments: str, **environment: str) -> Answer:
        """Run the command as a user does: in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "klimat_pipeline.cli", *arguments],
            cwd=PROJECT,
            env={**os.environ, "KLIMAT_DATA_DIR": str(self.data), **dict(self.environment), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=900,
            check=False,
        )
        return Answer.of(done.returncode, done.stdout)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the published SQLite file."""
        path = self.data / "published" / "klimat.sqlite"
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute(query, values).fetchall()

    def one(self, query: str, *values: Any) -> Any:
        """The only value of the only row."""
        ((value,),) = self.rows(query, *values)
        return value

    def parquet(self, name: str) -> pd.DataFrame:
        """A published Parquet table."""
        return pq.read_table(self.latest / f"{name}.parquet", partitioning=None).to_pandas()

    def intermediate(self, key: str) -> pd.DataFrame:
        """A table between stages."""
        return pq.read_table(self.data / "intermediate" / f"{key}.parquet", partitioning=None).to_pandas()

    @property
    def latest(self) -> Path:
        """The published Parquet version."""
        return (self.data / "published" / "parquet" / "latest").resolve(strict=True)

    def files(self, below: str = "published") -> dict[str, tuple[int, str]]:
        """Every file with the time of its last change and its hash; links with where they point."""
        found = {}
        for path in sorted((self.data / below).rglob("*")):
            if path.is_symlink():
                found[path.relative_to(self.data).as_posix()] = (0, str(path.readlink()))
            elif path.is_file() and path.name != ".lock":
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                found[path.relative_to(self.data).as_posix()] = (path.stat().st_mtime_ns, content)
        return found


def run_inside(command: Sequence[str], *, env: Mapping[str, str], **_: Any) -> "subprocess.CompletedProcess[str]":
    """In the place of ``subprocess.run`` for our own command: inside this process, with exactly that environment."""
    program, module, name, *arguments = command
    assert (program, module, name) == (sys.executable, "-m", "klimat_pipeline.cli")
    kept = dict(os.environ)
    os.environ.clear()
    try:
        answer = Klimat(Path(env["KLIMAT_DATA_DIR"]), tuple(env.items()))(*arguments)
    finally:
        os.environ.clear()
        os.environ.update(kept)
    return subprocess.CompletedProcess(command, answer.code, answer.text)
