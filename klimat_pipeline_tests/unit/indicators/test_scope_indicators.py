"""Scopes, their sums and the areas' shares on a small country; expected values by hand."""

from pathlib import Path

import pandas as pd
import pytest

from klimat_pipeline.contracts import table
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.indicators.area_shares import area_shares
from klimat_pipeline.indicators.purchases import with_purchases
from klimat_pipeline.indicators.scope_indicators import scope_indicators
from klimat_pipeline.inventory.inventory_territory import territory_inventory
from klimat_pipeline.quality.contract import check_contract
from klimat_pipeline.quality.inventories import inventories_apart, scopes_add_up
from klimat_pipeline_tests.unit.inventory import small

TARGETS = pd.DataFrame(
    {"municipality_code": ["1283"], "target_id": ["total"], "target_kind": ["generic"], "baseline_year": [1990]}
)


@pytest.fixture(scope="module")
def territory(project: Path) -> pd.DataFrame:
    return territory_inventory(
        small.subsectors((1990, 2022, 2023)),
        small.no_corrections(),
        small.releases(),
        small.energy_use(),
        small.factors(gwp_set="AR5"),
        small.no_scope3(),
        small.reference(project),
    )


PRINTED = small.printed(
    ("transport_on_road", "2", 1990, 300.0),
    ("transport_on_road", "2", 2022, 90.0),
    ("total", "2", 2022, 90.0),
    ("waste", "1", 2022, 30.0),
    ("transport_on_road", "1", 2022, 60.0),
    ("grid_supplied_energy", "memo", 2022, 10.0),
)


def activity(name: str, scope: str, tonnes: float, **other: object) -> dict[str, object]:
    plain = {"scope3_category": None, "method": "", "notation_key": None, "is_eliminated": False}
    return {
        "boundary": "organisation",
        "municipality_code": "1283",
        "year": 2022,
        "organisation_unit": "city",
        "activity_id": name,
        "scope": scope,
        "emissions_t_co2e": tonnes,
        "gwp_set": "AR5",
        **plain,
        **other,
    }


ORGANISATION = pd.DataFrame(
    [
        activity("plant", "1", 1000.0),
        activity("power", "2", 20.0, method="location"),
        activity("power", "2", 90.0, method="market"),
        activity("heat", "2", 400.0, method="location", is_eliminated=True),
        activity("travel", "3", 5.0, scope3_category=6),
        activity("commuting", "3", 7.0, scope3_category=7),
    ]
)


@pytest.fixture(scope="module")
def scopes(territory: pd.DataFrame) -> pd.DataFrame:
    frame = scope_indicators(territory, ORGANISATION, PRINTED, small.no_corrections(), TARGETS, small.releases())
    assert check_contract(frame, table("indicators/scope_indicators")).passed
    tables = {
        "indicators/scope_indicators": frame,
        "inventory/inventory_territory": territory,
        "inventory/inventory_organisation": ORGANISATION,
    }
    assert {finding.outcome for finding in (*inventories_apart(tables), *scopes_add_up(tables))} == {"passed"}
    return frame


def test_what_nobody_accounts_for_is_unknown_and_not_nothing(territory: pd.DataFrame, scopes: pd.DataFrame) -> None:
    given = (territory, ORGANISATION, PRINTED, small.no_corrections(), TARGETS, small.releases())
    frame = scope_indicators(*given, with_folders=())
    assert check_contract(frame, table("indicators/scope_indicators")).passed
    is_territory = frame["boundary"] == "territory"
    assert frame.loc[is_territory, "lines_not_estimated"].isna().all()
    assert frame.loc[~is_territory, "lines_not_estimated"].notna().all()
    rest = [name for name in frame if name != "lines_not_estimated"]
    pd.testing.assert_frame_equal(frame[rest], scopes[rest])


