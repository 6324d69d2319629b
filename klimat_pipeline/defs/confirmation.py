"""Events for a refresh that had nothing to do: the published tables were compared with their inputs and are current.

Observations: what a page shows of its table stays that of the materialization. A module of its own, so that ``klimat
refresh`` imports no more than this when nothing has changed. What does not belong here: the comparison
(``operations.inputs``).
"""

from typing import TYPE_CHECKING, Any

import dagster as dg

from klimat_pipeline.contracts import MART, PUBLISHED

if TYPE_CHECKING:
    from klimat_pipeline.published.manifest import Inputs


def confirmations(made_from: "Inputs") -> list[dg.AssetObservation]:
    """Events that say that the published tables were compared with their inputs and are still current."""
    metadata: dict[str, Any] = {
        "confirmed publication": made_from.publication_id,
        "unchanged": "inputs, configuration and code are those of this publication: nothing was recomputed",
    }
    return [
        dg.AssetObservation(
            asset_key=[stage, name],
            metadata=metadata,
            tags={"dagster/data_version": made_from.publication_id},
        )
        for stage, names in (("published", PUBLISHED), ("mart", MART))
        for name in names
    ]


def confirm_unchanged(context: dg.AssetExecutionContext, made_from: "Inputs") -> None:
    """Record, within a run, that nothing had to be done."""
    context.log.info(f"nothing new since {made_from.publication_id}: the published tables are still current")
    for event in confirmations(made_from):
        context.log_event(event)
