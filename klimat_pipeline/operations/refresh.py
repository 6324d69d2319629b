"""How every refresh begins, whoever started it: can it end well, fetch if live, is there anything to do.

Who asks for what:

* A person who presses "Materialize", for all assets, for one, or for the job, wants it done: everything that is
  selected is made anew.
* The schedule and ``klimat refresh`` ask only for what has changed: where every place already shows what the inputs
  give, nothing is computed, and the published tables are confirmed. ``--force`` asks as a person does.

So the run says what it wants (``only_if_changed`` of the resource ``project``), and no asset looks at the name of its
job. What does not belong here: the run itself, and anything of Dagster's (``defs``, the command's ``refresh``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from klimat_pipeline.operations.inputs import inputs, is_up_to_date
from klimat_pipeline.published.manifest import Inputs
from klimat_pipeline.published.publication import prepare
from klimat_pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class Found:
    """What a refresh would be made from, and whether it would show anything new.

    Attributes:
        made_from: the inputs as they are now.
        is_news: whether some place that we publish to shows something else.
    """

    made_from: Inputs
    is_news: bool


def look(
    settings: Settings,
    *,
    live: bool,
    municipalities: Sequence[str],
    releases: Sequence[str],
    log: Callable[[str], None],
) -> Found:
    """Fetch from the live sources if asked to, and compare what there is with what is published.

    Args:
        settings: where things lie.
        live: whether to ask the live sources first.
        municipalities: codes to publish; empty for all.
        releases: releases to be current; newer ones of their substance are left out.
        log: receives a line for every source that was asked.

    Raises:
        KlimatError: what publishing needs is not there, the sources were silent for too long, or an input cannot be
            read.
    """
    prepare(settings)
    if live:
        from klimat_pipeline.operations.intake import fetch_all
        from klimat_pipeline.operations.series_intake import refresh_series

        fetch_all(settings, log=log)
        refresh_series(settings, log=log)
    made_from = inputs(settings, municipalities=municipalities, releases=releases)
    return Found(made_from, not is_up_to_date(settings, made_from))
