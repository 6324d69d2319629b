"""SCB's residents from a real server on the loopback interface; the figures are invented."""

from pathlib import Path

import pytest

from klimat_pipeline.clean.population import clean_population, with_fetched
from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.errors import ConfigurationError, SourceError
from klimat_pipeline.operations.inputs import inputs
from klimat_pipeline.operations.series_intake import add_to_series, fetch_series
from klimat_pipeline.raw.scb import read_residents
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.scb import ScbTable, scb_tables
from klimat_pipeline.sources.series import POPULATION, newest
from klimat_pipeline.sources.state import read_states
from klimat_pipeline_tests.faults.test_http_source import patient
from klimat_pipeline_tests.support import misbehaving_server as server
from klimat_pipeline_tests.support.misbehaving_server import MisbehavingServer
from klimat_pipeline_tests.support.price_answers import answer, encoded

TABLE = scb_tables(Settings().reference_dir, POPULATION)["residents"]
#: Of the table in the unit that the service states.
ASKED = ScbTable(**{name: getattr(TABLE, name) for name in ScbTable.__slots__} | {"unit": "antal"})
#: The nation, a county, two municipalities, one that is no more; Nykvarn (0140) did not exist in 1998.
REGIONS = {
    "00": [8_000_000, 10_500_000],
    "12": [1_100_000, 1_400_000],
    "1283": [116_000, 150_000],
    "0140": [0, 11_000],
    "1269": [None, None],
    "1234": [500, None],
}
SOUND = encoded(answer(ASKED, REGIONS, ["1998", "2023"]), mark=True)


def settings(tmp_path: Path, source: MisbehavingServer | None = None) -> Settings:
    return patient(data_dir=tmp_path, scb_url=source.url if source else "http://127.0.0.1:1/")


def test_fetched_residents_count_for_every_year_that_they_have(tmp_path: Path) -> None:
    with MisbehavingServer([server.ok(SOUND)]) as source:
        chosen = settings(tmp_path, source)
        before = inputs(chosen)
        (taken,) = fetch_series(chosen, POPULATION)
        (asked,) = source.requests
    assert (asked.method, asked.target.rpartition("/")[2]) == ("POST", "BefolkningNy")
    assert b'"Region", "selection": {"filter": "all", "values": ["*"]}' in asked.body
    assert inputs(chosen) != before, "an unchanged refresh sees them"
    reference = load_reference(chosen.reference_dir)
    found = with_fetched(reference, chosen).population.set_index(["municipality_code", "year"])
    assert found.loc[("1283", 1998), "population"] == 116_000
    assert found.loc[("0140", 2023), "source"] == f"{TABLE.source}; snapshot {taken.snapshot.release_id}"
    assert ("0140", 1998) not in found.index and ("1234", 1998) not in found.index and ("00", 1998) not in found.index
    shipped = reference.population.set_index(["municipality_code", "year"])
    assert found.loc[("1280", 2025), "population"] == shipped.loc[("1280", 2025), "population"]
    # The folder's own figure of 2023 goes before SCB's.
    cleaned = clean_population(chosen.municipalities_dir, with_fetched(reference, chosen))
    own = cleaned.set_index(["municipality_code", "year"]).loc[("1283", 2023)]
    assert own["population"] != 150_000 and "SCB BE0101" not in own["source"]


def test_a_table_by_months_gives_the_ends_of_years() -> None:
    content = encoded(answer(ASKED, {"1283": [1, 2, 3]}, ["2024M11", "2024M12", "2025M01"]))
    assert read_residents(content, "a.json", TABLE) == ("2026-10-14", {"1283": {2024: 2}})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html>maintenance", "no JSON but something else"),
        (encoded(answer(ASKED, {"1283": [10.5]}, ["2023"])), "10.5 for 1283 in 2023 is no number of persons"),
        (encoded(answer(ASKED, {"1283": [-1]}, ["2023"])), "-1 for 1283 in 2023 is no number of persons"),
        (encoded(answer(ASKED, {"1283": [1]}, ["2023K4"])), "'2023K4' is no year"),
        (encoded(answer(ASKED, {"1283": [1]}, ["2023M06"])), "the end of no year"),
        (
            encoded(answer(ScbTable("p", "p", "Region", "*", "BE0101N1", "procent", ""), {"1283": [1]}, ["2023"])),
            "unit",
        ),
        (
            encoded(answer(ScbTable("p", "p", "Kon", "*", "BE0101N1", "antal", ""), {"1": [1]}, ["2023"])),
            "variables Kon",
        ),
    ],
)
def test_another_answer_is_refused_and_the_shipped_table_stays(tmp_path: Path, content: bytes, said: str) -> None:
    with MisbehavingServer([server.ok(content)]) as source:
        chosen = settings(tmp_path, source)
        with pytest.raises(SourceError, match="population.csv stays in use") as caught:
            fetch_series(chosen, POPULATION)
    assert said in str(caught.value)
    assert not newest(chosen, POPULATION)
    assert read_states(chosen.series_dir(POPULATION))["residents"].last_error


def test_an_answer_saved_by_hand(tmp_path: Path) -> None:
    file = tmp_path / "saved.json"
    file.write_bytes(SOUND)
    chosen = settings(tmp_path / "data")
    assert add_to_series(chosen, POPULATION, "residents", file).is_new
    assert not add_to_series(chosen, POPULATION, "residents", file).is_new
    with pytest.raises(ConfigurationError, match="no such table; data/reference/scb_tables.csv has residents"):
        add_to_series(chosen, POPULATION, "kpi_total", file)
