"""SCB's price indices from a real server on the loopback interface that misbehaves: rows 1-3, 5, 6, 17, 19 and 28."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from klimat_pipeline.configuration.spend_factors import SpendFactors
from klimat_pipeline.errors import ConfigurationError, KlimatError, ProblemsError, SnapshotError, SourceError
from klimat_pipeline.operations.series_intake import add_to_series, fetch_series, refresh_series
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.scb import ScbTable, fetch
from klimat_pipeline.sources.series import PRICES, newest
from klimat_pipeline.sources.state import read_states
from klimat_pipeline.spend.footprint.prices import current_reference
from klimat_pipeline.spend.footprint.spend_factors import factor_table
from klimat_pipeline_tests.faults.test_http_source import patient
from klimat_pipeline_tests.support import misbehaving_server as server
from klimat_pipeline_tests.support.misbehaving_server import Answer, MisbehavingServer
from klimat_pipeline_tests.support.price_answers import ITPI, KPI, answer, encoded, months, steady

TIMES = months(2022, 2023)
SOUND = encoded(answer(KPI, {"00": [*steady(100.0, 12), *steady(110.0, 12)]}, TIMES), mark=True)
GROUPS = encoded(answer(ITPI, {"10": [*steady(100.0, 12), *steady(120.0, 12)], "C": steady(100.0, 24)}, TIMES))


def settings(tmp_path: Path, source: MisbehavingServer | None = None, **changed: Any) -> Settings:
    url = source.url if source else "http://127.0.0.1:1/"
    return patient(data_dir=tmp_path, scb_url=url, scb_url_v2=url, riksbank_url="http://127.0.0.1:1/", **changed)


def refused(content: Mapping[str, Any] | bytes, table: ScbTable = KPI) -> str:
    """What is said of an answer that came with status 200."""
    from klimat_pipeline.raw.scb import read_prices

    body = content if isinstance(content, bytes) else encoded(content)
    with pytest.raises(SourceError) as caught:
        read_prices(body, "answer.json", table)
    return str(caught.value)


@pytest.fixture(scope="module")
def fetched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a sound snapshot of both tables, to be copied."""
    folder = tmp_path_factory.mktemp("fetched")
    with MisbehavingServer([server.ok(SOUND), server.ok(GROUPS)]) as source:
        fetch_series(settings(folder, source), PRICES)
    return folder


def test_what_version_1_is_asked(tmp_path: Path) -> None:
    with MisbehavingServer([server.ok(GROUPS)]) as source:
        fetch(ITPI, settings(tmp_path, source))
        (asked,) = source.requests
    assert (asked.method, asked.target) == ("POST", "/api/getexcelfile/PR/PPI")
    assert asked.headers["content-type"] == "application/json"
    assert json.loads(asked.body) == {
        "query": [
            {"code": "SPIN2015", "selection": {"filter": "all", "values": ["*"]}},
            {"code": "ContentsCode", "selection": {"filter": "item", "values": ["000004XU"]}},
            {"code": "Tid", "selection": {"filter": "all", "values": ["*"]}},
        ],
        "response": {"format": "json-stat2"},
    }


def test_what_version_2_is_asked(tmp_path: Path) -> None:
    table = ScbTable("kpi_total", "TAB1", "VaruTjanstegrupp", "00", "0000080C", "index", "invented")
    with MisbehavingServer([server.ok(SOUND)]) as source:
        fetch(table, settings(tmp_path, source))
        (asked,) = source.requests
    path, _, query = asked.target.partition("?")
    assert (asked.method, path) == ("GET", "/api/getexcelfile/TAB1/data")
    assert "valueCodes%5BTid%5D=%2A" in query and "outputFormat=json-stat2" in query


