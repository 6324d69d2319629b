"""All ledger files of all municipalities: found, recognised when unchanged, read, and held against each other.

What does not belong here: one file (``read_ledger``), the tables made of it (``files``, ``ledger_totals``,
``quarantine``).
"""

import fcntl
import hashlib
import json
import shutil
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from klimat_pipeline import text
from klimat_pipeline.configuration import spend_factors
from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.errors import ConfigurationError, KlimatError, ProblemsError
from klimat_pipeline.spend.ledger import locations, overlap, places, typed_lines
from klimat_pipeline.spend.ledger.database import database
from klimat_pipeline.spend.ledger.file_format import FileFormat
from klimat_pipeline.spend.ledger.file_hash import FileHash, file_hash
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.personal_numbers import Pseudonyms
from klimat_pipeline.spend.ledger.rates import Rates
from klimat_pipeline.spend.ledger.read_ledger import LedgerReport, ReadOptions, read_ledger, renamed
from klimat_pipeline.spend.ledger.reference import load_ledger_reference, rules_of

#: Endings of files that a folder of ledgers may hold; those of text also with ``.gz`` behind them.
SUFFIXES = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".parquet", ".se", ".si", ".sie")
_PACKED = ".gz"
#: What to do with files that are not read, by their endings.
_REMEDIES = {
    ".xls": "an old Excel file: save it as xlsx or CSV",
    ".xlsb": "a binary Excel file: save it as xlsx or CSV",
    ".ods": "a spreadsheet of LibreOffice: save it as xlsx or CSV",
    ".numbers": "a spreadsheet of a Macintosh: export it as xlsx or CSV",
    ".zip": "a packed archive: unpack it into the folder",
    ".7z": "a packed archive: unpack it into the folder",
    ".rar": "a packed archive: unpack it into the folder",
    ".tar": "a packed archive: unpack it into the folder",
    ".tgz": "a packed archive: unpack it into the folder",
    ".bz2": "a packed file: unpack it, or pack it with gzip",
    ".gz": "a packed file that is no CSV: unpack it into the folder",
    ".json": "JSON: export it as CSV or Parquet",
    ".xml": "XML, such as SIE 5: export it as SIE 4 or CSV",
    ".pdf": "a PDF: ask for the export as CSV or xlsx, or take it out of the folder",
}
_OTHER = "no kind of file that is read (CSV, xlsx, Parquet, SIE 4): export it as one, or take it out of the folder"
#: What is kept of a file: its stamp (two) and its content (three).
_KNOWN = 5


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """A ledger file as it lies there.

    Attributes:
        path: any path that universal-pathlib understands.
        shown: how tables and messages name it.
        content: its bytes.
        stamp: its size, and its time of change or ETag, when they were read.
        remedy: what to do with a file that is not read; empty for a ledger.
    """

    path: Any
    shown: str
    content: FileHash
    stamp: tuple[int, float | str]
    remedy: str = ""

    @property
    def sha256(self) -> str:
        return self.content.sha256

    @property
    def file_id(self) -> str:
        return self.sha256[:16]


class SpendStore:
    """Where the stage keeps what it makes: below ``<intermediate>/spend``.

    Args:
        intermediate: folder of the tables between stages.
    """

    def __init__(self, intermediate: Path) -> None:
        self.root = intermediate / "spend"

    @property
    def dataset(self) -> Path:
        """Folder of all typed lines, by municipality and year."""
        return self.root / "ledger"

    def lines(self, code: str) -> Path:
        """Folder of a municipality's typed lines, by year."""
        return self.dataset / f"municipality_code={code}"

    def partitions(self) -> set[tuple[str, str]]:
        """Municipality and year of all typed lines."""
        folders = self.dataset.glob("municipality_code=*/year=*")
        return {(path.parent.name.partition("=")[2], path.name.partition("=")[2]) for path in folders}

    def state(self, code: str) -> Path:
        """Folder of the balances of files that were read."""
        return self.root / "state" / code

    @property
    def hashes(self) -> Path:
        return self.root / "state" / "hashes.json"

    @property
    def parts(self) -> Path:
        """Folder of the groups of every typed file (``footprint.groups``)."""
        return self.root / "parts"

    @property
    def made_from(self) -> str | None:
        """Digest of what all typed lines were made from; None while they are being made, or were made in part."""
        try:
            return self._made_from.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def mark(self, digest: str | None) -> None:
        """Say what all typed lines were made from; None before any of them is written."""
        if digest is None:
            self._made_from.unlink(missing_ok=True)
            return
        self._made_from.parent.mkdir(parents=True, exist_ok=True)
        draft = self._made_from.with_name(f".{self._made_from.name}.{uuid.uuid4().hex}.part")
        draft.write_text(digest, encoding="utf-8")
        draft.replace(self._made_from)

    @property
    def _made_from(self) -> Path:
        return self.root / "state" / "made_from"

    @contextmanager
    def locked(self, name: str, *, shared: bool = False, wait: bool = True) -> Iterator[bool]:
        """Hold a lock of the whole machine; it ends with the process, however that ends.

        Args:
            name: of what is locked.
            shared: beside others that hold it so.
            wait: for whoever holds it; otherwise the answer may be no.

        Yields:
            Whether it is held.
        """
        path = self.root / "state" / "locks" / f"{name}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w") as file:
            try:
                fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
            else:
                yield True


