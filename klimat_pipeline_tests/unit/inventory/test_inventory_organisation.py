"""The municipal group's inventory against values worked out by hand: methods, elimination, notation keys, refusals."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.clean.activity_data import clean_activity_data
from klimat_pipeline.clean.emission_factors import clean_emission_factors
from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.configuration.activity import CATEGORIES
from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.arrow import to_arrow, to_pandas
from klimat_pipeline.errors import ConfigurationError, ProblemsError
from klimat_pipeline.inventory.inventory_organisation import organisation_inventory
from klimat_pipeline_tests.support.properties import examples
from klimat_pipeline_tests.support.shared import REPOSITORY

REFERENCE = load_reference(REPOSITORY / "data" / "reference")
MUNICIPALITIES = REPOSITORY / "data" / "municipalities"
ACTIVITY_HEAD = (
    "year,organisation_unit,activity_id,scope,scope3_category,category,carrier,amount,unit,gas,notation_key,"
    "supplier_unit,data_quality,uncertainty_pct,source,note\n"
)
FACTORS_HEAD = "carrier,year,method,gas,value,unit,gwp_set,printed_value,data_quality,source,note\n"
#: Electricity by both methods (the market one gas by gas), heat by one, travel by none.
FACTORS = """\
electricity,2022,location,co2e,50,g/kWh,AR5,,high,grid,average
electricity,2022,market,co2_fossil,400,g/kWh,none,,medium,contract,
electricity,2022,market,ch4_fossil,10,mg/kWh,none,,medium,contract,
heat,2022,location,co2_fossil,60,g/kWh,none,,medium,heat company,
heat,2022,location,co2_biogenic,150,g/kWh,none,,medium,heat company,
train,2022,,co2e,2,g/pkm,not stated,,low,railway,
digester,2022,,ch4_biogenic,0.5,kg/MWh,none,,low,measured,
"""


def folder(tmp_path: Path, activity: str, factors: str = FACTORS) -> Path:
    own = tmp_path / "municipalities" / "1283_helsingborg"
    own.mkdir(parents=True, exist_ok=True)
    (own / "activity.csv").write_text(ACTIVITY_HEAD + activity, encoding="utf-8")
    (own / "factors.csv").write_text(FACTORS_HEAD + factors, encoding="utf-8")
    return own.parent


def inventory(
    tmp_path: Path, activity: str, factors: str = FACTORS, gwp_set: str = "AR5", **other: str
) -> pd.DataFrame:
    root = folder(tmp_path, activity, factors)
    read = clean_activity_data(root, REFERENCE), clean_emission_factors(root, REFERENCE)
    return organisation_inventory(*read, REFERENCE, {"1283": gwp_set} | other)


def only(frame: pd.DataFrame, method: str = "") -> dict[str, Any]:
    rows = frame[frame["method"] == method]
    assert len(rows) == 1
    return rows.iloc[0].to_dict()


def tonnes(frame: pd.DataFrame, method: str = "") -> float:
    return float(only(frame, method)["emissions_t_co2e"])


#: Rows of one file, by activity: what is tested of each depends on no other row.
ALONE: dict[str, str] = {}


def alone(row: str) -> str:
    """One more row of that file; gives its activity."""
    activity = row.split(",")[2]
    assert activity not in ALONE, "a row of that name is there already"
    ALONE[activity] = row
    return activity


@pytest.fixture(scope="module")
def of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], pd.DataFrame]:
    """What the inventory in AR5, by the factors above, says of an activity."""
    frame = inventory(tmp_path_factory.mktemp("alone"), "".join(ALONE.values()))
    return lambda activity: frame[frame["activity_id"] == activity].reset_index(drop=True)


# -- scope 1 ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gwp_set", "ch4", "n2o"), [("AR4", 25, 298), ("AR5", 28, 265), ("AR6", 29.8, 273)], ids=["AR4", "AR5", "AR6"]
)
def test_100_m3_of_diesel_on_the_road(tmp_path: Path, gwp_set: str, ch4: float, n2o: float) -> None:
    """2.54 kg CO2/l, 9.8 MWh/m3, 3.9 kg CH4 and 3.9 kg N2O per TJ."""
    frame = inventory(
        tmp_path, "2022,city,cars,1,,mobile_combustion,diesel_mk1,100,m3,,,,high,5,fuel card,\n", "", gwp_set
    )
    row = only(frame)
    by_hand = 100 * 2.54 + 100 * 9.8 * 3.9 * 3.6 * (ch4 + n2o) / 1e6
    assert row["emissions_t_co2e"] == pytest.approx(by_hand, rel=1e-6)
    assert (row["biogenic_co2_t"], row["gwp_set"], row["amount_unit"]) == (0, gwp_set, "m3")
    assert (row["uncertainty_pct"], row["data_quality"], row["boundary"]) == (5, "high", "organisation")
    assert row["source"].startswith("fuel card; factor: energy content and fossil CO2: spbi.se")


def test_fuels_need_no_factors_of_the_municipality(tmp_path: Path) -> None:
    """As the table store gives it: columns of an empty table have types."""
    root = folder(tmp_path, "2022,city,cars,1,,mobile_combustion,diesel_mk1,100,m3,,,,high,5,fuel card,\n", "")
    own = to_pandas(to_arrow(clean_emission_factors(root, REFERENCE), table("clean/emission_factors")))
    frame = organisation_inventory(clean_activity_data(root, REFERENCE), own, REFERENCE, {"1283": "AR5"})
    assert tonnes(frame) == pytest.approx(254 + 980 * 3.9 * 3.6 * (28 + 265) / 1e6, rel=1e-6)


SAME_DIESEL = [
    alone(f"2022,city,cars_in_{unit.lower()},1,,mobile_combustion,diesel_mk1,{amount},{unit},,,,,,card,\n")
    for amount, unit in (
        ("40", "m3"),
        ("40000", "l"),
        ("40000", "liter"),
        ("392", "MWh"),
        ("1411.2", "GJ"),
        ("0.392", "GWh"),
    )
]


@pytest.mark.parametrize("activity", SAME_DIESEL)
def test_litres_cubic_metres_and_energy_are_the_same_diesel(of: Callable[[str], pd.DataFrame], activity: str) -> None:
    assert tonnes(of(activity)) == pytest.approx(40 * 2.54 + 392 * 3.9 * 3.6 * (28 + 265) / 1e6, rel=1e-6)


def test_refrigerant(tmp_path: Path) -> None:
    row = "2022,city,ice_rink,1,,refrigerant,r404a,25,kg,,,,,,log,\n"
    assert tonnes(inventory(tmp_path, row, "", "AR4")) == pytest.approx(0.025 * 3921.6)


def measured(gas: str, amount: str, unit: str) -> str:
    """So much of a gas from a stack."""
    return alone(f"2022,energy,stack_{gas},1,,direct_measurement,,{amount},{unit},{gas},,,,,EU ETS,\n")


@pytest.mark.parametrize(
    ("activity", "fossil", "biogenic"),
    [
        (measured("co2_fossil", "92074", "t"), 92074, None),
        (measured("n2o", "900", "kg"), 0.9 * 265, None),
        (measured("ch4_biogenic", "2", "t"), 56, None),
        (measured("co2_biogenic", "7", "kt"), 0, 7000),
    ],
)
def test_direct_measurement(
    of: Callable[[str], pd.DataFrame], activity: str, fossil: float, biogenic: float | None
) -> None:
    row = only(of(activity))
    assert row["emissions_t_co2e"] == pytest.approx(fossil)
    assert pd.isna(row["biogenic_co2_t"]) if biogenic is None else row["biogenic_co2_t"] == pytest.approx(biogenic)
    assert (row["source"], row["gwp_set"]) == ("EU ETS", "AR5")


DIGESTER = alone("2022,water,digester,1,,process,digester,1000,MWh,,,,,,meter,\n")


def test_a_process_takes_the_municipalitys_own_factor(of: Callable[[str], pd.DataFrame]) -> None:
    """1,000 MWh at 0.0005 t of methane, which counts 28-fold."""
    assert tonnes(of(DIGESTER)) == pytest.approx(14.0)


# -- scope 2 ------------------------------------------------------------------------------------------------------

ELECTRICITY = "2022,city,power,2,,purchased_electricity,electricity,20000,kWh,,,,medium,,meter,\n"
POWER = alone(ELECTRICITY)


def test_both_methods_and_never_one_sum(of: Callable[[str], pd.DataFrame]) -> None:
    frame = of(POWER)
    assert list(frame["method"]) == ["location", "market"]
    assert tonnes(frame, "location") == pytest.approx(20 * 0.05)
    assert tonnes(frame, "market") == pytest.approx(20 * (0.4 + 1e-5 * 28))
    assert (set(frame["amount"]), set(frame["amount_unit"])) == ({20.0}, {"MWh"})
    assert only(frame, "location")["source"] == "meter; factor: grid"
    assert only(frame, "location")["note"] == "average"


UNGRADED_POWER = alone(ELECTRICITY.replace("power", "ungraded_power").replace("medium", ""))
POORLY_METERED_POWER = alone(ELECTRICITY.replace("power", "poorly_metered_power").replace("medium", "low"))


def test_the_figure_is_as_good_as_its_worse_part(of: Callable[[str], pd.DataFrame]) -> None:
    """Meter medium; grid high, contract medium; without a grade of its own the factor's counts."""
    assert set(of(POWER)["data_quality"]) == {"medium"}
    assert only(of(UNGRADED_POWER), "location")["data_quality"] == "high"
    assert only(of(POORLY_METERED_POWER), "market")["data_quality"] == "low"


