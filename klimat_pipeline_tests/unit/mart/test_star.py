"""The mart of a small country: sums, history, roles of targets."""

from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest

from klimat_pipeline.contracts import MART, PUBLISHED
from klimat_pipeline.contracts.arrow import schema
from klimat_pipeline.contracts.tables.mart import SCHEMA_VERSION
from klimat_pipeline.mart import star as stars
from klimat_pipeline.mart.star import KEPT, Refresh, star
from klimat_pipeline_tests.support.stars import STARTED, TONNES, published_tables, small_star

FIRST, SECOND, THIRD = (f"pub-{number:016x}" for number in (1, 2, 3))


@pytest.fixture(scope="module")
def made() -> dict[str, pa.Table]:
    """The small mart; nobody changes it."""
    return small_star(FIRST)


def test_every_table_is_in_its_contracts_form(made: dict[str, pa.Table]) -> None:
    assert list(made) == list(MART)
    for name, table in made.items():
        assert table.schema.equals(schema(MART[name]))


def test_change_is_counted_from_the_releases_first_year(made: dict[str, pa.Table]) -> None:
    rows = made["fact_emissions"].to_pylist()
    assert {(row["sector_code"], row["year"]): row["emissions_t_co2e"] for row in rows} == TONNES
    assert sum(row["change_reported_t_co2e"] for row in rows if row["year"] == 2024) == -16.0


def test_years_in_a_gap_have_a_row_too(made: dict[str, pa.Table]) -> None:
    years = {row["year"]: row for row in made["dim_year"].to_pylist()}
    assert list(years) == list(range(1990, 2025))
    assert [year for year, row in years.items() if row["is_released"]] == [1990, 2024]
    assert [year for year, row in years.items() if row["is_latest"]] == [2024]


def test_a_release_is_held_against_the_one_before_it_that_has_the_municipality() -> None:
    """An extract of one town, newer than the last national release, is the one before for that town alone."""
    tables = published_tables(FIRST)
    (newest,) = tables["releases"].to_pylist()
    before = {**newest, "is_headline": False, "last_year": 2023}
    releases = [
        newest,
        {**before, "release_id": "r1", "report_date": "2025-06"},
        # By their names it would come first.
        {**before, "release_id": "a-extract", "report_date": "2025-11"},
    ]
    held = [("r1", "1280", 7.0), ("r1", "1283", 21.0), ("a-extract", "1283", 19.0), ("r2", "1280", 9.0)]
    held.append(("r2", "1283", 20.0))
    emissions = [
        {
            **tables["emissions"].to_pylist()[0],
            "release_id": release,
            "municipality_code": code,
            "emissions_reported_t_co2e": tonnes,
            "is_headline": release == "r2",
        }
        for release, code, tonnes in held
    ]
    for name, rows in (("releases", releases), ("emissions", emissions)):
        tables[name] = pa.Table.from_pylist(rows, schema=schema(PUBLISHED[name]))
    made = star(tables, Refresh(FIRST, STARTED, STARTED), {})["fact_release_revision"].to_pylist()
    assert {row["municipality_code"]: (row["release_id_from"], row["revision_t_co2e"]) for row in made} == {
        "1280": ("r1", 2.0),
        "1283": ("a-extract", 1.0),
    }


