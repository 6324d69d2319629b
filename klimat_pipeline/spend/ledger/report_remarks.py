"""What a ledger's balance tells of its file: remarks and warnings in words, and what a line that fails may need.

What does not belong here: what is suspicious in the lines (``suspicions``), and the balance itself (``ledger_report``).
"""

import re
from typing import Any

from klimat_pipeline.spend.ledger import dates, line_functions, signs, typed_lines
from klimat_pipeline.spend.ledger.cells import CellCleaner
from klimat_pipeline.spend.ledger.control_sums import ControlSums
from klimat_pipeline.spend.ledger.file_format import FileFormat
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.ledger_report import LedgerReport
from klimat_pipeline.spend.ledger.personal_numbers import WITHHELD

#: Digits of a spreadsheet's serial number for a day of our times (45000 is 2023-03-15).
_SERIAL = re.compile("[0-9]{5}([.,][0-9]+)?")
#: The year of a day that begins with it.
_YEAR = re.compile(r"([0-9]{4})(?:[-/.][0-9]{1,2}[-/.]|[0-9]{4}$)")
#: A day and the name of its month, as values are shown: words are taken out of them.
_WITHOUT_YEAR = re.compile(r"[0-9]{1,2}[-/. ]+\[text\]\.?")


def tell(passed: LedgerReport, counted: line_functions.Counted, cleaned: CellCleaner, totals: ControlSums) -> None:
    """What was seen on the way, in words."""
    if counted.unclear:
        passed.remarks.append(
            f"not used: quantities that may be thousands or decimals (1.234, 1,234): {counted.unclear:,}"
        )
    if counted.converted and "currency" in passed.form.fields:
        said = ", ".join(f"{lines:,} in {currency}" for currency, lines in sorted(counted.converted.items()))
        amount, currency = (
            passed.form.header[place] for place in (passed.form.amount_place, passed.form.fields["currency"])
        )
        passed.warnings.append(
            f"amounts of column {currency!r} other than SEK ({said}) are taken times the year's rate: are those of "
            f"{amount!r} in that currency? If they are kronor, leave {currency!r} out, or call {amount!r} Belopp SEK"
        )
    counts = {rule: lines for rule in {rule for _, rule, *_ in passed.rows()} if (lines := passed.of(rule)[0])}
    if counts and typed_lines.COUNTED not in counts:
        most = max(counts, key=lambda rule: counts[rule])
        passed.warnings.append(
            f"no line counts as a purchase: {counts[most]:,} of {sum(counts.values()):,} are left out by the rule "
            f"{most!r}"
        )
    if passed.headers:
        passed.remarks.append(f"the header stands again on {passed.headers:,} lines; they are no lines")
    if totals.lines:
        passed.remarks.append(
            f"control sums: {totals.lines:,} totals, the largest {totals.ore / 100:,.2f}, are the sums of their lines; "
            "they are not counted"
        )
    if cleaned.mended:
        passed.warnings.append(f"letters, digits or control characters put right in {cleaned.mended:,} cells")
    if cleaned.lost:
        passed.warnings.append(f"letters were lost before the export (\ufffd) in {cleaned.lost:,} cells; export again")


def tell_credits(passed: LedgerReport, found: signs.Credits) -> None:
    """How credits are read, where a column says which they are."""
    if not {"credit", "side"} & set(passed.form.fields):
        return
    how = "added as they stand" if passed.form.credit_is_negative else "taken off"
    passed.remarks.append(f"credits are {how}{': they have a minus' if passed.form.credit_is_negative else ''}")
    if found.with_minus and found.without:
        passed.warnings.append(
            f"{found.with_minus:,} credits have a minus and {found.without:,} have none; all are {how}. Are those that "
            "differ what they say? Look at the export"
        )


def hint(code: str, value: str, form: FileFormat) -> str:
    """The most frequent cause of such a fault, and what to do about it."""
    if code == "date_impossible":
        return _hint_of_date(value)
    if code == "amount_text" and value != WITHHELD and not any(map(str.isdigit, value)):
        return "; a second header, or shifted columns? Take the line out or mend it"
    if code == "amount_missing" and form.format == "xlsx":
        return "; a formula that was never computed? Open the workbook and save it"
    if code == "date_missing":
        return "; a row of totals that is not the sum of its lines? Take it out of the file"
    return ""


def _hint_of_date(value: str) -> str:
    if (year := _YEAR.match(value)) and int(year[1]) not in dates.YEARS and not dates.has_year_last(value):
        return f"; no ledger is of {year[1]}: does it stand for no day? Look at the export"
    if _SERIAL.fullmatch(value):
        return (
            "; a spreadsheet's serial number? Format the column as a date, or say spend: date_form: excel in "
            "municipality.yaml (excel-1904 for old Macintosh workbooks)"
        )
    if dates.two_readings(value):
        return (
            "; may be read in several ways: say which in municipality.yaml, spend: date_form (DD/MM/YYYY, YYMMDD, ...)"
        )
    return "; a day without its year? Let the export write whole dates" if _WITHOUT_YEAR.fullmatch(value) else ""


def tell_line_balance(passed: LedgerReport, reader: Any) -> None:
    """Every line of the file is somewhere; lines inside a quoted cell belong to their record."""
    if passed.form.format != "csv":
        return
    if reader.trimmed:
        passed.remarks.append(f"{reader.trimmed:,} lines with empty cells beyond the header's, taken as they are")
    if reader.notes:
        passed.remarks.append(f"{passed.notes:,} lines are notes, and no lines: {', '.join(sorted(set(reader.notes)))}")
    if reader.said_lines is not None and reader.said_lines != passed.lines:
        passed.warnings.append(
            f"the file says that it has {reader.said_lines:,} lines, and has {passed.lines:,}: was it cut off?"
        )
    known = passed.form.skipped + passed.lines + passed.blank + passed.notes + passed.headers + passed.control_sums
    inside = reader.last_line - known
    if inside < 0:
        raise LedgerError(f"{passed.form.file}: more lines were read than the file has; please report this.")
    if inside:
        passed.remarks.append(f"{inside:,} line breaks inside cells")
