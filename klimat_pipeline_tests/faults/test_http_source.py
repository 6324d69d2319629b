"""Rows 1-3, 5, 6 and 49 of the fault list: a source that is down, slow, overloaded, broken or not what it says."""

import logging
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from klimat_pipeline.errors import ConfigurationError, SourceError
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources import http, smhi
from klimat_pipeline.sources.http import Downloaded, download, redacted
from klimat_pipeline.sources.smhi import fetch
from klimat_pipeline_tests.support import misbehaving_server as server
from klimat_pipeline_tests.support.misbehaving_server import Answer, MisbehavingServer
from klimat_pipeline_tests.support.workbooks import lines_for, workbook

BODY = b"0123456789"


def patient(**changed: Any) -> Settings:
    """Settings with which nothing takes too long, however busy the machine; what fails fails without waiting."""
    values: dict[str, Any] = {
        "http_connect_timeout_s": 20.0,
        "http_read_timeout_s": 20.0,
        "http_deadline_s": 90.0,
        "http_attempts": 3,
        "http_retry_after_cap_s": 120.0,
        "http_backoff_s": 0.01,
        "max_snapshot_bytes": 1_000_000,
    }
    return Settings(**values | changed)


class Deadline:
    """Stands in for the clock and the timer of a download: its time passes when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def timer(self, seconds: float, ring: Callable[[], None]) -> SimpleNamespace:
        self.seconds, self.ring = seconds, ring
        return SimpleNamespace(start=lambda: None, cancel=lambda: None)

    def passes(self) -> None:
        self.now += self.seconds
        self.ring()


@pytest.fixture
def deadline(monkeypatch: pytest.MonkeyPatch) -> Deadline:
    made = Deadline()
    monkeypatch.setattr(http, "time", SimpleNamespace(monotonic=made.monotonic))
    monkeypatch.setattr(http, "threading", SimpleNamespace(Timer=made.timer))
    return made


class Noon(datetime):
    """A day on which it is always noon."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Noon":
        return cls(2026, 6, 10, 12, tzinfo=tz)


