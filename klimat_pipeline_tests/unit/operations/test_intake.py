"""What the live source answers, from the request to the archive: rows 1, 4 and 49 of the fault list, end to end.

The two releases of the small country are there from the start, so GGT always has something to fall back on and CO2 never.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from klimat_pipeline.errors import KlimatError, SnapshotError, SourceError, UnknownNameError, WorkbookError
from klimat_pipeline.operations.intake import add_file, fetch_all
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.archive import Snapshot, archive_of
from klimat_pipeline.sources.smhi_snapshots import snapshot_table, stale_days
from klimat_pipeline.sources.state import read_states, record_check
from klimat_pipeline_tests.support import misbehaving_server as server
from klimat_pipeline_tests.support.misbehaving_server import Answer, MisbehavingServer
from klimat_pipeline_tests.support.workbooks import Layout, lines_for, workbook

HELSINGBORG = (("Skåne län", "Helsingborg"),)
CO2 = Layout(substance="CO2", sheet="Koldioxid (CO2)", title="Emissioner av Koldioxid (CO2)", unit="Enhet: ton/år")


def book(figure: float = 10.0, layout: Layout | None = None) -> bytes:
    return workbook(lines_for(HELSINGBORG, (1990, 2020), figure=figure), layout)


FIRST, SECOND = book(10.0), book(11.0)

Make = Callable[..., Settings]


@pytest.fixture
def make(small_country: Path, tmp_path: Path) -> Make:
    def settings(**changed: Any) -> Settings:
        values: dict[str, Any] = {
            "project_dir": small_country,
            "data_dir": tmp_path,
            "http_read_timeout_s": 20.0,
            "http_deadline_s": 90.0,
            "http_attempts": 2,
            "http_backoff_s": 0.01,
        }
        return Settings(**(values | changed))

    return settings


def fetched(settings: Settings) -> list[Snapshot]:
    return [snapshot for snapshot in archive_of(settings).snapshots() if not snapshot.embedded]


def ask(make: Make, *answers: Answer, **changed: Any) -> tuple[Settings, list[str], MisbehavingServer]:
    """Fetch once from a source with these answers."""
    said: list[str] = []
    with MisbehavingServer(list(answers)) as source:
        settings = make(smhi_url=source.url, **changed)
        fetch_all(settings, log=said.append)
    return settings, said, source


def refused(make: Make, *answers: Answer, error: type[KlimatError] = SourceError, **changed: Any) -> str:
    with pytest.raises(error) as caught:
        ask(make, *answers, **changed)
    assert fetched(make()) == []
    return str(caught.value)


def age(settings: Settings, days: float, substance: str = "GGT") -> None:
    """Make the last answer so many days old."""
    record_check(settings.snapshots_dir, substance, now=datetime.now(UTC) - timedelta(days=days))


def test_a_new_release_enters_with_where_it_came_from(make: Make) -> None:
    settings, said, source = ask(make, server.ok(FIRST, ETag='"v1"', Last_Modified="Wed, 10 Jun 2026 05:15:00 GMT"))
    (snapshot,) = fetched(settings)
    assert snapshot.release_id == f"smhi-ggt-2026-06-10-{snapshot.sha256[:8]}"
    assert archive_of(settings).read(snapshot) == FIRST
    assert snapshot.url == f"{source.url}?county=0&municipality=0&sub=GGT"
    assert (snapshot.etag, snapshot.last_modified) == ('"v1"', "Wed, 10 Jun 2026 05:15:00 GMT")
    assert snapshot.file_name == f"{snapshot.retrieved_at:%Y%m%dT%H%M%SZ}-GGT.xlsx"
    assert said[-1] == f"GGT: new release {snapshot.release_id}"
    assert stale_days(settings, "GGT") is None


def test_every_substance_is_asked_in_turn(make: Make) -> None:
    settings, _, source = ask(make, server.ok(FIRST), server.ok(book(layout=CO2)), substances=" GGT, CO2 ,")
    assert [request.target[-3:] for request in source.requests] == ["GGT", "CO2"]
    assert [snapshot.substance for snapshot in fetched(settings)] == ["CO2", "GGT"]


def test_not_modified_adds_nothing(make: Make) -> None:
    with MisbehavingServer([server.ok_with_etag(FIRST, '"v1"')]) as source:
        settings = make(smhi_url=source.url)
        assert [taken.is_new for taken in fetch_all(settings)] == [True]
        before = fetched(settings)
        digest = archive_of(settings).digest()
        said: list[str] = []
        assert fetch_all(settings, log=said.append) == []
        assert source.requests[1].headers["if-none-match"] == '"v1"'
    assert fetched(settings) == before
    assert archive_of(settings).digest() == digest
    assert said[-1] == "GGT: not modified since the last fetch"


def test_the_same_bytes_without_validators_add_nothing(make: Make) -> None:
    with MisbehavingServer([server.ok(FIRST)]) as source:
        settings = make(smhi_url=source.url)
        assert [taken.is_new for taken in fetch_all(settings) + fetch_all(settings)] == [True, False]
        assert "if-none-match" not in source.requests[1].headers
    assert len(fetched(settings)) == 1


def test_a_changed_file_is_a_second_release(make: Make) -> None:
    with MisbehavingServer([server.ok_with_etag(FIRST, '"v1"'), server.ok_with_etag(SECOND, '"v2"')]) as source:
        settings = make(smhi_url=source.url)
        fetch_all(settings)
        fetch_all(settings)
        assert fetch_all(settings) == []
        assert [request.headers.get("if-none-match") for request in source.requests] == [None, '"v1"', '"v2"']
    assert {archive_of(settings).read(snapshot) for snapshot in fetched(settings)} == {FIRST, SECOND}


def test_a_removed_release_comes_back_although_an_older_one_is_still_held(make: Make) -> None:
    """The source would say "not modified" of a file that is gone."""
    with MisbehavingServer([server.ok_with_etag(FIRST, '"v1"'), server.ok_with_etag(SECOND, '"v2"')]) as source:
        settings = make(smhi_url=source.url)
        fetch_all(settings)
        (second,) = fetch_all(settings)
        archive_of(settings).remove(second.snapshot.release_id)
        (again,) = fetch_all(settings)
        assert "if-none-match" not in source.requests[2].headers
    assert again.is_new and again.snapshot.release_id == second.snapshot.release_id


def test_validators_of_an_older_file_are_forgotten(make: Make) -> None:
    with MisbehavingServer([server.ok(FIRST, ETag='"v1"'), server.ok(SECOND)]) as source:
        settings = make(smhi_url=source.url)
        for _ in range(3):
            fetch_all(settings)
        assert [request.headers.get("if-none-match") for request in source.requests] == [None, '"v1"', None]


def test_a_file_added_by_hand_and_then_fetched_is_one_release_and_asked_conditionally(
    make: Make, tmp_path: Path
) -> None:
    path = tmp_path / "by hand.xlsx"
    path.write_bytes(FIRST)
    by_hand = add_file(make(), path)
    with MisbehavingServer([server.ok_with_etag(FIRST, '"v1"')]) as source:
        settings = make(smhi_url=source.url)
        (taken,) = fetch_all(settings)
        assert (taken.snapshot, taken.is_new) == (by_hand.snapshot, False)
        assert fetch_all(settings) == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (server.status("500 Internal Server Error"), "status 500"),
        (server.status("404 Not Found"), "status 404"),
        (server.cut_short(FIRST[:100], len(FIRST)), "RemoteProtocolError"),
        (server.ok(FIRST[:-50]), "cut off or damaged"),
        (server.html("<html>Driftstopp</html>"), "of type text/html; charset=utf-8, beginning with '<html>Driftstopp"),
        (server.ok(b""), "empty answer"),
    ],
    ids=["down", "gone", "connection lost", "truncated", "web page", "empty"],
)
def test_1_source_without_usable_answer_falls_back(make: Make, answer: Answer, said: str) -> None:
    settings, log, _ = ask(make, answer)
    assert fetched(settings) == []
    assert said in log[-2]
    assert log[-1] == "GGT: going on with the last snapshot; the source has been silent for 0 days"
    assert said in str(read_states(settings.snapshots_dir)["GGT"].last_error)


def test_1_nothing_that_came_broken_is_taken_for_what_is_held(make: Make) -> None:
    """The broken answer's validator must not be sent: the mended file would be "not modified"."""
    broken = server.ok(FIRST[:-50], ETag='"v1"')
    with MisbehavingServer([broken, server.ok_with_etag(FIRST, '"v1"')]) as source:
        settings = make(smhi_url=source.url)
        assert fetch_all(settings) == []
        assert [taken.is_new for taken in fetch_all(settings)] == [True]
    assert stale_days(settings, "GGT") is None


