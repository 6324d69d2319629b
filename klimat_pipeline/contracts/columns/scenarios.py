"""Columns: actions, pathways, investment, comparison, and what the scenarios assume.

What does not belong here: which table has which column (``contracts.tables``).
"""

from klimat_pipeline.contracts.columns.kinds import BOOLEAN, IDENTIFIER, INTEGER, NUMBER, TEXT
from klimat_pipeline.contracts.model import Column

COLUMNS = (
    Column("action_id", TEXT, "Action in the municipality's actions.csv.", pattern=IDENTIFIER),
    Column("name_sv", TEXT, "Name in Swedish."),
    Column("name_en", TEXT, "Name in English."),
    Column(
        "effect_t_per_year",
        NUMBER,
        "Tonnes CO2e that the action saves a year at full effect, on its own; missing where nobody has estimated it.",
        unit="t/year",
        nullable=True,
        minimum=0,
    ),
    Column("effect_low_t", NUMBER, "Low end of the yearly effect.", unit="t", nullable=True, minimum=0),
    Column("effect_high_t", NUMBER, "High end of the yearly effect.", unit="t", nullable=True, minimum=0),
    Column(
        "start_year",
        INTEGER,
        "First year with effect; missing where the source does not say, and the effect is then counted whole in the "
        "target year and in no year before.",
        nullable=True,
        minimum=1900,
        maximum=2200,
    ),
    Column(
        "ramp_years",
        INTEGER,
        "Years from the start to the full effect, in equal steps; missing or 0: full from the start.",
        unit="years",
        nullable=True,
        minimum=0,
    ),
    Column(
        "lifetime_years",
        INTEGER,
        "Years with effect from the start; missing where it does not end.",
        unit="years",
        nullable=True,
        minimum=1,
    ),
    Column(
        "cost_msek", NUMBER, "Investment, fixed prices of 'price_year', million kronor.", unit="MSEK", nullable=True
    ),
    Column(
        "annual_cost_msek",
        NUMBER,
        "Yearly cost while it lasts, fixed prices of 'price_year', million kronor; negative for a saving.",
        unit="MSEK/year",
        nullable=True,
    ),
    Column("price_year", INTEGER, "Year in whose prices the kronor are.", nullable=True, minimum=1900, maximum=2200),
    *(
        Column(
            f"share_{payer}",
            NUMBER,
            f"Share of the investment that {who} pays.",
            unit="fraction",
            nullable=True,
            minimum=0,
            maximum=1,
        )
        for payer, who in (
            ("municipal", "the municipality with its companies"),
            ("regional", "the region"),
            ("national", "the state"),
            ("private", "others, companies and households"),
            ("eu", "the European Union"),
        )
    ),
    Column("lead", TEXT, "Who leads the action.", nullable=True),
    Column(
        "action_status",
        TEXT,
        "'proposed'; 'planned': it stands in a published plan, but no source says that it is decided; 'decided', "
        "'ongoing', or 'completed': the effect is in the latest emissions already. Only decided and ongoing ones are "
        "existing policies.",
        allowed=("proposed", "planned", "decided", "ongoing", "completed"),
    ),
    Column("other_benefits", TEXT, "Benefits besides the climate, in their own units.", nullable=True),
    Column(
        "interacts_with",
        TEXT,
        "Other actions whose effect overlaps with this one's, separated by spaces.",
        nullable=True,
    ),
    Column(
        "interaction_rule",
        TEXT,
        "How it acts together with others on its line. 'multiplicative' (also where nothing is said): it saves its "
        "share of what the others leave; 'additive': it acts on a source that no other touches. Together never more "
        "than the line holds.",
        allowed=("multiplicative", "additive"),
    ),
    Column(
        "scenario",
        TEXT,
        "'business_as_usual': the robust trend; 'existing_policies': with the actions that are decided or under way "
        "and what other plans are printed to save (column 4 of the gap table); 'with_actions': with all actions; "
        "'target': the straight line from the newest year to the target.",
        allowed=("business_as_usual", "existing_policies", "with_actions", "target"),
    ),
    Column(
        "p05_t",
        NUMBER,
        "Tonnes CO2e that five of a hundred simulated futures stay below. Never add percentiles: use the row of the "
        "total.",
        unit="t",
    ),
    Column(
        "p50_t", NUMBER, "Tonnes CO2e in the middle of the simulated futures: as many lie below as above.", unit="t"
    ),
    Column("p95_t", NUMBER, "Tonnes CO2e that five of a hundred simulated futures exceed.", unit="t"),
    Column("draws", INTEGER, "Simulated futures behind the row; 0 where nothing is drawn.", minimum=0),
    Column("newest_year", INTEGER, "Newest year of the release.", minimum=1900, maximum=2200),
    Column("newest_t", NUMBER, "Emissions in the newest year of the release, tonnes CO2e.", unit="t"),
    Column(
        "probability_fraction",
        NUMBER,
        "Share of the simulated futures that meet the target, 0-1; known to within about 1 / sqrt(draws).",
        unit="fraction",
        minimum=0,
        maximum=1,
    ),
    Column(
        "expected_t_per_year",
        NUMBER,
        "Yearly change that the middle of the futures makes from the newest year to the target's.",
        unit="t/year",
    ),
    Column(
        "factor_kind",
        TEXT,
        "'trend': error of a sector's trend; 'inventory': uncertainty of its figure; 'action': range of an action's "
        "effect; 'assumption': a choice of the method.",
        allowed=("trend", "inventory", "action", "assumption"),
    ),
    Column(
        "factor",
        TEXT,
        "Sector, action or assumption that the outcome hangs on; 'all_sectors' is what their trends have in common, "
        "'other_plans_...' what other plans save on a line of the printed gap table.",
    ),
    Column(
        "rank_correlation",
        NUMBER,
        "Spearman's rank correlation of the factor with the outcome over all draws; missing for an assumption.",
        nullable=True,
        minimum=-1,
        maximum=1,
    ),
    Column(
        "variance_share_fraction",
        NUMBER,
        "The squared correlation as a share of all factors' squares: how much of the uncertainty is this factor's.",
        unit="fraction",
        nullable=True,
        minimum=0,
        maximum=1,
    ),
    Column(
        "shift_t",
        NUMBER,
        "Tonnes in the target's year: what another assumption does to business as usual, or what leaving the action "
        "out does to the plan; missing for the rest.",
        unit="t",
        nullable=True,
    ),
    Column("fit_until", INTEGER, "Last year that the trend was fitted on.", minimum=1900, maximum=2200),
    Column("years_ahead", INTEGER, "Years from the last fitted one to the forecast one.", unit="years", minimum=1),
    Column("series", INTEGER, "Municipalities behind the row.", minimum=1),
    Column(
        "nominal_fraction", NUMBER, "Share that the interval promises to cover.", unit="fraction", minimum=0, maximum=1
    ),
    Column("covered_fraction", NUMBER, "Share that it did cover.", unit="fraction", minimum=0, maximum=1),
    Column("below_fraction", NUMBER, "Share that came out below the interval.", unit="fraction", minimum=0, maximum=1),
    Column("above_fraction", NUMBER, "Share that came out above it.", unit="fraction", minimum=0, maximum=1),
    Column("investment_msek", NUMBER, "Investment in the year, millions of kronor.", unit="MSEK", nullable=True),
    Column(
        "running_msek",
        NUMBER,
        "Yearly cost in the year beyond the investment, negative for a saving.",
        unit="MSEK",
        nullable=True,
    ),
    Column("municipal_msek", NUMBER, "Investment that the municipality bears.", unit="MSEK", nullable=True),
    Column("regional_msek", NUMBER, "Investment that the region bears.", unit="MSEK", nullable=True),
    Column("national_msek", NUMBER, "Investment that the state bears.", unit="MSEK", nullable=True),
    Column("private_msek", NUMBER, "Investment that private actors bear.", unit="MSEK", nullable=True),
    Column("eu_msek", NUMBER, "Investment that the European Union bears.", unit="MSEK", nullable=True),
    Column("unfunded_msek", NUMBER, "Investment that nobody is named for.", unit="MSEK", nullable=True),
    Column("reduced_t", NUMBER, "Tonnes CO2e that the action saves in the year.", unit="t", nullable=True),
    Column(
        "cumulated_t",
        NUMBER,
        "Tonnes CO2e that it has saved by the end of the year, from its start.",
        unit="t",
        nullable=True,
    ),
    Column("is_until_target", BOOLEAN, "Whether the year is not after the target's."),
    Column("until_target_t", NUMBER, "Tonnes CO2e saved by the end of the target's year.", unit="t", nullable=True),
    Column("lifetime_t", NUMBER, "Tonnes CO2e saved over the action's lifetime.", unit="t", nullable=True),
    Column("lifetime_cost_msek", NUMBER, "Investment and yearly costs over the lifetime.", unit="MSEK", nullable=True),
    Column("discounted_t", NUMBER, "The lifetime's tonnes, discounted to the first year.", unit="t", nullable=True),
    Column(
        "discounted_cost_msek",
        NUMBER,
        "The lifetime's costs, discounted to the first year.",
        unit="MSEK",
        nullable=True,
    ),
    Column(
        "stated_price_year",
        INTEGER,
        "Year in whose prices the action's own file has its kronor.",
        nullable=True,
        minimum=1900,
        maximum=2200,
    ),
    Column(
        "price_factor",
        NUMBER,
        "Kronor of 'price_year' per krona of 'stated_price_year', by the consumer price index; missing where the index "
        "has no value for the year: then there are no kronor (NE).",
        unit="factor",
        nullable=True,
        minimum=0,
    ),
    Column(
        "discount_rate_pct",
        NUMBER,
        "Discount rate, real, per cent a year; method_assumptions says where it is from and whether it is verified.",
        unit="%",
        minimum=0,
    ),
    Column(
        "sek_per_t",
        NUMBER,
        "Discounted costs over discounted tonnes: kronor per tonne, all who pay together.",
        unit="SEK/t",
        nullable=True,
    ),
    Column("sek_per_t_undiscounted", NUMBER, "The same at a rate of zero: plain sums.", unit="SEK/t", nullable=True),
    Column(
        "abatement_order",
        INTEGER,
        "Place in the municipality's abatement curve, cheapest tonne first; missing without a cost per tonne.",
        nullable=True,
        minimum=1,
    ),
    Column(
        "abatement_from_t",
        NUMBER,
        "Where its step in the curve begins: lifetime tonnes of all cheaper actions.",
        unit="t",
        nullable=True,
    ),
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
    Column(
        "plan_from_year",
        INTEGER,
        "First year of the municipality's climate plan: actions that state no start rise in equal steps from then to "
        "the target's year. Missing where no period is given: then they count whole in the target's year.",
        nullable=True,
        minimum=1900,
        maximum=2200,
    ),
    Column(
        "assumption_kind",
        TEXT,
        "'method': of trend, draws and costs; 'uncertainty_of_grade': what a data-quality grade stands for, plus or "
        "minus; 'grade_of_sector': that of the national figures of a sector; 'odd_year': a year that a trend treats on "
        "its own; 'construction_reference': what buildings are compared with.",
        allowed=("method", "uncertainty_of_grade", "grade_of_sector", "odd_year", "construction_reference"),
    ),
    Column("assumption", TEXT, "Name of the assumption; of a sector, a grade or a reference set."),
    Column("assumption_value", NUMBER, "Its value; missing where it is a rule without a number.", nullable=True),
    Column("assumption_unit", TEXT, "Unit of the value.", nullable=True),
    Column(
        "assumption_basis",
        TEXT,
        "'measured': calibrated on real figures by this code, and a test holds it; 'chosen': our own choice, for the "
        "reason given; 'cited': from the source named; 'unverified': from a source that nobody has compared it "
        "with yet: check it before you decide on it.",
        allowed=("measured", "chosen", "cited", "unverified"),
    ),
    Column(
        "covered_before_fraction",
        NUMBER,
        "Share of the later figures that intervals of as many years ahead covered in the hindcast on all 290 "
        "municipalities, of the same gases and sector or of the totals; 0.9 is meant. Missing for sums of some "
        "sectors, for the target's line, and for gases and years ahead that were not tested.",
        minimum=0,
        maximum=1,
        nullable=True,
    ),
)
