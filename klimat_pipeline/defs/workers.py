"""The resource that gives a run its worker processes, whoever started it: UI, daemon, command or test."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg


class Workers(dg.ConfigurableResource):
    """Worker processes that check contracts and draw charts, from the beginning of a run to its end."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Workers"]:  # noqa: ARG002
        from klimat_pipeline.quality.pool import workers

        with workers():
            yield self