def test_an_organisation_counts_its_own_activities_once(scopes: pd.DataFrame) -> None:
    own = scopes[scopes["boundary"] == "organisation"]
    shown = {(r.scope, r.scope3_category, r.method): r.emissions_t_co2e for r in own.itertuples()}
    assert shown == {
        ("1", 0, ""): 1000.0,
        ("2", 0, "location"): 20.0,  # the heat that the group's own plant supplied is in its scope 1
        ("2", 0, "market"): 90.0,
        ("3", 0, ""): 12.0,
        ("3", 6, ""): 5.0,
        ("3", 7, ""): 7.0,
        ("1+2", 0, "location"): 1020.0,
        ("1+2", 0, "market"): 1090.0,
        ("1+2+3", 0, "location"): 1032.0,
        ("1+2+3", 0, "market"): 1102.0,
    }
    assert own["baseline_year"].isna().all()
    assert set(own["release_id"]) == {"local"}
    assert set(own["gwp_set"]) == {"AR5"}


def test_an_organisation_is_compared_with_the_year_that_somebody_chose(territory: pd.DataFrame) -> None:
    before = ORGANISATION.assign(year=2019, emissions_t_co2e=ORGANISATION["emissions_t_co2e"] * 2)
    both = pd.concat([ORGANISATION, before], ignore_index=True)
    frame = scope_indicators(
        territory,
        both,
        PRINTED,
        small.no_corrections(),
        TARGETS,
        small.releases(),
        base_years={"1283": 2019, "1280": 2000},
    )
    own = frame[(frame["boundary"] == "organisation") & (frame["year"] == 2022)]
    assert set(own["baseline_year"]) == {2019}
    assert own["change_pct"].tolist() == [-50.0] * len(own)
    assert set(frame.loc[frame["boundary"] == "territory", "baseline_year"]) == {1990}


def purchases(gwp_set: str = "AR5") -> pd.DataFrame:
    """8 t of purchased goods and 4 t of capital goods by spend; 2 t of goods that an activity stands for already."""
    return pd.DataFrame(
        {
            "municipality_code": "1283",
            "year": 2022,
            "scope3_category": [1, 2, 1],
            "figure_from": ["spend", "spend", "activity"],
            "is_in_inventory": [False, False, True],
            "footprint_t_co2e": [8.0, 4.0, 2.0],
            "factor_gwp_set": gwp_set,
        }
    )


def test_purchases_stand_in_the_organisations_scope_3_once(territory: pd.DataFrame) -> None:
    group = with_purchases(ORGANISATION, purchases())
    frame = scope_indicators(territory, group, PRINTED, small.no_corrections(), TARGETS, small.releases())
    own = frame[(frame["boundary"] == "organisation") & (frame["scope"] == "3")]
    # Travel 5 t and commuting 7 t are activities; 8 and 4 t come from the spend analysis.
    assert own.set_index("scope3_category")["emissions_t_co2e"].to_dict() == {0: 24.0, 1: 8.0, 2: 4.0, 6: 5.0, 7: 7.0}
    tables = {
        "indicators/scope_indicators": frame,
        "inventory/inventory_territory": territory,
        "inventory/inventory_organisation": group,
    }
    assert {finding.outcome for finding in inventories_apart(tables)} == {"passed"}
    assert with_purchases(ORGANISATION, purchases().head(0)) is ORGANISATION


def test_years_with_and_without_a_ledger_are_not_compared(territory: pd.DataFrame) -> None:
    """Travel and commuting have fallen by half; the purchases of 2019 nobody has estimated."""
    before = ORGANISATION.assign(year=2019, emissions_t_co2e=ORGANISATION["emissions_t_co2e"] * 2)
    group = with_purchases(pd.concat([ORGANISATION, before], ignore_index=True), purchases())
    frame = scope_indicators(
        territory, group, PRINTED, small.no_corrections(), TARGETS, small.releases(), base_years={"1283": 2019}
    )
    own = frame[(frame["boundary"] == "organisation") & frame["scope"].isin(["3", "1+2", "1+2+3"])]
    now = own[(own["year"] == 2022) & (own["method"] != "market")].set_index(["scope", "scope3_category"])
    assert now["change_pct"].dropna().to_dict() == {("3", 6): -50.0, ("3", 7): -50.0, ("1+2", 0): -50.0}
    assert now.loc[("3", 0), "baseline_t_co2e"] == 24.0  # what is estimated of 2019, shown but not compared
    then = own[(own["year"] == 2019) & (own["scope"] == "3")].set_index("scope3_category")
    assert then["lines_not_estimated"].to_dict() == {0: 2, 1: 1, 2: 1, 6: 0, 7: 0}
    assert then.loc[[0, 1], "notation_key"].tolist() == ["NE", "NE"]


