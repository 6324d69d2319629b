"""What a newcomer's first ``klimat refresh`` makes, on the figures that the checkout carries."""

import csv
import io
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest
import yaml

from klimat_pipeline.contracts import PUBLISHED
from klimat_pipeline.settings import Settings
from klimat_pipeline.text import fold
from klimat_pipeline_tests.pipeline.commands import Answer, Klimat
from klimat_pipeline_tests.support.default_refresh import Refresh
from klimat_pipeline_tests.support.for_each import for_each

R2025, R2026 = "smhi-ggt-2025", "smhi-ggt-2026-06"
Files = dict[str, tuple[int, str]]


@dataclass(frozen=True)
class Refreshed:
    """A first refresh, and a second one with nothing new."""

    klimat: Klimat
    first: Answer
    published: Files
    intermediate: Files
    second: Answer


@pytest.fixture(scope="module")
def refreshed(default_refresh: Refresh, tmp_path_factory: pytest.TempPathFactory) -> Refreshed:
    klimat = Klimat(default_refresh.copy(tmp_path_factory.mktemp("default") / "data"), default_refresh.environment)
    published, intermediate = klimat.files(), klimat.files("intermediate")
    return Refreshed(klimat, default_refresh.answer, published, intermediate, klimat.apart("refresh"))


@pytest.fixture(scope="module")
def klimat(refreshed: Refreshed) -> Klimat:
    return refreshed.klimat


@pytest.fixture(scope="module")
def history(klimat: Klimat) -> Iterator[dg.DagsterInstance]:
    home = str(klimat.data / "dagster")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", home)
        with dg.DagsterInstance.from_config(home) as instance:
            yield instance


def indicator(klimat: Klimat, target: str, release: str, year: int, column: str) -> float:
    return klimat.one(
        f"SELECT {column} FROM sector_indicators WHERE municipality_code = '1283' AND target_kind = 'contract' "
        "AND target_id = ? AND release_id = ? AND year = ?",
        target,
        release,
        year,
    )


# -- the figures ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("release", "year", "tonnes", "pct"),
    [(R2025, 1990, 1_112_371.97, 0.0), (R2025, 2022, 466_573.41, -58.06), (R2026, 2024, 516_011.87, -52.28)],
)
def test_total_of_helsingborg_as_reported(klimat: Klimat, release: str, year: int, tonnes: float, pct: float) -> None:
    assert indicator(klimat, "total", release, year, "emissions_reported_t_co2e") == pytest.approx(tonnes, abs=0.005)
    assert indicator(klimat, "total", release, year, "change_reported_pct") == pytest.approx(pct, abs=0.005)


@pytest.mark.parametrize(
    ("target", "base", "pct"),
    [
        ("total", 1990, -52.3),
        ("energy", 2020, 13.5),
        ("agriculture", 1990, -23.2),
        ("waste", 1990, -80.7),
        ("industry", 1990, -73.8),
        ("transport", 1990, -12.5),
    ],
)
def test_change_of_every_target_in_the_newest_release(klimat: Klimat, target: str, base: int, pct: float) -> None:
    assert indicator(klimat, target, R2026, 2024, "change_pct") == pytest.approx(pct, abs=0.05)
    assert indicator(klimat, target, R2026, 2024, "baseline_year") == base


def test_total_has_not_fallen_since_2015(klimat: Klimat) -> None:
    assert indicator(klimat, "total", R2026, 2024, "trend_compound_pct_per_year") == pytest.approx(0.011, abs=0.0005)
    assert indicator(klimat, "total", R2026, 2024, "trend_from_year") == 2015


def test_status_line_and_gap_fit_together(klimat: Klimat) -> None:
    row = klimat.rows(
        "SELECT emissions_t_co2e, baseline_t_co2e, target_t_co2e, target_path_t_co2e, gap_t_co2e, status "
        "FROM sector_indicators WHERE municipality_code = '1283' AND target_id = 'total' AND release_id = ? "
        "AND year = 2024",
        R2026,
    )[0]
    emissions, base, target, path, gap, status = row
    assert target == pytest.approx(base * 0.15, abs=0.002)
    assert path == pytest.approx(base + (target - base) * (2024 - 1990) / (2030 - 1990), abs=0.002)
    assert gap == pytest.approx(emissions - path, abs=0.002)
    assert status == "behind"


