"""Columns: how well the pathways' method would have forecast years that are known.

What does not belong here: which table has which column (``contracts.tables``).
"""

from klimat_pipeline.contracts.columns.kinds import INTEGER, NUMBER, TEXT
from klimat_pipeline.contracts.model import Column

COLUMNS = (
    Column("fit_until", INTEGER, "Last year that the trend was fitted on.", minimum=1900, maximum=2200),
    Column("years_ahead", INTEGER, "Years from the last fitted one to the forecast one.", unit="years", minimum=1),
    Column("series", INTEGER, "Municipalities behind the row.", minimum=1),
    Column(
        "nominal_fraction", NUMBER, "Share that the interval promises to cover.", unit="fraction", minimum=0, maximum=1
    ),
    Column("covered_fraction", NUMBER, "Share that it did cover.", unit="fraction", minimum=0, maximum=1),
    Column("below_fraction", NUMBER, "Share that came out below the interval.", unit="fraction", minimum=0, maximum=1),
    Column("above_fraction", NUMBER, "Share that came out above it.", unit="fraction", minimum=0, maximum=1),
    Column("under_p50_fraction", NUMBER, "Share that came out below p50.", unit="fraction", minimum=0, maximum=1),
    Column(
        "forecast_method",
        TEXT,
        "'published': the method behind the pathways; 'last_value': the newest figure; 'damped_trend': the newest "
        "figure and the municipality's own slope, fading by a tenth a year; 'national_slope': the newest figure and "
        "the nation's slope. All with errors of the same kind.",
        allowed=("published", "last_value", "damped_trend", "national_slope"),
    ),
    Column(
        "held_out",
        TEXT,
        "What errors were not measured on: 'municipalities': a fifth of them in turn; a target year; 'time': years "
        "after the first half.",
        pattern=r"municipalities|time|\d{4}",
    ),
    Column("horizon_years", INTEGER, "Years ahead; 0 for one to six together.", unit="years", minimum=0),
    Column("cases", INTEGER, "Forecasts behind the row.", minimum=1),
    Column(
        "pinball_pct",
        NUMBER,
        "Mean pinball loss of p05, p50 and p95, as a percentage of the newest figure; less is better.",
        unit="%",
        nullable=True,
        minimum=0,
    ),
    Column(
        "width_pct",
        NUMBER,
        "Sharpness: p95 less p05, as a percentage of the newest figure, on average.",
        unit="%",
        nullable=True,
        minimum=0,
    ),
    Column(
        "brier_score",
        NUMBER,
        "Mean square of the probability of being 5, 10, 15, 20 or 30 per cent below the newest figure less what came "
        "(1 or 0); less is better.",
        minimum=0,
        maximum=1,
    ),
    Column(
        "brier_of_base_rate",
        NUMBER,
        "The same if one said how often it came so many years ahead.",
        minimum=0,
        maximum=1,
    ),
    Column(
        "reliability_score",
        NUMBER,
        "Mean square of what was said less how often it came, in tenths of probability; 0 is perfect.",
        minimum=0,
        maximum=1,
    ),
)
