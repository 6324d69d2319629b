"""The real reference tables: every name folds to one code, every row has a reason; and tables that clash are refused."""

import csv
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from klimat_pipeline.clean.population import clean_population
from klimat_pipeline.clean.reference import Reference, load_reference
from klimat_pipeline.clean.reference_tables import TABLES
from klimat_pipeline.clean.targets import clean_targets
from klimat_pipeline.errors import ConfigurationError, ProblemsError
from klimat_pipeline.text import fold, place_key
from klimat_pipeline_tests.support.for_each import for_each
from klimat_pipeline_tests.support.shared import REPOSITORY

FOLDER = REPOSITORY / "data" / "reference"
MUNICIPALITIES = REPOSITORY / "data" / "municipalities"


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference(FOLDER)


@pytest.fixture(scope="module")
def targets(reference: Reference) -> pd.DataFrame:
    return clean_targets(MUNICIPALITIES, reference)


def rows(table: str) -> list[dict[str, str]]:
    with (FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# -- what the tables hold -----------------------------------------------------------------------------------------


def test_290_municipalities_in_21_counties_and_9_sectors(reference: Reference) -> None:
    assert len(reference.municipalities) == len(reference.municipality_by_code) == 290
    assert reference.municipalities["county_code"].nunique() == 21
    assert len(set(reference.county_names.values())) == 21
    assert reference.sector_codes == (
        "transport",
        "industry",
        "agriculture",
        "electricity_district_heating",
        "heating",
        "machinery",
        "product_use",
        "waste",
        "foreign_transport",
    )


def test_the_municipalities_are_scbs(shared_file: Callable[[str], Path]) -> None:
    with shared_file("facts/municipality_codes_2023.csv").open(encoding="utf-8-sig", newline="") as file:
        scb = list(csv.DictReader(file))
    columns = ("municipality_code", "municipality_name", "county_code", "county_name")
    assert sorted(tuple(row[c] for c in columns) for row in rows("municipalities")) == sorted(
        tuple(row[c] for c in columns) for row in scb
    )


@pytest.mark.parametrize(
    ("code", "name", "county"),
    # Leading zeros stay; Heby moved from Västmanland to Uppsala; Knivsta and Nykvarn are younger than the rest.
    [
        ("0114", "Upplands Väsby", "01"),
        ("0180", "Stockholm", "01"),
        ("0331", "Heby", "03"),
        ("0330", "Knivsta", "03"),
        ("0140", "Nykvarn", "01"),
        ("0643", "Habo", "06"),
        ("0305", "Håbo", "03"),
        ("2584", "Kiruna", "25"),
    ],
)
def test_codes_and_counties(reference: Reference, code: str, name: str, county: str) -> None:
    row = reference.municipalities.set_index("municipality_code").loc[code]
    assert (row["municipality_name"], row["county_code"]) == (name, county)


@for_each(table=sorted(TABLES))
def test_every_row_says_where_it_comes_from(table: str) -> None:
    last = TABLES[table][0][-1].name
    assert last in ("source", "reason")
    assert rows(table) and all(row[last].strip() for row in rows(table))


# -- one name, one code -------------------------------------------------------------------------------------------


def test_every_name_and_every_form_of_it_is_one_code(reference: Reference) -> None:
    for row in rows("municipalities"):
        name, code = row["municipality_name"], row["municipality_code"]
        genitive = name if name[-1] in "sxz" else name + "s"
        forms = (name, name.upper(), f"{name} kommun", f"{genitive} kommun", f" {name} ", name.replace(" ", "\u00a0"))
        for form in (*forms, unicodedata.normalize("NFD", name), unicodedata.normalize("NFC", name)):
            assert reference.municipality_names[place_key(form)] == code, form
    for row in rows("municipality_aliases"):
        assert reference.municipality_names[place_key(row["alias"])] == row["municipality_code"]
    for table, column in (("sectors", "sector_name_sv"), ("sector_aliases", "alias_sv")):
        for row in rows(table):
            assert reference.sector_names[fold(row[column])] == row["sector_code"]
    for table, column in (("subsectors", "subsector_name_sv"), ("subsector_aliases", "alias_sv")):
        for row in rows(table):
            if row["sector_code"] != "*":
                assert reference.subsector_names[row["sector_code"], fold(row[column])] == row["subsector_code"]


def test_keys_of_290_names_differ() -> None:
    names = [row["municipality_name"] for row in rows("municipalities")]
    assert len({place_key(name) for name in names}) == 290
    assert len({fold(name) for name in names}) < 290  # why places are not folded: Habo and Håbo


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Falun", "2080"),
        ("Falu", "2080"),
        ("Falu kommun", "2080"),
        ("Gotland", "0980"),
        ("Region Gotland", "0980"),
        ("Gotlands kommun", "0980"),
        ("Upplands Väsby", "0114"),
        ("Upplands-Väsby", "0114"),
        ("Upplands\u2011Väsby", "0114"),
        ("Upplands\u00a0Väsby", "0114"),
        ("Upplands  Va\u0308sby", "0114"),
        ("Stockholms stad", "0180"),
        ("Stockholm stad", "0180"),
        ("Malmö stad", "1280"),
        ("Malmo\u0308 stad", "1280"),
        ("MALMÖ", "1280"),
        ("Göteborgs Stad", "1480"),
        ("Helsingborgs stad", "1283"),
        ("Malung-Sälen", "2023"),
        ("Dals-Ed", "1438"),
        ("Habo", "0643"),
        ("Håbo", "0305"),
        ("Ha\u030abo", "0305"),
        ("Håbo\u202fkommun", "0305"),
    ],
)
def test_aliases_of_municipalities(reference: Reference, name: str, code: str) -> None:
    assert reference.municipality_names[place_key(name)] == code


