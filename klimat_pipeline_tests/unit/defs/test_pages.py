"""What an asset's page and a check's page show: telling rows and columns, towns by name, numbers as numbers."""

from pathlib import Path

import dagster as dg
import pyarrow as pa
import pytest

from klimat_pipeline.contracts import MART, TABLES
from klimat_pipeline.contracts.tables import upstream
from klimat_pipeline.defs.check_results import as_dagster, upstream_result
from klimat_pipeline.defs.pages import IN_PLACE, LINE, _computed_as, _whole, first_rows, markdown_of, preview
from klimat_pipeline.defs.resources import Project
from klimat_pipeline.quality.findings import CheckResult, failed, passed

NAMES = {"1283": "Helsingborg", "0114": "Upplands Väsby"}


def town(code: str) -> str:
    return f"{NAMES[code]} ({code})" if code in NAMES else code


def figures(rows: int = 1) -> pa.Table:
    """Two releases and two municipalities; the headline's newest year is 2024."""
    lines = [
        (release, code, year, headline, "behind, " * 10)
        for _ in range(rows)
        for release, headline in (("old", False), ("new", True))
        for code in ("0114", "1283")
        for year in (1990, 2024)
    ]
    names = ("release_id", "municipality_code", "year", "is_headline", "status")
    columns = dict(zip(names, zip(*lines, strict=True), strict=True))
    measures = {"target_id": ["total"] * len(lines), "emissions_t_co2e": [1234.5] * len(lines)}
    return pa.table({**{name: list(values) for name, values in columns.items()}, **measures})


def test_the_newest_year_of_the_headline_series_comes_first_and_the_own_town_before_others() -> None:
    rows = first_rows(figures(), ["1283"]).to_pylist()
    assert [(row["release_id"], row["year"], row["municipality_code"]) for row in rows] == [
        ("new", 2024, "1283"),
        ("new", 2024, "0114"),
        ("new", 1990, "1283"),
        ("new", 1990, "0114"),
    ]


def test_years_that_have_no_figures_yet_come_last() -> None:
    path = pa.table({"year": [2023, 2024, 2025, 2030], "actual_t_co2e": [9.0, 8.0, None, None]})
    assert first_rows(path, [])["year"].to_pylist() == [2024, 2023, 2030, 2025]


def test_a_preview_has_few_columns_names_towns_cuts_texts_and_stays_in_place() -> None:
    text = preview(TABLES["published/sector_indicators"], first_rows(figures(rows=30), ["1283"]), town)
    head, _, first, *rest = text.splitlines()
    assert head == "| municipality_code | target_id | year | emissions_t_co2e | status |"
    assert first.startswith("| Helsingborg (1283) | total | 2024 | 1,234.50 | behind, behind, behind, b")
    assert first.endswith("… |") or first.endswith("…|")
    assert len(text) < IN_PLACE and len(rest) >= 4


def test_a_table_without_telling_columns_shows_its_key_and_first_measures() -> None:
    contract = TABLES["published/pathways"]
    values = {"string": "a", "integer": 2024, "number": 1.5, "boolean": True}
    arrow = pa.table({column.name: pa.array([values[column.kind]]) for column in contract.columns})
    names = preview(contract, first_rows(arrow, []), town).splitlines()[0].strip("| ").split(" | ")
    assert set(contract.primary_key) - {"release_id"} <= set(names)
    assert 5 <= len(names) <= 9


def test_missing_values_are_empty_and_bars_do_not_break_the_table() -> None:
    assert markdown_of(["a", "b"], [(float("nan"), "x|y"), (None, 3)]).splitlines()[2:] == ["|  | x\\|y |", "|  | 3 |"]


def shown(*keys: str) -> dict[str, object]:
    found = failed("sectors jump", observed="-26.8 %", threshold="20 %", keys=keys, count=700, likely_cause="a law")
    result = as_dagster(CheckResult("clean/reported_emissions", "year_jumps", "plausibility", "WARN", (found,)), town)
    assert result.severity == dg.AssetCheckSeverity.WARN and not result.passed
    return {name: value.value for name, value in result.metadata.items()}


