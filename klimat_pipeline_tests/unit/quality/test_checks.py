"""Every check passes on tables that agree, and finds the fault that is planted in them."""

import functools
from collections.abc import Callable

import pandas as pd
import pytest

from klimat_pipeline.quality import follow_up, gases, plausibility, reconciliation, source_sums
from klimat_pipeline.quality.catalogue import CHECKS, run_checks
from klimat_pipeline.quality.data_quality import to_frame
from klimat_pipeline.quality.findings import CheckResult, Finding, failed
from klimat_pipeline_tests.unit.quality.country import Tables
from klimat_pipeline_tests.unit.quality.country import country as made_country

#: Checks of the national figures and the sector indicators; those of later tables have tests of their own.
TESTED = (
    "sources/smhi_snapshots",
    "clean/reported_emissions",
    "clean/releases",
    "clean/reported_subsectors",
    "clean/area_totals",
)
NAMES = [check.name for key in TESTED for check in CHECKS[key]]
NAMES += [
    "corrections_sum",
    "base_matches_target",
    "total_is_sum",
    "baseline_released",
    "trend_start_released",
    "gas_basis_matches",
    "per_resident",
]


@functools.cache
def _agreeing() -> Tables:
    return made_country()


def country() -> Tables:
    """Tables that agree, for a test to change: copies of those that are made once for the file."""
    return {key: frame.copy() for key, frame in _agreeing().items()}


def run(name: str, tables: Tables) -> list[Finding]:
    (check,) = (
        getattr(room, name)
        for room in (reconciliation, source_sums, plausibility, follow_up, gases)
        if hasattr(room, name)
    )
    return list(check(tables))


def outcomes(name: str, tables: Tables) -> set[str]:
    return {finding.outcome for finding in run(name, tables)}


def only_failure(name: str, tables: Tables) -> Finding:
    """The one failed finding, which must say all that a reader needs."""
    (finding,) = [finding for finding in run(name, tables) if finding.outcome == "failed"]
    assert finding.observed
    assert finding.threshold
    assert finding.keys
    assert finding.count
    assert finding.likely_cause
    return finding


def where(frame: pd.DataFrame, **values: object) -> pd.Series:
    chosen = pd.Series(True, index=frame.index)
    for column, value in values.items():
        chosen &= frame[column] == value
    assert chosen.any(), values
    return chosen


def changed(key: str, column: str, change: Callable[[pd.Series], object], **values: object) -> Tables:
    """The country with one column changed in the chosen rows of one table."""
    tables = country()
    frame = tables[key]
    chosen = where(frame, **values)
    frame.loc[chosen, column] = change(frame.loc[chosen, column])
    return tables


@pytest.mark.parametrize("name", NAMES)
def test_passes_where_all_agrees(name: str) -> None:
    assert outcomes(name, country()) == {"passed"}


def test_every_check_explains_itself() -> None:
    for checks in CHECKS.values():
        for check in checks:
            assert check.description.endswith("."), check.name
            assert check.severity in {"ERROR", "WARN", "INFO"}
            assert check.kind in {"reconciliation", "plausibility"}


# -- reconciliation ---------------------------------------------------------------------------------------------------


def test_doubled_sector_of_one_municipality_breaks_its_printed_total() -> None:
    tables = changed(
        "clean/reported_emissions",
        "emissions_reported_t",
        lambda t: t * 2,
        release_id="newer",
        municipality_code="0201",
        sector_code="transport",
        year=2021,
    )
    finding = only_failure("sectors_equal_total", tables)
    assert finding.observed == "2250.000 t"
    assert finding.keys == ("release_id=newer, area_code=0201, year=2021, difference_t=-2250.0",)
    assert "1 of 21 sums disagree, -2,250.00 t net, 2,250.00 t in absolute terms" in finding.message
    # The older release is untouched and still passes.
    assert [f.outcome for f in run("sectors_equal_total", tables)] == ["failed", "passed"]


def test_errors_that_cancel_are_seen() -> None:
    tables = country()
    frame = tables["clean/reported_emissions"]
    for code, sign in (("0101", 1), ("0102", -1)):
        frame.loc[
            where(frame, release_id="newer", municipality_code=code, sector_code="heating", year=1990),
            "emissions_reported_t",
        ] += sign * 500.0
    assert outcomes("counties_equal_municipalities", tables) == {"passed"}
    finding = only_failure("sectors_equal_total", tables)
    assert "0.00 t net, 1,000.00 t in absolute terms" in finding.message
    assert finding.count == 2


