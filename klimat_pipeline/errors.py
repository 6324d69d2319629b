"""The few error types that a user can meet.

Every message says where (file, sheet, row, column), what was found, what was expected and what to do. What does not
belong here: how an error is shown (``cli`` prints it and exits, Dagster records it in the run).
"""

from collections.abc import Sequence
from dataclasses import dataclass


class KlimatError(Exception):
    """Base of every error that is the fault of the input, the configuration or the machine, not of the code.

    Attributes:
        exit_code: exit code of the command; each is a row of the table in ``docs/operations.md``.
    """

    exit_code = 1

    @property
    def problems(self) -> list[str]:
        """The problems, one line each, so that several can be gathered before they are raised."""
        return [str(self)]


class ConfigurationError(KlimatError):
    """A setting or a configuration file is wrong; the message names file, line and field."""


class SourceError(KlimatError):
    """A source could not be reached, or its answer is not what was asked for."""


class SnapshotError(KlimatError):
    """The snapshot archive cannot store or return a file."""


class StaleSourceError(SourceError):
    """A source has been silent for longer than is bridged, or may not be silent at all (``--strict``)."""

    #: EX_NOINPUT of sysexits.h.
    exit_code = 66


class ServiceError(KlimatError):
    """A service that is needed does not answer, or refuses: the database, the history of Dagster's runs."""

    #: EX_UNAVAILABLE.
    exit_code = 69


class DiskError(KlimatError):
    """A disk is full, or a file on it is damaged."""

    #: EX_IOERR.
    exit_code = 74


class AccessError(KlimatError):
    """The account that the command runs under may not read or write something."""

    #: EX_NOPERM.
    exit_code = 77


class PublishError(KlimatError):
    """Publishing stopped; the last good version stays readable."""


class PublishServiceError(PublishError, ServiceError):
    """The same, because a database does not answer or refuses."""


class PublishDiskError(PublishError, DiskError):
    """The same, because of the disk."""


class PublishAccessError(PublishError, AccessError):
    """The same, because of missing rights."""


class RunLockError(KlimatError):
    """Another run has the data folder, the tables or the database; the message says which run, and since when."""

    #: EX_TEMPFAIL of sysexits.h: nothing is wrong, try again later.
    exit_code = 75


class StaleTableError(KlimatError):
    """A stored table was made from other inputs than there are now, so nothing may be made from it.

    Args:
        message: which table, and what to do.
        digest: of what it was made from, if it says so.
    """

    def __init__(self, message: str, digest: str | None = None) -> None:
        self.digest = digest
        super().__init__(message)


class ContractError(KlimatError):
    """A table does not have the form that its contract describes."""


class UnknownNameError(KlimatError):
    """A name (sector, municipality, unit, substance) is in no reference table; its meaning is never guessed."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a workbook something was found; ``row`` and ``column`` as a spreadsheet shows them (1, "A")."""

    file: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        parts = [self.file]
        if self.sheet is not None:
            parts.append(f"sheet '{self.sheet}'")
        if self.row is not None and self.column is not None:
            parts.append(f"cell {self.column}{self.row} (row {self.row}, column {self.column})")
        elif self.row is not None:
            parts.append(f"row {self.row}")
        elif self.column is not None:
            parts.append(f"column {self.column}")
        return ", ".join(parts)


class WorkbookError(KlimatError):
    """A workbook cannot be read as what it claims to be.

    Args:
        place: file, sheet, row and column of the fault.
        problem: what was found there, with the value.
        expected: what should be there.
        advice: what the reader of the message can do about it.
    """

    def __init__(self, place: Place, problem: str, *, expected: str, advice: str) -> None:
        self.place = place
        super().__init__(f"{place}: {problem}; expected {expected}. {advice}")


class ProblemsError(ConfigurationError):
    """Several problems found at once, one line each."""

    def __init__(self, problems: Sequence[str]) -> None:
        self._problems = list(problems)
        super().__init__("\n".join(self._problems))

    @property
    def problems(self) -> list[str]:
        """The problems, one line each."""
        return self._problems
