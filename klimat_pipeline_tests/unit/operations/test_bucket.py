"""Tables and the run lock in a bucket of a real S3-compatible server, on this machine."""

import itertools
from collections.abc import Iterator

import pandas as pd
import pytest
from moto.server import ThreadedMotoServer

from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.arrow import to_pandas
from klimat_pipeline.errors import StaleTableError
from klimat_pipeline.operations.bucket_lock import BucketLock
from klimat_pipeline.operations.locks import Holder
from klimat_pipeline.storage import TableStore
from klimat_pipeline_tests.support.tables import example_table

KEY = "clean/population"
_numbers = itertools.count(1)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """URL of an empty bucket, as KLIMAT_TABLES_URL would be, reached by AWS's own environment variables."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "a-test",
        "AWS_SECRET_ACCESS_KEY": "a-test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    name = f"klimat-tables-{next(_numbers)}"  # the servers of a process share what they hold
    s3fs.S3FileSystem().mkdir(name)
    yield f"s3://{name}/tables"
    s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


def test_one_run_at_a_time_holds_the_bucket(bucket: str) -> None:
    first, second = BucketLock(bucket, renew_s=3600), BucketLock(bucket, renew_s=3600)
    me = Holder.of_this_process("a test")
    assert first.acquire(me)
    assert not second.acquire(me)
    assert second.holder().startswith("a test (")
    first.refuse_if_lost()
    first.release()
    assert second.acquire(me)
    second.release()


def test_the_server_refuses_to_create_what_is_there(bucket: str) -> None:
    """Two that act on the same look at once: the conditional put decides."""
    first, second = BucketLock(bucket, renew_s=3600), BucketLock(bucket, renew_s=3600)
    first._highest, looked = (lambda: (0, b"")), first._highest  # type: ignore[method-assign]
    me = Holder.of_this_process("a test")
    assert second.acquire(me)
    assert not first.acquire(me)
    assert looked()[0] == 1
    second.release()


def test_tables_lie_in_the_bucket_with_their_digest(bucket: str) -> None:
    store = TableStore(bucket)
    frame = to_pandas(example_table(table(KEY), 3))
    store.write(KEY, frame, made_from="1" * 16)
    store.remember("1" * 16, ["a"])
    store.remove_drafts()
    other = TableStore(bucket)
    pd.testing.assert_frame_equal(other.read(KEY, made_from="1" * 16), frame)
    assert other.changed_since("1" * 16, ["a", "b"]) == ["b"]
    with pytest.raises(StaleTableError):
        other.read(KEY, made_from="2" * 16)
