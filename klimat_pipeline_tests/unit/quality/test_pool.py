"""Workers beside a run find and draw what this process would, and their end costs nothing but time."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import dagster as dg
import pandas as pd
import pytest

from klimat_pipeline.charts.style import as_markdown_image
from klimat_pipeline.contracts import TABLES, table
from klimat_pipeline.contracts.arrow import to_arrow
from klimat_pipeline.contracts.expectations import expectation_ids, suite
from klimat_pipeline.defs.workers import Workers
from klimat_pipeline.quality import pool, worker
from klimat_pipeline.quality.contract import begin, check_contract, postponed_findings
from klimat_pipeline.quality.reconciliation import suites_agree
from klimat_pipeline.quality.suites import suite_findings
from klimat_pipeline_tests.pipeline.commands import kept_workers
from klimat_pipeline_tests.support.for_each import for_each

CONTRACT = table("clean/municipalities")
CHART = {"data": {"values": [{"a": 1}]}, "mark": "point", "encoding": {"x": {"field": "a", "type": "quantitative"}}}


def municipalities(**changes: object) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "municipality_code": ["1283", "1280"],
            "municipality_name": ["Helsingborg", "Malmö"],
            "county_code": ["12", "12"],
            "county_name": ["Skåne län", "Skåne län"],
            "group_code": ["B3", "A1"],
            "group_name": ["Större stad", "Storstäder"],
        }
    )
    return frame.assign(**changes)[CONTRACT.column_names]


WRONG = municipalities(municipality_code=["1283", "1283"])


@pytest.fixture(autouse=True, scope="module")
def two_processors() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
        yield


@pytest.fixture(scope="module")
def prepared() -> Iterator[None]:
    """Workers as a run has them, those of all tests' runs; tests that kill theirs start others."""
    with pool.workers(kept_workers()):
        yield


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that import nothing before they are asked."""
    monkeypatch.setattr(worker, "prepare_suites", worker.ready)
    monkeypatch.setattr(worker, "prepare_pictures", worker.ready)
    monkeypatch.setattr(pool, "_started", [])


def kill(one: "pool._Worker", how: signal.Signals = signal.SIGKILL) -> None:
    (process,) = one._context.started
    os.kill(process.pid, how)
    if how == signal.SIGKILL:
        process.join()


@pytest.mark.usefixtures("prepared")
class TestPrepared:
    @pytest.mark.parametrize(
        ("frame", "wrong"),
        [
            (municipalities(), 0),
            (WRONG, 1),  # the key twice
            (municipalities(municipality_code=["1283", "114"]), 1),  # a lost zero
            (municipalities(municipality_name=["Helsingborg", None]), 1),  # a gap
        ],
    )
    def test_the_same_findings_as_here(self, frame: pd.DataFrame, wrong: int) -> None:
        there = pool.check(to_arrow(frame, CONTRACT), CONTRACT).findings()
        assert there == suite_findings(frame, CONTRACT)
        assert sum(finding.outcome == "failed" for finding in there) == wrong

    def test_a_contract_check_asks_a_worker(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("klimat_pipeline.quality.suites.suite_findings", lambda *_: pytest.fail("checked here"))
        assert check_contract(municipalities(), CONTRACT).passed
        assert not check_contract(WRONG, CONTRACT).passed

    def test_columns_in_another_order_are_seen_here(self) -> None:
        assert not check_contract(municipalities()[CONTRACT.column_names[::-1]], CONTRACT).passed

    def test_many_questions_before_the_first_answer(self) -> None:
        arrow = to_arrow(pd.concat([WRONG] * 500, ignore_index=True), CONTRACT)
        asked = [pool.check(arrow, CONTRACT) for _ in range(60)]
        assert {sum(finding.outcome == "failed" for finding in question.findings()) for question in asked} == {1}

    def test_what_proves_itself_is_confirmed_at_the_end(self) -> None:
        result = begin(municipalities(), CONTRACT, may_postpone=True).finish()
        found = postponed_findings(lambda _: pytest.fail("read again"))
        assert postponed_findings(lambda _: pytest.fail("read again")).empty
        assert result.passed
        assert sorted(finding.message for finding in result.findings[1:]) == sorted(found["message"])
        assert {finding.outcome for finding in suites_agree({"quality/suites": found})} == {"passed"}

    def test_nothing_is_postponed_that_nobody_asks_for(self) -> None:
        assert check_contract(municipalities(), CONTRACT).passed
        assert postponed_findings(lambda _: pytest.fail("read again")).empty

    def test_pictures_are_those_that_this_process_would_draw(self) -> None:
        first, second = pool.draw(CHART), pool.draw(CHART)
        assert first() == second() == as_markdown_image(CHART)

    def test_a_picture_that_cannot_be_drawn_is_an_error_and_not_the_workers_end(self) -> None:
        with pytest.raises(ValueError, match="Vega-Lite"):
            pool.draw({"mark": 1})()
        assert pool.draw(CHART)() == as_markdown_image(CHART)

    def test_whoever_started_them_ends_them(self) -> None:
        before = list(pool._started)
        with pool.workers():
            assert pool._started == before
        assert pool._started == before

    def test_a_forked_process_does_not_use_its_parents(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "getpid", lambda: 1)
        assert pool.check(to_arrow(municipalities(), CONTRACT), CONTRACT) is None


@pytest.mark.usefixtures("quick")
class TestAlone:
    def test_no_run_no_workers(self) -> None:
        assert pool.check(to_arrow(municipalities(), CONTRACT), CONTRACT) is None
        assert pool.draw(CHART)() == as_markdown_image(CHART)
        assert pool.postponed() == []

    def test_one_processor_means_one_process(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
        monkeypatch.setattr(pool, "Workers", lambda: pytest.fail("a second process"))
        with pool.workers():
            assert check_contract(municipalities(), CONTRACT).passed

    def test_kept_ones_outlive_a_run_and_remember_nothing_of_it(self) -> None:
        kept = pool.start()
        (process,) = kept.suites._context.started
        for _ in range(2):
            with pool.workers(kept), pool.workers():
                assert pool.postponed() == []
                pool.check(to_arrow(municipalities(), CONTRACT), CONTRACT).postpone()
            assert pool.check(to_arrow(municipalities(), CONTRACT), CONTRACT) is None
        assert process.is_alive()
        kept.end()
        assert not process.is_alive()

    def test_dead_workers_are_replaced_by_this_process(self, caplog: pytest.LogCaptureFixture) -> None:
        with pool.workers():
            kill(pool._started[-1].suites)
            kill(pool._started[-1].pictures)
            for _ in range(2):
                assert not check_contract(WRONG, CONTRACT).passed
                assert pool.draw(CHART)() == as_markdown_image(CHART)
        assert caplog.text.count("the run's own process does its work") == 2, "once a worker"

    def test_a_question_of_a_worker_that_dies_is_answered_here(self, caplog: pytest.LogCaptureFixture) -> None:
        with pool.workers():
            kill(pool._started[-1].suites, signal.SIGSTOP)  # it never gets to answer
            question = pool.check(to_arrow(municipalities(), CONTRACT), CONTRACT)
            kill(pool._started[-1].suites)
            assert question.findings() is None
            assert pool.check(to_arrow(municipalities(), CONTRACT), CONTRACT) is None
        assert "the run's own process does its work" in caplog.text

    def test_an_answer_that_never_came_is_found_in_the_stored_table(self) -> None:
        with pool.workers():
            kill(pool._started[-1].suites, signal.SIGSTOP)
            assert begin(municipalities(), CONTRACT, may_postpone=True).finish().passed
            kill(pool._started[-1].suites)
            # The stored table is another one than was proven: that has to be seen.
            found = postponed_findings(lambda _: WRONG)
        (finding,) = suites_agree({"quality/suites": found})
        assert finding.outcome == "failed"
        assert finding.count == 1
        assert "clean/municipalities: table:key fails" in finding.message

    def test_a_worker_that_cannot_begin(self, caplog: pytest.LogCaptureFixture) -> None:
        one = pool._Worker("nothing", os.abort)
        asked = one.ask(worker.picture, CHART)
        assert asked is None or one.answer(asked) is None
        assert "the run's own process does its work" in caplog.text

    def test_no_process_can_be_started(self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
        def refused(*_: object, **__: object) -> None:
            raise OSError("cannot allocate memory")

        monkeypatch.setattr("multiprocessing.context.SpawnProcess.start", refused)
        with pool.workers():
            assert pool.draw(CHART)() == as_markdown_image(CHART)
        assert "cannot allocate memory" in caplog.text

    def test_every_run_has_workers_whoever_started_it(self) -> None:
        seen = []

        @dg.asset
        def looks(workers: Workers) -> None:
            seen.extend(pool._started)

        assert dg.materialize([looks], resources={"workers": Workers()}).success
        assert len(seen) == 1
        assert pool._started == []
        assert not any(
            process.is_alive() for one in (seen[0].suites, seen[0].pictures) for process in one._context.started
        )

    def test_a_run_uses_the_workers_that_the_command_has_started(self) -> None:
        seen = []

        @dg.asset
        def looks(workers: Workers) -> None:
            seen.extend(pool._started)

        with pool.workers():
            started = list(pool._started)
            assert dg.materialize([looks], resources={"workers": Workers()}).success
            assert pool._started == started
        assert seen == started


def run(code: str) -> subprocess.CompletedProcess[str]:
    """A process of its own; workers hold what it prints to, so that this returns when they have ended too."""
    start = "import os, signal\nos.sched_getaffinity = lambda _: {0, 1}\nfrom klimat_pipeline.quality import pool\n"
    return subprocess.run(
        [sys.executable, "-c", start + code], capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("when", ["", "pool._started[-1].pictures.ask(os.getpid).result()"], ids=["at once", "later"])
def test_workers_of_a_killed_run_end(when: str) -> None:
    done = run(f"with pool.workers():\n    {when}\n    os.kill(os.getpid(), signal.SIGKILL)")
    assert done.returncode == -signal.SIGKILL


def test_workers_that_are_not_waited_for_leave_nothing() -> None:
    done = run("with pool.workers():\n    pass")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@for_each(key=list(TABLES))
def test_ids_are_those_of_the_suite(key: str) -> None:
    assert expectation_ids(table(key)) == [e.meta["check"] for e in suite(table(key)).expectations]