def test_years_in_which_other_lines_are_estimated_are_not_compared(territory: pd.DataFrame) -> None:
    """Waste of 1990 is not estimated, so 2022 has no change of scope 1 nor of a sum that holds it; what else, has."""
    gone = (territory["scope"] == "1") & (territory["line"] == "waste") & (territory["year"] == 1990)
    assert gone.any()
    figures = {"emissions_t_co2e": None, "emissions_reported_t_co2e": None, "notation_key": "NE"}
    without = territory.assign(**{name: territory[name].mask(gone, value) for name, value in figures.items()})
    more = small.printed(
        ("transport_on_road", "2", 1990, 300.0), ("transport_on_road", "2", 2022, 90.0), ("heating", "2", 2022, 5.0)
    )
    frame = scope_indicators(without, ORGANISATION, more, small.no_corrections(), TARGETS, small.releases())
    assert pd.isna(row(frame, "1")["change_pct"])
    assert pd.isna(row(frame, "1+2", "location", "energy_use")["change_pct"])
    assert row(frame, "2", "location", "energy_use")["change_pct"] == pytest.approx(0.0)
    assert row(frame, "memo")["change_pct"] == pytest.approx(-50.0)
    # A line that the city printed for one of the years only is not compared either.
    assert pd.isna(row(frame, "2", "", "printed")["change_pct"])
    assert row(frame, "2", "", "printed", 1990)["lines_not_estimated"] == 1


def test_purchases_of_another_gwp_set_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="1283: the factors of purchases are in CO2e of AR6.*AR5"):
        with_purchases(ORGANISATION, purchases("AR6"))


def row(frame: pd.DataFrame, scope: str, method: str = "", basis: str = "", year: int = 2022) -> pd.Series:
    found = frame[
        (frame["boundary"] == "territory")
        & (frame["scope"] == scope)
        & (frame["method"] == method)
        & (frame["scope2_basis"] == basis)
        & (frame["year"] == year)
    ]
    assert len(found) <= 1
    return found.iloc[0] if len(found) else pd.Series(dtype=object)


def test_each_scope_and_the_memo_apart(scopes: pd.DataFrame) -> None:
    assert row(scopes, "1")["emissions_t_co2e"] == 340.0  # 390 less the grid's 50
    assert row(scopes, "memo")["emissions_t_co2e"] == 50.0
    assert row(scopes, "2", "location", "energy_use")["emissions_t_co2e"] == pytest.approx(108.0)
    assert row(scopes, "1+2", "location", "energy_use")["emissions_t_co2e"] == pytest.approx(448.0)
    assert row(scopes, "1+2", "", "printed")["emissions_t_co2e"] == pytest.approx(430.0)


def test_change_is_against_the_same_figure_of_the_baseline(scopes: pd.DataFrame) -> None:
    assert row(scopes, "1")["change_pct"] == pytest.approx(-50.0)
    both = row(scopes, "1+2", "location", "energy_use")
    assert both["baseline_t_co2e"] == pytest.approx(788.0)  # 680 + 108
    assert both["change_pct"] == pytest.approx((448 / 788 - 1) * 100)


def test_shares_are_of_the_same_methods_total(scopes: pd.DataFrame) -> None:
    assert row(scopes, "2", "location", "energy_use")["share_pct"] == pytest.approx(108 / 448 * 100)
    assert row(scopes, "1")["share_pct"] == pytest.approx(340 / 448 * 100)
    assert pd.isna(row(scopes, "memo")["share_pct"])


