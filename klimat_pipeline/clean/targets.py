"""What is followed up per municipality: its own targets from its folder, and the same generic ones for everybody."""

from pathlib import Path
from typing import Any

import pandas as pd

from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.municipality import load_generic, load_municipalities
from klimat_pipeline.contracts import table
from klimat_pipeline.errors import ProblemsError


def clean_targets(municipalities_dir: Path, reference: Reference) -> pd.DataFrame:
    """Targets of all municipalities.

    Args:
        municipalities_dir: the folder of municipality folders.
        reference: municipalities and sectors.

    Returns:
        ``clean/targets``. A municipality's own target and the generic one with the same id are both there; which
        applies depends on the gases of a release (``indicators.sector_indicators``).

    Raises:
        ConfigurationError: a municipality's folder has faults; all of them are named.
    """
    contract = table("clean/targets")
    own = load_municipalities(
        municipalities_dir, sector_codes=reference.sector_codes, known_codes=reference.municipality_by_code
    )
    if unknown := [
        f"{m.municipality_code} {m.name}: target {target.id}: subsectors: no subsector {part!r} in "
        f"data/reference/subsectors.csv; {part.split('/')[0]} has "
        + (", ".join(sorted(reference.subsector_codes.get(part.split("/")[0], ()))) or "none")
        for m in own
        for target in m.targets
        for part in target.subsectors
        if "/" in part and part.split("/")[1] not in reference.subsector_codes.get(part.split("/")[0], ())
    ]:
        raise ProblemsError(unknown)
    rows = [*_generic_rows(municipalities_dir, reference), *(row for m in own for row in _own_rows(m, reference))]
    frame = pd.DataFrame(rows, columns=contract.column_names)
    integers = ("baseline_year", "target_year", "trend_from_year", "plan_from_year")
    frame = frame.astype(
        dict.fromkeys(integers, "Int64") | dict.fromkeys(("target_pct", "target_level", "budget_t"), "float64")
    )
    return frame.sort_values(list(contract.primary_key)).reset_index(drop=True)


def _own_rows(municipality: Any, reference: Reference) -> list[dict[str, Any]]:
    return [
        {
            "municipality_code": municipality.municipality_code,
            "target_id": target.id,
            "target_kind": "contract",
            "target_name_sv": target.name_sv,
            "target_name_en": target.name_en,
            "sector_codes": " ".join(reference.sector_codes if target.sectors == "all" else target.sectors),
            "subsector_codes": " ".join(target.subsectors),
            "boundary": target.boundary,
            "target_gas_basis": target.gas_basis,
            "baseline_year": target.baseline_year,
            "target_year": target.target_year,
            "target_pct": None if target.reduction_pct is None else 0.0 - target.reduction_pct,
            "trend_from_year": municipality.trend_from_year,
            "source": target.source,
            "note": target.note,
            "target_measure": target.measure,
            "spend_indicator": target.indicator,
            "target_level": target.target_level,
            "interim_targets": " ".join(f"{step.year}:{0.0 - step.reduction_pct:g}" for step in target.interim),
            "budget_t": target.budget_t,
            "plan_from_year": municipality.plan_from_year,
        }
        for target in municipality.targets
    ]


def _generic_rows(municipalities_dir: Path, reference: Reference) -> list[dict[str, Any]]:
    generic = load_generic(municipalities_dir / "_all" / "follow_up.yaml")
    sectors = [
        (row.sector_code, row.sector_name_sv, row.sector_name_en, row.sector_code)
        for row in reference.sectors.itertuples()
    ]
    followed = [("total", generic.total_name_sv, generic.total_name_en, " ".join(reference.sector_codes)), *sectors]
    return [
        {
            "municipality_code": code,
            "target_id": target_id,
            "target_kind": "generic",
            "target_name_sv": name_sv,
            "target_name_en": name_en,
            "sector_codes": codes,
            "subsector_codes": "",
            "boundary": generic.boundary,
            "target_gas_basis": generic.gas_basis,
            "baseline_year": generic.baseline_year,
            "trend_from_year": generic.trend_from_year,
            "source": generic.source,
            "target_measure": "emissions",
            "interim_targets": "",
        }
        for code in reference.municipality_by_code
        for target_id, name_sv, name_en, codes in followed
    ]
