"""From the source's names to codes: what is known in any spelling is coded, what is not is named with its place."""

import pandas as pd
import pytest

from klimat_pipeline.clean.naming import with_codes
from klimat_pipeline.clean.reference import Reference, load_reference
from klimat_pipeline.errors import UnknownNameError
from klimat_pipeline_tests.support.shared import REPOSITORY

SHEET = "Växthusgaser totalt (GGT)"
Line = tuple[str, str, str, str]
HELSINGBORG: Line = ("Transporter", "Alla", "Skåne län", "Helsingborg")


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference(REPOSITORY / "data" / "reference")


def raw(*lines: Line) -> pd.DataFrame:
    """The lines from row 7 on, one year each."""
    return pd.DataFrame(
        [
            {
                "release_id": "smhi-ggt-2026",
                "sheet": SHEET,
                "source_row": 7 + i,
                "source_column": "E",
                "main_sector_sv": main,
                "subsector_sv": sub,
                "county_sv": county,
                "municipality_sv": municipality,
                "substance": "GGT",
                "unit_sv": "ton CO2-ekv/år",
                "year": 1990,
                "value": 1.5,
            }
            for i, (main, sub, county, municipality) in enumerate(lines)
        ]
    )


def coded(reference: Reference, *lines: Line) -> list[tuple[str, str, str, str]]:
    frame = with_codes(raw(*lines), reference)
    columns = ["area_level", "area_code", "sector_code", "subsector_code"]
    return [tuple(row) for row in frame[columns].itertuples(index=False)]


def refusal(reference: Reference, *lines: Line) -> str:
    with pytest.raises(UnknownNameError) as caught:
        with_codes(raw(*lines), reference)
    return str(caught.value)


def test_levels_and_totals(reference: Reference) -> None:
    assert coded(
        reference,
        ("Alla", "Alla", "Alla", "Alla"),
        ("Transporter", "Alla", "Skåne län", "Alla"),
        HELSINGBORG,
        ("Transporter", "Personbilar", "Skåne län", "Helsingborg"),
        ("Alla", "Alla", "Stockholms län", "Upplands Väsby"),
    ) == [
        ("nation", "00", "total", "total"),
        ("county", "12", "transport", "total"),
        ("municipality", "1283", "transport", "total"),
        ("municipality", "1283", "transport", "passenger_cars"),
        ("municipality", "0114", "total", "total"),
    ]


def test_the_raw_columns_stay_as_they_are(reference: Reference) -> None:
    before = raw(HELSINGBORG)
    after = with_codes(before, reference)
    pd.testing.assert_frame_equal(after[before.columns], before)
    assert set(after.columns) - set(before.columns) == {"area_level", "area_code", "sector_code", "subsector_code"}


@pytest.mark.parametrize(
    ("line", "sector", "subsector"),
    [
        (("Egen uppärmning av bostäder och lokaler", "Bostäder"), "heating", "dwellings"),
        (("Egen uppvärmning av bostäder och lokaler", "Bostäder"), "heating", "dwellings"),
        (("Avfall (inkl.avlopp)", "Avfallsdeponier"), "waste", "landfill"),
        (("Avfall (inkl. avlopp)", "Avfallsdeponier"), "waste", "landfill"),
        (("Transporter", "Slitage från vägbanan"), "transport", "road_wear"),
        (("Transporter", "Slitage fran vägbanan"), "transport", "road_wear"),
        (("transporter ", "Slitage  fra\u030an vägbanan"), "transport", "road_wear"),
        (("Transporter", "Avdunsting från vägfordon"), "transport", "evaporation"),
        (("Transporter", "Avdunstning fran vägfordon"), "transport", "evaporation"),
        (("Jordbruk", "Indirekta utsläpp av lustgas fran brukad mark"), "agriculture", "indirect_n2o"),
        (
            ("Arbetsmaskiner", "Industri- och byggsektorns arbetsmaskiner (inkl. vägarbeten)"),
            "machinery",
            "industry_construction_machinery",
        ),
        (("ALLA", "ALLA"), "total", "total"),
    ],
)
def test_spelling_variants(reference: Reference, line: tuple[str, str], sector: str, subsector: str) -> None:
    ((_, _, found_sector, found_subsector),) = coded(reference, (*line, "Skåne län", "Helsingborg"))
    assert (found_sector, found_subsector) == (sector, subsector)


