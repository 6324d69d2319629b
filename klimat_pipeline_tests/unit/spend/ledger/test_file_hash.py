"""What is told of a file's bytes, whatever the pieces in which they are read."""

import hashlib
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from klimat_pipeline.spend.ledger import file_hash
from klimat_pipeline_tests.support.properties import ONE_FOLDER


@settings(suppress_health_check=ONE_FOLDER)
@given(
    held=st.binary(max_size=40) | st.text(max_size=20).map(lambda text: text.encode("utf-8", "ignore")),
    at=st.integers(1, 9),
)
def test_bytes_are_told_the_same_in_any_pieces(tmp_path: Path, held: bytes, at: int) -> None:
    path = tmp_path / "l.csv"
    path.write_bytes(held)
    try:
        held.decode()
        is_utf8 = True
    except UnicodeDecodeError:
        is_utf8 = False
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file_hash, "CHUNK", at)
        found = file_hash.file_hash(path)
    assert found == file_hash.FileHash(hashlib.sha256(held).hexdigest(), len(held), is_utf8)
