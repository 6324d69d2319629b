"""Checks of the inventories: do lines and scopes add up?

What does not belong here: sums of the national figures (``reconciliation``), and a city's own print (``prints``).
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from klimat_pipeline.contracts.code_lists import SCOPES
from klimat_pipeline.corrected.basis import on_basis
from klimat_pipeline.quality.findings import Finding, failed, keys_of, not_applicable, passed
from klimat_pipeline.text import counted

Tables = Mapping[str, pd.DataFrame]

#: A sum that is off by no more is floating-point noise, tonnes.
NOISE_T = 1e-3
#: Line of energy where it is generated for the grid.
GENERATED = "grid_supplied_energy"


def territory_keeps_national(tables: Tables) -> Sequence[Finding]:
    """Scope 1 with its memo rows is the corrected national figure of every municipality and year."""
    keys = ["release_id", "municipality_code", "year"]
    territory, parts = tables["inventory/inventory_territory"], tables["corrected/subsector_emissions"]
    one = territory[territory["scope"] == "1"].groupby(keys)["emissions_t_co2e"].sum()
    whole = parts[parts["emissions_t_co2e"].notna()].groupby(keys)["emissions_t_co2e"].sum()
    return [_agree(one, whole, "scope 1 against the corrected national figure", "a subsector was mapped twice or lost")]


def energy_counted(tables: Tables) -> Sequence[Finding]:
    """Whether every row of energy use is in an inventory: a year that no release holds is in none."""
    use, territory = tables["clean/energy_use"], tables["inventory/inventory_territory"]
    if use.empty:
        return [not_applicable("no municipality has given its energy use")]
    keys = ["municipality_code", "year"]
    held = set(map(tuple, territory.loc[territory["carrier"].notna(), keys].drop_duplicates().to_numpy()))
    idle = use[[key not in held for key in use[keys].itertuples(index=False, name=None)]]
    if idle.empty:
        return [passed(f"{len(use)} rows of energy use, all in an inventory", threshold="0", observed="0 left out")]
    return [
        failed(
            f"{len(idle)} of {len(use)} rows of energy use are of years that no release holds",
            message_sv=f"{len(idle)} av {len(use)} rader om energianvändning gäller år som ingen utgåva har",
            observed=str(len(idle)),
            threshold="0",
            keys=keys_of(idle, [*keys, "energy_user", "carrier"]),
            count=len(idle),
            likely_cause="the year is misspelt, or the release dropped it",
        )
    ]


def inventories_apart(tables: Tables) -> Sequence[Finding]:
    """Every scope of a boundary is the sum of that boundary's own inventory: nothing of the other was added."""
    frame, territory = tables["indicators/scope_indicators"], tables["inventory/inventory_territory"]
    organisation = tables["inventory/inventory_organisation"]
    inside, group = territory[~territory["is_memo"]], organisation[~organisation["is_eliminated"].astype(bool)]
    keys = ["municipality_code", "year", "method"]
    return [
        *(_own_total(inside, frame, scope, "territory", ["release_id", *keys]) for scope in SCOPES),
        *(_own_total(group, frame, scope, "organisation", keys) for scope in SCOPES),
    ]


def _own_total(inventory: pd.DataFrame, shown: pd.DataFrame, scope: str, boundary: str, keys: list[str]) -> Finding:
    rows = inventory[(inventory["scope"] == scope) & inventory["emissions_t_co2e"].notna()]
    mine = shown[
        (shown["boundary"] == boundary)
        & (shown["scope"] == scope)
        & (shown["scope3_category"] == 0)
        & (shown["scope2_basis"] != "printed")
        & shown["emissions_t_co2e"].notna()
    ]
    shown_as = mine.groupby(keys)["basis"].first()
    corrected = rows.groupby(keys)["emissions_t_co2e"].sum()
    reported = corrected
    if "emissions_reported_t_co2e" in rows:  # only a territory has figures before corrections, and only in scope 1
        known = rows["emissions_reported_t_co2e"].fillna(rows["emissions_t_co2e"])
        reported = known.groupby([rows[key] for key in keys]).sum()
    return _agree(
        mine.groupby(keys)["emissions_t_co2e"].sum(),
        on_basis(shown_as.reindex(corrected.index), corrected, reported),
        f"{boundary}, scope {scope}: indicators against the inventory",
        "rows of the other inventory, of a memo or of a supply inside the group were added",
    )


def scopes_add_up(tables: Tables) -> Sequence[Finding]:
    """Scopes 1+2 are scope 1 and scope 2 of one method, without memo rows."""
    frame = tables["indicators/scope_indicators"]
    at = ["boundary", "municipality_code", "release_id", "year"]
    frame = frame[frame["scope3_category"] == 0]
    one = frame[frame["scope"] == "1"].set_index(at)["emissions_t_co2e"]
    sums = frame[frame["scope"] == "1+2"].set_index([*at, "method", "scope2_basis"])["emissions_t_co2e"]
    two = frame[frame["scope"] == "2"].set_index([*at, "method", "scope2_basis"])["emissions_t_co2e"]
    if sums.empty:
        return [not_applicable("no municipality has both scopes")]
    whole = two.reindex(sums.index) + one.reindex(sums.index.droplevel(["method", "scope2_basis"])).to_numpy()
    return [_agree(sums, whole, "scopes 1+2 against their parts", "a memo row or a second method was added")]


