"""Contracts of the stage ``scenarios``: gap, neutrality, pathways and investment."""

from klimat_pipeline.contracts.columns import col
from klimat_pipeline.contracts.model import Table

# -- pathways, probabilities, hindcast, investment ------------------------------------------------------------------
_SECTORS = "indicators/sectors"
_EMISSIONS = "corrected/emissions.emissions_t_co2e"
_ACTIONS = "clean/actions"
#: Scenarios that are drawn.
_DRAWN = ("business_as_usual", "existing_policies", "with_actions")
_FUTURE = (_EMISSIONS, f"{_ACTIONS}.effect_t_per_year")

PATHWAYS = Table(
    key="scenarios/pathways",
    description="Emissions in each year ahead under each scenario: the middle of the simulated futures, and the range "
    "that holds nine in ten of them. Current releases only.",
    columns=(
        col("municipality_code").use(f"{_SECTORS}.municipality_code"),
        col("release_id").use(f"{_SECTORS}.release_id"),
        col("scenario").use(f"{_ACTIONS}.action_id"),
        col("target_id").use(f"{_SECTORS}.target_id"),
        col("year").use(f"{_SECTORS}.target_year"),
        col("p05_t").use(*_FUTURE),
        col("p50_t").use(*_FUTURE),
        col("p95_t").use(*_FUTURE),
        col("gas_basis").use(f"{_SECTORS}.gas_basis"),
        col("gwp_set").use(f"{_SECTORS}.gwp_set"),
        col("draws"),
        col("note"),
    ),
    primary_key=("municipality_code", "release_id", "scenario", "target_id", "year"),
    topic="scenarios",
)

PROBABILITY = Table(
    key="scenarios/probability",
    description="How likely each target is met under each scenario, and the yearly pace that it takes from now on "
    "(backcasting) beside the pace that is expected.",
    columns=(
        col("municipality_code").use(f"{_SECTORS}.municipality_code"),
        col("release_id").use(f"{_SECTORS}.release_id"),
        col("target_id").use(f"{_SECTORS}.target_id"),
        col("scenario").use(f"{_ACTIONS}.action_id", allowed=_DRAWN),
        col("newest_year").use(f"{_SECTORS}.year"),
        col("newest_t").use(f"{_SECTORS}.emissions_t_co2e"),
        col("target_year").use(f"{_SECTORS}.target_year", nullable=False),
        col("target_t_co2e").use(f"{_SECTORS}.target_t_co2e", nullable=False),
        col("p05_t").use(*_FUTURE),
        col("p50_t").use(*_FUTURE),
        col("p95_t").use(*_FUTURE),
        col("probability_fraction").use(*_FUTURE, f"{_SECTORS}.target_t_co2e"),
        col("required_t_co2e_per_year").use(f"{_SECTORS}.emissions_t_co2e", f"{_SECTORS}.target_t_co2e"),
        col("required_pct_per_year").use(f"{_SECTORS}.emissions_t_co2e", f"{_SECTORS}.target_t_co2e"),
        col("expected_t_per_year").use(*_FUTURE),
        col("gas_basis").use(f"{_SECTORS}.gas_basis"),
        col("gwp_set").use(f"{_SECTORS}.gwp_set"),
        col("draws"),
    ),
    primary_key=("municipality_code", "release_id", "target_id", "scenario"),
    topic="scenarios",
)

SENSITIVITY = Table(
    key="scenarios/sensitivity",
    description="What each target's outcome hangs on: trends, figures and actions by their share of the uncertainty, "
    "and what other assumptions of the method would do to it.",
    columns=(
        col("municipality_code").use(f"{_SECTORS}.municipality_code"),
        col("release_id").use(f"{_SECTORS}.release_id"),
        col("target_id").use(f"{_SECTORS}.target_id"),
        col("scenario").use(f"{_ACTIONS}.action_id", allowed=("business_as_usual", "with_actions")),
        col("factor_kind"),
        col("factor").use(f"{_SECTORS}.sector_codes", f"{_ACTIONS}.action_id"),
        col("rank_correlation").use(*_FUTURE),
        col("variance_share_fraction").use(*_FUTURE),
        col("shift_t").use(*_FUTURE),
    ),
    primary_key=("municipality_code", "release_id", "target_id", "factor_kind", "factor"),
    topic="scenarios",
)

HINDCAST = Table(
    key="scenarios/hindcast",
    description="Would the trend have been right? Fitted on the years up to an earlier one, for all municipalities of "
    "a release: the share of the later figures that its intervals cover, per sector and for the totals.",
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
    ),
    primary_key=("release_id", "sector_code", "fit_until", "year"),
    topic="scenarios",
)

_COST = (f"{_ACTIONS}.cost_msek", f"{_ACTIONS}.start_year", f"{_ACTIONS}.ramp_years")
_EFFECT = tuple(f"{_ACTIONS}.{n}" for n in ("effect_t_per_year", "start_year", "ramp_years", "lifetime_years"))
_LEVELISED = tuple(dict.fromkeys((*_COST, f"{_ACTIONS}.annual_cost_msek", *_EFFECT)))
_PAYERS = ("municipal", "regional", "national", "private", "eu")

INVESTMENT = Table(
    key="scenarios/investment",
    description="Climate investment plan, year by year: what each action costs, who pays, and what it saves. Prices of "
    "the stated year; actions are counted one by one, without what they take from each other.",
    columns=(
        col("municipality_code").use(f"{_ACTIONS}.municipality_code"),
        col("action_id").use(f"{_ACTIONS}.action_id"),
        col("year").use(f"{_ACTIONS}.start_year"),
        col("investment_msek").use(*_COST),
        *(col(f"{payer}_msek").use(*_COST, f"{_ACTIONS}.share_{payer}") for payer in _PAYERS),
        col("unfunded_msek").use(*_COST, *(f"{_ACTIONS}.share_{payer}" for payer in _PAYERS)),
        col("running_msek").use(f"{_ACTIONS}.annual_cost_msek"),
        col("price_year").use(f"{_ACTIONS}.price_year"),
        col("reduced_t").use(*_EFFECT),
        col("cumulated_t").use(*_EFFECT),
        col("is_until_target").use("clean/targets.target_year"),
        col("notation_key").use(f"{_ACTIONS}.cost_msek"),
    ),
    primary_key=("municipality_code", "action_id", "year"),
    topic="investment",
)

ABATEMENT = Table(
    key="scenarios/abatement",
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
        col("price_year").use(f"{_ACTIONS}.price_year"),
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

PATHWAY_TABLES = (PATHWAYS, PROBABILITY, SENSITIVITY, HINDCAST, INVESTMENT, ABATEMENT)

TABLES = (*PATHWAY_TABLES,)
