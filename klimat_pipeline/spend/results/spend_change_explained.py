"""Why purchases and their emissions changed between two years, by additive LMDI-I; the parts sum to the change.

Kronor of category c are V x m_c x p_c: volume V (all purchases in fixed prices), share m_c of the volume, price p_c.
Their emissions are V x m_c x f_c: kilograms per krona in fixed prices, f_c, change with the factors alone; inflation
is in none of them, so its part is zero by construction. Each part is

    sum over c of L(x_c to, x_c from) x ln(ratio of the part),  L(a, b) = (a - b) / ln(a / b)

(Ang, "The LMDI approach to decomposition analysis", Energy Policy 33, 2005). Where a category is zero in one year or
changes its sign (more credited than bought), the logarithm does not exist: its whole change is mix, which is the limit
of the formula for a share that vanishes. Without a positive volume in both years the change stays unexplained.

Only classified purchases that a factor values are compared, and only with purchases that the same method values:
electricity by kronor in one year and by meter in the other is in neither volume nor mix. Its kronor and emissions by
factor come or go as ``method_changed``. What does not belong here: what replaces spend (``footprint.spend_replaced``).
"""

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from klimat_pipeline.contracts import table
from klimat_pipeline.spend.footprint.database import frame

if TYPE_CHECKING:
    import duckdb

PARTS = ("volume", "price", "mix", "factor_vintage", "method_changed", "unexplained")
#: A ratio this close to one is a rounding of whole oere and milligrams, not a change.
_SAME = 1e-9
#: Kronor or tonnes less than this are what floating point leaves of nothing.
_NOTHING = 1e-9
_QUERY = """
    SELECT municipality_code, year, category, sum(amount_ore)::BIGINT AS ore
    FROM small WHERE left_out_rule = '' AND is_mapped AND figure_from = 'spend' GROUP BY ALL ORDER BY ALL
"""


def spend_changes(con: "duckdb.DuckDBPyConnection", used: pd.DataFrame) -> pd.DataFrame:
    """``spend/spend_change_explained`` from the cube: every year against the one before it in the ledger.

    Args:
        con: the database with ``footprint.cube`` and ``terms``.
        used: the factors in use.
    """
    keys = ["municipality_code", "year", "category"]
    per_krona = used[[*keys, "deflator", "kg_per_sek"]]
    rows = _valued(frame(con, _QUERY).merge(per_krona, on=keys))
    others = _valued(frame(con, "SELECT * FROM other_method").merge(per_krona, on=keys))
    terms = frame(con, "SELECT * FROM terms").set_index(["municipality_code", "year"])
    found: list[dict[str, Any]] = []
    for code, own in rows.groupby("municipality_code", sort=True):
        years = sorted(own["year"].unique())
        for earlier, later in pairwise(years):
            whole = _pair(own[own["year"] == earlier], own[own["year"] == later])
            apart = _pair(_apart(others, code, earlier, later), _apart(others, code, later, earlier))
            pair = _without(whole, apart)
            sets = {terms.loc[(code, year), "factor_gwp_set"] for year in (earlier, later)}
            for measure, what in (("spend_sek", "nominal"), ("footprint_spend_t_co2e", "tonnes")):
                parts = explained(pair, what)
                parts["method_changed"] = float(apart[f"{what}_1"].sum() - apart[f"{what}_0"].sum())
                found += [
                    {
                        "municipality_code": code,
                        "year_from": int(earlier),
                        "year_to": int(later),
                        "explained_measure": measure,
                        "change_part": part,
                        "part_value": parts[part],
                        "from_value": float(whole[f"{what}_0"].sum()),
                        "to_value": float(whole[f"{what}_1"].sum()),
                        "price_year": int(terms.loc[(code, later), "price_year"]),
                        "factor_gwp_set": sets.copy().pop() if len(sets) == 1 else "mixed",
                        "note": _note(part, measure, later - earlier),
                    }
                    for part in PARTS
                ]
    return pd.DataFrame(found, columns=table("spend/spend_change_explained").column_names)


