"""Corrected subsectors sum to their corrected sector; expected values by hand."""

from pathlib import Path

import pandas as pd
import pytest

from klimat_pipeline.clean.reference import Reference, load_reference
from klimat_pipeline.configuration.corrections import CorrectionRegister
from klimat_pipeline.corrected.corrections import correction_applications
from klimat_pipeline.corrected.emissions import corrected_emissions
from klimat_pipeline.corrected.registers import apply_registers
from klimat_pipeline.corrected.subsector_emissions import corrected_subsectors
from klimat_pipeline.quality.reconciliation import corrected_subsectors_sum
from klimat_pipeline_tests.unit.corrected.test_corrections import TODAY, emissions, entry


@pytest.fixture(scope="module")
def reference(project: Path) -> Reference:
    return load_reference(project / "data" / "reference")


def parts(rest: float = 0.0) -> pd.DataFrame:
    """Every sector's 100 t: waste of 1283 as 60 landfill, 40 fires and a rest, all others not split."""
    sectors = emissions()
    split = (sectors["municipality_code"] == "1283") & (sectors["sector_code"] == "waste")
    figures = {"landfill": 60.0, "accidental_fires": 40.0 - rest} | ({"not_split": rest} if rest else {})
    frames = [sectors[~split].assign(subsector_code="not_split")]
    for code, figure in figures.items():
        own = sectors[split].assign(subsector_code=code)
        frames.append(own.assign(emissions_reported_t=figure, emissions_reported_t_co2e=figure))
    frame = pd.concat(frames, ignore_index=True)
    return frame.assign(subsector_name_sv="x", subsector_name_en="x", sheet=None, source_row=pd.NA, source_column=None)


def corrected(reference: Reference, *entries: dict[str, object], rest: float = 0.0) -> pd.DataFrame:
    sectors, subsectors = emissions(), parts(rest)
    registers = {"1283": CorrectionRegister.model_validate({"corrections": list(entries)})}
    applied = apply_registers(sectors, subsectors, registers, today=TODAY)
    corrections = correction_applications(applied, sectors, registers)
    whole = corrected_emissions(sectors, corrections)
    frame = corrected_subsectors(subsectors, whole, corrections, reference)
    checked = corrected_subsectors_sum({"corrected/subsector_emissions": frame, "corrected/emissions": whole})
    assert [finding.outcome for finding in checked] == ["passed", "passed"]
    return frame


def of_waste(frame: pd.DataFrame, year: int = 2022) -> dict[str, tuple[float, str]]:
    own = frame[(frame["municipality_code"] == "1283") & (frame["sector_code"] == "waste") & (frame["year"] == year)]
    return {r.subsector_code: (r.emissions_t, r.correction_ids) for r in own.itertuples()}


def test_an_entry_on_a_subsector_changes_that_one(reference: Reference) -> None:
    frame = corrected(reference, entry(subsector="landfill", value=50))
    assert of_waste(frame) == {"landfill": (50.0, "one"), "accidental_fires": (40.0, "")}
    assert of_waste(frame, 2020) == {"landfill": (60.0, ""), "accidental_fires": (40.0, "")}


def test_an_entry_on_the_sector_stands_in_not_split(reference: Reference) -> None:
    assert of_waste(corrected(reference, entry(value=80))) == {
        "landfill": (60.0, ""),
        "accidental_fires": (40.0, ""),
        "not_split": (-20.0, "one"),
    }
    assert of_waste(corrected(reference, entry(value=80), rest=5.0))["not_split"] == (-15.0, "one")


def test_both_kinds_on_one_sector(reference: Reference) -> None:
    landfill = entry(id="two", subsector="landfill", value=50, order=2)
    found = of_waste(corrected(reference, entry(action="scale", value=0.9, unit="factor", order=1), landfill))
    assert found == {"landfill": (50.0, "two"), "accidental_fires": (40.0, ""), "not_split": (-10.0, "one")}


def test_what_is_moved_to_another_sector_stands_in_its_not_split(reference: Reference) -> None:
    moved = entry(action="reallocate", subsector="landfill", value=10, to_sector="industry")
    frame = corrected(reference, moved)
    assert of_waste(frame)["landfill"] == (50.0, "one")
    there = frame[
        (frame["municipality_code"] == "1283") & (frame["sector_code"] == "industry") & (frame["year"] == 2022)
    ]
    assert list(there["emissions_t"]) == [110.0]


def test_without_corrections_nothing_moves(reference: Reference) -> None:
    frame = corrected(reference)
    assert (frame["emissions_t"] == frame["emissions_reported_t"]).all()
    assert (frame["correction_ids"] == "").all()
