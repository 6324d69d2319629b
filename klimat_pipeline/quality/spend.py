"""Checks of the spend analysis: do its tables have the same sums, and does enough of the money have emissions?

What does not belong here: checks of reading ledgers (``ledgers``).
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from klimat_pipeline.quality.findings import Finding, failed, keys_of, not_applicable, passed
from klimat_pipeline.spend.results.spend_mapping import moved
from klimat_pipeline.text import counted

Tables = Mapping[str, pd.DataFrame]
#: Among the tables: the mapping that readers have now.
PUBLISHED_MAPPING = "published/spend_mapping"

_AT = ["municipality_code", "year"]
#: Sums of whole oere and milligrams, given as kronor and tonnes, differ by no more than floating point.
NOISE_SEK, NOISE_T = 0.005, 1e-6
#: With a larger share of the kronor without emissions, the footprint says little, per cent.
UNMAPPED_PCT = 20.0
_NOTHING = "no municipality has a ledger"


def footprint_is_its_parts(tables: Tables) -> Sequence[Finding]:
    """Emissions are the spend part, the activity part and the supplier part, in every category."""
    frame = tables["spend/spend_by_category"]
    if frame.empty:
        return [not_applicable(_NOTHING)]
    parts = frame["footprint_spend_t_co2e"] + frame["footprint_activity_t_co2e"] + frame["footprint_supplier_t_co2e"]
    off = frame[(frame["footprint_t_co2e"].fillna(0) - parts).abs() > NOISE_T]
    return [_verdict(off, len(frame), "categories are the sum of their three parts", [*_AT, "spend_category"])]


def replaced_counts_once(tables: Tables) -> Sequence[Finding]:
    """The categories hold every replacement once: as many kronor and tonnes as the list of replacements says."""
    frame, listed = tables["spend/spend_by_category"], tables["spend/spend_replaced"]
    if frame.empty:
        return [not_applicable(_NOTHING)]
    shown = frame.groupby(_AT)[["replaced_sek", "footprint_activity_t_co2e", "footprint_supplier_t_co2e"]].sum()
    wide = listed.pivot_table(index=_AT, columns="figure_from", values="footprint_t_co2e", aggfunc="sum")
    listed_sek = listed.groupby(_AT)["replaced_sek"].sum().reindex(shown.index).fillna(0.0)
    wide = wide.reindex(index=shown.index, columns=["activity", "supplier"]).fillna(0.0)
    off = (
        ((shown["replaced_sek"] - listed_sek).abs() > NOISE_SEK)
        | ((shown["footprint_activity_t_co2e"] - wide["activity"]).abs() > NOISE_T)
        | ((shown["footprint_supplier_t_co2e"] - wide["supplier"]).abs() > NOISE_T)
    )
    return [_verdict(shown[off].reset_index(), len(shown), "years hold every replacement once", _AT)]


def activities_not_exceeded(tables: Tables) -> Sequence[Finding]:
    """Activities replace purchases by no more tonnes than the organisation's inventory has of them."""
    frame, inventory = tables["spend/spend_by_category"], tables["inventory/inventory_organisation"]
    frame = frame[~frame["is_stale"].astype(bool)]  # what an earlier run made rests on its inventory
    if frame.empty or not frame["footprint_activity_t_co2e"].any():
        return [not_applicable("no activity replaces spend")]
    used = frame.groupby(_AT)["footprint_activity_t_co2e"].sum()
    counted = inventory[~inventory["is_eliminated"].astype(bool)]
    # The larger of the two methods of scope 2: one of them counts.
    most = counted.groupby([*_AT, "organisation_unit", "activity_id"])["emissions_t_co2e"].max()
    whole = most.groupby(level=_AT).sum().reindex(used.index).fillna(0.0)
    off = used[used > whole + NOISE_T].reset_index()
    return [_verdict(off, len(used), "years take no more from the inventory than it has", _AT)]


def lines_all_accounted(tables: Tables) -> Sequence[Finding]:
    """The categories hold all classified and unmapped kronor, to the oere: no line was lost or counted twice."""
    scope, frame = tables["spend/spend_reconciliation"], tables["spend/spend_by_category"]
    if scope.empty:
        return [not_applicable(_NOTHING)]
    counted = scope[scope["rule"].isin(["classified", "unmapped"])].groupby(_AT)[["amount_sek", "ledger_lines"]].sum()
    return [
        _same(tables, counted, frame, "spend/spend_by_category"),
        *(
            _same(tables, counted, tables[key], key)
            for key in ("spend/spend_by_unit", "spend/spend_by_supplier", "spend/spend_by_contract")
        ),
    ]


