"""``klimat serve``: Datasette on this machine, with the mart's rows, meanings and labels."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import psutil
import pytest

from klimat_pipeline_tests.pipeline.commands import PROJECT, Klimat
from klimat_pipeline_tests.support.default_refresh import Refresh

#: Nothing takes as long: it turns what would hang into a failure.
HANGS_S = 120


@pytest.fixture(scope="module")
def serving(small_refresh: Refresh) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "klimat_pipeline.cli", "serve", "--port", str(port)],
        cwd=PROJECT,
        env={**os.environ, "KLIMAT_DATA_DIR": str(small_refresh.data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=HANGS_S, trust_env=False) as client:
        try:
            _wait_for(client, process)
            yield process, client
        finally:
            process.kill()
            process.communicate()


def _wait_for(client: httpx.Client, process: subprocess.Popen[str]) -> None:
    """Until it answers or has ended."""
    for _ in range(10 * HANGS_S):
        assert process.poll() is None, process.communicate()[0]
        try:
            client.get("/-/versions.json")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("it did not begin to answer")


def test_every_row_of_the_mart_is_there(
    serving: tuple[subprocess.Popen[str], httpx.Client], small_refresh: Refresh
) -> None:
    _, client = serving
    (database,) = (each for each in client.get("/.json").json().values() if each["name"] == "klimat_mart")
    query = "SELECT sum(emissions_t_co2e) AS emissions, count(*) AS rows FROM fact_emissions"
    (told,) = client.get("/klimat_mart.json", params={"sql": query, "_shape": "array"}).json()
    facts = Klimat(small_refresh.data).parquet("../mart/latest/fact_emissions")
    assert told["rows"] == len(facts)
    assert told["emissions"] == pytest.approx(facts["emissions_t_co2e"].sum(), rel=1e-12)
    assert database["tables_count"] >= len(
        list((small_refresh.data / "published/parquet/mart/latest").glob("*.parquet"))
    )


def test_keys_are_shown_as_labels_and_columns_with_their_meaning(
    serving: tuple[subprocess.Popen[str], httpx.Client],
) -> None:
    page = serving[1].get("/klimat_mart/fact_emissions?municipality_code=1283").text
    assert ">Helsingborg</a>" in page
    assert "[t CO2e]" in page


def test_it_cannot_be_written_to(serving: tuple[subprocess.Popen[str], httpx.Client]) -> None:
    answer = serving[1].get("/klimat_mart.json", params={"sql": "DELETE FROM fact_emissions"})
    assert answer.status_code == httpx.codes.BAD_REQUEST


def test_it_ends_with_all_that_it_started(serving: tuple[subprocess.Popen[str], httpx.Client]) -> None:
    """The last test of the file: it asks the command to end, as Ctrl-C does."""
    process, _ = serving
    children = psutil.Process(process.pid).children(recursive=True)
    assert children
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=HANGS_S)
    assert not any(child.is_running() for child in children)