def test_percentage_of_1990_is_never_shown_for_energy(klimat: Klimat) -> None:
    bases = klimat.rows(
        "SELECT DISTINCT baseline_year FROM sector_indicators WHERE target_id = 'energy' AND target_kind = 'contract'"
    )
    assert bases == [(2020,)]


@pytest.mark.parametrize("target", ["construction", "public_consumption", "private_consumption"])
def test_target_that_national_data_cannot_quantify_has_no_figure(klimat: Klimat, target: str) -> None:
    rows = klimat.rows(
        "SELECT status, emissions_t_co2e, change_pct, baseline_year FROM sector_indicators WHERE target_id = ?", target
    )
    assert set(rows) == {("no_data", None, None, None)}


def test_every_percentage_says_base_boundary_gases_and_release(klimat: Klimat) -> None:
    bare = klimat.rows(
        "SELECT count(*) FROM sector_indicators WHERE change_pct IS NOT NULL AND (baseline_year IS NULL "
        "OR boundary IS NULL OR gas_basis IS NULL OR gwp_set IS NULL OR release_id IS NULL)"
    )
    assert bare == [(0,)]


def test_releases_stand_side_by_side_and_the_newest_is_current(klimat: Klimat) -> None:
    assert klimat.rows("SELECT release_id, first_year, last_year, is_current FROM releases ORDER BY 1") == [
        (R2025, 1990, 2023, 0),
        (R2026, 1990, 2024, 1),
    ]
    assert klimat.rows("SELECT DISTINCT release_id FROM emissions WHERE is_current_release = 1") == [(R2026,)]


def test_embedded_snapshots_hold_the_facts_cell_by_cell(klimat: Klimat, shared_file: Callable[[str], Path]) -> None:
    with shared_file("facts/ned_ggt_helsingborg_and_sweden.csv").open(encoding="utf-8", newline="") as file:
        facts = {
            (f"smhi-ggt-{r['release']}", r["area_code"], fold(r["huvudsektor"]), int(r["year"])): float(
                r["emissions_t_co2e"]
            )
            for r in csv.DictReader(file)
        }
    raw = klimat.intermediate("raw/smhi_emissions")
    area = (
        raw["municipality_sv"]
        .map({"Helsingborg": "1283", "Alla": "00"})
        .where(raw["county_sv"].isin(["Alla", "Skåne län"]))
    )
    area = area.where((area != "00") | (raw["county_sv"] == "Alla"))
    held = dict(
        zip(
            zip(raw["release_id"], area, raw["main_sector_sv"].map(fold), raw["year"], strict=True),
            raw["value"],
            strict=True,
        )
    )
    # 312 areas (290 municipalities, 21 counties, the nation), nine sectors and their total, 13 and 10 years.
    assert len(raw) == 312 * 10 * (13 + 10)
    assert len(facts) == 414
    assert {key: held.get(key) for key in facts} == facts


def test_published_figures_are_the_facts(klimat: Klimat, shared_file: Callable[[str], Path]) -> None:
    names = {fold(name): code for code, name in klimat.rows("SELECT sector_code, sector_name_sv FROM sectors")}
    with shared_file("facts/ned_ggt_helsingborg_and_sweden.csv").open(encoding="utf-8", newline="") as file:
        facts = {
            (f"smhi-ggt-{r['release']}", r["area_code"], names[fold(r["huvudsektor"])], int(r["year"])): float(
                r["emissions_t_co2e"]
            )
            for r in csv.DictReader(file)
        }
    shown = klimat.rows(
        "SELECT release_id, municipality_code, sector_code, year, emissions_reported_t_co2e FROM emissions"
    )
    shown += klimat.rows("SELECT release_id, area_code, sector_code, year, emissions_reported_t_co2e FROM area_totals")
    held = {row[:4]: row[4] for row in shown}
    assert {key: held.get(key) for key in facts} == pytest.approx(facts, abs=0.0005)