def test_429_is_obeyed_then_the_answer_is_kept_and_used(tmp_path: Path) -> None:
    """Index 100 in 2022 and 110 in 2023: a krona of 2022 is 1.1 kronor of 2023; both values name the snapshot."""
    with MisbehavingServer([server.status("429 Too Many", Retry_After="0"), server.ok(SOUND), server.ok(GROUPS)]) as s:
        chosen = settings(tmp_path, s)
        taken = fetch_series(chosen, PRICES)
        assert len(s.requests) == 3
    assert [found.is_new for found in taken] == [True, True]
    table = factor_table([2022, 2023], current_reference(chosen), SpendFactors()).set_index(["year", "category"])
    assert table.loc[(2022, "textiles"), "deflator"] == pytest.approx(1.1)
    source = table.loc[(2022, "textiles"), "index_source"]
    assert taken[0].snapshot.release_id in source and source.startswith("SCB PR0101")


def test_the_same_answer_twice_is_one_snapshot_and_a_newer_one_counts(tmp_path: Path) -> None:
    later = encoded(
        answer(KPI, {"00": [*steady(100.0, 12), *steady(200.0, 12)]}, TIMES, updated="2026-11-14T06:00:00Z")
    )
    script = [server.ok(SOUND), server.ok(GROUPS), server.ok(SOUND), server.ok(GROUPS), server.ok(later)]
    with MisbehavingServer([*script, server.ok(GROUPS)]) as source:
        chosen = settings(tmp_path, source)
        assert [[found.is_new for found in fetch_series(chosen, PRICES)] for _ in range(3)] == [
            [True, True],
            [False, False],
            [True, False],
        ]
    table = factor_table([2022], current_reference(chosen), SpendFactors()).set_index("category")
    assert table.loc["textiles", "deflator"] == pytest.approx(2.0)
    assert sorted(newest(chosen, PRICES)) == ["itpi", "kpi_total"]


def test_a_product_group_deflates_its_category_and_consumer_prices_the_services(tmp_path: Path) -> None:
    """Group 10 rises by a fifth, consumer prices by a tenth; a group that did not come is an error or stated."""
    with MisbehavingServer([server.ok(SOUND), server.ok(GROUPS)]) as source:
        chosen = settings(tmp_path, source)
        said: list[str] = []
        fetch_series(chosen, PRICES, log=said.append)
    assert any("no group 17 for paper of itpi" in line for line in said)
    reference = current_reference(chosen)
    with pytest.raises(ProblemsError, match="price index itpi has no values for the group of paper: fetch it"):
        factor_table([2022], reference, SpendFactors(deflator="itpi", missing_index="error"))
    own = SpendFactors(deflator="itpi", missing_index="last_known")
    table = factor_table([2022], reference, own).set_index("category")
    assert table.loc["food_products", "deflator"] == pytest.approx(1.2)
    assert table.loc["education", ["deflator", "note"]].tolist() == [pytest.approx(1.1), ""]
    assert table.loc["paper", "deflator"] == pytest.approx(1.1)
    assert table.loc["paper", "note"] == "the general price index stands in for the category's own"


def test_a_year_that_is_not_whole_has_no_index(tmp_path: Path) -> None:
    """2023 ends in September: 2022 in its place, or an error where that was chosen."""
    times = months(2022, 2023, last=9)
    body = encoded(answer(KPI, {"00": [*steady(100.0, 12), *steady(110.0, 9)]}, times))
    with MisbehavingServer([server.ok(body), server.ok(GROUPS)]) as source:
        chosen = settings(tmp_path, source)
        fetch_series(chosen, PRICES)
    reference = current_reference(chosen)
    with pytest.raises(ProblemsError, match="price index kpi has no value for 2023: fetch it"):
        factor_table([2023], reference, SpendFactors(missing_index="error"))
    table = factor_table([2023], reference, SpendFactors(missing_index="last_known"))
    assert set(table["note"]) == {"price index of 2022 stands in for 2023"}


