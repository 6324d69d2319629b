"""Rules for what in a ledger is no purchase: the shipped ones, and a municipality's own, which go before them.

What belongs here: the form of the files. What does not: applying them (``spend.left_out``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from klimat_pipeline.configuration.csv_file import CsvColumn, read_csv

FILE = "ledger_rules.csv"
#: A rule of this name in a municipality's file says that an account counts after all.
COUNTS = "counts"
_COLUMNS = (
    CsvColumn("rule_id", pattern=r"[a-z][a-z0-9_]*"),
    CsvColumn("match", allowed=("account_prefix", "account_text")),
    CsvColumn("pattern"),
    CsvColumn("reason"),
)


@dataclass(frozen=True, slots=True)
class LedgerRule:
    """A rule that leaves lines out.

    Attributes:
        rule_id: under which they are shown.
        match: ``account_prefix`` (the number begins so) or ``account_text`` (the text holds it, in any case).
        pattern: what is looked for.
        reason: why.
    """

    rule_id: str
    match: str
    pattern: str
    reason: str


def load_rules(reference_dir: Path, folder: Path | None = None) -> tuple[LedgerRule, ...]:
    """The rules for a municipality, in the order in which they are tried.

    Args:
        reference_dir: ``data/reference``.
        folder: the municipality's folder, for its own.

    Raises:
        ProblemsError: everything that is wrong in the files, with file, line and column.
    """
    own = _read(folder / FILE, folder.parent) if folder is not None and (folder / FILE).is_file() else ()
    return (*own, *_read(reference_dir / FILE, reference_dir))


def _read(path: Path, base: Path) -> Sequence[LedgerRule]:
    rows = read_csv(path, columns=_COLUMNS, base=base, key=("match", "pattern"))
    return [LedgerRule(**row) for row in rows]
