"""Sentences of the climate account say no more than the rows that they are made from.

Expected figures are computed by hand from the rows of each test.
"""

import pytest

from klimat_pipeline.explanations.database import Row
from klimat_pipeline.quality.catalogue import CHECKS
from klimat_pipeline.reports import changed, evidence, plan, standing
from klimat_pipeline.reports.parts import Foreign
from klimat_pipeline.reports.town import Town
from klimat_pipeline.reports.words import LANGUAGES, Words
from klimat_pipeline_tests.unit.reports.small_town import figures, indicator, table, texts, town

MINUS = "\u2212"


# -- checks -----------------------------------------------------------------------------------------------------------


def finding(codes: str, **more: object) -> Row:
    return {
        "table_name": "clean/reported_emissions",
        "check_name": "revised_history",
        "outcome": "failed",
        "message": "899 of 2610 totals move; the most is 2422 2015",
        "offending_keys": "municipality_code=2422, year=2015",
        "municipality_codes": codes,
        **more,
    }


def test_a_remark_counts_for_every_municipality_that_it_concerns_not_for_the_first_ten() -> None:
    section = evidence.quality(town(data_quality=[finding("0180 0191 2422"), finding("0180 2422")]))
    assert texts(section)[1].startswith("Remarks with rows about Sigtuna: 1.")
    (row,) = table(section, "Remarks that concern").rows
    assert (row[0], row[2:]) == ("history rewritten by the source", ["1", "3"])


def test_a_year_in_a_text_is_no_municipality() -> None:
    """0191 as a number of a message, as 2021 is a year and Vansbro's code."""
    rows = [finding("2422", message="of 0191 rows", offending_keys="municipality_code=2422, row=0191")]
    assert texts(evidence.quality(town(data_quality=rows)))[1].startswith("Remarks with rows about Sigtuna: 0.")


def test_a_publication_that_does_not_say_whom_it_concerns_is_not_counted() -> None:
    said = texts(evidence.quality(town(without=["data_quality.municipality_codes"], data_quality=[finding("")])))
    assert len(said) == 1
    assert "Sigtuna" not in said[0]


def test_remarks_stand_once_a_check_and_the_most_local_first() -> None:
    """Three remarks of two checks; the one on the town alone goes before what concerns three municipalities."""
    rows = [
        finding("0180 0191 2422"),
        finding("0191", check_name="print_lines_sum", message="first"),
        finding("0191", check_name="print_lines_sum", message="second"),
    ]
    shown = table(evidence.quality(town(data_quality=rows)), "Remarks that concern").rows
    assert [(row[0], *row[2:]) for row in shown] == [
        ("printed lines that do not give the printed sum", "2", "1"),
        ("history rewritten by the source", "1", "3"),
    ]
    assert shown[0][1] == "first"


SAID_SV = "mest 'transport' i '0191', raden 'transport_on_road', med 'port'"


@pytest.mark.parametrize(
    ("language", "said_sv", "shown"),
    [
        ("sv", SAID_SV, "mest \u201dTransporter\u201d i Sigtuna, raden \u201dVägtrafik\u201d, med 'port'"),
        ("sv", None, Foreign("the most is 0191", "en")),
        ("en", SAID_SV, "the most is 0191"),
    ],
)
def test_a_remark_is_in_the_language_of_the_page_with_names_for_codes_or_says_that_it_is_english(
    language: str, said_sv: str | None, shown: Foreign | str
) -> None:
    found = town(language, data_quality=[finding("0191", message="the most is 0191", message_sv=said_sv)])
    lines = {"transport_on_road": {"line_name_sv": "Vägtrafik", "line_name_en": "x"}}
    section = evidence.quality(Town(found.database, found.code, found.words, lines))
    caption = {"sv": "Anmärkningar som rör", "en": "Remarks that concern"}[language]
    assert table(section, caption).rows[0][1] == shown


