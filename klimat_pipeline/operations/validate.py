"""Check all files that people edit with the readers of every stage, and report all faults at once.

What does not belong here: how a file is read (``configuration``) and what its rows mean (``clean``, ``spend.ledger``).
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from klimat_pipeline.configuration.municipality import (
    EVERYBODY,
    load_generic,
    load_municipalities,
    sound_municipalities,
)
from klimat_pipeline.errors import ConfigurationError, ProblemsError
from klimat_pipeline.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from klimat_pipeline.clean.reference import Reference


def refuse_faults(settings: Settings) -> None:
    """Stop before a refresh computes anything that faults of the configuration would stop later.

    Ledgers are looked at when they are read.

    Raises:
        ProblemsError: everything that is wrong.
    """
    if problems := validate_configuration(settings, examples=settings.examples, ledgers=False):
        raise ProblemsError(problems)


@lru_cache(maxsize=1)
def refuse_faults_once(settings: Settings, digest: str) -> None:
    """The same, once a process for what has not changed: the command does it before it imports Dagster, and the run's
    first step for all that start runs.

    Args:
        settings: where the configuration lies.
        digest: of the inputs as they are now.
    """
    del digest
    refuse_faults(settings)


def validate_configuration(settings: Settings, *, examples: bool = True, ledgers: bool = True) -> list[str]:
    """Every problem in what people edit, one a line; empty when all is well.

    Args:
        settings: where it lies.
        examples: whether to look at invented examples too.
        ledgers: whether to look at what is said about ledgers.
    """
    from klimat_pipeline.clean.local import local_tables
    from klimat_pipeline.clean.method_assumptions import load_assumptions
    from klimat_pipeline.clean.neutrality_rules import clean_neutrality_rules
    from klimat_pipeline.clean.reference import load_reference
    from klimat_pipeline.configuration.acknowledged import load_acknowledged
    from klimat_pipeline.configuration.corrections import load_registers
    from klimat_pipeline.configuration.frozen import load_frozen
    from klimat_pipeline.quality.acknowledged import refuse_unknown
    from klimat_pipeline.sources.archive import archive_of
    from klimat_pipeline.spend.footprint.validate import check_all

    try:
        reference = load_reference(settings.reference_dir)
    except ConfigurationError as error:
        return error.problems
    folder, problems = settings.municipalities_dir, []
    known, tables = reference.municipality_by_code, {}

    def table(key: str, clean: Callable[..., "pd.DataFrame"]) -> None:
        tables[key] = clean(folder, reference, examples=examples)

    loads: tuple[Callable[[], object], ...] = (
        lambda: load_generic(folder / EVERYBODY / "follow_up.yaml"),
        lambda: load_municipalities(folder, sector_codes=reference.sector_codes, known_codes=known),
        lambda: load_registers(
            folder,
            sector_codes=reference.sector_codes,
            subsector_codes=reference.subsector_codes,
            known_codes=known,
            substances=reference.substances,
            release_ids=[snapshot.release_id for snapshot in archive_of(settings).snapshots()],
        ),
        lambda: load_frozen(folder),
        lambda: refuse_unknown(load_acknowledged(settings.config_dir)),
        *(partial(table, key, clean) for key, clean in local_tables().items()),
        lambda: load_assumptions(settings.reference_dir, reference.sector_codes),
        lambda: clean_neutrality_rules(folder, reference),
        lambda: _refuse_unfit(settings, reference, tables),
        *([partial(check_all, settings)] if ledgers else []),
    )
    for load in loads:
        try:
            load()
        except ConfigurationError as error:
            problems += error.problems
    return list(dict.fromkeys(problems))


def _refuse_unfit(settings: Settings, reference: "Reference", tables: Mapping[str, "pd.DataFrame"]) -> None:
    """Activities, energy, factors and scope 3 that are sound each and do not fit each other.

    Args:
        settings: where the configuration lies.
        reference: code lists.
        tables: the local tables that could be read; one with faults of its own is not held against the others.
    """
    problems = [*_territory_problems(reference, tables), *_organisation_problems(settings, reference, tables)]
    if problems:
        raise ProblemsError(problems)


def _territory_problems(reference: "Reference", tables: Mapping[str, "pd.DataFrame"]) -> list[str]:
    from klimat_pipeline.inventory.inventory_territory import ALL_GASES, territory_problems

    energy_use, factors, scope3 = (
        tables.get(f"clean/{name}") for name in ("energy_use", "emission_factors", "territorial_scope3")
    )
    if energy_use is None or factors is None or scope3 is None:
        return []
    sets = {one.gwp_set for one in reference.substances.values() if one.gas_basis == ALL_GASES}
    return [text for one in sets for text in territory_problems(energy_use, factors, scope3, one)]


def _organisation_problems(
    settings: Settings, reference: "Reference", tables: Mapping[str, "pd.DataFrame"]
) -> list[str]:
    from klimat_pipeline.inventory.inventory_organisation import organisation_inventory
    from klimat_pipeline.spend.footprint.validate import other_sets

    activity, factors = tables.get("clean/activity_data"), tables.get("clean/emission_factors")
    if activity is None or factors is None:
        return []
    found, _ = sound_municipalities(
        settings.municipalities_dir,
        sector_codes=reference.sector_codes,
        known_codes=reference.municipality_by_code,
    )
    gwp_sets = {municipality.municipality_code: municipality.gwp_set for municipality in found}
    acting = {code: gwp_sets[code] for code in set(activity["municipality_code"]) & set(gwp_sets)}
    problems: list[str] = []
    try:
        problems += other_sets(settings, acting)
        organisation_inventory(activity[activity["municipality_code"].isin(gwp_sets)], factors, reference, gwp_sets)
    except ConfigurationError as error:
        problems += error.problems
    return problems


def unread_files(settings: Settings) -> list[str]:
    """Files beside ledgers that are not read, each with what to do; none where the configuration has faults."""
    from klimat_pipeline.spend.ledger.found_files import files_beside
    from klimat_pipeline.spend.ledger.run import spend_folders

    try:
        folders = spend_folders(settings, sound_only=True)
    except ConfigurationError:
        return []
    return [told for folder, section in folders.values() for told in files_beside(folder, section)]
