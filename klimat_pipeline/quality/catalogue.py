"""Which table has which checks. Every table has the contract check; the others are listed here, in reading order.

A check is run together with its table, on the table and everything that the table is made from. What does not belong
here: what a check does (the other modules).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from klimat_pipeline.quality import (
    beside,
    follow_up,
    gases,
    inventories,
    ledgers,
    outlook,
    prints,
    reconciliation,
    source_sums,
    spend,
    targets_and_gap,
)
from klimat_pipeline.quality import plausibility as likely
from klimat_pipeline.quality.findings import CheckResult, Finding, Kind, Severity

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Check:
    """A check of a table: its function, its kind, and whether its failure stops publishing (ERROR), is a remark
    (WARN), or cannot fail since it only informs (INFO).
    """

    run: Callable[[Mapping[str, "pd.DataFrame"]], Sequence[Finding]]
    kind: Kind
    severity: Severity

    @property
    def name(self) -> str:
        return self.run.__name__

    @property
    def description(self) -> str:
        return (self.run.__doc__ or "").strip().split("\n")[0]


def _reconciles(run: Callable[..., Sequence[Finding]], severity: Severity = "ERROR") -> Check:
    return Check(run, "reconciliation", severity)


def _likely(run: Callable[..., Sequence[Finding]], severity: Severity = "WARN") -> Check:
    return Check(run, "plausibility", severity)


def _told(run: Callable[..., Sequence[Finding]]) -> Check:
    """Information that somebody may want to look up: it always passes."""
    return Check(run, "plausibility", "INFO")


CHECKS: Mapping[str, tuple[Check, ...]] = {
    "sources/smhi_snapshots": (_likely(likely.source_answered),),
    "clean/reported_emissions": (
        _reconciles(reconciliation.rows_kept),
        _likely(likely.unit_slip, "ERROR"),
        _likely(likely.year_jumps),
        _likely(likely.revised_history),
    ),
    "clean/releases": (_likely(likely.coverage), _told(likely.dropped_years), _told(likely.new_years)),
    "clean/reported_subsectors": (
        _reconciles(reconciliation.subsectors_sum),
        _reconciles(source_sums.subsectors_equal_sectors, "WARN"),
        _likely(likely.unmapped_subsectors),
    ),
    "clean/area_totals": (
        _reconciles(source_sums.sectors_equal_total),
        _reconciles(source_sums.counties_equal_municipalities),
        _reconciles(source_sums.nation_equals_counties),
    ),
    "corrected/corrections": (
        _reconciles(reconciliation.corrections_conserve),
        _likely(likely.corrections_drifted),
        _likely(likely.corrections_expired),
        _likely(likely.corrections_carried),
    ),
    "corrected/emissions": (_reconciles(reconciliation.corrections_sum), _likely(likely.series_of_one_level)),
    "corrected/subsector_emissions": (_reconciles(reconciliation.corrected_subsectors_sum),),
    "clean/published_inventory": (
        _likely(prints.print_lines_sum),
        _likely(prints.print_tables_agree),
        _likely(prints.print_shares_agree),
        _likely(prints.print_states_one_year),
        _likely(prints.print_factors_reproduce),
    ),
    "inventory/inventory_territory": (
        _reconciles(inventories.territory_keeps_national),
        _likely(inventories.energy_counted),
        _likely(inventories.energy_once),
    ),
    "inventory/inventory_reconciliation": (
        _reconciles(inventories.difference_explained),
        _likely(prints.print_explained),
    ),
    "inventory/gpc_inventory": (_reconciles(inventories.gpc_keeps_territory),),
    "indicators/scope_indicators": (_reconciles(inventories.inventories_apart), _reconciles(inventories.scopes_add_up)),
    "indicators/indicator_change_explained": (_reconciles(reconciliation.parts_sum_to_change),),
    "indicators/base_year_review": (_likely(follow_up.base_years_approved), _likely(follow_up.approvals_used)),
    "indicators/energy_targets": (_reconciles(beside.energy_beside_the_official),),
    "indicators/traded_emissions": (_likely(beside.traded_fits), _likely(beside.installations_counted)),
    "indicators/land_use": (_likely(beside.land_use_shown),),
    "indicators/gases": (_likely(gases.gases_sum),),
    "indicators/provenance": (_reconciles(reconciliation.cells_sum_to_reported),),
    "quality/data_quality": (_reconciles(reconciliation.suites_agree),),
    "indicators/sector_indicators": (
        _reconciles(reconciliation.base_matches_target),
        _reconciles(reconciliation.compared_on_one_basis),
        _reconciles(reconciliation.total_is_sum),
        _reconciles(reconciliation.frozen_reproduces),
        _likely(follow_up.baseline_released, "ERROR"),
        _likely(follow_up.trend_start_released),
        _likely(gases.gas_basis_matches),
        _likely(follow_up.per_resident),
    ),
    # -- pathways, investment, abatement
    "scenarios/pathways": (_reconciles(outlook.percentiles_ordered), _reconciles(outlook.actions_never_raise)),
    "scenarios/scenario_hindcast": (_likely(outlook.intervals_cover),),
    "scenarios/investment_plan": (_reconciles(outlook.investment_is_paid_for),),
    "scenarios/abatement_cost": (_reconciles(outlook.one_price_year), _likely(outlook.prices_convertible)),
    # -- targets, gap, neutrality
    "clean/published_gap": (_likely(targets_and_gap.printed_gap_agrees),),
    "indicators/target_status": (_reconciles(targets_and_gap.targets_match_sectors),),
    "indicators/target_coherence": (_reconciles(targets_and_gap.plan_adds_up), _likely(targets_and_gap.plan_closes)),
    "scenarios/gap_table": (_reconciles(targets_and_gap.gap_adds_up),),
    "scenarios/facility_claims": (_reconciles(targets_and_gap.claims_within_physical),),
    "scenarios/neutrality_balance": (
        _reconciles(targets_and_gap.balance_adds_up),
        _reconciles(targets_and_gap.captured_once),
        _likely(targets_and_gap.captures_deducted),
    ),
    "scenarios/neutrality_by_allocation_key": (_reconciles(targets_and_gap.balances_by_key_add_up),),
    # -- spend: reading ledgers
    "spend/ledger_totals": (_reconciles(ledgers.ledgers_balance), _reconciles(ledgers.ledger_lines_kept)),
    "spend/spend_files": (_likely(ledgers.every_ledger_file_is_read), _likely(ledgers.ledgers_read_beyond_doubt)),
    "spend/spend_quarantine": (_likely(ledgers.quarantine_is_small),),
    # -- spend: results
    "spend/spend_by_category": (
        _reconciles(spend.footprint_is_its_parts),
        _reconciles(spend.replaced_counts_once),
        _reconciles(spend.activities_not_exceeded),
    ),
    "spend/spend_reconciliation": (_reconciles(spend.lines_all_accounted), _reconciles(spend.krona_kept)),
    "spend/spend_refused": (_likely(spend.ledgers_understood),),
    "spend/spend_mapping": (_reconciles(spend.mapping_is_the_ledger), _likely(spend.mapping_unmoved)),
    "spend/spend_trend": (_reconciles(spend.months_sum_to_years),),
    "spend/spend_change_explained": (_reconciles(spend.change_is_its_parts),),
    "spend/spend_quality": (_likely(spend.money_understood),),
    "spend/spend_factors": (_reconciles(spend.factors_explain), _likely(spend.prices_of_the_year)),
}


def run_checks(
    key: str, tables: Mapping[str, "pd.DataFrame"], chosen: Mapping[str, "pd.DataFrame"] | None = None
) -> list[CheckResult]:
    """Run the checks of a table (not its contract) on the table and its inputs, by key.

    Args:
        key: of the table.
        tables: it and its inputs.
        chosen: the same without the municipalities that the run is not for: remarks are about those that it shows.
    """
    remarked = tables if chosen is None else chosen
    return [
        CheckResult(
            key,
            check.name,
            check.kind,
            check.severity,
            tuple(check.run(tables if check.severity == "ERROR" else remarked)),
        )
        for check in CHECKS.get(key, ())
    ]