def test_lost_total_row_counts_as_a_difference() -> None:
    tables = country()
    frame = tables["clean/reported_emissions"]
    tables["clean/reported_emissions"] = frame[
        ~((frame["municipality_code"] == "0101") & (frame["release_id"] == "newer"))
    ]
    finding = only_failure("sectors_equal_total", tables)
    assert finding.count == 3


def test_county_that_is_not_its_municipalities() -> None:
    tables = changed(
        "clean/area_totals",
        "emissions_reported_t",
        lambda t: t + 3.0,
        release_id="newer",
        area_code="02",
        sector_code="transport",
        year=1990,
    )
    finding = only_failure("counties_equal_municipalities", tables)
    assert (finding.observed, finding.threshold, finding.count) == ("3.000 t", "2 t", 1)
    assert "area_code=02, sector_code=transport, year=1990" in finding.keys[0]


def test_county_within_the_sources_rounding_passes() -> None:
    tables = changed(
        "clean/area_totals",
        "emissions_reported_t",
        lambda t: t + 1.5,
        area_code="02",
        sector_code="transport",
        year=1990,
    )
    assert outcomes("counties_equal_municipalities", tables) == {"passed"}


@pytest.mark.parametrize("name", ["counties_equal_municipalities", "nation_equals_counties"])
def test_checks_of_the_whole_country_do_not_apply_to_a_part(name: str) -> None:
    tables = country()
    for key in ("clean/reported_emissions", "clean/area_totals"):
        frame = tables[key]
        code = "municipality_code" if key == "clean/reported_emissions" else "area_code"
        tables[key] = frame[frame[code].isin(["0101", "00"])]
    found = run(name, tables)
    assert {finding.outcome for finding in found} == {"not_applicable"}
    assert all("1 of 4 municipalities" in finding.message for finding in found)


def test_release_without_printed_totals_says_so() -> None:
    tables = country()
    tables["clean/area_totals"] = tables["clean/area_totals"].query("sector_code != 'total'")
    assert outcomes("sectors_equal_total", tables) == {"not_applicable"}


def test_nation_says_what_no_county_holds() -> None:
    found = run("nation_equals_counties", country())
    assert len(found) == 2 * 3
    assert "unallocated 120.00 t (0.40 % of the nation's 30,120.00 t)" in found[0].message


def test_nation_below_its_counties() -> None:
    tables = changed(
        "clean/area_totals",
        "emissions_reported_t",
        lambda t: t * 0 - 50.0,
        release_id="newer",
        area_level="unallocated",
        sector_code="heating",
        year=2020,
    )
    finding = only_failure("nation_equals_counties", tables)
    assert finding.observed == "-50.00 t"
    assert finding.keys == ("release_id=newer, sector_code=heating, year=2020",)


def test_nation_far_above_its_counties() -> None:
    tables = changed(
        "clean/area_totals",
        "emissions_reported_t",
        lambda t: t * 10,
        release_id="newer",
        area_level="unallocated",
        sector_code="total",
        year=2020,
    )
    wrong = [finding for finding in run("nation_equals_counties", tables) if finding.outcome == "failed"]
    assert len(wrong) == 1
    assert wrong[0].observed == "960.00 t"
    assert "a county is missing" in wrong[0].likely_cause


def test_subsectors_that_do_not_sum_are_stated_by_sector_and_year() -> None:
    tables = changed(
        "clean/reported_subsectors",
        "emissions_reported_t",
        lambda t: t - 127.5,
        release_id="newer",
        municipality_code="0102",
        subsector_code="not_split",
        sector_code="transport",
        year=2021,
    )
    finding = only_failure("subsectors_equal_sectors", tables)
    assert "newer transport 2021" in finding.message
    assert finding.observed == "-127.50 t net, 127.50 t absolute"
    assert finding.keys[0].startswith("municipality_code=0102")


def test_sector_without_subsectors_has_nothing_to_disagree_with() -> None:
    tables = country()
    tables["clean/reported_subsectors"] = tables["clean/reported_subsectors"].query("subsector_code == 'not_split'")
    assert outcomes("subsectors_equal_sectors", tables) == {"not_applicable"}