def test_a_publication_of_before_swedish_remarks_has_them_in_english() -> None:
    found = town("sv", without=["data_quality.message_sv"], data_quality=[finding("0191", message="english")])
    assert table(evidence.quality(found), "Anmärkningar som rör").rows[0][1] == Foreign("english", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_note_of_a_target_is_in_a_language_that_nobody_says(language: str) -> None:
    own = {"target_kind": "contract", "target_pct": -85.0, "target_year": 2030, "baseline_year": 1990}
    row = indicator("total", 2024, 100.0, **own, note="vägtrafik", change_pct=1.0)
    ((_, note),) = standing.goal_table(town(language, sector_indicators=[row])).notes
    assert note == Foreign("vägtrafik", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_check_that_may_remark_has_a_name_for_readers(language: str) -> None:
    may = {check.name for checks in CHECKS.values() for check in checks if check.severity == "WARN"}
    assert [name for name in sorted(may) if Words(language).known("check", name) == name.replace("_", " ")] == []


# -- targets, where there are none ------------------------------------------------------------------------------------


def test_the_pace_is_said_as_less_a_year() -> None:
    """From 500 t in 2024 to 200 t in 2030: 50 t less every year."""
    goal = {"target_kind": "contract", "target_pct": -80.0, "target_year": 2030, "baseline_year": 1990}
    goal |= {"baseline_t_co2e": 1000.0, "change_pct": -50.0, "target_t_co2e": 200.0, "target_path_t_co2e": 320.0}
    row = indicator("total", 2024, 500.0, gap_t_co2e=180.0, required_t_co2e_per_year=-50.0, **goal)
    said = figures(standing.headline(town(sector_indicators=[row])))[1].text
    assert said.endswith("The target is 200 tonnes in 2030; it takes 50 tonnes less every year after 2024.")
    reached = row | {"required_t_co2e_per_year": 0.0}
    assert figures(standing.headline(town(sector_indicators=[reached])))[1].text.endswith("200 tonnes in 2030.")


@pytest.mark.parametrize(("pct", "said"), [(-85.0, True), (None, False)])
def test_a_target_is_spoken_of_only_where_there_is_one(pct: float | None, *, said: bool) -> None:
    goal = {"target_kind": "contract", "target_pct": pct, "target_year": 2030, "baseline_year": 1990, "change_pct": 1.0}
    rows = [indicator(code, 2024, 50.0, **goal) for code in ("total", "transport")]
    change = {"measure": "change_pct", "release_id_from": "a", "release_id_to": "b", "value_from": 1.0, "value_to": 2.0}
    change |= {"cause": "history", "part": 1.0, "year_from": 2023, "year_to": 2024}
    shown = town(
        sector_indicators=rows,
        indicator_change_explained=[change | {"target_id": code} for code in ("total", "transport")],
        base_year_review=[{"target_id": "total", "baseline_year": 1990, "base_revision_pct": 2.0}],
    )
    (panels,) = [part for part in standing.sectors(shown).parts if hasattr(part, "svg")]
    assert ("line to its target" in panels.caption) is said
    section = changed.changes(shown)
    assert ("the same target" in " ".join(texts(section))) is said
    assert table(section, f"The change of every {'target' if said else 'sector'}").columns[0] == (
        "Target" if said else "Sector"
    )


# -- actions ----------------------------------------------------------------------------------------------------------


def action(name: str, **more: object) -> Row:
    held = {"action_id": name, "name_sv": name, "name_en": name, "effect_t_per_year": 10.0, "action_status": "planned"}
    return held | more


GAP = {
    "gap_basis": "targets",
    "line": "total",
    "is_total": 1,
    "is_memo": 0,
    "latest_year": 2024,
    "latest_t": 500.0,
    "actions_counted_t": 10.0,
    "residual_t": 490.0,
    "target_year": 2030,
    "target_t": 100.0,
    "action_ids": "roads",
}
WITH_ACTIONS = {
    "target_id": "total",
    "scenario": "with_actions",
    "target_year": 2030,
    "p50_t": 420.0,
    "probability_low_fraction": 0.0,
    "probability_high_fraction": 0.5,
}


def test_actions_that_do_not_count_are_named_with_the_reason() -> None:
    """One of five is in the gap's action_ids."""
    planned = [
        action("roads"),
        action("heat", carrier="district_heating"),
        action("power", carrier="electricity"),
        action("done", action_status="completed"),
        action("idea", effect_t_per_year=None),
        action("forest"),
    ]
    said = texts(plan.actions(town(climate_actions=planned, gap_table=[GAP])))
    assert said[0].startswith("1 of the plan's 6 actions count against the target of the total. Together they save 10")
    left = [text for text in said if text.startswith("Not counted")]
    assert [text.rpartition(": ")[2] for text in left] == ["heat; power.", "done.", "idea.", "forest."]
    assert "(scope 2) are no part of the target's emissions" in left[0]


@pytest.mark.parametrize("others", [0.0, 30.0])
def test_two_figures_of_what_is_left_are_told_apart(others: float) -> None:
    gap = [GAP, GAP | {"gap_basis": "printed", "other_plans_t": others}]
    shown = town(climate_actions=[action("roads")], gap_table=gap, target_probability=[WITH_ACTIONS])
    (said,) = [text for text in texts(plan.actions(shown)) if text.startswith("The scenario")]
    assert said.startswith("The scenario “with all actions of the plan” ends at 420 tonnes in 2030 instead: it counts")
    assert ("other plans" in said) == (others > 0)


# -- corrections --------------------------------------------------------------------------------------------------------


def test_why_a_figure_was_corrected_is_whole_sentences() -> None:
    row = {"correction_id": "port", "year": 2022, "correction_status": "applied", "is_current_release": 1}
    row |= {"sector_code": "transport", "before_t": 50.0, "after_t": 20.0, "effect_t": -30.0, "release_id": "r1"}
    row |= {"reason": "a fixed key.", "note": "the port counts.", "source": "a plan", "decided_by": "the city"}
    shown = table(changed.corrections(town(corrections=[row | {"decided_on": "2024-10-01"}])), "Local corrections")
    ((name, pieces),) = shown.notes
    assert name == "port"
    said = "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)
    assert said == "A fixed key. The port counts. Source: a plan. Decided: the city, 2024-10-01."
    # Nobody says what language a municipality's register is in.
    theirs = [(piece.text, piece.lang) for piece in pieces if isinstance(piece, Foreign)]
    assert theirs == [("A fixed key. The port counts. ", ""), ("a plan. ", ""), ("the city", "")]


# -- neutrality, and lines ----------------------------------------------------------------------------------------------


def test_what_neutrality_lacks_is_said_in_its_parts() -> None:
    """A cap of 150 t and 500 t emitted: 350 t too much; of the 150 t left sinks hold 10: 140 t. Together 490 t."""
    balance = {"neutrality_basis": "inventory", "year": 2024, "reduction_pct": 50.0, "min_reduction_pct": 85.0}
    balance |= {"cap_pct": 15.0, "is_neutral": 0, "shortfall_t": 490.0}
    balance |= {"reduction_shortfall_t": 350.0, "sink_shortfall_t": 140.0}
    plans = {"climate_actions": [action("roads")], "gap_table": [GAP]}
    said = texts(plan.actions(town(neutrality_balance=[balance], **plans)))[-1]
    assert said.endswith(
        "490 tonnes are missing: a reduction of 350 tonnes, and sinks for 140 tonnes of what is left then."
    )
    met = balance | {"reduction_shortfall_t": 0.0, "shortfall_t": 140.0}
    assert texts(plan.actions(town(neutrality_balance=[met], **plans)))[-1].endswith("140 tonnes are missing.")


def test_a_line_has_its_name_in_the_language_of_the_page() -> None:
    shown = town("sv")
    named = Town(
        shown.database,
        shown.code,
        shown.words,
        {"transport_on_road": {"line_name_sv": "Vägtrafik", "line_name_en": "x"}},
    )
    assert named.line_name("transport_on_road") == "Vägtrafik"
    assert named.line_name("transport") == "Transporter"
    assert named.line_name("other_line") == "other line"


# -- how likely -------------------------------------------------------------------------------------------------------


def likely(low: float, high: float, *actions: Row, language: str = "en") -> tuple[str, str]:
    """Value and text of the key figure, and the plan has these actions."""
    usual = {"scenario": "business_as_usual", "probability_low_fraction": 0.02, "probability_high_fraction": 0.02}
    planned = {"scenario": "existing_policies", "probability_low_fraction": low, "probability_high_fraction": high}
    chances = [{"target_id": "total"} | row for row in (usual, planned, planned | {"scenario": "with_actions"})]
    total = indicator("total", 2024, 500.0, change_pct=-1.0)
    section = standing.headline(
        town(language, sector_indicators=[total], target_probability=chances, climate_actions=actions)
    )
    key = figures(section)[-1]
    return key.value, key.text


def test_no_chance_of_a_plan_is_shown_where_it_has_no_action_of_its_own() -> None:
    value, text = likely(0.03, 0.03)
    assert value == "2"
    assert "With other plans that the municipality's plan counts on: 3 of 100." in text
    assert "all actions" not in text
    assert "all actions" not in likely(0.03, 0.03, action("done", action_status="completed"))[1]
    assert "Med andra planer som kommunens plan räknar med: 3 på 100." in likely(0.03, 0.03, language="sv")[1]


def test_what_a_chance_depends_on_follows_a_span_only() -> None:
    assert "With all actions of the plan: 3 of 100." in likely(0.03, 0.03, action("roads"))[1]
    spread = likely(0.03, 0.5, action("roads"))[1]
    assert "With all actions of the plan: 3 to 50 of 100; how many depends on whether" in spread


def test_decided_actions_are_named_in_a_scenario_only_where_there_are_some() -> None:
    assert town().scenario_name("existing_policies") == "with other plans that the municipality's plan counts on"
    decided = town(climate_actions=[action("roads", action_status="decided")])
    assert decided.scenario_name("existing_policies").startswith("with decided actions and other plans")


def test_a_plan_without_ranges_is_no_missing_figure() -> None:
    ranges = [
        WITH_ACTIONS | {"scenario": "business_as_usual", "p05_t": 380.0, "p95_t": 570.0},
        WITH_ACTIONS,
    ]
    shown = town(climate_actions=[action("roads")], target_probability=ranges)
    rows = table(evidence.uncertainty(shown), "The total in 2030").rows
    assert [row[1:4] for row in rows] == [["380", "420", "570"], ["no range", "420", "no range"]]


# -- scopes and trends ------------------------------------------------------------------------------------------------


def scope(year: int, tonnes: float, **more: object) -> Row:
    held = {"boundary": "territory", "scope": "1", "method": "", "scope2_basis": "", "scope3_category": 0}
    return held | {"year": year, "emissions_t_co2e": tonnes, "gwp_set": "AR5"} | more


def test_a_change_of_scopes_says_what_year_it_is_since() -> None:
    """600 t in 1990 and 300 t in 2020 to 354 t in 2024: half of the first, and 18 % above the base year."""
    rows = [
        scope(1990, 600.0, baseline_year=2020, change_pct=100.0),
        scope(2020, 300.0, baseline_year=2020, change_pct=0.0),
        scope(2024, 354.0, baseline_year=2020, change_pct=18.0),
    ]
    (row,) = table(standing.scopes(town(scope_indicators=rows)), "Emissions by boundary").rows
    assert row[3:6] == ["600 (1990)", "354 (2024)", "+18.0% (2020)"]


def test_what_stands_beside_scope_1_is_explained_where_there_is_some() -> None:
    keys = scope(2024, 7.0, scope="memo", notation_key="IE NE")
    section = standing.scopes(town(scope_indicators=[scope(2024, 5.0), keys]))
    assert texts(section)[1].startswith("Memo is emissions inside the boundary that the inventory has beside scope 1")
    assert [row[-1] for row in table(section, "Emissions by boundary").rows] == ["AR5", "AR5, IE, NE"]
    assert len(texts(standing.scopes(town(scope_indicators=[scope(2024, 5.0)])))) == 1


@pytest.mark.parametrize(
    ("scopes", "how"),
    [
        ("1+2", "scope 1 of the national database, scope 2 from the city's printed inventory"),
        ("2", "from the city's printed inventory"),
    ],
)
def test_a_sum_of_scopes_says_which_of_them_is_printed(scopes: str, how: str) -> None:
    rows = [scope(2022, 477.0, scope=scopes, scope2_basis="printed")]
    (row,) = table(standing.scopes(town(scope_indicators=rows)), "Emissions by boundary").rows
    assert row[2] == how


def test_both_trends_bear_their_own_name_and_first_year() -> None:
    trend = {"trend_from_year": 2015, "trend_compound_pct_per_year": 0.4, "trend_t_co2e_per_year": -1741.0}
    goal = {"target_kind": "contract", "target_pct": -85.0, "target_year": 2030, "baseline_year": 1990}
    shown = town(sector_indicators=[indicator("total", 2024, 500.0, **trend, **goal)])
    sectors, goals = standing.sector_table(shown), standing.goal_table(shown)
    assert sectors.columns[6] == "Compound change a year since 2015"
    assert sectors.rows[0][6] == "+0.4%"
    assert goals.columns[7] == "Slope since 2015, tonnes a year"
    assert goals.rows[0][7] == f"{MINUS}1,741"


def test_the_line_that_is_drawn_on_to_the_target_is_named() -> None:
    reached = {"projected_t_co2e": 473.9, "projected_without_last_t_co2e": 442.6, "trend_from_year": 2015}
    shown = town(sector_indicators=[indicator("total", 2024, 500.0, target_year=2030, **reached)])
    (said,) = [text for text in texts(evidence.uncertainty(shown)) if "2030" in text]
    assert said.startswith("The least-squares line since 2015 reaches 474 tonnes in 2030; without the latest year 443")


# -- residents, and sectors that begin late ---------------------------------------------------------------------------


def test_tonnes_per_resident_say_whose_year_the_residents_are() -> None:
    row = indicator("total", 2024, 500.0, emissions_per_resident_t_co2e=9.82, population_year=2025)
    assert texts(standing.headline(town(sector_indicators=[row])))[0].endswith(
        "9.8 tonnes per resident (residents of 2025)."
    )
    without = indicator("total", 2024, 500.0, emissions_per_resident_t_co2e=9.82)
    assert texts(standing.headline(town("sv", sector_indicators=[without])))[0].endswith("9,8 ton per invånare.")


def late(tonnes: float, *, base: int = 1990) -> list[Row]:
    """A sector that is zero in 1990 and 2022 and not in 2023, in a total of 400 t in 1990 and 500 t in 2024."""
    sector = [(1990, 0.0), (2022, 0.0), (2023, 90.0), (2024, tonnes)]
    total = {"baseline_year": base, "baseline_t_co2e": 400.0, "change_pct": 25.0}
    return [
        *(indicator("foreign_transport", year, value) for year, value in sector),
        *(indicator("transport", year, 400.0) for year, _ in sector),
        indicator("total", 2024, 500.0, **total),
    ]


def test_a_sector_that_the_source_has_in_late_years_only_is_told() -> None:
    """500 t less 104 t is 396 t, one per cent below 400."""
    (said, *_) = texts(standing.headline(town(sector_indicators=late(104.0))))
    assert said == (
        "Of the 500 tonnes in 2024, 104 are international transport, which the source has from 2023 on only (zero in "
        f"every year before). Without them the change since 1990 is {MINUS}1.0%."
    )
    (said, *_) = texts(standing.headline(town("sv", sector_indicators=late(104.0))))
    assert "104 utrikes transporter, som källan har först från 2023" in said


@pytest.mark.parametrize("rows", [late(5.0), late(104.0)[4:]])
def test_a_small_sector_and_one_of_all_years_are_not(rows: list[Row]) -> None:
    """5 t are one per cent of 500 t, which is not more than that; transport has figures in every year."""
    assert not texts(standing.headline(town(sector_indicators=rows)))[0].startswith("Of the")


def test_no_other_change_is_given_where_the_base_year_has_the_sector() -> None:
    (said, *_) = texts(standing.headline(town(sector_indicators=late(104.0, base=2023))))
    assert said.endswith("(zero in every year before).")


# -- what is drawn ----------------------------------------------------------------------------------------------------


def test_municipalities_that_the_strip_leaves_out_are_counted() -> None:
    """Of 101 values 0 to 100 the middle 1 to 99 are drawn; the municipality's own is 50."""
    one = {
        "indicator": "compound_change",
        "target_id": "total",
        "indicator_text": "from 2015",
        "rank": 1,
        "compared": 101,
    }
    five = dict.fromkeys(("lowest_value", "q25_value", "median_value", "q75_value", "highest_value"), 50.0)
    rows = [
        {"municipality_code": "0191" if value == 50 else f"x{value}", "indicator_value": float(value)} | one | five
        for value in range(101)
    ]
    (picture,) = [part for part in evidence.place(town(municipality_comparison=rows)).parts if hasattr(part, "svg")]
    assert "without the hundredth that is furthest off at either end" in picture.caption
    assert picture.table.columns[-1] == "Municipalities drawn"
    assert picture.table.rows[0][-1] == "99 of 101"
