"""Checks of figures that stand beside the official ones: energy as meant, traded emissions, land use.

What does not belong here: the official figures (``reconciliation``, ``plausibility``).
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from klimat_pipeline.quality.findings import Finding, failed, keys_of, not_applicable, passed
from klimat_pipeline.text import tonnes_sv

Tables = Mapping[str, pd.DataFrame]

#: Floating-point noise, tonnes.
NOISE_T = 1e-6


def energy_beside_the_official(tables: Tables) -> Sequence[Finding]:
    """Energy targets on main sectors are the official figures: weather and subsectors have not moved them."""
    frame, sectors = tables["indicators/energy_targets"], tables["indicators/sector_indicators"]
    whole = frame[frame["energy_basis"] == "main_sectors"]
    if whole.empty:
        return [not_applicable("no energy target is followed on main sectors")]
    keys = ["municipality_code", "target_id", "release_id", "year"]
    both = whole.merge(sectors[[*keys, "emissions_t_co2e"]], on=keys, how="left", suffixes=("", "_official"))
    off = both[~((both["emissions_t_co2e"] - both["emissions_t_co2e_official"]).abs() <= NOISE_T)]
    if off.empty:
        return [passed(f"{len(both)} figures of energy targets are the official ones")]
    return [
        failed(
            f"{len(off)} of {len(both)} figures of energy targets are not the official ones",
            keys=keys_of(off, keys),
            count=len(off),
            likely_cause="a companion was taken for the official figure",
        )
    ]


def traded_fits(tables: Tables) -> Sequence[Finding]:
    """Whether installations under emissions trading hold no more than their sector."""
    frame = tables["indicators/traded_emissions"]
    if frame.empty:
        return [not_applicable("no municipality has given its installations")]
    beyond = frame[frame["other_t_co2e"].isna()]
    if beyond.empty:
        return [passed(f"{len(frame)} sectors hold what their installations emit")]
    most = (beyond["traded_t_co2e"] - beyond["emissions_reported_t_co2e"]).max()
    return [
        failed(
            f"{len(beyond)} of {len(frame)} sectors hold less than their installations, the most by {most:,.0f} t",
            message_sv=f"{len(beyond)} av {len(frame)} sektorer rymmer mindre än sina anläggningar, som mest "
            f"{tonnes_sv(most)}",
            observed=f"{most:,.0f} t",
            threshold="0 t",
            keys=keys_of(beyond, ["municipality_code", "sector_code", "release_id", "year"]),
            count=len(beyond),
            likely_cause="the installation stands in another main sector of the national database (column sector of "
            "installations.csv), or the two sources count other gases or biogenic carbon dioxide",
        )
    ]


def installations_counted(tables: Tables) -> Sequence[Finding]:
    """Whether every given installation is in a year that a release holds."""
    given, made = tables["clean/ets_installations"], tables["indicators/traded_emissions"]
    return [
        _all_held(given, made, ["municipality_code", "year"], "rows of installations.csv", "rader i installations.csv")
    ]


def land_use_shown(tables: Tables) -> Sequence[Finding]:
    """Whether every given figure of land use is of an area and year that a release holds."""
    given, made = tables["clean/reported_land_use"], tables["indicators/land_use"]
    return [_all_held(given, made, ["area_code", "year"], "rows of _all/land_use.csv", "rader i _all/land_use.csv")]


def _all_held(given: pd.DataFrame, made: pd.DataFrame, keys: list[str], what: str, what_sv: str) -> Finding:
    if given.empty:
        return not_applicable(f"there are no {what}")
    idle = given[~pd.MultiIndex.from_frame(given[keys]).isin(pd.MultiIndex.from_frame(made[keys]))]
    if idle.empty:
        return passed(f"{len(given)} {what}, all of years that a release holds")
    return failed(
        f"{len(idle)} of {len(given)} {what} are of years that no release holds, and are shown nowhere",
        message_sv=f"{len(idle)} av {len(given)} {what_sv} gäller år som ingen utgåva har, och visas ingenstans",
        observed=str(len(idle)),
        threshold="0",
        keys=keys_of(idle, keys),
        count=len(idle),
        likely_cause="the year is misspelt, or the release dropped it",
    )
