"""One municipality's ledger silences no other: what was refused stays as it was, marked, and the rest is computed."""

from pathlib import Path

import pandas as pd
import pytest

from klimat_pipeline.configuration.spend_factors import SpendFactors
from klimat_pipeline.contracts import table
from klimat_pipeline.quality.catalogue import run_checks
from klimat_pipeline.spend.footprint.local_mappings import no_local_mappings
from klimat_pipeline.spend.results.all_tables import KEYS, spend_results
from klimat_pipeline.spend.results.spend_refused import spend_refused, with_last_state
from klimat_pipeline_tests.support.ledgers import write_lines
from klimat_pipeline_tests.unit.spend.purchases import REFERENCE, food, inventory

NOBODY = pd.DataFrame(columns=["municipality_code", "refusal"], dtype=object)


def of_two(tmp_path: Path, *, aside: set[str] | None = None, **chosen: object) -> dict[str, pd.DataFrame]:
    """A hundred kronor of food in Malmö, seven hundred in Helsingborg, whose configuration is given."""
    rows = [food(1, 100_00, municipality_code="1280", year=2026), food(2, 700_00, year=2026)]
    return spend_results(
        write_lines(tmp_path / "lines", rows),
        REFERENCE,
        no_local_mappings(),
        {"1283": SpendFactors.model_validate(chosen)},
        passed=pd.DataFrame(columns=table("spend/ledger_totals").column_names),
        organisation=inventory(),
        population=pd.DataFrame(columns=["municipality_code", "year", "population"]),
        threads=1,
        aside=aside or set(),
    )


@pytest.fixture(scope="module")
def as_usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    return of_two(tmp_path_factory.mktemp("usual"))


def kronor(found: dict[str, pd.DataFrame]) -> dict[str, float]:
    return found["spend/spend_by_category"].groupby("municipality_code")["spend_sek"].sum().to_dict()


def test_a_year_without_index_or_rate_has_the_last_one_and_says_so(as_usual: dict[str, pd.DataFrame]) -> None:
    """2026 has none: 417.98 of 2025 stands in, so a krona of it is 403.70 / 417.98 kronor of 2023."""
    found = as_usual
    assert kronor(found) == {"1280": 100.0, "1283": 700.0}
    (row,) = (
        found["spend/spend_factors"]
        .query("municipality_code == '1280' and spend_category == 'paper'")
        .to_dict("records")
    )
    assert row["deflator"] == 403.70 / 417.98
    assert (row["price_basis"], row["note"]) == ("stands_in", "price index of 2025 stands in for 2026")
    assert "second-hand" in row["index_source"]
    assert set(found["spend/spend_trend"]["price_basis"]) == {"stands_in"}
    result = run_checks("spend/spend_factors", found)[1]
    assert (result.passed, result.severity) == (False, "WARN")
    assert "price index of 2025 stands in for 2026" in result.findings[0].message


def test_who_wants_no_other_year_is_left_aside_and_nobody_else(tmp_path: Path) -> None:
    found = of_two(tmp_path, missing_index="error")
    assert kronor(found) == {"1280": 100.0}
    (refusal,) = found["unvalued"].to_dict("records")
    assert refusal["municipality_code"] == "1283"
    assert refusal["refusal"].startswith("price index kpi has no value for 2026: fetch it")


def test_a_second_factor_set_that_is_missing_leaves_aside_who_wants_it_and_nobody_else(tmp_path: Path) -> None:
    found = of_two(tmp_path, sensitivity_sets=["usepa_2022"])
    assert kronor(found) == {"1280": 100.0}
    assert "usepa_2022" in found["unvalued"].at[0, "refusal"]


def test_what_was_refused_stays_as_it_was_and_is_marked(tmp_path: Path, as_usual: dict[str, pd.DataFrame]) -> None:
    before, now = as_usual, of_two(tmp_path, aside={"1283"})
    for key in KEYS:
        whole = with_last_state(key, now[key], before[key], {"1283"})
        assert list(whole.columns) == table(key).column_names
        mine, others = whole[whole["municipality_code"] == "1283"], whole[whole["municipality_code"] != "1283"]
        assert mine["is_stale"].all() and not others["is_stale"].any()
        pd.testing.assert_frame_equal(
            mine.drop(columns="is_stale").reset_index(drop=True),
            before[key].query("municipality_code == '1283'").drop(columns="is_stale").reset_index(drop=True),
        )
        assert len(others) == len(now[key])
    # A second run that is refused shows the same again, and a table of other columns is no last state.
    again = with_last_state("spend/spend_trend", now["spend/spend_trend"], None, {"1283"})
    assert len(again) == len(now["spend/spend_trend"])
    older = before["spend/spend_trend"].drop(columns="is_stale")
    assert len(with_last_state("spend/spend_trend", now["spend/spend_trend"], older, {"1283"})) == len(
        now["spend/spend_trend"]
    )


def test_reasons_are_published_and_a_remark(tmp_path: Path) -> None:
    unread = pd.DataFrame(
        {"municipality_code": ["1283", "0180"], "refusal": ["ledger.csv: empty", "x.xls: save as xlsx"]}
    )
    refused = spend_refused(unread, NOBODY, {"1283"})
    assert refused.to_numpy().tolist() == [["0180", "x.xls: save as xlsx", False], ["1283", "ledger.csv: empty", True]]
    (result,) = run_checks("spend/spend_refused", {"spend/spend_refused": refused})
    assert (result.passed, result.severity) == (False, "WARN")
    assert [finding.message for finding in result.findings] == [
        "0180: x.xls: save as xlsx Its purchases are missing.",
        "1283: ledger.csv: empty Its purchases stay as they were.",
    ]
    assert run_checks("spend/spend_refused", {"spend/spend_refused": spend_refused(NOBODY, NOBODY, set())})[0].passed
