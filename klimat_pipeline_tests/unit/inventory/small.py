"""A small country for the tests of inventories: round figures, so that expectations are sums in the head."""

from pathlib import Path

import pandas as pd

from klimat_pipeline.clean.reference import Reference, load_reference
from klimat_pipeline.contracts import table

SECTORS = {
    "transport": 100.0,
    "industry": 80.0,
    "agriculture": 60.0,
    "electricity_district_heating": 50.0,
    "heating": 40.0,
    "machinery": 30.0,
    "product_use": 20.0,
    "waste": 10.0,
    "foreign_transport": 0.0,
}


def reference(project: Path) -> Reference:
    return load_reference(project / "data" / "reference")


def subsectors(years: tuple[int, ...] = (1990, 2022), release: str = "r1", **split: dict[str, float]) -> pd.DataFrame:
    """Main sectors only, but for those given as ``sector={subsector: tonnes}``; 1990 is twice the other years."""
    rows = [
        {
            "release_id": release,
            "is_current_release": True,
            "municipality_code": "1283",
            "sector_code": sector,
            "subsector_code": part,
            "year": year,
            "emissions_reported_t": tonnes * (2 if year == 1990 else 1),
            "emissions_reported_t_co2e": tonnes * (2 if year == 1990 else 1),
            "emissions_t": tonnes * (2 if year == 1990 else 1),
            "emissions_t_co2e": tonnes * (2 if year == 1990 else 1),
            "gwp_set": "AR5",
            "correction_ids": "",
        }
        for year in years
        for sector, total in SECTORS.items()
        for part, tonnes in split.get(sector, {"not_split": total}).items()
    ]
    return pd.DataFrame(rows)


def releases(gas_basis: str = "all greenhouse gases") -> pd.DataFrame:
    return pd.DataFrame({"release_id": ["r1"], "gas_basis": [gas_basis], "gwp_set": ["AR5"]})


def no_corrections() -> pd.DataFrame:
    return pd.DataFrame(columns=table("corrected/corrections").column_names)


def energy_use(years: tuple[int, ...] = (1990, 2022)) -> pd.DataFrame:
    """1,000 MWh of heat in dwellings, 500 of electricity there, 200 in industry, 100 on the road."""
    rows = [
        ("1283", year, user, carrier, mwh, line, ref, crf, "medium", "here")
        for year in years
        for user, carrier, mwh, line, ref, crf in (
            ("households", "district_heating", 1000.0, "buildings_incl_agricultural_facilities", "I.1.2", "1A4b"),
            ("households", "electricity", 500.0, "buildings_incl_agricultural_facilities", "I.1.2", "1A4b"),
            ("industry_construction", "electricity", 200.0, "buildings_industry_construction", "I.3.2", "1A2"),
            ("transport", "electricity", 100.0, "transport_on_road", "II.1.2", "1A3b"),
        )
    ]
    return pd.DataFrame(rows, columns=table("clean/energy_use").column_names)


def no_scope3() -> pd.DataFrame:
    columns = table("clean/territorial_scope3").columns
    types = {"integer": "int64", "number": "float64", "string": "object"}
    return pd.DataFrame({column.name: pd.Series(dtype=types[column.kind]) for column in columns})


def factors(*rows: tuple[str, int, str, str, float], gwp_set: str = "not stated") -> pd.DataFrame:
    """``carrier, year, method, gas, g per kWh``; by default heat 100 g and electricity 10 g in both years."""
    given = rows or tuple(
        (carrier, year, "location", "co2e", grams)
        for year in (1990, 2022)
        for carrier, grams in (("district_heating", 100.0), ("electricity", 10.0))
    )
    return pd.DataFrame(
        [
            {
                "municipality_code": "1283",
                "carrier": carrier,
                "year": year,
                "method": method,
                "gas": gas,
                "factor_value": grams,
                "factor_unit": "g/kWh",
                "factor_t_per_unit": grams / 1000,
                "per_unit": "MWh",
                "gwp_set": gwp_set if gas == "co2e" else "none",
                "printed_value": None,
                "data_quality": "medium",
                "source": "there",
                "note": None,
            }
            for carrier, year, method, gas, grams in given
        ]
    ).astype({"printed_value": "float64"})


def printed(*rows: tuple[str, str, int, float | None], table_name: str = "T1", **other: object) -> pd.DataFrame:
    """``line, scopes, year, tonnes`` of one printed table."""
    counted = (
        "buildings_incl_agricultural_facilities buildings_industry_construction transport_on_road transport_machines "
        "transport_other waste ippu_industrial_process ippu_product_use afolu_sources afolu_sinks"
    )
    return pd.DataFrame(
        [
            {
                "municipality_code": "1283",
                "print_table": table_name,
                "print_line": line,
                "scopes": scopes,
                "year": year,
                "published_t": tonnes,
                "notation_key": None if tonnes is not None else "NE",
                "of_lines": counted if line == "total" else line,
                "carrier": None,
                "printed_share_pct": None,
                "also_printed_year": None,
                "rounding_t": 0.5,
                "source": "print",
                "note": None,
                **other,
            }
            for line, scopes, year, tonnes in rows
        ]
    ).astype({"published_t": "float64", "printed_share_pct": "float64", "also_printed_year": "Int64"})