BOUGHT_HEAT = alone("2022,city,heating,2,,purchased_heat,heat,1000,MWh,,,,,,meter,\n")


def test_a_method_without_a_factor_is_not_estimated(of: Callable[[str], pd.DataFrame]) -> None:
    frame = of(BOUGHT_HEAT)
    location, market = only(frame, "location"), only(frame, "market")
    assert (location["emissions_t_co2e"], location["biogenic_co2_t"]) == (pytest.approx(60), pytest.approx(150))
    assert pd.isna(location["notation_key"])
    assert pd.isna(market["emissions_t_co2e"]) and pd.isna(market["biogenic_co2_t"])
    assert (market["notation_key"], market["amount"]) == ("NE", 1000)
    assert market["note"] == "no factor of the market method for the year"


# -- scope 3 and notation keys ------------------------------------------------------------------------------------


TRAINS = alone("2022,city,trains,3,6,business_travel,train,900000,pkm,,,,,,agency,\n")


def test_scope_3_keeps_its_category_and_an_unstated_set_shows(of: Callable[[str], pd.DataFrame]) -> None:
    row = only(of(TRAINS))
    assert (row["scope"], row["scope3_category"], row["gwp_set"]) == ("3", 6, "not stated")
    assert row["emissions_t_co2e"] == pytest.approx(900000 * 2e-6)