def test_counties_are_the_sums_of_their_municipalities(klimat: Klimat) -> None:
    """Within what their decimals can make, every release, sector and year; 21 counties of 290 municipalities."""
    apart = klimat.rows(
        "SELECT release_id, county_code, sector_code, year, abs(own - printed) AS apart FROM ("
        "  SELECT e.release_id, m.county_code, e.sector_code, e.year, sum(e.emissions_reported_t_co2e) AS own,"
        "    (SELECT a.emissions_reported_t_co2e FROM area_totals a WHERE a.release_id = e.release_id"
        "     AND a.area_code = m.county_code AND a.sector_code = e.sector_code AND a.year = e.year) AS printed"
        "  FROM emissions e JOIN municipalities m USING (municipality_code) GROUP BY 1, 2, 3, 4) ORDER BY apart DESC"
    )
    assert len(apart) == 21 * 9 * (13 + 10)
    assert apart[0][-1] is not None and apart[0][-1] < 1.5
    assert klimat.one("SELECT count(DISTINCT municipality_code) FROM emissions") == 290


# -- checks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", ["counties_equal_municipalities", "nation_equals_counties", "coverage"])
def test_check_that_needs_all_municipalities_passes_on_them(klimat: Klimat, check: str) -> None:
    rows = klimat.rows("SELECT DISTINCT outcome FROM data_quality WHERE check_name = ?", check)
    assert rows == [("passed",)]


@pytest.mark.parametrize("check", ["counties_equal_municipalities", "nation_equals_counties", "coverage"])
def test_check_that_needs_all_municipalities_does_not_apply_to_one(small_refresh: Refresh, check: str) -> None:
    rows = Klimat(small_refresh.data).rows(
        "SELECT outcome, passed, message FROM data_quality WHERE check_name = ?", check
    )
    assert len(rows) == 2
    for outcome, passed, message in rows:
        assert (outcome, passed) == ("not_applicable", None)
        assert "1 of 290 municipalities" in message


def test_no_blocking_check_failed_and_remarks_are_complete(klimat: Klimat) -> None:
    assert klimat.rows("SELECT * FROM data_quality WHERE severity = 'ERROR' AND outcome = 'failed'") == []
    bare = klimat.rows(
        "SELECT check_name FROM data_quality WHERE outcome = 'failed' AND (observed = '' OR threshold = '' "
        "OR message = '' OR likely_cause = '' OR offending_count = 0)"
    )
    assert bare == []


def test_rise_of_transport_after_the_change_of_law_is_flagged_and_kept(small_refresh: Refresh) -> None:
    small = Klimat(small_refresh.data)
    (message,) = [
        text
        for (text,) in small.rows("SELECT message FROM data_quality WHERE check_name = 'year_jumps' AND passed = 0")
    ]
    assert "transport" in message and "2024" in message and "+26.2 %" in message


def test_years_that_the_new_release_dropped_are_named(klimat: Klimat) -> None:
    dropped = klimat.one("SELECT observed FROM data_quality WHERE check_name = 'dropped_years'")
    assert dropped == "2016, 2017, 2018, 2019"


# -- what is published ------------------------------------------------------------------------------------------------


def test_terminal_says_what_is_ahead(refreshed: Refreshed) -> None:
    """(162,186.7 - 516,011.9) / 6 years; 1 - 191,054 / 1,143,256 is 83.3 per cent less."""
    said = " ".join(refreshed.first.text.split())
    assert (
        "162,187 t in 2030 takes -58,971 t a year; met in <1 of 100 futures on trend, in <1 to 53 with all actions"
        in said
    )
    assert "printed plan 2030: 191,054 t left (-83.3 %, at least -85 % asked for), 65,004 t short of neutral" in said


def test_what_is_said_at_the_end_fits_a_terminal(klimat: Klimat) -> None:
    """24 lines, the bar of progress and the prompt among them; a line on the country, the rest one command away."""
    from rich.console import Console

    from klimat_pipeline.cli.report import closing_table, whereabouts

    settings = Settings(data_dir=klimat.data)
    console = Console(width=120, file=io.StringIO(), highlight=False)
    console.print(closing_table(settings))
    lines = [*console.file.getvalue().splitlines(), *whereabouts(settings)]
    assert len(lines) <= 23
    # 47,649,263.88 / 71,000,515.07 in the facts.
    assert any(line.startswith(f"Sweden 2024, {R2026}: 47,649,264 t CO2e, -32.9 % since 1990; 290") for line in lines)
    assert any("(klimat checks)" in line for line in lines)


