"""The gap table: Helsingborg's print line by line, and the rules on round figures."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.charts.gap import gap_waterfalls
from klimat_pipeline.clean.published_gap import clean_published_gap
from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.arrow import to_arrow
from klimat_pipeline.quality.targets_and_gap import gap_adds_up, printed_gap_agrees
from klimat_pipeline.scenarios.gap_table import gap_table
from klimat_pipeline_tests.support.properties import examples
from klimat_pipeline_tests.support.shared import REPOSITORY
from klimat_pipeline_tests.unit.scenarios.small_plan import CODE, action, frame, inventory, printed

NOTHING = frame("inventory/inventory_territory")
NO_PLAN = frame("indicators/target_coherence")
UNCORRECTED = frame("corrected/corrections")


def gap(*lines: dict[str, Any], actions: tuple[dict[str, Any], ...] = (), **tables: pd.DataFrame) -> pd.DataFrame:
    made = gap_table(
        frame("clean/published_gap", *lines),
        frame("clean/climate_actions", *actions),
        tables.get("territory", NOTHING),
        tables.get("coherence", NO_PLAN),
        tables.get("corrections", UNCORRECTED),
        {"transport": ("transport_on_road",), "waste": ("waste",)},
    )
    to_arrow(made, table("scenarios/gap_table"))
    assert all(finding.outcome != "failed" for finding in gap_adds_up({"scenarios/gap_table": made}))
    return made


@pytest.fixture(scope="module")
def prints() -> pd.DataFrame:
    reference = load_reference(REPOSITORY / "data" / "reference")
    printed = clean_published_gap(REPOSITORY / "data" / "municipalities", reference)
    return printed[printed["municipality_code"] == "1283"].reset_index(drop=True)


@pytest.fixture(scope="module")
def rows(prints: pd.DataFrame) -> pd.DataFrame:
    made = gap_table(prints, frame("clean/climate_actions"), NOTHING, NO_PLAN, UNCORRECTED, {})
    return made.set_index("line")


class TestHelsingborgsPrint:
    def test_gap_and_residual_are_the_printed_ones_but_for_three_lines_and_the_total(self, rows: pd.DataFrame) -> None:
        off = rows[rows["gap_off_t"].abs() > 0.5]["gap_off_t"].to_dict()
        # 65,208 - 28,000 - 35,549 = 1,659 (2,660 printed); 30,344 - 11,047 = 19,297 (17,190);
        # 47,597 - 4,000 - 39,451 = 4,146 (6,146); 476,185 - 77,836 - 194,158 = 204,191 (200,792).
        assert off == {"buildings_electricity": 1001, "waste": -2107, "afolu_sources": 2000, "total": -3399}
        assert (rows["residual_off_t"].abs() < 0.5).all()
        assert len(rows) == 12

    def test_sums_of_the_columns(self, rows: pd.DataFrame) -> None:
        total = rows.loc["total"]
        assert total["residual_t"] == 191_054
        # The print has 195,257 t as its total target, so the row is not what the print's own remark is about.
        said = "the sum of the lines; the print's own total stands in published_gap, as printed, its errors kept"
        assert total["note"] == said
        assert total["target_t"] == 194_158
        assert (total["baseline_t"], total["latest_t"], total["other_plans_t"]) == (1_143_256, 476_185, 77_836)

    def test_a_capture_saves_no_more_than_the_memo_line_holds(self, rows: pd.DataFrame) -> None:
        memo = rows.loc["grid_supplied_energy"]
        assert (memo["actions_t"], memo["actions_counted_t"], memo["residual_t"]) == (100_000, 99_675, 0)

    def test_where_the_print_disagrees_with_itself_is_listed(self, prints: pd.DataFrame) -> None:
        findings = printed_gap_agrees({"clean/published_gap": prints})
        said = [finding.message.removeprefix("1283 ") for finding in findings]
        assert sorted(said) == sorted(
            [
                "afolu_sources: gap, (3-4)-2 gives 4,146 t, printed is 6,146 t",
                "buildings_electricity: gap, (3-4)-2 gives 1,659 t, printed is 2,660 t",
                "buildings_electricity: target of 35,549 t is -64.0 %, printed is -65 %",
                # 15 % of the 73,649 t that table prints for 1990.
                "waste: target of 11,047 t is -87.4 %, printed is -85 %",
                "waste: gap, (3-4)-2 gives 19,297 t, printed is 17,190 t",
                "total: sum of target_t gives 194,158 t, printed is 195,257 t",
                "total: sum of actions_t gives 207,295 t, printed is 204,995 t",
                # 32,510 + 2,660 + 7,624 + 96,012 + 6,637 + 4,646 + 17,190 + 31,660 + 0 + 6,146.
                "total: sum of printed_gap_t gives 205,085 t, printed is 200,792 t",
            ]
        )

    def test_the_waterfall_ends_at_the_residual(self, rows: pd.DataFrame) -> None:
        (chart,) = gap_waterfalls(rows.reset_index()).values()
        bars = {bar["step"]: bar for bar in chart["data"]["values"]}
        assert bars["left 2030"]["to"] == 191.054
        # The last step ends where what is left begins: all reductions were taken off the emissions.
        assert min(bar["from"] for bar in bars.values() if bar["what"] == "reduction") == pytest.approx(191.054)


class TestComputed:
    LINES = (printed("waste"), printed("total", of_lines=""))
    OWN = (inventory("waste", 1990, 800.0), inventory("waste", 2022, 400.0), inventory("waste", 2024, 300.0))

    def one(self, *actions: dict[str, Any]) -> dict[str, Any]:
        made = gap(*self.LINES, actions=actions, territory=frame("inventory/inventory_territory", *self.OWN))
        rows = made[(made["gap_basis"] == "computed") & (made["line"] == "waste")].to_dict("records")
        assert len(rows) == 1
        return rows[0]

    def test_our_inventory_of_the_prints_years_with_its_percentage(self) -> None:
        # 800 t to 120 t; 400 - 100 - 120 = 180 short; half of the 300 left is saved.
        row = self.one(action("sorting", "waste", 150.0))
        assert (row["baseline_t"], row["target_t"], row["latest_t"]) == (800.0, pytest.approx(120.0), 400.0)
        assert (row["gap_t"], row["residual_t"]) == (pytest.approx(180.0), 150.0)

    def test_overlapping_actions_save_shares_of_what_is_left(self) -> None:
        # Of 300 t two halves leave a quarter, not nothing.
        row = self.one(action("a", "waste", 150.0), action("b", "waste", 150.0))
        assert (row["actions_t"], row["actions_counted_t"], row["residual_t"]) == (300.0, 225.0, 75.0)
        assert row["action_ids"] == "a b"

    def test_a_completed_action_is_in_the_emissions_already(self) -> None:
        assert self.one(action("old", "waste", 150.0, action_status="completed"))["actions_t"] == 0.0

    def test_an_action_that_begins_after_the_target_year_saves_nothing(self) -> None:
        assert self.one(action("late", "waste", 150.0, start_year=2031))["actions_t"] == 0.0

    def test_actions_on_a_carrier_count_on_its_line_only(self) -> None:
        heat = {"scopes": "2", "of_lines": "buildings", "carrier": "district_heating"}
        own = [
            inventory("buildings", year, tonnes, scope="2", carrier=carrier, method=method)
            for year in (1990, 2022)
            for carrier, tonnes in (("district_heating", 400.0), ("electricity", 200.0))
            for method in ("location", "market")
        ]
        made = gap(
            printed("heat", **heat),
            printed("power", **heat | {"carrier": "electricity"}),
            actions=(action("insulation", "buildings", 30.0, carrier="district_heating"),),
            territory=frame("inventory/inventory_territory", *own),
        )
        rows = made[made["gap_basis"] == "computed"].set_index("line")
        # Market-based scope 2 is an alternative and not added.
        assert rows["latest_t"].to_dict() == {"heat": 400.0, "power": 200.0, "total": 600.0}
        assert rows["actions_t"].to_dict() == {"heat": 30.0, "power": 0.0, "total": 30.0}

    def test_a_line_without_a_number_leaves_the_total_without_one(self) -> None:
        keyed = inventory("ippu", 2022, np.nan, notation_key="NE")
        own = frame("inventory/inventory_territory", *self.OWN, keyed)
        made = gap(printed("waste"), printed("ippu"), territory=own)
        total = made[(made["gap_basis"] == "computed") & made["is_total"]].iloc[0]
        assert pd.isna(total["latest_t"])
        assert (total["note"], total["notation_key"]) == ("without a number: ippu", "NE")

    def test_printed_lines_that_hold_one_line_of_ours_have_no_sum(self) -> None:
        """A print that divides industry into energy and processes, which the source does not: 400 t are not 800."""
        lines = (printed("energy", of_lines="waste"), printed("processes", of_lines="waste"))
        made = gap(*lines, territory=frame("inventory/inventory_territory", *self.OWN))
        total = made[(made["gap_basis"] == "computed") & made["is_total"]].iloc[0]
        assert total[["baseline_t", "target_t", "latest_t", "residual_t"]].isna().all()
        assert total["note"] == "no sum: energy and processes hold the same line of the inventory"
        assert made[made["gap_basis"] == "printed"].set_index("line").loc["total", "latest_t"] == 1200.0

    def test_a_release_without_the_prints_years_has_no_computed_table(self) -> None:
        made = gap(printed("waste"), territory=frame("inventory/inventory_territory", inventory("waste", 2024, 300.0)))
        assert set(made["gap_basis"]) == {"printed"}


def coherence(item: str, kind: str, latest: float, goal: float, codes: str) -> dict[str, Any]:
    return {
        "municipality_code": CODE,
        "release_id": "r1",
        "is_current_release": True,
        "coherence_item": item,
        "coherence_kind": kind,
        "year": 2024,
        "sector_codes": codes,
        "gwp_set": "AR5",
        "baseline_year": 1990,
        "baseline_t_co2e": 1000.0,
        "target_year": 2030,
        "target_pct": -85.0,
        "target_t_co2e": goal,
        "emissions_t_co2e": latest,
    }


def test_targets_alone_make_a_gap_table() -> None:
    plan = frame(
        "indicators/target_coherence",
        coherence("total", "total", 900.0, 150.0, "transport waste"),
        coherence("transport", "sub_target", 700.0, 100.0, "transport"),
        coherence("waste", "uncovered", 200.0, np.nan, "waste"),
    )
    cars = action("cars", "transport_on_road", 350.0)
    made = gap(actions=(cars,), coherence=plan).set_index("line")
    # Half of 700 t is saved; the total has a target of its own: 900 - 150 short, 550 left.
    assert made["gap_t"].to_dict() == {"total": 750.0, "transport": 600.0, "waste": pytest.approx(np.nan, nan_ok=True)}
    assert made["residual_t"].to_dict() == {"total": 550.0, "transport": 350.0, "waste": 200.0}


def sized_on(waste: float, *lines: dict[str, Any], own: float = np.nan) -> dict[str, Any]:
    """Helsingborg's action on waste, 17,000 t a year, beside this much of it."""
    plan = frame(
        "indicators/target_coherence",
        coherence("total", "total", waste, 150.0, "waste"),
        coherence("waste", "sub_target", waste, 100.0, "waste"),
    )
    saved = action("waste", "waste", 17_000.0, sized_on_t=own)
    made = gap(*lines, actions=(saved,), coherence=plan)
    (row,) = made[(made["gap_basis"] == "targets") & (made["line"] == "waste")].to_dict("records")
    return row