def _same(tables: Tables, counted: pd.DataFrame, frame: pd.DataFrame, key: str) -> Finding:
    sums = frame.groupby(_AT)[["spend_sek", "ledger_lines", "footprint_t_co2e"]].sum().reindex(counted.index)
    tonnes = tables["spend/spend_by_category"].groupby(_AT)["footprint_t_co2e"].sum().reindex(counted.index)
    off = (
        ~((sums["spend_sek"].fillna(0) - counted["amount_sek"]).abs() <= NOISE_SEK)
        | (sums["ledger_lines"].fillna(0) != counted["ledger_lines"])
        | ~((sums["footprint_t_co2e"].fillna(0) - tonnes.fillna(0)).abs() <= NOISE_T)
    )
    return _verdict(counted[off].reset_index(), len(counted), f"years of {key} hold all lines that count", _AT)


def krona_kept(tables: Tables) -> Sequence[Finding]:
    """Classified, unmapped, left out, found twice and quarantined sum to what the ledgers hold, to the oere."""
    balance, passed_on = tables["spend/spend_reconciliation"], tables["spend/ledger_totals"]
    refused = set(tables["spend/spend_refused"]["municipality_code"])  # their tables are not of one run
    balance, passed_on = (rows[~rows["municipality_code"].isin(refused)] for rows in (balance, passed_on))
    if passed_on.empty:
        return [not_applicable(_NOTHING)]
    held = passed_on.groupby(_AT)[["amount_ore", "ledger_lines"]].sum()
    went = balance.groupby(_AT)[["amount_ore", "ledger_lines"]].sum().reindex(held.index, fill_value=0)
    off = (held != went).any(axis=1)
    return [_verdict(held[off].reset_index(), len(held), "years hold every krona of the ledgers, to the oere", _AT)]


def months_sum_to_years(tables: Tables) -> Sequence[Finding]:
    """The months of the trend sum to its years."""
    trend = tables["spend/spend_trend"]
    if trend.empty:
        return [not_applicable(_NOTHING)]
    numbers = ["spend_sek", "spend_real_sek", "footprint_spend_t_co2e"]
    months = trend[~trend["is_total"]].groupby(_AT)[numbers].sum()
    years = trend[trend["is_total"]].set_index(_AT)[numbers].reindex(months.index)
    off = ((months - years).abs() > NOISE_SEK).any(axis=1)
    return [_verdict(years[off].reset_index(), len(years), "years are the sum of their months", _AT)]


def change_is_its_parts(tables: Tables) -> Sequence[Finding]:
    """The parts of every explained change sum to it."""
    frame = tables["spend/spend_change_explained"]
    if frame.empty:
        return [not_applicable("no ledger has two years")]
    keys = ["municipality_code", "year_from", "year_to", "explained_measure"]
    groups = frame.groupby(keys)
    change = groups["to_value"].first() - groups["from_value"].first()
    size = groups["to_value"].first().abs() + groups["from_value"].first().abs()
    off = (groups["part_value"].sum() - change).abs() > 1e-9 * size + NOISE_T
    return [_verdict(change[off].reset_index(), len(change), "changes are the sum of their parts", keys)]


def factors_explain(tables: Tables) -> Sequence[Finding]:
    """The spend part of every category is its kronor that nothing replaces, times the factor in the list."""
    factors, frame = tables["spend/spend_factors"], tables["spend/spend_by_category"]
    if frame.empty:
        return [not_applicable(_NOTHING)]
    keys = [*_AT, "spend_category"]
    both = frame.merge(factors[[*keys, "kg_co2e_per_sek"]], on=keys, suffixes=("", "_listed"))
    both = both[both["kg_co2e_per_sek_listed"].notna()]
    expected = (both["spend_sek"] - both["replaced_sek"]) * both["kg_co2e_per_sek_listed"] / 1000
    # A row of the cube is rounded to a milligram, and has at least one line.
    allowed = NOISE_T + 1e-9 * both["ledger_lines"] + 1e-9 * expected.abs()
    off = both[(both["footprint_spend_t_co2e"] - expected).abs() > allowed]
    return [_verdict(off, len(both), "categories have the emissions that kronor and factor give", keys)]


def money_understood(tables: Tables) -> Sequence[Finding]:
    """Whether most kronor have emissions: what is unmapped is missing in the footprint, not zero."""
    frame = tables["spend/spend_quality"]
    graded = frame[frame["quality_aspect"] == "grade"]
    if graded.empty:
        return [not_applicable(_NOTHING)]
    low = graded[(graded["quality_item"] == "none") & (graded["share_of_spend_pct"] > UNMAPPED_PCT)]
    if low.empty:
        return [passed("most kronor of every year have emissions", threshold=f"{UNMAPPED_PCT:g} % without")]
    return [
        failed(
            f"in {counted(len(low), 'year')} a large share of the kronor has no emissions",
            message_sv=f"under {len(low)} år saknar en stor del av kronorna utsläpp",
            observed=f"up to {low['share_of_spend_pct'].max():.1f} %",
            threshold=f"{UNMAPPED_PCT:g} %",
            keys=keys_of(low, _AT),
            count=len(low),
            likely_cause="accounts of the municipality's own: fill in the list of unmapped accounts",
        )
    ]


