"""Contracts of the stage ``scenarios``: pathways, probabilities, hindcast and investment.

What does not belong here: gap and neutrality (``gap_and_neutrality``).
"""

from klimat_pipeline.contracts.columns import col
from klimat_pipeline.contracts.model import Table

_SECTORS = "indicators/sector_indicators"
_EMISSIONS = "corrected/emissions.emissions_t_co2e"
_EITHER = (f"{_SECTORS}.emissions_corrected_t_co2e", f"{_SECTORS}.emissions_reported_t_co2e")
#: Corrected where each sector of the municipality is on one corrected level in all years of the release.
_BASIS = col("basis").use("corrected/emissions.level_ids", nullable=False)
_ACTIONS = "clean/climate_actions"
#: Scenarios that are drawn.
_DRAWN = ("business_as_usual", "existing_policies", "with_actions")
_FUTURE = (
    _EMISSIONS,
    "clean/area_totals.emissions_reported_t_co2e",
    f"{_ACTIONS}.effect_t_per_year",
    f"{_ACTIONS}.sized_on_t",
    f"{_ACTIONS}.is_metered",
    "clean/published_gap.other_plans_t",
    "clean/published_gap.latest_t",
    "clean/targets.plan_from_year",
)

PATHWAYS = Table(
    key="scenarios/pathways",
    description="Emissions in each year ahead under each scenario: the middle of the simulated futures, and the range "
    "that holds nine in ten of them. Current releases only; municipalities without targets or actions of their own "
    "have the total. A line is 'total', a main sector or a target of the "
    "municipality's own; it joins sector_indicators, target_status and target_probability, where it is called "
    "target_id.",
    columns=(
        col("municipality_code").use(f"{_SECTORS}.municipality_code"),
        col("release_id").use(f"{_SECTORS}.release_id"),
        col("scenario").use(f"{_ACTIONS}.action_id"),
        col("line").use(f"{_SECTORS}.target_id"),
        col("year").use(f"{_SECTORS}.target_year"),
        col("p05_t").use(*_FUTURE),
        col("p50_t").use(*_FUTURE),
        col("p95_t").use(*_FUTURE),
        col("target_path_t_co2e").use(f"{_SECTORS}.target_path_t_co2e", f"{_SECTORS}.interim_targets"),
        col("gas_basis").use(f"{_SECTORS}.gas_basis"),
        col("gwp_set").use(f"{_SECTORS}.gwp_set"),
        _BASIS,
        col("draws"),
        col("covered_before_fraction"),
        col("forecast_evidence"),
        col("note"),
    ),
    primary_key=("municipality_code", "release_id", "scenario", "line", "year"),
    topic="scenarios",
)

TARGET_PROBABILITY = Table(
    key="scenarios/target_probability",
    description="How likely each target is met under each scenario, and the yearly pace that it takes from now on "
    "(backcasting) beside the pace that is expected.",
    columns=(
        col("municipality_code").use(f"{_SECTORS}.municipality_code"),
        col("release_id").use(f"{_SECTORS}.release_id"),
        col("target_id").use(f"{_SECTORS}.target_id"),
        col("scenario").use(f"{_ACTIONS}.action_id", allowed=_DRAWN),
        col("newest_year").use(f"{_SECTORS}.year"),
        _BASIS,
        col("newest_t").use(*_EITHER),
        col("target_year").use(f"{_SECTORS}.target_year", nullable=False),
        col("target_t_co2e").use(f"{_SECTORS}.target_t_co2e", nullable=False),
        col("p05_t").use(*_FUTURE),
        col("p50_t").use(*_FUTURE),
        col("p95_t").use(*_FUTURE),
        *(
            col(f"probability_{what}").use(*_FUTURE, f"{_SECTORS}.target_t_co2e")
            for what in ("fraction", "low_fraction", "high_fraction", "text")
        ),
        col("forecast_evidence").use(nullable=False),
        col("required_t_co2e_per_year").use(f"{_SECTORS}.emissions_t_co2e", f"{_SECTORS}.target_t_co2e"),
        col("required_pct_per_year").use(f"{_SECTORS}.emissions_t_co2e", f"{_SECTORS}.target_t_co2e"),
        col("expected_t_per_year").use(*_FUTURE, nullable=True),
        col("gas_basis").use(f"{_SECTORS}.gas_basis"),
        col("gwp_set").use(f"{_SECTORS}.gwp_set"),
        col("draws"),
        col("note").use(f"{_ACTIONS}.sized_on_t", "clean/published_gap.latest_t"),
    ),
    primary_key=("municipality_code", "release_id", "target_id", "scenario"),
    topic="scenarios",
)