#: Scope (and category), what it is, and the methods it is counted by.
NOT_COUNTED = (
    ("1,", "machinery", [""]),
    ("2,", "purchased_electricity", ["location", "market"]),
    ("3,1", "meals", [""]),
)


@pytest.mark.parametrize(
    ("activity", "key", "methods"),
    [
        (alone(f"2022,city,{category}_{key.lower()},{scope},{category},,,,,{key},,,,nobody knows,\n"), key, methods)
        for scope, category, methods in NOT_COUNTED
        for key in ("NO", "NE", "IE", "C")
    ],
)
def test_a_notation_key_stays_and_is_no_zero(
    of: Callable[[str], pd.DataFrame], activity: str, key: str, methods: list[str]
) -> None:
    frame = of(activity)
    assert list(frame["method"]) == methods
    assert set(frame["notation_key"]) == {key}
    assert frame[["emissions_t_co2e", "biogenic_co2_t", "amount"]].isna().all(axis=None)
    assert set(frame["source"]) == {"nobody knows"}


NO_TRAINS = alone("2022,city,no_trains,3,6,business_travel,train,0,pkm,,,,,,agency,\n")


def test_a_zero_is_a_zero(of: Callable[[str], pd.DataFrame]) -> None:
    row = only(of(NO_TRAINS))
    assert row["emissions_t_co2e"] == 0 and pd.isna(row["notation_key"])


