"""Emissions of residents' consumption: the model's figure, and times the residents."""

import pytest

from klimat_pipeline.clean.consumption_emissions import clean_consumption_emissions
from klimat_pipeline.clean.population import clean_population
from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline_tests.support.shared import REPOSITORY


def test_all_municipalities_have_a_figure_and_a_total() -> None:
    reference = load_reference(REPOSITORY / "data" / "reference")
    population = clean_population(REPOSITORY / "data" / "municipalities", reference)
    frame = clean_consumption_emissions(reference, population).set_index("municipality_code")
    assert set(frame.index) == set(reference.municipality_by_code)
    assert set(frame["boundary"]) == {"residents"}
    # Upplands Väsby: 5,318.2 kg in 2023; 50,495 residents in 2025, the nearest year that is known.
    row = frame.loc["0114"]
    assert (row["population_year"], row["population"]) == (2025, 50_495)
    assert row["emissions_per_resident_t_co2e"] == pytest.approx(5.3182)
    assert row["emissions_t_co2e"] == pytest.approx(5.3182 * 50_495)
    # Helsingborg's own folder gives 151,306 for 2023 itself.
    assert (frame.at["1283", "population_year"], frame.at["1283", "population"]) == (2023, 151_306)
