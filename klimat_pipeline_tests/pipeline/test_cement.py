"""The deduction of cement plants' CO2, as a published method makes it, on the real CO2 workbook.

Tonnes of CO2 per plant and year as published for Skövde, Mörbylånga and Gotland; what the national grid holds there
includes them. Every other cell of the country must stay as reported, to the bit.
"""

from datetime import date

import pytest

from klimat_pipeline.configuration.corrections import CorrectionRegister
from klimat_pipeline_tests.support.shared import shared_path

CEMENT = {
    "1496": {
        2010: 356965,
        2015: 358634,
        2016: 384926,
        2017: 407633.13,
        2018: 445630.34,
        2019: 440504.33,
        2020: 459092.473,
        2021: 439174.727,
        2022: 406856,
    },
    "0980": {2015: 1926036, 2022: 1514132},
    "0840": {2015: 255970, 2019: 65176, 2020: 0, 2021: 0, 2022: 0},
}


def register(code: str, base: dict[int, float]) -> CorrectionRegister:
    return CorrectionRegister.model_validate(
        {
            "corrections": [
                {
                    "id": f"cement-{code}",
                    "substance": "CO2",
                    "sector": "industry",
                    "values": {year: -tonnes for year, tonnes in CEMENT[code].items()},
                    "action": "add",
                    "unit": "t",
                    # Gotland 2022: the published plant exceeds the national sector by 5,240.6 t.
                    "allow_negative": True,
                    "reason": "emissions of the cement plant are followed up nationally, not by the municipality",
                    "source": "published method of a national comparison of municipalities",
                    "decided_by": "test",
                    "decided_on": "2024-06-01",
                    "grade": "high",
                    "baseline": {"treatment": "not_corrected", "why": "no figure for 1990 is published"},
                    "conserves": {"sector": False, "county": False, "nation": False},
                    "base": {"release_id": "co2", "values_t": base},
                }
            ]
        }
    )


@pytest.fixture(scope="module")
def clean():
    import pandas as pd

    from klimat_pipeline.clean.naming import with_codes
    from klimat_pipeline.clean.reference import load_reference
    from klimat_pipeline.clean.releases import current_releases
    from klimat_pipeline.clean.reported_emissions import clean_reported_emissions
    from klimat_pipeline.clean.reported_subsectors import clean_reported_subsectors
    from klimat_pipeline.raw.smhi_emissions import to_frame
    from klimat_pipeline.raw.smhi_workbook import read_workbook
    from klimat_pipeline.settings import Settings

    path = shared_path("data", "ned", "ned_co2_report_2024-04-18_all.xlsx")
    reference = load_reference(Settings().reference_dir)
    coded = with_codes(to_frame(read_workbook(path.read_bytes(), path.name), "co2"), reference)
    retrieved = pd.Timestamp("2024-05-01", tz="UTC")
    snapshots = pd.DataFrame(
        [{"release_id": "co2", "report_date": "2024-04-18", "retrieved_at": retrieved, "url": None}]
    )
    current = current_releases(snapshots, coded)
    emissions = clean_reported_emissions(coded, current, reference)
    return emissions, clean_reported_subsectors(coded, emissions, current, reference)


def test_exactly_those_tonnes_in_those_years_and_nowhere_else(clean) -> None:
    from klimat_pipeline.corrected.corrections import correction_applications
    from klimat_pipeline.corrected.emissions import corrected_emissions
    from klimat_pipeline.corrected.registers import apply_registers

    emissions, subsectors = clean
    industry = emissions[emissions["sector_code"] == "industry"].set_index(["municipality_code", "year"])
    base = industry["emissions_reported_t"]
    registers = {code: register(code, {year: base[code, year] for year in years}) for code, years in CEMENT.items()}
    applied = apply_registers(emissions, subsectors, registers, today=date(2026, 1, 1))
    listed = correction_applications(applied, emissions, registers)
    frame = corrected_emissions(emissions, listed)

    change = frame.assign(change=frame["emissions_t"] - frame["emissions_reported_t"])
    for code, years in CEMENT.items():
        mine = change[(change["municipality_code"] == code) & (change["sector_code"] == "industry")]
        for year, value in zip(mine["year"], mine["change"], strict=True):
            assert value == pytest.approx(-years.get(year, 0.0), abs=1e-6), (code, year)
    touched = frame["municipality_code"].isin(list(CEMENT)) & (frame["sector_code"] == "industry")
    others = frame[~touched]
    assert others["municipality_code"].nunique() == 290
    assert (others["emissions_t"].to_numpy() == others["emissions_reported_t"].to_numpy()).all()
    assert not listed["is_drifted"].any()
    assert len(listed) == sum(map(len, CEMENT.values()))
