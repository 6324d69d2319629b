"""Columns: actions, pathways, investment, and what the scenarios assume.

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
        "sized_on_t",
        NUMBER,
        "Emissions of the main sector that the plan sized the effect on: the scenarios take effect / sized_on_t of the "
        "national figures. Where it is missing, the printed gap table's figure; without that there is no scenario.",
        unit="t",
        nullable=True,
        minimum=0,
    ),
    Column(
        "is_metered",
        BOOLEAN,
        "Whether the tonnes are metered at a plant (capture): then the scenarios take tonnes, not a share, and only "
        "where the line holds the plant.",
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
        "'business_as_usual': the trend; 'existing_policies': with the actions that are decided or under way "
        "and what other plans are printed to save (column 4 of the gap table); 'with_actions': with all actions; "
        "'target': the straight line from the newest year to the target.",
        allowed=("business_as_usual", "existing_policies", "with_actions", "target"),
    ),
    Column(
        "p05_t",
        NUMBER,
        "Tonnes CO2e that five of a hundred futures stay below; missing where a plan gives no ranges. Never add "
        "percentiles: use the row of the total.",
        unit="t",
        nullable=True,
    ),
    Column(
        "p50_t",
        NUMBER,
        "Tonnes CO2e in the middle of the futures: as many lie below as above. With actions whose plan gives no "
        "ranges: if all are carried out in full, from a frozen level. Missing where nobody says what an action was "
        "sized on.",
        unit="t",
        nullable=True,
    ),
    Column(
        "p95_t",
        NUMBER,
        "Tonnes CO2e that five of a hundred futures exceed; missing where a plan gives no ranges.",
        unit="t",
        nullable=True,
    ),
    Column("draws", INTEGER, "Simulated futures behind the row; 0 where nothing is drawn.", minimum=0),
    Column("newest_year", INTEGER, "Newest year of the release.", minimum=1900, maximum=2200),
    Column("newest_t", NUMBER, "Emissions in the newest year of the release, tonnes CO2e.", unit="t"),
    Column(
        "probability_fraction",
        NUMBER,
        "Share of the simulated futures that meet the target, 0-1; known to within about 1 / sqrt(draws). Missing with "
        "actions whose plan gives no ranges: then only the interval is known.",
        unit="fraction",
        nullable=True,
        minimum=0,
        maximum=1,
    ),
    *(
        Column(
            f"probability_{end}_fraction",
            NUMBER,
            f"{words} share of futures that meet the target, over how much of a falling trend the plan itself causes "
            "(none to all) and how much of it is delivered; the same as the probability for business as usual. Missing "
            "where nobody says what an action was sized on.",
            unit="fraction",
            nullable=True,
            minimum=0,
            maximum=1,
        )
        for end, words in (("low", "Least"), ("high", "Largest"))
    ),
    Column("probability_text", TEXT, "The probability in words."),
    Column(
        "forecast_evidence",
        TEXT,
        "'tested': such a forecast, of such a change, was held against what came (scenario_score); 'extrapolated': it "
        "was not: more years ahead, a sum of some sectors, other gases, a larger change, or actions.",
        nullable=True,
        allowed=("tested", "extrapolated"),
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
        "'overlap': part of a falling trend that the plan's own measures cause, none or all; 'delivery': how much "
        "of the actions is carried out; 'level': actions as shares of the level that the plan counts with, or as its "
        "tonnes of today's figures; 'shock': what all municipalities share in a year; 'trend': error of the series' "
        "own; 'last_year': the newest year used or not; 'action': left out or carried out in full.",
        allowed=("overlap", "delivery", "level", "shock", "trend", "last_year", "action"),
    ),
    Column(
        "factor",
        TEXT,
        "Sector, action or assumption that the outcome hangs on; 'other_plans_...' is what other plans save on a line "
        "of the printed gap table.",
    ),
    Column("low_t", NUMBER, "Outcome in the target's year with the factor at the end that gives less.", unit="t"),
    Column("high_t", NUMBER, "Outcome in the target's year with the factor at its other end.", unit="t"),
    Column("factor_rank", INTEGER, "Place among the factors of the target, 1 the one that moves most.", minimum=1),
    Column(
        "shift_t",
        NUMBER,
        "Tonnes between the two outcomes: how far the factor alone moves the target's year, all else in the middle and "
        "all actions in full; of an action what the plan loses without it.",
        unit="t",
        minimum=0,
    ),
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
        "'method': of trend, draws and costs; 'change_of_law': a step that a law brings, left out of slopes and stated "
        "ahead; 'error_after_one_year': size that so large a share of a series' errors does not exceed; "
        "'construction_reference': what buildings are compared with.",
        allowed=("method", "change_of_law", "error_after_one_year", "construction_reference"),
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
        "municipalities, of the same gases and sector or of the totals; 0.9 is meant. Business as usual only; missing "
        "for sums of some sectors, and for gases and years ahead that were not tested.",
        minimum=0,
        maximum=1,
        nullable=True,
    ),
)
