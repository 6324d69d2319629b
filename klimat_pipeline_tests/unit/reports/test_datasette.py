import pytest

from klimat_pipeline.contracts import MART
from klimat_pipeline.reports.datasette import Language, datasette_metadata


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_table_and_column_has_its_meaning_and_dimensions_their_label(language: Language) -> None:
    tables = datasette_metadata(language)["databases"]["klimat_mart"]["tables"]
    assert set(tables) == set(MART)
    for name, contract in MART.items():
        assert set(tables[name]["columns"]) == set(contract.column_names)
        assert all([tables[name]["description"], *tables[name]["columns"].values()])
        assert tables[name].get("label_column", "").endswith(f"_label_{language}") == name.startswith("dim_")
    assert tables["fact_emissions"]["columns"]["emissions_t_co2e"].endswith("[t CO2e]")