def test_1_days_of_silence_are_counted_and_end_with_an_answer(make: Make) -> None:
    settings, _, _ = ask(make, server.ok_with_etag(FIRST, '"v1"'))
    age(settings, 12.5)
    settings, log, _ = ask(make, server.status("503 Service Unavailable"))
    assert log[-1].endswith("the source has been silent for 12 days")
    assert stale_days(settings, "GGT") == 12
    assert set(snapshot_table(settings)["stale_days"]) == {12}
    settings, _, source = ask(make, server.ok_with_etag(FIRST, '"v1"'))
    assert source.requests[0].headers["if-none-match"] == '"v1"'
    assert stale_days(settings, "GGT") is None
    assert snapshot_table(settings)["stale_days"].isna().all()


@pytest.mark.parametrize(("days", "fails"), [(30.5, False), (31.5, True)])
def test_1_silence_is_bridged_for_a_while_only(make: Make, days: float, fails: bool) -> None:
    age(make(), days)
    if not fails:
        ask(make, server.status("500 No"), source_max_age_days=30)
        return
    message = refused(make, server.status("500 No"), source_max_age_days=30)
    assert "status 500" in message
    assert "has not answered for 31 days, more than the 30 that are bridged (KLIMAT_SOURCE_MAX_AGE_DAYS)" in message


