"""Shares of the areas that a municipality's contract names, under each of its definitions.

Formula: share = scope 1 of the area's lines / scope 1 of all lines * 100, grid-supplied energy included on both sides
(the areas are about where emissions arise, so scope 2 is not in them). What does not belong here: the definitions (a
municipality's ``areas.csv``).
"""

import pandas as pd

from klimat_pipeline.contracts import table
from klimat_pipeline.inventory.inventory_territory import ALL_GASES

ALL_AREAS = "all_areas"
#: Gas basis of the releases that a definition applies to.
_GASES = {"GHG": ALL_GASES, "fossil": "carbon dioxide only"}
_AT = ["municipality_code", "release_id", "is_current_release", "gas_basis", "figure_basis", "year"]


def area_shares(
    territory: pd.DataFrame, printed: pd.DataFrame, areas: pd.DataFrame, releases: pd.DataFrame
) -> pd.DataFrame:
    """Shares of all areas, on reported, corrected and printed figures.

    Args:
        territory: ``inventory/inventory_territory``.
        printed: ``clean/published_inventory``.
        areas: ``clean/contract_areas``.
        releases: ``clean/releases``.

    Returns:
        ``indicators/area_shares``, per cent; the row ``all_areas`` sums a definition's areas. Printed figures are
        repeated for every release of all gases that the municipality is followed up on.
    """
    contract = table("indicators/area_shares")
    figures = _figures(territory, printed, releases)
    figures = figures[figures["municipality_code"].isin(areas["municipality_code"])]
    totals = figures.groupby(_AT)["emissions_t_co2e"].sum().rename("total_t_co2e").reset_index()
    lines = areas.assign(gas_basis=areas["target_gas_basis"].map(_GASES), line=areas["of_lines"].str.split())
    defined = ["municipality_code", "gas_basis", "definition_id", "definition_text"]
    every = lines.groupby(defined, as_index=False).agg(of_lines=("of_lines", " ".join), line=("line", "sum"))
    lines = pd.concat([lines, every.assign(area_id=ALL_AREAS)], ignore_index=True).explode("line")
    own = lines[[*defined, "area_id", "of_lines", "line"]].merge(
        figures, on=["municipality_code", "gas_basis", "line"], how="inner"
    )
    keys = [*_AT, "definition_id", "definition_text", "area_id", "of_lines"]
    sums = own.groupby(keys)["emissions_t_co2e"].sum().reset_index()
    frame = sums.merge(totals, on=_AT, how="left", validate="many_to_one")
    frame["share_pct"] = frame["emissions_t_co2e"] / frame["total_t_co2e"].where(frame["total_t_co2e"] > 0) * 100.0
    return frame[contract.column_names].sort_values(list(contract.primary_key)).reset_index(drop=True)


def _figures(territory: pd.DataFrame, printed: pd.DataFrame, releases: pd.DataFrame) -> pd.DataFrame:
    """Scope 1 per line and basis."""
    one = territory[(territory["scope"] == "1") & territory["emissions_t_co2e"].notna()]
    one = one.merge(releases[["release_id", "gas_basis"]], on="release_id", how="left", validate="many_to_one")
    place = ["municipality_code", "release_id", "is_current_release", "gas_basis", "year"]
    computed = [
        one.groupby([*place, "line"])[name].sum().rename("emissions_t_co2e").reset_index().assign(figure_basis=basis)
        for name, basis in (("emissions_reported_t_co2e", "reported"), ("emissions_t_co2e", "corrected"))
    ]
    rows = printed[printed["scopes"].isin(["1", "memo"]) & (printed["print_line"] != "total")]
    rows = rows[rows["published_t"].notna() & rows["carrier"].isna() & (rows["of_lines"] == rows["print_line"])]
    # Of a line that several tables print, the first table's figure counts.
    rows = rows.sort_values("print_table").drop_duplicates(["municipality_code", "year", "print_line"])
    rows = rows.rename(columns={"print_line": "line", "published_t": "emissions_t_co2e"})
    places = one.loc[one["gas_basis"] == ALL_GASES, place].drop_duplicates()
    shown = places.merge(
        rows[["municipality_code", "year", "line", "emissions_t_co2e"]], on=["municipality_code", "year"], how="inner"
    ).assign(figure_basis="printed")
    return pd.concat([*computed, shown], ignore_index=True)
