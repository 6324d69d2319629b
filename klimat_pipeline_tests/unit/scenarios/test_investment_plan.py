"""Investment plan and cost per tonne; expected values by hand."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.contracts import table
from klimat_pipeline.quality.contract import check_contract
from klimat_pipeline.quality.outlook import investment_is_paid_for, one_price_year
from klimat_pipeline.scenarios.abatement_cost import abatement_cost, discounted
from klimat_pipeline.scenarios.investment_plan import PAYERS, investment_plan
from klimat_pipeline_tests.unit.scenarios import country


def plan(*actions: dict[str, object]) -> pd.DataFrame:
    return investment_plan(pd.DataFrame(actions), country.targets())


def cost(*actions: dict[str, object], rate: float = 0.0) -> pd.DataFrame:
    return abatement_cost(pd.DataFrame(actions), country.targets(), discount_rate_pct=rate).set_index("action_id")


def test_plan_year_by_year() -> None:
    """1 MSEK over a ramp of two years, 100 t at full effect, four years from 2026: 50, 100, 100, 100 t."""
    frame = plan(country.action())
    assert frame["year"].tolist() == [2026, 2027, 2028, 2029]
    assert frame["investment_msek"].tolist() == [0.5, 0.5, 0.0, 0.0]
    assert frame["municipal_msek"].tolist() == [0.25, 0.25, 0.0, 0.0]
    assert frame["regional_msek"].tolist() == [0.125, 0.125, 0.0, 0.0]
    assert frame["eu_msek"].tolist() == [0.125, 0.125, 0.0, 0.0]
    assert frame["unfunded_msek"].tolist() == [0.0] * 4
    assert frame["running_msek"].tolist() == [0.1] * 4
    assert frame["reduced_t"].tolist() == [50.0, 100.0, 100.0, 100.0]
    assert frame["cumulated_t"].tolist() == [50.0, 150.0, 250.0, 350.0]
    assert check_contract(frame, table("scenarios/investment_plan")).passed


def test_what_nobody_pays_is_unfunded() -> None:
    nobody = dict.fromkeys([f"share_{payer}" for payer in PAYERS])
    frame = plan(country.action(**nobody))
    assert frame["unfunded_msek"].tolist() == [0.5, 0.5, 0.0, 0.0]
    assert frame["municipal_msek"].tolist() == [0.0] * 4


def test_years_after_the_target_are_marked() -> None:
    frame = plan(country.action(lifetime_years=6))
    assert frame.loc[frame["is_until_target"], "year"].tolist() == [2026, 2027, 2028, 2029, 2030]
    assert frame.loc[~frame["is_until_target"], "year"].tolist() == [2031]


def test_without_a_lifetime_it_is_followed_to_the_target() -> None:
    assert plan(country.action(lifetime_years=None))["year"].tolist() == [2026, 2027, 2028, 2029, 2030]


def test_a_cost_that_nobody_knows_is_no_zero() -> None:
    frame = plan(country.action(cost_msek=None, annual_cost_msek=None, price_year=None))
    assert frame["investment_msek"].isna().all()
    assert frame["municipal_msek"].isna().all()
    assert frame["running_msek"].isna().all()
    assert set(frame["notation_key"]) == {"NE"}
    assert frame["cumulated_t"].max() == 350.0


def test_without_a_start_nobody_knows_the_year_of_the_money() -> None:
    frame = plan(country.action(start_year=None, lifetime_years=None, ramp_years=None))
    assert frame["year"].tolist() == [2030]
    assert frame["reduced_t"].tolist() == [100.0]
    assert frame["investment_msek"].isna().all()
    assert plan(country.action(start_year=None, municipality_code="0114")).empty


@given(
    st.floats(0, 1e5),
    st.lists(st.floats(0, 1), min_size=5, max_size=5),
    st.integers(0, 12),
    st.integers(1, 40),
)
def test_payers_sum_to_the_investment_and_years_to_the_cost(
    msek: float, parts: list[float], ramp: int, lifetime: int
) -> None:
    total = max(sum(parts), 1.0)
    shares = {f"share_{payer}": part / total for payer, part in zip(PAYERS, parts, strict=True)}
    frame = plan(country.action(cost_msek=msek, ramp_years=ramp, lifetime_years=lifetime, **shares))
    assert frame["investment_msek"].sum() == pytest.approx(msek)
    assert [finding.outcome for finding in investment_is_paid_for({"scenarios/investment_plan": frame})] == ["passed"]
    assert frame["unfunded_msek"].min() >= 0.0


def test_a_lost_krona_is_found() -> None:
    frame = plan(country.action())
    frame.loc[0, "municipal_msek"] += 0.01
    assert [finding.outcome for finding in investment_is_paid_for({"scenarios/investment_plan": frame})] == ["failed"]


# -- cost per tonne ---------------------------------------------------------------------------------------------------


def test_cost_per_tonne_at_a_rate_of_zero_is_cost_over_tonnes() -> None:
    """1 MSEK and four times 0.1 MSEK for 350 t: 1.4 MSEK / 350 t = 4,000 kr a tonne."""
    row = cost(country.action()).loc["buses"]
    assert row["lifetime_cost_msek"] == pytest.approx(1.4)
    assert row["lifetime_t"] == pytest.approx(350.0)
    assert row["sek_per_t"] == row["sek_per_t_undiscounted"] == pytest.approx(4000.0)
    assert row["until_target_t"] == pytest.approx(350.0)


def test_cost_per_tonne_discounted_by_hand() -> None:
    """At 10 per cent: costs 0.6 + 0.6/1.1 + 0.1/1.21 + 0.1/1.331 MSEK, tonnes 50 + 100/1.1 + 100/1.21 + 100/1.331."""
    row = cost(country.action(), rate=10.0).loc["buses"]
    msek = 0.6 + 0.6 / 1.1 + 0.1 / 1.21 + 0.1 / 1.331
    tonnes = 50 + 100 / 1.1 + 100 / 1.21 + 100 / 1.331
    assert row["discounted_cost_msek"] == pytest.approx(msek)
    assert row["discounted_t"] == pytest.approx(tonnes)
    assert row["sek_per_t"] == pytest.approx(msek * 1e6 / tonnes)
    assert row["sek_per_t_undiscounted"] == pytest.approx(4000.0)
    assert row["discount_rate_pct"] == 10.0


def test_curve_begins_with_the_cheapest() -> None:
    """2.4 MSEK and 1.4 MSEK for 350 t each, a saving of 0.6 MSEK: the saving first, then 1.4, then 2.4."""
    frame = cost(
        country.action("dear", cost_msek=2.0),
        country.action("middling"),
        country.action("saving", annual_cost_msek=-0.4),
        country.action("unknown", cost_msek=None),
    )
    assert frame["abatement_order"].dropna().to_dict() == {"saving": 1, "middling": 2, "dear": 3}
    assert frame["abatement_from_t"].dropna().to_dict() == {"saving": 0.0, "middling": 350.0, "dear": 700.0}
    assert frame.loc["saving", "sek_per_t"] == pytest.approx(-0.6e6 / 350)
    assert frame.loc["unknown", "notation_key"] == "NE"
    assert pd.isna(frame.loc["unknown", "sek_per_t"])
    assert frame.loc["dear", "notation_key"] is None or pd.isna(frame.loc["dear", "notation_key"])
    assert check_contract(
        frame.reset_index()[table("scenarios/abatement_cost").column_names], table("scenarios/abatement_cost")
    ).passed


def test_unknown_running_costs_are_said_to_be_missing() -> None:
    """The investment alone: 1 MSEK / 350 t, and not the whole truth."""
    row = cost(country.action(annual_cost_msek=None)).loc["buses"]
    assert row["sek_per_t"] == pytest.approx(1e6 / 350)
    assert row["notation_key"] == "NE"


def test_no_lifetime_no_cost_per_tonne() -> None:
    row = cost(country.action(lifetime_years=None)).loc["buses"]
    assert pd.isna(row["sek_per_t"])
    assert row["notation_key"] == "NE"


def test_mixed_price_years_are_an_error() -> None:
    frame = cost(country.action("old", price_year=2015), country.action("new")).reset_index()
    assert [finding.outcome for finding in one_price_year({"scenarios/abatement_cost": frame})] == ["failed"]
    assert [f.outcome for f in one_price_year({"scenarios/abatement_cost": frame.head(1)})] == ["passed"]


FLOWS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50)


@given(FLOWS)
def test_a_rate_of_zero_is_the_plain_sum(flow: list[float]) -> None:
    assert discounted(flow, 0.0) == pytest.approx(sum(flow), rel=1e-9, abs=1e-6)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=50), st.floats(0, 50), st.floats(0, 50))
def test_a_higher_rate_never_makes_the_future_worth_more(flow: list[float], one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert discounted(flow, high) <= discounted(flow, low) + 1e-6
    assert discounted(flow, high) >= flow[0]


def test_no_actions_make_empty_tables() -> None:
    none = pd.DataFrame([country.action()]).head(0)
    assert investment_plan(none, country.targets()).empty
    assert abatement_cost(none, country.targets(), discount_rate_pct=3.5).empty
