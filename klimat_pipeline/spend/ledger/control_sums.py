"""Totals that stand among a ledger's lines: they verify the lines above them, and are no lines.

A line is taken for a total where it calls itself one (``Summa konto 6411``) and lacks a supplier's number or a voucher,
or where it holds an amount and neither date, supplier nor voucher. If its amount is the sum of all lines back to some
earlier total or to the beginning, or on to a later one or to the end, or of the lines of its account, it is a control
sum: it is taken out and told. A line that surely calls itself a total and is no such sum goes to quarantine; one that
only may (``Summa Firma AB``) is a line. What does not
belong here: lines that are typed (``typed_lines``).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from klimat_pipeline.spend.ledger import typed_lines

if TYPE_CHECKING:
    import duckdb

_CANDIDATES = """
    CREATE TEMP TABLE candidates AS SELECT line, gross_ore, account, is_total FROM typed_lines
    WHERE gross_ore IS NOT NULL AND (is_total OR may_be_total OR (is_bare AND left_out_rule = $without_date))
"""
#: What stands above each candidate: all lines, and those of its account; the rest of the file is below.
_SUMS = """
    WITH others AS (
        SELECT t.line, t.account, coalesce(t.gross_ore, 0) AS ore FROM typed_lines t ANTI JOIN candidates c USING (line)
    ), steps AS (
        SELECT line, NULL::BIGINT AS candidate, ore FROM others
        UNION ALL SELECT line, line, 0 FROM candidates
    ), running AS (
        SELECT candidate, sum(ore) OVER (ORDER BY line ROWS UNBOUNDED PRECEDING)::BIGINT AS above FROM steps
    )
    SELECT c.line, c.gross_ore, c.is_total, r.above,
        (SELECT sum(ore)::BIGINT FROM others o WHERE o.account = c.account AND o.line < c.line AND c.account <> ''),
        (SELECT sum(ore)::BIGINT FROM others)
    FROM candidates c JOIN running r ON r.candidate = c.line ORDER BY c.line
"""


@dataclass(frozen=True, slots=True)
class ControlSums:
    """Totals that were met.

    Attributes:
        lines: how many.
        ore: of the largest.
    """

    lines: int = 0
    ore: int = 0


def take_out(connection: "duckdb.DuckDBPyConnection") -> ControlSums:
    """Take totals out of the table ``typed_lines``; put those that are no sum of its lines into quarantine.

    Args:
        connection: with the table.

    Returns:
        What was taken out.
    """
    connection.execute(_CANDIDATES, {"without_date": f"{typed_lines.QUARANTINE}date_missing"})
    ((candidates,),) = connection.execute("SELECT count(*) FROM candidates").fetchall()
    found = connection.execute(_SUMS).fetchall() if candidates else []
    met = _met(found)
    unmet = [line for line, _, is_total, *_ in found if is_total and line not in met]
    if met:
        connection.execute("DELETE FROM typed_lines WHERE list_contains($lines, line)", {"lines": list(met)})
    if unmet:
        connection.execute(
            "UPDATE typed_lines SET left_out_rule = $rule, item_text = '', year = 0, vat_ore = 0, "
            "amount_ore = gross_ore WHERE list_contains($lines, line)",
            {"rule": f"{typed_lines.QUARANTINE}total_unmet", "lines": unmet},
        )
    connection.execute("DROP TABLE candidates")
    return ControlSums(len(met), max((abs(ore) for ore in met.values()), default=0))


def _met(found: list[tuple[int, int, bool, int, int | None, int | None]]) -> dict[int, int]:
    """Lines and amounts of the candidates that are sums of the lines around them."""
    met: dict[int, int] = {}
    for place, (line, ore, _, above, of_account, whole) in enumerate(found):
        earlier = {0, *(one[3] for one in found[:place])}
        later = {whole or 0, *(one[3] for one in found[place + 1 :])}
        if above - ore in earlier or above + ore in later or ore == of_account:
            met[line] = ore
    return met
