"""How each refresh ended, whoever started it, and what people are told about that: each thing once, and its end once.

Kept in ``status/state.json`` of the data folder. What does not belong here: how a message goes out (``alerts``), what
is shown of it (``status``).
"""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from klimat_pipeline.operations import alerts
from klimat_pipeline.operations.alerts import Alert
from klimat_pipeline.operations.log import log
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.state import SourceState, read_states

_KEPT = 60
_UNSENT = 20
#: Characters of a reason that are kept and told.
_LONGEST = 3_000
_WEEK = timedelta(days=7)
_WHAT_TO_DO = "klimat status says how it stands. Nothing has to be undone: mend the cause and run klimat refresh."


class Night(BaseModel):
    """How one refresh ended.

    Attributes:
        at: when it ended, UTC.
        outcome: what became of it.
        started_by: who started it.
        run_id: Dagster's id of the run, empty where it ended before there was one.
        publication_id: what it published or confirmed.
        reason: why it failed, or what was left out.
        exit_code: of the command.
    """

    at: datetime
    outcome: Literal["published", "unchanged", "failed"]
    started_by: str
    run_id: str = ""
    publication_id: str = ""
    reason: str = ""
    exit_code: int = 0


class State(BaseModel):
    """What is remembered between refreshes.

    Attributes:
        nights: the last ones, the newest last.
        last_good: the last one that did not fail.
        told: by what was told and has not ended, since when.
        unsent: messages that a channel has not taken yet.
        digest_at: when the last digest was sent.
    """

    nights: list[Night] = []
    last_good: Night | None = None
    told: dict[str, datetime] = {}
    unsent: list[Alert] = []
    digest_at: datetime | None = None


def read_state(settings: Settings) -> State:
    """What is remembered; nothing where the file is absent or damaged."""
    try:
        return State.model_validate_json((settings.status_dir / "state.json").read_bytes())
    except (OSError, ValidationError):
        return State()


def note(settings: Settings, night: Night) -> list[str]:
    """Remember how a refresh ended, write it to the log, and tell people what they should know.

    Returns:
        What went wrong with telling them.
    """
    night = night.model_copy(update={"reason": night.reason[:_LONGEST]})
    with _changed(settings) as state:
        if night.run_id and any(night.run_id == known.run_id for known in state.nights):
            return []
        level = logging.ERROR if night.exit_code else logging.INFO
        log(settings, "refresh_ended", level=level, **night.model_dump(exclude={"at"}))
        state.nights = [*state.nights, night][-_KEPT:]
        if night.outcome != "failed":
            state.last_good = night
            (settings.status_dir / "heartbeat").write_text(f"{night.at:%Y-%m-%dT%H:%M:%SZ}\n", encoding="ascii")
        state.unsent += [
            *_of_night(state, night),
            *_of_sources(settings, state),
            *_digest(settings, state, night.at),
        ]
        missed = _send(settings, state)
    unheard = alerts.ping(settings) if night.outcome != "failed" else ""
    return [*missed, *([f"heartbeat: {unheard}"] if unheard else [])]


def watch(settings: Settings, now: datetime | None = None) -> list[str]:
    """The dead man's switch on this machine: tell people when no refresh has ended well for too long.

    Returns:
        What went wrong with telling them.
    """
    now = now or datetime.now(UTC)
    with _changed(settings) as state:
        limit = timedelta(hours=settings.late_after_h)
        last = state.last_good.at if state.last_good else None
        # A folder in which nothing has ever run is not late, it is new: the clock starts at the first look.
        since = last or state.told.setdefault("first look", now)
        if now - since > limit and "late" not in state.told:
            state.told["late"] = since
            begun = (
                f"the last refresh that ended well was at {since:%Y-%m-%d %H:%M} UTC" if last else "none has ended well"
            )
            state.unsent.append(
                _alert(
                    "late",
                    "no refresh for too long",
                    since,
                    state,
                    f"No refresh has ended well in time: {begun}; expected is one every {settings.late_after_h:g} "
                    f"hours. Does the schedule start? {_WHAT_TO_DO}",
                )
            )
        state.unsent += _of_sources(settings, state)
        return _send(settings, state)


def silent_sources(settings: Settings) -> dict[str, SourceState]:
    """Sources that did not answer when they were last asked, by place and name."""
    # Each source keeps its state beside its snapshots; that of emissions is in the folder "fetched".
    folders = sorted((settings.written_dir / "snapshots").glob("*/"))
    places = {"emissions" if one == settings.snapshots_dir else one.name: one for one in folders}
    return {
        f"{kind} {name}": state
        for kind, folder in places.items()
        for name, state in read_states(folder).items()
        if state.silent_days is not None
    }


