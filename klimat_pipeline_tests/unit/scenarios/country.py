"""A small made-up country for the scenarios: figures that can be followed by hand."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from klimat_pipeline.clean.method_assumptions import TOTAL, Assumptions

R = "smhi-ggt-2026"
SERIES = ("transport", "waste", TOTAL)


def assumptions(**changes: Any) -> Assumptions:
    """The method without errors, on the municipality's own slope, which does not fade, unless the test says more."""
    plain: dict[str, Any] = {
        "window_years": 10,
        "national_fraction": 0.0,
        "damping": 1.0,
        "bend_fraction": 0.3,
        "shock_fraction": 0.0,
        "delivery_low": 0.5,
        "similar_count": 2,
        "discount_rate_pct": 3.5,
        "investment_price_year": 2025,
        "undated_ramp": True,
        "errors": unsure(0.0),
    }
    return Assumptions(**{**plain, **changes})


def unsure(size: float = 0.1) -> Mapping[str, Mapping[float, float]]:
    """Errors of all series: evenly spread, nine in ten of them within the size."""
    return {series: {0.9: size, 1.0: size / 0.9} for series in SERIES}


def no_nation() -> pd.DataFrame:
    """``clean/area_totals`` of a release that prints none: the nation is the sum of the municipalities."""
    return pd.DataFrame(
        {name: [] for name in ("release_id", "area_code", "sector_code", "year", "emissions_reported_t_co2e")}
    )


def emissions(figures: Mapping[str, Mapping[str, Mapping[int, float]]], release: str = R) -> pd.DataFrame:
    """``corrected/emissions`` of tonnes by municipality, sector and year."""
    rows = [
        {
            "release_id": release,
            "is_current_release": True,
            "municipality_code": code,
            "sector_code": sector,
            "year": year,
            "emissions_t_co2e": tonnes,
            "emissions_reported_t_co2e": tonnes,
            "emissions_t": tonnes,
            "emissions_reported_t": tonnes,
            "correction_ids": "",
            "level_ids": "",
        }
        for code, sectors in figures.items()
        for sector, years in sectors.items()
        for year, tonnes in years.items()
    ]
    return pd.DataFrame(rows)


def indicators(frame: pd.DataFrame, targets: Mapping[str, tuple[int, float]] | None = None) -> pd.DataFrame:
    """``indicators/sector_indicators`` of the newest year: the total and each sector; targets by id, year and level."""
    own = targets or {}
    newest = frame["year"].max()
    rows = []
    for code, mine in frame[frame["year"] == newest].groupby("municipality_code"):
        sums = {
            "total": mine["emissions_t_co2e"].sum(),
            **dict(zip(mine.sector_code, mine.emissions_t_co2e, strict=True)),
        }
        for target_id, tonnes in sums.items():
            year, level = own.get(target_id, (None, None))
            rows.append(
                {
                    "release_id": R,
                    "municipality_code": code,
                    "target_id": target_id,
                    "is_current_release": True,
                    "is_latest_year": True,
                    "year": newest,
                    "sector_codes": " ".join(sorted(mine.sector_code)) if target_id == "total" else target_id,
                    "target_kind": "contract" if target_id in own else "generic",
                    "emissions_reported_t_co2e": tonnes,
                    "emissions_corrected_t_co2e": tonnes,
                    "target_year": year,
                    "target_t_co2e": level,
                    "target_pct": None if level is None else level / 10.0 - 100.0,
                    "interim_targets": "",
                    "baseline_year": 1990 if target_id in own else None,
                    "baseline_t_co2e": 1000.0 if target_id in own else None,
                    "baseline_reported_t_co2e": 1000.0 if target_id in own else None,
                    "nation_change_pct": -25.0,
                    "gas_basis": "all greenhouse gases",
                    "gwp_set": "AR5",
                }
            )
    return pd.DataFrame(rows)


def action(action_id: str = "buses", **changes: Any) -> dict[str, Any]:
    """A row of ``clean/climate_actions``."""
    plain: dict[str, Any] = {
        "municipality_code": "1283",
        "action_id": action_id,
        "line": "transport_on_road",
        "carrier": None,
        "name_sv": "Bussar",
        "name_en": "Buses",
        "effect_t_per_year": 100.0,
        "effect_low_t": None,
        "effect_high_t": None,
        "start_year": 2026,
        "ramp_years": 2,
        "lifetime_years": 4,
        "cost_msek": 1.0,
        "annual_cost_msek": 0.1,
        "price_year": 2025,
        "stated_price_year": 2025,
        "price_factor": 1.0,
        "price_note": None,
        "share_municipal": 0.5,
        "share_regional": 0.25,
        "share_national": 0.0,
        "share_private": 0.0,
        "share_eu": 0.25,
        "lead": None,
        "action_status": "decided",
        "other_benefits": "less noise",
        "interacts_with": None,
        "interaction_rule": "multiplicative",
        "sized_on_t": None,
        "is_metered": False,
        "source": "made up",
        "note": None,
    }
    return {**plain, **changes}


def targets(year: int = 2030) -> pd.DataFrame:
    """``clean/targets``: one of the municipality's own, one generic."""
    return pd.DataFrame(
        {
            "municipality_code": ["1283", "1283"],
            "target_id": ["total", "total"],
            "target_kind": ["contract", "generic"],
            "target_year": [year, None],
            "baseline_year": [1990, 1990],
            "trend_from_year": [2015, 2015],
            "plan_from_year": [2026, None],
        }
    ).astype({"target_year": "Int64", "plan_from_year": "Int64"})
