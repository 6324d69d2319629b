"""Is all well: what is published, how the last refreshes ended, whether the sources answer. For people and programs.

What does not belong here: remembering and telling (``nights``), colours (``cli``).
"""

import fcntl
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from klimat_pipeline.operations.locks import FolderLock
from klimat_pipeline.operations.nights import Night, read_state, silent_sources
from klimat_pipeline.settings import Settings

Verdict = Literal["fresh", "stale", "failed", "running"]
#: The convention of monitoring plugins: all is well, look at it, act, nothing can be said just now.
EXIT_CODES: dict[Verdict, int] = {"fresh": 0, "stale": 1, "failed": 2, "running": 3}


class Status(BaseModel):
    """What ``klimat status`` says.

    Attributes:
        verdict: in one word.
        reasons: why it is not ``fresh``, a line each.
        publication_id: what readers of the files see.
        published_at: since when.
        last: how the last refresh ended.
        last_good: the last that did not fail.
        silent_sources: days that each source which does not answer has been silent.
        running: who refreshes just now.
        disk_free_bytes: in the data folder.
        history_bytes: what Dagster's home takes.
        unsent_alerts: messages that a channel has not taken yet.
    """

    verdict: Verdict
    reasons: list[str]
    publication_id: str | None
    published_at: datetime | None
    last: Night | None
    last_good: Night | None
    silent_sources: dict[str, int]
    running: str | None
    disk_free_bytes: int
    history_bytes: int
    unsent_alerts: int


def status(settings: Settings, now: datetime | None = None) -> Status:
    """Look at everything that says whether all is well."""
    now = now or datetime.now(UTC)
    state, publication = read_state(settings), _published(settings)
    last = state.nights[-1] if state.nights else None
    silent = {name: found.silent_days or 0 for name, found in silent_sources(settings).items()}
    running = _running(settings)
    stale = [
        f"{name} has been silent for {days} days" for name, days in silent.items() if days >= settings.alert_silent_days
    ]
    good = state.last_good
    if publication is None:
        stale.append("nothing is published")
    elif good is None or now - good.at > timedelta(hours=settings.late_after_h):
        since = f"since {good.at:%Y-%m-%d %H:%M} UTC" if good else "yet"
        stale.append(f"no refresh has ended well {since}")
    failed = [f"the last refresh failed: {last.reason}"] if last is not None and last.outcome == "failed" else []
    verdict: Verdict = "running" if running else "failed" if failed else "stale" if stale else "fresh"
    return Status(
        verdict=verdict,
        reasons=[*([f"{running} is at work"] if running else []), *failed, *stale],
        publication_id=publication[0] if publication else None,
        published_at=publication[1] if publication else None,
        last=last,
        last_good=good,
        silent_sources=silent,
        running=running,
        disk_free_bytes=shutil.disk_usage(_existing(settings.written_dir)).free,
        history_bytes=sum(path.stat().st_size for path in settings.dagster_home.rglob("*") if path.is_file()),
        unsent_alerts=len(state.unsent),
    )


def open_metrics(found: Status) -> str:
    """The same in the text format of OpenMetrics, for a textfile collector or a scraper."""
    values: dict[str, tuple[str, float]] = {
        f'verdict{{verdict="{name}"}}': ("", float(found.verdict == name)) for name in EXIT_CODES
    }
    lines = ["# TYPE klimat_verdict gauge", "# HELP klimat_verdict 1 for what klimat status says."]
    lines += [f"klimat_{name} {value:g}" for name, (_, value) in values.items()]
    gauges = {
        "published_timestamp_seconds": ("When what readers see was published.", _seconds(found.published_at)),
        "last_success_timestamp_seconds": (
            "When a refresh last ended well.",
            _seconds(found.last_good.at if found.last_good else None),
        ),
        "last_exit_code": ("How the last refresh ended.", float(found.last.exit_code) if found.last else None),
        "disk_free_bytes": ("Room in the data folder.", float(found.disk_free_bytes)),
        "history_bytes": ("Size of Dagster's home.", float(found.history_bytes)),
        "unsent_alerts": ("Messages that a channel has not taken yet.", float(found.unsent_alerts)),
    }
    for name, (told, value) in gauges.items():
        if value is not None:
            lines += [f"# TYPE klimat_{name} gauge", f"# HELP klimat_{name} {told}", f"klimat_{name} {value:.0f}"]
    lines += ["# TYPE klimat_source_silent_days gauge", "# HELP klimat_source_silent_days Days without an answer."]
    lines += [f'klimat_source_silent_days{{source="{name}"}} {days}' for name, days in found.silent_sources.items()]
    return "\n".join([*lines, "# EOF", ""])


def write_metrics(settings: Settings) -> str:
    """Renew the file of metrics, whole or not at all, where there is to be one.

    Returns:
        Why it could not be written, which stops nothing; empty where it was.
    """
    if settings.metrics_file is None:
        return ""
    draft = settings.metrics_file.with_name(f".{settings.metrics_file.name}.draft")
    try:
        draft.write_text(open_metrics(status(settings)), encoding="utf-8")
        draft.chmod(0o644)  # a collector has another account, and there is nothing secret in it
        draft.replace(settings.metrics_file)
    except OSError as error:
        return f"KLIMAT_METRICS_FILE={settings.metrics_file}: cannot be written ({error.strerror})"
    return ""


def _seconds(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None


def _published(settings: Settings) -> tuple[str, datetime] | None:
    path = settings.published_dir / "klimat.sqlite"
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
            name, at = database.execute("SELECT publication_id, published_at FROM publication").fetchone()
        return str(name), datetime.fromisoformat(at)
    except (sqlite3.Error, TypeError, ValueError):
        return None


def _running(settings: Settings) -> str | None:
    """Who holds the data folder just now. Reading is enough, so any account may ask."""
    path = settings.written_dir / ".run.lock"
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return FolderLock(settings.written_dir).holder()
    except OSError:
        return None
    return None


def _existing(folder: Path) -> Path:
    return folder if folder.exists() else _existing(folder.parent)