def test_1_a_source_that_never_answered_is_bridged_since_it_was_first_asked(make: Make) -> None:
    settings = make()
    record_check(settings.snapshots_dir, "GGT", error="down", now=datetime.now(UTC) - timedelta(days=3))
    assert "for 3 days" in refused(make, server.status("500 No"), source_max_age_days=2)


def test_1_nothing_to_fall_back_on(make: Make) -> None:
    message = refused(make, server.status("500 No"), substances="CO2")
    assert "status 500" in message and "no earlier snapshot of CO2 to fall back on" in message


def test_another_substance_than_asked_for_never_enters(make: Make) -> None:
    message = refused(make, server.ok(FIRST, ETag='"v1"'), substances="CO2")
    assert "holds GGT, asked for was CO2" in message
    settings, log, _ = ask(make, server.ok(book(layout=CO2), ETag='"v1"'))
    assert fetched(settings) == []
    assert "holds CO2, asked for was GGT" in log[-2] and "going on with the last snapshot" in log[-1]
    assert read_states(settings.snapshots_dir)["GGT"].etag is None


def test_codes_are_compared_without_case(make: Make) -> None:
    settings, _, _ = ask(make, server.ok(FIRST), substances="ggt")
    assert [snapshot.substance for snapshot in fetched(settings)] == ["GGT"]
    age(settings, 4.5, "ggt")
    settings, _, _ = ask(make, server.status("500 No"), substances="ggt")
    assert stale_days(settings, "GGT") == 4


@pytest.mark.parametrize(
    ("content", "error", "said"),
    [
        (workbook(lines_for((("Skåne län", "Helsingbork"),), (1990,))), UnknownNameError, "Helsingbork"),
        (book(layout=Layout(unit="Enhet: tunnor")), UnknownNameError, "unit 'tunnor'"),
        (workbook({("Jordbruk", "Alla", *HELSINGBORG[0]): {1990: 1.0}}), UnknownNameError, "Transporter"),
        (book(layout=Layout(header=("Sektor", "Del", "Län", "Kommun"))), WorkbookError, "Huvudsektor"),
    ],
    ids=["municipality", "unit", "sectors gone", "header"],
)
def test_a_workbook_that_nobody_can_read_stops_and_never_enters(
    make: Make, content: bytes, error: type[KlimatError], said: str
) -> None:
    """Whole, but of another form: that is news to look at, no silence to bridge."""
    assert said in refused(make, server.ok(content), error=error)