class TestActionsSizedOnAnotherLevel:
    PRINT = printed("waste", latest_t=30_344.0, other_plans_t=0.0, actions_t=17_000.0)
    SAID = "actions sized on 30,344 t count in tonnes, at most the 14,846 t that there are; the scenarios count their share"

    def test_the_tonnes_count_and_the_note_says_so(self) -> None:
        """30,344 / 14,846 is 2.04: 17,000 t of 14,846 t take all of it, where 56 per cent would leave 6,529 t."""
        row = sized_on(14_846.0, self.PRINT)
        assert (row["actions_t"], row["actions_counted_t"], row["residual_t"]) == (17_000, 14_846, 0)
        assert row["note"] == self.SAID

    def test_a_level_of_its_own_is_the_actions(self) -> None:
        assert pd.isna(sized_on(14_846.0, self.PRINT, own=15_000.0)["note"])
        assert sized_on(30_000.0, self.PRINT, own=20_000.0)["note"] == (
            "actions sized on 20,000 t count in tonnes, at most the 30,000 t that there are; the scenarios count their share"
        )

    @pytest.mark.parametrize("latest", [24_276.0, 37_930.0])
    def test_nothing_is_said_where_the_level_is_that_of_the_line(self, latest: float) -> None:
        """30,344 t are 1.2499 times 24,276 t and 0.8 times 37,930 t."""
        assert pd.isna(sized_on(latest, self.PRINT)["note"])

    @pytest.mark.parametrize(
        "lines",
        [
            (),
            (printed("waste", latest_t=np.nan),),
            # What the print has on two lines together is not what it has on one of them.
            (printed("both", of_lines="waste ippu_product_use", latest_t=30_344.0),),
            (printed("waste", latest_t=30_000.0), printed("more", of_lines="waste", latest_year=2021, latest_t=344.0)),
        ],
    )
    def test_nothing_is_said_where_nobody_says_what_they_were_sized_on(self, lines: tuple[dict[str, Any], ...]) -> None:
        assert pd.isna(sized_on(14_846.0, *lines)["note"])

    def test_the_prints_line_on_our_inventory(self) -> None:
        own = [inventory("waste", year, tonnes) for year, tonnes in ((1990, 80_000.0), (2022, 14_846.0))]
        saved = action("waste", "waste", 17_000.0, sized_on_t=np.nan)
        made = gap(self.PRINT, actions=(saved,), territory=frame("inventory/inventory_territory", *own))
        note = made.set_index(["gap_basis", "line"])["note"]
        assert note["computed", "waste"] == self.SAID
        assert pd.isna(note["printed", "waste"])


