"""Which files a municipality's ledgers are: found in its folders, hashed where they have changed, named where not read.

What does not belong here: reading them (``read_ledger``), and what is kept of them (``store``).
"""

import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.errors import ConfigurationError, ProblemsError
from klimat_pipeline.spend.ledger import locations, places, seals
from klimat_pipeline.spend.ledger.dates import period_of_name
from klimat_pipeline.spend.ledger.file_hash import FileHash, file_hash, id_of
from klimat_pipeline.spend.ledger.periods import period_in_settings

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
        return id_of(self.sha256, self.content.variant)


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
            if not locations.is_remote(entry):
                for one in inside or ():  # a link among them counts by where it leads
                    places.refuse_elsewhere(str(one), folder)
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
    known = json.loads(hashes.read_text()) if seals.is_whole(hashes) else {}
    before = dict(known)
    files = [
        looked_at(by_name[shown], shown, known, remedies.get(str(by_name[shown]), "")) for shown in sorted(by_name)
    ]
    if known != before:
        hashes.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: runs beside each other read it too, and what one of them loses is hashed again.
        draft = hashes.with_suffix(f".{uuid.uuid4().hex}")
        draft.write_text(json.dumps(known, indent=0, sort_keys=True))
        seals.put_in_place(draft, hashes)
    return _told_apart(files, settings)


def _told_apart(files: Iterable[LedgerFile], settings: SpendSettings) -> list[LedgerFile]:
    """The same bytes under the names of two periods are two months' rents, where no column holds dates."""
    first: dict[str, str] = {}
    found = []
    for file in files:
        name = file.shown.rpartition("/")[2]
        period = period_in_settings(name, settings) or period_of_name(name)
        is_another = first.setdefault(file.sha256, period) not in ("", period) and period
        found.append(replace(file, content=replace(file.content, variant=period)) if is_another else file)
    return found


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


def looked_at(path: Any, shown: str, known: dict[str, list[Any]], told: str = "") -> LedgerFile:
    """A file with its bytes' digest.

    Args:
        path: of the file.
        shown: its name in tables and messages.
        known: what is known of files that may be unchanged; what is found out is added.
        told: what to do with it, if it is not read.
    """
    stamp = stamp_of(path)
    key = hashlib.sha256(f"{shown}\0{path}".encode()).hexdigest()[:16]
    before = known.get(key, [])
    if tuple(before[:2]) != stamp or not stamp[1] or len(before) != _KNOWN:
        content = locations.asked(path, lambda: file_hash(path))
        known[key] = [*stamp, content.sha256, content.size_bytes, content.is_utf8]
    return LedgerFile(path, shown, FileHash(*known[key][2:]), stamp, told)


def stamp_of(path: Any) -> tuple[int, float | str]:
    """Size, and what tells of a change: an ETag elsewhere; without either a file is hashed every time."""
    stat = locations.asked(path, path.stat)
    told = getattr(stat, "info", None) if locations.is_remote(path) else None
    return int(stat.st_size), (told or {}).get("ETag") or float(getattr(stat, "st_mtime", 0) or 0)
