"""What stopped a step: said once, with the place, and with the class that the exit code follows from."""

import dagster as dg

from klimat_pipeline.cli.faults import kind_of
from klimat_pipeline.defs.failures import as_failures, full_words, words
from klimat_pipeline.errors import ProblemsError, PublishDiskError

PROBLEMS = [
    "data/municipalities/1283/municipality.yaml:12: name: is missing",
    "data/reference/gwp.csv:3: value: no number",
]


def stopped(error: Exception) -> dg.ExecuteInProcessResult:
    @dg.op
    def reads() -> None:
        with as_failures():
            raise error

    @dg.job
    def job() -> None:
        reads()

    return job.execute_in_process(raise_on_error=False)


def test_a_fault_of_an_input_is_said_once_with_its_places() -> None:
    (event,) = stopped(ProblemsError(PROBLEMS)).get_step_failure_events()
    data = event.step_failure_data
    assert data.user_failure_data.description == "\n".join(PROBLEMS)
    places = data.user_failure_data.metadata["where"].value
    assert places == "* data/municipalities/1283/municipality.yaml:12\n* data/reference/gwp.csv:3"
    assert data.error.cause is None and data.error.context is None, "no second traceback"
    assert words(data) == "\n".join(PROBLEMS)


def test_the_exit_code_is_that_of_the_fault() -> None:
    (event,) = stopped(PublishDiskError("full")).get_step_failure_events()
    assert kind_of(full_words(event.step_failure_data)) is PublishDiskError


def test_a_fault_of_the_code_keeps_its_traceback() -> None:
    (event,) = stopped(ZeroDivisionError("division by zero")).get_step_failure_events()
    assert event.step_failure_data.user_failure_data is None
    assert words(event.step_failure_data).startswith("ZeroDivisionError: division by zero")