def find_files(folder: Path, settings: SpendSettings, hashes: Path) -> list[LedgerFile]:
    """Files in the folders of a municipality's ledgers, by name; what is not read is among them with its remedy.

    Args:
        folder: of the municipality.
        settings: which paths are ledgers.
        hashes: where what is known of unchanged files (size and time of change) is kept.

    Raises:
        ProblemsError: configured paths that do not exist or do not answer; the usual folder may be absent.
    """
    usual = SpendSettings().ledgers
    found: dict[str, tuple[Any, str]] = {}
    remedies: dict[str, str] = {}
    problems: list[str] = []
    for entry in settings.ledgers:
        try:
            places.refuse_elsewhere(entry, folder)
            path = locations.location(entry, folder)
            inside = locations.asked(path, partial(_inside, path))
        except ConfigurationError as error:
            problems += [f"{folder.name}/municipality.yaml: spend.ledgers: {problem}" for problem in error.problems]
            continue
        if inside is None:
            if entry not in usual:
                away = " that answers" if locations.is_remote(entry) else ""
                problems.append(
                    f"{folder.name}/municipality.yaml: spend.ledgers: there is no {locations.plain(entry)}{away}. "
                    "Correct the path or take it out."
                )
            continue
        for one in inside:
            found.setdefault(str(one), (one, locations.shown(one, folder)))
            if str(one) != str(path):  # a file that is named by itself is read, whatever its ending
                remedies[str(one)] = remedy(one)
    if problems:
        raise ProblemsError(problems)
    if not found:
        return []
    by_name = _by_name(found.values())
    known = json.loads(hashes.read_text()) if hashes.is_file() else {}
    before = dict(known)
    files = [
        _looked_at(by_name[shown], shown, known, remedies.get(str(by_name[shown]), "")) for shown in sorted(by_name)
    ]
    if known != before:
        hashes.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: runs beside each other read it too, and what one of them loses is hashed again.
        draft = hashes.with_suffix(f".{uuid.uuid4().hex}")
        draft.write_text(json.dumps(known, indent=0, sort_keys=True))
        draft.replace(hashes)
    return files


def _inside(path: Any) -> list[Any] | None:
    """The files of a folder, or the file itself; None where there is neither. Hidden files are none."""
    if path.is_dir():
        return files_in(path)
    return [path] if path.is_file() else None


def files_in(folder: Any) -> list[Any]:
    """The files of a folder and of those inside it, by name; hidden ones, locks of Excel and read-me files are none."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if not path.name.startswith((".", "~$")) and not path.name.lower().startswith("readme") and path.is_file()
    ]


def remedy(path: Any) -> str:
    """What to do with a file that is not read, by its name; empty for a ledger."""
    ending = locations.suffix_of(path)
    inner = Path(Path(path.name).stem).suffix.lower()
    if ending in SUFFIXES or (ending == _PACKED and inner in (".csv", ".txt", ".tsv", ".se", ".si", ".sie")):
        return ""
    return _REMEDIES.get(ending, _OTHER)


def files_beside(folder: Path, settings: SpendSettings) -> list[str]:
    """Files beside ledgers on this machine that are not read, each with what to do."""
    found = []
    for entry in settings.ledgers:
        place = folder / entry
        if not locations.is_remote(entry) and place.is_dir():
            found += [
                f"{locations.shown(p, folder)}: not read: {remedy(p)}." for p in _inside(place) or () if remedy(p)
            ]
    return found


def _by_name(found: Iterable[tuple[Any, str]]) -> dict[str, Any]:
    """Paths by their names; where two would have the same one, each has its whole path."""
    found = list(found)
    count = Counter(shown for _, shown in found)
    by_name: dict[str, Any] = {}
    for path, shown in found:
        name = shown if count[shown] == 1 else locations.plain(str(path))
        if name in by_name:  # two addresses that differ in their query alone
            name = f"{name} ({hashlib.sha256(str(path).encode()).hexdigest()[:8]})"
        by_name[name] = path
    return by_name


def _looked_at(path: Any, shown: str, known: dict[str, list[Any]], told: str) -> LedgerFile:
    stamp = _stamp(path)
    key = hashlib.sha256(f"{shown}\0{path}".encode()).hexdigest()[:16]
    before = known.get(key, [])
    if tuple(before[:2]) != stamp or not stamp[1] or len(before) != _KNOWN:
        content = locations.asked(path, lambda: file_hash(path))
        known[key] = [*stamp, content.sha256, content.size_bytes, content.is_utf8]
    return LedgerFile(path, shown, FileHash(*known[key][2:]), stamp, told)


def _stamp(path: Any) -> tuple[int, float | str]:
    """Size, and what tells of a change: an ETag elsewhere; without either a file is hashed every time."""
    stat = locations.asked(path, path.stat)
    told = getattr(stat, "info", None) if locations.is_remote(path) else None
    return int(stat.st_size), (told or {}).get("ETag") or float(getattr(stat, "st_mtime", 0) or 0)


def read_options(
    folder: Path, settings: SpendSettings, reference_dir: Path, key: bytes | None, rates: Rates | None = None
) -> ReadOptions:
    """How a municipality's ledgers are read."""
    reference = load_ledger_reference(reference_dir)
    own = spend_factors.of_folder(folder)
    reference = replace(reference, rates=(rates or reference.rates).with_own(own.exchange_rates))
    return ReadOptions(settings, reference, rules_of(folder, reference), Pseudonyms(key), own.text_model)