def test_terminal_says_what_was_made_and_where(refreshed: Refreshed) -> None:
    for words in ("516,012", "-52.3 %", "klimat.sqlite", "parquet", "pub-", "make ui"):
        assert words in refreshed.first.text


#: No shared plant has figures with a source yet: the register ships empty, its form as an invented example. The invented
#: ledger replaces no spend, is computed with one set of factors and was not refused.
WITHOUT_ROWS = {
    "facility_claims",
    "gases",
    "group_comparison",
    "land_use",
    "neutrality_by_allocation_key",
    "spend_refused",
    "spend_replaced",
    "spend_sensitivity",
    "traded_emissions",
}


@for_each(name=list(PUBLISHED))
def test_both_forms_hold_the_same_rows_of_one_publication(klimat: Klimat, name: str) -> None:
    names = PUBLISHED[name].column_names
    frame = klimat.parquet(name)
    assert list(frame.columns) == names
    keys = ", ".join(PUBLISHED[name].primary_key)
    in_sqlite = klimat.rows(f"SELECT {keys}, publication_id FROM {name} ORDER BY {keys}")
    ordered = frame.sort_values(list(PUBLISHED[name].primary_key))
    in_parquet = list(ordered[[*PUBLISHED[name].primary_key, "publication_id"]].itertuples(index=False, name=None))
    assert in_sqlite == in_parquet
    assert bool(in_sqlite) == (name not in WITHOUT_ROWS)
    assert {row[-1] for row in in_sqlite} == ({klimat.latest.name} if in_sqlite else set())


def test_columns_of_the_file_are_those_of_the_contracts(klimat: Klimat) -> None:
    for name, contract in PUBLISHED.items():
        assert [row[1] for row in klimat.rows(f"PRAGMA table_info({name})")] == contract.column_names


def test_manifest_names_every_input(klimat: Klimat, project: Path) -> None:
    items = {
        (kind, name): sha for kind, name, sha in klimat.rows("SELECT item_kind, item_name, sha256 FROM run_manifest")
    }
    assert {name for kind, name in items if kind == "snapshot"} == {R2025, R2026}
    assert ("configuration", "municipalities/1283_helsingborg/municipality.yaml") in items
    assert {name for kind, name in items if kind == "table"} == set(PUBLISHED) - {"run_manifest"}
    # Libraries are named by their versions; whatever is a file has its hash.
    files = {item: sha for item, sha in items.items() if item != ("code", "libraries")}
    assert all(sha for (kind, _), sha in files.items() if kind in {"snapshot", "configuration", "code"})


def test_no_municipality_code_is_a_county_or_the_nation(klimat: Klimat) -> None:
    for name, contract in PUBLISHED.items():
        if "municipality_code" in contract.column_names:
            odd = klimat.rows(
                f"SELECT DISTINCT municipality_code FROM {name} WHERE municipality_code IS NOT NULL "
                "AND municipality_code NOT IN (SELECT municipality_code FROM municipalities)"
            )
            # The invented example stands in the spend analysis, and with its purchases in scope 3 of an organisation.
            allowed = name.startswith("spend_") or name in ("scope_indicators", "provenance")
            assert odd in ([], [("9999",)]) if allowed else odd == [], name


def test_invented_ledger_is_read_and_balances(klimat: Klimat) -> None:
    """2,503 lines (data/municipalities/9999_example/ledger/README.md), each in one place; nobody's number anywhere."""
    lines = "SELECT sum(ledger_lines) FROM spend_reconciliation WHERE municipality_code = '9999'"
    assert klimat.one(lines) == 2503
    # README: three lines do not pass; 100.00 and 250.50 of them can be told.
    assert klimat.rows("SELECT count(*), sum(amount_ore) FROM spend_quarantine") == [(3, 35050)]
    held = klimat.one("SELECT sum(amount_ore) FROM spend_files")
    assert klimat.one("SELECT sum(amount_ore) FROM spend_reconciliation") == held
    assert {"classified", "unmapped", "grants", "wages", "interest"} <= {
        rule for (rule,) in klimat.rows("SELECT DISTINCT rule FROM spend_reconciliation")
    }


