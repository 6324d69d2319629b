"""Publishers that can be killed: processes of their own, forked by a helper that has loaded the libraries once.

``Publishers`` is the test's side. Run as a module it is the helper: every line of its input is an order (JSON), for
which it forks a child, tells its pid, and tells how it ended.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa

from klimat_pipeline.contracts import PUBLISHED
from klimat_pipeline.errors import PublishError
from klimat_pipeline.published.publication import publish
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.tables import example_tables

#: Enough tables for a mixture to show, and few enough for hundreds of publications.
CONTRACTS = {
    name: PUBLISHED[name]
    for name in ("data_quality", "emissions", "releases", "run_manifest", "sector_indicators", "targets")
}


def rows_of(number: int) -> int:
    """Every publication has a number of rows of its own, so that half of one is noticed."""
    return 100 + 10 * number


class Publishers:
    """Starts publishers one after the other; a context manager."""

    def __enter__(self) -> "Publishers":
        self._helper = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=Path(__file__).resolve().parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._helper.communicate()

    def start(
        self, settings: Settings, ids: Sequence[str], *, first: int = 0, for_ever: bool = True, die_at: int = 0
    ) -> int:
        """Start publishing and give back the process's pid.

        Args:
            settings: where to publish.
            ids: publications; number ``n`` has ``rows_of(n)`` rows in each of its tables.
            first: number of the one to begin with.
            for_ever: publish one after the other for ever, or only the first.
            die_at: the process kills itself at its so-many-th change of a file's name; 0 is never.
        """
        order = {
            "data_dir": str(settings.written_dir),
            "url": settings.database_url.get_secret_value() if settings.database_url else None,
            "keep": settings.keep_publications,
            "ids": list(ids),
            "first": first,
            "for_ever": for_ever,
            "die_at": die_at,
        }
        assert self._helper.stdin is not None
        assert self._helper.stdout is not None
        self._helper.stdin.write(json.dumps(order) + "\n")
        self._helper.stdin.flush()
        word, pid = self._helper.stdout.readline().split()
        assert word == "pid"
        return int(pid)

    def published(self) -> None:
        """Wait until the publisher has published once."""
        assert self._helper.stdout is not None
        assert self._helper.stdout.readline() == "published\n"

    def ended(self) -> tuple[int, int]:
        """Wait for the end; gives back the return code (negative for a signal) and how often it published."""
        assert self._helper.stdout is not None
        published = 0
        for line in self._helper.stdout:
            if line.startswith("ended"):
                return int(line.split()[1]), published
            published += line == "published\n"
        raise AssertionError("the helper ended")


def main() -> None:
    # Loaded before the fork: a publisher's short life is to be spent publishing. None of them starts a thread.
    import psycopg  # noqa: F401
    import pyarrow.csv
    import pyarrow.parquet  # noqa: F401
    import sqlalchemy.dialects.postgresql
    import sqlalchemy.dialects.sqlite  # noqa: F401
    import tenacity  # noqa: F401

    import klimat_pipeline.published.candidate
    import klimat_pipeline.published.postgres  # noqa: F401

    for line in sys.stdin:
        order = json.loads(line)
        # Made before the fork, and once, for the same reason.
        tables = [_tables(publication_id, number) for number, publication_id in enumerate(order["ids"])]
        child = os.fork()
        if child == 0:
            code = 1
            try:
                _obey(tables, **order)
                code = 0
            finally:
                os._exit(code)
        print("pid", child, flush=True)
        _, status = os.waitpid(child, 0)
        print("ended", os.waitstatus_to_exitcode(status), flush=True)


@cache
def _tables(publication_id: str, number: int) -> dict[str, pa.Table]:
    return example_tables(publication_id, rows_of(number), CONTRACTS)


def _obey(
    tables: list[dict[str, pa.Table]],
    *,
    data_dir: str,
    url: str | None,
    keep: int,
    ids: list[str],
    first: int,
    for_ever: bool,
    die_at: int,
) -> None:
    settings = Settings(data_dir=Path(data_dir), database_url=url, keep_publications=keep)
    _die_at(die_at)
    for number in count(first):
        which = number % len(ids)
        try:
            now = datetime.now(UTC)
            publish(tables[which], publication_id=ids[which], settings=settings, now=now, contracts=CONTRACTS)
            print("published", flush=True)
        except PublishError as error:
            # The server may need a moment to notice that the killed publisher before this one is gone.
            if "is running" not in str(error):
                raise
        if not for_ever:
            return


def _die_at(moment: int) -> None:
    left = moment

    def deadly(change: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*arguments: Any, **options: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return change(*arguments, **options)

        return wrapper

    for name in ("replace", "rename", "symlink_to", "mkdir"):
        setattr(Path, name, deadly(getattr(Path, name)))
    shutil.rmtree = deadly(shutil.rmtree)  # type: ignore[assignment]


if __name__ == "__main__":
    main()
