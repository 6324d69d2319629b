"""Kronor of several price years in one; expected values by hand."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.contracts import table
from klimat_pipeline.quality.catalogue import CHECKS
from klimat_pipeline.quality.contract import check_contract
from klimat_pipeline.quality.outlook import one_price_year, prices_convertible
from klimat_pipeline.scenarios.abatement_cost import abatement_cost
from klimat_pipeline.scenarios.investment_plan import investment_plan
from klimat_pipeline.scenarios.prices import general_index, in_one_price_year
from klimat_pipeline.spend.footprint.mappings import load_spend_reference
from klimat_pipeline_tests.unit.scenarios import country

INDEX = {2015: 300.0, 2020: 320.0, 2023: 400.0}


def priced(*actions: dict[str, object], year: int = 2023) -> pd.DataFrame:
    return in_one_price_year(pd.DataFrame(actions), INDEX, year).set_index("action_id")


def test_kronor_of_several_years_are_those_of_one() -> None:
    """300 MSEK of 2015 are 300 x 400 / 300 = 400 of 2023, 320 of 2020 too; yearly costs likewise."""
    frame = priced(
        country.action("old", cost_msek=300.0, annual_cost_msek=3.0, price_year=2015),
        country.action("middling", cost_msek=320.0, annual_cost_msek=-1.6, price_year=2020),
        country.action("new", cost_msek=100.0, annual_cost_msek=1.0, price_year=2023),
    )
    assert frame["cost_msek"].to_dict() == {"old": pytest.approx(400), "middling": pytest.approx(400), "new": 100}
    assert frame["annual_cost_msek"].to_dict() == {"old": pytest.approx(4), "middling": pytest.approx(-2), "new": 1}
    assert set(frame["price_year"]) == {2023}
    assert frame["stated_price_year"].tolist() == [2015, 2020, 2023]
    assert frame["price_factor"].tolist() == pytest.approx([4 / 3, 1.25, 1.0])


def test_plan_and_curve_are_in_one_price_year() -> None:
    """1 MSEK of 2015 and four yearly 0.1: 1.4 MSEK x 4/3 for 350 t, against 1.4 MSEK of 2023 for as many."""
    actions = priced(country.action("old", price_year=2015), country.action("new", price_year=2023)).reset_index()
    plan = investment_plan(actions, country.targets())
    curve = abatement_cost(actions, country.targets(), discount_rate_pct=0.0)
    sums = plan.groupby("action_id")[["investment_msek", "running_msek"]].sum()
    assert sums.loc["old"].tolist() == pytest.approx([4 / 3, 0.4 * 4 / 3])
    assert sums.loc["new"].tolist() == pytest.approx([1.0, 0.4])
    cost = curve.set_index("action_id")["sek_per_t"]
    assert cost.to_dict() == {"old": pytest.approx(4000 * 4 / 3), "new": pytest.approx(4000)}
    assert [finding.outcome for finding in one_price_year({"scenarios/abatement_cost": curve})] == ["passed"]
    assert check_contract(plan, table("scenarios/investment_plan")).passed
    assert check_contract(curve, table("scenarios/abatement_cost")).passed


def test_a_year_without_an_index_is_not_estimated_beside_others() -> None:
    actions = priced(country.action("later", price_year=2025), country.action("new", price_year=2023)).reset_index()
    curve = abatement_cost(actions, country.targets(), discount_rate_pct=0.0).set_index("action_id")
    assert curve["lifetime_cost_msek"].isna().to_dict() == {"later": True, "new": False}
    assert curve.loc["later", "notation_key"] == "NE"
    assert curve.loc["later", "lifetime_t"] == 350.0, "its tonnes are known all the same"
    plan = investment_plan(actions, country.targets()).set_index("action_id")
    assert plan.loc["later", "investment_msek"].isna().all()
    why = "kronor of 2025 cannot be made kronor of 2023 by the consumer price index: it reaches from 2015 to 2023"
    assert set(plan.loc["later", "note"]) == {why}
    assert curve.loc["later", "note"] == why
    assert pd.isna(curve.loc["new", "note"])
    (finding,) = prices_convertible({"scenarios/abatement_cost": curve.reset_index()})
    assert finding.outcome == "failed"
    assert "price_index.csv" in finding.likely_cause


def test_where_all_are_of_one_year_without_an_index_nothing_has_to_be_converted() -> None:
    frame = priced(country.action("a", price_year=2025), country.action("b", price_year=2025, cost_msek=7.0))
    assert frame["cost_msek"].to_dict() == {"a": 1.0, "b": 7.0}
    assert set(frame["price_year"]) == {2025}
    # Another municipality's years are its own.
    both = priced(country.action("a", price_year=2025), country.action("c", municipality_code="1281", price_year=2015))
    assert both["price_year"].to_dict() == {"a": 2025, "c": 2023}


def test_no_cost_no_price_year() -> None:
    frame = priced(country.action("a", cost_msek=None, annual_cost_msek=None, price_year=None), country.action("b"))
    assert frame.loc["a", ["cost_msek", "price_year", "price_factor"]].isna().all()


def test_the_projects_index_is_that_of_all_prices(project: Path) -> None:
    """Statistics Sweden, 1980 = 100: 313.35 in 2015 and 403.70 in 2023."""
    index = general_index(load_spend_reference(project / "data" / "reference").price_index)
    assert (index[2015], index[2023]) == (313.35, 403.70)


def test_mixed_price_years_stop_publishing() -> None:
    (check,) = [check for check in CHECKS["scenarios/abatement_cost"] if check.name == "one_price_year"]
    assert check.severity == "ERROR"


YEARS = st.sampled_from((2015, 2020, 2023))


@given(st.floats(0, 1e6), YEARS, YEARS)
def test_there_and_back_again(msek: float, own: int, other: int) -> None:
    there = priced(country.action("a", cost_msek=msek, price_year=own), year=other).reset_index()
    back = in_one_price_year(there, INDEX, own)
    assert back["cost_msek"].iloc[0] == pytest.approx(msek)
