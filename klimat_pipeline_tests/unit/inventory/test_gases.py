"""Factors in CO2 equivalents, against values worked out by hand; sets of potentials are never mixed."""

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.inventory.gases import co2e_factors, fuel_factors, potentials, refrigerant_factors
from klimat_pipeline_tests.support.shared import REPOSITORY

FOLDER = REPOSITORY / "data" / "reference"
REFERENCE = load_reference(FOLDER)
SETS = ("AR4", "AR5", "AR6")
#: Methane (fossil, biogenic) and nitrous oxide, IPCC.
CH4_FOSSIL = {"AR4": 25, "AR5": 28, "AR6": 29.8}
CH4_BIOGENIC = {"AR4": 25, "AR5": 28, "AR6": 27.0}
N2O = {"AR4": 298, "AR5": 265, "AR6": 273}


def factors(*rows: dict[str, Any]) -> pd.DataFrame:
    """``clean/emission_factors`` of Helsingborg's electricity; a row gives what is different."""
    usual = {
        "municipality_code": "1283",
        "carrier": "electricity",
        "year": 2022,
        "method": "location",
        "gas": "co2e",
        "factor_value": 50.0,
        "factor_unit": "g/kWh",
        "factor_t_per_unit": 0.05,
        "per_unit": "MWh",
        "gwp_set": "AR5",
        "printed_value": None,
        "data_quality": "medium",
        "source": "report",
        "note": None,
    }
    frame = pd.DataFrame([usual | row for row in rows], columns=list(usual))
    return frame.astype({"printed_value": "float64"})


def gas(name: str, tonnes: float, **more: Any) -> dict[str, Any]:
    return {"gas": name, "factor_value": tonnes * 1000, "factor_t_per_unit": tonnes, "gwp_set": "none", **more}


def one(frame: pd.DataFrame, **where: Any) -> pd.Series:
    for name, value in where.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1
    return frame.iloc[0]


# -- potentials ---------------------------------------------------------------------------------------------------


def test_every_gas_has_every_set() -> None:
    assert len({frozenset(potentials(REFERENCE, gwp_set)) for gwp_set in SETS}) == 1
    assert set(REFERENCE.gwp["gwp_set"]) == set(SETS)


@pytest.mark.parametrize("gwp_set", SETS)
def test_methane_and_nitrous_oxide(gwp_set: str) -> None:
    known = potentials(REFERENCE, gwp_set)
    assert (known["co2_fossil"], known["co2_biogenic"]) == (1, 0)
    assert (known["ch4_fossil"], known["ch4_biogenic"], known["n2o"]) == (
        CH4_FOSSIL[gwp_set],
        CH4_BIOGENIC[gwp_set],
        N2O[gwp_set],
    )


def test_unknown_set() -> None:
    with pytest.raises(ConfigurationError, match=r"GWP set 'SAR' is not in .*gwp\.csv; expected AR4, AR5, AR6"):
        potentials(REFERENCE, "SAR")


# -- local factors ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gwp_set", SETS)
def test_gas_by_gas(gwp_set: str) -> None:
    given_gases = factors(
        gas("co2_fossil", 0.2),
        gas("ch4_fossil", 1e-4),
        gas("ch4_biogenic", 2e-4),
        gas("n2o", 1e-5),
        gas("co2_biogenic", 0.3),
    )
    row = one(co2e_factors(given_gases, REFERENCE, gwp_set))
    by_hand = 0.2 + 1e-4 * CH4_FOSSIL[gwp_set] + 2e-4 * CH4_BIOGENIC[gwp_set] + 1e-5 * N2O[gwp_set]
    assert row["t_co2e_per_unit"] == pytest.approx(by_hand, rel=1e-12)
    assert row["biogenic_co2_t_per_unit"] == 0.3
    assert (row["factor_gwp_set"], row["per_unit"]) == (gwp_set, "MWh")


