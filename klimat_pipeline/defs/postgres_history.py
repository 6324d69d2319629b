"""Dagster's event log in PostgreSQL, with events as they are shown (``instance.as_shown``).

``dagster.yaml`` names it where ``KLIMAT_DAGSTER_DATABASE_URL`` is set; apart, since Dagster's library for PostgreSQL is
an extra. What does not belong here: runs and ticks, whose storage is Dagster's own.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster_postgres import PostgresEventLogStorage

from klimat_pipeline.defs.instance import as_shown

if TYPE_CHECKING:
    from dagster._core.events.log import EventLogEntry
    from dagster._serdes import ConfigurableClassData


class ShownEventLogStorage(PostgresEventLogStorage):
    """Dagster's own, of one address; only what it stores of steps that are not executed is no error."""

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        return {"postgres_url": dg.StringSource}

    @classmethod
    def from_config_value(
        cls, inst_data: "ConfigurableClassData | None", config_value: Mapping[str, Any]
    ) -> "ShownEventLogStorage":
        return cls(inst_data=inst_data, **config_value)

    def store_event(self, event: "EventLogEntry") -> None:
        super().store_event(as_shown(event))
