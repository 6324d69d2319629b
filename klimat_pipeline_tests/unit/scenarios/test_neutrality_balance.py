"""The neutrality balance: every branch of the rules by hand, on a baseline of 1,000 t, and Helsingborg's plan."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klimat_pipeline.clean.carbon_sinks import clean_carbon_sinks
from klimat_pipeline.clean.neutrality_rules import clean_neutrality_rules
from klimat_pipeline.clean.published_gap import clean_published_gap
from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.configuration.targets_and_gap import ALLOCATION_KEYS, SINK_KINDS
from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.arrow import to_arrow
from klimat_pipeline.quality.targets_and_gap import balance_adds_up, captures_deducted
from klimat_pipeline.scenarios.facility_claims import facility_claims
from klimat_pipeline.scenarios.gap_table import gap_table
from klimat_pipeline.scenarios.neutrality_balance import balance, cases, neutrality_balance
from klimat_pipeline.scenarios.neutrality_by_allocation_key import neutrality_by_allocation_key
from klimat_pipeline.scenarios.print_arithmetic import print_faults
from klimat_pipeline_tests.support.shared import REPOSITORY
from klimat_pipeline_tests.unit.scenarios.small_plan import (
    CODE,
    PLANT,
    action,
    frame,
    inventory,
    printed,
    rule,
    share,
    sink,
    total,
)

TOTAL = {"of_lines": ""}
NO_CLAIMS = facility_claims(frame("clean/capture_facilities"), frame("clean/neutrality_rules", rule()))


def of(
    gross: float,
    *sinks: dict[str, Any],
    rules: dict[str, Any] | None = None,
    claims: Any = NO_CLAIMS,
    held: float = 100.0,
    base: float = 1000.0,
) -> Any:
    """The balance in 2030 of a baseline of 1,000 t, if none is given; industry holds 100 t of the gross."""
    plans = cases(
        frame("scenarios/gap_table"),
        frame("clean/published_gap"),
        frame("clean/climate_actions"),
        frame("indicators/target_coherence", total(CODE, gross) | {"baseline_t_co2e": base}),
        frame("inventory/inventory_territory", inventory(PLANT, 2030, held, item="industry/2")),
    )
    made = neutrality_balance(
        plans, frame("clean/carbon_sinks", *sinks), claims, frame("clean/neutrality_rules", rules or rule())
    )
    to_arrow(made, table("scenarios/neutrality_balance"))
    assert all(finding.outcome == "passed" for finding in balance_adds_up({"scenarios/neutrality_balance": made}))
    return made.iloc[0]


def test_less_ninety_with_sinks_of_ten_is_neutral() -> None:
    row = of(100.0, sink("biochar", "biochar", 100.0))
    assert (row["reduction_pct"], row["counted_sinks_t"], row["net_t"]) == (pytest.approx(90.0), 100.0, 0.0)
    assert row["is_neutral"]
    assert row["shortfall_t"] == 0.0


def test_nothing_is_no_reduction_of_nothing() -> None:
    """A city whose baseline is zero, as where its releases have no figures, is not neutral for that."""
    row = of(0.0, base=0.0)
    assert (row["notation_key"], row["is_neutral"] is True) == ("NE", False)
    assert row["note"] == "the baseline is 0 t, of which nothing can be reduced"


def test_less_eighty_with_huge_sinks_is_not() -> None:
    row = of(200.0, sink("forest", "land", 10_000.0))
    # 50 t of reduction are missing: before that no sink counts, whatever there is of them.
    assert (row["cap_t"], row["eligible_sinks_t"], row["counted_sinks_t"], row["net_t"]) == (
        150.0,
        10_000.0,
        0.0,
        200.0,
    )
    assert (row["reduction_shortfall_t"], row["sink_shortfall_t"], row["shortfall_t"]) == pytest.approx(
        (50.0, 0.0, 50.0)
    )
    assert not row["is_reduction_met"]
    assert not row["is_neutral"]


def test_reduction_met_but_too_few_sinks() -> None:
    row = of(150.0, sink("forest", "land", 40.0))
    assert row["is_reduction_met"]
    assert (row["sink_shortfall_t"], row["shortfall_t"], row["is_neutral"]) == (110.0, 110.0, False)


def test_a_sold_certificate_is_not_counted() -> None:
    row = of(150.0, sink("bioccs", "captured_biogenic", 150.0, certificates_sold_t=60.0))
    assert (row["captured_biogenic_t"], row["certificates_sold_t"], row["counted_sinks_t"]) == (150.0, 60.0, 90.0)
    assert not row["is_neutral"]


def test_captured_fossil_reduces_and_captured_biogenic_is_a_sink() -> None:
    fossil = of(250.0, sink("ccs", "captured_fossil", 100.0, gross_line=PLANT))
    assert (fossil["residual_t"], fossil["reduction_pct"]) == (150.0, pytest.approx(85.0))
    assert (fossil["is_reduction_met"], fossil["counted_sinks_t"]) == (True, 0.0)
    biogenic = of(250.0, sink("ccs", "captured_biogenic", 100.0))
    assert (biogenic["residual_t"], biogenic["is_reduction_met"]) == (250.0, False)
    assert (biogenic["eligible_sinks_t"], biogenic["counted_sinks_t"], biogenic["net_t"]) == (100.0, 0.0, 250.0)


def test_captured_fossil_that_is_sold_or_in_the_gross_already_is_not_deducted() -> None:
    sold = of(250.0, sink("ccs", "captured_fossil", 100.0, gross_line=PLANT, certificates_sold_t=30.0))
    assert (sold["captured_fossil_deducted_t"], sold["residual_t"]) == (70.0, 180.0)
    inside = of(150.0, sink("ccs", "captured_fossil", 100.0, is_in_gross=True))
    assert (inside["captured_fossil_t"], inside["captured_fossil_deducted_t"]) == (100.0, 0.0)


def test_what_is_not_additional_never_counts() -> None:
    row = of(150.0, sink("park", "land", 80.0, additionality="no"), sink("wood", "land", 20.0))
    assert (row["natural_sinks_t"], row["excluded_sinks_t"], row["eligible_sinks_t"]) == (100.0, 80.0, 20.0)


def test_a_class_of_permanence_may_be_left_out_and_a_deviation_is_said() -> None:
    own = rule(permanence_counted="mineralised", neutrality_method="own", deviations="permanence mineralised (decided)")
    row = of(150.0, sink("wood", "land", 80.0, permanence="under_100_years"), rules=own)
    assert (row["eligible_sinks_t"], row["excluded_sinks_t"]) == (0.0, 80.0)
    assert (row["neutrality_method"], row["deviations"]) == ("own", "permanence mineralised (decided)")


def test_not_stated_counts_only_where_the_rules_say_so() -> None:
    wood = sink("wood", "land", 80.0, additionality="not_stated")
    assert of(150.0, wood)["eligible_not_stated_t"] == 80.0
    assert of(150.0, wood, rules=rule(counts_not_stated_additionality=False))["eligible_sinks_t"] == 0.0


def test_years_and_what_is_not_estimated() -> None:
    row = of(
        150.0,
        sink("later", "land", 80.0, from_year=2031),
        sink("over", "land", 80.0, to_year=2029),
        sink("meadow", "marine", None),
    )
    assert row["eligible_sinks_t"] == 0.0
    assert row["note"] == "not estimated and not counted: meadow"


def test_the_share_of_a_plant_counts_under_the_municipalitys_own_key() -> None:
    plants = frame("clean/capture_facilities", share("location", CODE, 1.0), share("ownership", CODE, 0.5))
    claims = facility_claims(plants, frame("clean/neutrality_rules", rule(allocation_key="ownership")))
    row = of(250.0, claims=claims)
    # Half of 100 t fossil; half of the 200 - 50 t biogenic that are not sold.
    assert (row["residual_t"], row["eligible_sinks_t"]) == (200.0, 75.0)
    # Half of all that the plant captures, and half of what it sells.
    assert (row["captured_fossil_t"], row["captured_biogenic_t"], row["certificates_sold_t"]) == (50.0, 100.0, 25.0)


def test_a_capture_outside_the_gross_lowers_nothing() -> None:
    """Without a line, on a line that the gross does not sum, on one that holds less, or in another municipality."""
    sinks = {
        "no line": sink("ccs", "captured_fossil", 100.0),
        "memo": sink("ccs", "captured_fossil", 100.0, gross_line="grid_supplied_energy"),
    }
    for row in (of(250.0, one) for one in sinks.values()):
        assert (row["captured_fossil_t"], row["captured_fossil_deducted_t"], row["residual_t"]) == (100.0, 0.0, 250.0)
        assert "fossil capture of ccs not deducted" in row["note"]
    small = of(250.0, sink("ccs", "captured_fossil", 100.0, gross_line=PLANT), held=99.0)
    assert small["residual_t"] == 250.0
    assert small["note"].endswith("ippu_industrial_process holds 99 t of this gross, less than the 100 t captured")
    # The plant stands in Helsingborg; Lund owns half of it, but its gross never held its emissions.
    plants = frame("clean/capture_facilities", share("location", "1283", 1.0), share("ownership", CODE, 0.5))
    owned = of(250.0, claims=facility_claims(plants, frame("clean/neutrality_rules", rule(allocation_key="ownership"))))
    assert (owned["captured_fossil_deducted_t"], owned["residual_t"], owned["eligible_sinks_t"]) == (0.0, 250.0, 75.0)


def test_two_captures_on_a_line_need_both_their_tonnes_in_it() -> None:
    both = [sink(name, "captured_fossil", 60.0, gross_line=PLANT) for name in ("one", "two")]
    assert of(250.0, *both)["captured_fossil_deducted_t"] == 0.0
    assert of(250.0, *both, held=120.0)["captured_fossil_deducted_t"] == 120.0


def test_sold_certificates_of_a_plant_are_shown() -> None:
    """40,000 of 100,000 t sold: shown as sold and not eligible, not netted out of sight."""
    plant = share("location", CODE, 1.0, captured_fossil_t=0.0, captured_biogenic_t=100_000.0, sold_biogenic_t=40_000.0)
    row = of(
        150.0, claims=facility_claims(frame("clean/capture_facilities", plant), frame("clean/neutrality_rules", rule()))
    )
    assert (row["captured_biogenic_t"], row["certificates_sold_t"], row["eligible_sinks_t"]) == (
        100_000,
        40_000,
        60_000,
    )


def test_helsingborgs_plan_for_2030() -> None:
    reference = load_reference(REPOSITORY / "data" / "reference")
    folders = REPOSITORY / "data" / "municipalities"
    printed = clean_published_gap(folders, reference)
    nothing = (
        frame(key) for key in ("inventory/inventory_territory", "indicators/target_coherence", "corrected/corrections")
    )
    gap = gap_table(printed, frame("clean/climate_actions"), *nothing, {})
    rules = clean_neutrality_rules(folders, reference)
    plans = cases(
        gap,
        printed,
        frame("clean/climate_actions"),
        frame("indicators/target_coherence"),
        frame("inventory/inventory_territory"),
    )
    made = neutrality_balance(
        plans, clean_carbon_sinks(folders, reference), facility_claims(frame("clean/capture_facilities"), rules), rules
    )
    row = made.set_index("municipality_code").loc["1283"]
    assert (row["year"], row["residual_t"], row["baseline_t"]) == (2030, 191_054, 1_143_256)
    assert row["cap_t"] == pytest.approx(171_488.4)  # 15 % of the stated baseline; the plan says 170-171 thousand
    # 100,000 + 3,500 + 20,000 + 1,200 + 1,350: the printed lines that count; 1,250 + 6,000 are not additional.
    assert (row["eligible_sinks_t"], row["excluded_sinks_t"]) == (126_050, 7_250)
    assert row["shortfall_t"] == pytest.approx(65_004)  # "another 66,000 to find"
    # 191,054 - 171,488.4 of reduction, 171,488.4 - 126,050 of sinks.
    assert (row["reduction_shortfall_t"], row["sink_shortfall_t"]) == pytest.approx((19_565.6, 45_438.4))
    assert row["reduction_pct"] == pytest.approx(83.2886, abs=1e-4)
    assert not row["is_reduction_met"]
    assert not row["is_neutral"]
    # Eligible, but the reduction is not met: none counts yet.
    assert (row["counted_sinks_t"], row["net_t"], row["neutrality_method"]) == (0.0, 191_054.0, "own")
    # The plan's waste-fired plant, registered with 100,000 t of each: its line is a memo, outside the gross.
    plant = share(
        "location",
        "1283",
        1.0,
        facility_id="waste_fired_chp",
        captured_fossil_t=100_000.0,
        captured_biogenic_t=100_000.0,
        sold_biogenic_t=0.0,
        gross_line="grid_supplied_energy",
    )
    sinks = clean_carbon_sinks(folders, reference)
    claims = facility_claims(frame("clean/capture_facilities", plant), rules)
    row = neutrality_balance(plans, sinks[sinks["facility_id"].isna()], claims, rules).iloc[0]
    assert (row["captured_fossil_t"], row["captured_fossil_deducted_t"], row["residual_t"]) == (100_000, 0, 191_054)
    assert row["reduction_pct"] == pytest.approx(83.29, abs=0.005)
    assert row["is_neutral"] is np.False_ or row["is_neutral"] is False
    (finding,) = captures_deducted({"scenarios/neutrality_balance": neutrality_balance(plans, sinks, claims, rules)})
    assert "grid_supplied_energy is not in this gross" in finding.message


def test_a_print_that_contradicts_itself_gives_no_verdict() -> None:
    """Gävle's table read in Helsingborg's layout: its column 5 holds the residual, so that nothing seems left."""
    lines = [
        printed("transport_on_road", target_t=142_400.0, latest_t=178_000.0, baseline_t=178_000.0, other_plans_t=112_100.0,
                actions_t=65_900.0, printed_residual_t=35_600.0),
        printed("total", of_lines="", baseline_t=178_000.0, latest_t=178_000.0, target_t=142_400.0, other_plans_t=112_100.0,
                actions_t=65_900.0, printed_residual_t=35_600.0),
    ]  # fmt: skip
    prints = frame("clean/published_gap", *lines)
    nothing = (frame("indicators/target_coherence"), frame("inventory/inventory_territory"))
    gap = gap_table(prints, frame("clean/climate_actions"), nothing[1], nothing[0], frame("corrected/corrections"), {})
    plans = cases(gap, prints, frame("clean/climate_actions"), *nothing)
    made = neutrality_balance(plans, frame("clean/carbon_sinks"), NO_CLAIMS, frame("clean/neutrality_rules", rule()))
    to_arrow(made, table("scenarios/neutrality_balance"))
    row = made.iloc[0]
    assert (row["notation_key"], row["baseline_t"]) == ("NE", 178_000.0)
    assert row[["gross_t", "residual_t", "net_t", "is_reduction_met", "is_neutral"]].isna().all()
    assert "transport_on_road: residual, 3-4-6 gives 0 t, printed is 35,600 t" in row["note"]


@pytest.mark.parametrize(("metered", "residual"), [(True, 150.0), (False, 50.0)])
def test_a_capture_that_the_plan_holds_as_an_action_is_not_deducted_twice(metered: bool, residual: float) -> None:
    """Of 450 t the plan's capture of 300 t leaves 150; the plant registered with 100 t of it takes no more of them."""
    figures = {"baseline_t": 1000.0, "latest_t": 450.0, "other_plans_t": 0.0, "actions_t": 300.0, "target_t": 150.0}
    prints = frame(
        "clean/published_gap",
        *(printed(line, printed_residual_t=150.0, **own, **figures) for line, own in ((PLANT, {}), ("total", TOTAL))),
    )
    actions = frame("clean/climate_actions", action("capture", PLANT, 300.0, is_metered=metered))
    nothing = (
        frame("inventory/inventory_territory"),
        frame("indicators/target_coherence"),
        frame("corrected/corrections"),
    )
    gap = gap_table(prints, actions, *nothing, {})
    plant = share("location", CODE, 1.0, captured_fossil_t=100.0, captured_biogenic_t=0.0, sold_biogenic_t=0.0)
    claims = facility_claims(frame("clean/capture_facilities", plant), frame("clean/neutrality_rules", rule()))
    plans = cases(gap, prints, actions, nothing[1], nothing[0])
    (row,) = neutrality_balance(
        plans, frame("clean/carbon_sinks"), claims, frame("clean/neutrality_rules", rule())
    ).to_dict("records")
    assert row["residual_t"] == residual
    assert ("is after capture" in str(row["note"])) == metered


