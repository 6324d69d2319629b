"""The log of what the command and the daemon do, a line of JSON an event, in a file that is turned over.

Off unless ``KLIMAT_LOG_FILE`` names one. What does not belong here: what a terminal shows (``cli``), Dagster's own log
(``--log-format json`` of its programs).
"""

import json
import logging
import sys
from datetime import UTC, datetime
from functools import lru_cache
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from klimat_pipeline.settings import Settings

_BYTES, _FILES = 5_000_000, 5


def log(settings: Settings, event: str, *, level: int = logging.INFO, **fields: Any) -> None:
    """Write an event with its fields; a file that cannot be written is told on stderr and stops nothing.

    Args:
        settings: where to.
        event: a word that programs look for.
        level: of Python's logging.
        fields: key and value; no secrets.
    """
    if settings.log_file is not None:
        _logger(settings.log_file).log(level, event, extra={"fields": fields})


@lru_cache(maxsize=4)
def _logger(path: Path) -> logging.Logger:
    handler = _Turned(path, maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8", delay=True)
    handler.setFormatter(_Json())
    # Outside Python's hierarchy of loggers: nothing reaches a terminal, and nobody else's lines come in.
    logger = logging.Logger("klimat.events", level=logging.INFO)
    logger.addHandler(handler)
    return logger


class _Turned(RotatingFileHandler):
    """A file that makes its folder, and says in a line what a handler of Python's says in two tracebacks."""

    def _open(self) -> Any:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - Python's name
        error = sys.exception()
        why = getattr(error, "strerror", None) or type(error).__name__
        sys.stderr.write(f"not noted: KLIMAT_LOG_FILE={self.baseFilename}: {record.getMessage()} ({why})\n")


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = {"at": at, "level": record.levelname.lower(), "event": record.getMessage(), "process": record.process}
        return json.dumps(line | getattr(record, "fields", {}), ensure_ascii=False, default=str)
