"""All ledger files of all municipalities: recognised when unchanged, read, and held against each other.

What does not belong here: which files there are (``found_files``), one file (``read_ledger``), where things are kept
(``store``), and the tables made of them (``spend_files``, ``ledger_totals``, ``spend_quarantine``).
"""

import hashlib
import json
import shutil
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from klimat_pipeline import text
from klimat_pipeline.configuration import spend_factors
from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.errors import KlimatError, ProblemsError
from klimat_pipeline.spend.ledger import beside, locations, overlap, seals, typed_lines
from klimat_pipeline.spend.ledger.database import database, threads_for
from klimat_pipeline.spend.ledger.file_format import FileFormat
from klimat_pipeline.spend.ledger.found_files import LedgerFile, find_files, stamp_of
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.ledger_report import LedgerReport, TooManyError, renamed
from klimat_pipeline.spend.ledger.personal_numbers import Pseudonyms
from klimat_pipeline.spend.ledger.rates import Rates
from klimat_pipeline.spend.ledger.read_ledger import ReadOptions, read_ledger
from klimat_pipeline.spend.ledger.reference import load_ledger_reference, rules_of
from klimat_pipeline.spend.ledger.store import SpendStore


@dataclass(slots=True)
class Reading:
    """What became of a file.

    Attributes:
        file: its name in tables and messages.
        report: its balance; None where it cannot be read at all.
        refusals: why a run stops at it, by itself or beside the others; empty where it does not.
    """

    file: str
    report: LedgerReport | None = None
    refusals: tuple[str, ...] = ()


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
                    readings = read_files(code, files, way, store)
                    problems += [problem for reading in readings for problem in reading.refusals]
                    found[code] = [reading.report for reading in readings if reading.report]
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
        files = list({file.file_id: file for file in found}.values())
        if not files:
            return 0
        way, looked = read_options(folder, settings, reference_dir, key, rates), 0
        for file in sorted(files, key=lambda file: (str(year) not in file.path.name, file.shown)):
            with store.locked(f"{code}-{file.file_id}", wait=False) as is_mine:
                if is_mine:
                    _one(code, file, way, _digest(way), store, None)
                    looked += 1
    return looked


def read_files(code: str, files: Sequence[LedgerFile], way: ReadOptions, store: SpendStore) -> list[Reading]:
    """Read the files of one municipality, and hold those that can be read against each other.

    Args:
        code: of the municipality.
        files: all of its files, by name.
        way: how they are read.
        store: where the typed lines go.

    Returns:
        One a file, in their order.
    """
    same_way = _digest(way)
    first: dict[str, Reading] = {}
    readings: list[Reading] = []
    read: list[LedgerFile] = []
    for file in files:
        if file.remedy:
            readings.append(Reading(file.shown, _not_read(file)))
        elif file.file_id in first:
            readings.append(Reading(file.shown, _same_bytes(file, first[file.file_id].report)))
        else:
            readings.append(_reading(code, file, way, same_way, store))
            first[file.file_id] = readings[-1]
            read.append(file)
    _hold_together(code, [file for file in read if not first[file.file_id].refusals], first, way, same_way, store)
    return readings


def _reading(code: str, file: LedgerFile, way: ReadOptions, same_way: str, store: SpendStore) -> Reading:
    try:
        return Reading(file.shown, _one(code, file, way, same_way, store, None))
    except KlimatError as error:
        report = error.passed if isinstance(error, TooManyError) else None
        return Reading(file.shown, report, tuple(error.problems))


def _same_bytes(file: LedgerFile, first: LedgerReport | None) -> LedgerReport | None:
    """The balance of a file that holds the bytes of another: no line of it counts."""
    if first is None:
        return None
    copy = renamed(first, file.shown)
    copy.status, copy.scope, copy.problems, copy.years = f"same_bytes_as {first.form.file}", {}, [], []
    return copy


def _not_read(file: LedgerFile) -> LedgerReport:
    """The balance of a file that holds nothing that is read."""
    form = FileFormat(file.shown, file.sha256, file.content.size_bytes, "other")
    return LedgerReport(form, status="not read", warnings=[f"not read: {file.remedy}"])


