"""Further exports as town halls make them, each once read wrong without a word, or refused with no way out. By hand."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from klimat_pipeline.errors import KlimatError
from klimat_pipeline_tests.unit.spend.small import balance, read, typed_lines


def days(tmp_path: Path) -> list[str]:
    """Of the lines that were read last."""
    return [str(row["booked_on"]) for row in typed_lines(tmp_path / "typed")]


# -- Parquet --


def parquet(**columns: Any) -> bytes:
    held = BytesIO()
    whole = {"Konto": ["6410"] * 2, "Belopp": [100.0, 50.0], "Datum": ["2023-01-05"] * 2} | columns
    pq.write_table(pa.table(whole), held)
    return held.getvalue()


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (pa.array([["a"], ["b"]]), "list<element: string>"),
        (pa.array([{"a": 1}, {"a": 2}]), "struct<a: int64>"),
        (pa.array([[("a", 1)], [("b", 2)]], pa.map_(pa.string(), pa.int32())), "map<string, int32"),
        (pa.array([b"\xff\xfe", b"a"]), "binary"),
        (pa.array([b"abcd", b"\xffbcd"], pa.binary(4)), "fixed_size_binary[4]"),
    ],
)
def test_a_column_of_no_texts_is_named_and_not_read(tmp_path: Path, column: pa.Array, kind: str) -> None:
    """100 + 50; where the amounts themselves are no texts, the file is refused."""
    passed = read(tmp_path, parquet(Bilaga=column), "l.parquet")
    assert balance(passed)["counted"] == (2, 150_00)
    assert any(f"not read, for they hold no texts: 'Bilaga' ({kind}" in text for text in passed.remarks)
    assert passed.form.header[-1] == "Bilaga"
    with pytest.raises(KlimatError, match="no column for amount.*hold no texts: 'Belopp'.*Export them as texts"):
        read(tmp_path, parquet(Belopp=column), "l.parquet")


def test_bytes_that_are_no_text_far_down_are_refused(tmp_path: Path) -> None:
    suppliers = pa.array([b"A AB"] * 6_000 + [b"\xff\xfe"])
    content = parquet(
        Konto=["6410"] * 6_001, Belopp=[1.0] * 6_001, Datum=["2023-01-05"] * 6_001, **{"Leverantör": suppliers}
    )
    with pytest.raises(KlimatError, match=r"rows 1 to 6,001, column 'Leverantör': holds bytes that are no UTF-8 text"):
        read(tmp_path, content, "l.parquet")


def test_names_of_columns_may_hold_odd_spaces(tmp_path: Path) -> None:
    content = parquet(**{"Belopp  SEK ": [10.0, 5.0], "Belopp": ["", ""]})
    assert balance(read(tmp_path, content, "l.parquet"))["counted"] == (2, 15_00)
