"""Is it likely? Remarks that a person should look at; only a slip of units stops a run.

A real change can look implausible (transport in 2024 rose by a quarter after a change of law): it is flagged, never
rejected. What does not belong here: whether targets can be followed up on the figures (``follow_up``).
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from klimat_pipeline.clean.naming import UNMAPPED
from klimat_pipeline.clean.releases import held_pairs, release_pairs
from klimat_pipeline.quality.findings import Finding, failed, keys_of, not_applicable, noted, passed
from klimat_pipeline.text import counted, number_text, percent_sv, tonnes_sv

Tables = Mapping[str, pd.DataFrame]

#: A sector's change from one year to the next worth a look, and its least share of the municipality's total.
JUMP_PCT, JUMP_SHARE_PCT = 20.0, 1.0
#: A revision of history worth a look.
REVISION_PCT = 2.0
#: A release whose figures are this many times another's has slipped its unit.
SLIP_RATIO = 10.0


def source_answered(tables: Tables) -> Sequence[Finding]:
    """Whether the live source answered when it was last asked."""
    silent = tables["sources/smhi_snapshots"]
    silent = silent[silent["stale_days"].notna()].drop_duplicates("substance")
    if silent.empty:
        return [passed("every source that was asked has answered")]
    return [
        failed(
            f"the source is stale: no answer for {row.substance} for {row.stale_days} days",
            observed=f"{row.stale_days} days",
            threshold="an answer at every try",
            keys=(f"substance={row.substance}",),
            count=1,
            likely_cause="the source is down, moved, or no longer reachable from here; figures are its last snapshot's",
        )
        for row in silent.itertuples()
    ]


def year_jumps(tables: Tables) -> Sequence[Finding]:
    """Sectors that change by more than the limit between two consecutive years of a current release."""
    frame, releases = tables["clean/reported_emissions"], tables["clean/releases"]
    frame = frame[frame["release_id"].isin(releases.loc[releases["is_current"], "release_id"])]
    keys = ["release_id", "municipality_code", "sector_code"]
    frame = frame.sort_values([*keys, "year"])
    total = frame.groupby(["release_id", "municipality_code", "year"])["emissions_reported_t"].transform("sum")
    previous = frame.groupby(keys)[["year", "emissions_reported_t"]].shift(1)
    change = frame["emissions_reported_t"] - previous["emissions_reported_t"]
    pct = change / previous["emissions_reported_t"].where(previous["emissions_reported_t"] > 0) * 100
    jump = (
        (frame["year"] - previous["year"] == 1) & (pct.abs() > JUMP_PCT) & (change.abs() > total * JUMP_SHARE_PCT / 100)
    )
    jumps = frame.assign(change_pct=pct.round(1), change_t=change)[jump]
    findings: list[Finding] = []
    for release in sorted(frame["release_id"].unique()):
        mine = jumps[jumps["release_id"] == release].sort_values("change_t", key=abs, ascending=False)
        if mine.empty:
            findings.append(passed(f"{release}: no sector jumps by more than {JUMP_PCT:g} % in a year"))
            continue
        worst = mine.iloc[0]
        findings.append(
            failed(
                f"{release}: {counted(len(mine), 'sector changes', 'sectors change')} by more than "
                f"{JUMP_PCT:g} % in a year; the largest is "
                f"{worst['sector_code']} in {worst['municipality_code']} {worst['year']}: {worst['change_pct']:+.1f} % "
                f"({worst['change_t']:+,.0f} t)",
                message_sv=f"{release}: {counted(len(mine), 'sektor', 'sektorer')} ändras mer än "
                f"{percent_sv(JUMP_PCT, None)} på ett år; störst är '{worst['sector_code']}' i "
                f"'{worst['municipality_code']}' {worst['year']}: {percent_sv(worst['change_pct'], sign=True)} "
                f"({tonnes_sv(worst['change_t'], sign=True)})",
                observed=f"{worst['change_pct']:+.1f} %",
                threshold=f"{JUMP_PCT:g} % and {JUMP_SHARE_PCT:g} % of the total",
                keys=keys_of(mine, ["municipality_code", "sector_code", "year", "change_pct"]),
                count=len(mine),
                likely_cause="a change of law or method, a plant opened or closed, or a fault in the source",
            )
        )
    return findings


def revised_history(tables: Tables) -> Sequence[Finding]:
    """How far a release moves the same municipality, sector and year against the one before it."""
    findings: list[Finding] = []
    for older, newer, both in _pairs(tables):
        totals = both.groupby(["municipality_code", "year"])[["old_t", "new_t"]].sum().reset_index()
        moved = (totals["new_t"] - totals["old_t"]) / totals["old_t"].where(totals["old_t"] > 0) * 100
        totals = totals.assign(revision_pct=moved.round(2))
        large = totals[moved.abs() > REVISION_PCT].sort_values("revision_pct", key=abs, ascending=False)
        if large.empty:
            findings.append(passed(f"{newer} against {older}: no year's total moves by more than {REVISION_PCT:g} %"))
            continue
        worst = large.iloc[0]
        findings.append(
            failed(
                f"{newer} rewrites history against {older}: {len(large)} of {len(totals)} municipality totals move by "
                f"more than {REVISION_PCT:g} %; the most is {worst['municipality_code']} {worst['year']}: "
                f"{worst['old_t']:,.0f} to {worst['new_t']:,.0f} t ({worst['revision_pct']:+.2f} %)",
                message_sv=f"{newer} har räknat om historien i {older}: {number_text(len(large))} av "
                f"{number_text(len(totals))} kommuntotaler har flyttats mer än {percent_sv(REVISION_PCT, None)}; mest "
                f"'{worst['municipality_code']}' {worst['year']}, från {number_text(worst['old_t'])} till "
                f"{tonnes_sv(worst['new_t'])} ({percent_sv(worst['revision_pct'], 2, sign=True)})",
                observed=f"{worst['revision_pct']:+.2f} %",
                threshold=f"{REVISION_PCT:g} %",
                keys=keys_of(large, ["municipality_code", "year", "revision_pct"]),
                count=len(large),
                likely_cause="the source changed its method; changes since the baseline move with nothing done",
            )
        )
    return findings or [not_applicable("one release per substance: nothing to compare with")]


def dropped_years(tables: Tables) -> Sequence[Finding]:
    """Years that the previous release of the substance had and this one does not have."""
    return _year_changes(tables, "dropped", "the source thins out its history; a dropped year is not a zero")


def new_years(tables: Tables) -> Sequence[Finding]:
    """Years that the previous release of the substance did not have."""
    return _year_changes(tables, "new", "normal at a new release; the last year is often revised in the next")


def unit_slip(tables: Tables) -> Sequence[Finding]:
    """A release whose figures are ten or a thousand times another's is not in the unit that it states."""
    findings: list[Finding] = []
    for older, newer, both in _pairs(tables):
        usable = both[(both["old_t"] > 0) & (both["new_t"] > 0)]
        if usable.empty:
            continue
        ratio = float((usable["new_t"] / usable["old_t"]).median())
        say = passed if 1 / SLIP_RATIO < ratio < SLIP_RATIO else failed
        findings.append(
            say(
                f"{newer} is {ratio:,.4g} times {older} in the median of {len(usable)} figures",
                observed=f"{ratio:.6g}",
                threshold=f"between {1 / SLIP_RATIO:g} and {SLIP_RATIO:g}",
                likely_cause="" if say is passed else "kilotonnes or kilograms under the heading tonnes",
            )
        )
    return findings or [not_applicable("one release per substance: nothing to compare with")]


