"""A publisher to be killed: reads one line from standard input, then publishes one id after the other for ever.

Arguments: data directory, database URL or nothing, rows, ids.
"""

import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from klimat_pipeline.errors import PublishError
from klimat_pipeline.published.publication import publish
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.tables import example_tables


def main() -> None:
    data_dir, url, rows, *ids = sys.argv[1:]
    # Every publication has a number of rows of its own, so that half of one is noticed.
    made = [(name, example_tables(name, int(rows) + 10 * number)) for number, name in enumerate(ids)]
    settings = Settings(data_dir=Path(data_dir), database_url=url or None)
    # Loads what is otherwise loaded at the first publish: the time to be killed in is better spent publishing.
    import psycopg  # noqa: F401
    import pyarrow.csv
    import pyarrow.parquet
    import sqlalchemy.dialects.postgresql  # noqa: F401

    print("ready", flush=True)
    start = int(sys.stdin.readline())
    for number in count(start):
        publication_id, tables = made[number % len(made)]
        try:
            publish(tables, publication_id=publication_id, settings=settings, now=datetime.now(UTC))
            print("published", flush=True)
        except PublishError as error:
            # The server may need a moment to notice that the killed publisher before this one is gone.
            if "is running" not in str(error):
                raise


if __name__ == "__main__":
    main()
