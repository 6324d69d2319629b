"""A country of two counties, four municipalities and two sectors, whose tables agree with each other."""

import pandas as pd

MUNICIPALITIES = (("0101", "01"), ("0102", "01"), ("0201", "02"), ("0202", "02"))
SECTORS = ("transport", "heating")
YEARS = {1990: 1.0, 2020: 0.8, 2021: 0.75}
RELEASES = ("older", "newer")
BEYOND = 1.004

Tables = dict[str, pd.DataFrame]


def country() -> Tables:
    """All tables that the checks look at, by key."""
    emissions = _emissions()
    return {
        "sources/smhi_snapshots": pd.DataFrame(
            {"substance": ["GGT", "GGT"], "stale_days": pd.array([None, None], dtype="Int64")}
        ),
        "raw/smhi_emissions": _raw(emissions),
        "clean/municipalities": pd.DataFrame(MUNICIPALITIES, columns=["municipality_code", "county_code"]),
        "clean/releases": _releases(),
        "clean/reported_emissions": emissions,
        "clean/reported_subsectors": _subsectors(emissions),
        "clean/area_totals": _area_totals(emissions),
        "clean/targets": _targets(),
        "corrected/emissions": _corrected(emissions),
        "corrected/corrections": _corrections(),
        "indicators/sector_indicators": _indicators(emissions),
    }


def _emissions() -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "release_id": release,
                "is_current_release": release == "newer",
                "municipality_code": code,
                "sector_code": sector,
                "substance": "GGT",
                "year": year,
                "emissions_reported_t": 1000.0 * (1 + i) * (1 + j) * factor,
            }
            for release in RELEASES
            for i, (code, _) in enumerate(MUNICIPALITIES)
            for j, sector in enumerate(SECTORS)
            for year, factor in YEARS.items()
        ]
    )


def _raw(emissions: pd.DataFrame) -> pd.DataFrame:
    cells = pd.DataFrame(
        {
            "municipality_sv": emissions["municipality_code"],
            "main_sector_sv": emissions["sector_code"],
            "subsector_sv": "Alla",
        }
    )
    return pd.concat(
        [cells, cells.assign(municipality_sv="Alla"), cells.assign(subsector_sv="Bilar")], ignore_index=True
    )


def _releases() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "release_id": RELEASES,
            "substance": "GGT",
            "report_date": ["2025", "2026-06"],
            "retrieved_at": pd.to_datetime(["2026-11-23T00:00:00Z"] * 2),
            "url": None,
            "is_current": [False, True],
            "last_year": max(YEARS),
            "years": " ".join(map(str, YEARS)),
            "municipalities": len(MUNICIPALITIES),
            "coverage": "national",
        }
    )


def _subsectors(emissions: pd.DataFrame) -> pd.DataFrame:
    transport = emissions["sector_code"] == "transport"
    cars = emissions[transport].assign(subsector_code="cars", subsector_name_sv="Personbilar")
    left = emissions.assign(subsector_code="not_split", subsector_name_sv="Ej uppdelat")
    left.loc[transport, "emissions_reported_t"] = 0.0
    return pd.concat([cars, left], ignore_index=True)


def _area_totals(emissions: pd.DataFrame) -> pd.DataFrame:
    keys = ["release_id", "sector_code", "year"]
    placed = emissions.merge(pd.DataFrame(MUNICIPALITIES, columns=["municipality_code", "county_code"]))
    counties = placed.groupby(["county_code", *keys])["emissions_reported_t"].sum().reset_index()
    counties = counties.rename(columns={"county_code": "area_code"}).assign(area_level="county")
    whole = emissions.groupby(keys)["emissions_reported_t"].sum().reset_index()
    nation = whole.assign(
        area_code="00", area_level="nation", emissions_reported_t=whole["emissions_reported_t"] * BEYOND
    )
    rest = whole.assign(
        area_code="99", area_level="unallocated", emissions_reported_t=whole["emissions_reported_t"] * (BEYOND - 1)
    )
    areas = pd.concat([counties, nation, rest])
    municipalities = emissions.rename(columns={"municipality_code": "area_code"}).assign(area_level="municipality")
    everything = pd.concat([areas, municipalities[areas.columns]])
    totals = everything.groupby(["area_level", "area_code", "release_id", "year"])["emissions_reported_t"].sum()
    return pd.concat([areas, totals.reset_index().assign(sector_code="total")], ignore_index=True)


def _targets() -> pd.DataFrame:
    targets = [("total", "transport heating", 1990), ("energy", "heating", 2020)]
    return pd.DataFrame(
        [
            {
                "municipality_code": code,
                "target_id": target_id,
                "target_kind": "contract",
                "sector_codes": sectors,
                "baseline_year": base,
                "trend_from_year": base,
            }
            for code, _ in MUNICIPALITIES
            for target_id, sectors, base in targets
        ]
    ).astype({"baseline_year": "Int64", "trend_from_year": "Int64"})


def _corrected(emissions: pd.DataFrame) -> pd.DataFrame:
    tonnes = emissions["emissions_reported_t"]
    return emissions.assign(
        emissions_t=tonnes, emissions_t_co2e=tonnes, emissions_reported_t_co2e=tonnes, correction_ids="", level_ids=""
    )


def _corrections() -> pd.DataFrame:
    columns = {"release_id": "str", "municipality_code": "str", "sector_code": "str", "year": "int64"}
    columns |= {"correction_id": "str", "correction_status": "str", "effect_t": "float64"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})


def _indicators(emissions: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for target in _targets().itertuples():
        mine = emissions[
            (emissions["municipality_code"] == target.municipality_code)
            & emissions["sector_code"].isin(target.sector_codes.split())
        ]
        for (release, year), tonnes in mine.groupby(["release_id", "year"])["emissions_reported_t"].sum().items():
            base = mine[(mine["release_id"] == release) & (mine["year"] == target.baseline_year)][
                "emissions_reported_t"
            ].sum()
            rows.append(
                {
                    "release_id": release,
                    "is_current_release": release == "newer",
                    "municipality_code": target.municipality_code,
                    "target_id": target.target_id,
                    "target_kind": "contract",
                    "sector_codes": target.sector_codes,
                    "year": year,
                    "is_latest_year": year == max(YEARS),
                    "gas_basis": "all greenhouse gases",
                    "target_gas_basis": "GHG",
                    "baseline_year": target.baseline_year,
                    "trend_from_year": target.trend_from_year,
                    "baseline_t_co2e": base,
                    "basis": "reported",
                    "emissions_t_co2e": tonnes,
                    "emissions_corrected_t_co2e": tonnes,
                    "emissions_reported_t_co2e": tonnes,
                    "change_pct": (tonnes / base - 1) * 100,
                    "emissions_per_resident_t_co2e": 3.5,
                }
            )
    return pd.DataFrame(rows).astype({"baseline_year": "Int64", "trend_from_year": "Int64"})
