"""Do the sums of this pipeline agree? Rows before and after, corrections, totals, cells, parts of a change.

Every check reports the exact amounts, net and absolute: a matching total can hide cancelling errors. What does not
belong here: the source's own sums (``source_sums``).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from klimat_pipeline.corrected.basis import CORRECTED, on_basis
from klimat_pipeline.quality.findings import Finding, failed, keys_of, not_applicable, passed
from klimat_pipeline.quality.sums import all_within

Tables = Mapping[str, pd.DataFrame]

#: Corrected and reported.
_FIGURES = ["emissions_t_co2e", "emissions_reported_t_co2e"]
#: Frozen figures are rounded as published (three decimals, percentages four).
FROZEN_TOLERANCE = 0.00051


def subsectors_sum(tables: Tables) -> Sequence[Finding]:
    """With ``not_split``, subsectors sum to their sector exactly: nothing was lost on the way."""
    keys = ["release_id", "municipality_code", "sector_code", "year"]
    sums = tables["clean/reported_subsectors"].groupby(keys)["emissions_reported_t"].sum().rename("sum_t").reset_index()
    both = tables["clean/reported_emissions"].merge(sums, on=keys, how="outer", validate="one_to_one")
    both["difference_t"] = both["emissions_reported_t"].fillna(0.0) - both["sum_t"].fillna(0.0)
    return [all_within(both, keys, 1e-3, "subsectors with not_split against their sector", "a join lost rows")]


def corrected_subsectors_sum(tables: Tables) -> Sequence[Finding]:
    """Corrected subsectors sum to their corrected sector; what no correction reaches is as reported, to the bit."""
    keys = ["release_id", "municipality_code", "sector_code", "year"]
    frame = tables["corrected/subsector_emissions"]
    sums = frame.groupby(keys)["emissions_t"].sum().rename("sum_t").reset_index()
    both = tables["corrected/emissions"].merge(sums, on=keys, how="outer", validate="one_to_one")
    both["difference_t"] = both["emissions_t"].fillna(0.0) - both["sum_t"].fillna(0.0)
    plain = frame[(frame["correction_ids"] == "") & (frame["emissions_t"] != frame["emissions_reported_t"])]
    say = passed if plain.empty else failed
    return [
        all_within(both, keys, 1e-3, "corrected subsectors against their sector", "a correction was lost or doubled"),
        say(
            f"{len(plain)} uncorrected subsectors differ from the reported figure",
            observed=str(len(plain)),
            threshold="0",
            keys=keys_of(plain, [*keys, "subsector_code"]),
            count=len(plain),
            likely_cause="" if plain.empty else "code changed a figure that only a registered correction may change",
        ),
    ]


def rows_kept(tables: Tables) -> Sequence[Finding]:
    """Every municipality's main-sector cell of the workbooks is in the table, once."""
    from klimat_pipeline.raw.smhi_workbook import TOTAL
    from klimat_pipeline.text import fold

    raw, clean = tables["raw/smhi_emissions"], tables["clean/reported_emissions"]
    total = {value for name in ("municipality_sv", "main_sector_sv", "subsector_sv") for value in raw[name].unique()}
    total = {value for value in total if fold(value) == fold(TOTAL)}
    cells = raw[
        ~raw["municipality_sv"].isin(total) & ~raw["main_sector_sv"].isin(total) & raw["subsector_sv"].isin(total)
    ]
    say = passed if len(cells) == len(clean) else failed
    return [
        say(
            f"{len(cells)} cells in the workbooks, {len(clean)} rows here",
            observed=str(len(clean)),
            threshold=str(len(cells)),
            count=abs(len(cells) - len(clean)),
            likely_cause="" if len(cells) == len(clean) else "a name maps twice, or a join lost rows",
        )
    ]


