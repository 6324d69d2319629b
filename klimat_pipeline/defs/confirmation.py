"""Events for a night in which nothing had changed: the published tables were compared with their inputs and stand.

Kept apart from the other wiring because ``klimat refresh`` with nothing to do should import no more than this.
"""

from typing import TYPE_CHECKING, Any

import dagster as dg

from klimat_pipeline.contracts import PUBLISHED

if TYPE_CHECKING:
    from klimat_pipeline.published.manifest import Inputs


def confirmations(made_from: "Inputs") -> list[dg.AssetMaterialization]:
    """Events saying that the published tables were compared with their inputs and are still right."""
    metadata: dict[str, Any] = {
        "publication_id": made_from.publication_id,
        "unchanged": "inputs, configuration and code are those of this publication: nothing was recomputed",
    }
    return [
        dg.AssetMaterialization(
            asset_key=["published", name],
            metadata=metadata,
            tags={"dagster/data_version": made_from.publication_id},
        )
        for name in PUBLISHED
    ]


def confirm_unchanged(context: dg.AssetExecutionContext, made_from: "Inputs") -> None:
    """Record, within a run, that nothing had to be done; keeps the tables fresh in the UI."""
    context.log.info(f"nothing new since {made_from.publication_id}: the published tables stand")
    for event in confirmations(made_from):
        context.log_event(event)