class Pauses(list[float]):
    """Stands in for sleeping: notes the pauses and takes no time."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def failure(*answers: Answer, settings: Settings | None = None, pauses: Pauses | None = None) -> tuple[str, int]:
    """The message, and how many requests it took."""
    with MisbehavingServer(list(answers)) as source:
        with pytest.raises(SourceError) as caught:
            download(source.url, settings or patient(), sleep=Pauses() if pauses is None else pauses)
        assert str(caught.value).startswith(f"{source.url}: ")
        return str(caught.value), len(source.requests)


def success(*answers: Answer, settings: Settings | None = None, pauses: Pauses | None = None) -> tuple[Downloaded, int]:
    with MisbehavingServer(list(answers)) as source:
        got = download(source.url, settings or patient(), sleep=Pauses() if pauses is None else pauses)
        assert got is not None
        return got, len(source.requests)


def test_a_sound_answer_with_its_validators() -> None:
    modified = "Wed, 10 Jun 2026 05:15:00 GMT"
    got, tries = success(server.ok(BODY, ETag='"v1"', Last_Modified=modified, Content_Type="application/x-test"))
    assert got == Downloaded(BODY, '"v1"', modified, "application/x-test")
    assert tries == 1


def test_not_modified_since_the_last_answer() -> None:
    with MisbehavingServer([server.ok_with_etag(BODY, '"v1"')]) as source:
        assert download(source.url, patient(), etag='"v1"', last_modified="Wed, 10 Jun 2026 05:15:00 GMT") is None
        changed = download(source.url, patient(), etag='"v0"')
        assert source.requests[0].headers["if-none-match"] == '"v1"'
        assert source.requests[0].headers["if-modified-since"] == "Wed, 10 Jun 2026 05:15:00 GMT"
    assert changed is not None and changed.content == BODY


def test_not_modified_although_nothing_was_held_is_no_answer() -> None:
    message, tries = failure(server.status("304 Not Modified"))
    assert "status 304" in message and tries == 1


def test_query_is_added_to_that_of_the_address() -> None:
    with MisbehavingServer([server.ok(BODY)]) as source:
        download(f"{source.url}?key=1", patient(), params={"sub": "GGT"})
        assert source.requests[0].target == "/api/getexcelfile/?key=1&sub=GGT"


@pytest.mark.parametrize("line", ["500 Internal Server Error", "503 Service Unavailable", "520 Odd", "429 Too Many"])
def test_1_error_then_answer(line: str) -> None:
    got, tries = success(server.status(line), server.ok(BODY))
    assert (got.content, tries) == (BODY, 2)


def test_1_source_stays_down() -> None:
    message, tries = failure(server.status("502 Bad Gateway"))
    assert tries == 3
    assert "after 3 tries" in message and "last: status 502 Bad Gateway" in message
    assert "klimat snapshot add" in message


def test_1_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(SourceError, match=r"after 3 tries.*ConnectError"):
        download(f"http://127.0.0.1:{port}/", patient(), sleep=Pauses())


def test_1_pauses_double_with_jitter() -> None:
    pauses = Pauses()
    failure(server.status("500 No"), settings=patient(http_attempts=4, http_backoff_s=0.4), pauses=pauses)
    assert len(pauses) == 3
    for pause, base in zip(pauses, (0.4, 0.8, 1.6), strict=True):
        assert 0.75 * base <= pause <= 1.25 * base


@pytest.mark.parametrize("line", ["400 Bad Request", "401 Unauthorized", "404 Not Found", "410 Gone"])
def test_other_refusals_fail_at_once(line: str) -> None:
    message, tries = failure(server.status(line))
    assert tries == 1
    assert f"status {line}" in message and "Check the address" in message


def test_2_retry_after_in_seconds_is_obeyed() -> None:
    pauses = Pauses()
    settings = patient(http_deadline_s=60)
    _, tries = success(
        server.status("429 Too Many Requests", Retry_After="7"), server.ok(BODY), settings=settings, pauses=pauses
    )
    assert (pauses, tries) == ([7.0], 2)


def test_2_retry_after_as_a_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "datetime", Noon)
    pauses = Pauses()
    when = format_datetime(Noon.now(UTC) + timedelta(seconds=30), usegmt=True)
    success(server.status("503 Busy", Retry_After=when), server.ok(BODY), settings=patient(), pauses=pauses)
    assert pauses == [30.0]


@pytest.mark.parametrize("header", ["soon", "-5", "", "\xb2"])
def test_2_retry_after_that_says_nothing(header: str) -> None:
    pauses = Pauses()
    refusal = server.status("429 Too Many Requests", Retry_After=header)
    _, tries = success(refusal, server.ok(BODY), pauses=pauses)
    assert tries == 2
    assert 0.0075 <= pauses[0] <= 0.0125


def test_2_retry_after_has_a_cap() -> None:
    pauses = Pauses()
    settings = patient(http_deadline_s=60, http_retry_after_cap_s=9)
    success(server.status("429 Too Many", Retry_After="86400"), server.ok(BODY), settings=settings, pauses=pauses)
    assert pauses == [9.0]


def test_2_no_waiting_for_a_try_that_would_come_after_the_deadline() -> None:
    pauses = Pauses()
    message, tries = failure(
        server.status("429 Too Many", Retry_After="60"), settings=patient(http_deadline_s=50), pauses=pauses
    )
    assert (pauses, tries) == ([], 1)
    assert "after 1 try" in message and "status 429 Too Many, which asks to wait 60 s" in message


def test_3_silence_is_cut_by_the_read_timeout() -> None:
    message, _ = failure(server.silent, settings=patient(http_read_timeout_s=0.1))
    assert "after 3 tries" in message and "ReadTimeout" in message


@pytest.mark.parametrize(
    "answer",
    [
        lambda then: server.drip(then=then),
        lambda then: server.drip(length=10_000, then=then),
        server.drip_headers,
    ],
    ids=["body", "body with length", "headers"],
)
def test_3_drip_is_cut_by_the_deadline(deadline: Deadline, answer: Callable[[Callable[[], None]], Answer]) -> None:
    """It would go on for ever, and no wait for a byte is long: the asker hangs up."""
    said = pytest.raises(SourceError, match=r"the deadline of 90 s passed .*too slowly")
    with MisbehavingServer([answer(deadline.passes)]) as source, said:
        download(source.url, patient(), sleep=Pauses())
    assert [request.left for request in source.requests] == [True]


def test_3_read_timeout_does_not_outlast_the_deadline() -> None:
    """The asker hangs up; else the server would, much later."""
    said = pytest.raises(SourceError, match=r"the deadline of 0\.3 s passed")
    with MisbehavingServer([server.silent]) as source, said:
        download(source.url, patient(http_deadline_s=0.3, http_read_timeout_s=3600), sleep=Pauses())
    assert all(request.left for request in source.requests)


@pytest.mark.parametrize(
    "broken", [server.cut_short(BODY, 100), server.reset(BODY, 100)], ids=["less than announced", "connection reset"]
)
def test_4_truncated_answer_is_fetched_again(broken: Answer) -> None:
    got, tries = success(broken, server.ok(BODY))
    assert (got.content, tries) == (BODY, 2)
    message, tries = failure(broken)
    assert tries == 3
    assert "RemoteProtocolError" in message or "ReadError" in message


def test_answer_that_cannot_be_unpacked() -> None:
    message, tries = failure(server.ok(BODY, Content_Encoding="gzip"))
    assert tries == 3
    assert "DecodingError" in message


def test_too_large_by_announcement_is_not_read() -> None:
    """The server sends no more: who read on would get no further than the read timeout."""
    message, tries = failure(server.announced_only(2_000_000))
    assert tries == 1
    assert "larger than the limit of 1,000,000 bytes" in message and "KLIMAT_MAX_SNAPSHOT_BYTES" in message


def test_too_large_without_announcement_is_aborted() -> None:
    message, tries = failure(server.endless)
    assert tries == 1
    assert "larger than the limit of 1,000,000 bytes" in message


def test_exactly_the_limit_is_taken() -> None:
    got, _ = success(server.ok(BODY), settings=patient(max_snapshot_bytes=10))
    assert got.content == BODY
    failure(server.ok(BODY), settings=patient(max_snapshot_bytes=9))


def test_redirect_is_followed() -> None:
    with MisbehavingServer([server.redirect("/elsewhere"), server.ok(BODY)]) as source:
        got = download(source.url, patient())
        assert [request.target for request in source.requests] == ["/api/getexcelfile/", "/elsewhere"]
    assert got is not None and got.content == BODY


def test_redirect_to_a_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    message, tries = failure(server.redirect(f"file://{tmp_path}/secret"))
    assert tries == 1
    assert "neither http nor https" in message


def test_redirect_to_ftp_is_not_followed() -> None:
    message, tries = failure(server.redirect("ftp://127.0.0.1/a.xlsx"))
    assert tries == 1
    assert "neither http nor https" in message


def test_redirects_in_a_circle() -> None:
    message, tries = failure(server.redirect("/again"))
    assert tries == 6  # the first address and five redirects
    assert "redirects more than 5 times" in message


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://example.org/a.xlsx", "example.org/a.xlsx", ""])
def test_only_http_addresses_are_asked(url: str) -> None:
    with pytest.raises(SourceError, match="only http and https"):
        download(url, patient())


def test_49_no_secret_in_messages_or_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with MisbehavingServer([server.status("404 Not Found")]) as source:
        url = f"http://robot:hush@127.0.0.1:{source.port}/file?token=hush"
        with pytest.raises(SourceError) as caught:
            download(url, patient(), params={"key": "hush"})
        assert "authorization" in source.requests[0].headers  # it was used
    assert f"http://127.0.0.1:{source.port}/file: status 404" in str(caught.value)
    assert "hush" not in str(caught.value) + caplog.text
    with pytest.raises(SourceError) as caught:
        download("http://robot:hush@example.org:port/file", patient())
    assert "hush" not in str(caught.value)


def test_redacted() -> None:
    assert redacted("https://robot:hush@example.org/a/b?key=hush#part") == "https://example.org/a/b"
    assert redacted("http://example.org:port/") == "(no valid address)"


def asking(url: str) -> Settings:
    return patient(smhi_url=url)


def test_national_workbook_as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smhi, "datetime", Noon)
    content = workbook(lines_for((("Skåne län", "Helsingborg"),), (1990, 2020)))
    with MisbehavingServer([server.ok_with_etag(content, '"v1"')]) as source:
        got = fetch("GGT", asking(source.url))
        assert source.requests[0].target == "/api/getexcelfile/?county=0&municipality=0&sub=GGT"
        assert fetch("GGT", asking(source.url), etag='"v1"') is None
    assert got is not None
    assert (got.content, got.etag, got.url) == (content, '"v1"', f"{source.url}?county=0&municipality=0&sub=GGT")
    assert got.retrieved_at == Noon.now(UTC)


def test_5_error_page_with_status_200() -> None:
    page = "<!DOCTYPE html>\r\n<html><title>Driftstörning</title>"
    with MisbehavingServer([server.html(page)]) as source, pytest.raises(SourceError) as caught:
        fetch("GGT", asking(source.url))
    message = str(caught.value)
    assert "text/html; charset=utf-8" in message
    assert "<!DOCTYPE html>  <html><title>Driftstörning</title>" in message
    assert source.url in message and "GGT" in message
    assert len(source.requests) == 1


def test_6_empty_answer() -> None:
    with MisbehavingServer([server.ok(b"")]) as source, pytest.raises(SourceError, match="empty answer"):
        fetch("GGT", asking(source.url))


def test_4_half_a_workbook_under_a_right_length() -> None:
    content = workbook(lines_for((("Skåne län", "Helsingborg"),), (1990, 2020)))
    half = content[: len(content) // 2]
    with MisbehavingServer([server.ok(half)]) as source, pytest.raises(SourceError, match="cut off or damaged"):
        fetch("GGT", asking(source.url))


@pytest.mark.parametrize("code", ["GGT", "CO2", "PM2.5"])
def test_codes_of_the_source_are_asked_as_they_are(code: str) -> None:
    with MisbehavingServer([server.ok(b"")]) as source:
        with pytest.raises(SourceError):
            fetch(code, asking(source.url))
        assert source.requests[0].target.endswith(f"&sub={code}")


@pytest.mark.parametrize("code", ["", "GGT&county=1", "../etc", "A" * 21, "GGT\n", "åäö"])
def test_what_is_no_code_is_not_asked(code: str) -> None:
    with MisbehavingServer([server.ok(b"")]) as source:
        with pytest.raises(ConfigurationError, match="KLIMAT_SUBSTANCES"):
            fetch(code, asking(source.url))
        assert source.requests == []