def corrections_drifted(tables: Tables) -> Sequence[Finding]:
    """Corrections whose national base has moved since they were decided: applied as they are, to be reviewed."""
    frame = tables["corrected/corrections"]
    drifted = frame[frame["is_drifted"].astype(bool) & (frame["correction_status"] != "expired")]
    if drifted.empty:
        return [
            passed("no correction's national base has moved beyond its limit", observed=f"{len(frame)} applications")
        ]
    ordered = drifted.sort_values("drift_pct", key=abs, ascending=False)
    worst = ordered.iloc[0]
    return [
        failed(
            f"{drifted['correction_id'].nunique()} corrections were decided against another figure: review. The most: "
            f"{worst['correction_id']} {worst['year']} in {worst['release_id']}: {worst['base_then_t']:,.2f} t then "
            f"({worst['base_release_id']}), {worst['base_now_t']:,.2f} t now ({worst['drift_pct']:+.1f} %)",
            message_sv=f"{counted(drifted['correction_id'].nunique(), 'rättelse', 'rättelser')} beslutades mot en "
            f"annan siffra än dagens och behöver ses över. Mest '{worst['correction_id']}' {worst['year']} i "
            f"{worst['release_id']}: {tonnes_sv(worst['base_then_t'], 2)} då ({worst['base_release_id']}), "
            f"{tonnes_sv(worst['base_now_t'], 2)} nu ({percent_sv(worst['drift_pct'], sign=True)})",
            observed=f"{worst['drift_pct']:+.2f} %",
            threshold="the register's drift_limit_pct",
            keys=keys_of(ordered, ["municipality_code", "correction_id", "release_id", "year", "drift_pct"]),
            count=len(drifted),
            likely_cause="the source has changed its figure, perhaps to what the correction says: it may count twice",
        )
    ]