def _of_night(state: State, night: Night) -> Iterator[Alert]:
    if night.outcome == "failed":
        is_first = "failed" not in state.told
        since = state.told.setdefault("failed", night.at)
        # Every failed night is told: silence would look like success.
        again = "" if is_first else f" It fails since {since:%Y-%m-%d %H:%M} UTC."
        yield _alert(
            "failed",
            f"refresh failed ({night.started_by})",
            since,
            state,
            f"The refresh stopped: {night.reason}{again}\n{_WHAT_TO_DO}",
        )
        return
    if night.reason and "refused" not in state.told:
        state.told["refused"] = night.at
        yield _alert(
            "partly",
            "published, but not everything",
            night.at,
            state,
            f"The refresh ended with {night.outcome}, and: {night.reason}\n{_WHAT_TO_DO}",
        )
    if not night.reason and "refused" in state.told:
        since = state.told.pop("refused")
        yield _alert("recovered", "everything is published again", since, state, "Nothing is to be done.")
    for key, what in (("failed", "the refresh works again"), ("late", "a refresh has ended well again")):
        if key in state.told:
            since = state.told.pop(key)
            yield _alert(
                "recovered",
                what,
                since,
                state,
                f"Since {since:%Y-%m-%d %H:%M} UTC it had not; now {night.outcome} {night.publication_id}. "
                "Nothing is to be done.",
            )


def _of_sources(settings: Settings, state: State) -> Iterator[Alert]:
    silent = {
        f"source {name}": found
        for name, found in silent_sources(settings).items()
        if (found.silent_days or 0) >= settings.alert_silent_days
    }
    for key, found in silent.items():
        if key not in state.told:
            since = datetime.fromisoformat(found.last_success_at or found.first_checked_at)
            state.told[key] = since
            text = (
                f"{key} has not answered for {found.silent_days} days; last: {found.last_error}\n"
                f"The last snapshot stays in use until {settings.source_max_age_days} days have passed "
                "(KLIMAT_SOURCE_MAX_AGE_DAYS). Has its address changed? A file can be added by hand: klimat snapshot "
                "add FILE."
            )
            yield _alert("stale_source", f"{key} does not answer", since, state, text)
    for key in [key for key in state.told if key.startswith("source ") and key not in silent]:
        since = state.told.pop(key)
        yield _alert(
            "source_answers",
            f"{key} answers again",
            since,
            state,
            f"{key} had been silent since {since:%Y-%m-%d %H:%M} UTC. Nothing is to be done.",
        )


def _digest(settings: Settings, state: State, now: datetime) -> Iterator[Alert]:
    if state.digest_at is None:
        state.digest_at = now
    if now - state.digest_at < _WEEK:
        return
    week = [night for night in state.nights if night.at > state.digest_at]
    counts = {kind: sum(night.outcome == kind for night in week) for kind in ("published", "unchanged", "failed")}
    said = ", ".join(f"{number} {kind}" for kind, number in counts.items())
    silent = ", ".join(silent_sources(settings)) or "none"
    yield _alert(
        "digest",
        f"the week: {said}",
        state.digest_at,
        state,
        f"Refreshes since {state.digest_at:%Y-%m-%d}: {said}. Sources that do not answer: {silent}.",
    )
    state.digest_at = now


def _alert(event: str, subject: str, since: datetime, state: State, text: str) -> Alert:
    good = state.last_good
    seen = f"{good.publication_id}, as of {good.at:%Y-%m-%d %H:%M} UTC" if good else "nothing that was noted here"
    return Alert(
        event=event,
        subject=subject,
        text=f"{text}\nReaders see: {seen}.\n",
        since=f"{since:%Y-%m-%dT%H:%M:%SZ}",
        publication_id=good.publication_id if good else None,
    )


def _send(settings: Settings, state: State) -> list[str]:
    """Send what is waiting; what a channel does not take waits for that channel, and no other gets it again."""
    waiting, state.unsent, missed = state.unsent[-_UNSENT:], [], []
    for alert in waiting:
        if told := alerts.send(settings, alert):
            missed += [f"{channel}: {reason}" for channel, reason in told.items()]
            state.unsent.append(alert.model_copy(update={"waits_for": list(told)}))
    return missed


@contextmanager
def _changed(settings: Settings) -> Iterator[State]:
    """The state, to be changed: read and written by one process at a time, whole or not at all."""
    folder: Path = settings.status_dir
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = read_state(settings)
        yield state
        draft = folder / ".state.json.draft"
        draft.write_text(state.model_dump_json(indent=1), encoding="utf-8")
        draft.replace(folder / "state.json")