TARGET_SENSITIVITY = Table(
    key="scenarios/target_sensitivity",
    description="What each target's outcome depends on: overlap with the trend, delivery, the plan's level, the "
    "national shock, the newest year, errors and actions, ranked by how far each alone moves it.",
    columns=(
        col("municipality_code").use(f"{_SECTORS}.municipality_code"),
        col("release_id").use(f"{_SECTORS}.release_id"),
        col("target_id").use(f"{_SECTORS}.target_id"),
        col("scenario").use(f"{_ACTIONS}.action_id", allowed=("business_as_usual", "with_actions")),
        col("factor_kind"),
        col("factor").use(f"{_SECTORS}.sector_codes", f"{_ACTIONS}.action_id"),
        col("low_t").use(*_FUTURE),
        col("high_t").use(*_FUTURE),
        col("shift_t").use(*_FUTURE),
        col("factor_rank").use(*_FUTURE),
    ),
    primary_key=("municipality_code", "release_id", "target_id", "factor_kind", "factor"),
    topic="scenarios",
)

SCENARIO_HINDCAST = Table(
    key="scenarios/scenario_hindcast",
    description="Would the published interval have been right? Forecast from every earlier year, for all "
    "municipalities of a release: the share of the later figures that it covers, per sector and for the totals. Where "
    "'series' is small it says little: what 290 municipalities gave is in covered_before_fraction of the pathways.",
    columns=(
        col("release_id").use("corrected/emissions.release_id"),
        col("sector_code").use("corrected/emissions.sector_code"),
        col("fit_until").use("corrected/emissions.year"),
        col("year").use("corrected/emissions.year"),
        col("years_ahead").use("corrected/emissions.year"),
        col("series").use("corrected/emissions.municipality_code"),
        col("nominal_fraction"),
        col("covered_fraction").use(_EMISSIONS),
        col("below_fraction").use(_EMISSIONS),
        col("above_fraction").use(_EMISSIONS),
        col("under_p50_fraction").use(_EMISSIONS),
    ),
    primary_key=("release_id", "sector_code", "fit_until", "year"),
    topic="scenarios",
)

SCENARIO_SCORE = Table(
    key="scenarios/scenario_score",
    description="How good the forecasts are: loss, coverage, sharpness and probabilities of the method and of simpler "
    "ones, on figures that their errors were not measured on. Empty where no release holds a hundred municipalities; "
    "klimat hindcast holds it against limits.",
    columns=(
        col("substance").use("corrected/emissions.substance"),
        col("forecast_method"),
        col("held_out"),
        col("sector_code").use("corrected/emissions.sector_code"),
        col("horizon_years").use("corrected/emissions.year"),
        col("release_id").use("corrected/emissions.release_id"),
        col("cases").use("corrected/emissions.municipality_code"),
        col("nominal_fraction"),
        *(
            col(name).use(_EMISSIONS)
            for name in (
                "pinball_pct",
                "covered_fraction",
                "below_fraction",
                "above_fraction",
                "under_p50_fraction",
                "width_pct",
                "brier_score",
                "brier_of_base_rate",
                "reliability_score",
            )
        ),
    ),
    primary_key=("substance", "forecast_method", "held_out", "sector_code", "horizon_years"),
    topic="scenarios",
)