def test_before_anything_was_fetched_the_shipped_table_counts(tmp_path: Path) -> None:
    """403.70 / 371.91, as SCB has them; an index that is only fetched says what to do."""
    reference = current_reference(settings(tmp_path))
    table = factor_table([2022], reference, SpendFactors()).set_index("category")
    assert table.loc["textiles", "deflator"] == pytest.approx(403.70 / 371.91)
    assert table.loc["textiles", "index_source"] == "SCB konsumentprisindex, fastställda tal, 1980 = 100, annual mean"
    with pytest.raises(ConfigurationError, match="'itpi' has no values; known are itpi, kpi. Fetch it: klimat prices"):
        factor_table([2022], reference, SpendFactors(deflator="itpi"))


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ([server.status("429 Too Many", Retry_After="9999")], "status 429"),
        ([server.status("503 Service Unavailable")], "after 3 tries"),
        ([server.html("<html><title>Underhåll</title>")], "no JSON but something else of type text/html"),
        ([server.ok(b"")], "empty"),
        ([server.ok(b'{"error": "too many cells"}')], "no dataset in JSON-stat 2"),
        ([server.cut_short(SOUND[:200], len(SOUND))], "after 3 tries"),
        ([server.drip()], "deadline"),
        ([server.endless], "larger than the limit"),
        ([server.status("400 Bad Request")], "status 400"),
    ],
    ids=["429", "503", "html", "empty", "error", "cut", "drip", "endless", "400"],
)
def test_a_useless_answer_is_refused_and_the_last_snapshot_stays(
    fetched: Path, tmp_path: Path, script: list[Answer], said: str
) -> None:
    shutil.copytree(fetched, tmp_path, dirs_exist_ok=True)
    with MisbehavingServer(script) as source:
        # Only what never ends has to be cut; the others have all the time that a busy machine needs.
        chosen = settings(tmp_path, source, http_deadline_s=1.0 if said == "deadline" else 90.0)
        lines: list[str] = []
        assert fetch_series(chosen, PRICES, log=lines.append) == []
    assert said in "\n".join(lines)
    assert "kpi_total: going on with the last snapshot; silent for 0 days" in lines
    assert "klimat prices add" in lines[1] or "Check the address" in lines[1] or "limit" in lines[1]
    assert read_states(chosen.series_dir(PRICES))["kpi_total"].last_error
    assert len(newest(chosen, PRICES)) == 2


def test_a_source_that_never_answered_stops_and_says_what_stays_in_use(tmp_path: Path) -> None:
    with MisbehavingServer([server.status("404 Not Found")]) as source:
        with pytest.raises(SourceError, match=r"status 404 .*\n.*status 404 .*\nThe shipped table .* stays in use"):
            fetch_series(settings(tmp_path, source), PRICES)
        assert len(source.requests) == 2


def test_other_columns_contents_units_and_groups_are_refused() -> None:
    whole = {"00": steady(100.0, 24)}
    other = ScbTable("kpi_total", "p", "Region", "00", "0000080C", "index", "invented")
    assert "variables Region, ContentsCode, Tid; expected VaruTjanstegrupp" in refused(answer(other, whole, TIMES))
    change = ScbTable("kpi_total", "p", "VaruTjanstegrupp", "00", "00000804", "index", "invented")
    assert "contents 00000804; asked for was 0000080C" in refused(answer(change, whole, TIMES))
    percent = ScbTable("kpi_total", "p", "VaruTjanstegrupp", "00", "0000080C", "procent", "invented")
    assert "unit is 'procent'; expected 'index'" in refused(answer(percent, whole, TIMES))
    assert "no VaruTjanstegrupp 00" in refused(answer(KPI, {"01": steady(100.0, 24)}, TIMES))


def test_gaps_and_figures_that_are_no_index_are_refused() -> None:
    holed = [*steady(100.0, 5), None, *steady(100.0, 18)]
    assert "has a gap: no value for 2022M06, though there is one for 2022M07" in refused(
        answer(KPI, {"00": holed}, TIMES)
    )
    without = [time for time in TIMES if time != "2022M12"]
    assert "no value for 2022M12" in refused(answer(KPI, {"00": steady(100.0, 23)}, without))
    for wrong in (-1.0, 0, "112,5", True, float("inf")):
        assert "is no index" in refused(answer(KPI, {"00": [*steady(100.0, 23), wrong]}, TIMES))
    assert "no value at all" in refused(answer(KPI, {"00": [None] * 24}, TIMES))
    assert "'2022' is no month" in refused(answer(KPI, {"00": [100.0]}, ["2022"]))
    assert "23 values, its size says 24" in refused(answer(KPI, {"00": steady(100.0, 24)}, TIMES, value=[1.0] * 23))
    assert "not built as JSON-stat 2" in refused(answer(KPI, {"00": [100.0]}, TIMES[:1], dimension={}))
    assert "no JSON" in refused(b"[" * 100_000)


