"""``factors.csv``: units, gases and sets; each fault one message with file, line, column and value."""

from pathlib import Path

import pandas as pd
import pytest

from klimat_pipeline.clean.emission_factors import clean_emission_factors
from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.arrow import to_arrow
from klimat_pipeline.errors import ProblemsError
from klimat_pipeline.inventory.gases import co2e_factors
from klimat_pipeline_tests.support.shared import REPOSITORY

REFERENCE = load_reference(REPOSITORY / "data" / "reference")
MUNICIPALITIES = REPOSITORY / "data" / "municipalities"
FILE = "municipalities/1283_helsingborg/factors.csv"
COLUMNS = "carrier,year,method,gas,value,unit,gwp_set,printed_value,data_quality,source,note"
SOUND = {
    "carrier": "electricity",
    "year": "2022",
    "method": "location",
    "gas": "co2e",
    "value": "55",
    "unit": "g/kWh",
    "gwp_set": "AR5",
    "source": "report",
}


def line(**changes: str) -> str:
    row = SOUND | changes
    return ",".join(row.get(name, "") for name in COLUMNS.split(","))


def read(tmp_path: Path, *lines: str, examples: bool = False, example: str | None = None) -> pd.DataFrame:
    folder = tmp_path / "municipalities" / "1283_helsingborg"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "factors.csv").write_text("\n".join([COLUMNS, *lines]) + "\n", encoding="utf-8")
    if example is not None:
        (folder / "factors.example.csv").write_text(f"{COLUMNS}\n{example}\n", encoding="utf-8")
    return clean_emission_factors(folder.parent, REFERENCE, examples=examples)


def problems(tmp_path: Path, *lines: str) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        read(tmp_path, *lines)
    return [text.removeprefix(f"{FILE}:") for text in caught.value.problems]


@pytest.mark.parametrize(
    ("unit", "tonnes", "per"),
    [
        ("g/kWh", 55e-3, "MWh"),
        ("kg/MWh", 55e-3, "MWh"),
        ("t/GWh", 55e-3, "MWh"),
        ("g/MJ", 55 * 3.6 / 1000, "MWh"),
        ("g/km", 55e-6, "km"),
        ("g/pkm", 55e-6, "passenger_km"),
        ("kg/kg", 55.0, "t"),
        ("kg/t", 55e-3, "t"),
        ("kg/l", 55.0, "m3"),
        ("kg/portion", 55e-3, "portion"),
        ("kg/night", 55e-3, "night"),
    ],
)
def test_tonnes_per_canonical_unit(tmp_path: Path, unit: str, tonnes: float, per: str) -> None:
    frame = read(tmp_path, line(unit=unit))
    row = frame.iloc[0]
    assert (row["factor_t_per_unit"], row["per_unit"]) == (pytest.approx(tonnes, rel=1e-12), per)
    assert (row["factor_value"], row["factor_unit"]) == (55.0, unit)  # as its source gives it
    assert to_arrow(frame, table("clean/emission_factors")).num_rows == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"carrier": "El"},
            "2: column carrier: expected lower-case letters a-z, digits and _, beginning with a letter, such as waste_heat, found 'El'",
        ),
        ({"year": "x"}, "2: column year: expected a whole number, found 'x'"),
        ({"method": "residual"}, "2: column method: expected one of location, market, found 'residual'"),
        ({"value": "-1"}, "2: column value: expected 0 or more, found '-1'"),
        ({"value": ""}, "2: column value: expected a value, found ''"),
        ({"unit": "g"}, r"2: column unit: expected a unit such as kg/MWh, found 'g'"),
        (
            {"gwp_set": "SAR"},
            "2: column gwp_set: expected one of AR4, AR5, AR6, none, not stated (nearest: AR6), found 'SAR'",
        ),
        ({"printed_value": "-1"}, "2: column printed_value: expected 0 or more, found '-1'"),
        ({"data_quality": "ok"}, "2: column data_quality: expected one of high, medium, low, found 'ok'"),
        ({"source": ""}, "2: column source: expected a value, found ''"),
        (
            {"gwp_set": "none"},
            "2: column gwp_set: expected AR4, AR5, AR6 or 'not stated' for a factor in co2e, found 'none'",
        ),
        (
            {"unit": "kWh/g"},
            "2: column unit: unit 'kWh/g' is no mass per unit of activity; expected such as g/kWh.",
        ),
    ],
)
def test_one_message_for_one_fault(tmp_path: Path, changes: dict[str, str], expected: str) -> None:
    (found,) = problems(tmp_path, line(**changes))
    assert found == expected


@pytest.mark.parametrize("unit", ["g/kwh", "lb/kWh", "g/9**9**9**9", "g/kWh/year", "g/SEK"])
def test_unknown_units(tmp_path: Path, unit: str) -> None:
    (found,) = problems(tmp_path, line(unit=unit))
    assert found.startswith("2: column unit: unit ") and "is unknown; expected one that converts to MWh, t" in found


def test_a_gas_without_a_potential(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, line(gas="methane", gwp_set="none"))
    assert found.startswith("2: column gas: expected one of ammonia, c2f6, ") and found.endswith("found 'methane'")


def test_a_sum_and_single_gases_for_the_same(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, line(), line(gas="n2o", gwp_set="none"))
    assert found == "3: electricity 2022 is given as co2e and gas by gas: choose one"
    assert len(read(tmp_path, line(), line(gas="n2o", gwp_set="none", method="market"))) == 2


def test_one_factor_twice(tmp_path: Path) -> None:
    assert problems(tmp_path, line(), line(value="3")) == [
        "3: electricity, 2022, location, co2e stands in line 2 already"
    ]


def test_everything_that_is_wrong_at_once(tmp_path: Path) -> None:
    found = problems(tmp_path, line(unit="g/kwh"), line(year="2021", gas="methane", gwp_set="AR5", unit="g/x"))
    assert [text.split(":")[0] for text in found] == ["2", "3", "3"]


def test_examples_only_when_asked_and_marked(tmp_path: Path) -> None:
    made_up = line(carrier="made_up")
    assert set(read(tmp_path, line(), example=made_up)["carrier"]) == {"electricity"}
    both = read(tmp_path, line(), examples=True, example=made_up).set_index("carrier")["source"]
    assert both.to_dict() == {"electricity": "report", "made_up": "INVENTED EXAMPLE: report"}


def test_helsingborgs_factors_reproduce_its_printed_tonnes() -> None:
    """1,185,497 MWh of electricity are printed as 65,208 t, 831,983 MWh of heat as 45,784 t (action plan, A-1.3)."""
    own = co2e_factors(clean_emission_factors(MUNICIPALITIES, REFERENCE), REFERENCE, "AR5")
    own = own[own["municipality_code"] == "1283"].set_index(["carrier", "year", "method"])
    for carrier, mwh, printed in (("electricity", 1185497, 65208), ("district_heating", 831983, 45784)):
        factor = own.loc[(carrier, 2022, "location")]
        assert mwh * factor["t_co2e_per_unit"] == pytest.approx(printed, rel=1e-3)
        assert mwh * factor["printed_t_co2e_per_unit"] / printed - 1 == pytest.approx(-0.036, abs=1e-3)
        assert factor["factor_gwp_set"] == "not stated"
    assert own.loc[("electricity", 2023, "market"), "t_co2e_per_unit"] == pytest.approx(0.5241)
    assert own.loc[("district_heating", 2020, "location"), "t_co2e_per_unit"] == pytest.approx(0.071)
