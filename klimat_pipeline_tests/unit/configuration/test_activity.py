"""``activity.csv``: each fault one message with file, line, column and value, and all of them at once."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.clean.activity_data import clean_activity_data
from klimat_pipeline.clean.measures import converted
from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.configuration.activity import CATEGORIES
from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.arrow import to_arrow
from klimat_pipeline.errors import ConfigurationError, ProblemsError
from klimat_pipeline_tests.support.shared import REPOSITORY

REFERENCE = load_reference(REPOSITORY / "data" / "reference")
FILE = "municipalities/1283_helsingborg/activity.csv"
COLUMNS = (
    "year,organisation_unit,activity_id,scope,scope3_category,category,carrier,amount,unit,gas,notation_key,"
    "supplier_unit,data_quality,uncertainty_pct,source,note"
)
SOUND = {
    "year": "2022",
    "organisation_unit": "city",
    "activity_id": "cars",
    "scope": "1",
    "category": "mobile_combustion",
    "carrier": "diesel_mk1",
    "amount": "40",
    "unit": "m3",
    "source": "fuel card",
}
MEASURED = {"category": "direct_measurement", "carrier": "", "gas": "n2o", "unit": "kg"}
TRAVEL = {"scope": "3", "scope3_category": "6", "category": "business_travel", "carrier": "train", "unit": "pkm"}
POWER = {"scope": "2", "category": "purchased_electricity", "carrier": "electricity", "unit": "kWh"}
NOTHING = {"amount": "", "unit": "", "carrier": ""}


def line(**changes: str) -> str:
    row = SOUND | changes
    return ",".join(row.get(name, "") for name in COLUMNS.split(","))


def read(tmp_path: Path, *lines: str, examples: bool = False, **files: str) -> pd.DataFrame:
    folder = tmp_path / "municipalities" / "1283_helsingborg"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "activity.csv").write_text("\n".join([COLUMNS, *lines]) + "\n", encoding="utf-8")
    for name, text in files.items():
        (folder / f"activity.{name}.csv").write_text(text, encoding="utf-8")
    return clean_activity_data(folder.parent, REFERENCE, examples=examples)


def problems(tmp_path: Path, *lines: str) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        read(tmp_path, *lines)
    return [text.removeprefix(f"{FILE}:") for text in caught.value.problems]


def test_a_sound_row(tmp_path: Path) -> None:
    (row,) = read(tmp_path, line(amount="40000", unit="l", note="all cars")).to_dict("records")
    assert (row["municipality_code"], row["year"], row["amount"], row["amount_unit"]) == ("1283", 2022, 40.0, "m3")
    assert (row["scope"], row["category"], row["note"]) == ("1", "mobile_combustion", "all cars")
    assert pd.isna(row["scope3_category"]) and row["notation_key"] is None


@pytest.mark.parametrize(
    "changes",
    [
        MEASURED,
        TRAVEL,
        POWER,
        {**POWER, "supplier_unit": "energy"},
        {**NOTHING, "notation_key": "NE"},
        {**TRAVEL, **NOTHING, "notation_key": "C"},
        {**NOTHING, "notation_key": "NE", "carrier": "diesel_mk1"},
        {"scope": "3", "scope3_category": "8"},
        {"category": "refrigerant", "carrier": "r404a", "unit": "kg"},
        {"category": "process", "carrier": "anything_local", "unit": "t"},
        {"amount": "0"},
    ],
)
def test_what_fits_together_passes(tmp_path: Path, changes: dict[str, str]) -> None:
    frame = read(tmp_path, line(**changes))
    assert to_arrow(frame, table("clean/activity_data")).num_rows == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # form
        ({"year": "1899"}, "2: column year: expected 1900 or more, found '1899'"),
        ({"year": "22,5"}, None),
        (
            {"organisation_unit": "City"},
            "2: column organisation_unit: expected lower-case letters a-z, digits and _, beginning with a letter, such as waste_heat, found 'City'",
        ),
        ({"activity_id": ""}, "2: column activity_id: expected a value, found ''"),
        ({"scope": "4"}, "2: column scope: expected one of 1, 2, 3, found '4'"),
        ({**TRAVEL, "scope3_category": "16"}, "2: column scope3_category: expected 15 or less, found '16'"),
        ({"amount": "-1"}, "2: column amount: expected 0 or more, found '-1'"),
        ({"amount": "many"}, "2: column amount: expected a number, decimal '.', found 'many'"),
        ({"notation_key": "NA"}, "2: column notation_key: expected one of NO, NE, IE, C, found 'NA'"),
        ({"data_quality": "good"}, "2: column data_quality: expected one of high, medium, low, found 'good'"),
        ({"uncertainty_pct": "-5"}, "2: column uncertainty_pct: expected 0 or more, found '-5'"),
        ({"source": " "}, "2: column source: expected a value, found ' '"),
        # scope, category and category of scope 3
        ({**POWER, "scope": "1"}, "2: column scope: expected 2 for purchased_electricity, found '1'"),
        ({"scope": "2"}, "2: column scope: expected 1 or 3 for mobile_combustion, found '2'"),
        ({**TRAVEL, "scope3_category": ""}, "2: column scope3_category: expected 1 to 15 in scope 3, found ''"),
        ({"scope3_category": "6"}, "2: column scope3_category: expected nothing in scope 1, found 6"),
        ({**POWER, "scope3_category": "3"}, "2: column scope3_category: expected nothing in scope 2, found 3"),
        ({**TRAVEL, "scope3_category": "7"}, "2: column scope3_category: expected 6 for business_travel, found 7"),
        (
            {**TRAVEL, "category": "waste"},
            "2: column scope3_category: expected 5 or 12 for waste, found 6",
        ),
        (
            {"category": "mobile_combustoin"},
            f"2: column category: expected one of {', '.join(CATEGORIES)} "
            "(nearest: mobile_combustion), found 'mobile_combustoin'",
        ),
        # number or key
        (
            {"amount": "", "unit": ""},
            "2: column amount: expected a number or a notation key (NO, NE, IE, C), found neither",
        ),
        (
            {"notation_key": "NE"},
            "2: column amount: expected a number or a notation key (NO, NE, IE, C), found 40 and NE",
        ),
        ({"unit": ""}, "2: column unit: expected the unit of the amount, found ''"),
        (
            {"unit": "barrel"},
            "2: column unit: unit 'barrel' is unknown; expected one that converts to MWh, t, m3, km, passenger_km, "
            "portion, night, piece, such as kWh, GJ, kg, l or km.",
        ),
        # carriers and gases
        ({"carrier": ""}, "2: column carrier: expected a value for mobile_combustion, found ''"),
        (
            {"carrier": "disel_mk1"},
            "2: column carrier: expected one of diesel_mk1, petrol, natural_gas, hvo100, fame, ethanol, e85_summer, "
            "e85_winter, biogas, diesel_pump, petrol_e10, petrol_e5, found 'disel_mk1' (nearest: diesel_mk1)",
        ),
        (
            {"category": "machinery", "carrier": "coal"},
            "2: column carrier: expected one of diesel_mk1, petrol, hvo100, fame, diesel_pump, found 'coal'",
        ),
        ({"gas": "n2o"}, "2: column gas: expected nothing for mobile_combustion (it has a carrier), found 'n2o'"),
        ({**MEASURED, "gas": ""}, "2: column gas: expected a value for direct_measurement, found ''"),
        (
            {**MEASURED, "carrier": "coal"},
            "2: column carrier: expected nothing for direct_measurement (it has a gas), found 'coal'",
        ),
        ({**MEASURED, "unit": "MWh"}, "2: column unit: expected a mass of n2o, found 'MWh'"),
        # supplier
        ({"supplier_unit": "energy"}, "2: column supplier_unit: expected nothing in scope 1, found 'energy'"),
        (
            {**POWER, "supplier_unit": "city"},
            "2: column supplier_unit: expected another unit, found the unit itself ('city')",
        ),
    ],
)
def test_one_message_for_one_fault(tmp_path: Path, changes: dict[str, str], expected: str | None) -> None:
    (found,) = problems(tmp_path, line(**changes))
    if expected is not None:
        assert found == expected


def test_a_gas_without_a_potential(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, line(**{**MEASURED, "gas": "n20"}))
    assert found.startswith("2: column gas: expected one of co2_fossil,")
    assert found.endswith("found 'n20' (nearest: n2o)")


def test_a_refrigerant_that_nobody_has_described(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, line(category="refrigerant", carrier="r22", unit="kg"))
    assert found.startswith("2: column carrier: expected one of r404a,") and "found 'r22'" in found


def test_everything_that_is_wrong_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        line(),
        line(activity_id="b", scope="2", unit="barrel"),
        line(activity_id="c", amount=""),
        line(activity_id="d", **{**POWER, "supplier_unit": "city"}),
    )
    assert [text.split(":")[0] for text in found] == ["3", "3", "4", "5"]
    assert [text.split(": ")[1] for text in found] == [
        "column scope",
        "column unit",
        "column amount",
        "column supplier_unit",
    ]


def test_faults_of_two_municipalities_at_once(tmp_path: Path) -> None:
    other = tmp_path / "municipalities" / "1280_malmo"
    other.mkdir(parents=True)
    (other / "activity.csv").write_text(f"{COLUMNS}\n{line(scope='7')}\n", encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        read(tmp_path, line(scope="2"))
    assert [text.split(": ")[0] for text in caught.value.problems] == [
        "municipalities/1280_malmo/activity.csv:2",
        f"{FILE}:2",
    ]


def test_one_activity_twice(tmp_path: Path) -> None:
    assert problems(tmp_path, line(), line(amount="3")) == ["3: 2022, city, cars stands in line 2 already"]
    assert len(read(tmp_path, line(), line(year="2021"), line(organisation_unit="water"))) == 3


def test_another_header(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"activity.csv:1: column scope is missing; unknown column 'scop'"):
        folder = tmp_path / "municipalities" / "1283_helsingborg"
        folder.mkdir(parents=True)
        (folder / "activity.csv").write_text(COLUMNS.replace(",scope,", ",scop,") + "\n", encoding="utf-8")
        clean_activity_data(folder.parent, REFERENCE)


def test_the_file_may_be_absent(tmp_path: Path) -> None:
    (tmp_path / "municipalities").mkdir()
    assert clean_activity_data(tmp_path / "municipalities", REFERENCE).empty


def test_examples_only_when_asked_and_marked(tmp_path: Path) -> None:
    example = f"{COLUMNS}\n{line(activity_id='made_up')}\n"
    assert list(read(tmp_path, line(), example=example)["activity_id"]) == ["cars"]
    both = read(tmp_path, line(), examples=True, example=example).set_index("activity_id")["source"]
    assert both.to_dict() == {"cars": "fuel card", "made_up": "INVENTED EXAMPLE: fuel card"}


def test_an_example_does_not_replace_a_figure(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as caught:
        read(tmp_path, line(), examples=True, example=f"{COLUMNS}\n{line(amount='3')}\n")
    example = FILE.replace(".csv", ".example.csv")
    assert caught.value.problems == [f"{example}:2: 2022, city, cars stands in {FILE}:2 already"]


def test_the_contract_names_the_same_categories() -> None:
    assert table("clean/activity_data").column("category").allowed == tuple(CATEGORIES)


# -- units --------------------------------------------------------------------------------------------------------


@given(amount=st.floats(0, 1e9, allow_subnormal=False))
@pytest.mark.parametrize(
    ("small", "large", "ratio", "canonical"),
    [
        ("kWh", "MWh", 1000, "MWh"),
        ("MJ", "GJ", 1000, "MWh"),
        ("kWh", "MJ", 1 / 3.6, "MWh"),
        ("kg", "t", 1000, "t"),
        ("mg", "g", 1000, "t"),
        ("t", "kt", 1000, "t"),
        ("l", "m3", 1000, "m3"),
        ("liter", "litre", 1, "m3"),
        ("Nm3", "m3", 1, "m3"),
    ],
)
def test_the_unit_that_is_written_changes_nothing(
    amount: float, small: str, large: str, ratio: float, canonical: str
) -> None:
    fine, coarse = converted(amount * ratio, small, "x"), converted(amount, large, "x")
    assert fine[1] == coarse[1] == canonical
    assert fine[0] == pytest.approx(coarse[0], rel=1e-12, abs=1e-300)


@pytest.mark.parametrize(
    "unit", ["", " ", "kwh", "mt", "mm3", "1000 Nm3", "kg**2", "kg kg", "kWh/MWh", "9**9**9**9 kg", "nan", "(" * 3000]
)
def test_no_unit_is_computed_or_guessed(unit: str) -> None:
    with pytest.raises(ConfigurationError, match="is unknown; expected one that converts to MWh, t, m3"):
        converted(1.0, unit, "x")