def test_lost_subsector_is_found() -> None:
    tables = country()
    tables["clean/reported_subsectors"] = tables["clean/reported_subsectors"].drop(index=0)
    finding = only_failure("subsectors_sum", tables)
    assert "release_id=older, municipality_code=0101, sector_code=transport, year=1990" in finding.keys[0]


@pytest.mark.parametrize(("rows", "observed"), [(slice(1, None), "47"), (slice(0, 47), "47")])
def test_lost_rows_are_counted(rows: slice, observed: str) -> None:
    tables = country()
    tables["clean/reported_emissions"] = tables["clean/reported_emissions"].iloc[rows]
    (finding,) = run("rows_kept", tables)
    assert (finding.outcome, finding.observed, finding.threshold, finding.count) == ("failed", observed, "48", 1)
    assert finding.likely_cause


def test_figure_changed_without_a_registered_correction() -> None:
    tables = changed(
        "corrected/emissions",
        "emissions_t",
        lambda t: t + 1e-9,
        release_id="newer",
        municipality_code="0101",
        sector_code="heating",
        year=1990,
    )
    finding = only_failure("corrections_sum", tables)
    assert finding.keys == ("release_id=newer, municipality_code=0101, sector_code=heating, year=1990",)


# -- base of percentages ----------------------------------------------------------------------------------------------


def against(base: int, **values: object) -> Tables:
    """The indicators of a target counted from another year, as a spreadsheet would by mistake."""
    tables = country()
    shown = tables["indicators/sector_indicators"]
    chosen = where(shown, **values)
    for _, group in shown[chosen].groupby(["release_id", "municipality_code"]):
        tonnes = group.set_index("year")["emissions_t_co2e"]
        shown.loc[group.index, "baseline_year"] = base
        shown.loc[group.index, "baseline_t_co2e"] = tonnes[base]
        shown.loc[group.index, "change_pct"] = (group["emissions_t_co2e"] / tonnes[base] - 1) * 100
    return tables


def test_energy_against_1990_is_refused() -> None:
    finding = only_failure(
        "base_matches_target", against(1990, target_id="energy", municipality_code="0101", release_id="newer")
    )
    assert (finding.observed, finding.threshold, finding.count) == ("1990", "2020", 3)
    assert "energy" in finding.message and "counts from 1990, the target from 2020" in finding.message
    assert finding.keys[0] == "release_id=newer, municipality_code=0101, target_id=energy, year=1990"
    assert "base year other than the target's" in finding.likely_cause


def test_percentage_of_another_base_under_the_right_label_is_refused() -> None:
    tables = against(1990, target_id="energy", municipality_code="0101", release_id="newer")
    tables["indicators/sector_indicators"]["baseline_year"] = country()["indicators/sector_indicators"]["baseline_year"]
    assert only_failure("base_matches_target", tables).count == 3


def test_percentage_of_another_release_is_refused() -> None:
    tables = changed(
        "corrected/emissions",
        "emissions_reported_t_co2e",
        lambda t: t * 1.042,
        release_id="newer",
        municipality_code="0101",
        sector_code="heating",
        year=2020,
    )
    assert only_failure("base_matches_target", tables).count == 3


def test_percentage_against_a_zero_baseline_is_refused() -> None:
    tables = changed(
        "corrected/emissions",
        "emissions_reported_t_co2e",
        lambda t: t * 0,
        release_id="newer",
        municipality_code="0101",
        sector_code="heating",
        year=2020,
    )
    assert only_failure("base_matches_target", tables).count == 3
    shown = tables["indicators/sector_indicators"]
    shown.loc[where(shown, release_id="newer", municipality_code="0101", target_id="energy"), "change_pct"] = None
    assert outcomes("base_matches_target", tables) == {"passed"}


def test_percentage_that_is_missing_without_reason_is_found() -> None:
    tables = changed(
        "indicators/sector_indicators",
        "change_pct",
        lambda t: t * float("nan"),
        target_id="total",
        year=2021,
        release_id="newer",
        municipality_code="0202",
    )
    assert only_failure("base_matches_target", tables).count == 1


def test_total_that_leaves_out_a_sector() -> None:
    tables = changed(
        "indicators/sector_indicators",
        "emissions_t_co2e",
        lambda t: t - 800.0,
        target_id="total",
        municipality_code="0101",
        release_id="newer",
        year=2020,
    )
    finding = only_failure("total_is_sum", tables)
    assert finding.observed == "800.000 t"
    assert "municipality_code=0101" in finding.keys[0]


# -- plausibility -----------------------------------------------------------------------------------------------------