@pytest.mark.parametrize("name", ["Malmo", "Orebro", "Häbo", "Sverige", "", "1283", "kommun", "stad"])
def test_nothing_is_guessed(reference: Reference, name: str) -> None:
    assert place_key(name) not in reference.municipality_names


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Skåne län", "12"),
        ("Skåne", "12"),
        ("SKÅNE LÄN", "12"),
        ("Ska\u030ane la\u0308n", "12"),
        ("Gotlands län", "09"),
        ("Gotland", "09"),
        ("Jönköpings län", "06"),
        ("Västra Götalands län", "14"),
        ("Västra Götaland", "14"),
        ("Uppsala län", "03"),
        ("Kalmar län", "08"),
        ("Örebro\xa0län", "18"),
    ],
)
def test_counties(reference: Reference, name: str, code: str) -> None:
    assert reference.county_names[place_key(name)] == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Avfall (inkl. avlopp)", "waste"),
        ("Avfall (inkl.avlopp)", "waste"),
        ("Avfall", "waste"),
        ("Egen uppvärmning av bostäder och lokaler", "heating"),
        ("Egen uppärmning av bostäder och lokaler", "heating"),
        ("El och fja\u0308rrva\u0308rme", "electricity_district_heating"),
        ("EL OCH FJARRVARME", "electricity_district_heating"),
        ("Industri (energi + processer)", "industry"),
        ("Utrikes transporter", "foreign_transport"),
        ("Transporter", "transport"),
    ],
)
def test_sectors(reference: Reference, name: str, code: str) -> None:
    assert reference.sector_names[fold(name)] == code


def test_areas_units_and_labels(reference: Reference) -> None:
    assert (reference.area_names["00"], reference.area_names["12"], reference.area_names["1283"]) == (
        "Riket",
        "Skåne län",
        "Helsingborg",
    )
    sizes = {unit.unit_sv: (unit.basis, unit.tonnes_per_unit) for unit in reference.units.values()}
    assert sizes["ton CO2-ekv/år"] == ("co2e", 1.0)
    assert sizes["kg/år"] == ("mass", 0.001)
    assert sizes["g/år"] == ("mass", 0.000001)
    assert reference.substances["GGT"].tonnes_only and reference.substances["GGT"].gwp_set == "AR5"
    assert reference.label_sv("not_split") == "Ej uppdelat på undersektor"
    assert reference.label(fold("Avfall"), reference.sector_names) == "Avfall (inkl. avlopp)"
    assert reference.label(place_key("Falu"), reference.municipality_names) == "Falun"


def test_subsectors_by_sector(reference: Reference) -> None:
    assert reference.subsector_codes["heating"] == (
        "dwellings",
        "commercial_public_premises",
        "agriculture_forestry_premises",
        "natural_gas",  # in workbooks that divide heating further
    )
    assert "industry" not in reference.subsector_codes  # the source does not split it


