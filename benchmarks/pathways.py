"""Futures of 290 municipalities at 1,000 draws, and of one at 10,000, on made-up figures: nine sectors, eight years.

Everything from the figures to the tables: forecasts, draws, percentiles, probabilities, sensitivities. Held against a
plain sort of as many numbers as are drawn, so that the machine's speed drops out; the seconds stand beside it.
"""

from typing import Any

from benchmarks.ratio import PROJECT, compare

YEARS = (1990, 2000, 2005, 2010, 2015, 2020, 2021, 2022, 2023, 2024)
TARGET_YEAR = 2030
BASELINE_T = 1e5
AHEAD = TARGET_YEAR - YEARS[-1]


def main() -> None:
    import numpy as np

    for places, draws, limit in ((290, 1_000, 25.0), (1, 10_000, 25.0)):
        given = synthetic(places)
        series = given["emissions"]["sector_code"].nunique() + 1
        numbers = np.random.default_rng(1).random((places * series * AHEAD, draws))
        compare(
            f"{places} municipalities x {series} indicators x {AHEAD} years x {draws:,} draws x 3 scenarios "
            "against sorting one scenario's numbers",
            lambda given=given, draws=draws: futures(given, draws),
            lambda numbers=numbers: np.sort(numbers, axis=1),
            limit=limit,
            runs=3,
        )


def synthetic(places: int) -> dict[str, Any]:
    """What the futures of so many made-up municipalities rest on, by the name of ``simulate``'s argument."""
    from klimat_pipeline.clean.method_assumptions import load_assumptions
    from klimat_pipeline.clean.reference import load_reference
    from klimat_pipeline.scenarios.planned_actions import Action, Level

    reference = load_reference(PROJECT / "data" / "reference")
    sectors = reference.sector_codes
    emissions = synthetic_emissions(places, sectors)
    plan = [Action("a", sectors[0], 2_000.0, YEARS[-1] + 2, 1_000.0, 3_000.0, Level(1e4), ramp_years=3)]
    return {
        "emissions": emissions,
        "indicators": synthetic_indicators(emissions, sectors),
        "area_totals": synthetic_nation(emissions),
        "actions": dict.fromkeys(emissions["municipality_code"].unique(), plan),
        "assumptions": load_assumptions(PROJECT / "data" / "reference", sectors),
    }


def futures(given: dict[str, Any], draws: int) -> tuple[Any, Any, Any]:
    """Pathways, probabilities and sensitivities of what is given."""
    from klimat_pipeline.scenarios.pathways import pathways
    from klimat_pipeline.scenarios.simulation import simulate
    from klimat_pipeline.scenarios.target_probability import target_probability
    from klimat_pipeline.scenarios.target_sensitivity import target_sensitivity

    found = list(simulate(**given, draws=draws))
    indicators = given["indicators"]
    return pathways(found, indicators), target_probability(found, indicators), target_sensitivity(found)


def synthetic_emissions(places: int, sectors: tuple[str, ...]) -> Any:
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(2)
    codes = [f"{1000 + i}" for i in range(places)]
    keys = pd.MultiIndex.from_product([codes, sectors, YEARS], names=["municipality_code", "sector_code", "year"])
    falling = 0.98 ** (keys.get_level_values("year").to_numpy() - YEARS[0])
    return (
        pd.DataFrame({"emissions_t_co2e": 1e4 * falling * rng.uniform(0.9, 1.1, len(keys))}, index=keys)
        .reset_index()
        .assign(release_id="r", is_current_release=True, correction_ids="", level_ids="")
    )


def synthetic_nation(emissions: Any) -> Any:
    """``clean/area_totals`` of the nation: the sum of the municipalities, per sector and in total."""
    import pandas as pd

    sectors = emissions.groupby(["release_id", "sector_code", "year"], as_index=False)["emissions_t_co2e"].sum()
    total = sectors.groupby(["release_id", "year"], as_index=False)["emissions_t_co2e"].sum()
    rows = pd.concat([sectors, total.assign(sector_code="total")])
    return rows.assign(area_code="00", emissions_reported_t_co2e=rows["emissions_t_co2e"])


def synthetic_indicators(emissions: Any, sectors: tuple[str, ...]) -> Any:
    """The total of every municipality with a target, and each sector."""
    import pandas as pd

    newest = emissions[emissions["year"] == YEARS[-1]]
    totals = newest.groupby("municipality_code", as_index=False)["emissions_t_co2e"].sum()
    rows = pd.concat(
        [
            totals.assign(target_id="total", sector_codes=" ".join(sectors), target_kind="contract"),
            newest[["municipality_code", "sector_code", "emissions_t_co2e"]]
            .rename(columns={"sector_code": "target_id"})
            .assign(sector_codes=newest["sector_code"], target_kind="generic"),
        ]
    )
    own = rows["target_kind"] == "contract"
    return rows.assign(
        release_id="r",
        is_current_release=True,
        is_latest_year=True,
        year=YEARS[-1],
        target_year=pd.Series(TARGET_YEAR, index=rows.index).where(own),
        target_t_co2e=(rows["emissions_t_co2e"] / 2).where(own),
        target_pct=((rows["emissions_t_co2e"] / 2 / BASELINE_T - 1.0) * 100.0).where(own),
        interim_targets="",
        baseline_year=YEARS[0],
        baseline_t_co2e=BASELINE_T,
        baseline_reported_t_co2e=BASELINE_T,
        emissions_reported_t_co2e=rows["emissions_t_co2e"],
        emissions_corrected_t_co2e=rows["emissions_t_co2e"],
        gas_basis="all greenhouse gases",
        gwp_set="AR5",
    )


if __name__ == "__main__":
    main()