def _one(
    code: str, file: LedgerFile, way: ReadOptions, same_way: str, store: SpendStore, against: list[str] | None
) -> LedgerReport:
    """A file's balance: as it was kept, or read anew; ``against`` asks for one that was held against these files."""
    state, target = store.state(code) / f"{file.file_id}.json", store.lines(code)
    if seals.is_whole(state):
        kept = json.loads(state.read_text(encoding="utf-8"))
        if kept["way"] == same_way:
            passed = LedgerReport.from_json(kept["passed"])
            whole = all(seals.is_whole(target / f"year={year}" / f"{file.file_id}.parquet") for year in passed.years)
            if passed.form.period_by_name and Path(passed.form.file).name != Path(file.shown).name:
                whole = False  # the file's name is a part of what was read
            untouched = not passed.of(typed_lines.OVERLAP)[0]
            if whole and (against is None or untouched or passed.against == against):
                return renamed(passed, file.shown)
    _forget_file(code, store, file.file_id)
    passed = locations.asked(file.path, lambda: read_ledger(file.path, file.shown, way, target, content=file.content))
    if stamp_of(file.path) != file.stamp:
        _forget_file(code, store, file.file_id)
        raise LedgerError(f"{file.shown}: it was changed while it was read. Run again when the file is whole.")
    _keep(passed, code, same_way, store)
    return passed


def _hold_together(
    code: str,
    files: Sequence[LedgerFile],
    readings: Mapping[str, Reading],
    way: ReadOptions,
    same_way: str,
    store: SpendStore,
) -> None:
    """Hold every file against the later exports that share days with it; what is refused is said in its reading."""
    work = store.root / f".work-{uuid.uuid4().hex}"
    read = {file.file_id: report for file in files if (report := readings[file.file_id].report)}
    by_id = {file.file_id: file for file in files}
    ordered = [report.form.file_id for report in overlap.newest_first(list(read.values()))]
    try:
        for place, file_id in enumerate(ordered):
            file, earlier = by_id[file_id], [other for other in ordered[:place] if other in read]
            against = [other for other in earlier if beside.may_be_copies(read[other], read[file_id])]
            if read[file_id].against == against:
                continue
            try:
                passed = _one(code, file, way, same_way, store, against)
                passed.remarks = [remark for remark in passed.remarks if " stand in " not in remark]
                passed.warnings = [text for text in passed.warnings if " stand in " not in text]
                with database(threads=threads_for(passed.form.size_bytes), work=work) as connection:
                    for other in against:
                        beside.hold_against(connection, read[other], passed, store.lines(code), way.settings)
            except KlimatError as error:
                # Lines may have been taken out beside one file before another refused it: it is read anew next time.
                _forget_file(code, store, file_id)
                readings[file_id].refusals = tuple(error.problems)
                del read[file_id]
                continue
            passed.against = against
            _keep(passed, code, same_way, store)
            read[file_id] = readings[file_id].report = passed
        for file_id, report in read.items():
            reading = readings[file_id]
            near = [other for one, other in read.items() if one != file_id and beside.may_be_copies(other, report)]
            if not near:
                continue
            try:
                with database(threads=threads_for(report.form.size_bytes), work=work) as connection:
                    beside.refuse_sum_of(connection, report, near, store.lines(code), way.settings)
            except KlimatError as error:
                reading.refusals += tuple(error.problems)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _keep(passed: LedgerReport, code: str, same_way: str, store: SpendStore) -> None:
    state = store.state(code) / f"{passed.form.file_id}.json"
    state.parent.mkdir(parents=True, exist_ok=True)
    draft = state.with_suffix(".part")
    draft.write_text(json.dumps({"way": same_way, "passed": passed.to_json()}, ensure_ascii=False), encoding="utf-8")
    seals.put_in_place(draft, state)


def _forget(code: str, store: SpendStore, present: Iterable[str]) -> None:
    """Remove what was made of files that are gone."""
    kept = set(present)
    for path in store.lines(code).glob("year=*/*.parquet"):
        if path.stem not in kept:
            seals.remove(path)
    for path in store.state(code).glob("*.json"):
        if path.stem not in kept:
            seals.remove(path)
    for left in store.lines(code).glob(".work-*"):
        shutil.rmtree(left, ignore_errors=True)


def _forget_file(code: str, store: SpendStore, file_id: str) -> None:
    for path in store.lines(code).glob(f"year=*/{file_id}.parquet"):
        seals.remove(path)


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
