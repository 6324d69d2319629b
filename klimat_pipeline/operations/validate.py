"""Check all files that people edit with the readers of every stage, and report all faults at once.

What does not belong here: how a file is read (``configuration``) and what its rows mean (``clean``, ``spend.ledger``).
"""

from collections.abc import Callable
from functools import partial

from klimat_pipeline.configuration.municipality import EVERYBODY, load_generic, load_municipalities
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.settings import Settings


def validate_configuration(settings: Settings) -> list[str]:
    """Every problem in what people edit, one a line; empty when all is well."""
    from klimat_pipeline.clean.assumptions import load_assumptions
    from klimat_pipeline.clean.local import local_tables
    from klimat_pipeline.clean.neutrality import clean_neutrality
    from klimat_pipeline.clean.reference import load_reference
    from klimat_pipeline.configuration.corrections import load_registers
    from klimat_pipeline.configuration.frozen import load_frozen
    from klimat_pipeline.spend.footprint.validate import check_all

    try:
        reference = load_reference(settings.reference_dir)
    except ConfigurationError as error:
        return error.problems
    folder, problems = settings.municipalities_dir, []
    known = reference.municipality_by_code
    loads: tuple[Callable[[], object], ...] = (
        lambda: load_generic(folder / EVERYBODY / "follow_up.yaml"),
        lambda: load_municipalities(folder, sector_codes=reference.sector_codes, known_codes=known),
        lambda: load_registers(
            folder,
            sector_codes=reference.sector_codes,
            subsector_codes=reference.subsector_codes,
            known_codes=known,
        ),
        lambda: load_frozen(folder),
        *(partial(clean, folder, reference, examples=True) for clean in local_tables().values()),
        lambda: load_assumptions(settings.reference_dir, reference.sector_codes),
        lambda: clean_neutrality(folder, reference),
        # ledgers
        lambda: check_all(settings),
    )
    for load in loads:
        try:
            load()
        except ConfigurationError as error:
            problems += error.problems
    return list(dict.fromkeys(problems))
