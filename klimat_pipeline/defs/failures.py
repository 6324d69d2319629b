"""What stopped a step: the fault of an input as Dagster's own failure, and its words for those who are told of it.

What does not belong here: exit codes (``cli``), faults of the code, which keep their traceback.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from dagster._core.execution.plan.objects import StepFailureData
from dagster_shared.error import SerializableErrorInfo

from klimat_pipeline.errors import KlimatError

#: Entry of a failure that names the class of the error.
_KIND = "kind of fault"
#: File and line, or row, at the beginning of a problem.
_PLACE = re.compile(r"^(\S+\.\w+(?::\d+)?)[:,]")
_LISTED = 50


@contextmanager
def as_failures() -> Iterator[None]:
    """Say an error that a user can meet once: the message, where the fault is, and no chain of tracebacks."""
    try:
        yield
    except KlimatError as error:
        problems = error.problems
        places = [found[1] for found in map(_PLACE.match, problems) if found]
        kind = type(error)
        metadata: dict[str, dg.MetadataValue] = {_KIND: dg.MetadataValue.text(f"{kind.__module__}.{kind.__qualname__}")}
        if places:
            metadata["where"] = dg.MetadataValue.md("\n".join(f"* {place}" for place in dict.fromkeys(places)))
        if len(problems) > 1:
            metadata["problems"] = dg.MetadataValue.md("\n".join(f"* {problem}" for problem in problems[:_LISTED]))
        raise dg.Failure(description=str(error), metadata=metadata, allow_retries=False) from None


def _deepest(error: SerializableErrorInfo) -> SerializableErrorInfo:
    """The error that the others came from."""
    while error.cause is not None:
        error = error.cause
    return error


def full_words(data: StepFailureData) -> str:
    """The message with the full name of the error's class before it."""
    told = data.user_failure_data
    if told is not None and _KIND in told.metadata:
        return f"{told.metadata[_KIND].value}: {told.description}"
    message: str = _deepest(data.error).message.strip() if data.error else ""
    return message


def words(data: StepFailureData) -> str:
    """The message: our own errors explain themselves, any other needs the name of its class too."""
    message = full_words(data)
    known = message.split(": ", 1)
    return known[1] if len(known) == 2 and "klimat_pipeline.errors." in known[0] else message