def corrections_sum(tables: Tables) -> Sequence[Finding]:
    """Corrected less reported is the sum of the corrections; a cell without one is as reported, to the bit."""
    frame, corrections = tables["corrected/emissions"], tables["corrected/corrections"]
    keys = ["release_id", "municipality_code", "sector_code", "year"]
    plain = frame[frame["correction_ids"] == ""]
    wrong = plain[plain["emissions_t"] != plain["emissions_reported_t"]]
    effects = corrections[corrections["correction_status"] == "applied"].groupby(keys)["effect_t"].sum()
    changed = frame[frame["correction_ids"] != ""].merge(
        effects.rename("effects_t").reset_index(), on=keys, how="outer", validate="one_to_one"
    )
    changed["difference_t"] = (
        changed["emissions_t"] - changed["emissions_reported_t"] - changed["effects_t"].fillna(0.0)
    )
    sums = all_within(
        changed,
        keys,
        1e-3,
        "corrected less reported against the sum of corrections",
        "a correction was applied twice or lost",
    )
    if wrong.empty:
        return [
            passed(f"{len(plain)} uncorrected cells are as reported", observed="0 cells differ", threshold="0"),
            sums,
        ]
    return [
        sums,
        failed(
            f"{len(wrong)} cells differ from the reported figure without a correction",
            observed=str(len(wrong)),
            threshold="0",
            keys=keys_of(wrong, keys),
            count=len(wrong),
            likely_cause="code changed a figure that only a registered correction may change",
        ),
    ]


def corrections_conserve(tables: Tables) -> Sequence[Finding]:
    """A correction that declares a total conserved leaves it as large as it was."""
    frame = tables["corrected/corrections"]
    applied = frame[frame["correction_status"] == "applied"].merge(
        tables["clean/municipalities"][["municipality_code", "county_code"]], on="municipality_code"
    )
    per_year = ["correction_id", "release_id", "year"]
    scopes = {
        "is_sector_conserved": [*per_year, "sector_code"],
        "is_county_conserved": [*per_year, "county_code"],
        "is_nation_conserved": per_year,
    }
    findings = []
    for flag, keys in scopes.items():
        declared = applied[applied[flag].astype(bool)]
        sums = declared.groupby(keys, as_index=False)["effect_t"].sum().rename(columns={"effect_t": "difference_t"})
        what = f"corrections that declare {flag}"
        findings.append(all_within(sums, keys, 1e-3, what, "the entry takes tonnes without putting them elsewhere"))
    return findings


def base_matches_target(tables: Tables) -> Sequence[Finding]:
    """Every percentage is counted from its target's own baseline year, on its row's basis; recomputed here."""
    keys = ["release_id", "municipality_code", "target_id"]
    shown = tables["indicators/sector_indicators"]
    targets, emissions = tables["clean/targets"], tables["corrected/emissions"]
    wanted = targets[targets["sector_codes"] != ""][
        ["municipality_code", "target_id", "target_kind", "sector_codes", "baseline_year"]
    ]
    both = shown[shown["sector_codes"] != ""].merge(
        wanted.rename(columns={"baseline_year": "wanted_year", "sector_codes": "wanted_sectors"}),
        on=["municipality_code", "target_id", "target_kind"],
        how="left",
        validate="many_to_one",
    )
    parts = both[[*keys, "year", "wanted_sectors", "wanted_year"]].dropna(subset=["wanted_sectors", "wanted_year"])
    parts = parts.assign(sector_code=parts["wanted_sectors"].str.split(" ")).explode("sector_code")
    base = parts.drop(columns="year").drop_duplicates([*keys, "sector_code"])
    base = base.merge(
        emissions[["release_id", "municipality_code", "sector_code", "year", *_FIGURES]],
        left_on=["release_id", "municipality_code", "sector_code", "wanted_year"],
        right_on=["release_id", "municipality_code", "sector_code", "year"],
    )
    base = base.groupby(keys)[_FIGURES].sum().set_axis(["base_corrected_t", "base_t"], axis="columns").reset_index()
    both = both.merge(base, on=keys, how="left", validate="many_to_one")
    then = on_basis(both["basis"], both["base_corrected_t"], both["base_t"])
    expected = (both["emissions_t_co2e"] / then.where(then > 0) - 1.0) * 100.0
    other_year = both["baseline_year"].astype("Float64").ne(both["wanted_year"].astype("Float64")).fillna(True)
    other_value = (both["change_pct"] - expected).abs().gt(1e-6) | (both["change_pct"].isna() != expected.isna())
    wrong = both[(other_year.astype(bool) & both["wanted_year"].notna()) | other_value]
    if wrong.empty:
        return [
            passed(
                f"{len(both)} percentages are counted from their target's baseline year",
                observed="0 differ",
                threshold="0",
            )
        ]
    first = wrong.iloc[0]
    return [
        failed(
            f"{len(wrong)} percentages are not counted from their target's baseline year; the first: "
            f"{first['target_id']} {first['year']} counts from {first['baseline_year']}, the target from "
            f"{first['wanted_year']}",
            observed=str(first["baseline_year"]),
            threshold=str(first["wanted_year"]),
            keys=keys_of(wrong, [*keys, "year"]),
            count=len(wrong),
            likely_cause="a base year other than the target's: the percentage would answer another question",
        )
    ]


