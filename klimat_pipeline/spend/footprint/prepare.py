"""Make a municipality's year ready ahead of a refresh: its ledgers read, the lines of the year grouped."""

from klimat_pipeline.settings import Settings
from klimat_pipeline.spend.ledger.rates import current_rates
from klimat_pipeline.spend.ledger.read_files import read_ahead, read_ledgers
from klimat_pipeline.spend.ledger.run import personal_key, settings_of
from klimat_pipeline.spend.ledger.store import SpendStore


def read_year(settings: Settings, code: str, year: int) -> tuple[int, int]:
    """Make ready what a refresh needs of a municipality's year: ledgers read, and the lines of the year grouped.

    Runs for other years and municipalities may go on beside it.

    Returns:
        Files that this run looked at, and typed files of the year.

    Raises:
        ProblemsError: a configuration or a ledger has faults.
        ConfigurationError: no folder has that code.
    """
    from klimat_pipeline.spend.footprint.groups import make_parts

    entry, store, key = settings_of(settings, code), SpendStore(settings.intermediate_dir), personal_key(settings)
    rates = current_rates(settings)
    looked = read_ahead(code, entry, settings.reference_dir, key, store, year, rates)
    # Waits for whoever still reads, then finds all of it read; what two files have in common is settled here.
    read_ledgers({code: entry}, settings.reference_dir, key, store, rates)
    with store.locked(code, shared=True):
        return looked, len(make_parts(store.dataset, store.parts, code=code, year=year))
