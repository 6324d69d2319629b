"""Ledgers in SIE 4: every transaction of every voucher, as the same Arrow batches of text that ``csv_reader`` makes.

A file that ends inside a voucher is refused. Vouchers that do not balance and results (``#RES``) that the transactions
do not meet are told; a year without vouchers is a remark. What was struck out (``#BTRANS``) or stands again as
``#TRANS`` (``#RTRANS``) is left out. What does not belong here: types and meaning of the cells (``typed_lines``).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger.csv_reader import BATCH, Problem, batch_of
from klimat_pipeline.spend.ledger.file_format import FileFormat
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.opened import opened
from klimat_pipeline.spend.ledger.personal_numbers import supplier_kind
from klimat_pipeline.spend.ledger.text_encoding import Decoder

if TYPE_CHECKING:
    import pyarrow as pa

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|\{([^}]*)\}|(\S+)')
_FIELDS = (
    "account",
    "account_text",
    "amount",
    "booked_on",
    "voucher",
    "unit",
    "item_text",
    "quantity",
    "buyer_id",
    "currency",
)
#: Names of charts (#KPTYP) that are the companies' BAS.
_BAS = re.compile(r"(EU)?BAS|NE", re.IGNORECASE)
#: Vouchers and accounts that a message lists.
_LISTED = 3


@dataclass(slots=True)
class _Voucher:
    """A voucher that is being read."""

    name: str = ""
    day: str = ""
    text: str = ""
    total: Decimal = Decimal(0)
    is_open: bool = False


@dataclass(slots=True)
class _Content:
    """What stands in a file besides its transactions."""

    company: str = ""
    number: str = ""
    currency: str = ""
    chart: str = ""
    kind: str = ""
    generated: str = ""
    accounts: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    results: dict[str, Decimal] = field(default_factory=dict)
    sums: dict[str, Decimal] = field(default_factory=dict)
    unbalanced: list[str] = field(default_factory=list)
    years: tuple[str, str] = ("", "")
    outside: int = 0
    commas: int = 0


class SieReader:
    """SIE 4 with transactions.

    Attributes:
        form: with the columns that the format has.
        problems: none: every transaction is a row.
        blank: none.
        last_line: transactions.
        warnings: what the file itself says that its transactions do not meet.
    """

    def __init__(self, path: Any, form: FileFormat, settings: SpendSettings) -> None:
        self._found = _Content()
        self.warnings: list[str] = []
        self._rows = list(self._transactions(path, form))
        found = self._found
        used = [name for name in _FIELDS if name != "currency" or found.currency not in ("", "SEK")]
        chart = settings.chart or ("bas" if _BAS.match(found.chart) else "kommun_bas")
        self.form = replace(
            form,
            header=_FIELDS,
            fields={name: _FIELDS.index(name) for name in used},
            decimal_mark=".",
            chart=chart,
            exported_on=found.generated,
            remarks=(*form.remarks, *self._remarks(chart)),
        )
        if not self._rows:
            self._no_transactions(form.file)
        self.problems: list[Problem] = []
        self.blank = 0
        self.last_line = len(self._rows)
        self.warnings += self._unmet()

    def batches(self) -> Iterator["pa.RecordBatch"]:
        """All transactions."""
        for start in range(0, len(self._rows), BATCH):
            yield batch_of(self._rows[start : start + BATCH], self.form)

    def _transactions(self, path: Any, form: FileFormat) -> Iterator[tuple[int, Sequence[str]]]:
        found, voucher = self._found, _Voucher()
        rows: list[tuple[int, list[str]]] = []
        for at, line in enumerate(self._lines(path, form), start=1):
            if line.startswith("#"):
                token = _tokens(line)
                label, rest = token[0].upper(), [*token[1:], *[""] * 8]
                if label == "#VER":
                    self._close(voucher)
                    voucher = _Voucher(f"{rest[0]}{rest[1]}", rest[2], rest[3], is_open=True)
                elif label == "#TRANS":
                    rows.append((at, self._transaction(rest, voucher)))
                else:
                    self._header_line(label, rest)
            elif line == "}":
                voucher.is_open = False
        if voucher.is_open:
            told = "; ".join(["its block is not closed", *self._close(voucher), *self._unmet()])
            raise LedgerError(
                f"{form.file}: the file ends inside voucher {voucher.name}: {told}. Was it cut off on the way? Export "
                "it again."
            )
        self._close(voucher)
        for at, cells in rows:
            cells[1], cells[5] = found.accounts.get(cells[0], ""), found.units.get(cells[5], cells[5])
            cells[8], cells[9] = found.number, found.currency
            yield at, cells

    def _lines(self, path: Any, form: FileFormat) -> Iterator[str]:
        decoder = Decoder(form.text_encoding)
        with opened(path) as file:
            content = b"".join(decoder.pieces(file)).decode("utf-8", errors="replace")
        if decoder.others:
            self.warnings.append(f"{decoder.others:,} lines are not in {form.encoding}; read line by line")
        yield from map(str.strip, content.replace("\r\n", "\n").replace("\r", "\n").split("\n"))

    def _transaction(self, rest: Sequence[str], voucher: _Voucher) -> list[str]:
        if "," in rest[2] and (point := rest[2].replace(",", ".")) and _number(point) is not None:
            rest, self._found.commas = [*rest[:2], point, *rest[3:]], self._found.commas + 1
        objects = [a or c for a, _, c in _TOKEN.findall(rest[1])]
        unit = next((objects[i + 1] for i in range(0, len(objects) - 1, 2) if objects[i] == "1"), "")
        if (amount := _number(rest[2])) is not None:
            voucher.total += amount
            self._found.sums[rest[0]] = self._found.sums.get(rest[0], Decimal(0)) + amount
        day, (first, last) = rest[3] or voucher.day, self._found.years
        self._found.outside += bool(first and last and day) and not first <= day <= last
        return [
            rest[0],
            "",
            rest[2],
            day,
            voucher.name,
            unit,
            rest[4] or voucher.text,
            rest[5],
            "",
            "",
        ]

    def _header_line(self, label: str, rest: Sequence[str]) -> None:
        found = self._found
        single = {"#FNAMN": "company", "#ORGNR": "number", "#KPTYP": "chart", "#SIETYP": "kind", "#GEN": "generated"}
        if label in single:
            setattr(found, single[label], rest[0])
        elif label == "#VALUTA":
            found.currency = rest[0].upper()
        elif label == "#RAR" and rest[0] == "0":
            found.years = (rest[1], rest[2])
        elif label == "#KONTO":
            found.accounts[rest[0]] = rest[1]
        elif label == "#OBJEKT" and rest[0] == "1":
            found.units[rest[1]] = rest[2]
        elif label == "#RES" and rest[0] == "0" and (amount := _number(rest[2].replace(",", "."))) is not None:
            found.results[rest[1]] = amount

    def _close(self, voucher: _Voucher) -> list[str]:
        """Note a voucher whose transactions do not add up to nothing."""
        if not voucher.total:
            return []
        self._found.unbalanced.append(voucher.name)
        return [f"voucher {voucher.name} is not zero but {voucher.total:,.2f}"]

    def _unmet(self) -> list[str]:
        """What the file says and its transactions do not meet."""
        found, told = self._found, []
        if found.unbalanced:
            told.append(
                f"{len(found.unbalanced):,} vouchers do not add up to zero: {', '.join(found.unbalanced[:_LISTED])}"
            )
        if nameless := sorted(set(found.sums) - set(found.accounts)):
            told.append(f"{len(nameless):,} accounts have no name (#KONTO): {', '.join(nameless[:_LISTED])}")
        if found.commas:
            told.append(f"{found.commas:,} amounts have a decimal comma, which SIE does not: read as a point")
        if found.outside:
            told.append(f"{found.outside:,} transactions are of days outside the year of the file (#RAR 0)")
        off = [
            f"#RES {account} {stated:,.2f} is not met: the transactions are {found.sums.get(account, Decimal(0)):,.2f}"
            for account, stated in found.results.items()
            if stated != found.sums.get(account, Decimal(0))
        ]
        return [*told, *off[:_LISTED], *([f"{len(off):,} results (#RES) are not met"] if len(off) > _LISTED else [])]

    def _remarks(self, chart: str) -> Iterator[str]:
        found = self._found
        if found.company and supplier_kind(found.number)[0] != "personal":
            yield f"company: {found.company}"
        if found.chart:
            yield f"chart of accounts {found.chart}: read with the rules of {chart}"
        if found.currency not in ("", "SEK"):
            yield f"amounts are in {found.currency}, converted to kronor"

    def _no_transactions(self, file: str) -> None:
        """A year in which nothing is booked yet is empty; a file of balances alone is another type of SIE."""
        if self._found.kind not in ("", "4") or any(self._found.results.values()):
            raise LedgerError(
                f"{file}: a SIE file without transactions (#TRANS): it holds balances only. Export type 4."
            )
        first, last = self._found.years
        self.warnings.append(f"no vouchers yet{f' in {first} to {last}' if first else ''}: the file holds no lines")


def _tokens(line: str) -> list[str]:
    return [quoted.replace('\\"', '"') if quoted else braces or bare for quoted, braces, bare in _TOKEN.findall(line)]


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
