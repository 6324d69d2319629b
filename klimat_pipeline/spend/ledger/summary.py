"""What ``klimat ledger check --json`` says of a file: everything that the text says, for programs.

What does not belong here: reading (``read_ledger``), and how it is printed (``cli.ledger``).
"""

from collections.abc import Sequence
from typing import Any

from klimat_pipeline.spend.ledger import typed_lines
from klimat_pipeline.spend.ledger.ledger_report import LedgerReport
from klimat_pipeline.spend.ledger.reference import Rule

#: Rules of the balance that are no rule of the table.
_PARTS = (typed_lines.COUNTED, typed_lines.QUARANTINED, typed_lines.OVERLAP, typed_lines.VAT_PART)


def summary(report: LedgerReport, rules: Sequence[Rule], refusal: str = "") -> dict[str, Any]:
    """A file's balance and how it was read. Lines and amounts in are the sum of the parts.

    Args:
        report: of the file.
        rules: what is left out.
        refusal: why a run would stop; empty if it would not.
    """
    form, sums = report.form, by_rule(report)
    kinds = {rule.rule: rule.kind for rule in rules}
    used = set(form.fields.values())
    return {
        "file": form.file,
        "sha256": form.sha256,
        "size_bytes": form.size_bytes,
        "accepted": not refusal,
        "refusal": refusal or None,
        "status": report.status,
        "format": form.format,
        "encoding": form.encoding,
        "separator": form.separator,
        "decimal_mark": form.decimal_mark,
        "date_form": form.dates.form,
        "period": form.period,
        "chart": form.chart,
        "columns": {name: form.header[place] for name, place in form.fields.items()},
        "columns_not_read": [name for place, name in enumerate(form.header) if place not in used and name],
        "first_day": report.days[0] or None,
        "last_day": report.days[1] or None,
        "in": _sum(report.lines, report.amount_ore),
        "counted": _sum(*sums.get(typed_lines.COUNTED, (0, 0))),
        "left_out": [
            {"rule": rule, "kind": kinds.get(rule, rule), **_sum(*found)}
            for rule, found in sums.items()
            if rule not in _PARTS
        ],
        "vat_in_amounts": _sum(*sums.get(typed_lines.VAT_PART, (0, 0))),
        "quarantined": {
            **_sum(*sums.get(typed_lines.QUARANTINED, (0, 0))),
            "problems": [
                {
                    "line": problem.line,
                    "column": problem.column_name,
                    "value": problem.value,
                    "reason": problem.reason,
                    "amount_ore": problem.amount_ore,
                }
                for problem in report.problems
            ],
        },
        "duplicates": _sum(*sums.get(typed_lines.OVERLAP, (0, 0))),
        "no_lines": {
            "blank": report.blank,
            "repeated_headers": report.headers,
            "control_sums": report.control_sums,
        },
        "amounts_rounded": report.rounded,
        "warnings": report.warnings,
        "remarks": report.remarks,
    }


def refused(file: str, refusal: str) -> dict[str, Any]:
    """The same of a file that cannot be read at all."""
    return {"file": file, "accepted": False, "refusal": refusal}


def by_rule(report: LedgerReport) -> dict[str, tuple[int, int]]:
    """Lines and oere by rule, all years: what is counted and in quarantine first, then the largest."""
    sums: dict[str, tuple[int, int]] = {}
    for _, rule, lines, amount in report.rows():
        before = sums.get(rule, (0, 0))
        sums[rule] = (before[0] + lines, before[1] + amount)
    first = (typed_lines.COUNTED, typed_lines.QUARANTINED)
    return dict(sorted(sums.items(), key=lambda item: (item[0] not in first, -abs(item[1][1]), item[0])))


def _sum(lines: int, ore: int) -> dict[str, Any]:
    return {"lines": lines, "amount_ore": ore, "amount_sek": ore / 100}