# -- tables that clash --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "row", "message"),
    [
        ("municipality_aliases", "Falun,1283,r", "'falun' would mean both 2080 and 1283"),
        ("municipality_aliases", "HELSINGBORG,1280,r", "'helsingborg' would mean both 1283 and 1280"),
        ("municipality_aliases", "Nyby,9999,r", r"municipality_code: \['9999'\] is defined nowhere"),
        ("municipality_aliases", "Falu,2080,r", "reference/municipality_aliases.csv:15: Falu stands in line 2 already"),
        ("municipalities", "1283,Nyby,12,Skåne län,s", "municipalities.csv:292: 1283 stands in line"),
        ("municipalities", "9999,Håbo,99,Nytt län,s", "'håbo' would mean both 0305 and 9999"),
        ("municipalities", "1299,Nyby,12,Skane län,s", "'12' would mean both Skåne län and Skane län"),
        ("municipalities", "1299,Nyby,13,Hallands län,s", r"Nyby \(1299\) stands in Hallands län \(13\)"),
        ("municipalities", "9901,Nyby,99,Nytt län,s", "'99' would mean both Ej fördelat på län and Nytt län"),
        ("sector_aliases", "AVFALL (inkl avlopp),industry,r", "'avfallinklavlopp' would mean both waste and industry"),
        ("sector_aliases", "Sjöfart,shipping,r", r"sector_code: \['shipping'\] is defined nowhere"),
        ("subsectors", "shipping,boats,Båtar,Boats,s", r"sector_code: \['shipping'\] is defined nowhere"),
        (
            "subsectors",
            "transport,cars,Personbilar,Cars,s",
            "'transport / personbilar' would mean both passenger_cars and cars",
        ),
        (
            "subsector_aliases",
            "agriculture,Bilar,passenger_cars,r",
            r"\['agriculture/passenger_cars'\] is defined nowhere",
        ),
        ("subsector_aliases", "transport,Bilar,cars,r", r"\['transport/cars'\] is defined nowhere"),
        ("units", "Kg/År,mass,1,r", "'kgar' would mean both kg/år and Kg/År"),
        ("units", "mg/år,mass,0,r", "column tonnes_per_unit: expected 1e-12 or more, found '0'"),
        ("units", "mg/år,weight,1,r", "expected one of co2e, mass, found 'weight'"),
        ("sectors", "shipping,Sjöfart,Shipping,tenth,s", "column sector_order: expected a whole number, found 'tenth'"),
        ("sources", "scb,SCB, ", "sources.csv:3: column reason: expected a value"),
    ],
)
def test_clash(tmp_path: Path, table: str, row: str, message: str) -> None:
    folder = tmp_path / "reference"
    shutil.copytree(FOLDER, folder)
    with (folder / f"{table}.csv").open("a", encoding="utf-8") as file:
        file.write(row + "\n")
    with pytest.raises(ConfigurationError, match=message) as caught:
        load_reference(folder)
    assert f"{table}.csv" in str(caught.value)


def test_missing_table(tmp_path: Path) -> None:
    folder = tmp_path / "reference"
    shutil.copytree(FOLDER, folder)
    (folder / "units.csv").unlink()
    (folder / "areas.csv").unlink()
    with pytest.raises(ProblemsError) as caught:
        load_reference(folder)
    assert [text.split(" (")[0] for text in caught.value.problems] == [
        "reference/areas.csv: cannot be read",
        "reference/units.csv: cannot be read",
    ]


# -- targets and population ---------------------------------------------------------------------------------------

NONE = None
ALL_NINE = (
    "transport industry agriculture electricity_district_heating heating machinery product_use waste foreign_transport"
)
#: Klimatkontrakt 2030 Helsingborg 2025/26, 5.1, by hand.
CONTRACT = {
    "total": (ALL_NINE, "territory", "GHG", 1990, 2030, -85.0),
    "transport": ("transport", "territory", "fossil", 1990, 2030, -85.0),
    "industry": ("industry", "territory", "fossil", 1990, 2030, -85.0),
    "energy": ("electricity_district_heating heating", "territory", "GHG", 2020, 2030, -90.0),
    "construction": ("", "organisation", "GHG", NONE, 2030, -50.0),
    "agriculture": ("agriculture", "territory", "GHG", 1990, 2030, -30.0),
    "waste": ("waste", "territory", "GHG", 1990, 2030, -85.0),
    "public_consumption": ("", "organisation", "GHG", NONE, 2030, -50.0),
    "private_consumption": ("", "residents", "GHG", NONE, 2030, NONE),
}