def test_silent_source_is_a_remark() -> None:
    tables = changed("sources/smhi_snapshots", "stale_days", lambda t: 12, substance="GGT")
    finding = only_failure("source_answered", tables)
    assert finding.observed == "12 days"
    assert "stale" in finding.message


@pytest.mark.parametrize(("factor", "shown"), [(1.26, "+26.0 %"), (0.7, "-30.0 %")])
def test_jump_is_flagged(factor: float, shown: str) -> None:
    tables = country()
    frame = tables["clean/reported_emissions"]
    after = where(frame, release_id="newer", municipality_code="0202", sector_code="transport", year=2021)
    frame.loc[after, "emissions_reported_t"] = 4000.0 * 0.8 * factor
    finding = only_failure("year_jumps", tables)
    assert finding.observed == shown
    assert "municipality_code=0202, sector_code=transport, year=2021" in finding.keys[0]


def test_change_over_a_gap_of_years_is_no_jump() -> None:
    frame = country()["clean/reported_emissions"]
    assert frame["year"].drop_duplicates().diff().max() > 1
    assert outcomes("year_jumps", country()) == {"passed"}


def test_jump_in_an_old_release_is_history() -> None:
    tables = changed(
        "clean/reported_emissions",
        "emissions_reported_t",
        lambda t: t * 2,
        release_id="older",
        sector_code="transport",
        year=2021,
    )
    assert outcomes("year_jumps", tables) == {"passed"}


def test_rewritten_history_is_measured() -> None:
    tables = changed(
        "clean/reported_emissions",
        "emissions_reported_t",
        lambda t: t * 0.97,
        release_id="newer",
        municipality_code="0101",
        year=1990,
    )
    finding = only_failure("revised_history", tables)
    assert finding.observed == "-3.00 %"
    assert "municipality_code=0101, year=1990" in finding.keys[0]


@pytest.mark.parametrize(
    ("name", "release", "years"), [("dropped_years", "newer", "2020"), ("new_years", "older", "2020")]
)
def test_years_that_come_and_go(name: str, release: str, years: str) -> None:
    tables = changed("clean/releases", "years", lambda t: "1990 2021", release_id=release)
    (finding,) = run(name, tables)
    assert finding.outcome == "passed", "the normal course of things is no warning"
    assert finding.observed == years
    assert finding.keys == ("year=2020",)


@pytest.mark.parametrize("factor", [1000.0, 0.001])
def test_slip_of_units_is_found(factor: float) -> None:
    tables = changed("clean/reported_emissions", "emissions_reported_t", lambda t: t * factor, release_id="newer")
    (finding,) = run("unit_slip", tables)
    assert finding.outcome == "failed"
    assert float(finding.observed) == pytest.approx(factor)
    assert "between 0.1 and 10" in finding.threshold
    assert "kilotonnes or kilograms" in finding.likely_cause


@pytest.mark.parametrize("name", ["revised_history", "dropped_years", "new_years", "unit_slip"])
def test_first_release_has_nothing_to_compare_with(name: str) -> None:
    tables = country()
    for key in ("clean/releases", "clean/reported_emissions"):
        tables[key] = tables[key].query("release_id == 'newer'")
    assert outcomes(name, tables) == {"not_applicable"}


def test_releases_of_different_substances_are_never_compared() -> None:
    tables = changed("clean/releases", "substance", lambda t: "CO2", release_id="older")
    for name in ("revised_history", "dropped_years", "new_years", "unit_slip"):
        assert outcomes(name, tables) == {"not_applicable"}, name


def test_extract_is_not_called_national() -> None:
    tables = country()
    tables["clean/releases"] = tables["clean/releases"].assign(coverage="extract", municipalities=1)
    assert [f.message for f in run("coverage", tables)] == [
        "not applicable: 1 of 4 municipalities in older",
        "not applicable: 1 of 4 municipalities in newer",
    ]


def test_unknown_subsector_is_named_with_its_tonnes() -> None:
    tables = changed(
        "clean/reported_subsectors",
        "subsector_code",
        lambda t: "unmapped_elsparkcyklar",
        subsector_code="cars",
        year=2021,
        release_id="newer",
        municipality_code="0101",
    )
    finding = only_failure("unmapped_subsectors", tables)
    assert "1 unknown subsector with 750.00 t" in finding.message
    assert "Personbilar" in finding.observed


