"""The Dagster UI as an analyst sees it, in headless Chromium: lineage, an asset with a plot, a check.

Where there is no Chromium the tests do not run and say so: ``apt-get install chromium``.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from klimat_pipeline_tests.support.default_refresh import Refresh

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)"),
]
#: Longest that the UI may take to start, on a busy machine.
START_S = 180


@pytest.fixture(scope="module")
def address(small_refresh: Refresh, project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Dagster's web server over a copy of a small refresh."""
    data = small_refresh.copy(tmp_path_factory.mktemp("ui") / "data")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "KLIMAT_DATA_DIR": str(data), "DAGSTER_HOME": str(data / "dagster")}
    arguments = [sys.executable, "-m", "dagster_webserver", "-h", "127.0.0.1", "-p", str(port)]
    with (data / "webserver.log").open("wb") as log:
        server = subprocess.Popen(
            [*arguments, "-w", str(project / "workspace.yaml")],
            cwd=project,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        end = time.monotonic() + START_S
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/server_info", timeout=5).close()
                break
            except (OSError, urllib.error.URLError):
                assert server.poll() is None and time.monotonic() < end, (data / "webserver.log").read_text()
                time.sleep(0.5)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


@pytest.fixture(scope="module")
def seen(address: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], str]:
    """Text of a page of the UI, once it shows what is looked for."""
    assert CHROMIUM is not None
    profile = tmp_path_factory.mktemp("chromium")

    def look(path: str, expected: str) -> str:
        text = ""
        for budget in (8_000, 20_000, 60_000):
            done = subprocess.run(
                [
                    *(CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
                    *("--window-size=1500,6000", f"--user-data-dir={profile}"),
                    *(f"--virtual-time-budget={budget}", "--dump-dom", address + path),
                ],
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", done.stdout, flags=re.DOTALL)
            text = " ".join(text.split())
            if re.search(expected, text):
                return text
        pytest.fail(f"{path} does not show {expected!r}: {text[:3000]}")

    return look


def test_the_lineage_shows_every_stage(seen: Callable[[str, str], str]) -> None:
    text = seen("/asset-groups", r"\bmart\b")
    for stage in ("sources", "raw", "clean", "corrected", "inventory", "indicators", "scenarios", "published"):
        assert re.search(rf"\b{stage}\b", text), stage


def test_a_published_table_shows_its_figures_and_the_plot_s_title(seen: Callable[[str, str], str]) -> None:
    text = seen("/assets/published/sector_indicators?view=overview", r"emissions against target")
    assert re.search(r"\w+ \(\d{4}\): emissions against target", text)
    assert "klimat explain sector_indicators" in text
    assert "releases and years" in text
    assert re.search(r"[A-ZÅÄÖ]\w+ \(\d{4}\) total 20\d\d", text), "the preview stands in place"


def test_a_check_names_towns_and_the_likely_cause(seen: Callable[[str, str], str]) -> None:
    text = seen("/assets/published/sector_indicators?view=checks&checkDetail=upstream", r"checks upstream")
    assert "nothing failed in a table that this one comes from" in text
