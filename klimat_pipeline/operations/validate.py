"""Check everything that people edit, in all rooms that read it; all faults at once.

What does not belong here: how a file is read (``configuration``) and what its rows mean (``clean``, ``spend.ledger``).
"""

from klimat_pipeline.configuration.municipality import EVERYBODY, load_generic, load_municipalities, load_population
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.settings import Settings


def validate_configuration(settings: Settings) -> list[str]:
    """Every problem in what people edit, one a line; empty when all is well."""
    from klimat_pipeline.clean.actions import clean_actions
    from klimat_pipeline.clean.activity import clean_activity
    from klimat_pipeline.clean.areas import clean_areas
    from klimat_pipeline.clean.assumptions import load_assumptions
    from klimat_pipeline.clean.construction import clean_construction
    from klimat_pipeline.clean.energy_use import clean_energy_use
    from klimat_pipeline.clean.facilities import clean_facilities
    from klimat_pipeline.clean.factors import clean_factors
    from klimat_pipeline.clean.meals import clean_meals
    from klimat_pipeline.clean.neutrality import clean_neutrality
    from klimat_pipeline.clean.printed_inventory import clean_printed_inventory
    from klimat_pipeline.clean.published_gap import clean_published_gap
    from klimat_pipeline.clean.reference import load_reference
    from klimat_pipeline.clean.scope3 import clean_scope3
    from klimat_pipeline.clean.sinks import clean_sinks
    from klimat_pipeline.configuration.corrections import load_registers
    from klimat_pipeline.configuration.frozen import load_frozen
    from klimat_pipeline.spend.footprint.validate import check_all

    try:
        reference = load_reference(settings.reference_dir)
    except ConfigurationError as error:
        return error.problems
    folder, problems = settings.municipalities_dir, []
    known = reference.municipality_by_code
    for load in (
        lambda: load_generic(folder / EVERYBODY / "follow_up.yaml"),
        lambda: load_municipalities(folder, sector_codes=reference.sector_codes, known_codes=known),
        lambda: load_population(folder, known_codes=known),
        lambda: load_registers(
            folder,
            sector_codes=reference.sector_codes,
            subsector_codes=reference.subsector_codes,
            known_codes=known,
        ),
        lambda: load_frozen(folder),
        lambda: clean_energy_use(folder, reference),
        lambda: clean_factors(folder, reference, examples=True),
        lambda: clean_activity(folder, reference, examples=True),
        lambda: clean_printed_inventory(folder, reference),
        lambda: clean_areas(folder, reference),
        lambda: clean_scope3(folder, reference),
        lambda: clean_actions(folder, reference, examples=True),
        lambda: load_assumptions(settings.reference_dir, reference.sector_codes),
        lambda: clean_construction(folder, settings.reference_dir, reference),
        lambda: clean_meals(folder, reference),
        lambda: clean_sinks(folder, reference),
        lambda: clean_published_gap(folder, reference),
        lambda: clean_facilities(folder, reference, examples=True),
        lambda: clean_neutrality(folder, reference),
        # ledgers
        lambda: check_all(settings),
    ):
        try:
            load()
        except ConfigurationError as error:
            problems += error.problems
    return list(dict.fromkeys(problems))