def test_no_totals_among_the_emissions(klimat: Klimat) -> None:
    assert klimat.one("SELECT count(*) FROM emissions WHERE sector_code NOT IN (SELECT sector_code FROM sectors)") == 0
    assert klimat.one("SELECT count(DISTINCT sector_code) FROM emissions") == 9


def test_data_package_describes_every_table(klimat: Klimat) -> None:
    package = json.loads((klimat.latest / "datapackage.json").read_text(encoding="utf-8"))
    assert {resource["name"] for resource in package["resources"]} >= set(PUBLISHED)


# -- Dagster's side ---------------------------------------------------------------------------------------------------


def test_run_is_in_dagsters_history_under_the_manifests_id(klimat: Klimat, history: dg.DagsterInstance) -> None:
    (run,) = history.get_runs()
    assert run.job_name == "nightly_refresh"
    assert run.status == dg.DagsterRunStatus.SUCCESS
    assert run.tags["klimat/run_id"] == klimat.one("SELECT DISTINCT run_id FROM run_manifest")
    assert run.tags["klimat/publication_id"] == klimat.latest.name


def test_asset_pages_show_rows_preview_and_plot(history: dg.DagsterInstance) -> None:
    event = history.get_latest_materialization_event(dg.AssetKey(["indicators", "sector_indicators"]))
    metadata = event.asset_materialization.metadata
    assert metadata["dagster/row_count"].value > 0
    assert metadata["preview"].value.splitlines()[2].startswith("| Helsingborg (1283) | total | 2024 | 516,011.87 |")
    assert "data:image/" in metadata["Helsingborg (1283): emissions against target"].value


@pytest.mark.parametrize(
    ("key", "figure"),
    [("published/sector_indicators", "emissions against target"), ("mart/fact_target_path", "what is ahead")],
)
def test_published_pages_say_what_they_hold(history: dg.DagsterInstance, key: str, figure: str) -> None:
    metadata = history.get_latest_materialization_event(dg.AssetKey(key.split("/"))).asset_materialization.metadata
    assert "smhi-ggt-2026-06" in metadata["releases and years"].value
    assert metadata["publication"].value.startswith("pub-")
    assert "From " in metadata["computed as"].value
    assert metadata["stored in"].value.endswith("/parquet/mart/latest" if key.startswith("mart") else "/parquet/latest")
    assert "data:image/" in metadata[f"Helsingborg (1283): {figure}"].value
    if key.startswith("published"):
        command = metadata["explain a figure"].value
        assert command.startswith("klimat explain sector_indicators municipality_code=1283 target_id=total")


def test_published_tables_carry_what_warns_upstream(history: dg.DagsterInstance) -> None:
    key = dg.AssetCheckKey(dg.AssetKey(["published", "sector_indicators"]), "upstream")
    record = history.event_log_storage.get_latest_asset_check_execution_by_key([key])[key]
    evaluation = record.event.dagster_event.asset_check_evaluation_data
    assert evaluation.passed and not evaluation.blocking
    assert evaluation.description.startswith("remarks upstream: ")
    assert "clean/reported_emissions year_jumps" in evaluation.description
    assert evaluation.metadata["checks that warn"].value >= 3


def test_a_warning_names_towns_with_a_folder_first(history: dg.DagsterInstance) -> None:
    key = dg.AssetCheckKey(dg.AssetKey(["clean", "reported_emissions"]), "year_jumps")
    record = history.event_log_storage.get_latest_asset_check_execution_by_key([key])[key]
    metadata = record.event.dagster_event.asset_check_evaluation_data.metadata
    assert metadata["municipalities"].value.startswith("Helsingborg (1283)")
    assert metadata["rows at fault"].value == 765
    assert "| Helsingborg (1283) |" in metadata["first rows"].value.splitlines()[2]


def test_the_command_s_run_is_one_that_the_ui_knows(history: dg.DagsterInstance) -> None:
    (run,) = history.get_runs()
    assert run.remote_job_origin.job_name == "nightly_refresh"
    assert run.remote_job_origin.repository_origin.code_location_origin.location_name == "klimat_pipeline.definitions"
    assert run.tags["klimat/started_by"] == run.tags["user"] == "klimat refresh"


