"""Do the source's own sums agree? Sectors with totals, counties with municipalities, the nation with counties.

Every check reports the exact amounts, net and absolute: a matching total can hide cancelling errors. A check that needs
all municipalities says so instead of passing on fewer. What does not belong here: what this pipeline has summed
(``reconciliation``).
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from klimat_pipeline.quality.findings import Finding, failed, keys_of, not_applicable, passed
from klimat_pipeline.quality.sums import all_within
from klimat_pipeline.text import tonnes_sv

Tables = Mapping[str, pd.DataFrame]

#: Tolerances in tonnes. Measured on the CO2 release of 2024 and the GGT release of 2025: sectors miss their printed
#: total by less than 1e-6, counties their municipalities by at most 1.5, and a sector's counties exceed the nation by
#: at most 3.9 (the source rounds its small cells).
SECTORS_T, COUNTIES_T, NATION_T, SUBSECTORS_T = 1.0, 2.0, 10.0, 1.0
#: The nation exceeds its counties by 0.4 to 0.8 per cent; more is a fault.
UNALLOCATED_MAX_PCT = 2.0


def sectors_equal_total(tables: Tables) -> Sequence[Finding]:
    """The main sectors of every nation, county and municipality sum to its printed total."""
    totals, emissions = tables["clean/area_totals"], tables["clean/reported_emissions"]
    keys = ["release_id", "area_code", "year"]
    printed = totals[(totals["sector_code"] == "total") & (totals["area_level"] != "unallocated")]
    areas = totals[(totals["sector_code"] != "total") & (totals["area_level"] != "unallocated")]
    parts = pd.concat(
        [
            emissions.rename(columns={"municipality_code": "area_code"})[[*keys, "emissions_reported_t"]],
            areas[[*keys, "emissions_reported_t"]],
        ]
    )
    sums = parts.groupby(keys)["emissions_reported_t"].sum().rename("sum_t").reset_index()
    both = printed.merge(sums, on=keys, how="left", validate="one_to_one")
    both["difference_t"] = both["emissions_reported_t"] - both["sum_t"]
    return [
        _compare(
            both[both["release_id"] == release],
            keys,
            SECTORS_T,
            release,
            "main sectors against the printed total",
            "a sector was counted twice, left out or renamed in the workbook",
            "the release prints no totals",
        )
        for release in _releases(tables)
    ]


def counties_equal_municipalities(tables: Tables) -> Sequence[Finding]:
    """Every county's printed sector equals the sum of its municipalities."""
    totals, emissions = tables["clean/area_totals"], tables["clean/reported_emissions"]
    places = tables["clean/municipalities"][["municipality_code", "county_code"]]
    keys = ["release_id", "area_code", "sector_code", "year"]
    sums = (
        emissions.merge(places, on="municipality_code", validate="many_to_one")
        .rename(columns={"county_code": "area_code"})
        .groupby(keys)["emissions_reported_t"]
        .sum()
        .rename("sum_t")
        .reset_index()
    )
    printed = totals[(totals["area_level"] == "county") & (totals["sector_code"] != "total")]
    both = printed.merge(sums, on=keys, how="left", validate="one_to_one")
    both["difference_t"] = both["emissions_reported_t"] - both["sum_t"].fillna(0.0)
    findings = []
    for release, held in _held(tables).items():
        if held < len(places):
            findings.append(not_applicable(f"{held} of {len(places)} municipalities in {release}"))
            continue
        findings.append(
            _compare(
                both[both["release_id"] == release],
                keys,
                COUNTIES_T,
                release,
                "counties against the sum of their municipalities",
                "a municipality's row was doubled, shifted or lost",
                "the release prints no counties",
            )
        )
    return findings