def prices_of_the_year(tables: Tables) -> Sequence[Finding]:
    """Years whose price index or exchange rate is not there yet: what stands in is as uncertain as prices are."""
    factors = tables["spend/spend_factors"]
    if factors.empty:
        return [not_applicable(_NOTHING)]
    off = factors[factors["price_basis"] != "own_year"].drop_duplicates(_AT)
    if off.empty:
        return [passed("price indices and exchange rates are those of the years", threshold="0 years stand in")]
    return [
        failed(
            f"in {counted(len(off), 'year')} another price index or exchange rate stands in: {off['note'].iat[0]}",
            message_sv=f"under {len(off)} år används ett annat års prisindex eller växelkurs i väntan på årets",
            observed=str(len(off)),
            threshold="0 years stand in",
            keys=keys_of(off, _AT),
            count=len(off),
            likely_cause="fetch them: klimat prices fetch, klimat rates fetch; or add them to data/reference",
        )
    ]


def ledgers_understood(tables: Tables) -> Sequence[Finding]:
    """Municipalities whose ledgers could not be read or valued; their purchases are those of an earlier run."""
    frame = tables["spend/spend_refused"]
    if frame.empty:
        return [passed("all ledgers were read and valued", threshold="0 refused")]
    return [
        failed(
            f"{row.municipality_code}: {row.refusal} "
            + ("Its purchases stay as they were." if row.has_last_state else "Its purchases are missing."),
            message_sv=f"'{row.municipality_code}': reskontran gick inte att läsa eller värdera. "
            + ("Inköpen står kvar som de var." if row.has_last_state else "Inköpen saknas."),
            observed="refused",
            threshold="0 refused",
            keys=(f"municipality_code={row.municipality_code}",),
            count=1,
            likely_cause="the message says what to do",
        )
        for row in frame.itertuples()
    ]


def mapping_is_the_ledger(tables: Tables) -> Sequence[Finding]:
    """The mapping holds every krona that is classified, unmapped or left out by a rule, to the oere."""
    mapping, balance = tables["spend/spend_mapping"], tables["spend/spend_reconciliation"]
    if mapping.empty:
        return [not_applicable(_NOTHING)]
    # VAT that amounts included is no line of its own, so it is left aside on both sides.
    shown = mapping[mapping["evidence"] != "vat"].groupby(_AT)["amount_sek"].sum()
    held = balance[~balance["rule_kind"].isin(["quarantined", "duplicate", "vat"])].groupby(_AT)["amount_sek"].sum()
    held = held.reindex(shown.index).fillna(0.0)
    off = shown[(shown - held).abs() > NOISE_SEK].reset_index()
    return [_verdict(off, len(shown), "years of the mapping hold all kronor of the ledger's lines", _AT)]


def mapping_unmoved(tables: Tables) -> Sequence[Finding]:
    """Accounts that the last publication took for something else: a change of method, not of purchases."""
    after, before = tables["spend/spend_mapping"], tables[PUBLISHED_MAPPING]
    if after.empty:
        return [not_applicable("there is no ledger")]
    off = moved(before, after)
    if off.empty:
        # The same words where there is no earlier one: a publication does not hang on what was published before it.
        return [passed("no account means anything else than in an earlier publication", threshold="0 moved")]
    first = off.iloc[0]
    return [
        failed(
            f"{counted(len(off), 'account means', 'accounts mean')} something else than in the last "
            "publication; the largest is "
            f"{first['account']} {first['account_text']}: {first['category_before']}, now {first['category_after']}",
            message_sv=f"{counted(len(off), 'konto tolkas', 'konton tolkas')} på ett annat sätt än i förra "
            f"publiceringen; störst är {first['account']} {first['account_text']}: {first['category_before']}, nu "
            f"{first['category_after']}",
            observed=f"{off['amount_sek'].abs().sum():,.0f} SEK",
            threshold="0 moved",
            keys=keys_of(off, ["municipality_code", "account", "category_before", "category_after"]),
            count=len(off),
            likely_cause="a mapping was changed, or the ledger's chart was: earlier publications do not compare",
        )
    ]


def _verdict(off: pd.DataFrame, count: int, what: str, keys: list[str]) -> Finding:
    if off.empty:
        return passed(f"all {count} {what}", observed="0 differ", threshold="0")
    return failed(
        f"{len(off)} of {count} differ: expected that {what}",
        observed=str(len(off)),
        threshold="0",
        keys=keys_of(off, keys),
        count=len(off),
        likely_cause="a table was not made from the same cube as the others",
    )