def read_ledgers(
    folders: Mapping[str, tuple[Path, SpendSettings]],
    reference_dir: Path,
    key: bytes | None,
    store: SpendStore,
    rates: Rates | None = None,
) -> dict[str, list[LedgerReport]]:
    """Read what has changed of every municipality's ledgers, and give the balance of every file.

    Args:
        folders: folder and settings of each municipality, by code.
        reference_dir: ``data/reference``.
        key: of the pseudonyms; None drops personal ids.
        store: where the typed lines go.
        rates: exchange rates in the place of the shipped ones.

    Raises:
        ProblemsError: files that cannot be read, each with the reason; nothing of a later stage is made of the rest.
    """
    found: dict[str, list[LedgerReport]] = {}
    problems: list[str] = []
    for code, (folder, settings) in folders.items():
        try:
            with store.locked(code):
                files = find_files(folder, settings, store.hashes)
                _forget(code, store, {file.file_id for file in files})
                if files:
                    way = read_options(folder, settings, reference_dir, key, rates)
                    found[code] = _read_all(code, files, way, store)
        except KlimatError as error:
            problems += error.problems
    if problems:
        raise ProblemsError(problems)
    return found


def read_ahead(
    code: str,
    entry: tuple[Path, SpendSettings],
    reference_dir: Path,
    key: bytes | None,
    store: SpendStore,
    year: int,
    rates: Rates | None = None,
) -> int:
    """Read files of a municipality that are new and that no other run is reading just now.

    Runs for the years of one municipality share its files in this way: each takes what is left, those named after its
    own year first. What files are to each other is left to ``read_ledgers``.

    Returns:
        How many files this run looked at.

    Raises:
        LedgerError: a file cannot be read, or too much of it does not pass.
    """
    folder, settings = entry
    with store.locked(code, shared=True):
        found = [file for file in find_files(folder, settings, store.hashes) if not file.remedy]
        files = list({file.sha256: file for file in found}.values())
        if not files:
            return 0
        way, looked = read_options(folder, settings, reference_dir, key, rates), 0
        for file in sorted(files, key=lambda file: (str(year) not in file.path.name, file.shown)):
            with store.locked(f"{code}-{file.file_id}", wait=False) as is_mine:
                if is_mine:
                    _one(code, file, way, _digest(way), store, None)
                    looked += 1
    return looked


def _read_all(code: str, files: Sequence[LedgerFile], way: ReadOptions, store: SpendStore) -> list[LedgerReport]:
    same_way = _digest(way)
    read: dict[str, LedgerReport] = {}
    copies: list[LedgerReport] = []
    problems, beside = [], [_not_read(file) for file in files if file.remedy]
    files = [file for file in files if not file.remedy]
    for file in files:
        if file.sha256 in read:
            first = read[file.sha256]
            copy = renamed(first, file.shown)
            copy.status, copy.scope, copy.problems, copy.years = f"same_bytes_as {first.form.file}", {}, [], []
            copies.append(copy)
            continue
        try:
            read[file.sha256] = _one(code, file, way, same_way, store, None)
        except KlimatError as error:
            problems.append(str(error))
    if problems:
        raise ProblemsError(problems)
    _hold_together(code, list({f.sha256: f for f in files}.values()), read, way, same_way, store)
    return [*read.values(), *copies, *beside]