def test_a_sums_set_is_the_common_one_and_a_mixed_sum_has_no_percentage(project: Path) -> None:
    """Scope 1 in AR5; factors of scope 2 whose set nobody states: each has its set, their sum is mixed."""
    unstated = territory_inventory(
        small.subsectors((1990, 2022, 2023)),
        small.no_corrections(),
        small.releases(),
        small.energy_use(),
        small.factors(),
        small.no_scope3(),
        small.reference(project),
    )
    group = pd.concat([ORGANISATION, pd.DataFrame([activity("boiler", "1", 1.0, gwp_set="not stated")])])
    group = pd.concat([group, group.assign(year=2019)], ignore_index=True)
    uncorrected = small.no_corrections()
    frame = scope_indicators(
        unstated, group, PRINTED, uncorrected, TARGETS, small.releases(), base_years={"1283": 2019}
    )
    assert check_contract(frame, table("indicators/scope_indicators")).passed
    sets = frame[frame["year"] == 2022].groupby(["boundary", "scope"])["gwp_set"].agg(set).to_dict()
    assert sets[("territory", "1")] == {"AR5"}
    assert sets[("territory", "memo")] == {"AR5"}
    assert sets[("territory", "2")] == {"AR5", "not stated"}  # the market method has no factor, so no figure
    assert sets[("territory", "1+2")] == {"mixed"}
    assert sets[("organisation", "1")] == {"mixed"}  # six of seven activities in AR5 make no sum in AR5
    assert sets[("organisation", "3")] == {"AR5"}
    two = row(frame, "2", "location", "energy_use")
    assert (two["gwp_set"], two["change_pct"], pd.isna(two["share_pct"])) == ("not stated", pytest.approx(0.0), True)
    mixed = frame[frame["gwp_set"] == "mixed"]
    assert mixed[["change_pct", "share_pct"]].isna().all().all()
    assert row(frame, "1")["change_pct"] == pytest.approx(-50.0)
    assert pd.isna(row(frame, "1")["share_pct"])  # of a mixed total


def test_a_year_without_scope_2_has_no_sum(scopes: pd.DataFrame) -> None:
    assert row(scopes, "1+2", "location", "energy_use", 2023).empty
    missing = row(scopes, "2", "location", "energy_use", 2023)
    assert pd.isna(missing["emissions_t_co2e"])
    assert missing["notation_key"] == "NE"


def test_a_sum_says_what_is_missing_in_it(scopes: pd.DataFrame) -> None:
    assert row(scopes, "1+2", "location", "energy_use")["notation_key"] == "IE NE"
    two = row(scopes, "2", "location", "energy_use")
    assert (two["lines_estimated"], two["lines_not_estimated"]) == (3, 2)  # machines, and air, water and rail


def test_a_municipality_without_figures_has_no_scopes_and_no_error(territory: pd.DataFrame) -> None:
    nothing = (territory.head(0), ORGANISATION.head(0), PRINTED.head(0))
    frame = scope_indicators(*nothing, small.no_corrections(), TARGETS, small.releases())
    assert frame.empty
    assert check_contract(frame, table("indicators/scope_indicators")).passed


