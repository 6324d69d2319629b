"""A whole refresh with a hostile ledger: no krona is lost, and no person stands in any byte that it writes."""

import sqlite3
import zipfile
from contextlib import closing
from io import BytesIO

import pyarrow.parquet as pq

from klimat_pipeline_tests.pipeline.commands import Klimat
from klimat_pipeline_tests.support.default_refresh import Refresh
from klimat_pipeline_tests.support.hostile_ledger import NAME, NUMBERS, OTHERS


def test_it_runs(hostile_ledger: tuple[Refresh, int]) -> None:
    answer = hostile_ledger[0].answer
    assert answer.code == 0, answer.text[-3000:]


def test_every_krona_is_somewhere(hostile_ledger: tuple[Refresh, int]) -> None:
    refresh, ore = hostile_ledger
    scope = Klimat(refresh.data).intermediate("spend/ledger_totals")
    assert scope[scope["municipality_code"] == "1283"]["amount_ore"].sum() == ore


def test_no_person_in_any_byte(hostile_ledger: tuple[Refresh, int]) -> None:
    """Bytes of every file, and what compression hides: every value of Parquet and SQLite, every part of a workbook."""
    refresh, _ = hostile_ledger
    files = [path for path in refresh.data.rglob("*") if path.is_file() and not path.is_symlink()]
    assert len(files) > 50
    texts = {"printed": refresh.answer.text.encode()}
    for path in files:
        content = path.read_bytes()
        texts[str(path)] = content
        if content[:4] == b"PAR1":
            texts[f"{path} values"] = repr(pq.read_table(path, partitioning=None).to_pydict()).encode()
        elif content.startswith(b"SQLite format 3"):
            with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as held:
                held.text_factory = bytes
                names = [n.decode() for (n,) in held.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
                texts[f"{path} values"] = b"".join(
                    repr(r).encode() for n in names for r in held.execute(f'SELECT * FROM "{n}"')
                )
        elif zipfile.is_zipfile(BytesIO(content)):
            with zipfile.ZipFile(path) as packed:
                texts |= {f"{path} {name}": packed.read(name) for name in packed.namelist()}
    spellings = [f"{n[:6]}{mark}{n[6:]}".encode() for n in NUMBERS for mark in ("", "-", "+", " ")]
    traces = (*spellings, NAME.encode(), b"Exempelsson", b"640823TF12", *map(str.encode, OTHERS))
    assert [(name, trace) for name, content in texts.items() for trace in traces if trace in content] == []
