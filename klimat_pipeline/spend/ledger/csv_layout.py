"""The layout of a ledger's text: what stands between its cells, where its header ends, and its decimal mark.

What does not belong here: bytes and encodings (``format_detection``), which column is what (``columns``), and reading
all lines (``csv_reader``).
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import StringIO

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger import candidates
from klimat_pipeline.spend.ledger.cells import plain
from klimat_pipeline.spend.ledger.decimal_marks import mark_of
from klimat_pipeline.spend.ledger.file_format import FileFormat, with_columns
from klimat_pipeline.spend.ledger.header_rows import Header, find_header
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.reference import LedgerReference

#: Lines in which a header is looked for, and lines that are looked at below it.
_HEADER_WITHIN, _ROWS = 25, 20_000
#: Amounts whose oere stand in the next column, of a hundred; so many different pairs of digits are no codes; and fields
#: that hold texts.
_CUT_PCT, _CODES = 95, 20
_CUT_INTO = ("item_text", "supplier_name", "account_text", "unit", "quantity_unit")
SEPARATORS = (";", "\t", "|", ",")


def header_names(
    form: FileFormat, lines: Sequence[str], settings: SpendSettings, reference: LedgerReference
) -> tuple[str, ...]:
    """Names of the columns as they stand; of a file without a known name, what the first line holds."""
    try:
        return _header(form, lines, settings, reference)[2].names
    except LedgerError:  # no known name: the first line is as good as any
        separator = max(SEPARATORS, key=lines[0].count)
        return candidates.plain_header(next(csv.reader(lines[:1], delimiter=separator), []))


def with_layout(
    form: FileFormat,
    lines: Sequence[str],
    elsewhere: Sequence[str],
    settings: SpendSettings,
    reference: LedgerReference,
) -> FileFormat:
    """The form with all that its lines tell of it.

    Args:
        form: of the file.
        lines: its first, up to some length.
        elsewhere: lines from all over a large file.
        settings: of the municipality.
        reference: known names.

    Raises:
        LedgerError: no header is found, or amounts cannot be read with any decimal mark.
    """
    separator, skipped, header = _header(form, lines, settings, reference)
    below = lines[skipped:]
    rows = [
        *_rows(below[:: max(-(-len(below) // _ROWS), 1)], separator, len(header.names)),
        *_rows(elsewhere, separator, len(header.names)),
    ]
    above = "\n".join(lines[: skipped - 1])
    form = replace(form, remarks=(*form.remarks, *header.remarks))
    form = with_columns(form, header.names, rows, settings, reference, above=above)
    _refuse_cut_amounts(form, separator, rows, settings)
    column = form.amount_place
    amounts = [row[form.fields[name]] for row in rows for name in ("amount", "debit", "credit") if name in form.fields]
    mark = mark_of(form.file, form.header[column], amounts, separator, settings)
    return replace(form, separator=separator, decimal_mark=mark, skipped=skipped)


def _refuse_cut_amounts(
    form: FileFormat, separator: str, rows: Sequence[Sequence[str]], settings: SpendSettings
) -> None:
    """Amounts with a decimal comma in a file with commas between its cells: the oere stand in the next column.

    Raises:
        LedgerError: behind every amount stand two digits and nothing else.
    """
    at = form.amount_place
    if separator != "," or at + 1 >= len(form.header) or settings.decimal_mark == ".":
        return
    pairs = [(row[at], row[at + 1]) for row in rows if re.search("[0-9]", row[at])]
    cut = [two for one, two in pairs if re.fullmatch(r"[+-]?[0-9 ]+", one) and re.fullmatch(r"[0-9]{2}", two)]
    # Two digits may be a code, but not where no column is named or texts should stand; and codes are few.
    is_code = bool(form.header[at + 1]) and at + 1 not in [form.fields.get(name) for name in _CUT_INTO]
    if pairs and 100 * len(cut) >= _CUT_PCT * len(pairs) and not (is_code and len(set(cut)) < _CODES):
        raise LedgerError(
            f"{form.file}: two digits stand in the column behind every amount of {form.header[at]!r} (such as "
            f"{pairs[0][0]},{pairs[0][1]}): are they the oere, cut off at the decimal comma? Export it with semicolons "
            "or with quotation marks around the amounts; if they are something else, say spend: decimal_mark: '.' in "
            "municipality.yaml."
        )


def _rows(lines: Sequence[str], separator: str, cells: int) -> list[list[str]]:
    """Lines that are rows by themselves, made plain."""
    rows: list[list[str]] = []
    for line in lines:
        try:
            row = next(csv.reader(StringIO(line[:10000]), delimiter=separator), [])
        except csv.Error:
            continue
        if len(row) >= cells:
            rows.append([plain(cell.strip()) for cell in row[:cells]])
    return rows


def _header(
    form: FileFormat, lines: Sequence[str], settings: SpendSettings, reference: LedgerReference
) -> tuple[str, int, Header]:
    """Separator, lines up to the end of the header, and the header: the one that makes most names known."""
    best: tuple[str, int, Header] | None = None
    for separator in (settings.separator,) if settings.separator else SEPARATORS:
        records = list(_first_records(lines, separator))
        found = find_header([names for _, names in records], settings, reference, form.file)
        if found and (best is None or found.known > best[2].known):
            best = separator, records[found.last][0], found
    if best is None:
        raise LedgerError(
            f"{form.file}: no header found in the first lines: no line names two known columns. Expected names such as "
            "konto_nr, belopp, datum; other names belong in municipality.yaml, spend: columns."
        )
    return best


def _first_records(lines: Sequence[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """The first records and the line after each; a record may hold line breaks inside quotation marks."""
    reader = csv.reader((f"{line[:100_000]}\n" for line in lines[:_HEADER_WITHIN]), delimiter=separator)
    while True:
        try:
            names = next(reader, None)
        except csv.Error:
            continue
        if names is None:
            return
        yield reader.line_num, names