_COST = (f"{_ACTIONS}.cost_msek", f"{_ACTIONS}.start_year", f"{_ACTIONS}.ramp_years")
_EFFECT = (
    *(f"{_ACTIONS}.{n}" for n in ("effect_t_per_year", "start_year", "ramp_years", "lifetime_years")),
    "clean/targets.plan_from_year",
)
_LEVELISED = tuple(dict.fromkeys((*_COST, f"{_ACTIONS}.annual_cost_msek", *_EFFECT)))
_PRICES = (
    col("price_year").use(f"{_ACTIONS}.price_year"),
    col("stated_price_year").use(f"{_ACTIONS}.price_year"),
    col("price_factor").use(f"{_ACTIONS}.price_year"),
)
_PAYERS = ("municipal", "regional", "national", "private", "eu")

INVESTMENT_PLAN = Table(
    key="scenarios/investment_plan",
    description="Climate investment plan, year by year: what each action costs, who pays, and what it saves. Prices of "
    "one year, price_year; actions are counted one by one, without their overlaps.",
    columns=(
        col("municipality_code").use(f"{_ACTIONS}.municipality_code"),
        col("action_id").use(f"{_ACTIONS}.action_id"),
        col("year").use(f"{_ACTIONS}.start_year"),
        col("investment_msek").use(*_COST),
        *(col(f"{payer}_msek").use(*_COST, f"{_ACTIONS}.share_{payer}") for payer in _PAYERS),
        col("unfunded_msek").use(*_COST, *(f"{_ACTIONS}.share_{payer}" for payer in _PAYERS)),
        col("running_msek").use(f"{_ACTIONS}.annual_cost_msek"),
        *_PRICES,
        col("reduced_t").use(*_EFFECT),
        col("cumulated_t").use(*_EFFECT),
        col("is_until_target").use("clean/targets.target_year"),
        col("notation_key").use(f"{_ACTIONS}.cost_msek"),
        col("note").use(f"{_ACTIONS}.start_year", f"{_ACTIONS}.price_year", "clean/targets.plan_from_year"),
    ),
    primary_key=("municipality_code", "action_id", "year"),
    topic="investment",
)

ABATEMENT_COST = Table(
    key="scenarios/abatement_cost",
    description="What a tonne costs: per action the lifetime's costs over the lifetime's tonnes, both discounted at "
    "the stated rate, and its place in the municipality's abatement curve.",
    columns=(
        col("municipality_code").use(f"{_ACTIONS}.municipality_code"),
        col("action_id").use(f"{_ACTIONS}.action_id"),
        *(col(name).use(f"{_ACTIONS}.{name}") for name in ("line", "name_sv", "name_en", "action_status")),
        col("target_year").use("clean/targets.target_year"),
        col("until_target_t").use(*_EFFECT),
        col("lifetime_t").use(*_EFFECT),
        col("discounted_t").use(*_EFFECT),
        col("lifetime_cost_msek").use(*_COST, f"{_ACTIONS}.annual_cost_msek"),
        col("discounted_cost_msek").use(*_COST, f"{_ACTIONS}.annual_cost_msek"),
        col("discount_rate_pct"),
        *_PRICES,
        col("sek_per_t").use(*_LEVELISED),
        col("sek_per_t_undiscounted").use(*_LEVELISED),
        col("abatement_order").use(*_LEVELISED),
        col("abatement_from_t").use(*_LEVELISED),
        col("notation_key").use(f"{_ACTIONS}.cost_msek"),
        col("other_benefits").use(f"{_ACTIONS}.other_benefits"),
        col("source").use(f"{_ACTIONS}.source"),
        col("note").use(f"{_ACTIONS}.note"),
    ),
    primary_key=("municipality_code", "action_id"),
    topic="investment",
)

TABLES = (
    PATHWAYS,
    TARGET_PROBABILITY,
    TARGET_SENSITIVITY,
    SCENARIO_HINDCAST,
    SCENARIO_SCORE,
    INVESTMENT_PLAN,
    ABATEMENT_COST,
)