def corrections_expired(tables: Tables) -> Sequence[Finding]:
    """Corrections past their last day: not applied any more."""
    frame = tables["corrected/corrections"]
    expired = frame[frame["correction_status"] == "expired"]
    if expired.empty:
        return [passed("no correction has expired")]
    return [
        failed(
            f"{expired['correction_id'].nunique()} corrections have expired and are not applied",
            message_sv=f"{counted(expired['correction_id'].nunique(), 'rättelse', 'rättelser')} har gått ut och "
            "tillämpas inte",
            observed=", ".join(sorted(expired["correction_id"].unique())),
            threshold="none",
            keys=keys_of(expired, ["municipality_code", "correction_id", "release_id", "year"]),
            count=len(expired),
            likely_cause="renew them with a new decision, or remove them",
        )
    ]


def corrections_carried(tables: Tables) -> Sequence[Finding]:
    """Corrections that are not applied to the current release, because they were decided for another one."""
    frame = tables["corrected/corrections"]
    left = frame[(frame["correction_status"] == "not_for_release") & frame["is_current_release"].astype(bool)]
    if left.empty:
        return [passed("every correction applies to the current release")]
    return [
        failed(
            f"{left['correction_id'].nunique()} corrections are limited to other releases: the current one is "
            "uncorrected there",
            message_sv=f"{counted(left['correction_id'].nunique(), 'rättelse', 'rättelser')} gäller bara andra "
            "utgåvor: den aktuella är inte rättad där",
            observed=", ".join(sorted(left["correction_id"].unique())),
            threshold="none",
            keys=keys_of(left, ["municipality_code", "correction_id", "release_id", "year"]),
            count=len(left),
            likely_cause="decide them anew against the current release, with its baseline year in mind",
        )
    ]


def series_of_one_level(tables: Tables) -> Sequence[Finding]:
    """Series of which local corrections move some years only: which ones, so that the rest is compared as reported."""
    frame = tables["corrected/emissions"]
    keys = ["release_id", "municipality_code", "sector_code"]
    moved = frame.loc[frame["level_ids"] != "", keys].drop_duplicates()
    theirs = frame[[*keys, "year", "level_ids"]].merge(moved, on=keys)
    findings = []
    for (release, code, sector), own in theirs.groupby(keys):
        if own["level_ids"].nunique() == 1:
            continue
        years = own.sort_values("year").groupby("level_ids")["year"].agg(lambda found: " ".join(map(str, found)))
        said = "; ".join(f"{found} by {level}" for level, found in years.items() if level)
        listed = {level: found.replace(" ", ", ") for level, found in years.items()}
        said_sv = "; ".join(f"{found} med '{level}'" for level, found in listed.items() if level)
        findings.append(
            failed(
                f"{release} {code} {sector}: corrected are {said}; not corrected {years.get('', 'none')}. Years of two "
                "levels are compared as reported, both",
                message_sv=f"{release}, '{sector}' i '{code}': rättade är {said_sv}; inte rättade "
                f"{listed.get('', 'inga')}. År på två nivåer jämförs båda som källan redovisar dem",
                observed=f"{len(years)} levels",
                threshold="one level in all years",
                keys=tuple(
                    f"municipality_code={code}, sector_code={sector}, release_id={release}, year={year}"
                    for year in own.loc[own["level_ids"] != "", "year"]
                ),
                count=int((own["level_ids"] != "").sum()),
                likely_cause="decide the correction for the other years, or that it stands for the whole series "
                "(applies_to: all years, scaled)",
            )
        )
    return findings or [passed("every series is on one level in all its years", observed="one level")]


