"""Ledgers in SIE 4: every transaction of every voucher, as the same Arrow batches of text that ``csv_reader`` makes.

What does not belong here: types and meaning of the cells (``typed_lines``).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from klimat_pipeline.spend.ledger.csv_reader import BATCH, Problem, batch_of
from klimat_pipeline.spend.ledger.file_format import FileFormat, LedgerError

if TYPE_CHECKING:
    import pyarrow as pa

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|\{([^}]*)\}|(\S+)')
_SIE_FIELDS = ("account", "account_text", "amount", "booked_on", "voucher", "unit", "item_text", "quantity", "buyer_id")


class SieReader:
    """SIE 4 with transactions: every ``#TRANS`` of every voucher; what was struck out (``#BTRANS``) stays out."""

    def __init__(self, path: Any, form: FileFormat) -> None:
        fields = {name: place for place, name in enumerate(_SIE_FIELDS)}
        self.form = replace(form, header=_SIE_FIELDS, fields=fields, decimal_mark=".")
        self.problems: list[Problem] = []
        self._rows = list(self._transactions(path))
        self.blank = 0
        self.last_line = len(self._rows) + len(self.problems)
        if not self._rows:
            raise LedgerError(
                f"{form.file}: a SIE file without transactions (#TRANS): it holds balances only. Export type 4."
            )
        self.form = replace(self.form, remarks=(*form.remarks, f"company: {self._company}" if self._company else ""))

    def batches(self) -> Iterator["pa.RecordBatch"]:
        """All transactions."""
        for start in range(0, len(self._rows), BATCH):
            yield batch_of(self._rows[start : start + BATCH], self.form)

    def _transactions(self, path: Any) -> Iterator[tuple[int, Sequence[str]]]:
        self._company = number = voucher = day = text = ""
        accounts: dict[str, str] = {}
        units: dict[str, str] = {}
        later = []
        content = path.read_bytes().decode(self.form.encoding, errors="replace")
        for at, line in enumerate(content.splitlines(), start=1):
            stripped = line.strip()
            if not stripped.startswith("#"):
                continue
            token = _tokens(stripped)
            label, rest = token[0].upper(), [*token[1:], *[""] * 8]
            if label == "#FNAMN":
                self._company = rest[0]
            elif label == "#ORGNR":
                number = rest[0]
            elif label == "#KONTO":
                accounts[rest[0]] = rest[1]
            elif label == "#OBJEKT" and rest[0] == "1":
                units[rest[1]] = rest[2]
            elif label == "#VER":
                voucher, day, text = f"{rest[0]}{rest[1]}", rest[2], rest[3]
            elif label == "#TRANS":
                objects = _TOKEN.findall(rest[1])
                flat = [a or c for a, _, c in objects]
                unit = next((flat[i + 1] for i in range(0, len(flat) - 1, 2) if flat[i] == "1"), "")
                cells = [rest[0], "", rest[2], rest[3] or day, voucher, unit, rest[4] or text, rest[5], number]
                later.append((at, cells))
        for at, cells in later:
            cells[1], cells[5] = accounts.get(cells[0], ""), units.get(cells[5], cells[5])
            yield at, cells


def _tokens(line: str) -> list[str]:
    return [quoted.replace('\\"', '"') if quoted else braces or bare for quoted, braces, bare in _TOKEN.findall(line)]
