"""Which sheets of a workbook hold the ledger: those with its header, read by the names of their columns.

Copies, summaries and sheets without the header are none; two kinds of ledger in one workbook are refused. What does not
belong here: the rows as batches (``xlsx_reader``), and sheets whose amounts are altered alike (``altered_sheets``).
"""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger import dates, signs
from klimat_pipeline.spend.ledger.cells import plain
from klimat_pipeline.spend.ledger.file_format import FileFormat, with_columns
from klimat_pipeline.spend.ledger.header_rows import find_header
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.reference import LedgerReference
from klimat_pipeline.text import fold

#: Rows in which a header is looked for, and rows below it that are looked at.
_HEADER_WITHIN, _LOOKED_AT = 40, 5000
#: Names of sheets that may hold no purchases, and of those that sum up the others.
_NO_PURCHASES = re.compile(
    r"(?i)makul|annull|budget|prognos|preliminär|utkast|kredit|bestrid|avvisad|ej bokför|kund(?!tjänst)|intäkt|inbetal|"
    r"gamm(al|la)|kopia|exempel|\btest\b|\bmall\b"
)
_SUMMARY = re.compile(r"(?i)summ|total|samman|översikt|helår|pivot|alla\b")
_SEVERAL = 2
#: Fields without which a line is another one, and those that say who was paid.
_DECIDES = {"amount", "debit", "credit", "side", "vat", "currency", "booked_on", "year", "account"}
_SUPPLIER = {"supplier_id", "supplier_name"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the workbook.

    Attributes:
        name: of the sheet.
        rows: its cells, from its first row on.
        form: with its columns, where it has the header of a ledger.
        failure: what its header lacks, where it nearly has one, or why it cannot be read.
        failed: names of the columns of such a header.
        is_hidden: whether who opens the workbook does not see it.
        header_remarks: what a reader should know of its header.
        lacks: places of columns that the other sheets have, and this one does not.
    """

    name: str
    rows: Sequence[Sequence[Any]]
    form: FileFormat | None = None
    failure: LedgerError | None = None
    failed: frozenset[str] = frozenset()
    is_hidden: bool = False
    header_remarks: tuple[str, ...] = ()
    lacks: frozenset[int] = frozenset()

    @property
    def below(self) -> Sequence[Sequence[Any]]:
        """Rows below the header."""
        return self.rows[self.form.skipped :] if self.form else self.rows

    @property
    def filled(self) -> int:
        """Rows with content below the header."""
        return sum(any(cell != "" for cell in row) for row in self.below)

    @property
    def names(self) -> frozenset[str]:
        """Names of the columns, whatever their order."""
        return frozenset(fold(name) for name in self.form.header if name) if self.form else frozenset()

    @property
    def columns(self) -> dict[str, str]:
        """Name of the column of each field."""
        return {field: fold(self.form.header[at]) for field, at in self.form.fields.items()} if self.form else {}

    def is_like(self, other: "Sheet") -> bool:
        """Whether two sheets are of one ledger: with the same columns, but for one that tells neither kronor nor days.

        Of what says who was paid, both have something, or neither: a summary has less.
        """
        if self.names == other.names:
            return True
        one, two = self.columns, other.columns
        shared = one.keys() & two.keys()
        names_supplier = [bool(_SUPPLIER & columns.keys()) for columns in (one, two)]
        return (
            all(one[field] == two[field] for field in shared)
            and not (one.keys() ^ two.keys()) & _DECIDES
            and all(len(columns.keys() - shared) <= 1 for columns in (one, two))
            and names_supplier[0] == names_supplier[1]
        )


def recognised(sheet: Sheet, form: FileFormat, settings: SpendSettings, reference: LedgerReference) -> Sheet:
    """The sheet with its columns, where some of its first rows name them.

    Raises:
        LedgerError: two ledgers stand on it.
    """
    first = [list(map(text_of, row)) for row in sheet.rows[:_HEADER_WITHIN]]
    found = find_header(first, settings, reference, f"{form.file}, sheet {sheet.name}")
    if found is None:
        return sheet
    below = found.last + 1
    rows = [_looked_at(row) for row in _spread(sheet.rows[below:], _LOOKED_AT)]
    try:
        above = "\n".join(cell for row in first[: found.last] for cell in row)
        form = with_columns(form, found.names, rows, settings, reference, sheet=sheet.name, above=above)
        form = replace(form, skipped=below, remarks=(*found.remarks, *form.remarks))
        return replace(sheet, form=form, header_remarks=found.remarks)
    except LedgerError as error:
        return replace(sheet, failure=error, failed=frozenset(fold(name) for name in found.names if name))


def ledgers_of(file: str, sheets: Sequence[Sheet]) -> list[Sheet]:
    """The sheets that are read: those with the header of the ledger, and no copies of others.

    Raises:
        LedgerError: no sheet has such a header, two sheets have different ones, or one with it cannot be read.
    """
    found = [sheet for sheet in sheets if sheet.form and sheet.filled]
    dated = [sheet for sheet in found if sheet.form and "booked_on" in sheet.form.fields]
    found = dated or found
    if not found:
        found = [sheet for sheet in sheets if sheet.form][:1]
    if not found:
        failures = [sheet.failure for sheet in sheets if sheet.failure]
        raise failures[0] if failures else LedgerError(f"{file}: no sheet has a header with known columns.")
    # A summary names less than the ledger that it was made of.
    most = max(found, key=lambda sheet: len(sheet.form.fields) if sheet.form else 0)
    assert most.form is not None  # noqa: S101 - as above
    for sheet in sheets:
        if sheet.failure and sheet.filled and sheet.failed == most.names:
            raise sheet.failure  # its kronor would be left out
    same = [sheet for sheet in found if sheet.is_like(most)]
    different = [sheet for sheet in found if not sheet.is_like(most)]
    rivals = different if dated else [s for s in different if s.form and not set(s.form.fields) < set(most.form.fields)]
    if rivals:
        raise LedgerError(
            f"{file}: the sheets {most.name} ({most.filled:,} rows) and "
            f"{', '.join(f'{sheet.name} ({sheet.filled:,} rows)' for sheet in rivals)} have different headers, and "
            "each could be the ledger. Leave one kind in the workbook, or save each as a file of its own."
        )
    same = _aligned(same, most.form.header)
    kept: list[Sheet] = []
    for sheet in sorted(same, key=lambda sheet: -sheet.filled):
        if not any(_is_within(sheet, other) for other in kept):
            kept.append(sheet)
    ledgers = [sheet for sheet in same if sheet in kept]
    return [sheet for sheet in ledgers if not _sums_up(sheet, [one for one in ledgers if one is not sheet])]


def _aligned(sheets: Sequence[Sheet], header: Sequence[str]) -> list[Sheet]:
    """Sheets whose columns stand in one order, by their names; a column that a sheet lacks is empty there.

    Args:
        sheets: of one ledger.
        header: of the sheet with most of its fields; columns of others stand behind.
    """
    if len({sheet.form.header for sheet in sheets if sheet.form}) == 1:
        return list(sheets)
    names = {fold(name): name for sheet in sheets if sheet.form for name in sheet.form.header if name}
    known = {fold(name) for name in header}
    whole = (*header, *(name for key, name in names.items() if key not in known))
    aligned = []
    for sheet in sheets:
        assert sheet.form is not None  # noqa: S101 - only sheets with a header are ledgers
        own = {fold(name): at for at, name in reversed(list(enumerate(sheet.form.header)))}
        if sheet.form.header == tuple(header):
            places: list[int | None] = [*range(len(header)), *[None] * (len(whole) - len(header))]
        else:
            places = [own.get(fold(name)) if name else None for name in whole]
        rows = [["" if at is None else row[at] for at in places] for row in sheet.below]
        form = replace(
            sheet.form,
            header=whole,
            fields={field: places.index(at) for field, at in sheet.form.fields.items()},
        )
        lacks = frozenset(place for place, at in enumerate(places) if at is None)
        aligned.append(replace(sheet, rows=[*sheet.rows[: form.skipped], *rows], form=form, lacks=lacks))
    return aligned


def looked_at_together(
    ledgers: Sequence[Sheet], form: FileFormat, settings: SpendSettings, reference: LedgerReference
) -> list[Sheet]:
    """Sheets with the same header, each with what the rows of all tell: January may have no credit, February one."""
    forms = [sheet.form for sheet in ledgers if sheet.form]
    if len(ledgers) == 1:
        return list(ledgers)
    rows = [_looked_at(row) for sheet in ledgers for row in _spread(sheet.below, _LOOKED_AT // len(ledgers))]
    told = (
        with_columns(form, one.header, rows, settings, reference, sheet=s.name)
        for s, one in zip(ledgers, forms, strict=True)
    )
    return [
        replace(sheet, form=replace(found, skipped=one.skipped, remarks=(*sheet.header_remarks, *found.remarks)))
        for sheet, one, found in zip(ledgers, forms, told, strict=True)
    ]


def _spread(rows: Sequence[Sequence[Any]], most: int) -> Sequence[Sequence[Any]]:
    """Not more than so many rows, from all over a sheet: credits of December do not stand at its beginning."""
    return rows[:: max(-(-len(rows) // most), 1)]


def _looked_at(row: Sequence[Any]) -> list[str]:
    return [plain(text_of(cell).strip()) for cell in row]


def _sums_up(sheet: Sheet, others: Sequence[Sheet]) -> bool:
    """Whether a sheet is the sums of the others: as many kronor, in fewer rows, of no month that they do not have.

    Its name says so, or something that every row of the others has, such as a supplier, is in none of its rows.
    """
    if not others or sheet.filled >= sum(other.filled for other in others):
        return False
    said, ore, months = _said(sheet), _ore(sheet), _months(sheet)
    whole = frozenset.intersection(*map(_said, others))
    if not (_SUMMARY.search(sheet.name) or whole - said):
        return False
    return ore != 0 and ore == sum(map(_ore, others)) and months <= frozenset().union(*map(_months, others))


def _said(sheet: Sheet) -> frozenset[str]:
    """Fields that every row of a sheet has; of a row of totals, little is asked."""
    fields = sheet.form.fields if sheet.form else {}
    rows = [row for row in sheet.below if sum(cell != "" for cell in row) > 2]
    return frozenset(name for name, place in fields.items() if all(row[place] != "" for row in rows))


def _ore(sheet: Sheet) -> int:
    place = sheet.form.amount_place if sheet.form else 0
    return sum(signs.ore(text_of(row[place])) or 0 for row in sheet.below)


def _months(sheet: Sheet) -> frozenset[tuple[int, int]]:
    """Year and month of all rows, as far as they tell; none where no column holds dates."""
    if not sheet.form or "booked_on" not in sheet.form.fields:
        return frozenset()
    place, form = sheet.form.fields["booked_on"], sheet.form.dates
    days = filter(None, (dates.day(text_of(row[place]), form) for row in sheet.below))
    return frozenset((day.year, day.month) for day in days)


def _is_within(sheet: Sheet, other: Sheet) -> bool:
    """Whether a sheet is a copy of another or of a part of it."""
    own, there = (
        Counter(told_of(row, sheet.lacks | other.lacks) for row in one.below if any(cell != "" for cell in row))
        for one in (sheet, other)
    )
    forms = [one.form for one in (sheet, other) if one.form]
    return len({(form.header, form.period) for form in forms}) == 1 and own <= there


def told_of(row: Sequence[Any], without: Collection[int]) -> tuple[str, ...]:
    """The texts of a row's cells, but for those of some columns."""
    return tuple(str(cell) for at, cell in enumerate(row) if at not in without)


def refuse_lines_without_header(file: str, sheets: Sequence[Sheet], ledger: Sheet) -> None:
    """A sheet that goes on where another ended: its first row is a line of the ledger, not a header.

    Raises:
        LedgerError: there is one; its kronor would be left out.
    """
    assert ledger.form is not None  # noqa: S101 - only sheets with a header are ledgers
    places = {name: ledger.form.fields[name] for name in ("amount", "booked_on") if name in ledger.form.fields}
    for sheet in sheets:
        row = next((row for row in sheet.rows if any(cell != "" for cell in row)), ())
        if sheet.form or sheet.failure or "amount" not in places or max(places.values()) >= len(row):
            continue
        is_amount = isinstance(row[places["amount"]], int | float) and not isinstance(row[places["amount"]], bool)
        day = text_of(row[places["booked_on"]]) if "booked_on" in places else ledger.form.period
        if is_amount and dates.day(day, ledger.form.dates):
            raise LedgerError(
                f"{file}: sheet {sheet.name} ({sheet.filled:,} rows) has lines like those of sheet {ledger.name}, but "
                "no header. Copy the header into its first row, or take the sheet out."
            )


def doubted(ledgers: Sequence[Sheet]) -> list[str]:
    """Sheets that are read beside others although they may hold no purchases: by their names, or out of sight."""
    if len(ledgers) < _SEVERAL:
        return []
    names = [sheet.name for sheet in ledgers if _NO_PURCHASES.search(sheet.name)]
    told = f"lines of the sheets {', '.join(names)} count as they stand: are they purchases, and have credits a minus?"
    hidden = [sheet.name for sheet in ledgers if sheet.is_hidden]
    seen = f"lines of the hidden sheets {', '.join(hidden)} count: are they purchases, and no others hold them?"
    return [told] * bool(names) + [seen] * bool(hidden)


def not_read(sheets: Sequence[Sheet], ledgers: Sequence[Sheet]) -> list[str]:
    """Sheets with content that are not read, with their rows."""
    read = {sheet.name for sheet in ledgers}
    others = [f"{sheet.name} ({sheet.filled:,} rows)" for sheet in sheets if sheet.name not in read and sheet.filled]
    return [f"sheets not read: {', '.join(others)}"] if others else []


def differing(ledgers: Sequence[Sheet]) -> list[str]:
    """Columns that some of the sheets lack: they are read by their names."""
    lacking: dict[str, list[str]] = {}
    for sheet in ledgers:
        for place in sorted(sheet.lacks):
            if sheet.form and sheet.form.header[place]:
                lacking.setdefault(sheet.form.header[place], []).append(sheet.name)
    told = "; ".join(f"{name!r} is not on {', '.join(names)}" for name, names in lacking.items())
    return [f"the sheets have different columns, and are read by their names: {told}"] if told else []


def text_of(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")[: 19 if cell.time() != datetime.min.time() else 10]
    return cell.isoformat() if isinstance(cell, date) else str(cell)