@pytest.mark.parametrize(("column", "year"), [("target_year", 2045), ("baseline_year", 2005), ("latest_year", 2019)])
def test_lines_of_several_years_sum_to_no_year_and_give_no_verdict(column: str, year: int) -> None:
    lines = [
        printed("waste", latest_t=60.0, other_plans_t=0.0, actions_t=0.0),
        printed("transport_other", latest_t=40.0, other_plans_t=0.0, actions_t=0.0) | {column: year},
        printed("total", of_lines="", latest_t=100.0, other_plans_t=0.0, actions_t=0.0),
    ]
    (fault,) = [fault for fault in print_faults(frame("clean/published_gap", *lines)) if column in fault.gives]
    assert str(year) in fault.gives
    assert fault.is_of_balance


def test_lines_that_do_not_sum_to_the_printed_latest_year_give_no_verdict() -> None:
    """One line of 60 t, a total of 160 t, and no printed residual: who left 100 t out of the lines is not neutral."""
    lines = [
        printed("waste", latest_t=60.0, other_plans_t=0.0, actions_t=0.0),
        printed("total", of_lines="", latest_t=160.0, other_plans_t=0.0, actions_t=0.0),
    ]
    prints = frame("clean/published_gap", *lines)
    nothing = (frame("indicators/target_coherence"), frame("inventory/inventory_territory"))
    gap = gap_table(prints, frame("clean/climate_actions"), nothing[1], nothing[0], frame("corrected/corrections"), {})
    sinks = frame("clean/carbon_sinks", sink("biochar", "biochar", 100.0))
    made = neutrality_balance(
        cases(gap, prints, frame("clean/climate_actions"), *nothing),
        sinks,
        NO_CLAIMS,
        frame("clean/neutrality_rules", rule()),
    )
    assert made["notation_key"].tolist() == ["NE"] and made["is_neutral"].isna().all()
    assert "total: sum of latest_t gives 60 t, printed is 160 t" in made["note"].iloc[0]


