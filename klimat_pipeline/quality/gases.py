"""Checks of gases: do they sum to all of them, and is a target followed up on the gases that it speaks of?

What does not belong here: the warming potentials of factors (``inventories``).
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from klimat_pipeline.indicators.gases import REST, ROUNDING_T
from klimat_pipeline.quality.findings import Finding, failed, keys_of, not_applicable, passed
from klimat_pipeline.text import counted, tonnes_sv

Tables = Mapping[str, pd.DataFrame]

#: Floating-point noise, tonnes.
NOISE_T = 1e-6
CARBON_DIOXIDE = "carbon dioxide only"


def gas_basis_matches(tables: Tables) -> Sequence[Finding]:
    """A target for fossil emissions followed up on all gases: usable, but not the same thing."""
    frame = tables["indicators/sector_indicators"]
    fossil = frame[(frame["target_gas_basis"] == "fossil") & (frame["sector_codes"] != "")]
    other = fossil[(fossil["gas_basis"] == "all greenhouse gases") & fossil["is_latest_year"]]
    other = other[other["is_current_release"]]
    # A release of carbon dioxide that reaches as far is the one that counts (published.headline).
    target = ["municipality_code", "target_id"]
    reached = fossil[fossil["gas_basis"] == CARBON_DIOXIDE].groupby(target)["year"].max().rename("reached")
    other = other.merge(reached.reset_index(), on=target, how="left")
    other = other[~(other["reached"] >= other["year"])]
    if other.empty:
        return [passed("every target is followed up on the gases it speaks of")]
    return [
        failed(
            counted(len(other), "target for fossil emissions is", "targets for fossil emissions are")
            + " followed up on all greenhouse gases",
            message_sv=f"{len(other)} mål för fossila utsläpp följs på alla växthusgaser",
            observed="all greenhouse gases",
            threshold="fossil",
            keys=keys_of(other, ["municipality_code", "target_id", "release_id"]),
            count=len(other),
            likely_cause="methane and nitrous oxide (a few per cent in transport and industry) are included",
        )
    ]


def gases_sum(tables: Tables) -> Sequence[Finding]:
    """Whether carbon dioxide, methane, nitrous oxide and fluorinated gases sum to all greenhouse gases."""
    frame = tables["indicators/gases"]
    rest = frame[(frame["greenhouse_gas"] == REST) & frame["note"].isna()]
    if rest.empty:
        return [not_applicable("no release of all gases has workbooks of all of them beside it")]
    cell = ["release_id", "municipality_code", "sector_code", "year"]
    of_gases = frame[frame["greenhouse_gas"] != REST]
    # What half of the last digit of each gas weighs, and of the sum.
    weight = (of_gases["emissions_t_co2e"] / of_gases["gas_t"].where(of_gases["gas_t"] > 0)).fillna(1.0)
    rounding = (weight * ROUNDING_T).groupby([of_gases[name] for name in cell]).sum().rename("rounding").reset_index()
    both = rest.merge(rounding, on=cell)
    off = both[both["emissions_t_co2e"].abs() > both["rounding"] + ROUNDING_T + NOISE_T]
    most = both["emissions_t_co2e"].abs().max()
    if off.empty:
        return [passed(f"{len(both)} figures of all gases are the sums of their gases", observed=f"{most:.2f} t")]
    return [
        failed(
            f"{len(off)} of {len(both)} figures of all gases are not sums of their gases, the most by {most:,.0f} t",
            message_sv=f"{len(off)} av {len(both)} siffror för alla växthusgaser är inte summan av gaserna, som mest "
            f"skiljer {tonnes_sv(most)}",
            observed=f"{most:,.0f} t",
            threshold="rounding",
            keys=keys_of(off, cell),
            count=len(off),
            likely_cause="warming potentials other than the release's of all gases, a gas that no workbook holds, "
            "or workbooks of two editions",
        )
    ]
