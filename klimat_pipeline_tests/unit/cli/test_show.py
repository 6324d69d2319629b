"""Which municipality is meant by what somebody types."""

import sqlite3
from contextlib import closing

import pytest

from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.cli.show import _places, code_of
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline_tests.support.shared import REPOSITORY

REFERENCE = load_reference(REPOSITORY / "data" / "reference")
NAMES = REFERENCE.municipality_names


@pytest.mark.parametrize("typed", ["1280", "Malmö", "malmö", "MALMÖ", "malmo", "Malmo\u0308"])
def test_a_code_and_a_name_with_or_without_accents(typed: str) -> None:
    assert code_of(typed, NAMES) == ("1280", False)


@pytest.mark.parametrize(("typed", "code"), [("Habo", "0643"), ("habo", "0643"), ("Håbo", "0305"), ("HÅBO", "0305")])
def test_a_name_that_is_another_without_its_ring(typed: str, code: str) -> None:
    assert code_of(typed, NAMES) == (code, False)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        *((form, "0180") for form in ("180", "0180", " Stockholm ", "stockholms kommun", "STOCKHOLMS STAD")),
        *((form, "1280") for form in ("malmo stad", "Malmö kommun", "malmo\u0308 stad")),
        *((form, "0114") for form in ("114", "Upplands-Väsby", "upplands vasby", "upplands\u00a0väsby kommun")),
        *((form, "0305") for form in ("305", "Håbo kommun", "HA\u030aBO", "håbo")),
        ("Habo kommun", "0643"),
        ("Borås stad", "1490"),  # never Båstad
        ("boras stad", "1490"),
        ("Solna stad", "0184"),
        ("Göteborg stad", "1480"),
        ("Gothenburg", "1480"),
        ("Falu kommun", "2080"),
        ("Region Gotland", "0980"),
        ("Lilla Edets kommun", "1462"),
        ("dals ed", "1438"),
    ],
)
def test_names_as_people_and_offices_write_them(typed: str, code: str) -> None:
    assert code_of(typed, NAMES) == (code, False)


def test_a_name_that_is_near_two_places_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"'haabo' may be several .*0643.*0305|0305.*0643"):
        code_of("haabo", NAMES)


def test_names_that_are_equally_near_are_all_told() -> None:
    """One letter of each would have to change: none of them is the nearest."""
    with pytest.raises(ConfigurationError, match=r"'Hora' may be several municipalities \(.*nora.*mora"):
        code_of("Hora", NAMES)


@pytest.mark.parametrize(
    ("typed", "code"), [("Helsinborg", "1283"), ("Upplands-Vasby", "0114"), ("Stockhlom", "0180"), ("Gävlle", "2180")]
)
def test_a_misspelt_name_is_the_nearest(typed: str, code: str) -> None:
    assert code_of(typed, NAMES)[0] == code


@pytest.mark.parametrize("typed", ["", "Oslo", "Oslo kommun", "9999", "00", "kommun", "xyz"])
def test_a_name_that_is_near_none_is_refused(typed: str) -> None:
    with pytest.raises(ConfigurationError, match="no municipality is called"):
        code_of(typed, NAMES)


def test_every_municipality_is_found_by_its_own_name() -> None:
    by_code = REFERENCE.municipality_by_code
    assert len(by_code) == 290
    assert {code_of(name, NAMES) for name in by_code.values()} == {(code, False) for code in by_code}


@pytest.mark.parametrize(("population_year", "said"), [(2025, " (residents of 2025)"), (None, "")])
def test_a_figure_per_resident_says_whose_year_they_are(population_year: int | None, said: str) -> None:
    """9.82 t in 2024; the residents of 2018 are those of an earlier year's figure."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE sector_indicators (municipality_code, release_id, year, population_year)")
        rows = [("0191", "r", 2024, population_year), ("0191", "r", 2020, 2018), ("0114", "r", 2024, 2026)]
        database.executemany("INSERT INTO sector_indicators VALUES (?, ?, ?, ?)", rows)
        database.execute(
            "CREATE TABLE municipality_comparison AS SELECT '0191' AS municipality_code, 'r' AS release_id, 2024 AS year, "
            "'per_resident' AS indicator, 'Emissions per resident in 2024' AS indicator_text, 9.82 AS indicator_value, "
            "'t' AS indicator_unit, '2 of 3 with data' AS rank_text, 4.95 AS median_value, 1 AS is_headline, "
            "'total' AS target_id"
        )
        (line,) = _places(database, "0191")
    assert line == f"Emissions per resident in 2024{said}: 9.82 t, rank 2 of 3, median 4.95 t"