def test_49_no_secret_in_log_manifest_or_state(make: Make, tmp_path: Path) -> None:
    said: list[str] = []
    with MisbehavingServer([server.ok(FIRST), server.status("404 Not Found")]) as source:
        settings = make(smhi_url=source.url.replace("//", "//robot:hush@") + "?token=hush")
        fetch_all(settings, log=said.append)
        fetch_all(settings, log=said.append)
        assert "authorization" in source.requests[0].headers
        assert "token=hush" in source.requests[0].target
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.suffix == ".json"]
    assert len(written) == 2
    assert not any(b"hush" in content for content in written)
    assert "404" in said[-2]
    assert "hush" not in "".join(said)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"last_success_at": "yesterday"}, "yesterday"),
        ({"first_checked_at": 5}, "field first_checked_at is 5"),
        ({"last_checked_at": None}, "sources.json"),
        ({"last_success_at": "2026-06-10T12:00:00"}, "expected a time with its zone"),
    ],
)
def test_damaged_state_is_named_before_the_source_is_asked(make: Make, changed: dict[str, Any], said: str) -> None:
    settings = make()
    record_check(settings.snapshots_dir, "GGT", error="down")
    path = settings.snapshots_dir / "sources.json"
    states = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({"GGT": states["GGT"] | changed}), encoding="utf-8")
    with MisbehavingServer([server.ok(FIRST)]) as source:
        with pytest.raises(SnapshotError, match=r"sources\.json: damaged.*Delete it") as caught:
            fetch_all(make(smhi_url=source.url))
        assert source.requests == []
    assert said in str(caught.value)


def test_state_of_an_older_version_is_read_and_its_validators_are_not_trusted(make: Make) -> None:
    settings, _, _ = ask(make, server.ok(FIRST, ETag='"v1"'))
    path = settings.snapshots_dir / "sources.json"
    states = json.loads(path.read_text(encoding="utf-8"))
    del states["GGT"]["sha256"]
    path.write_text(json.dumps(states), encoding="utf-8")
    _, _, source = ask(make, server.ok_with_etag(FIRST, '"v1"'))
    assert "if-none-match" not in source.requests[0].headers


def test_state_that_cannot_be_written_is_said_in_words(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("klimat_pipeline.sources.archive.write_whole", full)
    with pytest.raises(SnapshotError, match=r"sources\.json: cannot be written \(No space left on device\)"):
        record_check(make().snapshots_dir, "GGT", error="down")


def test_a_file_by_hand(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "ggt.xlsx"
    path.write_bytes(FIRST)
    taken = add_file(make(), path, release_id="my-release", report_date="2026-06")
    assert (taken.snapshot.release_id, taken.snapshot.report_date, taken.snapshot.url) == (
        "my-release",
        "2026-06",
        None,
    )
    assert taken.is_new and not add_file(make(), path).is_new


def test_files_by_hand_that_cannot_enter(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "ggt.xlsx"
    with pytest.raises(SnapshotError, match=r"cannot be read \(No such file"):
        add_file(make(), path)
    with pytest.raises(SnapshotError, match=r"cannot be read \(Is a directory"):
        add_file(make(), tmp_path)
    path.write_bytes(FIRST)
    with pytest.raises(SnapshotError, match=r"larger than the limit of 1,000 bytes.*KLIMAT_MAX_SNAPSHOT_BYTES"):
        add_file(make(max_snapshot_bytes=1000), path)
    path.write_bytes(b"<html>")
    with pytest.raises(WorkbookError, match=r"ggt\.xlsx: it is no workbook"):
        add_file(make(), path)
    assert fetched(make()) == []