def test_baseline_that_the_current_release_dropped() -> None:
    tables = changed(
        "indicators/sector_indicators",
        "baseline_t_co2e",
        lambda t: t * float("nan"),
        release_id="newer",
        municipality_code="0101",
        target_id="energy",
    )
    finding = only_failure("baseline_released", tables)
    assert finding.observed == "2020 missing"
    assert finding.keys == ("municipality_code=0101, target_id=energy, release_id=newer, baseline_year=2020",)


def test_baseline_missing_in_an_old_release_does_not_matter() -> None:
    tables = changed("indicators/sector_indicators", "baseline_t_co2e", lambda t: t * float("nan"), release_id="older")
    assert outcomes("baseline_released", tables) == {"passed"}


def test_a_trend_from_a_year_that_is_not_released_is_a_remark() -> None:
    tables = changed(
        "indicators/sector_indicators", "trend_from_year", lambda t: pd.NA, municipality_code="0101", target_id="energy"
    )
    finding = only_failure("trend_start_released", tables)
    assert "no trend is shown" in finding.message
    assert finding.keys[0].startswith("municipality_code=0101, target_id=energy, trend_from_year=")


def test_fossil_target_on_all_gases_is_a_remark() -> None:
    tables = changed(
        "indicators/sector_indicators",
        "target_gas_basis",
        lambda t: "fossil",
        municipality_code="0101",
        target_id="total",
    )
    finding = only_failure("gas_basis_matches", tables)
    assert (finding.observed, finding.threshold, finding.count) == ("all greenhouse gases", "fossil", 1)


@pytest.mark.parametrize("tonnes", [0.01, 3500.0])
def test_emissions_per_resident_out_of_all_bounds(tonnes: float) -> None:
    tables = changed(
        "indicators/sector_indicators",
        "emissions_per_resident_t_co2e",
        lambda t: tonnes,
        municipality_code="0101",
        target_id="total",
        year=2021,
        release_id="newer",
    )
    finding = only_failure("per_resident", tables)
    assert finding.threshold == "0.5 to 100 t"
    assert f"{tonnes:.2f}" in finding.observed


def test_without_population_nothing_per_resident_is_checked() -> None:
    tables = changed(
        "indicators/sector_indicators", "emissions_per_resident_t_co2e", lambda t: t * float("nan"), target_id="total"
    )
    assert outcomes("per_resident", tables) == {"not_applicable"}


# -- findings as a table ----------------------------------------------------------------------------------------------


def test_findings_table_tells_not_applicable_from_passed() -> None:
    tables = country()
    tables["clean/area_totals"] = tables["clean/area_totals"].query("sector_code != 'total'")
    frame = to_frame(run_checks("clean/area_totals", tables)).set_index("check_name")
    assert frame.loc["sectors_equal_total", "passed"].isna().all()
    assert set(frame.loc["sectors_equal_total", "outcome"]) == {"not_applicable"}
    assert frame.loc["counties_equal_municipalities", "passed"].all()
    assert frame.groupby("check_name")["finding_no"].apply(list)["counties_equal_municipalities"] == [1, 2]


def test_at_most_ten_keys_are_named_and_all_are_counted() -> None:
    tables = changed(
        "clean/reported_emissions", "emissions_reported_t", lambda t: t * 2, release_id="newer", sector_code="heating"
    )
    (finding,) = [f for f in run("sectors_equal_total", tables) if f.outcome == "failed"]
    assert len(finding.keys) == finding.count == 12
    frame = to_frame([CheckResult("clean/area_totals", "sectors_equal_total", "reconciliation", "ERROR", (finding,))])
    assert frame["offending_keys"].iloc[0].count("; ") == 9
    assert frame["offending_count"].iloc[0] == 12


def test_every_municipality_at_fault_is_named_once_though_only_ten_rows_are() -> None:
    """Two rows each of twelve municipalities, the first ones last, and one row of the nation; 2021 is a year."""
    keys = [f"municipality_code={code}, year={year}" for code in range(2412, 2400, -1) for year in (2021, 2022)]
    finding = failed("moved", keys=("release_id=newer, year=2021", *keys), count=25)
    frame = to_frame([CheckResult("clean/reported_emissions", "revised_history", "plausibility", "WARN", (finding,))])
    assert frame["offending_keys"].iloc[0].count("municipality_code=") == 9
    assert frame["municipality_codes"].iloc[0].split() == [str(code) for code in range(2401, 2413)]