def difference_explained(tables: Tables) -> Sequence[Finding]:
    """The parts of every difference between print and inventory sum to it."""
    frame = tables["inventory/inventory_reconciliation"]
    known = frame[frame["difference_t"].notna()]
    if known.empty:
        return [not_applicable("no municipality has given its published inventory")]
    keys = ["release_id", "municipality_code", "print_table", "line", "scope", "year"]
    groups = known.groupby(keys)
    return [
        _agree(groups["part_t"].sum(), groups["difference_t"].first(), "parts against differences", "a cause was lost")
    ]


def energy_once(tables: Tables) -> Sequence[Finding]:
    """Whether a total that holds grid-supplied energy where it is generated also holds it where it is used."""
    frame = tables["inventory/inventory_territory"]
    inside = frame[~frame["is_memo"] & frame["emissions_t_co2e"].gt(0) & frame["is_current_release"]]
    made = inside[(inside["line"] == GENERATED) & (inside["scope"] == "1")]
    used = inside[(inside["scope"] == "2") & (inside["method"] != "market")]
    keys = ["municipality_code", "year"]
    both = made[keys].drop_duplicates().merge(used.groupby(keys)["emissions_t_co2e"].sum().reset_index(), on=keys)
    if both.empty:
        return [passed("no total holds grid-supplied energy both where it is generated and where it is used")]
    return [
        failed(
            f"{code}: in {counted(len(rows), 'year')} the sum of scopes 1 and 2 holds {GENERATED} as well as the "
            "energy used",
            message_sv=f"'{code}': under {len(rows)} år innehåller summan av scope 1 och 2 både '{GENERATED}' och den "
            "energi som används",
            observed=f"{rows['emissions_t_co2e'].max():,.0f} t of scope 2",
            threshold="one of the two",
            keys=keys_of(rows, keys),
            count=len(rows),
            likely_cause="the document has it in its total (inventory: memo_lines in municipality.yaml): read scope 1 "
            "by itself, the sum of both counts the same energy twice",
        )
        for code, rows in both.groupby("municipality_code")
    ]


def gpc_keeps_territory(tables: Tables) -> Sequence[Finding]:
    """The GPC's rows hold the tonnes of the territorial inventory, and its totals those of their rows."""
    frame, territory = tables["inventory/gpc_inventory"], tables["inventory/inventory_territory"]
    if frame.empty:
        return [not_applicable("no municipality has a folder")]
    keys = ["release_id", "municipality_code", "year"]
    own = territory[territory["municipality_code"].isin(frame["municipality_code"])]
    own = own[own["method"].isin(["", "location"]) & own["emissions_t_co2e"].notna()]
    parts = frame[~frame["is_total"] & frame["emissions_t_co2e"].notna()]
    one = parts[parts["scope"] == "1"].groupby(keys)["emissions_t_co2e"].sum()
    shown = frame[frame["gpc_ref"] == "territorial"].set_index(keys)["emissions_t_co2e"].dropna()
    return [
        _agree(
            parts.groupby(keys)["emissions_t_co2e"].sum(),
            own.groupby(keys)["emissions_t_co2e"].sum(),
            "GPC rows against the territorial inventory",
            "a row has no reference number, or two",
        ),
        _agree(shown, one, "the GPC's territorial total against its rows of scope 1", "a row of scope 1 was lost"),
    ]


def _agree(shown: "pd.Series[float]", whole: "pd.Series[float]", what: str, likely_cause: str) -> Finding:
    """Whether two series agree on every key; a key that one of them lacks is a difference."""
    both = pd.concat([shown.rename("shown"), whole.rename("whole")], axis=1)
    off = (both["shown"].fillna(0.0) - both["whole"].fillna(0.0)).abs()
    wrong = both[off > NOISE_T]
    if wrong.empty:
        return passed(
            f"{what}: {len(both)} sums agree",
            observed=f"{off.max() if len(off) else 0:.2g} t",
            threshold=f"{NOISE_T:g} t",
        )
    frame = wrong.reset_index()
    return failed(
        f"{what}: {len(wrong)} of {len(both)} sums differ, the most by {off.max():,.2f} t",
        observed=f"{off.max():,.3f} t",
        threshold=f"{NOISE_T:g} t",
        keys=keys_of(frame, [name for name in frame.columns if name not in ("shown", "whole")]),
        count=len(wrong),
        likely_cause=likely_cause,
    )
