"""Totals that stand among a ledger's lines: they verify the lines above them, and are no lines.

A line is taken for a total where it calls itself one (``Summa konto 6411``) and lacks a supplier's number or a voucher,
or in the place of its day (``Totalt``), or where it holds an amount and neither supplier nor voucher, and no date or no
account. If its amount is the sum of all lines back to some earlier total or to the beginning, or on to a later one or
to the end, or of the lines of its account, it is a control sum: it is taken out and told. A line that surely calls
itself a total and is no such sum goes to quarantine; one that only may (``Summa Firma AB``) is a line, and so is one
with a day and an account (``Total Sverige AB``) that is as large as a single other. What does not belong here: lines
that are typed (``typed_lines``).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from klimat_pipeline.spend.ledger import typed_lines

if TYPE_CHECKING:
    import duckdb

_CANDIDATES = """
    CREATE TEMP TABLE candidates AS
    SELECT line, gross_ore, account, is_total,
        CASE WHEN year <> 0 AND NOT is_total AND account || account_text <> '' THEN 2 ELSE 0 END AS fewest
    FROM typed_lines
    WHERE gross_ore IS NOT NULL
        AND (is_total OR may_be_total OR (is_bare AND list_contains($incomplete, left_out_rule)))
"""
#: What stands above each candidate: all lines, and those of its account; the rest of the file is below.
_SUMS = """
    WITH others AS (
        SELECT t.line, t.account, coalesce(t.gross_ore, 0) AS ore FROM typed_lines t ANTI JOIN candidates c USING (line)
    ), steps AS (
        SELECT line, NULL::BIGINT AS candidate, ore, 1 AS is_line FROM others
        UNION ALL SELECT line, line, 0, 0 FROM candidates
    ), running AS (
        SELECT candidate, sum(ore) OVER above_it::BIGINT AS above, sum(is_line) OVER above_it AS lines FROM steps
        WINDOW above_it AS (ORDER BY line ROWS UNBOUNDED PRECEDING)
    ), accounts AS (
        SELECT c.line, sum(o.ore)::BIGINT AS ore, count(*) AS lines
        FROM candidates c JOIN others o ON o.account = c.account AND o.line < c.line WHERE c.account <> '' GROUP BY ALL
    )
    SELECT c.line, c.gross_ore, c.is_total, c.fewest, (r.above, r.lines), (a.ore, coalesce(a.lines, 0)),
        (SELECT (coalesce(sum(ore), 0)::BIGINT, count(*)) FROM others)
    FROM candidates c JOIN running r ON r.candidate = c.line LEFT JOIN accounts a ON a.line = c.line ORDER BY c.line
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
    incomplete = [f"{typed_lines.QUARANTINE}{what}" for what in ("date_missing", "account_missing")]
    connection.execute(_CANDIDATES, {"incomplete": incomplete})
    ((candidates,),) = connection.execute("SELECT count(*) FROM candidates").fetchall()
    found = connection.execute(_SUMS).fetchall() if candidates else []
    met = _met(found)
    unmet = [line for line, _, is_total, *_ in found if is_total and line not in met]
    if met:
        connection.execute("DELETE FROM typed_lines WHERE list_contains($lines, line)", {"lines": list(met)})
    if unmet:
        connection.execute(
            "UPDATE typed_lines SET left_out_rule = $rule, item_text = format('{:.2f}', gross_ore / 100), "
            "year = 0, vat_ore = 0, amount_ore = gross_ore WHERE list_contains($lines, line)",
            {"rule": f"{typed_lines.QUARANTINE}total_unmet", "lines": unmet},
        )
    connection.execute("DROP TABLE candidates")
    return ControlSums(len(met), max((abs(ore) for ore in met.values()), default=0))


#: A sum in oere, and of how many lines.
_Sum = tuple[int, int]


def _met(found: list[tuple[int, int, bool, int, _Sum, _Sum, _Sum]]) -> dict[int, int]:
    """Lines and amounts of the candidates that are sums of the lines around them, of as many as it takes."""
    met: dict[int, int] = {}
    least = {0: 0}  # lines above the first total with such a sum above it: a span from there has the most lines
    for line, ore, _, fewest, (above, lines), (of_account, own), _ in found:
        begins = least.get(above - ore)
        if (begins is not None and lines - begins >= fewest) or (of_account == ore and own >= fewest):
            met[line] = ore
        least.setdefault(above, lines)
    most = {whole: lines for *_, (whole, lines) in found[:1]}
    for line, ore, _, fewest, (above, lines), *_ in reversed(found):
        ends = most.get(above + ore)
        if ends is not None and ends - lines >= fewest:
            met[line] = ore
        most.setdefault(above, lines)
    return met