def test_checks_are_in_dagsters_history(history: dg.DagsterInstance) -> None:
    key = dg.AssetCheckKey(dg.AssetKey(["indicators", "sector_indicators"]), "base_matches_target")
    record = history.event_log_storage.get_latest_asset_check_execution_by_key([key])[key]
    evaluation = record.event.dagster_event.asset_check_evaluation_data
    assert evaluation.passed and evaluation.blocking
    assert {"observed", "threshold", "rows at fault", "all findings"} <= set(evaluation.metadata)


def test_telemetry_is_off(klimat: Klimat) -> None:
    instance = yaml.safe_load((klimat.data / "dagster" / "dagster.yaml").read_text(encoding="utf-8"))
    assert instance["telemetry"]["enabled"] is False


def test_nothing_is_pickled(klimat: Klimat) -> None:
    files = [path for path in klimat.data.rglob("*") if path.is_file()]
    assert len(files) > 20
    assert [
        path for path in files if path.read_bytes()[:1] == b"\x80" and path.read_bytes()[1:2] in b"\x02\x03\x04\x05"
    ] == []


def test_no_unfinished_file_is_left(klimat: Klimat) -> None:
    assert [path for path in klimat.data.rglob("*") if path.suffix in {".part", ".tmp"} or "journal" in path.name] == []


# -- what is ahead ----------------------------------------------------------------------------------------------------


def test_pathways_follow_every_target_to_its_year(klimat: Klimat) -> None:
    assert klimat.rows(
        "SELECT DISTINCT line, max(year) FROM pathways WHERE municipality_code = '1283' AND scenario = 'target' "
        "GROUP BY 1 ORDER BY 1"
    ) == [(target, 2030) for target in ("agriculture", "energy", "industry", "total", "transport", "waste")]
    # 15 per cent of 1990: 162,186.7 t.
    level = klimat.one(
        "SELECT p50_t FROM pathways WHERE municipality_code = '1283' AND scenario = 'target' AND line = 'total' "
        "AND year = 2030"
    )
    assert level == pytest.approx(162_186.7, abs=0.05)
    assert klimat.one("SELECT count(*) FROM pathways WHERE p05_t > p50_t OR p50_t > p95_t") == 0
    assert klimat.one("SELECT count(*) FROM pathways WHERE note NOT LIKE '%a new level in 2024%'") == 0


def test_scenarios_tell_other_plans_from_what_is_only_planned(klimat: Klimat) -> None:
    """The print counts transport from 163,086 + 6,509 = 169,595 t; other plans take 28,500 + 600 t of that by 2030, the
    contract's actions 75,000 t more. Those shares are taken from the 214,046.46 t of 2024, frozen, not from a trend
    that may hold them already."""
    rows = klimat.rows(
        "SELECT scenario, p05_t, p50_t, p95_t FROM pathways WHERE municipality_code = '1283' AND line = 'transport' "
        "AND year = 2030"
    )
    found = {scenario: ends for scenario, *ends in rows}
    assert found["existing_policies"] == [None, pytest.approx(214_046.46 * (1 - 29_100 / 169_595), abs=0.01), None]
    assert found["with_actions"] == [None, pytest.approx(214_046.46 * (1 - 104_100 / 169_595), abs=0.01), None]
    total = dict(
        klimat.rows(
            "SELECT scenario, p50_t FROM pathways WHERE municipality_code = '1283' AND line = 'total' AND year = 2030"
        )
    )
    assert total["business_as_usual"] > total["existing_policies"] > total["with_actions"]
    assert klimat.rows("SELECT DISTINCT action_status FROM climate_actions") == [("planned",)]


def test_waste_is_sized_on_another_level_and_keeps_its_share(klimat: Klimat) -> None:
    """17,000 t of the print's 30,344 t are 56 per cent of the 14,845.70 t of 2024, not all of them."""
    (row,) = klimat.rows(
        "SELECT p50_t, note FROM pathways WHERE municipality_code = '1283' AND line = 'waste' AND year = 2030 "
        "AND scenario = 'with_actions'"
    )
    assert row[0] == pytest.approx(14_845.70 * (1 - 17_000 / 30_344), abs=0.01)
    assert "waste: sized on 30,344 t (2022), 1.7 times the figures" in row[1]


