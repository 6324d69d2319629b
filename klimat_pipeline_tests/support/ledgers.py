"""Datasets of typed ledger lines for tests and benchmarks: rows by hand, or any number of them, always the same."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

SCHEMA = pa.schema(
    [
        ("file_id", pa.string()),
        ("line", pa.int64()),
        ("buyer_id", pa.string()),
        ("unit", pa.string()),
        ("voucher", pa.string()),
        ("invoice_no", pa.string()),
        ("supplier_id", pa.string()),
        ("supplier_name", pa.string()),
        ("supplier_kind", pa.string()),
        ("account", pa.string()),
        ("account_text", pa.string()),
        ("amount_ore", pa.int64()),
        ("currency", pa.string()),
        ("booked_on", pa.date32()),
        ("month", pa.int32()),
        ("contract_id", pa.string()),
        ("cpv", pa.string()),
        ("sni", pa.string()),
        ("item_text", pa.string()),
        ("quantity", pa.float64()),
        ("quantity_unit", pa.string()),
        ("left_out_rule", pa.string()),
    ]
)
_USUAL: dict[str, Any] = {
    "file_id": "f1",
    "buyer_id": "2120001157",
    "supplier_id": "5560000001",
    "supplier_name": "Leverantör AB",
    "supplier_kind": "legal",
    "account": "9999",
    "amount_ore": 0,
    "currency": "SEK",
    "quantity": None,
}


def line(
    number: int, *, municipality_code: str = "1283", year: int = 2023, month: int = 1, **own: Any
) -> dict[str, Any]:
    """A typed line; what is not given is as usual or empty."""
    empty = {field.name: "" for field in SCHEMA if field.type == pa.string()}
    return {
        **empty,
        **_USUAL,
        "line": number,
        "municipality_code": municipality_code,
        "year": year,
        "month": month,
        "booked_on": date(year, month, 15),
        **own,
    }


def write_lines(root: Path, rows: Iterable[Mapping[str, Any]], *, parts: int = 1) -> Path:
    """The rows as a hive-partitioned dataset, each partition split into so many files.

    Returns:
        The root.
    """
    groups: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["municipality_code"], row["year"]), []).append(row)
    for (code, year), own in groups.items():
        folder = root / f"municipality_code={code}" / f"year={year}"
        folder.mkdir(parents=True, exist_ok=True)
        for part in range(parts):
            table = pa.Table.from_pylist(
                [{name: row[name] for name in SCHEMA.names} for row in own[part::parts]], schema=SCHEMA
            )
            pq.write_table(table, folder / f"part{part}.parquet", compression="zstd")
    return root


def write_many(
    root: Path, lines: int, *, municipality_code: str = "1283", years: tuple[int, ...] = (2021, 2022, 2023)
) -> Path:
    """So many lines as a municipality might have: few large suppliers and many small ones, heavy-tailed amounts.

    Every value follows from the line's number, so two calls write the same lines.
    """
    import duckdb

    con = duckdb.connect()
    con.execute("SET threads = 2")
    con.execute("SET memory_limit = '900MB'")
    con.execute("SET preserve_insertion_order = false")
    con.execute(
        """
        CREATE TABLE accounts AS
        SELECT row_number() OVER () - 1 AS n, * FROM (VALUES
            ('6430', 'Livsmedel'), ('6110', 'El'), ('6120', 'Fjärrvärme'), ('6910', 'Drivmedel'), ('6410', 'Inventarier'),
            ('6010', 'Lokalhyra'), ('4020', 'Entreprenader'), ('4630', 'Köp av omsorg'), ('6440', 'Läkemedel'),
            ('6830', 'IT-tjänster'), ('7020', 'Skolskjuts'), ('7050', 'Resor'), ('7410', 'Konsulter'), ('6490', 'Övrigt material'),
            ('7990', 'Diverse'), ('6510', 'Kontorsmateriel'), ('6060', 'Avfall'), ('6050', 'Städtjänster'),
            ('7510', 'Inhyrd personal'), ('5010', 'Löner'), ('6920', 'Fordonsservice'), ('6460', 'Möbler'),
            ('7690', 'Utbildning'), ('6480', 'Datorer')
        ) AS t(account, account_text)
        """
    )
    for number, year in enumerate(years):
        first, last = lines * number // len(years), lines * (number + 1) // len(years)
        folder = root / f"municipality_code={municipality_code}" / f"year={year}"
        folder.mkdir(parents=True, exist_ok=True)
        con.execute(
            """
            COPY (
                WITH drawn AS (
                    SELECT i,
                        (hash(i) % 1000003) / 1000003.0 AS a,
                        (hash(i, 1) % 1000003) / 1000003.0 AS b,
                        (hash(i, 2) % 1000003) / 1000003.0 AS c,
                        (hash(i, 3) % 1000003) / 1000003.0 AS d
                    FROM range($first::BIGINT, $last::BIGINT) AS r(i)
                ), chosen AS (
                    SELECT *, floor(6000 * pow(a, 3))::BIGINT AS supplier, 1 + floor(12 * c)::INTEGER AS month FROM drawn
                )
                SELECT 'f' || $year AS file_id, i AS line, '2120001157' AS buyer_id,
                    'Förvaltning ' || ((supplier + floor(4 * b)::BIGINT) % 15) AS unit,
                    'V' || (i // 3) AS voucher, 'F' || i AS invoice_no,
                    CASE WHEN supplier % 50 = 49 THEN 'p:' || lpad(to_hex(supplier), 16, '0')
                         ELSE '556' || lpad(supplier::VARCHAR, 7, '0') END AS supplier_id,
                    CASE WHEN supplier % 50 = 49 THEN '' ELSE 'Leverantör ' || supplier || ' AB' END AS supplier_name,
                    CASE WHEN supplier % 50 = 49 THEN 'personal' ELSE 'legal' END AS supplier_kind,
                    account, account_text,
                    (round(30000 * pow(1.0 - d + 1e-6, -0.8)) * CASE WHEN hash(i, 5) % 40 = 0 THEN -1 ELSE 1 END)::BIGINT AS amount_ore,
                    'SEK' AS currency, make_date($year::INTEGER, month, 15) AS booked_on, month,
                    CASE WHEN supplier % 4 = 0 THEN 'A' || (supplier % 400) ELSE '' END AS contract_id,
                    CASE WHEN supplier % 16 = 0 THEN '15000000' ELSE '' END AS cpv,
                    CASE WHEN supplier % 5 = 1 THEN '62010' ELSE '' END AS sni,
                    '' AS item_text, NULL::DOUBLE AS quantity, '' AS quantity_unit,
                    CASE WHEN account = '5010' THEN 'wages' ELSE '' END AS left_out_rule
                FROM chosen JOIN accounts ON accounts.n = (supplier * 7 + floor(2 * b)::BIGINT) % 24
            ) TO $path (FORMAT parquet, COMPRESSION zstd)
            """,
            {"first": first, "last": last, "year": year, "path": str(folder / "part0.parquet")},
        )
    con.close()
    return root