def test_a_sum_of_the_chosen_set_or_of_an_unstated_one_passes() -> None:
    assert one(co2e_factors(factors({}), REFERENCE, "AR5"))["factor_gwp_set"] == "AR5"
    unstated = one(co2e_factors(factors({"gwp_set": "not stated"}), REFERENCE, "AR5"))
    assert (unstated["t_co2e_per_unit"], unstated["factor_gwp_set"]) == (0.05, "not stated")
    assert pd.isna(unstated["biogenic_co2_t_per_unit"])  # nobody said, so it is no zero


@pytest.mark.parametrize(("stated", "chosen"), [("AR4", "AR5"), ("AR5", "AR4"), ("AR5", "AR6")])
def test_a_sum_of_another_set_is_refused(stated: str, chosen: str) -> None:
    message = (
        f"1283 factors.csv: electricity 2022 is in CO2e of {stated}, the inventory in {chosen}; sets are never mixed"
    )
    with pytest.raises(ConfigurationError, match=message):
        co2e_factors(factors({"gwp_set": stated}), REFERENCE, chosen)


def test_gases_per_different_units_are_refused() -> None:
    mixed = factors(gas("co2_fossil", 0.2), gas("n2o", 1e-5, per_unit="km"))
    with pytest.raises(ConfigurationError, match="electricity 2022 has gases per MWh and km"):
        co2e_factors(mixed, REFERENCE, "AR5")


def test_what_a_document_prints_stands_beside() -> None:
    row = one(co2e_factors(factors({"printed_value": 48.0}), REFERENCE, "AR5"))
    assert row["t_co2e_per_unit"] == 0.05
    assert row["printed_t_co2e_per_unit"] == pytest.approx(0.048)
    assert pd.isna(one(co2e_factors(factors({}), REFERENCE, "AR5"))["printed_t_co2e_per_unit"])


def test_sources_of_all_gases_are_kept() -> None:
    both = factors(gas("co2_fossil", 0.2, source="A"), gas("n2o", 1e-5, source="B"), gas("ch4_fossil", 0, source="A"))
    assert one(co2e_factors(both, REFERENCE, "AR5"))["factor_source"] == "A; B"


def test_no_factors_at_all() -> None:
    assert co2e_factors(factors(), REFERENCE, "AR5").empty


@given(
    tonnes=st.lists(st.floats(0, 1, allow_subnormal=False), min_size=1, max_size=4, unique=True),
    gwp_set=st.sampled_from(SETS),
    share=st.floats(0, 1000),
)
def test_a_factor_is_linear_in_its_gases(tonnes: list[float], gwp_set: str, share: float) -> None:
    names = ("co2_fossil", "ch4_fossil", "n2o", "sf6")[: len(tonnes)]
    whole = co2e_factors(factors(*map(gas, names, tonnes)), REFERENCE, gwp_set)
    part = co2e_factors(factors(*(gas(n, t * share) for n, t in zip(names, tonnes, strict=True))), REFERENCE, gwp_set)
    apart = sum(
        one(co2e_factors(factors(gas(n, t)), REFERENCE, gwp_set))["t_co2e_per_unit"]
        for n, t in zip(names, tonnes, strict=True)
    )
    total = one(whole)["t_co2e_per_unit"]
    assert one(part)["t_co2e_per_unit"] == pytest.approx(share * total, rel=1e-9, abs=1e-12)
    assert apart == pytest.approx(total, rel=1e-9, abs=1e-12)


# -- fuels --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gwp_set", SETS)
def test_100_m3_of_heating_oil(gwp_set: str) -> None:
    """9.95 MWh/m3, 2.66 kg CO2/l; in buildings 10 kg CH4 and 0.6 kg N2O per TJ, which is 3.6 g per MWh and kg."""
    mwh = 100 * 9.95
    by_hand = 100 * 2.66 + mwh * (10 * 3.6 * CH4_FOSSIL[gwp_set] + 0.6 * 3.6 * N2O[gwp_set]) / 1e6
    row = one(fuel_factors(REFERENCE, gwp_set), carrier="eldningsolja_1", use="stationary", per_unit="m3")
    assert 100 * row["t_co2e_per_unit"] == pytest.approx(by_hand, rel=1e-6)
    assert (row["biogenic_co2_t_per_unit"], row["factor_gwp_set"]) == (0, gwp_set)