def test_capture_stays_in_tonnes(klimat: Klimat) -> None:
    """100,000 t of fossil capture of the plant, from what electricity and district heating have in 2024."""
    frozen = klimat.one(
        "SELECT emissions_t_co2e FROM emissions WHERE municipality_code = '1283' AND is_headline = 1 AND year = 2024 "
        "AND sector_code = 'electricity_district_heating'"
    )
    left = klimat.one(
        "SELECT p50_t FROM pathways WHERE municipality_code = '1283' AND line = 'electricity_district_heating' "
        "AND year = 2030 AND scenario = 'with_actions'"
    )
    assert left == pytest.approx(frozen - 100_000, rel=0.001)


def test_a_plan_without_ranges_has_an_interval_and_no_certainty(klimat: Klimat) -> None:
    rows = klimat.rows(
        "SELECT probability_fraction, probability_low_fraction, probability_high_fraction, probability_text "
        "FROM target_probability WHERE municipality_code = '1283' AND target_id = 'total' AND scenario = 'with_actions'"
    )
    ((said, low, high, text),) = rows
    assert said is None and 0 < low < high < 1
    assert text.endswith(
        "depending on how much of today's trend the plan itself causes and how much of it is carried out"
    )
    assert (
        klimat.one(
            "SELECT count(*) FROM target_sensitivity WHERE target_id = 'total' AND municipality_code = '1283' "
            "AND factor_kind IN ('overlap', 'delivery', 'level', 'shock', 'last_year')"
        )
        == 5
    )


def test_every_bar_holds_on_the_published_scores(klimat: Klimat) -> None:
    shown = klimat("hindcast")
    assert shown.code == 0
    assert shown.text.count(" yes") == 14 and " no " not in shown.text
    loss = dict(
        klimat.rows(
            "SELECT forecast_method, pinball_pct FROM scenario_score WHERE sector_code = 'total' AND horizon_years = 0 "
            "AND held_out = 'municipalities'"
        )
    )
    assert loss["published"] < 0.75 * loss["last_value"]


def test_pace_that_the_total_target_takes(klimat: Klimat) -> None:
    """(162,186.7 - 516,011.9) / 6 years = -58,970.9 t a year."""
    pace = klimat.rows(
        "SELECT DISTINCT required_t_co2e_per_year, newest_year FROM target_probability "
        "WHERE municipality_code = '1283' AND target_id = 'total'"
    )
    assert pace == [(pytest.approx(-58_970.9, abs=0.1), 2024)]
    assert klimat.one("SELECT min(probability_low_fraction) FROM target_probability") > 0
    assert klimat.one("SELECT max(probability_high_fraction) FROM target_probability") < 1


def test_costs_that_nobody_has_printed_are_not_estimated(klimat: Klimat) -> None:
    """The contract prints tonnes of nine bundles of actions; without invented examples no krona per tonne."""
    assert klimat.rows("SELECT count(*), count(sek_per_t), min(notation_key) FROM abatement_cost") == [(9, 0, "NE")]
    # 207,295 t of eight bundles in equal steps over six years are 3.5 years of them; three years of capture from 2028.
    assert klimat.one("SELECT sum(until_target_t) FROM abatement_cost") == pytest.approx(207_295 * 3.5 + 300_000)
    (note,) = klimat.rows("SELECT DISTINCT note FROM investment_plan WHERE action_id = 'ccc_waste'")
    assert note == ("no cost stated; no start stated: in equal steps 2025-2030",)


def test_actions_without_a_start_rise_over_the_plans_period(klimat: Klimat) -> None:
    """104,100 of 169,595 t by 2030: a sixth of that share more every year from 2025."""
    rows = klimat.rows(
        "SELECT year, p50_t FROM pathways WHERE municipality_code = '1283' AND line = 'transport' "
        "AND scenario = 'with_actions'"
    )
    share = 104_100 / 169_595
    steps = {year: 214_046.46 * (1 - share * (year - 2024) / 6) for year in range(2025, 2031)}
    assert dict(rows) == {year: pytest.approx(tonnes, abs=0.01) for year, tonnes in steps.items()}
    (note,) = klimat.rows(
        "SELECT DISTINCT note FROM pathways WHERE municipality_code = '1283' AND line = 'transport' "
        "AND scenario = 'with_actions'"
    )
    assert note[0].endswith("3 of 3 actions and other plans: no start stated: in equal steps 2025-2030")


