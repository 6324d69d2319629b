"""``actions.csv``: what a municipality does or plans, an action a row, with effect, time, cost and who pays.

What belongs here: what a row must be beyond its form (``configuration.local_tables``). What does not: what actions do
together (``scenarios.effects``) and what they cost per tonne (``scenarios``).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

#: Who pays, as shares of the investment; together one, or none of them given.
SHARES = ("share_municipal", "share_regional", "share_national", "share_private", "share_eu")
#: Shares are written with a few decimals; a sum of one is met within this.
_SHARE_TOLERANCE = 1e-6


def action_problems(row: Mapping[str, Any], lines: Sequence[str]) -> Iterator[str]:
    """Everything that is wrong with a row beyond its form, each as ``column <name>: <problem>``.

    Args:
        row: a row of ``actions.csv``.
        lines: lines of the inventory.
    """
    if row["line"] not in lines:
        yield f"column line: expected one of {', '.join(lines)}, found {row['line']!r}"
    low, middle, high = row["effect_low_t"], row["effect_t_per_year"], row["effect_high_t"]
    known = [value for value in (low, middle, high) if value is not None]
    if known != sorted(known):
        yield f"column effect_low_t: expected low <= effect <= high, found {', '.join(f'{v:g}' for v in known)}"
    if (low is None) != (high is None) or (low is not None and middle is None):
        yield "column effect_low_t: expected a range beside an effect, both ends of it or none"
    most, level = max(known, default=None), row["sized_on_t"]
    if most is not None and level is not None and most > level:
        yield (
            f"column sized_on_t: expected the emissions that the action was sized on, at least the {most:g} t that it "
            f"saves, found {level:g}"
        )
    shares = [row[name] for name in SHARES if row[name] is not None]
    if shares and abs(sum(shares) - 1.0) > _SHARE_TOLERANCE:
        yield f"column share_municipal: the shares sum to {sum(shares):g}, expected 1 (or none of them given)"
    if (row["cost_msek"] is not None or row["annual_cost_msek"] is not None) and row["price_year"] is None:
        yield "column price_year: expected the price level of the costs, found ''"


def unknown_partners(rows: Sequence[Mapping[str, Any]], broken: Sequence[Mapping[str, Any]] = ()) -> Iterator[str]:
    """Interactions with an action that the municipality does not have, or with the action itself."""
    known = {(row["municipality_code"], row["action_id"]) for row in (*rows, *broken)}
    for row in rows:
        for other in (row["interacts_with"] or "").split():
            if other == row["action_id"]:
                yield f"{row['shown']}: column interacts_with: {other!r} is the action itself"
            elif (row["municipality_code"], other) not in known:
                yield f"{row['shown']}: column interacts_with: no action has the id {other!r}"
