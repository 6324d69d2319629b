"""All gases divided by gas: values by hand, with the AR5 potentials 28 (methane), 265 (nitrous oxide), 23,500 (SF6)."""

import pandas as pd
import pytest

from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.clean.units import measure
from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.arrow import to_arrow
from klimat_pipeline.errors import UnknownNameError
from klimat_pipeline.indicators.gases import gases
from klimat_pipeline.quality.gases import gas_basis_matches, gases_sum
from klimat_pipeline_tests.support.shared import REPOSITORY

REFERENCE = load_reference(REPOSITORY / "data" / "reference")
#: 1,000 t of CO2, 10 t of methane, 2 t of nitrous oxide and 0.01 t of SF6 are 1,000 + 280 + 530 + 235 t CO2e.
WHOLE = {"GGT": 2_045.0, "CO2": 1_000.0, "CH4": 10.0, "N2O": 2.0, "SF6": 0.01}


def releases(last: dict[str, int] | None = None, **units: str) -> pd.DataFrame:
    mass = {code: "t CO2e" if code == "GGT" else f"t {code}" for code in WHOLE}
    return pd.DataFrame(
        [
            {
                "release_id": f"r-{code}",
                "substance": code,
                "last_year": (last or {}).get(code, 2024),
                "report_date": "2026-06-10",
                "unit": units.get(code, mass[code]),
                "gwp_set": "AR5" if units.get(code, mass[code]) == "t CO2e" else "none",
            }
            for code in WHOLE
        ]
    )


def emissions(**figures: float) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "municipality_code": "1283",
                "sector_code": "industry",
                "release_id": f"r-{code}",
                "is_current_release": code == "GGT",
                "year": 2024,
                "substance": code,
                "gwp_set": "AR5" if code == "GGT" else "none",
                "emissions_reported_t": tonnes,
                "emissions_reported_t_co2e": tonnes if code in ("GGT", "CO2") else None,
            }
            for code, tonnes in figures.items()
        ]
    )


def made(figures: dict[str, float], described: pd.DataFrame) -> pd.DataFrame:
    frame = gases(emissions(**figures), described[described["substance"].isin(list(figures))], REFERENCE)
    to_arrow(frame, table("indicators/gases"))
    return frame.set_index("greenhouse_gas")


def test_every_gas_in_one_set_sums_to_all() -> None:
    found = made(WHOLE, releases())
    expected = {"co2": 1_000.0, "ch4": 280.0, "n2o": 530.0, "fluorinated": 235.0, "not_divided": 0.0}
    assert found["emissions_t_co2e"].to_dict() == pytest.approx(expected, abs=1e-9)
    assert found.loc["ch4", ["gas_t", "gas_release_ids", "gwp_set"]].tolist() == [10.0, "r-CH4", "AR5"]
    assert found.loc["not_divided", "note"] is None
    (finding,) = gases_sum({"indicators/gases": found.reset_index()})
    assert finding.outcome == "passed"


def test_what_no_workbook_holds_is_named_and_not_divided() -> None:
    found = made({"GGT": 2_045.0, "CO2": 1_000.0}, releases())
    assert found["emissions_t_co2e"].to_dict() == {"co2": 1_000.0, "not_divided": 1_045.0}
    assert found.loc["not_divided", "note"] == "without ch4, n2o, fluorinated"
    (finding,) = gases_sum({"indicators/gases": found.reset_index()})
    assert finding.outcome == "not_applicable"


def test_a_sum_that_is_off_says_by_how_much() -> None:
    """Methane weighted with AR4's 25 by whoever made the sum: 30 t too little."""
    found = made(WHOLE | {"GGT": 2_015.0, "SF6": 235.0}, releases(SF6="t CO2e"))
    assert found.loc["not_divided", "emissions_t_co2e"] == pytest.approx(-30.0)
    (finding,) = gases_sum({"indicators/gases": found.reset_index()})
    assert (finding.outcome, finding.count, finding.observed) == ("failed", 1, "30 t")


def test_figures_of_another_edition_are_no_gas() -> None:
    assert "co2" not in made(WHOLE, releases(last={"CO2": 2022})).index
    assert made({"GGT": 1.0, "CO2": 1.0}, releases(last={"CO2": 2022})).empty


def test_what_comes_weighted_counts_as_weighted_with_the_same_set_only() -> None:
    assert made(WHOLE | {"SF6": 235.0}, releases(SF6="t CO2e")).loc["fluorinated", "emissions_t_co2e"] == 235.0
    other = releases(SF6="t CO2e")
    other.loc[other["substance"] == "SF6", "gwp_set"] = "AR4"
    found = made(WHOLE | {"SF6": 235.0}, other)
    assert "fluorinated" not in found.index
    assert "SF6 has no one potential" in found.loc["not_divided", "note"]


def test_methane_of_a_set_that_tells_its_origin_is_not_valued() -> None:
    described = releases().assign(gwp_set=lambda rows: rows["gwp_set"].replace("AR5", "AR6"))
    assert "ch4" not in made(WHOLE, described).index  # 29.8 or 27


def test_units_of_single_gases() -> None:
    assert not measure("CH4", "ton/år", "r", REFERENCE).is_co2e
    assert not measure("HFC", "ton CO2-ekv/år", "r", REFERENCE).is_co2e, "a part of all gases has no indicators"
    assert measure("SF6", "kg CO2-ekv/år", "r", REFERENCE).tonnes_per_unit == 0.001
    assert measure("CO2", "ton/år", "r", REFERENCE).is_co2e
    with pytest.raises(UnknownNameError, match="unit 'kg/år' for HFC"):
        measure("HFC", "kg/år", "r", REFERENCE)
    with pytest.raises(UnknownNameError, match="for GGT"):
        measure("GGT", "kg CO2-ekv/år", "r", REFERENCE)


def test_a_fossil_target_on_carbon_dioxide_is_no_remark() -> None:
    rows = pd.DataFrame(
        {
            "municipality_code": "1283",
            "target_id": "transport",
            "target_gas_basis": "fossil",
            "sector_codes": "transport",
            "is_latest_year": True,
            "is_current_release": [True, False],
            "gas_basis": ["all greenhouse gases", "carbon dioxide only"],
            "release_id": ["all", "co2"],
            "year": [2024, 2024],
        }
    )
    (finding,) = gas_basis_matches({"indicators/sector_indicators": rows})
    assert finding.outcome == "passed"
    (finding,) = gas_basis_matches({"indicators/sector_indicators": rows.assign(year=[2024, 2022])})
    assert finding.outcome == "failed"