def _not_read(file: LedgerFile) -> LedgerReport:
    """The balance of a file that holds nothing that is read."""
    form = FileFormat(file.shown, file.sha256, file.content.size_bytes, "other")
    return LedgerReport(form, status="not read", warnings=[f"not read: {file.remedy}"])


def _one(
    code: str, file: LedgerFile, way: ReadOptions, same_way: str, store: SpendStore, against: list[str] | None
) -> LedgerReport:
    """A file's balance: as it was kept, or read anew; ``against`` asks for one that was held against these files."""
    state, target = store.state(code) / f"{file.file_id}.json", store.lines(code)
    if state.is_file():
        kept = json.loads(state.read_text(encoding="utf-8"))
        if kept["way"] == same_way:
            passed = LedgerReport.from_json(kept["passed"])
            whole = all((target / f"year={year}" / f"{file.file_id}.parquet").is_file() for year in passed.years)
            if passed.form.period_by_name and Path(passed.form.file).name != Path(file.shown).name:
                whole = False  # the file's name is a part of what was read
            untouched = not passed.of(typed_lines.OVERLAP)[0]
            if whole and (against is None or untouched or passed.against == against):
                return renamed(passed, file.shown)
    _forget_file(code, store, file.file_id)
    passed = locations.asked(file.path, lambda: read_ledger(file.path, file.shown, way, target, content=file.content))
    if _stamp(file.path) != file.stamp:
        _forget_file(code, store, file.file_id)
        raise LedgerError(f"{file.shown}: it was changed while it was read. Run again when the file is whole.")
    _keep(passed, code, same_way, store)
    return passed


def _hold_together(
    code: str,
    files: Sequence[LedgerFile],
    read: dict[str, LedgerReport],
    way: ReadOptions,
    same_way: str,
    store: SpendStore,
) -> None:
    """Hold every file against the later exports that share days with it."""
    work = store.root / f".work-{uuid.uuid4().hex}"
    by_id = {file.file_id: file for file in files}
    ordered = [by_id[report.form.file_id] for report in overlap.newest_first([read[file.sha256] for file in files])]
    try:
        for place, file in enumerate(ordered):
            near = [f for f in ordered[:place] if overlap.may_overlap(read[f.sha256], read[file.sha256])]
            against = [f.file_id for f in near]
            if read[file.sha256].against == against:
                continue
            passed = _one(code, file, way, same_way, store, against)
            passed.remarks = [remark for remark in passed.remarks if " stand in " not in remark]
            passed.warnings = [text for text in passed.warnings if " stand in " not in text]
            with database(work=work) as connection:
                for other in near:
                    overlap.drop_what_is_there(connection, read[other.sha256], passed, store.lines(code), way.settings)
            passed.against = against
            _keep(passed, code, same_way, store)
            read[file.sha256] = passed
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _keep(passed: LedgerReport, code: str, same_way: str, store: SpendStore) -> None:
    state = store.state(code) / f"{passed.form.file_id}.json"
    state.parent.mkdir(parents=True, exist_ok=True)
    draft = state.with_suffix(".part")
    draft.write_text(json.dumps({"way": same_way, "passed": passed.to_json()}, ensure_ascii=False), encoding="utf-8")
    draft.replace(state)


def _forget(code: str, store: SpendStore, present: Iterable[str]) -> None:
    """Remove what was made of files that are gone."""
    kept = set(present)
    for path in store.lines(code).glob("year=*/*.parquet"):
        if path.stem not in kept:
            path.unlink()
    for path in store.state(code).glob("*.json"):
        if path.stem not in kept:
            path.unlink()
    for left in store.lines(code).glob(".work-*"):
        shutil.rmtree(left, ignore_errors=True)


def _forget_file(code: str, store: SpendStore, file_id: str) -> None:
    for path in store.lines(code).glob(f"year=*/{file_id}.parquet"):
        path.unlink()


def _digest(way: ReadOptions) -> str:
    """Everything besides the bytes that the result follows from."""
    digest = hashlib.sha256(way.settings.model_dump_json().encode())
    known = way.reference
    words = (sorted((name, field, sorted(said)) for name, (field, said) in known.columns.items()), known.column_words)
    digest.update(repr((words, way.rules, known.rates, known.person_words, way.keeps_item_text)).encode())
    digest.update(way.pseudonyms.fingerprint.encode())
    # A change of any module of this room reads every ledger anew, and so does another rule of comparing names.
    for module in (*sorted(Path(__file__).parent.glob("*.py")), Path(text.__file__)):
        digest.update(module.read_bytes())
    return digest.hexdigest()