def of(targets: pd.DataFrame, code: str, kind: str) -> pd.DataFrame:
    return targets[(targets["municipality_code"] == code) & (targets["target_kind"] == kind)]


def test_helsingborgs_nine_contract_targets(targets: pd.DataFrame) -> None:
    own = of(targets, "1283", "contract")
    columns = ["sector_codes", "boundary", "target_gas_basis", "baseline_year", "target_year", "target_pct"]
    found = {
        row["target_id"]: tuple(None if pd.isna(row[column]) else row[column] for column in columns)
        for _, row in own.iterrows()
    }
    assert found == CONTRACT
    assert set(own["trend_from_year"]) == {2015}
    assert set(own["source"]) == {"Klimatkontrakt 2030 Helsingborg 2025/26, 5.1"}


def test_the_contracts_own_table_agrees(targets: pd.DataFrame, shared_file: Callable[[str], Path]) -> None:
    with shared_file("facts/contract_targets_helsingborg.csv").open(encoding="utf-8-sig", newline="") as file:
        facts = {row["target_id"]: row for row in csv.DictReader(file)}
    del facts["residual"]  # what remains of the total at most: not a reduction
    own = of(targets, "1283", "contract").set_index("target_id")
    assert set(own.index) == set(facts)
    for target_id, fact in facts.items():
        row = own.loc[target_id]
        assert row["target_name_sv"] == fact["sector_sv"] and row["target_name_en"] == fact["sector_en"]
        assert row["boundary"] == fact["boundary"] and row["target_gas_basis"] == fact["gas_basis"]
        assert row["source"] == fact["source"] and row["target_year"] == int(fact["target_year"])
        baseline = fact["baseline_year"]
        assert pd.isna(row["baseline_year"]) if not baseline.isdigit() else row["baseline_year"] == int(baseline)
        pct = fact["reduction_pct"]
        assert pd.isna(row["target_pct"]) if not pct else row["target_pct"] == -float(pct)


def test_ten_generic_rows_for_each_of_290(targets: pd.DataFrame, reference: Reference) -> None:
    generic = targets[targets["target_kind"] == "generic"]
    assert set(generic.groupby("municipality_code").size()) == {10}
    assert set(generic["municipality_code"]) == set(reference.municipality_by_code)
    assert set(generic["target_id"]) == {"total", *ALL_NINE.split()}
    assert generic["target_year"].isna().all() and generic["target_pct"].isna().all()
    assert set(generic["baseline_year"]) == {1990} and set(generic["boundary"]) == {"territory"}
    own = generic[generic["municipality_code"] == "0114"].set_index("target_id")
    assert own.at["total", "sector_codes"] == ALL_NINE
    assert own.at["waste", "sector_codes"] == "waste"
    assert own.at["waste", "target_name_sv"] == "Avfall (inkl. avlopp)"


def test_a_target_of_no_reduction_is_a_plain_zero(tmp_path: Path, reference: Reference) -> None:
    shutil.copytree(MUNICIPALITIES, tmp_path / "municipalities")
    path = tmp_path / "municipalities" / "1283_helsingborg" / "municipality.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("reduction_pct: 30", "reduction_pct: 0"), encoding="utf-8")
    own = of(clean_targets(tmp_path / "municipalities", reference), "1283", "contract").set_index("target_id")
    assert str(own.at["agriculture", "target_pct"]) == "0.0"


def test_population_of_helsingborg(reference: Reference) -> None:
    frame = clean_population(MUNICIPALITIES, reference)
    own = frame[frame["municipality_code"] == "1283"].set_index("year")["population"]
    assert (own[2014], own[2023]) == (135344, 151306)
    assert str(frame["population"].dtype) == str(frame["year"].dtype) == "int64"


def test_population_of_all_is_there_without_any_folder(tmp_path: Path, reference: Reference) -> None:
    (tmp_path / "municipalities").mkdir()
    frame = clean_population(tmp_path / "municipalities", reference)
    assert set(frame["municipality_code"]) == set(reference.municipality_by_code)
    assert frame.set_index(["municipality_code", "year"]).at[("1280", 2025), "population"] == 367_924