def compared_on_one_basis(tables: Tables) -> Sequence[Finding]:
    """Nothing is compared as corrected unless the same corrections moved both years, sector by sector."""
    frame, emissions = tables["indicators/sector_indicators"], tables["corrected/emissions"]
    shown = frame[(frame["basis"] == CORRECTED) & frame["baseline_t_co2e"].notna()]
    keys = ["release_id", "municipality_code", "target_id", "year", "baseline_year"]
    parts = shown[[*keys, "sector_codes"]].assign(sector_code=shown["sector_codes"].str.split(" "))
    parts = parts.explode("sector_code").drop(columns="sector_codes")
    for of, name in (("year", "level"), ("baseline_year", "base_level")):
        levels = emissions[["release_id", "municipality_code", "sector_code", "year", "level_ids"]]
        levels = levels.rename(columns={"year": of, "level_ids": name})
        parts = parts.astype({of: "int64"}).merge(
            levels, on=["release_id", "municipality_code", "sector_code", of], how="left", validate="many_to_one"
        )
    wrong = parts[parts["level"].fillna("") != parts["base_level"].fillna("")]
    say = passed if wrong.empty else failed
    return [
        say(
            f"{len(shown)} figures are compared as corrected, {len(wrong)} of their sectors on two levels",
            observed=str(len(wrong)),
            threshold="0",
            keys=keys_of(wrong, [*keys, "sector_code"]),
            count=len(wrong),
            likely_cause="" if wrong.empty else "code compared a corrected year with an uncorrected one",
        )
    ]


def total_is_sum(tables: Tables) -> Sequence[Finding]:
    """The indicator ``total`` equals the sum of the municipality's sectors, as reported and as corrected."""
    keys = ["release_id", "municipality_code", "year"]
    shown = tables["indicators/sector_indicators"]
    shown = shown[(shown["target_id"] == "total") & (shown["sector_codes"] != "")]
    sums = tables["corrected/emissions"].groupby(keys)[_FIGURES].sum().add_prefix("sum_").reset_index()
    both = shown.merge(sums, on=keys, how="left", validate="one_to_one")
    sums = both["sum_emissions_t_co2e"], both["sum_emissions_reported_t_co2e"]
    shown = ("emissions_corrected_t_co2e", sums[0]), ("emissions_reported_t_co2e", sums[1])
    each = [both[name] - total for name, total in (*shown, ("emissions_t_co2e", on_basis(both["basis"], *sums)))]
    both["difference_t"] = pd.concat(each, axis="columns").abs().max(axis="columns", skipna=False)
    return [all_within(both, keys, 1e-3, "total against the sum of all sectors", "a sector is left out of the total")]


def cells_sum_to_reported(tables: Tables) -> Sequence[Finding]:
    """The workbook cells behind every indicator sum to its reported figure."""
    traced = tables["indicators/provenance"]
    shown = tables["indicators/sector_indicators"].rename(columns={"target_id": "indicator_id"})
    one = tables["inventory/inventory_territory"]
    one = one[(one["scope"] == "1") & ~one["is_memo"] & one["emissions_t_co2e"].notna()]
    place = ["release_id", "municipality_code", "year"]
    scope = one.groupby(place)["emissions_reported_t_co2e"].sum().rename("emissions_reported_t_co2e").reset_index()
    areas = tables["indicators/area_shares"]
    areas = areas[areas["figure_basis"] == "reported"].rename(columns={"emissions_t_co2e": "emissions_reported_t_co2e"})
    area_id = areas["definition_id"] + "/" + areas["area_id"] + "/" + areas["figure_basis"]
    both = pd.concat(
        [
            _beside_cells(traced, "sector_indicators", shown),
            _beside_cells(traced, "scope_indicators", scope.assign(indicator_id="territory/1/0//")),
            _beside_cells(traced, "area_shares", areas.assign(indicator_id=area_id)),
        ],
        ignore_index=True,
    )
    both = both[both["emissions_reported_t_co2e"].notna() | both["source_sum_t"].notna()]
    both = both.assign(difference_t=both["source_sum_t"] - both["emissions_reported_t_co2e"])
    keys = ["table_name", *place, "indicator_id"]
    return [
        all_within(both, keys, 1e-3, "workbook cells against the reported figure", "a cell is counted twice or lost")
    ]


