"""The balance of one ledger file: lines and oere by year and rule, what did not pass, and what is told about it.

What does not belong here: how a file is read (``read_ledger``), and what is told of it (``report_remarks``).
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace

from klimat_pipeline.spend.ledger.csv_reader import Problem
from klimat_pipeline.spend.ledger.file_format import FileFormat, form_from_json
from klimat_pipeline.spend.ledger.ledger_error import LedgerError

#: Problems that an error message lists.
_LISTED = 10
_READ = "read"


@dataclass(slots=True)
class LedgerReport:
    """A file's balance.

    Attributes:
        form: how it was read.
        lines: lines with content but headers and control sums: read, duplicate and quarantined together.
        scope: lines and oere by year and rule; ``counted``, ``quarantined``, ``overlap`` and ``vat_in_amounts`` are
            rules too, of which the last has no lines of its own.
        days: first and last day among the lines that passed.
        years: years that have a Parquet file.
        problems: what did not pass.
        rounded: amounts with more than two decimals.
        blank: lines without content.
        notes: lines about the file, which are none of it.
        headers: lines that are the header once more.
        control_sums: totals that were met; they are no lines.
        remarks: what a reader should know.
        warnings: what a reader should look at.
        against: files that it was held against.
        status: read, or what it is the same as.
    """

    form: FileFormat
    lines: int = 0
    scope: dict[str, tuple[int, int]] = field(default_factory=dict)
    days: tuple[str, str] = ("", "")
    years: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rounded: int = 0
    blank: int = 0
    notes: int = 0
    headers: int = 0
    control_sums: int = 0
    remarks: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    status: str = _READ
    against: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[int, str, int, int]]:
        """Year (0 where a line tells none), rule, lines, oere."""
        for key, (lines, amount) in sorted(self.scope.items()):
            year, _, rule = key.partition(" ")
            yield int(year), rule, lines, amount

    def add(self, year: int, rule: str, lines: int, amount: int) -> None:
        """Add to a year and rule."""
        before = self.scope.get(f"{year} {rule}", (0, 0))
        self.scope[f"{year} {rule}"] = (before[0] + lines, before[1] + amount)

    def of(self, *rules: str) -> tuple[int, int]:
        """Lines and oere of some rules, all years."""
        found = [(lines, amount) for _, rule, lines, amount in self.rows() if rule in rules]
        return sum(lines for lines, _ in found), sum(amount for _, amount in found)

    @property
    def amount_ore(self) -> int:
        """Everything that the file holds and that can be told."""
        return sum(amount for *_, amount in self.rows())

    def to_json(self) -> str:
        """For the state folder: nothing personal is in it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "LedgerReport":
        """What ``to_json`` wrote."""
        data = json.loads(text)
        form = form_from_json(data.pop("form"))
        data["scope"] = {key: tuple(value) for key, value in data["scope"].items()}
        data["days"] = tuple(data["days"])
        data["problems"] = [Problem(**problem) for problem in data["problems"]]
        return cls(form=form, **data)


class TooManyError(LedgerError):
    """More lines than allowed do not pass; holds what was found, so that it can be shown."""

    def __init__(self, passed: LedgerReport, share: float, limit: float) -> None:
        self.passed = passed
        first = "\n".join(problem_line(passed.form.file, problem) for problem in passed.problems[:_LISTED])
        super().__init__(
            f"{passed.form.file}: {len(passed.problems):,} of {passed.lines:,} lines ({share:.2f} %) do not pass, "
            f"{limit:g} % are allowed (municipality.yaml, spend: quarantine_limit_pct). Read as {stated(passed.form)}. "
            f"First:\n{first}"
        )


def problem_line(file: str, problem: Problem) -> str:
    """``file:line: column ...``."""
    column = f"column {problem.column_name}: " if problem.column_name else ""
    return f"{file}:{problem.line}: {column}{problem.reason}, found {problem.value!r}"


def stated(form: FileFormat) -> str:
    """What was detected, in words."""
    if form.format != "csv":
        return form.format
    separator = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}[form.separator]
    mark = "comma" if form.decimal_mark == "," else "point"
    return f"CSV, {form.encoding}{' with BOM' if form.has_bom else ''}, {separator}, decimal {mark}"


def renamed(passed: LedgerReport, shown: str) -> LedgerReport:
    """The balance of the same bytes under another name."""
    return replace(passed, form=replace(passed.form, file=shown))
