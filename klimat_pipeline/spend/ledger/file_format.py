"""What a ledger file is: format, encoding, separator, header and columns; as it was found out, and stated.

What does not belong here: finding it out from bytes (``format_detection``) and lines (``csv_layout``), which column is
what (``columns``), and what values mean (``typed_lines``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger import columns, titles
from klimat_pipeline.spend.ledger.dates import PLAIN, DateForm
from klimat_pipeline.spend.ledger.file_hash import id_of
from klimat_pipeline.spend.ledger.reference import LedgerReference
from klimat_pipeline.spend.ledger.text_encoding import TextEncoding


@dataclass(frozen=True, slots=True)
class FileFormat:
    """What was detected.

    Attributes:
        file: name as messages and tables show it.
        sha256: of the file's bytes.
        format: csv, xlsx, parquet or sie.
        encoding: name that Python knows; empty for binary formats.
        code_page: encoding of lines that are not UTF-8; empty where there are none.
        other_pages: encodings that some of those lines may be in instead.
        header: column names as they stand.
        fields: position of every field that was recognised.
        amount_meaning: what the name of the amount's column says of it (net, gross, sek and others).
        skipped: lines before and with the header.
        is_quoted: whether whole lines stand in quotation marks.
        dates: how dates are read.
        period: first day of the period of all lines, where no column holds dates.
        period_by_name: whether the file's name told the period or the year.
        year: of all lines, where a column holds months or quarters without one.
        holds_quarters: whether that column's figures are quarters.
        credit_is_negative: whether credits have a minus already.
        side_words: how the column of signs says which lines are credits, a key of ``signs.WORDS``.
        vat_is_rate: whether the column of VAT holds rates, not kronor.
        unit_ore: oere in one of what amounts are stated in.
        chart: chart of accounts, kommun_bas or bas.
        exported_on: day of the export, where the file says it.
        remarks: what a reader should know.
        warnings: what a reader should look at.
        variant: of bytes that lie there under several names, the period that this one tells.
    """

    file: str
    sha256: str
    size_bytes: int
    format: str
    encoding: str = ""
    code_page: str = ""
    other_pages: tuple[str, ...] = ()
    has_bom: bool = False
    separator: str = ""
    decimal_mark: str = "."
    header: tuple[str, ...] = ()
    fields: dict[str, int] = field(default_factory=dict)
    amount_meaning: tuple[str, ...] = ()
    skipped: int = 0
    is_quoted: bool = False
    dates: DateForm = PLAIN
    period: str = ""
    period_by_name: bool = False
    year: str = ""
    holds_quarters: bool = False
    credit_is_negative: bool = False
    side_words: str = ""
    vat_is_rate: bool = False
    unit_ore: int = 100
    chart: str = "kommun_bas"
    exported_on: str = ""
    remarks: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    variant: str = ""

    @property
    def text_encoding(self) -> TextEncoding:
        return TextEncoding(self.encoding, self.code_page, other_pages=self.other_pages)

    @property
    def file_id(self) -> str:
        return id_of(self.sha256, self.variant)

    @property
    def amount_place(self) -> int:
        """Column of the amounts, or of the debits where credits stand apart."""
        return self.fields["amount"] if "amount" in self.fields else self.fields["debit"]

    @property
    def amount_is_of_invoice(self) -> bool:
        """Whether the column of amounts holds, by its name, what is invoiced or paid, and not what a line is of."""
        said = set(self.amount_meaning)
        return "amount" in self.fields and "invoice" in said and not {"net", "line"} & said


def with_columns(
    form: FileFormat,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    settings: SpendSettings,
    reference: LedgerReference,
    *,
    sheet: str = "",
    above: str = "",
) -> FileFormat:
    """The form with its columns recognised.

    Args:
        form: of the file.
        header: names of its columns.
        rows: some of its lines as texts, made plain.
        settings: of the municipality.
        reference: known names.
        sheet: its name, in a workbook.
        above: what stands above the header.

    Raises:
        LedgerError: a column that every line needs is missing, or may be either of two.
    """
    found = columns.recognised(form.file, header, rows, settings, reference, sheet=sheet, above=above)
    return replace(
        form,
        header=found.header,
        fields=found.fields,
        amount_meaning=tuple(sorted(found.meaning.get("amount", ()))),
        dates=found.dates,
        period=found.period,
        period_by_name=found.period_by_name,
        year=found.year,
        holds_quarters="quarter" in found.meaning.get("booked_on", ()),
        credit_is_negative=found.credit_is_negative,
        side_words=found.side_words,
        vat_is_rate=found.vat_is_rate,
        unit_ore=found.unit_ore,
        remarks=(*form.remarks, *found.remarks),
        warnings=(*form.warnings, *found.warnings),
    )


def form_from_json(data: Mapping[str, Any]) -> FileFormat:
    """What ``dataclasses.asdict`` made of a form, after a way through JSON."""
    made = {**data, "dates": DateForm(**data["dates"])}
    for name in ("header", "remarks", "warnings", "amount_meaning"):
        made[name] = tuple(made[name])
    return FileFormat(**made)


def refuse_what_is_said(form: FileFormat, around: Mapping[str, str], settings: SpendSettings) -> None:
    """Texts that are met once the columns are known may say what titles say.

    Args:
        form: with its columns.
        around: texts by the words for where they stand.
        settings: decide.

    Raises:
        LedgerError: they say that amounts are no kronor or include VAT, and nothing else does.
    """
    is_stated = form.unit_ore != titles.UNITS["kr"]
    said = {*form.amount_meaning, *(["tkr"] if is_stated else [])}  # whatever it is, it is stated
    titles.unit(form.file, around, {}, said, settings, has_currency="currency" in form.fields)
