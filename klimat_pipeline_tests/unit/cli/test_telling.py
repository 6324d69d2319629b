"""The command tells how its refresh ended, in the log, the state and the metrics."""

import json
from pathlib import Path

import pytest

from klimat_pipeline.cli.telling import told
from klimat_pipeline.errors import DiskError, ProblemsError, RunLockError
from klimat_pipeline.operations.nights import read_state
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.pipeline.commands import Klimat


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, log_file=tmp_path / "log" / "events.json", metrics_file=tmp_path / "klimat.prom")


def events(settings: Settings) -> list[dict[str, object]]:
    assert settings.log_file is not None
    return [json.loads(line) for line in settings.log_file.read_text(encoding="utf-8").splitlines()]


def test_a_good_end(settings: Settings) -> None:
    with told(settings) as telling:
        telling.outcome, telling.publication_id = "unchanged", "pub-åäö"
    (night,) = read_state(settings).nights
    assert (night.outcome, night.exit_code, night.publication_id) == ("unchanged", 0, "pub-åäö")
    began, ended = events(settings)
    assert (began["event"], ended["event"], ended["level"]) == ("refresh_began", "refresh_ended", "info")
    assert ended["publication_id"] == "pub-åäö" and str(ended["at"]).endswith("Z")
    assert settings.metrics_file is not None and settings.metrics_file.is_file()


@pytest.mark.parametrize(
    ("error", "outcome", "code", "reason"),
    [
        (DiskError("full"), None, 74, "full"),
        (PermissionError(13, "Permission denied", "/x"), None, 77, "/x: Permission denied"),
        (ZeroDivisionError("hemligt"), None, 1, "ZeroDivisionError"),
        (ProblemsError(["1283: broken.csv"]), "published", 1, "1283: broken.csv"),
    ],
)
def test_a_bad_end(settings: Settings, error: Exception, outcome: str | None, code: int, reason: str) -> None:
    with pytest.raises(type(error)), told(settings) as telling:
        telling.outcome = outcome  # type: ignore[assignment]
        raise error
    (night,) = read_state(settings).nights
    assert (night.outcome, night.exit_code) == (outcome or "failed", code)
    assert night.reason.startswith(reason) and "hemligt" not in night.reason
    assert events(settings)[-1]["level"] == "error"


@pytest.mark.parametrize("place", ["/proc/klimat/events.json", "/dev/full"])
def test_a_log_that_cannot_be_written_stops_nothing_and_is_a_line(
    settings: Settings, place: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with told(settings.model_copy(update={"log_file": Path(place)})) as telling:
        telling.outcome = "unchanged"
    assert read_state(settings).nights[0].outcome == "unchanged"
    lines = capfd.readouterr().err.splitlines()
    assert [line.partition(" (")[0] for line in lines] == [
        f"not noted: KLIMAT_LOG_FILE={place}: {event}" for event in ("refresh_began", "refresh_ended")
    ]


def test_a_run_that_could_not_begin_is_no_failed_night(settings: Settings) -> None:
    with pytest.raises(RunLockError), told(settings):
        raise RunLockError("another run")
    assert read_state(settings).nights == []
    assert events(settings)[-1]["event"] == "refresh_waited_in_vain"


def test_metrics_are_served_on_loopback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    import httpx

    from klimat_pipeline.cli.status import metrics_server

    monkeypatch.setenv("KLIMAT_DATA_DIR", str(tmp_path))
    with metrics_server(0) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        answer = httpx.get(f"http://127.0.0.1:{server.server_port}/metrics")
        server.shutdown()
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n") and 'klimat_verdict{verdict="stale"} 1' in answer.text


def test_a_port_that_cannot_be_had_is_one_sentence(tmp_path: Path) -> None:
    import socket

    klimat = Klimat(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = klimat("status", "--serve", str(port))
    assert answer.code == 1 and f"--serve {port}: Address already in use. Name another port" in answer.text
    assert klimat("status", "--serve", "70000").code == 2


def test_status_is_a_command_for_people_programs_and_monitoring(tmp_path: Path) -> None:
    klimat = Klimat(tmp_path)
    plain = klimat("status")
    assert (plain.code, plain.text.split()[0]) == (1, "stale")
    asked = klimat("status", "--json")
    assert asked.code == 1 and json.loads(asked.text)["verdict"] == "stale"
    assert klimat("status", "--openmetrics").text.endswith("# EOF")
    assert klimat("status", "--alert").code == 1