def test_a_target_is_seen_ahead_in_the_release_that_it_is_followed_in() -> None:
    """A target for fossil emissions, on carbon dioxide: its pathway and chance are not those of all gases."""
    tables = published_tables(FIRST)
    target = {"municipality_code": "1283", "target_id": "transport", "boundary": "territory"}
    target |= {"target_measure": "emissions", "target_name_sv": "Mål", "target_name_en": "Target"}
    target |= {"target_kind": "contract", "sector_codes": "transport", "publication_id": FIRST}
    (release,) = tables["releases"].to_pylist()
    of = {"municipality_code": "1283", "target_id": "transport", "year": 2024, "publication_id": FIRST}
    scenario = {"scenario": "business_as_usual"}
    rows: dict[str, list[dict[str, Any]]] = {
        "targets": [target],
        "releases": [release, {**release, "release_id": "c2", "substance": "CO2", "is_headline": False}],
        "sector_indicators": [
            {**of, "release_id": name, "emissions_t_co2e": tonnes, "is_headline": name == "c2"}
            for name, tonnes in (("r2", 8.0), ("c2", 6.0))
        ],
        "pathways": [
            {
                **of,
                **scenario,
                "line": "transport",
                "year": 2025,
                "release_id": name,
                "p50_t": tonnes,
                "is_headline": own,
            }
            for name, tonnes, own in (("r2", 7.0, True), ("c2", 5.0, False))
        ],
        "target_status": [
            {**of, "release_id": "c2", "path": "straight_line", "status": "behind", "target_unit": "t CO2e"}
            | {"is_headline": True, "is_latest_year": True}
        ],
        "target_probability": [
            {**of, **scenario, "release_id": name, "probability_fraction": chance, "is_headline": own}
            for name, chance, own in (("r2", 0.1, True), ("c2", 0.2, False))
        ],
    }
    for name, lines in rows.items():
        tables[name] = pa.Table.from_pylist(lines, schema=schema(PUBLISHED[name]))
    made = star(tables, Refresh(FIRST, STARTED, STARTED), {})
    path = [(row["release_id"], row["year"]) for row in made["fact_target_path"].to_pylist()]
    assert path == [("c2", 2024), ("c2", 2025)]
    assert made["fact_target_path"]["business_as_usual_t_co2e"].to_pylist() == [None, 5.0]
    assert made["fact_target_status"]["chance_as_usual_fraction"].to_pylist() == [0.2]


def _after(last: dict[str, pa.Table], publication_id: str, day: int, outcome: str) -> dict[str, pa.Table]:
    now = STARTED + timedelta(days=day)
    history = {name: last[name] for name in KEPT if name in last}
    return star(published_tables(publication_id, outcome), Refresh(publication_id, now, now), history)


def test_checks_are_kept_over_publications_and_know_since_when_they_fail() -> None:
    first = _after({}, FIRST, 0, "failed")
    second = _after(first, SECOND, 1, "failed")
    mended = _after(second, THIRD, 2, "passed")
    for made, expected in ((first, [STARTED]), (second, [STARTED] * 2), (mended, [STARTED] * 2 + [None])):
        rows = made["fact_quality"].to_pylist()
        assert [row["failing_since_at"] for row in rows] == expected
        assert {row["publication_id"] for row in rows} == {rows[-1]["refresh_id"]}
    assert mended["fact_refresh"]["checks_failed_count"].to_pylist() == [1, 1, 0]
    assert mended["fact_refresh"]["is_latest_refresh"].to_pylist() == [False, False, True]
    assert mended["fact_refresh"]["schema_version"].to_pylist() == [SCHEMA_VERSION] * 3


def test_a_publication_that_comes_again_has_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    first = _after({}, FIRST, 0, "passed")
    again = _after(_after(first, SECOND, 1, "passed"), FIRST, 2, "passed")
    assert again["fact_refresh"]["refresh_id"].to_pylist() == [FIRST, SECOND]
    monkeypatch.setattr(stars, "KEPT_REFRESHES", 2)
    third = _after(again, THIRD, 3, "passed")
    assert third["fact_refresh"]["refresh_id"].to_pylist() == [FIRST, THIRD]


def test_tonnes_of_overlapping_targets_are_in_no_sum() -> None:
    tables = published_tables(FIRST)
    common = {"municipality_code": "1283", "boundary": "territory", "target_measure": "emissions"}
    common |= {"target_name_sv": "Mål", "target_name_en": "Target"}
    targets = [
        ("total", "contract", "transport waste"),
        ("energy", "contract", "heating industry"),
        ("heating", "generic", "heating"),
        ("waste", "generic", "waste"),
        ("waste", "contract", "waste"),
        ("purchases", "contract", ""),
    ]
    rows = [
        {**common, "target_id": name, "target_kind": kind, "sector_codes": sectors, "publication_id": FIRST}
        for name, kind, sectors in targets
    ]
    rows[-1]["boundary"] = "organisation"
    tables["targets"] = pa.Table.from_pylist(rows, schema=schema(PUBLISHED["targets"]))
    made = star(tables, Refresh(FIRST, STARTED, STARTED), {})["dim_target"].to_pylist()
    assert {row["target_id"]: (row["target_role"], row["target_kind"]) for row in made} == {
        "energy": ("part", "contract"),
        "heating": ("overlapping", "generic"),
        "purchases": ("other", "contract"),
        "total": ("total", "contract"),
        "waste": ("part", "contract"),
    }