def explained(pair: pd.DataFrame, what: str) -> dict[str, float]:
    """The parts of one change.

    Args:
        pair: a row per category with ``real_0``, ``real_1`` and ``<what>_0``, ``<what>_1``, zero where nothing was
            bought.
        what: ``nominal`` (kronor) or ``tonnes``.

    Returns:
        Every one of ``PARTS``, in the unit of what is explained; they sum to its change.
    """
    parts = dict.fromkeys(PARTS, 0.0)
    change = float(pair[f"{what}_1"].sum() - pair[f"{what}_0"].sum())
    volume_0, volume_1 = float(pair["real_0"].sum()), float(pair["real_1"].sum())
    if not (volume_0 > 0 and volume_1 > 0):
        return parts | {"unexplained": change}
    rest = "price" if what == "nominal" else "factor_vintage"
    of_volume = _log(volume_1 / volume_0)
    for row in pair.itertuples():
        before, after = getattr(row, f"{what}_0"), getattr(row, f"{what}_1")
        if not (before * after > 0 and row.real_0 * row.real_1 > 0):
            parts["mix"] += after - before
            continue
        weight = logarithmic_mean(after, before)
        of_real, of_rest = _log(row.real_1 / row.real_0), _log((after / row.real_1) / (before / row.real_0))
        parts["volume"] += weight * of_volume
        parts[rest] += weight * of_rest
        parts["mix"] += weight * (of_real - of_volume)
    # What floating point leaves, so that the parts sum to the last digit.
    parts["mix"] += change - sum(parts.values())
    return parts


def logarithmic_mean(a: float, b: float) -> float:
    """L(a, b) = (a - b) / ln(a / b) for numbers of one sign; their common value where they are equal."""
    if abs(a / b - 1) < _SAME:
        return (a + b) / 2
    return (a - b) / math.log(a / b)


def _log(ratio: float) -> float:
    return 0.0 if abs(ratio - 1) < _SAME else math.log(ratio)


def _pair(earlier: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    columns = ["category", "nominal", "real", "tonnes"]
    pair = earlier[columns].merge(later[columns], on="category", how="outer", suffixes=("_0", "_1"), sort=True)
    numbers = [name for name in pair.columns if name != "category"]
    pair[numbers] = pair[numbers].fillna(0.0)
    return pair


def _valued(rows: pd.DataFrame) -> pd.DataFrame:
    """Kronor of the year and of the price year, and tonnes by factor."""
    nominal = rows["ore"] / 100
    return rows.assign(nominal=nominal, real=nominal * rows["deflator"], tonnes=nominal * rows["kg_per_sek"] / 1000)


def _apart(others: pd.DataFrame, code: str, year: int, other: int) -> pd.DataFrame:
    """Purchases of a year that another method values in the other year."""
    return others[(others["municipality_code"] == code) & (others["year"] == year) & (others["other_year"] == other)]


def _without(whole: pd.DataFrame, apart: pd.DataFrame) -> pd.DataFrame:
    """The categories less what is set apart."""
    numbers = [name for name in whole.columns if name != "category"]
    less = apart.set_index("category")[numbers].reindex(whole["category"]).fillna(0.0).to_numpy()
    found = whole.copy()
    found[numbers] = found[numbers] - less
    # What floating point leaves of a category that is set apart as a whole is nothing.
    return found.assign(**{name: found[name].where(found[name].abs() > _NOTHING, 0.0) for name in numbers})


def _note(part: str, measure: str, years: int) -> str | None:
    if years > 1:
        return f"{years} years lie between the two"
    if part == "method_changed":
        return "purchases that an activity or a supplier's figure values in one of the years only: they do not compare"
    if part == "price" and measure != "spend_sek":
        return "zero by construction: kronor are deflated before they are valued"
    return None
