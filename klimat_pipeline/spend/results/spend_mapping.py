"""``spend/spend_mapping``: which account was taken for what, on what evidence, how much it weighs; largest first.

Lines that a rule leaves out are in it too, so that a person sees all of the ledger's accounts at once. What does not
belong here: how a line is classified (``footprint.classification``), and what is to be mapped next (``unmapped``).
"""

from typing import TYPE_CHECKING

import pandas as pd

from klimat_pipeline.spend.footprint.database import frame
from klimat_pipeline.spend.footprint.mappings import UNMAPPED

if TYPE_CHECKING:
    import duckdb

#: An account with more texts than this in a year has free text in their place: none of it is shown.
TEXTS_OF_AN_ACCOUNT = 20
#: The same for lines without an account number, which only their texts tell apart.
TEXTS_WITHOUT_ACCOUNT = 1000
#: Where a rule leaves lines out, it is the evidence.
_SUMS = """
    WITH told AS (
        SELECT municipality_code, year, account, account_text,
            CASE WHEN left_out_rule = '' THEN category ELSE 'left_out' END AS category,
            CASE WHEN left_out_rule = '' THEN classified_by ELSE 'left_out' END AS step,
            CASE WHEN left_out_rule = '' THEN evidence ELSE left_out_rule END AS evidence,
            sum(lines) AS lines, sum(amount_ore) AS ore, sum(emissions_mg) AS mg,
            bool_or(is_mapped AND left_out_rule = '') AS is_known
        FROM cube GROUP BY ALL
    ), texts AS (
        SELECT municipality_code, year, account, count(DISTINCT account_text) AS n FROM told GROUP BY ALL
    ), shown AS (
        SELECT municipality_code, year, account,
            CASE WHEN n > CASE WHEN account = '' THEN $none ELSE $most END THEN '' ELSE account_text END
                AS account_text,
            category, step, evidence, sum(lines)::BIGINT AS ledger_lines, sum(ore)::BIGINT / 1e2 AS amount_sek,
            CASE WHEN bool_or(is_known) THEN sum(mg)::BIGINT / 1e9 END AS emissions_t_co2e
        FROM told JOIN texts USING (municipality_code, year, account) GROUP BY ALL
    )
    SELECT *, row_number() OVER (
        PARTITION BY municipality_code, year
        ORDER BY abs(amount_sek) DESC, account, account_text, category, step, evidence
    ) AS mapping_rank
    FROM shown ORDER BY municipality_code, year DESC, mapping_rank
"""


def spend_mapping(con: "duckdb.DuckDBPyConnection") -> pd.DataFrame:
    """``spend/spend_mapping`` from the cube."""
    return frame(con, _SUMS, {"most": TEXTS_OF_AN_ACCOUNT, "none": TEXTS_WITHOUT_ACCOUNT})


def moved(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Accounts that mean something else now than they did.

    Args:
        before: ``spend/spend_mapping`` of the last publication; may lack columns of today's.
        after: today's.

    Returns:
        Municipality, account, its text, the category of most of its kronor before and after, and kronor after; largest
        first. What is mapped now and was not before is no move, and neither is an account that is new or gone.
    """
    at = ["municipality_code", "account", "account_text"]
    columns = [*at, "category_before", "category_after", "amount_sek"]
    if before.empty or after.empty or not {*at, "category", "amount_sek"} <= set(before.columns):
        return pd.DataFrame(columns=columns)
    was, is_ = (_largest(rows, at) for rows in (before, after))
    both = was.merge(is_, on=at, suffixes=("_before", "_after"), validate="one_to_one")
    off = both[(both["category_before"] != both["category_after"]) & (both["category_before"] != UNMAPPED)]
    off = off.rename(columns={"amount_sek_after": "amount_sek"})[columns]
    return off.sort_values("amount_sek", key=lambda sek: -sek.abs(), ignore_index=True)


def _largest(rows: pd.DataFrame, at: list[str]) -> pd.DataFrame:
    """The category with most kronor of every account, over all years."""
    sums = rows.groupby([*at, "category"], as_index=False)["amount_sek"].sum()
    ranked = sums.sort_values("amount_sek", key=lambda sek: -sek.abs(), kind="stable")
    return ranked.drop_duplicates(at)