# -- elimination --------------------------------------------------------------------------------------------------

BOILER = "2022,energy,boiler,1,,stationary_combustion,eldningsolja_1,100,m3,,,,,,meter,\n"
HEAT = "2022,city,heating,2,,purchased_heat,heat,500,MWh,,,energy,,,meter,\n"


def test_heat_from_the_groups_own_plant_counts_once(tmp_path: Path) -> None:
    frame = inventory(tmp_path, BOILER + HEAT)
    heat = frame[frame["activity_id"] == "heating"]
    assert set(heat["is_eliminated"]) == {True}
    assert only(heat, "location")["emissions_t_co2e"] == pytest.approx(30)  # shown all the same
    assert "counted in scope 1 of energy" in only(heat, "location")["note"]
    counted = frame[~frame["is_eliminated"]]
    assert list(counted["activity_id"]) == ["boiler"]


@pytest.mark.parametrize(
    "others",
    [
        "",  # no such unit
        BOILER.replace("2022,energy", "2021,energy"),  # another year
        "2022,energy,offices,2,,purchased_electricity,electricity,5,MWh,,,,,,meter,\n",  # a unit that only buys
    ],
)
def test_what_the_group_does_not_emit_itself_stays(tmp_path: Path, others: str) -> None:
    frame = inventory(tmp_path, others + HEAT)
    assert not frame["is_eliminated"].any()


def test_a_supplier_whose_scope_1_is_not_estimated_still_holds_it(tmp_path: Path) -> None:
    frame = inventory(tmp_path, "2022,energy,plant,1,,stationary_combustion,,,,,NE,,,,unknown,\n" + HEAT)
    assert frame.loc[frame["activity_id"] == "heating", "is_eliminated"].all()
    assert only(frame[frame["activity_id"] == "plant"])["notation_key"] == "NE"


def test_scope_3_from_a_unit_of_the_group(tmp_path: Path) -> None:
    waste = "2022,city,waste,3,5,waste,train,10,pkm,,,energy,,,weighed,\n"
    assert inventory(tmp_path, BOILER + waste).set_index("activity_id").at["waste", "is_eliminated"]


# -- refusals -----------------------------------------------------------------------------------------------------


def refused(tmp_path: Path, activity: str, factors: str = FACTORS) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        inventory(tmp_path, activity, factors)
    return caught.value.problems


def test_missing_factors_are_named_all_at_once(tmp_path: Path) -> None:
    found = refused(
        tmp_path,
        "2022,city,buses,3,6,business_travel,bus,5,km,,,,,,x,\n"
        "2021,city,power,2,,purchased_electricity,electricity,5,MWh,,,,,,x,\n"
        "2022,city,fine,3,6,business_travel,train,5,pkm,,,,,,x,\n",
    )
    ending = "; add it to factors.csv with its source, or give a notation key instead of the amount"
    assert sorted(found) == [
        f"1283 activity.csv: city/buses 2022: no factor for bus 2022{ending}",
        f"1283 activity.csv: city/power 2021: no factor for electricity 2021{ending}",
    ]


#: Activities, and what is said of each.
OTHER_UNITS = (
    (
        "2022,city,trains,3,6,business_travel,train,5,km,,,,,,x,\n",
        "city/trains 2022: the amount is in km, the factor of train per passenger_km",
    ),
    (
        "2022,city,cars,1,,mobile_combustion,petrol,5,km,,,,,,x,\n",
        "city/cars 2022: the amount is in km, the factor of petrol per m3 or MWh",
    ),
    (
        "2022,city,rink,1,,refrigerant,r134a,5,l,,,,,,x,\n",
        "city/rink 2022: the amount is in m3, the factor of r134a per t",
    ),
    (
        "2022,city,power,2,,purchased_electricity,electricity,5,km,,,,,,x,\n",
        "city/power 2022: the amount is in km, the factor of electricity per MWh",
    ),
)


