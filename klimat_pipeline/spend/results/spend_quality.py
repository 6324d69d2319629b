"""How well the footprint is known: coverage by step and grade, and its range by the uncertainty of the factors.

The range: every category's factor is drawn from a log-normal distribution with mean 1 and the set's relative standard
deviation, independent of the others (so errors common to all, such as the exchange rate, are not in it); the share of
the footprint that activities and suppliers give is held fixed. The draws are seeded, so the same ledger has the same
range. What does not belong here: how a factor's uncertainty is known (``spend_factor_sets.csv``).
"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from klimat_pipeline.contracts import table
from klimat_pipeline.spend.footprint.database import frame
from klimat_pipeline.spend.footprint.mappings import SpendReference

if TYPE_CHECKING:
    import duckdb

DRAWS = 4000
SEED = 1
#: Ends of the range: nineteen draws of twenty lie between them.
ENDS = {"low_2_5_pct": 2.5, "median": 50.0, "high_97_5_pct": 97.5}
_AT = ["municipality_code", "year"]
#: Figures that replace spend are graded by where they come from.
_REPLACED_GRADE = {"activity": "high", "supplier": "high"}
_QUERY = """
    SELECT municipality_code, year, category, figure_from, is_mapped,
        CASE WHEN figure_from = 'spend' THEN classified_by ELSE figure_from END AS step,
        sum(lines)::BIGINT AS lines, sum(amount_ore)::BIGINT AS ore, sum(emissions_mg)::BIGINT AS mg
    FROM small WHERE left_out_rule = '' GROUP BY ALL ORDER BY ALL
"""


def spend_quality(con: "duckdb.DuckDBPyConnection", reference: SpendReference, used: pd.DataFrame) -> pd.DataFrame:
    """``spend/spend_quality`` from the cube.

    Args:
        con: the database with ``footprint.cube`` and ``terms``.
        reference: the grade of every step.
        used: the factors in use, with their uncertainty.
    """
    rows = frame(con, _QUERY)
    grades = dict(zip(reference.steps["classified_by"], reference.steps["data_quality"], strict=True)) | _REPLACED_GRADE
    rows["grade"] = rows["step"].map(grades).where(rows["is_mapped"].astype(bool), "none")
    parts = [_shares(rows, "step"), _shares(rows, "grade"), _ranges(rows, used)]
    found = pd.concat(parts, ignore_index=True).merge(frame(con, "SELECT * FROM terms"), on=_AT)
    contract = table("spend/spend_quality")
    return found.sort_values(list(contract.primary_key), ignore_index=True)


def _shares(rows: pd.DataFrame, aspect: str) -> pd.DataFrame:
    sums = rows.groupby([*_AT, aspect], as_index=False)[["lines", "ore", "mg"]].sum()
    known = rows.groupby([*_AT, aspect])["is_mapped"].any().to_numpy(dtype=bool)
    whole = sums.groupby(_AT)["ore"].transform("sum")
    return pd.DataFrame(
        {
            "municipality_code": sums["municipality_code"],
            "year": sums["year"],
            "quality_aspect": aspect,
            "quality_item": sums[aspect],
            "ledger_lines": sums["lines"].astype("Int64"),
            "spend_sek": sums["ore"] / 100,
            "share_of_spend_pct": (sums["ore"] / whole * 100).where(whole > 0),
            "footprint_t_co2e": (sums["mg"] / 1e9).where(known),
            "note": None,
        }
    )


def _ranges(rows: pd.DataFrame, used: pd.DataFrame) -> pd.DataFrame:
    spent = rows[rows["figure_from"] == "spend"]
    fixed = rows[rows["figure_from"] != "spend"].groupby(_AT)["mg"].sum()
    by = spent.groupby([*_AT, "category"], as_index=False)["mg"].sum()
    by = by.merge(used[[*_AT, "category", "uncertainty_pct"]], on=[*_AT, "category"])
    found = []
    for (code, year), own in by.groupby(_AT, sort=True):
        draws = footprint_draws(own["mg"].to_numpy(float), own["uncertainty_pct"].to_numpy(float))
        draws = (draws + float(fixed.get((code, year), 0))) / 1e9
        for item, percentile in ENDS.items():
            found.append(
                {
                    "municipality_code": code,
                    "year": year,
                    "quality_aspect": "range",
                    "quality_item": item,
                    "ledger_lines": None,
                    "spend_sek": None,
                    "share_of_spend_pct": None,
                    "footprint_t_co2e": float(np.percentile(draws, percentile)),
                    "note": f"Monte Carlo, {DRAWS} draws of the mapped part's factors; unmapped kronor are not in it",
                }
            )
    frame_ = pd.DataFrame(
        found,
        columns=[
            *_AT,
            *("quality_aspect", "quality_item", "ledger_lines", "spend_sek"),
            *("share_of_spend_pct", "footprint_t_co2e", "note"),
        ],
    )
    return frame_.astype({"ledger_lines": "Int64", "spend_sek": "float64", "share_of_spend_pct": "float64"})


def footprint_draws(
    means: np.ndarray, uncertainty_pct: np.ndarray, *, draws: int = DRAWS, seed: int = SEED
) -> np.ndarray:
    """Sums of independent log-normal parts with these means.

    A log-normal of relative standard deviation v has sigma^2 = ln(1 + v^2), and mean 1 with mu = -sigma^2 / 2.

    Args:
        means: of every part, any unit, either sign.
        uncertainty_pct: relative standard deviation of every part.
        draws: how many.
        seed: of the generator.

    Returns:
        One sum a draw.
    """
    sigma = np.sqrt(np.log1p((uncertainty_pct / 100) ** 2))
    normal = np.random.default_rng(seed).standard_normal((draws, len(means)))
    # Summed one after the other rather than by a library's choice: the same bits everywhere.
    total = np.zeros(draws)
    for part in range(len(means)):
        total += means[part] * np.exp(sigma[part] * normal[:, part] - sigma[part] ** 2 / 2)
    return total