def test_a_warning_shows_towns_a_table_and_numbers() -> None:
    metadata = shown("municipality_code=1283, year=2024", "municipality_code=0114, year=2024")
    assert metadata["municipalities"] == "Helsingborg (1283), Upplands Väsby (0114)"
    assert metadata["first rows"].splitlines() == [
        "| municipality | year |",
        "|---|---|",
        "| Helsingborg (1283) | 2024 |",
        "| Upplands Väsby (0114) | 2024 |",
    ]
    assert metadata["rows at fault"] == 700
    assert metadata["observed number"] == -26.8
    assert metadata["likely cause"] == "a law"


def test_many_rows_are_a_few_in_place_and_the_others_behind_a_button() -> None:
    metadata = shown(*(f"municipality_code=1283, year={year}" for year in range(1000, 2000)))
    assert metadata["municipalities"] == "Helsingborg (1283) 1000"
    assert len(metadata["first rows"]) < IN_PLACE
    assert len(metadata["rows 1-200 of 1000"].splitlines()) == 202


def test_a_published_table_names_what_warns_in_the_tables_that_it_comes_from() -> None:
    """Remarks pass: they stand amber where somebody can act on them. An error that is stored fails."""
    line = {"outcome": "failed", "severity": "WARN", "acknowledgement": "", "message": "m", "check_name": "year_jumps"}
    findings = [
        {**line, "table_name": "clean/reported_emissions"},
        {**line, "table_name": "clean/reported_emissions"},
        {**line, "table_name": "spend/spend_trend"},
        {**line, "table_name": "clean/targets", "outcome": "passed", "acknowledgement": "by us"},
    ]
    key = "published/sector_indicators"
    result = upstream_result(key, upstream(key), findings)
    assert result.passed
    assert result.description == "remarks upstream: clean/reported_emissions year_jumps"
    assert result.metadata["checks that warn"].value == 1
    assert result.metadata["acknowledged"].value == 1
    assert upstream_result(key, upstream(key), findings[2:]).description == "nothing warns"
    assert not upstream_result(key, upstream(key), [{**findings[0], "severity": "ERROR"}]).passed


def test_a_table_of_the_mart_comes_from_the_source() -> None:
    assert {"clean/reported_emissions", "corrected/emissions", "published/emissions"} <= upstream("mart/fact_emissions")
    assert "spend/spend_trend" not in upstream("mart/fact_emissions")


def test_words_of_a_page_break_where_its_column_ends() -> None:
    text = _computed_as(MART["fact_target_path"])
    assert max(map(len, text.splitlines())) <= LINE + 2  # two spaces are Markdown's break
    assert text.startswith("Year by year to the target year")
    assert text.endswith("From published/pathways, published/sector_indicators.")


def test_how_a_table_is_computed_ends_with_a_whole_sentence_or_point() -> None:
    text = "One sentence. Another one.\n\n* a point\n* a second point\n\nThe last."
    assert _whole(text, 100) == text
    assert _whole(text, 45) == "One sentence. Another one.\n\n* a point […]"  # 41 characters
    assert _whole(text, 30) == "One sentence. Another one. […]"
    for key in ("published/sector_indicators", "indicators/sector_indicators"):
        said = _computed_as(TABLES[key])
        assert len(said) < IN_PLACE
        assert " […]\n\nFrom " in said


def test_a_check_says_how_many_findings_it_does_not_name() -> None:
    wrong = [failed(f"fault {n}", observed="1", threshold="0", keys=(), count=1, likely_cause="") for n in range(5)]
    for findings, said in (
        (wrong[:3], "fault 0; fault 1; fault 2"),
        (wrong, "fault 0; fault 1; fault 2; and 2 more"),
        ([passed(f"sum {n}") for n in range(5)], "all 5 hold: sum 0; sum 1; sum 2; ..."),
    ):
        result = CheckResult("clean/reported_emissions", "year_jumps", "plausibility", "WARN", tuple(findings))
        assert as_dagster(result, town).description == said


def test_the_invented_example_has_a_name_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLIMAT_DATA_DIR", str(tmp_path))
    project = Project()
    named = [project.town(code) for code in ("9999", "1283", "total")]
    assert named == ["Example (invented) (9999)", "Helsingborg (1283)", "total"]