EFFECTS = st.lists(st.floats(0, 1e5), max_size=5)


@examples(40)
@given(latest=st.lists(st.floats(0, 1e6), min_size=1, max_size=6), saved=EFFECTS, plans=st.floats(0, 1e5))
def test_parts_sum_to_the_total_and_more_actions_never_raise_emissions(
    latest: list[float], saved: list[float], plans: float
) -> None:
    lines = [printed(f"line_{i}", latest_t=value, other_plans_t=plans) for i, value in enumerate(latest)]
    own = [inventory(f"line_{i}", year, value) for i, value in enumerate(latest) for year in (1990, 2022)]
    tables = {"territory": frame("inventory/inventory_territory", *own)}
    few = tuple(action(f"a{i}", "line_0", effect) for i, effect in enumerate(saved))
    before, after = (
        gap(*lines, actions=actions, **tables).set_index(["gap_basis", "line"])
        for actions in (few, (*few, action("more", "line_0", 5000.0)))
    )
    for basis in ("printed", "computed"):
        parts = before.loc[basis][~before.loc[basis, "is_total"]]
        for name in ("gap_t", "residual_t", "latest_t", "target_t"):
            assert parts[name].sum() == pytest.approx(before.loc[(basis, "total"), name], rel=1e-9, abs=1e-3)
    residual = [made.loc[("computed", "total"), "residual_t"] for made in (before, after)]
    assert residual[1] <= residual[0] + 1e-6