@pytest.mark.parametrize("gwp_set", SETS)
def test_hvo_has_biogenic_carbon_dioxide_and_biogenic_methane(gwp_set: str) -> None:
    """9.45 MWh/m3, 70800 kg CO2/TJ, 3.9 kg CH4 and 3.9 kg N2O per TJ on the road."""
    row = one(fuel_factors(REFERENCE, gwp_set), carrier="hvo100", use="road", per_unit="m3")
    by_hand = 9.45 * 3.9 * 3.6 * (CH4_BIOGENIC[gwp_set] + N2O[gwp_set]) / 1e6
    assert row["t_co2e_per_unit"] == pytest.approx(by_hand, rel=1e-9)
    assert row["biogenic_co2_t_per_unit"] == pytest.approx(9.45 * 70.8 * 3.6 / 1000, rel=1e-9)


@pytest.mark.parametrize(
    ("fuel", "in_buildings", "in_plants"), [("eldningsolja_1", 36.0, 10.8), ("natural_gas", 18.0, 3.6)]
)
def test_buildings_burn_worse_than_plants(fuel: str, in_buildings: float, in_plants: float) -> None:
    """IPCC 2006, tables 2.4 and 2.5 against 2.2: 10 and 3 kg CH4 per TJ of oil, 5 and 1 of gas."""
    rows = REFERENCE.fuels[REFERENCE.fuels["fuel"] == fuel].set_index("use")["ch4_g_per_mwh"]
    assert (rows["stationary"], rows["energy_industry"]) == (in_buildings, in_plants)


def test_aviation_and_shipping_by_hand() -> None:
    """A tonne of jet fuel: 44.1 GJ, 71.5 kg CO2/GJ, 0.5 g CH4 and 2 g N2O per GJ; marine gas oil: 43.0, 74.1, 7, 2."""
    factors = fuel_factors(REFERENCE, "AR5")
    jet = one(factors, carrier="jet_fuel", use="aviation", per_unit="t")["t_co2e_per_unit"]
    assert jet == pytest.approx(44.1 * (71.5 + 0.0005 * 28 + 0.002 * 265) / 1000, rel=1e-6)
    oil = one(factors, carrier="marine_gas_oil", use="shipping", per_unit="t")["t_co2e_per_unit"]
    assert oil == pytest.approx(43.0 * (74.1 + 0.007 * 28 + 0.002 * 265) / 1000, rel=1e-6)


def test_a_pump_blend_is_the_sum_of_its_fuels_in_its_year() -> None:
    """2022: 4.8 % FAME and 28.8 % HVO by volume (33.6 together), 66.4 % diesel; 2018: 23.0 % together."""
    factors = fuel_factors(REFERENCE, "AR6")
    road = factors[(factors["use"] == "road") & (factors["per_unit"] == "m3")]
    of = road[road["year"].isna()].set_index("carrier")
    pump = road[road["carrier"] == "diesel_pump"].set_index("year")
    for name in ("t_co2e_per_unit", "biogenic_co2_t_per_unit"):
        by_hand = 0.664 * of.at["diesel_mk1", name] + 0.048 * of.at["fame", name] + 0.288 * of.at["hvo100", name]
        assert pump.at[2022, name] == pytest.approx(by_hand, rel=1e-12)
        e10 = 0.9 * of.at["petrol", name] + 0.1 * of.at["ethanol", name]
        assert of.at["petrol_e10", name] == pytest.approx(e10, rel=1e-12)
    assert pump.at[2018, "t_co2e_per_unit"] == pytest.approx(0.77 * of.at["diesel_mk1", "t_co2e_per_unit"], rel=0.02)
    assert set(pump.index) == set(range(2006, 2023))
    # Petrol is burnt in machines, ethanol on the road only: a blend has no use that one of its fuels has not.
    assert set(factors.loc[factors["carrier"] == "petrol_e10", "use"]) == {"road"}
    mwh = one(factors, carrier="petrol_e10", per_unit="MWh")["t_co2e_per_unit"]
    assert mwh == pytest.approx(of.at["petrol_e10", "t_co2e_per_unit"] / (0.9 * 9.1 + 0.1 * 5.9), rel=1e-12)


