"""``klimat refresh --municipality 1280`` in the whole country: what is not shown is not computed, and no figure moves."""

import pytest

from klimat_pipeline.contracts import PUBLISHED
from klimat_pipeline_tests.pipeline.commands import Klimat
from klimat_pipeline_tests.support.default_refresh import Refresh
from klimat_pipeline_tests.support.shared import REPOSITORY

#: Tables that tell of the run.
OF_THE_RUN = ("data_quality", "run_manifest")


@pytest.fixture(scope="module")
def malmo(tmp_path_factory: pytest.TempPathFactory) -> Klimat:
    klimat = Klimat(tmp_path_factory.mktemp("data"), (("KLIMAT_PROJECT_DIR", str(REPOSITORY)),))
    answer = klimat("refresh", "--municipality", "1280")
    assert answer.code == 0, answer.text
    return klimat


def test_its_figures_are_those_of_a_run_for_all(malmo: Klimat, default_refresh: Refresh) -> None:
    """Ranks, forecasts and the nation rest on everybody."""
    for_all = Klimat(default_refresh.data)
    for name, contract in PUBLISHED.items():
        if name in OF_THE_RUN:
            continue
        columns = [column for column in contract.column_names if column not in ("publication_id", "run_id")]
        query = f"SELECT {', '.join(columns)} FROM {name}"
        whose = "WHERE municipality_code = '1280'" if "municipality_code" in columns else ""
        if name == "area_totals":
            whose += " OR municipality_code IS NULL"
        assert sorted(map(repr, malmo.rows(query))) == sorted(map(repr, for_all.rows(f"{query} {whose}"))), name
    assert malmo.one("SELECT count(*) FROM sector_indicators") > 200


def test_indicators_of_others_are_not_computed(malmo: Klimat) -> None:
    from klimat_pipeline.storage import TableStore

    store = TableStore(malmo.data / "intermediate")
    for key in (
        "indicators/sector_indicators",
        "inventory/inventory_territory",
        "indicators/provenance",
        "scenarios/pathways",
    ):
        assert set(store.read(key)["municipality_code"]) == {"1280"}, key
    assert store.read("indicators/municipality_comparison")["municipality_code"].nunique() == 290


def test_remarks_are_about_it_and_the_nation(malmo: Klimat, default_refresh: Refresh) -> None:
    others = malmo.rows("SELECT DISTINCT area_code FROM area_totals WHERE area_level = 'municipality'")
    assert others == [("1280",)]
    query = "SELECT offending_keys FROM data_quality WHERE outcome = 'failed' AND offending_keys LIKE '%ipality_code=%'"
    assert all("municipality_code=1280" in keys for (keys,) in malmo.rows(query))
    assert any("municipality_code=1280" not in keys for (keys,) in Klimat(default_refresh.data).rows(query))