def coverage(tables: Tables) -> Sequence[Finding]:
    """How many of the municipalities a release holds."""
    everyone = len(tables["clean/municipalities"])
    return [
        (passed if row.coverage == "national" else not_applicable)(
            f"{row.municipalities} of {everyone} municipalities in {row.release_id}"
        )
        for row in tables["clean/releases"].itertuples()
    ]


def unmapped_subsectors(tables: Tables) -> Sequence[Finding]:
    """Subsectors that no table knows: they stay in the totals under their own name until somebody maps them."""
    frame = tables["clean/reported_subsectors"]
    unknown = frame[frame["subsector_code"].str.startswith(UNMAPPED)]
    if unknown.empty:
        return [passed("every subsector is in data/reference/subsectors.csv")]
    names = unknown[["sector_code", "subsector_name_sv"]].drop_duplicates()
    return [
        failed(
            f"{counted(len(names), 'unknown subsector')} with "
            f"{unknown['emissions_reported_t'].sum():,.2f} t over all years",
            observed=", ".join(f"'{name}'" for name in names["subsector_name_sv"].head(5)),
            threshold="every subsector in data/reference/subsectors.csv",
            keys=keys_of(names, ["sector_code", "subsector_name_sv"]),
            count=len(names),
            likely_cause="a new subsector or a new spelling: add it to the table",
        )
    ]


def _pairs(tables: Tables) -> list[tuple[str, str, pd.DataFrame]]:
    """Figures of each release beside those of the last earlier release that holds the same municipality."""
    keys = ["municipality_code", "sector_code", "year"]
    emissions = tables["clean/reported_emissions"]
    figures = emissions[["release_id", *keys, "emissions_reported_t"]]
    by_release = dict(list(figures.groupby("release_id")))
    consecutive = held_pairs(emissions, tables["clean/releases"], "emissions_reported_t")
    pairs = []
    for (older, newer), held in consecutive.groupby(["release_id_from", "release_id_to"], sort=False):
        places = held["municipality_code"]
        left, right = (
            frame[frame["municipality_code"].isin(places)]
            .drop(columns="release_id")
            .rename(columns={figures.columns[-1]: name})
            for frame, name in ((by_release[older], "old_t"), (by_release[newer], "new_t"))
        )
        pairs.append((str(older), str(newer), left.merge(right, on=keys, validate="one_to_one")))
    return pairs


def _year_changes(tables: Tables, which: str, meaning: str) -> Sequence[Finding]:
    years = {
        row.release_id: set(map(int, row.years.split())) for row in tables["clean/releases"].itertuples(index=False)
    }
    findings: list[Finding] = []
    for older, newer in release_pairs(tables["clean/releases"]):
        changed = sorted(years[older] - years[newer] if which == "dropped" else years[newer] - years[older])
        listed = ", ".join(map(str, changed))
        findings.append(
            noted(
                f"{newer} against {older}: {which} years {listed}: {meaning}",
                observed=listed,
                threshold="the same years",
                keys=tuple(f"year={year}" for year in changed),
                count=len(changed),
            )
            if changed
            else passed(f"{newer} against {older}: no {which} years")
        )
    return findings or [not_applicable("one release per substance: nothing to compare with")]
