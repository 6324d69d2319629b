"""``spend/ledger_totals``: where every krona went, to the oere: counted, left out by a rule, or in quarantine."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from klimat_pipeline.contracts import table
from klimat_pipeline.spend.ledger import typed_lines
from klimat_pipeline.spend.ledger.ledger_report import LedgerReport
from klimat_pipeline.spend.ledger.reference import Rule

if TYPE_CHECKING:
    import pandas as pd

#: Kinds of the rules that stand in no table.
_KINDS = {
    typed_lines.COUNTED: "counted",
    typed_lines.QUARANTINED: "quarantined",
    typed_lines.OVERLAP: "duplicate",
    typed_lines.VAT_PART: "vat",
}


def ledger_totals(read: Mapping[str, Sequence[LedgerReport]], rules: Mapping[str, Sequence[Rule]]) -> "pd.DataFrame":
    """Lines and amounts by municipality, year and rule.

    Args:
        read: balances by municipality.
        rules: of each municipality.

    Returns:
        ``spend/ledger_totals``; year 0 for lines in quarantine. The VAT that amounts included has a row of its own,
        without lines: they are counted in other rows.
    """
    import pandas as pd

    contract = table("spend/ledger_totals")
    sums: dict[tuple[str, int, str], list[int]] = {}
    for code, files in read.items():
        for passed in files:
            for year, rule, lines, amount in passed.rows():
                total = sums.setdefault((code, year, rule), [0, 0])
                total[0] += lines
                total[1] += amount
    kinds = {code: {rule.rule: rule for rule in own} for code, own in rules.items()}
    rows = []
    for (code, year, rule), (lines, amount) in sums.items():
        known = kinds[code].get(rule)
        kind = _KINDS.get(rule) or (known.kind if known else "other")
        reason = known.reason if known and rule not in _KINDS else ""
        rows.append((code, year, rule, kind, lines, amount, amount / 100, reason, False))
    frame = pd.DataFrame(rows, columns=contract.column_names)
    frame = frame.astype(
        {"year": "int64", "ledger_lines": "int64", "amount_ore": "int64", "amount_sek": "float64", "is_stale": "bool"}
    )
    return frame.sort_values(list(contract.primary_key)).reset_index(drop=True)
