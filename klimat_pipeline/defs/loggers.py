"""A logger that passes Dagster's step events on to whoever shows progress, and prints nothing itself."""

import logging
from collections.abc import Callable

import dagster as dg

#: Called with the event's type and the step's key.
listeners: list[Callable[[str, str], None]] = []


class _Forwarding(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        event = (getattr(record, "dagster_meta", None) or {}).get("dagster_event")
        if event is not None and event.step_key:
            for listener in listeners:
                listener(event.event_type_value, event.step_key)


@dg.logger({}, description="Feeds the progress bar of klimat refresh.")
def progress_logger(context: dg.InitLoggerContext) -> logging.Logger:
    """A logger of its own, so that nothing reaches the terminal twice."""
    quiet = logging.Logger("klimat.progress", level=logging.DEBUG)
    quiet.addHandler(_Forwarding())
    return quiet