def test_an_answer_saved_by_hand(tmp_path: Path) -> None:
    file = tmp_path / "saved.json"
    file.write_bytes(SOUND)
    chosen = settings(tmp_path / "data")
    assert add_to_series(chosen, PRICES, "kpi_total", file).is_new
    assert not add_to_series(chosen, PRICES, "kpi_total", file).is_new
    with pytest.raises(SourceError, match=r"saved.json: it has the variables VaruTjanstegrupp"):
        add_to_series(chosen, PRICES, "itpi", file)
    with pytest.raises(ConfigurationError, match="no such table; .* has itpi, kpi_total"):
        add_to_series(chosen, PRICES, "hmpi", file)
    with pytest.raises(SnapshotError, match="cannot be read"):
        add_to_series(chosen, PRICES, "kpi_total", tmp_path / "none.json")


def test_a_sparse_answer_reads_as_a_full_one() -> None:
    """JSON-stat may give values by position, and one code without its index."""
    from klimat_pipeline.raw.scb import read_prices

    found = answer(KPI, {"00": [100.0, 101.0]}, ["2022M01", "2022M02"], value={"0": 100.0, "1": 101.0})
    found["dimension"]["VaruTjanstegrupp"] = {"category": {"label": {"00": "Totalt"}}}
    read = read_prices(encoded(found), "answer.json", KPI)
    assert read.months == {"00": {(2022, 1): 100.0, (2022, 2): 101.0}}
    assert read.updated_on == "2026-10-14"


def test_a_live_refresh_asks_for_prices_and_goes_on_without(tmp_path: Path) -> None:
    """One of two tables answers; then none does, and its last snapshot and the shipped table stay in use."""
    said: list[str] = []
    with MisbehavingServer([server.ok(SOUND), server.status("404 Not Found")]) as source:
        chosen = settings(tmp_path, source)
        assert refresh_series(chosen.model_copy(update={"live_prices": False}), log=said.append) == []
        assert not source.requests and not said
        refresh_series(chosen, log=said.append)
        assert len(source.requests) == 3, "two tables of prices, one of residents"
    assert set(newest(chosen, PRICES)) == {"kpi_total"}
    assert "The shipped table data/reference/price_index.csv stays in use" in "\n".join(said)
    said.clear()
    assert refresh_series(settings(tmp_path), log=said.append) == []
    assert any("kpi_total: going on with the last snapshot" in line for line in said)
    index = current_reference(chosen).price_index
    assert set(index.loc[index["index_id"] == "kpi", "year"]) == {2022, 2023}


@pytest.mark.parametrize("way", ["cli", "job"])
def test_one_setting_makes_the_refresh_live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """KLIMAT_LIVE asks the emissions' source and that of prices, by the command and by the schedule's job."""
    from klimat_pipeline.operations import intake, series_intake

    asked: list[str] = []

    def emissions(*_: object, **__: object) -> list[object]:
        asked.append("emissions")
        return []

    def prices(*_: object, **__: object) -> list[object]:
        asked.append("prices")
        raise KlimatError("far enough")

    monkeypatch.setattr(intake, "fetch_all", emissions)
    monkeypatch.setattr(series_intake, "refresh_series", prices)
    monkeypatch.setenv("KLIMAT_LIVE", "1")
    monkeypatch.setenv("KLIMAT_DATA_DIR", str(tmp_path))
    if way == "cli":
        from typer.testing import CliRunner

        from klimat_pipeline.cli.main import app

        CliRunner().invoke(app, ["refresh"])
    else:
        import dagster as dg

        from klimat_pipeline.defs.assets.sources import smhi_snapshots
        from klimat_pipeline.defs.resources import Project
        from klimat_pipeline.defs.workers import Workers

        with pytest.raises(dg.Failure, match="far enough"):
            dg.materialize([smhi_snapshots], resources={"project": Project(), "workers": Workers()})
    assert asked == ["emissions", "prices"]