def nation_equals_counties(tables: Tables) -> Sequence[Finding]:
    """The nation equals its counties plus an unallocated rest of plausible size; the rest is stated year by year."""
    totals = tables["clean/area_totals"]
    rest = totals[totals["area_level"] == "unallocated"]
    nation = totals[totals["area_level"] == "nation"]
    keys = ["release_id", "sector_code", "year"]
    both = rest.merge(
        nation[[*keys, "emissions_reported_t"]].rename(columns={"emissions_reported_t": "nation_t"}), on=keys
    )
    counties = tables["clean/municipalities"]["county_code"].nunique()
    findings = []
    for release, held in _held(tables).items():
        lines = both[both["release_id"] == release]
        if lines.empty:
            findings.append(
                not_applicable(
                    f"{held} of {len(tables['clean/municipalities'])} municipalities in {release}, "
                    f"not all {counties} counties"
                )
            )
            continue
        negative = lines[lines["emissions_reported_t"] < -NATION_T]
        if len(negative):
            most = -negative["emissions_reported_t"].min()
            findings.append(
                failed(
                    f"{release}: the counties exceed the nation by up to {most:,.2f} t",
                    observed=f"{-most:.2f} t",
                    threshold=f"not below -{NATION_T:g} t",
                    keys=keys_of(negative, keys),
                    count=len(negative),
                    likely_cause="a county's row was doubled, or the nation's is too low",
                )
            )
        for line in lines[lines["sector_code"] == "total"].itertuples():
            share = line.emissions_reported_t / line.nation_t * 100 if line.nation_t else 0.0
            say = passed if share <= UNALLOCATED_MAX_PCT else failed
            findings.append(
                say(
                    f"{release} {line.year}: unallocated {line.emissions_reported_t:,.2f} t ({share:.2f} % of the "
                    f"nation's {line.nation_t:,.2f} t)",
                    observed=f"{line.emissions_reported_t:.2f} t",
                    threshold=f"at most {UNALLOCATED_MAX_PCT:g} % of the nation",
                    likely_cause="" if share <= UNALLOCATED_MAX_PCT else "a county is missing or too low",
                )
            )
    return findings


def subsectors_equal_sectors(tables: Tables) -> Sequence[Finding]:
    """Where the source's subsectors do not sum to their sector, and by how much; the rest is kept as ``not_split``."""
    lines = tables["clean/reported_subsectors"]
    keys = ["release_id", "sector_code", "year"]
    rest = lines[lines["subsector_code"] == "not_split"]
    split = lines.loc[lines["subsector_code"] != "not_split", keys].drop_duplicates()
    rest = rest.merge(split, on=keys)  # sectors without any subsector have nothing to disagree with
    wrong = rest[rest["emissions_reported_t"].abs() > SUBSECTORS_T]
    findings = []
    for release in sorted(lines["release_id"].unique()):
        if not (split["release_id"] == release).any():
            findings.append(not_applicable(f"{release} holds main sectors only"))
            continue
        mine = wrong[wrong["release_id"] == release]
        if mine.empty:
            findings.append(
                passed(f"{release}: subsectors sum to their sectors", threshold=f"{SUBSECTORS_T:g} t", observed="0 t")
            )
        for (sector, year), group in mine.groupby(["sector_code", "year"]):
            worst = group.loc[group["emissions_reported_t"].abs().idxmax()]
            net, absolute = group["emissions_reported_t"].sum(), group["emissions_reported_t"].abs().sum()
            findings.append(
                failed(
                    f"{release} {sector} {year}: sector less subsectors is {net:,.2f} t net, {absolute:,.2f} t in "
                    f"absolute terms over {len(group)} municipalities; the largest is {worst['municipality_code']} "
                    f"with {worst['emissions_reported_t']:,.2f} t",
                    message_sv=f"{release}, '{sector}' {year}: sektorn minus delsektorerna är "
                    f"{tonnes_sv(net, 2)} netto och {tonnes_sv(absolute, 2)} i absoluta tal i {len(group)} "
                    f"kommuner; störst är '{worst['municipality_code']}' med "
                    f"{tonnes_sv(worst['emissions_reported_t'], 2)}",
                    observed=f"{net:.2f} t net, {absolute:.2f} t absolute",
                    threshold=f"{SUBSECTORS_T:g} t per municipality",
                    keys=keys_of(
                        group.sort_values("emissions_reported_t", key=abs, ascending=False),
                        ["municipality_code", "emissions_reported_t"],
                    ),
                    count=len(group),
                    likely_cause="the source's own subsectors disagree with its sector; the sector's figure is used",
                )
            )
    return findings


def _releases(tables: Tables) -> list[str]:
    return sorted(tables["clean/reported_emissions"]["release_id"].unique())


def _held(tables: Tables) -> dict[str, int]:
    """Municipalities per release."""
    counts = tables["clean/reported_emissions"].groupby("release_id")["municipality_code"].nunique()
    return {str(release): int(count) for release, count in counts.items()}


def _compare(
    both: pd.DataFrame, keys: list[str], limit_t: float, release: str, what: str, likely_cause: str, nothing: str
) -> Finding:
    return (
        all_within(both, keys, limit_t, f"{release}: {what}", likely_cause)
        if len(both)
        else not_applicable(f"{release}: {nothing}")
    )
