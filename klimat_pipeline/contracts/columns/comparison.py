"""Columns: municipalities side by side.

What does not belong here: which table has which column (``contracts.tables``).
"""

from klimat_pipeline.contracts.columns.kinds import IDENTIFIER, INTEGER, NUMBER, TEXT
from klimat_pipeline.contracts.model import Column

COLUMNS = (
    Column("indicator", TEXT, "What is compared, as named in 'indicator_text'.", pattern=IDENTIFIER),
    Column("indicator_text", TEXT, "The indicator in words, with its convention."),
    Column(
        "indicator_value",
        NUMBER,
        "Its value for the municipality, in 'indicator_unit'. 'mean_yearly_change' fills the years of "
        "'interpolated_years' with a constant rate: there it is no mean of yearly figures.",
        unit="as the indicator",
    ),
    Column("indicator_unit", TEXT, "Unit of the indicator."),
    Column("rank", INTEGER, "Place among the compared, 1 the lowest value; equal values share a place.", minimum=1),
    Column("compared", INTEGER, "Municipalities with data for it, same release and year.", minimum=1, maximum=290),
    Column("rank_text", TEXT, "The place in words, with how many of all municipalities were compared."),
    Column("lowest_value", NUMBER, "Lowest among the compared.", unit="as the indicator"),
    Column("q25_value", NUMBER, "First quartile of the compared.", unit="as the indicator"),
    Column("median_value", NUMBER, "Median of the compared.", unit="as the indicator"),
    Column("q75_value", NUMBER, "Third quartile of the compared.", unit="as the indicator"),
    Column("highest_value", NUMBER, "Highest among the compared.", unit="as the indicator"),
    Column(
        "similar_codes",
        TEXT,
        "Similar municipalities, nearest first, separated by spaces: nearest in the shares of the main sectors and the "
        "logarithm of the total, each over its spread among the compared; empty where there is nobody else.",
    ),
    Column(
        "similar_median_value",
        NUMBER,
        "Median of the similar municipalities.",
        unit="as the indicator",
        nullable=True,
    ),
    *(
        Column(
            f"{name}_{what}",
            INTEGER,
            f"{words} {whom}.",
            nullable=True,
            minimum=1,
        )
        for name, whom in (("county", "of the same county"), ("group", "of the same of SKR's groups"))
        for what, words in (("rank", "Place among the municipalities"), ("compared", "Municipalities with data"))
    ),
    Column(
        "nation_value",
        NUMBER,
        "The nation's own value of the indicator, same release and years; missing for tonnes.",
        unit="as the indicator",
        nullable=True,
    ),
    Column(
        "to_median",
        NUMBER,
        "What has to be added to the municipality's value to reach the median of all.",
        unit="as the indicator",
    ),
)