@settings(max_examples=30)
@given(
    base=st.floats(1e3, 2e6),
    residual=st.floats(0.05, 2.0),
    on_line=st.floats(0, 1),
    facilities=st.lists(
        st.tuples(
            st.floats(0, 2e6),
            st.floats(0, 2e6),
            st.floats(0, 1),
            st.floats(0, 1),
            st.sampled_from([PLANT, "waste", None]),
        ),
        max_size=4,
    ),
    key=st.sampled_from(ALLOCATION_KEYS),
    sinks=st.lists(st.tuples(st.sampled_from(SINK_KINDS), st.floats(0, 2e6), st.booleans()), max_size=5),
    least=st.sampled_from([80.0, 85.0, 95.0]),
    cap=st.sampled_from([10.0, 15.0, 20.0]),
)
def test_nothing_makes_a_city_neutral_whose_residual_is_above_15_per_cent(
    base: float,
    residual: float,
    on_line: float,
    facilities: list[Any],
    key: str,
    sinks: list[Any],
    least: float,
    cap: float,
) -> None:
    """Whatever plants and sinks are registered, also under every allocation key: what the gross held less what may be
    taken off it is the residual before sinks. With the rules of Helsingborg the bound is 15 per cent, with a city's own
    it is what the least reduction leaves, or the cap where that is less."""
    gross = base * residual
    plants = [
        share(key, CODE, part, facility_id=f"plant_{i}", captured_fossil_t=fossil, captured_biogenic_t=biogenic,
              sold_biogenic_t=0.0, gross_line=line)
        for i, (fossil, biogenic, part, _, line) in enumerate(facilities)
    ] + [
        share("location", CODE, here, facility_id=f"plant_{i}", captured_fossil_t=fossil, captured_biogenic_t=biogenic,
              sold_biogenic_t=0.0, gross_line=line)
        for i, (fossil, biogenic, _, here, line) in enumerate(facilities)
        if key != "location"
    ]  # fmt: skip
    rules = frame("clean/neutrality_rules", rule(allocation_key=key, min_reduction_pct=least, cap_pct=cap))
    bound = min(100.0 - least, cap) / 100.0 * base
    own = [
        sink(f"sink_{i}", kind, tonnes, gross_line=PLANT if kind == "captured_fossil" and inside else None)
        for i, (kind, tonnes, inside) in enumerate(sinks)
    ]
    claims = facility_claims(frame("clean/capture_facilities", *plants), rules)
    at = total(CODE, gross) | {"baseline_t_co2e": base}
    territory = frame("inventory/inventory_territory", inventory(PLANT, 2030, gross * on_line, item="industry/2"))
    plans = cases(
        frame("scenarios/gap_table"),
        frame("clean/published_gap"),
        frame("clean/climate_actions"),
        frame("indicators/target_coherence", at),
        territory,
    )
    made = neutrality_balance(plans, frame("clean/carbon_sinks", *own), claims, rules)
    by_key = neutrality_by_allocation_key(plans, frame("clean/carbon_sinks", *own), claims, rules)
    for row in [*made.to_dict("records"), *by_key.to_dict("records")]:
        # No more leaves the gross than the one line with plants held.
        assert row["residual_t"] >= gross * (1 - on_line) - 1e-6
        if row["residual_t"] > bound + 1e-3:
            assert not row["is_neutral"]
        if row["residual_t"] > (100.0 - least) / 100.0 * base + 1e-3:
            assert (row["counted_sinks_t"], row["net_t"]) == (0.0, row["residual_t"])


@given(gross=st.floats(0, 2e6), sinks=st.floats(0, 2e6), base=st.floats(1, 2e6))
def test_sinks_never_replace_reduction_and_never_count_beyond_the_cap(gross: float, sinks: float, base: float) -> None:
    rules = {"captured_fossil_deducted_t": 0.0, "cap_pct": 15.0, "min_reduction_pct": 85.0}
    row = balance({"baseline_t": base, "gross_t": gross}, rules | {"eligible_sinks_t": sinks})
    assert row["counted_sinks_t"] <= min(0.15 * base, gross) * (1 + 1e-12)
    assert row["counted_sinks_t"] == 0 or row["is_reduction_met"]
    assert row["net_t"] >= 0
    assert row["shortfall_t"] == pytest.approx(row["reduction_shortfall_t"] + row["sink_shortfall_t"], abs=1e-6)
    if gross > 0.15 * base + 1e-3:
        assert not row["is_neutral"]
    assert not np.isnan(row["reduction_pct"])
