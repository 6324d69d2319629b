"""A job whose first step fails, and what Dagster's history holds of it afterwards.

Dagster logs an error for every step downstream that it does not execute, with all that it waited for. What does not
belong here: the history (``definitions/test_instance`` in SQLite, ``unit/defs/test_history_in_postgres``).
"""

import logging

import dagster as dg


def only_the_fault_is_an_error(history: dg.DagsterInstance) -> None:
    """Run it; what is said of steps that are not executed is red nowhere."""

    @dg.op
    def first() -> int:
        raise dg.Failure("the input's fault")

    @dg.op
    def second(number: int) -> int:
        return number

    @dg.job
    def job() -> None:
        second(second.alias("third")(first()))

    run = job.execute_in_process(instance=history, raise_on_error=False).dagster_run
    stored = history.all_logs(run.run_id)
    downstream = {entry.step_key: entry.level for entry in stored if entry.user_message.endswith("Not executing.")}
    assert downstream == {"second": logging.DEBUG, "third": logging.DEBUG}
    errors = [entry for entry in stored if entry.level == logging.ERROR and entry.step_key]
    assert [(entry.step_key, entry.dagster_event.event_type) for entry in errors] == [
        ("first", dg.DagsterEventType.STEP_FAILURE)
    ]
