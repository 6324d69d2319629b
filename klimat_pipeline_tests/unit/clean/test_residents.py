"""Which year's population a figure per resident is divided by."""

import pandas as pd
import pytest

from klimat_pipeline.clean.residents import with_residents

POPULATION = pd.DataFrame(
    [("1283", 2015, 137_909), ("1283", 2023, 151_306), ("1283", 2025, 152_000), ("0180", 2025, 990_000)],
    columns=["municipality_code", "year", "population"],
)


@pytest.mark.parametrize(
    ("code", "year", "used"),
    [
        ("1283", 2023, 2023),
        ("1283", 2016, 2015),
        ("1283", 2018, 2015),
        ("1283", 2019, None),  # four years away
        ("1283", 2024, 2025),  # of two equally near the later
        ("0180", 2022, 2025),
        ("0180", 2021, None),
        ("9999", 2025, None),
    ],
)
def test_the_nearest_year_within_three(code: str, year: int, used: int | None) -> None:
    frame = pd.DataFrame({"municipality_code": [code], "year": [year], "emissions": [1.0]})
    found = with_residents(frame, POPULATION).iloc[0]
    if used is None:
        assert pd.isna(found["population"]) and pd.isna(found["population_year"])
    else:
        known = POPULATION.set_index(["municipality_code", "year"])["population"]
        assert (found["population_year"], found["population"]) == (used, known[code, used])


def test_every_row_stays_and_in_its_place() -> None:
    frame = pd.DataFrame({"municipality_code": ["9999", "1283", "1283"], "year": [2025, 2024, 2024], "row": [0, 1, 2]})
    assert with_residents(frame, POPULATION)["row"].tolist() == [0, 1, 2]
