"""Which published tables can be explained: the figure of each, and what builds its tree.

Another table is one more line here and a builder of its own. What does not belong here: what a figure is made from.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from klimat_pipeline.contracts import PUBLISHED, Table
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.explanations import (
    beside,
    changes,
    comparisons,
    corrections,
    figures,
    inventory,
    outlook,
    spend,
    targets_and_gap,
)
from klimat_pipeline.explanations.checks import checks_behind
from klimat_pipeline.explanations.database import Row
from klimat_pipeline.explanations.keys import nearest
from klimat_pipeline.explanations.shared import Sources
from klimat_pipeline.explanations.tree import Node, Scalar


@dataclass(frozen=True, slots=True)
class Explained:
    """How a table is explained.

    Attributes:
        figure: column of the number.
        build: what the number is made from, top down.
        behind: further columns that lead to the tables behind it, for their checks.
        shown: columns that the root shows besides the key.
        releases: columns of the releases whose files are opened even where no cell is shown.
        unit: unit of the number where neither the row nor the contract states it.
    """

    figure: str
    build: Callable[[Sources, Row], list[Node]]
    behind: tuple[str, ...] = ()
    shown: tuple[str, ...] = ("status", "note")
    releases: tuple[str, ...] = ("release_id",)
    unit: Callable[[Row], str] | None = None


_PAIR = ("release_id_from", "release_id_to")
_BOUGHT = ("spend_sek", "mapped_sek", "factor_set", "factor_gwp_set", "price_year")
_DECISION = (
    *("action", "correction_status", "subsector_code", "reason", "source", "decided_by", "decided_on"),
    *("data_quality_grade", "uncertainty_pct", "baseline_treatment", "note"),
)
EXPLAINED: Mapping[str, Explained] = {
    "sector_indicators": Explained(
        "emissions_t_co2e", figures.sector_indicator, ("baseline_t_co2e", "change_pct", "is_current_release")
    ),
    "emissions": Explained("emissions_t", figures.emissions, ("is_current_release",)),
    "subsector_emissions": Explained("emissions_t", figures.subsector_emissions, ("is_current_release",)),
    "area_totals": Explained("emissions_reported_t", figures.area_total, shown=("area_level",)),
    "corrections": Explained("effect_t", corrections.correction, ("is_current_release", "subsector_code"), _DECISION),
    "corrections_leave_one_out": Explained("effect_t", corrections.left_out, ("with_all_t", "without_t", "release_id")),
    "correction_residuals": Explained("residual_t", corrections.residual, shown=("area_level",)),
    "release_revisions": Explained(
        "revision_t_co2e", comparisons.revision, ("kind", *_PAIR), ("kind", "revision_pct"), _PAIR
    ),
    "indicator_change_explained": Explained(
        "part", changes.change, ("value_from", "value_to", *_PAIR), ("year_from", "year_to"), _PAIR, changes.unit_of
    ),
    "base_year_review": Explained(
        "base_corrected_t_co2e",
        comparisons.base_year,
        ("base_before_t_co2e", "base_reported_t_co2e"),
        ("baseline_year", "threshold_pct", "needs_approval", "approved_by", "approved_on", "note"),
    ),
    "gpc_inventory": Explained(
        "emissions_t_co2e", inventory.gpc, ("is_current_release",), ("gpc_name_en", "gpc_level", "notation_key", "note")
    ),
    "inventory_territory": Explained(
        "emissions_t_co2e",
        inventory.territory,
        ("emissions_reported_t_co2e", "is_current_release"),
        ("notation_key", "is_memo", "data_quality", "note"),
    ),
    "inventory_organisation": Explained(
        "emissions_t_co2e", inventory.organisation, (), ("notation_key", "is_eliminated", "data_quality", "note"), ()
    ),
    "inventory_reconciliation": Explained(
        "part_t", inventory.reconciliation, ("difference_t", "computed_t", "published_t"), ("difference_t", "note")
    ),
    "scope_indicators": Explained(
        "emissions_t_co2e", inventory.scopes, ("is_current_release",), ("notation_key", "gas_basis")
    ),
    "area_shares": Explained(
        "emissions_t_co2e", inventory.area_share, ("share_pct",), ("of_lines", "share_pct", "gas_basis")
    ),
    # -- pathways, probabilities, costs, and the comparison
    "pathways": Explained("p50_t", outlook.pathway, ("p05_t", "p95_t"), ("p05_t", "p95_t", "draws")),
    "target_probability": Explained(
        "probability_fraction",
        outlook.probability,
        ("p50_t",),
        ("probability_low_fraction", "probability_high_fraction", "p05_t", "p50_t", "p95_t", "draws"),
    ),
    "abatement_cost": Explained(
        "until_target_t", outlook.abatement, ("sek_per_t",), ("name_en", "action_status", "notation_key", "source"), ()
    ),
    "municipality_comparison": Explained(
        "indicator_value",
        outlook.comparison,
        (),
        ("indicator_text", "rank_text"),
        unit=lambda row: row["indicator_unit"],
    ),
    # -- beside the official figures
    "gases": Explained("emissions_t_co2e", beside.gas, ("is_current_release",), ("gas_t", "gwp_set", "note")),
    "energy_targets": Explained(
        "emissions_t_co2e",
        beside.energy,
        ("baseline_t_co2e", "is_current_release"),
        ("energy_basis", "subsector_codes", "target_t_co2e", "note"),
    ),
    "traded_emissions": Explained("traded_t_co2e", beside.traded, ("other_t_co2e", "is_current_release")),
    "land_use": Explained("land_use_t_co2e", beside.land_use, ("emissions_reported_t_co2e",), ("area_level", "note")),
    "group_comparison": Explained(
        "indicator_value",
        beside.group,
        ("median_value",),
        ("indicator_text", "rank", "compared", "median_value"),
        unit=lambda row: row["indicator_unit"],
    ),
    # -- targets, gap, neutrality
    "target_status": Explained(
        "current_value",
        targets_and_gap.target,
        ("target_value", "path_value", "is_current_release"),
        ("status", "target_value", "path_value", "gap_value", "cumulative_excess_t", "interpolated_years", "note"),
        unit=lambda row: str(row["target_unit"]),
    ),
    "target_coherence": Explained(
        "emissions_t_co2e",
        targets_and_gap.coherence,
        ("shortfall_t", "target_t_co2e", "is_current_release"),
        ("coherence_kind", "target_t_co2e", "closing_pct", "note"),
    ),
    "gap_table": Explained("residual_t", targets_and_gap.gap, ("gap_t",), ("scopes", "notation_key", "note")),
    "neutrality_balance": Explained(
        "net_t",
        targets_and_gap.neutrality,
        ("gross_t", "eligible_sinks_t", "cap_t"),
        ("reduction_pct", "is_reduction_met", "is_neutral", "shortfall_t", "deviations", "note"),
    ),
    "neutrality_by_allocation_key": Explained(
        "net_t",
        targets_and_gap.neutrality,
        ("gross_t", "eligible_sinks_t", "cap_t"),
        ("is_applied", "reduction_pct", "is_reduction_met", "is_neutral", "shortfall_t", "deviations", "note"),
    ),
    "facility_claims": Explained("claimed_biogenic_t", targets_and_gap.claim, (), ("is_applied", "source"), ()),
    # -- spend analysis
    "spend_by_category": Explained("footprint_t_co2e", spend.category, (), (*_BOUGHT, "purchase_area"), ()),
    "spend_mapping": Explained(
        "amount_sek", spend.mapping, (), ("category", "step", "evidence", "emissions_t_co2e"), ()
    ),
    "spend_by_unit": Explained("footprint_t_co2e", spend.grouped, (), _BOUGHT, ()),
    "spend_by_supplier": Explained("footprint_t_co2e", spend.grouped, (), ("supplier_name", *_BOUGHT), ()),
    "spend_by_contract": Explained("footprint_t_co2e", spend.grouped, (), _BOUGHT, ()),
    "spend_trend": Explained("footprint_t_co2e", spend.trend, (), _BOUGHT, ()),
    "spend_change_explained": Explained(
        "part_value", spend.change, (), ("from_value", "to_value", "price_year", "note"), (), spend.change_unit
    ),
    "spend_hotspots": Explained(
        "footprint_t_co2e", spend.hotspot, (), ("spend_sek", "share_of_footprint_pct", "cumulative_share_pct"), ()
    ),
    "spend_quality": Explained("footprint_t_co2e", spend.quality, (), ("spend_sek", "share_of_spend_pct", "note"), ()),
    "spend_reconciliation": Explained(
        "amount_sek", spend.balance, (), ("rule_kind", "ledger_lines", "rule_reason"), ()
    ),
    "spend_scope3": Explained("footprint_t_co2e", spend.scope3, (), ("spend_sek", "is_in_inventory"), ()),
    "spend_indicators": Explained(
        "spend_indicator_value", spend.indicator, (), ("note",), (), lambda row: str(row["spend_indicator_unit"])
    ),
    "spend_replaced": Explained("footprint_t_co2e", spend.replaced, (), ("replaced_sek", "source", "note"), ()),
    "spend_sensitivity": Explained("footprint_t_co2e", spend.sensitivity, (), ("mapped_sek", "note"), ()),
    "spend_factors": Explained("kg_co2e_per_sek", spend.factor, (), ("factor_set", "note"), ()),
}
#: Columns of the key that the root's label shows in words (``_place``, the releases).
_PLACED = ("municipality_code", "area_code", "release_id", *_PAIR)


def explained_table(table: str) -> Table:
    """Contract of a table that can be explained.

    Raises:
        ConfigurationError: there is no such table, or it has no number.
    """
    if table in EXPLAINED:
        return PUBLISHED[table]
    *others, last = EXPLAINED
    choices = f"{', '.join(others)} or {last}"
    if table in PUBLISHED:
        raise ConfigurationError(f"table {table} has no number to explain; expected {choices}.")
    raise ConfigurationError(f"unknown table '{table}'{nearest(table, PUBLISHED)}; expected {choices}.")


def root(contract: Table, row: Row, note: str | None, sources: Sources) -> Node:
    """The tree of one row: what the number is made from, the checks behind it, and the releases' files."""
    known = EXPLAINED[contract.name]
    for release in (row[name] for name in known.releases):
        if release != inventory.LOCAL:
            sources.workbooks.of(release)
    value = row[known.figure]
    unit = known.unit(row) if known.unit else row.get("unit") or contract.column(known.figure).unit
    children = [
        *known.build(sources, row),
        checks_behind(sources.database, contract, (known.figure, *known.behind)),
        *sources.workbooks.nodes,
    ]
    detail: dict[str, Scalar] = {name: row[name] for name in contract.primary_key}
    detail |= {name: _shown(contract, row, name) for name in known.shown if row.get(name) not in (None, "")}
    detail |= {"table": contract.name, "publication_id": row["publication_id"]}
    if note is not None:
        detail["release"] = note
    return Node(_label(contract, row, sources), value, unit if value is not None else None, detail, tuple(children))


def _shown(contract: Table, row: Row, name: str) -> Scalar:
    # SQLite has no truth values.
    value: Scalar = bool(row[name]) if contract.column(name).kind == "boolean" else row[name]
    return value


def _label(contract: Table, row: Row, sources: Sources) -> str:
    keys = [row[name] for name in contract.primary_key if name not in _PLACED]
    named = " ".join(str(value) for value in keys if value not in (None, ""))
    said = [_place(row, sources), named]
    if "release_id" in row:
        said.append(f"release {row['release_id']}")
    elif "release_id_to" in row:
        said.append(f"releases {row['release_id_from']} to {row['release_id_to']}")
    return ", ".join(part for part in said if part)


def _place(row: Row, sources: Sources) -> str:
    """Name of the row's municipality, county or nation."""
    if row.get("area_name"):
        return str(row["area_name"])
    if code := row.get("municipality_code"):
        return str(sources.database.first("municipalities", municipality_code=code).get("municipality_name", code))
    code = row.get("area_code", "")
    return str(sources.database.first("municipalities", county_code=code).get("county_name", row.get("area_level", "")))
