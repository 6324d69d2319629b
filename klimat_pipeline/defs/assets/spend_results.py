"""Assets of the stage ``spend`` that are results: one step, because a step costs more than a small table."""

import pandas as pd

from klimat_pipeline.defs.asset_factory import step
from klimat_pipeline.defs.pages import as_metadata, pictures
from klimat_pipeline.defs.resources import Project
from klimat_pipeline.defs.steps import Made
from klimat_pipeline.spend.results.all_tables import KEYS

REFUSED = "spend/spend_refused"
#: Only the ratios per resident read the population.
_READS = dict.fromkeys(KEYS, ("spend/spend_files", "inventory/inventory_organisation")) | {
    "spend/spend_reconciliation": ("spend/ledger_totals",),
    "spend/spend_indicators": ("spend/spend_files", "inventory/inventory_organisation", "clean/population"),
    REFUSED: ("spend/unread_ledgers",),
}


@step(
    "spend_results",
    *KEYS,
    REFUSED,
    kinds=dict.fromkeys((*KEYS, REFUSED), ("duckdb",)) | {"spend/spend_by_category": ("duckdb", "vega")},
    reads=_READS,
    whole=("files", "unread", "passed", "organisation", "population"),
    files="spend/spend_files",
    unread="spend/unread_ledgers",
    passed="spend/ledger_totals",
    organisation="inventory/inventory_organisation",
    population="clean/population",
)
def spend_results(
    project: Project,
    files: pd.DataFrame,
    unread: pd.DataFrame,
    passed: pd.DataFrame,
    organisation: pd.DataFrame,
    population: pd.DataFrame,
) -> Made:
    """From typed ledger lines to the footprint of purchases; empty tables where nobody has a ledger.

    Of a municipality whose ledgers could not be read or valued the tables keep what an earlier run made.
    """
    from klimat_pipeline.charts.spend import largest_categories, shown_on_pages
    from klimat_pipeline.configuration.spend_factors import load_spend_factors
    from klimat_pipeline.published.parquet import last_published
    from klimat_pipeline.quality.spend import PUBLISHED_MAPPING
    from klimat_pipeline.spend.footprint.local_mappings import load_local_mappings
    from klimat_pipeline.spend.footprint.prices import current_reference
    from klimat_pipeline.spend.ledger.store import SpendStore
    from klimat_pipeline.spend.ledger.unread_ledgers import unread_ledgers
    from klimat_pipeline.spend.results.all_tables import spend_results as results
    from klimat_pipeline.spend.results.spend_refused import spend_refused, with_last_state

    settings = project.settings
    kept = SpendStore(settings.intermediate_dir)
    project.require_made_from(kept.made_from, "the typed lines of ledgers (made with spend/spend_files)")
    reference, faulty = current_reference(settings), dict[str, list[str]]()
    made = results(
        kept.dataset,
        reference,
        load_local_mappings(settings.municipalities_dir, reference.category_names, faulty),
        load_spend_factors(settings.municipalities_dir, faulty),
        passed=passed,
        organisation=organisation,
        population=population,
        parts=kept.parts,
        aside={*unread["municipality_code"], *faulty},
    )
    unvalued = pd.concat([made["unvalued"], unread_ledgers(faulty)], ignore_index=True)
    categories = largest_categories(made["spend/spend_by_category"])
    plots = {"spend/spend_by_category": pictures(project, "emissions of purchases by category", categories)}
    shown = {key: as_metadata(texts) for key, texts in shown_on_pages(made).items()}
    refused = {*unread["municipality_code"], *unvalued["municipality_code"]}
    frames = {key: with_last_state(key, made[key], project.last_state(key), refused) for key in KEYS}
    stale = frames["spend/spend_by_category"].query("is_stale")["municipality_code"]
    frames[REFUSED] = spend_refused(unread, unvalued, set(stale))
    inputs = {
        "spend/ledger_totals": passed,
        "inventory/inventory_organisation": organisation,
        "clean/population": population,
        PUBLISHED_MAPPING: last_published(settings.published_dir, "spend_mapping"),
    }
    return Made(frames, inputs, shown, plots)
