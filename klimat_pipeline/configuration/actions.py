"""``actions.csv``: what a municipality does or plans, an action a row, with effect, time, cost and who pays.

What belongs here: the form of the file and what a row must be beyond its form. What does not: what actions do together
(``scenarios.effects``) and what they cost per tonne (``scenarios``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from klimat_pipeline.configuration.csv_file import CsvColumn

_CODE = r"[a-z][a-z0-9_]*"
#: Who pays, as shares of the investment; together one, or none of them given.
SHARES = ("share_municipal", "share_regional", "share_national", "share_private", "share_eu")
#: Shares are written with a few decimals; a sum of one is met within this.
_SHARE_TOLERANCE = 1e-6

#: Columns and key of the file.
ACTIONS: tuple[tuple[CsvColumn, ...], tuple[str, ...]] = (
    (
        CsvColumn("action_id", pattern=_CODE),
        CsvColumn("line", pattern=_CODE),
        CsvColumn("carrier", pattern=_CODE, nullable=True),
        CsvColumn("name_sv"),
        CsvColumn("name_en"),
        CsvColumn("effect_t_per_year", kind="number", minimum=0, nullable=True),
        CsvColumn("effect_low_t", kind="number", minimum=0, nullable=True),
        CsvColumn("effect_high_t", kind="number", minimum=0, nullable=True),
        CsvColumn("start_year", kind="integer", minimum=1900, maximum=2200, nullable=True),
        CsvColumn("ramp_years", kind="integer", minimum=0, maximum=100, nullable=True),
        CsvColumn("lifetime_years", kind="integer", minimum=1, maximum=200, nullable=True),
        CsvColumn("cost_msek", kind="number", nullable=True),
        CsvColumn("annual_cost_msek", kind="number", nullable=True),
        CsvColumn("price_year", kind="integer", minimum=1900, maximum=2200, nullable=True),
        *(CsvColumn(share, kind="number", minimum=0, maximum=1, nullable=True) for share in SHARES),
        CsvColumn("lead", nullable=True),
        CsvColumn("status", allowed=("proposed", "planned", "decided", "ongoing", "completed")),
        CsvColumn("other_benefits", nullable=True),
        CsvColumn("interacts_with", pattern=rf"{_CODE}( {_CODE})*", nullable=True),
        CsvColumn("interaction_rule", allowed=("multiplicative", "additive"), nullable=True),
        CsvColumn("source"),
        CsvColumn("note", nullable=True),
    ),
    ("action_id",),
)


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
    shares = [row[name] for name in SHARES if row[name] is not None]
    if shares and abs(sum(shares) - 1.0) > _SHARE_TOLERANCE:
        yield f"column share_municipal: the shares sum to {sum(shares):g}, expected 1 (or none of them given)"
    if (row["cost_msek"] is not None or row["annual_cost_msek"] is not None) and row["price_year"] is None:
        yield "column price_year: expected the price level of the costs, found ''"


def unknown_partners(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Interactions with an action that the municipality does not have, or with the action itself."""
    rows = list(rows)
    known = {(row["municipality_code"], row["action_id"]) for row in rows}
    for row in rows:
        for other in (row["interacts_with"] or "").split():
            if other == row["action_id"]:
                yield f"{row['shown']}: column interacts_with: {other!r} is the action itself"
            elif (row["municipality_code"], other) not in known:
                yield f"{row['shown']}: column interacts_with: no action has the id {other!r}"