def test_a_factor_per_another_unit(tmp_path: Path) -> None:
    found = refused(tmp_path, "".join(row for row, _ in OTHER_UNITS))
    assert sorted(found) == sorted(f"1283 activity.csv: {message}" for _, message in OTHER_UNITS)


def test_one_method_per_another_unit_is_no_missing_method(tmp_path: Path) -> None:
    odd = "electricity,2022,location,co2e,50,g/kWh,AR5,,,grid,\nelectricity,2022,market,co2e,50,g/km,AR5,,,odd,\n"
    assert refused(tmp_path, ELECTRICITY, odd) == [
        "1283 activity.csv: city/power 2022: the amount is in MWh, the factor of electricity per km"
    ]


def test_sets_are_never_mixed(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="electricity 2022 is in CO2e of AR5, the inventory in AR6"):
        inventory(tmp_path, ELECTRICITY, gwp_set="AR6")


def test_a_municipality_has_to_choose_its_set(tmp_path: Path) -> None:
    root = folder(tmp_path, ELECTRICITY)
    with pytest.raises(ConfigurationError, match=r"1283 activity.csv: no GWP set is chosen"):
        organisation_inventory(
            clean_activity_data(root, REFERENCE), clean_emission_factors(root, REFERENCE), REFERENCE, {}
        )


def test_each_municipality_has_its_own_factors_and_set(tmp_path: Path) -> None:
    root = folder(tmp_path, ELECTRICITY + BOILER)
    other = root / "1280_malmo"
    other.mkdir()
    (other / "activity.csv").write_text(ACTIVITY_HEAD + ELECTRICITY + BOILER, encoding="utf-8")
    (other / "factors.csv").write_text(
        FACTORS_HEAD + "electricity,2022,location,co2e,90,g/kWh,AR4,,,grid,\n", encoding="utf-8"
    )
    frame = organisation_inventory(
        clean_activity_data(root, REFERENCE),
        clean_emission_factors(root, REFERENCE),
        REFERENCE,
        {"1283": "AR5", "1280": "AR4"},
    )
    found = frame.set_index(["municipality_code", "activity_id", "method"])["emissions_t_co2e"]
    assert found["1280", "power", "location"] == pytest.approx(20 * 0.09)
    assert found["1283", "power", "location"] == pytest.approx(20 * 0.05)
    gas = 995 * 2.16 * (298 - 265) / 1e6 + 995 * 36 * (25 - 28) / 1e6
    assert found["1280", "boiler", ""] - found["1283", "boiler", ""] == pytest.approx(gas, rel=1e-6)


# -- algebra ------------------------------------------------------------------------------------------------------

AMOUNTS = st.floats(0, 1e7, allow_subnormal=False)


def activity_frame(**columns: list[Any]) -> pd.DataFrame:
    """``clean/activity_data`` of one unit; a column of another length sets how many rows there are."""
    size = max(map(len, columns.values()))
    usual: dict[str, Any] = dict.fromkeys(table("clean/activity_data").column_names)
    usual |= {"municipality_code": "1283", "year": 2022, "organisation_unit": "city", "source": "s", "scope": "1"}
    usual |= {"category": "stationary_combustion", "carrier": "gasol", "amount_unit": "t"}
    frame = pd.DataFrame({name: columns.get(name, [value] * size) for name, value in usual.items()})
    frame["activity_id"] = [f"a{number}" for number in range(size)]
    return frame.astype({"amount": "float64", "uncertainty_pct": "float64", "scope3_category": "Int64"})


NO_FACTORS = pd.DataFrame(columns=table("clean/emission_factors").column_names).astype(
    {"year": "int64", "factor_value": "float64", "factor_t_per_unit": "float64", "printed_value": "float64"}
)


def emitted(frame: pd.DataFrame) -> "pd.Series[float]":
    return organisation_inventory(frame, NO_FACTORS, REFERENCE, {"1283": "AR5"})["emissions_t_co2e"]