def test_scopes_of_two_years_are_compared_on_one_basis(territory: pd.DataFrame) -> None:
    """Waste is 40 t larger in 1990 by a correction of that year alone: so 1990 counts as reported, with all its sums."""
    at = (territory["scope"] == "1") & (territory["line"] == "waste") & (territory["year"] == 1990)
    moved = territory.copy()
    moved.loc[at, "emissions_t_co2e"] += 40.0
    moved.loc[at, "correction_ids"] = "leak"
    corrections = pd.DataFrame({"correction_id": ["leak"], "level_ids": ["leak"]})
    frame, plain = (
        scope_indicators(each, ORGANISATION, PRINTED, corrections, TARGETS, small.releases())
        for each in (moved, territory)
    )
    tables = {
        "indicators/scope_indicators": frame,
        "inventory/inventory_territory": moved,
        "inventory/inventory_organisation": ORGANISATION,
    }
    assert {finding.outcome for finding in (*inventories_apart(tables), *scopes_add_up(tables))} == {"passed"}
    assert set(frame["basis"]) == {"reported"}
    pd.testing.assert_frame_equal(
        frame.drop(columns="emissions_corrected_t_co2e"), plain.drop(columns="emissions_corrected_t_co2e")
    )
    both = moved.copy()
    at = (both["scope"] == "1") & (both["line"] == "waste") & both["year"].isin([2022, 2023])
    both.loc[at, "emissions_t_co2e"] += 10.0
    both.loc[at, "correction_ids"] = "leak"
    frame = scope_indicators(both, ORGANISATION, PRINTED, corrections, TARGETS, small.releases())
    tables |= {"indicators/scope_indicators": frame, "inventory/inventory_territory": both}
    assert {finding.outcome for finding in (*inventories_apart(tables), *scopes_add_up(tables))} == {"passed"}
    one = frame[(frame["boundary"] == "territory") & (frame["scope"] == "1")].set_index("year")
    first = plain[(plain["boundary"] == "territory") & (plain["scope"] == "1")].set_index("year")
    assert set(one["basis"]) == {"corrected"}
    now, then = first.loc[2022, "emissions_t_co2e"] + 10.0, first.loc[1990, "emissions_t_co2e"] + 40.0
    assert one.loc[2022, "change_pct"] == pytest.approx((now / then - 1) * 100)


def test_a_row_of_another_ledger_is_found(territory: pd.DataFrame, scopes: pd.DataFrame) -> None:
    swollen = scopes.copy()
    swollen.loc[(swollen["scope"] == "1") & (swollen["year"] == 2022), "emissions_t_co2e"] += 92_074.0
    found = inventories_apart(
        {
            "indicators/scope_indicators": swollen,
            "inventory/inventory_territory": territory,
            "inventory/inventory_organisation": ORGANISATION,
        }
    )
    assert found[0].outcome == "failed"
    assert "92,074" in found[0].message


def test_no_contract_lets_one_ledger_hold_rows_of_the_other(territory: pd.DataFrame) -> None:
    assert not check_contract(territory.assign(boundary="organisation"), table("inventory/inventory_territory")).passed


AREAS = pd.DataFrame(
    [
        ("1283", definition, "in words", area, lines, "GHG", "contract")
        for definition, energy in (
            ("with_heating", "grid_supplied_energy buildings_incl_agricultural_facilities"),
            ("without_heating", "grid_supplied_energy"),
        )
        for area, lines in (("transport", "transport_on_road transport_other"), ("energy", energy))
    ],
    columns=table("clean/contract_areas").column_names,
)


def test_areas_say_which_definition_and_figures_they_use(territory: pd.DataFrame) -> None:
    frame = area_shares(territory, PRINTED, AREAS, small.releases())
    assert check_contract(frame, table("indicators/area_shares")).passed
    shown = frame[(frame["area_id"] == "all_areas") & (frame["year"] == 2022)]
    share = {(r.definition_id, r.figure_basis): r.share_pct for r in shown.itertuples()}
    assert share == pytest.approx(
        {
            ("with_heating", "corrected"): 190 / 390 * 100,
            ("with_heating", "reported"): 190 / 390 * 100,
            ("with_heating", "printed"): 70.0,  # 60 + 10 of 100
            ("without_heating", "corrected"): 150 / 390 * 100,
            ("without_heating", "reported"): 150 / 390 * 100,
            ("without_heating", "printed"): 70.0,
        }
    )


def test_a_fossil_definition_is_for_releases_of_carbon_dioxide(territory: pd.DataFrame) -> None:
    fossil = AREAS.assign(target_gas_basis="fossil")
    assert area_shares(territory, PRINTED, fossil, small.releases()).empty
    assert not area_shares(territory, PRINTED, fossil, small.releases("carbon dioxide only")).empty