def test_the_use_of_a_fuel_matters() -> None:
    """Diesel's nitrous oxide: 0.6 in a boiler, 3.9 on the road, 28.6 kg/TJ in a machine."""
    per_mwh = fuel_factors(REFERENCE, "AR5").query("carrier == 'diesel_mk1' and per_unit == 'MWh'").set_index("use")
    tonnes = per_mwh["t_co2e_per_unit"]
    assert tonnes["machinery"] - tonnes["road"] == pytest.approx(
        3.6 * ((4.15 - 3.9) * 28 + (28.6 - 3.9) * 265) / 1e6, rel=1e-6
    )
    assert tonnes["stationary"] < tonnes["road"] < tonnes["machinery"]


def test_a_unit_of_fuel_and_its_energy_agree() -> None:
    both = fuel_factors(REFERENCE, "AR6")
    both = both[both["year"].isna()]
    energy = both[both["per_unit"] == "MWh"].set_index(["carrier", "use"])
    amount = both[both["per_unit"] != "MWh"].set_index(["carrier", "use"])
    size = {
        ("gasol", "stationary"): 12.8,
        ("petrol", "road"): 9.1,
        ("natural_gas", "road"): 0.011 * 1,
        ("biogas", "road"): 0.00967,
    }
    assert set(amount["per_unit"]) == {"m3", "t"}
    for key, mwh in size.items():
        for name in ("t_co2e_per_unit", "biogenic_co2_t_per_unit"):
            assert amount.at[key, name] == pytest.approx(mwh * energy.at[key, name], rel=1e-12)


def test_every_fuel_is_of_a_likely_size() -> None:
    """No fuel is beyond peat's 0.39 t per MWh fossil, wood's 0.41 biogenic (0.44 with a stove's methane), or without
    any carbon."""
    mwh = fuel_factors(REFERENCE, "AR5").query("per_unit == 'MWh'")
    assert mwh["t_co2e_per_unit"].between(0, 0.39).all()
    assert mwh["biogenic_co2_t_per_unit"].between(0, 0.41).all()
    assert (mwh["t_co2e_per_unit"] + mwh["biogenic_co2_t_per_unit"]).between(0.19, 0.44).all()


# -- refrigerants -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("refrigerant", "gwp_set", "by_hand"),
    [
        ("r404a", "AR4", 0.44 * 3500 + 0.04 * 1430 + 0.52 * 4470),  # 3921.6
        ("r404a", "AR5", 0.44 * 3170 + 0.04 * 1300 + 0.52 * 4800),
        ("r404a", "AR6", 0.44 * 3740 + 0.04 * 1530 + 0.52 * 5810),
        ("r407c", "AR4", 0.23 * 675 + 0.25 * 3500 + 0.52 * 1430),  # 1773.85
        ("r410a", "AR4", 0.5 * 675 + 0.5 * 3500),  # 2087.5
        ("r507a", "AR4", 0.5 * 3500 + 0.5 * 4470),  # 3985
        ("r449a", "AR4", 0.243 * 675 + 0.247 * 3500 + 0.253 * 4 + 0.257 * 1430),  # 1397
        ("r134a", "AR5", 1300),
        ("r448a", "AR4", 0.26 * 675 + 0.26 * 3500 + 0.2 * 4 + 0.21 * 1430 + 0.07 * 7),  # 1387
        ("r448a", "AR5", 0.26 * 677 + 0.26 * 3170 + 0.2 * 1 + 0.21 * 1300 + 0.07 * 1),  # 1273
        ("r1234ze", "AR6", 1.37),
        ("r290", "AR6", 0.02),
        ("r744", "AR4", 1),
        ("r32", "AR6", 771),
    ],
)
def test_blends_by_hand(refrigerant: str, gwp_set: str, by_hand: float) -> None:
    row = one(refrigerant_factors(REFERENCE, gwp_set), carrier=refrigerant)
    assert row["t_co2e_per_unit"] == pytest.approx(by_hand, rel=1e-12)
    assert (row["per_unit"], row["factor_gwp_set"]) == ("t", gwp_set)


