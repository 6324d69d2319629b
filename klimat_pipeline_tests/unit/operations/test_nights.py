"""What people are told, by real servers on loopback: each thing once, and its end once."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from klimat_pipeline.operations.nights import Night, note, read_state, watch
from klimat_pipeline.operations.status import EXIT_CODES, open_metrics, status, write_metrics
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.state import record_check
from klimat_pipeline_tests.support.receivers import mail_server, webhook

START = datetime(2026, 3, 1, 5, 15, tzinfo=UTC)


@dataclass
class House:
    """A data folder, the channels that are set, and what has arrived."""

    settings: Settings
    mails: list[EmailMessage]
    posts: list[dict[str, Any]]
    beats: list[Any]

    def night(self, day: int, outcome: str = "unchanged", reason: str = "") -> list[str]:
        code = 1 if reason else 0
        return note(
            self.settings,
            Night(
                at=START + timedelta(days=day),
                outcome=outcome,
                started_by="klimat refresh",
                publication_id="" if outcome == "failed" else "pub-0123456789abcdef",
                reason=reason,
                exit_code=code,
            ),
        )

    @property
    def events(self) -> list[str]:
        return [post["event"] for post in self.posts]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with mail_server() as (mail, mails), webhook() as (hook, posts), webhook() as (heart, beats):
        settings = Settings(
            data_dir=tmp_path,
            alert_smtp_url=mail,
            alert_to="anna@example.org, bo@example.org",
            alert_webhook_url=hook,
            heartbeat_url=heart,
        )
        yield House(settings, mails, posts, beats)


def test_a_failed_night_is_told_by_mail_and_webhook(house: House) -> None:
    house.night(0)
    assert (house.mails, house.posts, len(house.beats)) == ([], [], 1)
    assert house.night(1, "failed", "raw/smhi_emissions: sheet 'X', cell C7: 'abc'; expected a number") == []
    (mail,), (post,) = house.mails, house.posts
    assert mail["Subject"] == "[klimat] refresh failed (klimat refresh)"
    assert mail["To"] == "anna@example.org, bo@example.org"
    for text in (mail.get_content(), post["text"]):
        assert "cell C7: 'abc'" in text  # what failed
        assert "Readers see: pub-0123456789abcdef, as of 2026-03-01 05:15 UTC" in text
        assert "mend the cause and run klimat refresh" in text
    assert (post["event"], post["since"]) == ("failed", "2026-03-02T05:15:00Z")
    assert len(house.beats) == 1, "a failed night is no heartbeat"


def test_each_failed_night_is_told_and_the_recovery_once(house: House) -> None:
    for day in (1, 2):
        house.night(day, "failed", "the disk is full")
    assert "It fails since 2026-03-02 05:15 UTC" in house.posts[1]["text"]
    house.night(3, "published")
    house.night(4)
    assert house.events == ["failed", "failed", "recovered"]
    assert house.posts[2]["since"] == "2026-03-02T05:15:00Z"


def test_a_night_that_does_not_start_is_told_once_and_its_end(house: House) -> None:
    house.night(0)
    assert watch(house.settings, START + timedelta(hours=25)) == []
    assert house.events == []
    for hours in (27, 28, 51):
        watch(house.settings, START + timedelta(hours=hours))
    assert house.events == ["late"]
    assert "last refresh that ended well was at 2026-03-01 05:15 UTC" in house.mails[0].get_content()
    house.night(3)
    assert house.events == ["late", "recovered"]


def test_a_folder_in_which_nothing_ever_ran_is_late_from_the_first_look(house: House) -> None:
    watch(house.settings, START)
    assert house.events == []
    watch(house.settings, START + timedelta(days=2))
    assert house.events == ["late"]


def test_a_source_that_answers_404_for_days_is_told_once_and_its_end(house: House) -> None:
    folder = house.settings.snapshots_dir
    folder.mkdir(parents=True)
    record_check(folder, "GGT", now=START)
    for day in range(1, 8):
        record_check(folder, "GGT", error="status 404 Not Found", now=START + timedelta(days=day))
        house.night(day)
    assert house.events == ["stale_source"]
    assert "source emissions GGT has not answered for 3 days; last: status 404 Not Found" in house.posts[0]["text"]
    assert status(house.settings, START + timedelta(days=7)).silent_sources == {"emissions GGT": 7}
    record_check(folder, "GGT", now=START + timedelta(days=8))
    house.night(8)
    assert house.events == ["stale_source", "digest", "source_answers"] or house.events == [
        "stale_source",
        "source_answers",
        "digest",
    ]


def test_a_refused_ledger_is_told_although_the_rest_is_published(house: House) -> None:
    for day in (0, 1):
        house.night(day, "published", "1283: ledger/broken.csv: no amount")
    house.night(2, "published")
    assert house.events == ["partly", "recovered"]


def test_a_week_is_summed_up(house: House) -> None:
    for day in range(8):
        house.night(day, "published" if day == 3 else "unchanged")
    assert house.events == ["digest"]
    assert house.mails[0]["Subject"] == "[klimat] the week: 1 published, 6 unchanged, 0 failed"


def test_a_channel_that_is_down_hides_nothing_and_gets_it_later(tmp_path: Path) -> None:
    deaf = Settings(data_dir=tmp_path, alert_webhook_url="http://anna:hemligt@127.0.0.1:9/hook?key=hemligt")
    house = House(deaf, [], [], [])
    assert house.night(0, "failed", "x") == ["webhook: ConnectError"]
    assert [alert.event for alert in read_state(deaf).unsent] == ["failed"]
    with webhook() as (hook, posts):
        watch(Settings(data_dir=tmp_path, alert_webhook_url=hook), START)
    assert [post["event"] for post in posts] == ["failed"]
    assert read_state(deaf).unsent == []
    assert b"hemligt" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_channel_that_is_down_does_not_make_another_repeat_itself(house: House) -> None:
    house.settings = house.settings.model_copy(update={"alert_webhook_url": SecretStr("http://127.0.0.1:9/hook")})
    assert house.night(0, "failed", "x") == ["webhook: ConnectError"]
    assert house.night(1, "published") == ["webhook: ConnectError"] * 2
    assert [mail["Subject"] for mail in house.mails] == [
        "[klimat] refresh failed (klimat refresh)",
        "[klimat] the refresh works again",
    ]
    with webhook() as (hook, posts):
        assert watch(house.settings.model_copy(update={"alert_webhook_url": SecretStr(hook)}), START) == []
    assert [post["event"] for post in posts] == ["failed", "recovered"]
    assert "waits_for" not in posts[0]
    assert len(house.mails) == 2


def test_a_run_is_noted_once_by_whoever_notes_it(house: House) -> None:
    night = Night(at=START, outcome="failed", started_by="schedule", run_id="abc", reason="x", exit_code=1)
    note(house.settings, night)
    note(house.settings, night)
    assert house.events == ["failed"] and len(read_state(house.settings).nights) == 1


def test_a_damaged_state_begins_anew(house: House) -> None:
    house.night(0)
    (house.settings.status_dir / "state.json").write_text("{garbage")
    house.night(1)
    assert len(read_state(house.settings).nights) == 1


def test_status_says_which_and_has_a_code_for_it(house: House, tmp_path: Path) -> None:
    def verdict(hours: float) -> str:
        return status(house.settings, START + timedelta(hours=hours)).verdict

    assert (verdict(0), EXIT_CODES[verdict(0)]) == ("stale", 1), "nothing is published"
    _published(house.settings)
    house.night(0, "published")
    assert (verdict(1), verdict(25), verdict(27)) == ("fresh", "fresh", "stale")
    house.night(1, "failed", "x")
    assert (verdict(25), EXIT_CODES["failed"]) == ("failed", 2)
    from klimat_pipeline.operations.run_lock import only_run

    with only_run(house.settings, "klimat refresh", wait_s=0):
        found = status(house.settings, START)
    assert (found.verdict, EXIT_CODES[found.verdict]) == ("running", 3)
    assert "klimat refresh (" in found.reasons[0]


def test_no_password_goes_over_a_line_that_others_can_read(house: House) -> None:
    """A server, or who sits before it, that offers no encryption."""
    assert house.settings.alert_smtp_url is not None
    place = house.settings.alert_smtp_url.get_secret_value().removeprefix("smtp://")
    settings = house.settings.model_copy(update={"alert_smtp_url": SecretStr(f"smtp://anna:hemligt@{place}")})
    night = Night(
        at=START, outcome="failed", started_by="schedule", run_id="1", reason="the disk is full", exit_code=74
    )
    (missed,) = note(settings, night)
    assert "offers no encryption (STARTTLS)" in missed and "hemligt" not in missed
    assert house.mails == [] and house.events == ["failed"], "the webhook has it"
    assert note(house.settings, night.model_copy(update={"run_id": "2"})) == []
    assert len(house.mails) == 2, "what was not taken is sent when it can be"


def test_the_log_has_every_night_once_whoever_started_it(tmp_path: Path) -> None:
    """The daemon's nights too, which only ``note`` knows of; two sensors may tell of one run."""
    settings = Settings(data_dir=tmp_path, log_file=tmp_path / "log" / "events.json")
    night = Night(at=START, outcome="failed", started_by="schedule", run_id="1", reason="källan är tyst", exit_code=1)
    for one in (night, night, night.model_copy(update={"run_id": "2", "outcome": "published", "exit_code": 0})):
        note(settings, one)
    assert settings.log_file is not None
    lines = [json.loads(line) for line in settings.log_file.read_text(encoding="utf-8").splitlines()]
    assert [(line["event"], line["level"], line["run_id"]) for line in lines] == [
        ("refresh_ended", "error", "1"),
        ("refresh_ended", "info", "2"),
    ]
    assert (lines[0]["started_by"], lines[0]["reason"]) == ("schedule", "källan är tyst")