@pytest.mark.parametrize(
    ("county", "municipality", "code"),
    [
        ("Dalarnas län", "Falun", "2080"),
        ("Dalarnas län", "Falu kommun", "2080"),
        ("Gotlands län", "Gotland", "0980"),
        ("Gotlands län", "Region Gotland", "0980"),
        ("Stockholms län", "Upplands-Väsby", "0114"),
        ("Stockholms\u00a0län", "Stockholms stad", "0180"),
        ("Ska\u030ane län", "Malmo\u0308 stad", "1280"),
        ("Jönköpings län", "Habo", "0643"),
        ("Uppsala län", "Håbo", "0305"),
        ("Uppsala län", "Ha\u030abo", "0305"),
        ("Uppsala län", "Heby", "0331"),
    ],
)
def test_places(reference: Reference, county: str, municipality: str, code: str) -> None:
    assert coded(reference, ("Alla", "Alla", county, municipality))[0][:2] == ("municipality", code)


def test_15_unknown_main_sector(reference: Reference) -> None:
    message = refusal(reference, HELSINGBORG, ("Transportar", "Alla", "Skåne län", "Lund"))
    assert message.startswith(
        f"smhi-ggt-2026, sheet '{SHEET}', row 8, column 'Huvudsektor': unknown main sector 'Transportar' "
        "(nearest known: 'Transporter')"
    )
    assert "add a row to data/reference/sector_aliases.csv; nothing is guessed" in message


def test_unknown_name_without_a_near_one(reference: Reference) -> None:
    message = refusal(reference, ("Xyzzy", "Alla", "Skåne län", "Lund"))
    assert "row 7" in message and "unknown main sector 'Xyzzy'; expected" in message


def test_unknown_county(reference: Reference) -> None:
    message = refusal(reference, HELSINGBORG, HELSINGBORG, ("Alla", "Alla", "Skaane län", "Lund"))
    assert f"sheet '{SHEET}', row 9, column 'Län': unknown county 'Skaane län'" in message
    assert "nearest known: 'Skåne län'" in message and "municipalities.csv" in message


@pytest.mark.parametrize("name", ["Helsingbårg", "Malmo", "Halsingborg"])
def test_unknown_municipality(reference: Reference, name: str) -> None:
    message = refusal(reference, HELSINGBORG, ("Alla", "Alla", "Skåne län", name))
    assert f"sheet '{SHEET}', row 8, column 'Kommun': unknown municipality '{name}'" in message
    near = "Malmö" if name == "Malmo" else "Helsingborg"
    assert f"(nearest known: '{near}')" in message and "municipality_aliases.csv" in message


@pytest.mark.parametrize(
    ("county", "name", "home"), [("Uppsala län", "Habo", "Jönköpings län"), ("Jönköpings län", "Håbo", "Uppsala län")]
)
def test_26_habo_is_in_another_county(reference: Reference, county: str, name: str, home: str) -> None:
    message = refusal(reference, HELSINGBORG, ("Alla", "Alla", county, name))
    assert f"row 8, column 'Kommun': '{name}' stands in '{county}', but {name} (" in message
    assert f"lies in {home}" in message


def test_heby_left_its_county(reference: Reference) -> None:
    assert "lies in Uppsala län" in refusal(reference, ("Alla", "Alla", "Västmanlands län", "Heby"))


def test_municipality_without_its_county(reference: Reference) -> None:
    assert "lies in Skåne län" in refusal(reference, ("Alla", "Alla", "Alla", "Helsingborg"))


def test_15_unknown_subsector_survives(reference: Reference) -> None:
    lines = [
        HELSINGBORG,
        ("Transporter", "Rymdfärjor", "Skåne län", "Helsingborg"),
        ("Industri (energi + processer)", "Vätgas (ny)", "Skåne län", "Helsingborg"),
        ("Jordbruk", "Personbilar", "Skåne län", "Helsingborg"),  # known, but not in this sector
    ]
    frame = with_codes(raw(*lines), reference)
    assert frame["subsector_code"].tolist() == [
        "total",
        "unmapped_rymdfarjor",
        "unmapped_vatgasny",
        "unmapped_personbilar",
    ]
    assert frame["sector_code"].tolist() == ["transport", "transport", "industry", "agriculture"]
    assert frame["value"].sum() == 6.0


def test_total_over_sectors_with_a_subsector(reference: Reference) -> None:
    message = refusal(reference, ("Alla", "Personbilar", "Skåne län", "Helsingborg"))
    assert "row 7, column 'Undersektor'" in message and "has a subsector 'Personbilar'; expected 'Alla'" in message
