"""``spend/scope``: where every krona went, to the oere: counted, left out by a rule, or in quarantine."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from klimat_pipeline.contracts import table
from klimat_pipeline.spend import typed
from klimat_pipeline.spend.door import Passed
from klimat_pipeline.spend.reference import Rule

if TYPE_CHECKING:
    import pandas as pd

#: Kinds of the rules that stand in no table.
_KINDS = {typed.COUNTED: "counted", typed.QUARANTINED: "quarantined", typed.OVERLAP: "duplicate"}


def ledger_scope(read: Mapping[str, Sequence[Passed]], rules: Mapping[str, Sequence[Rule]]) -> "pd.DataFrame":
    """Lines and amounts by municipality, year and rule.

    Args:
        read: balances by municipality.
        rules: of each municipality.

    Returns:
        ``spend/scope``; year 0 for lines in quarantine. The VAT that amounts included has a row of its own whose lines
        are counted in another.
    """
    import pandas as pd

    contract = table("spend/scope")
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
        rows.append((code, year, rule, kind, lines, amount, amount / 100, reason))
    frame = pd.DataFrame(rows, columns=contract.column_names)
    frame = frame.astype({"year": "int64", "ledger_lines": "int64", "amount_ore": "int64", "amount_sek": "float64"})
    return frame.sort_values(list(contract.primary_key)).reset_index(drop=True)