def test_every_assumption_says_what_it_rests_on(klimat: Klimat) -> None:
    rows = klimat.rows(
        "SELECT assumption_kind, assumption FROM method_assumptions WHERE assumption_basis = 'unverified' ORDER BY 1, 2"
    )
    assert rows == [("method", "discount_rate_pct")]
    assert klimat.one("SELECT count(*) FROM method_assumptions WHERE note = ''") == 0


def test_intervals_say_what_such_ones_covered_before(klimat: Klimat) -> None:
    """Six years ahead those of the totals of 290 municipalities held 90.2 per cent of what came (nine in ten meant)."""
    rows = klimat.rows(
        "SELECT DISTINCT line, covered_before_fraction FROM pathways WHERE year = 2030 "
        "AND scenario = 'business_as_usual' AND line IN ('total', 'energy')"
    )
    assert dict(rows) == {"total": 0.9023, "energy": None}


@pytest.mark.parametrize(("country", "rank"), [("default", "252 of 290"), ("small", "1 of 1")])
def test_comparison_says_with_how_many(klimat: Klimat, small_refresh: Refresh, country: str, rank: str) -> None:
    """The places by hand: 251 municipalities of the release's workbook have changed by less than Helsingborg's rate."""
    rows = (klimat if country == "default" else Klimat(small_refresh.data)).rows(
        "SELECT indicator_value, rank_text FROM municipality_comparison WHERE release_id = ? AND target_id = 'total' "
        "AND indicator = 'compound_change' AND municipality_code = '1283'",
        R2026,
    )
    everybody = rank.rpartition(" ")[2]
    assert rows == [(pytest.approx(0.011, abs=0.0005), f"{rank} with data, {everybody} of 290 municipalities")]


# -- a second time ----------------------------------------------------------------------------------------------------


def test_second_refresh_does_nothing_and_says_so(refreshed: Refreshed) -> None:
    assert refreshed.second.code == 0
    assert "up to date" in refreshed.second.text
    assert "nothing recomputed" in refreshed.second.text
    assert refreshed.klimat.files() == refreshed.published
    assert refreshed.klimat.files("intermediate") == refreshed.intermediate


@for_each(name=list(PUBLISHED))
def test_second_refresh_confirms_every_published_table(history: dg.DagsterInstance, name: str) -> None:
    key = dg.AssetKey(["published", name])
    (record,) = history.fetch_observations(key, limit=1).records
    assert "nothing was recomputed" in record.asset_observation.metadata["unchanged"].value
    assert record.event_log_entry.run_id == ""
    page = history.get_latest_materialization_event(key).asset_materialization.metadata
    assert {"dagster/row_count", "preview"} <= set(page), "the page keeps its content"


def test_unknown_municipality_is_refused_and_nothing_touched(refreshed: Refreshed) -> None:
    answer = refreshed.klimat("refresh", "--municipality", "9999X")
    assert answer.code == 1
    assert "--municipality 9999X: no municipality has that code" in answer.text
    assert "Traceback" not in answer.text
    assert refreshed.klimat.files() == refreshed.published
    assert refreshed.klimat.files("intermediate") == refreshed.intermediate


def test_a_town_without_a_folder_is_shown_where_it_is_published_alone(klimat: Klimat, tmp_path: Path) -> None:
    """Malmö 2024: 812,995 t, as SMHI's release of 2026-06 gives it; it has no targets of its own."""
    from rich.console import Console

    from klimat_pipeline.cli.report import closing_table

    (tmp_path / "published").mkdir()
    copy = shutil.copyfile(klimat.data / "published" / "klimat.sqlite", tmp_path / "published" / "klimat.sqlite")
    copy.chmod(0o600)
    with closing(sqlite3.connect(copy)) as database:
        database.execute("DELETE FROM sector_indicators WHERE municipality_code <> '1280'")
        database.commit()
    console = Console(width=80, file=io.StringIO(), record=True)
    console.print(closing_table(Settings(data_dir=tmp_path)))
    lines = [" ".join(line.split()) for line in console.export_text().splitlines()]
    assert lines[0] == "target Malmö, t change goal status"
    assert lines[1].startswith("total 812,995 -34.1 % 1990-2024")
