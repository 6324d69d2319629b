"""Small ledgers for the tests, in the open-data form, and a way to read them."""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger.file_format import FileFormat
from klimat_pipeline.spend.ledger.format_detection import file_format
from klimat_pipeline.spend.ledger.ledger_report import LedgerReport
from klimat_pipeline.spend.ledger.personal_numbers import Pseudonyms
from klimat_pipeline.spend.ledger.read_files import read_ledgers
from klimat_pipeline.spend.ledger.read_ledger import ReadOptions, read_ledger
from klimat_pipeline.spend.ledger.reference import load_ledger_reference
from klimat_pipeline.spend.ledger.store import SpendStore
from klimat_pipeline_tests.support.shared import REPOSITORY

REFERENCE = REPOSITORY / "data" / "reference"
TypedLine = dict[str, Any]
KEY = b"a key that only the tests know"
HEADER = "kopare_id;verifikationsnummer;leverantor;leverantor_id;konto_nr;konto_text;belopp;datum;fakturanummer;text"


def line(
    voucher: str = "V1",
    amount: str = "100,00",
    day: str = "2023-03-01",
    *,
    name: str = "Firma AB",
    supplier: str = "556677-8899",
    account: str = "4110",
    text: str = "Livsmedel",
    invoice: str = "F1",
    item: str = "",
) -> str:
    return f"212000-1157;{voucher};{name};{supplier};{account};{text};{amount};{day};{invoice};{item}"


def way(*, key: bytes | None = KEY, keeps_item_text: bool = True, **settings: Any) -> ReadOptions:
    own = {"quarantine_limit_pct": 100.0, **settings}
    reference = load_ledger_reference(REFERENCE)
    return ReadOptions(SpendSettings.model_validate(own), reference, reference.rules, Pseudonyms(key), keeps_item_text)


def read(tmp_path: Path, content: str | bytes, name: str = "ledger.csv", **settings: Any) -> LedgerReport:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    shutil.rmtree(tmp_path / "typed", ignore_errors=True)
    return read_ledger(path, name, way(**settings), tmp_path / "typed")


def typed_lines(folder: Path) -> list[TypedLine]:
    """All lines below a folder, in order of file and line."""
    rows = [
        row for path in sorted(folder.rglob("*.parquet")) for row in pq.read_table(path, partitioning=None).to_pylist()
    ]
    return sorted(rows, key=lambda row: (row["file_id"], row["line"]))


def read_cases(
    folder: Path, cases: Iterable[str], row: Callable[[str], str], *, header: str = HEADER, **settings: Any
) -> tuple[dict[str, TypedLine], LedgerReport]:
    """One ledger with a line for each case, which must pass, for tests that each look at a line of their own.

    It serves where a line is judged by itself; what is judged by a file as a whole needs a file a case.

    Args:
        folder: to work in.
        cases: names of the cases, each once.
        row: the line of a case.
        header: of the ledger.
        settings: of the municipality.

    Returns:
        The typed line of every case, and what is told of the ledger.
    """
    named = list(cases)
    report = read(folder, ledger(*map(row, named), header=header), **settings)
    return dict(zip(named, typed_lines(folder / "typed"), strict=True)), report


def looked_over(folder: Path, content: str, name: str = "ledger.csv", **settings: Any) -> FileFormat:
    """What a file is found to be before any of its lines is typed; the report's warnings begin with those of this."""
    (folder / name).write_text(content)
    own = way(**settings)
    return file_format(folder / name, name, own.settings, own.reference)


class ReadOnce:
    """Reads CSV files of which many differ in names alone: of the file, of its columns, and what stands above them.

    Every file is looked over (``file_format``), and what stops it there stops it here. Its lines are then typed by what
    was found; names only go into messages, and settings that name columns have said what they say. So of files whose
    lines are the same, and that were found to be the same but for names, one is read. Where a header stands again among
    the lines, names decide, and the file needs ``read``.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reports: dict[tuple[str, ...], LedgerReport] = {}

    def __call__(self, content: str, name: str = "ledger.csv", **settings: Any) -> tuple[FileFormat, LedgerReport]:
        """What the file was found to be, and what became of its lines."""
        form = looked_over(self._folder, content, name, **settings)
        assert form.format == "csv" and "\r" not in content
        nameless = replace(form, file="", sha256="", size_bytes=0, skipped=0, header=("",) * len(form.header))
        lines = content.split("\n")[form.skipped :]
        own = sorted((key, value) for key, value in settings.items() if key != "columns")
        same = (repr(replace(nameless, remarks=(), warnings=())), repr(own), *lines)
        if same not in self._reports:
            self._reports[same] = read(self._folder, content, name, **settings)
        return form, self._reports[same]


def ledger(*lines: str, header: str = HEADER) -> str:
    return "\n".join((header, *lines)) + "\n"


def balance(passed: LedgerReport) -> dict[str, tuple[int, int]]:
    """Lines and oere by rule."""
    sums: dict[str, tuple[int, int]] = {}
    for _, rule, lines, amount in passed.rows():
        before = sums.get(rule, (0, 0))
        sums[rule] = (before[0] + lines, before[1] + amount)
    return sums


def read_folder(folder: Path, store: Path, **settings: Any) -> list[LedgerReport]:
    """Read all ledgers of a municipality's folder."""
    own = SpendSettings.model_validate({"quarantine_limit_pct": 100.0, **settings})
    return read_ledgers({"1283": (folder, own)}, REFERENCE, KEY, SpendStore(store)).get("1283", [])


def read_before(folder: Path, *contents: str) -> Path:
    """A store in which each of these ledgers was read alone: beside another one it is not read again.

    Which ledgers a folder holds is asked at every run, and what the store has of others is forgotten: so the cases of a
    file that hold other ledgers against the same few ones can each begin with a copy.
    """
    store = SpendStore(folder / "store")
    for number, content in enumerate(contents):
        alone = folder / str(number)
        (alone / "m" / "ledger").mkdir(parents=True)
        (alone / "m" / "ledger" / "ledger.csv").write_text(content)
        read_folder(alone / "m", alone / "store")
        store.copy_from(SpendStore(alone / "store"))
    return folder / "store"