@pytest.mark.parametrize(
    ("refrigerant", "known"),
    [
        *(("r407a", 2107), ("r407c", 1774), ("r407f", 1825), ("r407h", 1495), ("r410a", 2088), ("r422d", 2729)),
        *(("r427a", 2138), ("r448a", 1387), ("r449a", 1397), ("r450a", 605), ("r452a", 2141), ("r454a", 239)),
        *(("r454b", 466), ("r454c", 148), ("r455a", 148), ("r507a", 3985), ("r513a", 631), ("r600a", 3), ("r717", 0)),
    ],
)
def test_blends_have_the_potential_that_their_plates_print(refrigerant: str, known: int) -> None:
    """Printed on equipment in the EU with the potentials of AR4, Regulation (EU) 517/2014; some prints cut off."""
    made = one(refrigerant_factors(REFERENCE, "AR4"), carrier=refrigerant)["t_co2e_per_unit"]
    assert made == pytest.approx(known, abs=1.0)


def test_the_brief_figure_of_r404a() -> None:
    assert one(refrigerant_factors(REFERENCE, "AR4"), carrier="r404a")["t_co2e_per_unit"] == pytest.approx(3921.6)


# -- tables that are half known -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "row", "message"),
    [
        ("gwp", "hfc_41,AR5,116,s", r"gwp.csv: hfc_41 has no potential in AR4, AR6"),
        ("gwp", "sf6,AR5,1,s", r"gwp.csv:\d+: sf6, AR5 stands in line \d+ already"),
        ("gwp", "hfc_41,SAR,97,s", "column gwp_set: expected one of AR4, AR5, AR6"),
        ("refrigerants", "r22,hcfc_22,1,s", r"refrigerants.csv, column gas: \['hcfc_22'\] is defined nowhere"),
        ("refrigerants", "r999,hfc_32,0.6,s", "refrigerants.csv: the shares of r999 sum to 0.6, expected 1"),
        ("refrigerants", "r32,hfc_125,0.1,s", "the shares of r32 sum to 1.1, expected 1"),
        ("refrigerants", "r999,hfc_32,1.2,s", "column mass_share_fraction: expected 1 or less, found '1.2'"),
        (
            "fuels",
            "tar,Tjära,Tar,stationary,barrel,1,1,0,1,1,ch4_fossil,s",
            "fuel tar, column amount_unit: unit 'barrel'",
        ),
        (
            "fuels",
            "tar,Tjära,Tar,air,t,1,1,0,1,1,ch4_fossil,s",
            "column use: expected one of stationary, energy_industry, road, machinery, aviation, shipping",
        ),
        ("fuels", "tar,Tjära,Tar,road,t,0,1,0,1,1,ch4_fossil,s", "column mwh_per_unit: expected 1e-12 or more"),
        (
            "fuels",
            "tar,Tjära,Tar,road,t,1,1,0,1,1,methane,s",
            "column ch4_gas: expected one of ch4_fossil, ch4_biogenic",
        ),
        ("fuel_blends", "e20,,petrol,0.8,s", "fuel_blends.csv: the shares of e20 sum to 0.8, expected 1"),
        ("fuel_blends", "mix,2022,gasol,1,s", r"fuel_blends.csv, column fuel \(sold by m3\): \['gasol'\] is defined"),
        ("fuels", "peat,Torv,Peat,stationary,t,1,1,0,1,1,ch4_fossil,s", "peat, stationary stands in line"),
    ],
)
def test_half_known_gases_are_refused(tmp_path: Path, table: str, row: str, message: str) -> None:
    shutil.copytree(FOLDER, tmp_path / "reference")
    with (tmp_path / "reference" / f"{table}.csv").open("a", encoding="utf-8") as file:
        file.write(row + "\n")
    with pytest.raises(ConfigurationError, match=message):
        load_reference(tmp_path / "reference")
