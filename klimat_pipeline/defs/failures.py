"""What stopped a step, in the words of the error that stopped it. What does not belong here: exit codes (``cli``)."""

from dagster_shared.error import SerializableErrorInfo


def deepest(error: SerializableErrorInfo) -> SerializableErrorInfo:
    """The error that the others came from."""
    while error.cause is not None:
        error = error.cause
    return error


def words(error: SerializableErrorInfo) -> str:
    """The message: our own errors explain themselves, any other needs the name of its class too."""
    message: str = deepest(error).message.strip()
    known = message.split(": ", 1)
    return known[1] if len(known) == 2 and "klimat_pipeline.errors." in known[0] else message
