"""The process beside this one finds what this one would find, and its end costs nothing but time."""

import os
import signal

import pandas as pd
import pytest

from klimat_pipeline.contracts import TABLES, table
from klimat_pipeline.contracts.arrow import to_arrow
from klimat_pipeline.contracts.expectations import expectation_ids, suite
from klimat_pipeline.indicators.plots import as_markdown_image
from klimat_pipeline.quality import beside
from klimat_pipeline.quality.contract import check_contract, postponed_findings, suite_findings
from klimat_pipeline.quality.reconciliation import suites_agree

CONTRACT = table("clean/municipalities")


def municipalities(**changes: object) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "municipality_code": ["1283", "1280"],
            "municipality_name": ["Helsingborg", "Malmö"],
            "county_code": ["12", "12"],
            "county_name": ["Skåne län", "Skåne län"],
        }
    )
    return frame.assign(**changes)[CONTRACT.column_names]


@pytest.fixture(scope="module")
def checker():
    started = beside.Checker()
    yield started
    started.close()


@pytest.mark.parametrize(
    ("frame", "wrong"),
    [
        (municipalities(), 0),
        (municipalities(municipality_code=["1283", "1283"]), 1),  # the key twice
        (municipalities(municipality_code=["1283", "114"]), 1),  # a lost zero
        (municipalities(municipality_name=["Helsingborg", None]), 1),  # a gap
    ],
)
def test_the_same_findings_as_here(checker: beside.Checker, frame: pd.DataFrame, wrong: int) -> None:
    there = checker.ask(to_arrow(frame, CONTRACT), CONTRACT).findings()
    assert there == suite_findings(frame, CONTRACT)
    assert sum(finding.outcome == "failed" for finding in there) == wrong


def test_a_contract_check_asks_the_process_beside_for_the_length_of_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    monkeypatch.setattr("klimat_pipeline.quality.contract.suite_findings", lambda *_: pytest.fail("checked here"))
    with beside.worked_beside():
        assert check_contract(municipalities(), CONTRACT).passed
        assert not check_contract(municipalities(municipality_code=["1283", "1283"]), CONTRACT).passed
    assert beside.ask_beside(to_arrow(municipalities(), CONTRACT), CONTRACT) is None


def test_one_processor_means_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    monkeypatch.setattr(beside, "Checker", lambda _: pytest.fail("a second process"))
    with beside.worked_beside():
        assert check_contract(municipalities(), CONTRACT).passed


def test_a_dead_process_is_replaced_by_this_one(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    with beside.worked_beside():
        beside._of_this_run[-1]._process.kill()
        assert not check_contract(municipalities(municipality_code=["1283", "1283"]), CONTRACT).passed
        assert check_contract(municipalities(), CONTRACT).passed
    assert "its work is done here" in caplog.text


def test_columns_in_another_order_are_seen_here() -> None:
    turned = municipalities()[CONTRACT.column_names[::-1]]
    assert not check_contract(turned, CONTRACT).passed


def test_many_questions_before_the_first_answer(checker: beside.Checker) -> None:
    # Each wrong table's answer is a few kilobytes: together they fill both pipes several times over.
    wrong = municipalities(municipality_code=["1283", "1283"])
    arrow = to_arrow(pd.concat([wrong] * 500, ignore_index=True), CONTRACT)
    asked = [checker.ask(arrow, CONTRACT) for _ in range(60)]
    assert {sum(finding.outcome == "failed" for finding in question.findings()) for question in asked} == {1}


def test_a_question_of_a_process_that_just_died_is_answered_here(caplog: pytest.LogCaptureFixture) -> None:
    dying = beside.Checker()
    question = dying.ask(to_arrow(municipalities(), CONTRACT), CONTRACT)
    dying._process.kill()
    assert question.findings() is None
    assert dying.ask(to_arrow(municipalities(), CONTRACT), CONTRACT) is None
    assert "its work is done here" in caplog.text


def test_what_proves_itself_is_confirmed_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    with beside.worked_beside():
        result = check_contract(municipalities(), CONTRACT)
        found = postponed_findings(lambda _: pytest.fail("read again"))
        assert postponed_findings(lambda _: pytest.fail("read again")).empty
    assert result.passed
    assert sorted(finding.message for finding in result.findings[1:]) == sorted(found["message"])
    assert {finding.outcome for finding in suites_agree({"quality/suites": found})} == {"passed"}


def test_an_answer_that_never_came_is_found_in_the_stored_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    with beside.worked_beside():
        beside._of_this_run[-1]._process.send_signal(signal.SIGSTOP)  # it never gets to answer
        assert check_contract(municipalities(), CONTRACT).passed
        beside._of_this_run[-1]._process.kill()
        # The stored table is another one than was proven: that has to be seen.
        found = postponed_findings(lambda _: municipalities(municipality_code=["1283", "1283"]))
    (finding,) = suites_agree({"quality/suites": found})
    assert finding.outcome == "failed"
    assert finding.count == 1
    assert "clean/municipalities: table:key fails" in finding.message


@pytest.mark.parametrize("key", list(TABLES))
def test_ids_are_those_of_the_suite(key: str) -> None:
    assert expectation_ids(table(key)) == [e.meta["check"] for e in suite(table(key)).expectations]


CHART = {"data": {"values": [{"a": 1}]}, "mark": "point", "encoding": {"x": {"field": "a", "type": "quantitative"}}}


def test_pictures_are_those_that_this_process_would_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    here = as_markdown_image(CHART)
    assert beside.drawn_beside(CHART)() == here  # no run: drawn here
    with beside.worked_beside():
        first, second = beside.drawn_beside(CHART), beside.drawn_beside(CHART)
        assert (first(), second()) == (here, here)
        beside._drawing[-1]._process.kill()
        assert beside.drawn_beside(CHART)() == here