def _beside_cells(traced: "pd.DataFrame", table_name: str, shown: "pd.DataFrame") -> "pd.DataFrame":
    """Reported figures of a table beside the sums of their cells; for other tables than sectors only where shown."""
    keys = ["release_id", "municipality_code", "year", "indicator_id"]
    mine = traced.loc[traced["table_name"] == table_name, [*keys, "source_sum_t"]]
    if mine.empty and shown.empty:  # which pandas cannot merge by several texts
        return mine.assign(emissions_reported_t_co2e=np.nan, table_name=table_name)
    how = "outer" if table_name == "sector_indicators" else "right"
    both = mine.merge(shown[[*keys, "emissions_reported_t_co2e"]], on=keys, how=how, validate="one_to_one")
    return both.assign(table_name=table_name)


def suites_agree(tables: Tables) -> Sequence[Finding]:
    """Great Expectations, evaluated in a worker, agrees with what the tables' own values proved."""
    found = tables["quality/suites"]
    if found.empty:
        return [not_applicable("Great Expectations was waited for at every table")]
    wrong = found[found["outcome"] == "failed"]
    said = f"{len(found)} expectations of {found['table_name'].nunique()} tables"
    if wrong.empty:
        return [passed(f"{said} agree", observed="0 differ")]
    return [
        failed(
            f"{len(wrong)} of {said} differ: {wrong['message'].iloc[0]}",
            observed=f"{len(wrong)} differ",
            threshold="0",
            keys=tuple(wrong["message"]),
            count=len(wrong),
            likely_cause="a proof in quality/contract.py judges otherwise than Great Expectations",
        )
    ]


def parts_sum_to_change(tables: Tables) -> Sequence[Finding]:
    """The causes of an indicator's change sum to the whole change."""
    frame = tables["indicators/indicator_change_explained"]
    keys = ["municipality_code", "target_id", "measure", "release_id_from", "release_id_to"]
    if frame.empty:
        return [not_applicable("one release per substance: nothing to compare with")]
    known = frame[frame["part"].notna()]
    sums = known.groupby(keys, as_index=False).agg(
        parts=("part", "sum"), value_from=("value_from", "first"), value_to=("value_to", "first")
    )
    sums["difference_t"] = sums["parts"] - (sums["value_to"] - sums["value_from"])
    return [all_within(sums, keys, 1e-3, "causes against the whole change", "a cause is counted twice or left out")]


def frozen_reproduces(tables: Tables) -> Sequence[Finding]:
    """Every frozen report still comes out as it was handed in, figure by figure."""
    frozen, shown = tables["clean/frozen_reports"], tables["indicators/sector_indicators"]
    if frozen.empty:
        return [not_applicable("no report is frozen")]
    keys = ["municipality_code", "release_id", "target_id", "year"]
    figures = ["emissions_t_co2e", "baseline_t_co2e", "change_pct"]
    both = frozen.merge(
        shown[[*keys, *figures, "basis"]], on=keys, how="left", suffixes=("", "_now"), validate="many_to_one"
    )
    findings = []
    for (report, release), lines in both.groupby(["report_name", "release_id"]):
        if not (shown["release_id"] == release).any():
            findings.append(not_applicable(f"'{report}' rests on {release}, which this run leaves out"))
            continue
        off = pd.Series(data=False, index=lines.index)
        for name in figures:
            missing = lines[name].isna() != lines[f"{name}_now"].isna()
            off |= missing | ((lines[name] - lines[f"{name}_now"]).abs() > FROZEN_TOLERANCE)
        off |= lines["basis"].notna() & (lines["basis"] != lines["basis_now"])
        wrong = lines[off]
        if wrong.empty:
            findings.append(passed(f"'{report}' reproduces: {len(lines)} figures on {release}", observed="0 differ"))
            continue
        first = wrong.iloc[0]
        findings.append(
            failed(
                f"'{report}' does not reproduce: {len(wrong)} of {len(lines)} figures on {release} differ; the first: "
                f"{first['target_id']} {first['year']} was {first['emissions_t_co2e']:,.3f} t, is now "
                f"{first['emissions_t_co2e_now']:,.3f} t",
                observed=f"{first['emissions_t_co2e_now']:.3f} t",
                threshold=f"{first['emissions_t_co2e']:.3f} t",
                keys=keys_of(wrong, keys),
                count=len(wrong),
                likely_cause="a correction, target or method was changed for a release that a report rests on",
            )
        )
    return findings
