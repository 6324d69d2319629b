"""The rules of neutrality that apply to each municipality: the harmonised ones, and what it states otherwise."""

from pathlib import Path
from typing import Any

import pandas as pd

from klimat_pipeline.clean.local import local_frame
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.municipality import load_municipalities
from klimat_pipeline.configuration.neutrality import HARMONISED, OWN, load_neutrality


def clean_neutrality_rules(municipalities_dir: Path, reference: Reference) -> pd.DataFrame:
    """``clean/neutrality_rules``: one row per municipality, with a folder or without.

    Raises:
        ProblemsError: faults of the folders.
        ConfigurationError: ``_all/neutrality.yaml`` is missing or does not fit.
    """
    method = load_neutrality(municipalities_dir)
    own = load_municipalities(
        municipalities_dir, sector_codes=reference.sector_codes, known_codes=reference.municipality_by_code
    )
    stated = {municipality.municipality_code: municipality.neutrality for municipality in own}
    rows: list[dict[str, Any]] = []
    for code in reference.municipality_by_code:
        deviation = stated.get(code)
        changes = deviation.changes if deviation else {}
        rules = method.model_dump() | changes
        rows.append(
            {
                **rules,
                "municipality_code": code,
                "permanence_counted": " ".join(rules["permanence"]),
                "neutrality_method": OWN if changes else HARMONISED,
                "deviations": "; ".join(f"{name} {_said(value)}" for name, value in changes.items())
                + (f" ({deviation.reason})" if deviation and changes else ""),
            }
        )
    return local_frame("clean/neutrality_rules", rows)


def _said(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
