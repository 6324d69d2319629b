"""The Riksbank's rates from a real server on the loopback interface, sound and misbehaving; the figures are invented."""

import json
from pathlib import Path
from typing import Any

import pytest

from klimat_pipeline.configuration.spend_factors import Rate
from klimat_pipeline.errors import ConfigurationError, SourceError
from klimat_pipeline.operations.series_intake import add_to_series, fetch_series, refresh_series
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.series import RATES, newest
from klimat_pipeline.sources.state import read_states
from klimat_pipeline.spend.footprint.prices import current_reference
from klimat_pipeline.spend.ledger.rates import current_rates, shipped_rates
from klimat_pipeline_tests.faults.test_http_source import patient
from klimat_pipeline_tests.support import misbehaving_server as server
from klimat_pipeline_tests.support.misbehaving_server import MisbehavingServer

#: In the order in which they are asked for.
CURRENCIES = ["DKK", "EUR", "GBP", "NOK", "USD"]


def row(year: int, mean: object, *, first: str = "01-02", last: str = "12-30") -> dict[str, Any]:
    """A year as the service writes it."""
    days = {"from": f"{year}-{first}", "to": f"{year}-{last}"}
    return {"year": year, "seqNr": 1, **days, "average": mean, "observationCount": 250}


def body(*rows: dict[str, Any]) -> bytes:
    return json.dumps(rows).encode()


#: One answer a currency: a whole year at a rate of its own, and a year that is not over.
ANSWERS = {
    "DKK": body(row(2023, 150.0)),  # for 100 kroner, as the service may quote them
    "EUR": body(row(2023, 11.5), row(2024, 11.4), row(2025, 11.0), row(2026, 9.9, last="11-25")),
    "GBP": body(row(2023, 13.0)),
    "NOK": body(row(2023, 1.0)),
    "USD": body(row(2023, 10.5)),
}


def settings(tmp_path: Path, source: MisbehavingServer | None = None, **changed: Any) -> Settings:
    url = source.url if source else "http://127.0.0.1:1/"
    return patient(data_dir=tmp_path, riksbank_url=url, **changed, scb_url="http://127.0.0.1:1/")


def sound() -> MisbehavingServer:
    return MisbehavingServer([server.ok(ANSWERS[currency]) for currency in CURRENCIES])


def test_whole_years_are_taken_for_one_unit_and_used_everywhere(tmp_path: Path) -> None:
    with sound() as source:
        chosen = settings(tmp_path, source)
        assert [taken.is_new for taken in fetch_series(chosen, RATES)] == [True] * 5
        asked = [request.target.rsplit("/", 4)[1:] for request in source.requests]
    assert asked[1] == ["ObservationAggregates", "SEKEURPMI", "Y", "1994-01-01"]
    rates = current_rates(chosen)
    found = rates.of("EUR", 2023)
    assert found is not None
    assert found.sek_per_unit == 11.5
    assert found.source.startswith("Sveriges Riksbank, annual mean; snapshot riksbank-eur-2025-12-31")
    krona = rates.of("DKK", 2023)
    assert krona is not None
    assert krona.sek_per_unit == 1.5
    assert rates.of("EUR", 2026) == rates.of("EUR", 2025), "2026 is not over: the last whole year stands in"
    shipped = shipped_rates(chosen.reference_dir)
    assert rates.of("EUR", 2015) == shipped.of("EUR", 2015), "what was not fetched stays"
    assert repr(current_reference(chosen).rates) == repr(rates), "door and factors have one source"


def test_the_same_answer_twice_is_one_snapshot(tmp_path: Path) -> None:
    for is_new in (True, False):
        with sound() as source:
            assert {taken.is_new for taken in fetch_series(settings(tmp_path, source), RATES)} == {is_new}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html>maintenance", "no JSON but something else, beginning with '<html>maintenance'"),
        (b'{"statusCode": 429, "message": "Rate limit is exceeded"}', "no list of years"),
        (b"[]", "no list of years"),
        (body(row(2023, 11.5, last="06-30")), "no whole year"),
        (body(row(2023, "11,5")), "field average is '11,5'"),
        (body(row(2023, -1)), "field average is -1"),
        (body(row(2023, 0.087)), "neither for 1 nor for 100 units"),
        (body({"year": 2023, "average": 11.5}), "field from is None"),
    ],
)
def test_another_answer_is_refused_and_the_shipped_table_stays(tmp_path: Path, content: bytes, said: str) -> None:
    answers = {**ANSWERS, "EUR": content}
    with MisbehavingServer([server.ok(answers[currency]) for currency in CURRENCIES]) as source:
        chosen = settings(tmp_path, source)
        with pytest.raises(SourceError, match="exchange_rates.csv stays in use") as caught:
            fetch_series(chosen, RATES)
    assert said in str(caught.value)
    assert set(newest(chosen, RATES)) == set(CURRENCIES) - {"EUR"}
    assert read_states(chosen.series_dir(RATES))["EUR"].last_error


def test_a_silent_source_stops_no_refresh_and_the_last_snapshot_stays(tmp_path: Path) -> None:
    with sound() as source:
        fetch_series(settings(tmp_path, source), RATES)
    said: list[str] = []
    with MisbehavingServer([server.status("404 Not Found")]) as source:
        chosen = settings(tmp_path, source)
        assert refresh_series(chosen, log=said.append) == []
        assert refresh_series(chosen.model_copy(update={"live_prices": False})) == []
    assert "EUR: going on with the last snapshot; silent for 0 days" in said
    assert len(newest(chosen, RATES)) == 5


def test_an_answer_saved_by_hand(tmp_path: Path) -> None:
    file = tmp_path / "saved.json"
    file.write_bytes(ANSWERS["EUR"])
    chosen = settings(tmp_path / "data")
    assert add_to_series(chosen, RATES, "EUR", file).is_new
    assert not add_to_series(chosen, RATES, "EUR", file).is_new
    with pytest.raises(ConfigurationError, match="no such currency; .* has DKK, EUR"):
        add_to_series(chosen, RATES, "XYZ", file)


def test_a_municipalitys_own_rate_goes_before_all(tmp_path: Path) -> None:
    own = Rate(year=2023, currency="EUR", sek_per_unit=12.0, source="ours")
    found = current_rates(settings(tmp_path)).with_own([own]).of("EUR", 2023)
    assert found is not None
    assert (found.sek_per_unit, found.source) == (12.0, "ours")


def test_the_last_rate_is_carried_forward_and_none_backward(tmp_path: Path) -> None:
    rates = current_rates(settings(tmp_path))
    carried = rates.of("EUR", 2031)
    assert carried is not None
    assert (carried.year, carried.sek_per_unit) == (2025, 11.0663)
    assert "second-hand" in carried.source
    assert rates.of("EUR", 1999) is None
    assert rates.of("XYZ", 2023) is None
