"""How amounts of one file differ from those of another that they go with, where all differ alike: VAT, sign, rounding.

Pairs stand in a table with the columns ``newer`` and ``older``, in oere. What does not belong here: which amounts go
with which (``altered_copies``, ``same_sums``).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

#: Nine pairs of ten that differ have to differ alike, and a quarter of all have to differ: single lines are corrected.
_ALIKE_PCT, _DIFFERING_PCT = 90, 25
#: Fewer pairs may be alike by chance; a mere ratio needs more, and so does a known way of which most lines are free, as
#: rents are of VAT and whole kronor of rounding.
_ENOUGH, _ENOUGH_TO_STAND_OUT = 3, 10
#: What makes an amount ``a`` of an amount ``b``, both without sign.
_KINDS = (
    # A sum of amounts that were rounded each is a few oere off.
    ("include VAT", "list_bool_or([abs(a - b * rate) <= greatest(1, b / 200000) FOR rate IN [1.25, 1.12, 1.06]])"),
    ("are rounded to whole kronor", "a % 100 = 0 AND abs(a - b) < 100 AND b >= 1000"),
    ("are rounded to thousands of kronor", "a % 100000 = 0 AND abs(a - b) < 100000 AND b >= 500000"),
    (
        "are in thousands of kronor",
        "abs(a * 1000 - b) <= CASE WHEN a % 100 = 0 THEN 100000 ELSE 1000 END AND a >= 5 AND b >= 10000",
    ),
    ("are in millions of kronor", "abs(a * 1000000 - b) <= 1000000 AND a >= 5"),
    ("are in öre", "a = b * 100"),
)
_BOTH_WAYS = """
    CREATE OR REPLACE TEMP TABLE both_ways AS
    WITH told AS (
        SELECT newer, older FROM {table} WHERE newer <> 0 AND older <> 0 AND greatest(abs(newer), abs(older)) >= 100
    )
    SELECT 0 AS way, abs(newer) AS a, abs(older) AS b, sign(newer) <> sign(older) AS is_turned FROM told
    UNION ALL SELECT 1, abs(older), abs(newer), sign(newer) <> sign(older) FROM told
"""
_COUNTED = """
    SELECT count(*), count(*) FILTER (a = b AND NOT is_turned), count(*) FILTER (is_turned), count(*) FILTER (a <> b),
        median(a / b) FILTER (a <> b), {kinds}
    FROM both_ways WHERE way = $way
"""
_OF_A_RATIO = """
    SELECT count(*) FROM both_ways WHERE way = $way AND a <> b AND abs(a - b * $ratio) <= greatest(1, $ratio)
"""


@dataclass(frozen=True, slots=True)
class Relation:
    """What pairs of amounts say.

    Attributes:
        pairs: how many there are.
        same: how many are the same amount.
        told: how the others differ; empty where they do not differ alike.
        is_known: whether it is a known way, which no two ledgers have by chance; not a mere sign or ratio.
    """

    pairs: int = 0
    same: int = 0
    told: str = ""
    is_known: bool = False


def relation(
    connection: "duckdb.DuckDBPyConnection", table: str, newer: str, older: str, *, all_of_both: bool = False
) -> Relation:
    """Tell how the amounts of a table's pairs differ.

    Args:
        connection: with the table.
        table: its name.
        newer: the file of the amounts ``newer``, and
        older: that of the others.
        all_of_both: whether neither file has anything beyond the pairs: then one or two may tell a known way.
    """
    enough = 1 if all_of_both else _ENOUGH
    connection.execute(_BOTH_WAYS.format(table=table))
    counted = _COUNTED.format(kinds=", ".join(f"count(*) FILTER (a <> b AND {test})" for _, test in _KINDS))
    pairs = same = 0
    turned, told = "", ""
    for way, file in enumerate((newer, older)):
        ((pairs, same, reversed_, other, ratio, *alike),) = connection.execute(counted, {"way": way}).fetchall()
        differing = max(other, pairs - same)
        are_few = 100 * differing < _DIFFERING_PCT * pairs
        if differing < (_ENOUGH_TO_STAND_OUT if are_few else enough):
            return Relation(pairs, same)
        if 100 * reversed_ >= _ALIKE_PCT * pairs:
            turned = "have the other sign"
        elif reversed_ and 100 * (pairs - reversed_) < _ALIKE_PCT * pairs:
            return Relation(pairs, same)
        for (kind, _), count in zip(_KINDS, alike, strict=True):
            if other >= enough and 100 * count >= _ALIKE_PCT * other:
                return Relation(
                    pairs, same, f"the amounts of {file} {kind}{' and' * bool(turned)} {turned}".strip(), True
                )
        if other >= _ENOUGH_TO_STAND_OUT and not are_few and ratio > 1:
            ((count,),) = connection.execute(_OF_A_RATIO, {"way": way, "ratio": ratio}).fetchall()
            told = f"the amounts of {file} are {ratio:.4g} times as large" if 100 * count >= _ALIKE_PCT * other else ""
    if turned and pairs >= _ENOUGH and not told and 100 * other <= (100 - _ALIKE_PCT) * pairs:
        told = f"the amounts of {older} {turned}"
    return Relation(pairs, same, told)
