"""Ledgers in SIE 4: every transaction of every voucher, as the same Arrow batches of text that ``csv_reader`` makes.

A file that ends inside a voucher is refused, and so is one of two exports that cannot both be right: of two companies
or years, with an account of two names, or with a voucher twice. Vouchers that do not balance and results (``#RES``)
that the transactions do not meet are told; a year without vouchers is a remark. What was struck out (``#BTRANS``) or
stands again as ``#TRANS`` (``#RTRANS``) is left out. What does not belong here: types and meaning of the cells
(``typed_lines``).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
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
from klimat_pipeline.text import fold

if TYPE_CHECKING:
    import pyarrow as pa

#: A text in quotation marks, a list of objects in braces (in whose texts braces may stand), or a word.
_QUOTED = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_TOKEN = re.compile(rf'({_QUOTED})|\{{([^"}}\\]*(?:(?:{_QUOTED}|\\.)[^"}}\\]*)*|[^}}]*)\}}|(\S+)')
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
_VOUCHER = _FIELDS.index("voucher")
#: Names of charts (#KPTYP) that are the companies' BAS.
_BAS = re.compile(r"(EU)?BAS|NE", re.IGNORECASE)
#: Vouchers and accounts that a message lists.
_LISTED = 3
#: Lines that say something of the whole file, with where it is kept.
_SINGLE: Mapping[str, str] = {
    "#FNAMN": "company",
    "#ORGNR": "number",
    "#KPTYP": "chart",
    "#SIETYP": "kind",
    "#GEN": "generated",
    "#VALUTA": "currency",
}
#: Those of which a file has one value, with how many words say of what it is: with another it is two files in one.
_ONE_VALUE: Mapping[str, int] = {
    "#FNAMN": 0,
    "#ORGNR": 0,
    "#KPTYP": 0,
    "#VALUTA": 0,
    "#RAR": 1,
    "#KONTO": 1,
    "#OBJEKT": 2,
}
#: Dimension of objects that are units.
_UNITS = "1"
#: Numbers of vouchers that are none.
_ENOUGH_AGAIN = 3
_NO_NUMBER = frozenset(["", "0"])


@dataclass(slots=True)
class _Voucher:
    """A voucher that is being read.

    Attributes:
        number: in its series.
        first: place of its first transaction among all.
    """

    name: str = ""
    day: str = ""
    text: str = ""
    total: Decimal = Decimal(0)
    is_open: bool = False
    number: str = ""
    first: int = 0


@dataclass(slots=True)
class _Content:
    """What stands in a file besides its transactions.

    Attributes:
        said: by what the file says once: the value, compared as texts are, and its line.
        began: the last line on which an export begins (#FLAGGA).
        vouchers: place of the first transaction of every voucher, by name and day.
        again: places of vouchers that stand twice: of the first transaction there, and here.
    """

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
    said: dict[tuple[str, ...], tuple[str, int]] = field(default_factory=dict)
    began: int = 0
    vouchers: dict[str, int] = field(default_factory=dict)
    again: list[tuple[int, int]] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)


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
        rows = found.rows
        for at, line in enumerate(self._lines(path, form), start=1):
            entry = line[1:].lstrip() if line[:1] == "{" else line
            ends_voucher = entry[-1:] == "}" and (entry == "}" or _ends_voucher(entry))
            if entry[:1] == "#":
                token = _tokens(entry[:-1] if ends_voucher else entry)
                label, rest = token[0].upper(), [*token[1:], *[""] * 8]
                if label == "#VER":
                    self._close(voucher)
                    name = f"{rest[0]}{rest[1]}"
                    voucher = _Voucher(name, rest[2], rest[3], is_open=True, number=rest[1], first=len(rows))
                    if "#TRANS" in rest[4].upper():
                        raise LedgerError(
                            f"{form.file}:{at}: the whole voucher {voucher.name} stands on one line. Put every #TRANS "
                            "and every brace on its own line, or export it again."
                        )
                elif label == "#TRANS":
                    rows.append((at, self._transaction(rest, voucher)))
                else:
                    self._header_line(label, rest, at, form)
            if ends_voucher:
                voucher.is_open = False
        if voucher.is_open:
            told = "; ".join(["its block is not closed", *self._close(voucher), *self._unmet()])
            raise LedgerError(
                f"{form.file}: the file ends inside voucher {voucher.name}: {told}. Was it cut off on the way? Export "
                "it again."
            )
        self._close(voucher)
        self._refuse_repetition(form)
        for at, cells in rows:
            cells[1], cells[5] = found.accounts.get(cells[0], ""), found.units.get(cells[5], cells[5])
            cells[8], cells[9] = found.number, found.currency
            yield at, cells

    def _lines(self, path: Any, form: FileFormat) -> Iterator[str]:
        decoder = Decoder(form.text_encoding, form.file)
        with opened(path) as file:
            content = b"".join(decoder.pieces(file)).decode("utf-8", errors="replace")
        if decoder.others:
            self.warnings.append(f"{decoder.others:,} lines are not in {form.encoding}; read line by line")
        yield from map(str.strip, content.replace("\r\n", "\n").replace("\r", "\n").split("\n"))

    def _transaction(self, rest: Sequence[str], voucher: _Voucher) -> list[str]:
        if "," in rest[2] and (point := rest[2].replace(",", ".")) and _number(point) is not None:
            rest, self._found.commas = [*rest[:2], point, *rest[3:]], self._found.commas + 1
        objects = _tokens(rest[1]) if rest[1] else ()
        unit = next((objects[i + 1] for i in range(0, len(objects) - 1, 2) if objects[i] == _UNITS), "")
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

    def _header_line(self, label: str, rest: Sequence[str], at: int, form: FileFormat) -> None:
        found = self._found
        self._refuse_another(label, rest, at, form)
        if label in _SINGLE:
            setattr(found, _SINGLE[label], rest[0].upper() if label == "#VALUTA" else rest[0])
        elif label == "#FLAGGA":
            found.began = at
        elif label == "#RAR" and rest[0] == "0":
            found.years = (rest[1], rest[2])
        elif label == "#KONTO":
            found.accounts[rest[0]] = rest[1]
        elif label == "#OBJEKT" and rest[0] == _UNITS:
            found.units[rest[1]] = rest[2]
        elif label == "#RES" and rest[0] == "0" and (amount := _number(rest[2].replace(",", "."))) is not None:
            found.results[rest[1]] = amount

    def _refuse_another(self, label: str, rest: Sequence[str], at: int, form: FileFormat) -> None:
        """Two companies, years or charts in one file: each has its own names for the same accounts.

        Names are not shown: a company, an object or an account may be called after a person.
        """
        if label not in _ONE_VALUE or (label == "#OBJEKT" and rest[0] != _UNITS):
            return
        words = _ONE_VALUE[label]
        of, value = (
            (label, *rest[:words]),
            fold(" ".join(rest[words : words + 2] if label == "#RAR" else rest[words : words + 1])),
        )
        before, line = self._found.said.setdefault(of, (value, at))
        if before != value:
            began = self._found.began if self._found.began > line else at
            raise LedgerError(
                f"{form.file}:{at}: {' '.join(of)} is not what it is on line {line:,}: two exports (of two companies, "
                f"years or charts) stand in one file. Split it before line {began:,}, or export them one by one."
            )

    def _refuse_repetition(self, form: FileFormat) -> None:
        """Vouchers that stand twice, line for line: the file holds an export twice, or two that share days."""
        # One that stands again may be a batch of equal payments; of a file that holds an export twice, many do, or all.
        again = self._found.again
        if again and len({first for first, _ in again}) >= min(_ENOUGH_AGAIN, len(self._found.vouchers)):
            (first, cells), (second, _) = (self._found.rows[place] for place in again[0])
            raise LedgerError(
                f"{form.file}: {len(again):,} vouchers stand twice, with the same number, day and transactions: "
                f"{cells[_VOUCHER]} from lines {first:,} and {second:,} on. Take one of the two out, or "
                "export it again."
            )

    def _close(self, voucher: _Voucher) -> list[str]:
        """Note a voucher that stands again, or whose transactions do not add up to nothing."""
        if voucher.number not in _NO_NUMBER:
            self._know_again(voucher)
        if not voucher.total:
            return []
        self._found.unbalanced.append(voucher.name)
        return [f"voucher {voucher.name} is not zero but {voucher.total:,.2f}"]

    def _know_again(self, voucher: _Voucher) -> None:
        """Hold a voucher against the first ones of its name and day; numbers that tell none apart are none."""
        found, first, rows = self._found, voucher.first, self._found.rows
        key, lines = f"{voucher.name} {voucher.day}", len(rows) - voucher.first
        for _ in range(_LISTED if lines else 0):
            before = found.vouchers.setdefault(key, first)
            if before == first:
                return
            after = before + lines
            is_whole = after == first or rows[after][1][_VOUCHER] != voucher.name
            if is_whole and all(rows[before + place][1] == rows[first + place][1] for place in range(lines)):
                found.again.append((before, first))
                return
            key += "+"

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
    return [
        quoted[1:-1].replace('\\"', '"') if quoted else braces or bare for quoted, braces, bare in _TOKEN.findall(line)
    ]


def _ends_voucher(entry: str) -> bool:
    """Whether the brace at the end closes the block, not a list of objects or what stands in quotation marks."""
    *_, last = _TOKEN.finditer(entry)
    return bool(last[3])


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