def test_metrics_are_open_metrics(house: House, tmp_path: Path) -> None:
    _published(house.settings)
    house.night(0, "published")
    text = open_metrics(status(house.settings, START))
    assert text.endswith("# EOF\n") and "\n\n" not in text
    assert 'klimat_verdict{verdict="fresh"} 1\n' in text
    assert f"klimat_last_success_timestamp_seconds {START.timestamp():.0f}\n" in text
    named = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    shown = {line.partition("{")[0].split()[0] for line in text.splitlines() if not line.startswith("#")}
    assert shown <= named
    to = Settings(data_dir=tmp_path, metrics_file=tmp_path / "klimat.prom")
    write_metrics(to)
    assert (tmp_path / "klimat.prom").read_text().endswith("# EOF\n")
    assert (tmp_path / "klimat.prom").stat().st_mode & 0o777 == 0o644, "a collector has another account"
    nowhere = Settings(data_dir=tmp_path, metrics_file=tmp_path / "no" / "folder" / "klimat.prom")
    assert "klimat.prom: cannot be written (No such file or directory)" in write_metrics(nowhere)


def _published(settings: Settings) -> None:
    import sqlite3

    settings.published_dir.mkdir(parents=True)
    with sqlite3.connect(settings.published_dir / "klimat.sqlite") as database:
        database.execute("CREATE TABLE publication (publication_id TEXT, published_at TEXT)")
        database.execute("INSERT INTO publication VALUES ('pub-0123456789abcdef', '2026-03-01T05:15:00.000000Z')")