@examples(25)
@given(one=AMOUNTS, other=AMOUNTS, share=st.floats(0, 100))
def test_emissions_are_linear_in_the_amount(one: float, other: float, share: float) -> None:
    a, b, both, part = emitted(activity_frame(amount=[one, other, one + other, share * one]))
    assert both == pytest.approx(a + b, rel=1e-9, abs=1e-9)
    assert part == pytest.approx(share * a, rel=1e-9, abs=1e-9)


@examples(25)
@given(mwh=AMOUNTS)
def test_a_tonne_of_gasol_is_its_12_8_mwh(mwh: float) -> None:
    energy, mass = emitted(activity_frame(amount=[mwh, mwh / 12.8], amount_unit=["MWh", "t"]))
    assert energy == pytest.approx(mass, rel=1e-9, abs=1e-9)


# -- what ships ---------------------------------------------------------------------------------------------------


@functools.cache
def shipped(examples: bool) -> pd.DataFrame:
    """The inventory of what the checkout carries; nobody changes it."""
    activity = clean_activity_data(MUNICIPALITIES, REFERENCE, examples=examples)
    factors = clean_emission_factors(MUNICIPALITIES, REFERENCE, examples=examples)
    stored = [
        to_pandas(to_arrow(frame, table(key)))
        for frame, key in ((activity, "clean/activity_data"), (factors, "clean/emission_factors"))
    ]
    return organisation_inventory(stored[0], stored[1], REFERENCE, {"1283": "AR5"})


def test_helsingborg_has_one_public_figure_and_the_rest_is_not_estimated() -> None:
    frame = shipped(examples=False)
    own = frame[frame["municipality_code"] == "1283"]
    numbers = own[own["emissions_t_co2e"].notna()]
    assert list(zip(numbers["activity_id"], numbers["emissions_t_co2e"], strict=True)) == [("filborna_chp", 92074.0)]
    assert set(own.loc[own["emissions_t_co2e"].isna(), "notation_key"]) == {"NE"}
    assert set(own["scope"]) == {"1", "2", "3"}
    assert not own["source"].str.contains("INVENTED").any()


def test_filborna_is_the_published_figure(shared_file: Any) -> None:
    published = pd.read_csv(shared_file("facts/other_checkable_figures.csv"))
    (figure,) = published.loc[published["what"].str.startswith("Filborna"), "value"]
    assert float(figure) == shipped(examples=False)["emissions_t_co2e"].sum()


def test_the_examples_show_every_category_and_say_that_they_are_invented() -> None:
    frame = shipped(examples=True)
    invented = frame[frame["source"].str.startswith("INVENTED EXAMPLE: ")]
    assert set(invented["category"]) == set(CATEGORIES)
    assert invented["emissions_t_co2e"].notna().sum() == len(invented) - 1  # cooling has one method only
    assert invented["is_eliminated"].any()
    assert frame[frame["activity_id"] == "filborna_chp"].iloc[0]["emissions_t_co2e"] == 92074


@pytest.mark.parametrize("examples", [False, True])
def test_the_table_keeps_its_contract(examples: bool) -> None:
    contract = table("inventory/inventory_organisation")
    frame = shipped(examples)
    assert list(frame.columns) == contract.column_names
    assert not frame.duplicated(list(contract.primary_key)).any()
    assert to_arrow(frame, contract).num_rows == len(frame)
    for column in contract.columns:
        if not column.nullable:
            assert frame[column.name].notna().all(), column.name
        if column.allowed:
            assert set(frame[column.name].dropna()) <= set(column.allowed), column.name
        if column.minimum is not None:
            assert (frame[column.name].dropna() >= column.minimum).all(), column.name


def test_nobody_has_an_activity(tmp_path: Path) -> None:
    root = folder(tmp_path, "", "")
    empty = organisation_inventory(
        clean_activity_data(root, REFERENCE), clean_emission_factors(root, REFERENCE), REFERENCE, {}
    )
    contract = table("inventory/inventory_organisation")
    assert to_arrow(empty, contract).num_rows == 0
