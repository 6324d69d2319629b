"""Faults of the machine in one sentence, with the exit code of their kind: disk, rights, a missing library.

Faults that a stage knows are errors of its own (``errors``); here are those that can happen at any line. What is not
known here is a fault of the code, and its traceback is shown.
"""

import errno
import shutil
import sqlite3
from collections.abc import Iterator

from klimat_pipeline import errors
from klimat_pipeline.errors import AccessError, ConfigurationError, DiskError, KlimatError, ServiceError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
_STAYS = "What is published stays as it was."


def in_words(error: BaseException) -> KlimatError | None:
    """The error as a user can meet it; None where it is a fault of the code."""
    for one in _causes(error):
        found = _in_words(one)
        if found is not None:
            return found
    return None


def kind_of(message: str) -> type[KlimatError]:
    """The class of an error that only its text is left of: a step's, as Dagster's history holds it."""
    begin, _, _ = message.partition(": ")
    module, _, name = begin.rpartition(".")
    found = getattr(errors, name, None) if module == errors.__name__ else None
    if isinstance(found, type) and issubclass(found, KlimatError):
        return found
    if any(f"[Errno {number}]" in message for number in _FULL) or "database or disk is full" in message:
        return DiskError
    return AccessError if any(f"[Errno {number}]" in message for number in _FORBIDDEN) else KlimatError


def _in_words(error: BaseException) -> KlimatError | None:
    if isinstance(error, KlimatError):
        return error
    return _of_the_machine(error) if isinstance(error, OSError) else _of_a_library(error)


def _of_a_library(error: BaseException) -> KlimatError | None:
    of_sqlite = getattr(error, "orig", error)  # SQLAlchemy wraps it
    if isinstance(of_sqlite, sqlite3.DatabaseError) and "full" in str(of_sqlite):
        return DiskError(f"the disk is full ({of_sqlite}). {_STAYS} Make room and run again.")
    if isinstance(of_sqlite, sqlite3.DatabaseError):
        return DiskError(f"a file of SQLite cannot be used: {of_sqlite}. {_STAYS} Bring it back (klimat restore).")
    if type(error).__module__.startswith(("psycopg", "sqlalchemy")):
        return ServiceError(f"a database does not answer as it should ({type(error).__name__}). {_STAYS}")
    if type(error).__name__ == "DagsterInvalidConfigError" or type(error).__module__.startswith("yaml."):
        # All that Dagster, and PyYAML by itself, read of a user's. What would be right there takes three pages.
        said = " ".join(str(error).partition(" Expected: ")[0].split())
        return ConfigurationError(
            f"dagster.yaml cannot be followed: {said} What is shipped is in dagster.yaml.shipped."
        )
    if isinstance(error, ImportError) and ("nstall" in str(error) or error.name):
        return ConfigurationError(
            f"a library is missing: {error}. A setting names something that it is needed for (such as "
            "KLIMAT_TABLES_URL=s3://...); install it, for instance klimat_pipeline[bucket], or change the setting."
        )
    return None


def _of_the_machine(error: OSError) -> KlimatError | None:
    if isinstance(error, shutil.Error):  # a folder's copy: source, target and the text of an error for each file
        _, target, why = error.args[0][0]
        return kind_of(why)(f"{target}: {why}. {_STAYS}")
    where = f"{error.filename}: " if error.filename else ""
    if error.errno in _FULL:
        return DiskError(f"{where}the disk is full. {_STAYS} Make room and run again.")
    if error.errno == errno.EIO:
        return DiskError(f"{where}the disk cannot be read or written ({error.strerror}). {_STAYS}")
    if error.errno in _FORBIDDEN:
        return AccessError(
            f"{where}{error.strerror}: does it belong to another account, or is the disk read-only? {_STAYS} Run as "
            "its owner, or name another folder (KLIMAT_DATA_DIR)."
        )
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came from, the outermost first."""
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__