def test_our_inventory_is_counted_on_one_basis() -> None:
    """Waste is corrected in its latest year alone, so it counts as reported, and transport with it, in both years."""
    lines = [printed("waste", latest_year=2022), printed("transport_on_road", latest_year=2022)]
    changes = {
        ("waste", 1990): (100.0, 100.0, ""),
        ("waste", 2022): (40.0, 70.0, "leak"),
        ("transport_on_road", 1990): (200.0, 260.0, "road"),
        ("transport_on_road", 2022): (150.0, 200.0, "road"),
    }
    rows = [
        inventory(line, year, corrected, emissions_reported_t_co2e=reported, correction_ids=ids, item=line)
        for (line, year), (reported, corrected, ids) in changes.items()
    ]
    corrections = frame("corrected/corrections", *({"correction_id": i, "level_ids": i} for i in ("leak", "road")))
    made = gap(*lines, territory=frame("inventory/inventory_territory", *rows), corrections=corrections)
    ours = made[made["gap_basis"] == "computed"].set_index("line")
    assert set(ours["basis"]) == {"reported"}
    assert ours.loc["waste", ["baseline_t", "latest_t"]].tolist() == [100.0, 40.0]
    assert ours.loc["transport_on_road", ["baseline_t", "latest_t"]].tolist() == [200.0, 150.0]
    alone = gap(lines[1], territory=frame("inventory/inventory_territory", *rows), corrections=corrections)
    ours = alone[alone["gap_basis"] == "computed"].set_index("line")
    assert ours.loc["transport_on_road", ["basis", "baseline_t", "latest_t"]].tolist() == ["corrected", 260.0, 200.0]
