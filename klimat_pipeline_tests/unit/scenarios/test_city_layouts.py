"""Cities whose documents have another layout than Helsingborg's, entered by configuration alone.

Gävle's figures are printed (EU Climate City Contract, action plan 2030, table 5); the other city is invented.
"""

from pathlib import Path

import pandas as pd
import pytest

from klimat_pipeline.charts.gap import gap_waterfalls
from klimat_pipeline.clean.published_gap import clean_published_gap
from klimat_pipeline.clean.published_inventory import clean_published_inventory
from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.arrow import to_arrow
from klimat_pipeline.errors import ProblemsError
from klimat_pipeline.quality.targets_and_gap import gap_adds_up, printed_gap_agrees
from klimat_pipeline.scenarios.facility_claims import facility_claims
from klimat_pipeline.scenarios.gap_table import gap_table
from klimat_pipeline.scenarios.neutrality_balance import cases, neutrality_balance
from klimat_pipeline.scenarios.planned_actions import of_other_plans
from klimat_pipeline_tests.support.shared import REPOSITORY
from klimat_pipeline_tests.unit.scenarios.small_plan import frame, inventory, rule

REFERENCE = load_reference(REPOSITORY / "data" / "reference")
HEAD = (
    "line,scope,of_lines,carrier,baseline_year,baseline_t,target_year,target_t,reduction_pct,other_plans_t,gap_t,"
    "actions_t,residual_t,source,note\n"
)
#: Tonnes: baseline, reduction, per cent, other plans, gap, this plan, residual.
GAVLE = {
    "buildings_incl_agricultural_facilities": (2_700, 2_160, 80, 1_000, 1_200, 1_700, 540),
    "grid_supplied_energy": (3_400, 2_720, 80, 1_300, 1_500, 2_100, 680),
    "transport": (178_000, 142_400, 80, 112_100, 30_300, 65_900, 35_600),
    "waste": (14_000, 11_200, 80, 4_200, 7_000, 9_800, 2_800),
    "ippu_industrial_process": (30_000, 24_000, 80, 21_900, 2_100, 8_100, 6_000),
    "afolu_sources": (9_000, 7_200, 80, 1_400, 5_800, 7_600, 1_800),
    "ippu_product_use": (12_000, 9_600, 80, 1_900, 7_700, 10_100, 2_400),
    "transport_machines": (24_000, 19_200, 80, 10_300, 8_900, 13_700, 4_800),
    "total": (273_100, 218_480, "", 154_100, 64_500, 119_000, 54_620),
}
LAYOUT = """\
inventory:
  memo_lines: []
  gap_table: {target: reduction, residual: left_by_target, actions: with_residual, rounding_t: 50}
"""


def folder(tmp_path: Path, code_name: str, yaml: str, gap: str, inventory_csv: str = "") -> Path:
    root = tmp_path / "municipalities"
    place = root / code_name
    place.mkdir(parents=True)
    (place / "municipality.yaml").write_text(yaml, encoding="utf-8")
    (place / "published_gap.csv").write_text(gap, encoding="utf-8")
    if inventory_csv:
        (place / "published_inventory.csv").write_text(inventory_csv, encoding="utf-8")
    return root


def gavle(tmp_path: Path, layout: str = LAYOUT) -> pd.DataFrame:
    rows = [
        f"{line},1,{'transport_on_road transport_other' if line == 'transport' else ''},,2020,{base},2030,{reduction},"
        f"{pct},{plans},{gap},{actions},{residual},table 5,\n"
        for line, (base, reduction, pct, plans, gap, actions, residual) in GAVLE.items()
    ]
    root = folder(tmp_path, "2180_gavle", layout, HEAD + "".join(rows))
    return clean_published_gap(root, REFERENCE)


def tables(prints: pd.DataFrame, *own: dict[str, object]) -> pd.DataFrame:
    made = gap_table(
        prints,
        frame("clean/climate_actions"),
        frame("inventory/inventory_territory", *own),
        frame("indicators/target_coherence"),
        frame("corrected/corrections"),
        {},
    )
    to_arrow(made, table("scenarios/gap_table"))
    assert all(finding.outcome != "failed" for finding in gap_adds_up({"scenarios/gap_table": made}))
    return made


def balance(gap: pd.DataFrame, prints: pd.DataFrame, code: str) -> "pd.Series[object]":
    rules = frame("clean/neutrality_rules", rule(municipality_code=code, min_reduction_pct=80.0, cap_pct=20.0))
    plans = cases(
        gap,
        prints,
        frame("clean/climate_actions"),
        frame("indicators/target_coherence"),
        frame("inventory/inventory_territory"),
    )
    claims = facility_claims(frame("clean/capture_facilities"), rules)
    made = neutrality_balance(plans, frame("clean/carbon_sinks"), claims, rules)
    to_arrow(made, table("scenarios/neutrality_balance"))
    return made.iloc[0]


class TestGavle:
    def test_its_table_in_its_layout(self, tmp_path: Path) -> None:
        prints = gavle(tmp_path)
        assert [finding.outcome for finding in printed_gap_agrees({"clean/published_gap": prints})] == ["passed"]
        made = tables(prints)
        rows = made.set_index("line")
        total = rows.loc["total"]
        # 273,100 - 218,480 is left by the target; 218,480 - 154,100 = 64,380 is the gap, printed as 64,500.
        assert (total["baseline_t"], total["target_t"], total["residual_t"]) == pytest.approx((273_100, 54_620, 54_620))
        assert (total["gap_t"], total["gap_off_t"]) == pytest.approx((64_380, 120))
        assert (total["latest_year"], total["latest_t"], total["scopes"]) == (2020, 273_100, "1")
        assert rows["residual_t"].to_dict() == pytest.approx({line: figures[-1] for line, figures in GAVLE.items()})
        # Electricity and district heat stand in its total: no line is a memo.
        assert not made["is_memo"].any()
        row = balance(made, prints, "2180")
        assert (row["gross_t"], row["reduction_pct"], row["is_neutral"]) == (
            pytest.approx(54_620),
            pytest.approx(80.0),
            False,
        )

    @pytest.mark.parametrize(
        "layout",
        [
            "inventory: {memo_lines: []}",
            "inventory: {memo_lines: [], gap_table: {rounding_t: 50}}",
            "inventory: {memo_lines: [], gap_table: {target: reduction, residual: left_by_target}}",
        ],
    )
    def test_read_in_another_layout_it_gives_no_verdict(self, tmp_path: Path, layout: str) -> None:
        """Column 5 taken for the actions alone leaves nothing: gross 0, neutral on paper."""
        prints = gavle(tmp_path, layout)
        made = tables(prints)
        assert made.set_index("line").loc["total", "residual_t"] == pytest.approx(0.0, abs=1e-6)
        row = balance(made, prints, "2180")
        assert (row["notation_key"], row["is_neutral"], row["gross_t"]) == (
            "NE",
            pd.NA,
            pytest.approx(float("nan"), nan_ok=True),
        )
        assert "residual, 3-4-6 gives 0 t, printed is 35,600 t" in str(row["note"])

    def test_without_a_column_of_residuals_the_gap_is_what_tells(self, tmp_path: Path) -> None:
        """Nothing printed says that 0 t are not what the plan leaves, but 178,000 - 112,100 - 142,400 is no 30,300."""
        rows = [
            f"{line},1,{'transport_on_road transport_other' if line == 'transport' else ''},,2020,{base},2030,"
            f"{reduction},{pct},{plans},{gap},{actions},,table 5,\n"
            for line, (base, reduction, pct, plans, gap, actions, _) in GAVLE.items()
        ]
        root = folder(tmp_path, "2180_gavle", "inventory: {memo_lines: []}", HEAD + "".join(rows))
        prints = clean_published_gap(root, REFERENCE)
        row = balance(tables(prints), prints, "2180")
        assert (row["notation_key"], row["is_neutral"]) == ("NE", pd.NA)
        assert "transport: gap, (3-4)-2 gives -76,500 t, printed is 30,300 t" in str(row["note"])

    def test_laid_beside_our_inventory_of_its_baseline(self, tmp_path: Path) -> None:
        own = [
            inventory("waste", 2020, 15_000.0, municipality_code="2180"),
            *(
                inventory(line, 2020, 1_000.0, municipality_code="2180")
                for line in ("transport_on_road", *GAVLE)
                if line not in ("waste", "transport", "total")
            ),
        ]
        made = tables(gavle(tmp_path), *own)
        row = made[(made["gap_basis"] == "computed") & (made["line"] == "waste")].iloc[0]
        # 80 % less of 15,000 t; 4,200 t by other plans: 15,000 - 4,200 - 3,000.
        assert (row["target_t"], row["gap_t"], row["latest_year"]) == pytest.approx((3_000.0, 7_800.0, 2020))


CITY = """\
targets:
  - {id: total, baseline_year: 1990, reduction_pct: 80}
  - {id: heat, baseline_year: 2020, reduction_pct: 90}
inventory: {memo_lines: [transport_machines]}
"""
CITY_GAP = (
    "line,scope,of_lines,carrier,baseline_year,baseline_t,target_year,target_t,reduction_pct,target_id,latest_year,"
    "latest_t,other_plans_t,gap_t,actions_t,residual_t,source,note\n"
    "waste,1+3,,,1990,1000,2030,,*,,2023,600,-50,,100,550,plan,raises\n"
    "grid_supplied_energy,1,,,1990,2000,2030,,90,heat,2023,900,0,,300,600,plan,\n"
    "transport_machines,memo,,,1990,500,2030,,80,,2023,400,,,,400,plan,\n"
    "total,1+3,,,1990,3000,2030,,80,,2023,1500,-50,,400,1150,plan,\n"
)


class TestAnyCity:
    def test_lines_without_target_negative_plans_several_scopes_and_its_own_memo(self, tmp_path: Path) -> None:
        prints = clean_published_gap(folder(tmp_path, "1281_lund", CITY, CITY_GAP), REFERENCE)
        assert [finding.outcome for finding in printed_gap_agrees({"clean/published_gap": prints})] == ["passed"]
        own = [
            inventory(line, year, tonnes, municipality_code="1281", is_memo=line == "transport_machines")
            for line, figures in {
                "waste": {1990: 1000.0, 2023: 600.0},
                "grid_supplied_energy": {1990: 2000.0, 2020: 1000.0, 2023: 900.0},
                "transport_machines": {1990: 500.0, 2023: 400.0},
            }.items()
            for year, tonnes in figures.items()
        ]
        made = tables(prints, *own)
        rows = made[made["gap_basis"] == "printed"].set_index("line")
        # 600 + 50 - 100; no target, so no gap; the total's own target is 20 % of 3,000 t.
        assert (rows.loc["waste", "residual_t"], pd.isna(rows.loc["waste", "gap_t"])) == (550.0, True)
        total = rows.loc["total"]
        assert (total["target_t"], total["residual_t"], total["scopes"]) == (pytest.approx(600.0), 1150.0, "1+3")
        assert rows["is_memo"].to_dict() == {
            "waste": False,
            "grid_supplied_energy": False,
            "transport_machines": True,
            "total": False,
        }
        computed = made[made["gap_basis"] == "computed"].set_index("line")
        # The contract's target on heat counts from 2020: 10 % of 1,000 t, not of the 2,000 t of 1990.
        heat = computed.loc["grid_supplied_energy"]
        assert (heat["target_base_year"], heat["target_base_t"]) == (2020, 1000.0)
        assert (heat["baseline_t"], heat["target_t"], heat["gap_t"]) == pytest.approx((2000.0, 100.0, 800.0))
        assert computed.loc["total", "target_t"] == pytest.approx(600.0)
        (raising,) = of_other_plans(prints, {"waste": "waste"})["1281"]
        assert raising.effect_t == -50.0
        assert set(gap_waterfalls(made)) == {"1281"}

    def test_a_printed_total_alone_comes_out(self, tmp_path: Path) -> None:
        only = CITY_GAP.splitlines(keepends=True)
        prints = clean_published_gap(folder(tmp_path, "1281_lund", CITY, only[0] + only[-1]), REFERENCE)
        (finding,) = printed_gap_agrees({"clean/published_gap": prints})
        assert finding.outcome == "not_applicable"
        made = tables(prints)
        assert made[["line", "is_total", "baseline_t", "target_t", "residual_t"]].to_numpy().tolist() == [
            ["total", True, 3000.0, pytest.approx(600.0), 1150.0]
        ]

    def test_problems_name_the_setting_that_decides(self, tmp_path: Path) -> None:
        rows = (
            "line,scope,of_lines,carrier,baseline_year,baseline_t,target_year,target_t,reduction_pct,target_id,source,note\n"
            "grid_supplied_energy,memo,,,1990,2000,2030,,90,,plan,\n"
            "transport_machines,1,,,1990,2000,2030,,90,heating,plan,\n"
            "waste,1,,,1990,2000,2030,,,,plan,\n"
            "afolu_sources,1,,,1990,2000,1980,x,,,plan,\n"
        )
        printed = (
            "table,line,scope,year,value_t_co2e,notation_key,of_lines,carrier,source,note\n"
            "T1,transport_machines,1,1990,5,,,,plan,\n"
        )
        yaml = CITY.replace("[transport_machines]", "[transport_machines, machines]")
        root = folder(tmp_path, "1281_lund", yaml, rows, printed)
        with pytest.raises(ProblemsError) as caught:
            clean_published_gap(root, REFERENCE)
        said = "\n".join(caught.value.problems)
        assert (
            "published_gap.csv:2: column scope: 'memo' is for lines beside the total, here transport_machines" in said
        )
        assert "published_gap.csv:3: column scope: transport_machines stands beside the total: expected 'memo'" in said
        assert "published_gap.csv:3: column target_id: expected a target of municipality.yaml" in said
        assert "(total, heat), found 'heating'" in said
        assert "published_gap.csv:4: column reduction_pct: expected a reduction or a target in tonnes" in said
        assert "published_gap.csv:5: column target_t: expected a number" in said
        with pytest.raises(ProblemsError) as caught:
            clean_published_inventory(root, REFERENCE)
        said = "\n".join(caught.value.problems)
        assert "published_inventory.csv:2: column scope: transport_machines stands beside the total" in said
        assert "municipality.yaml:4: inventory.memo_lines.1: expected one of" in said


def test_a_forecast_in_the_place_of_savings(tmp_path: Path) -> None:
    """Plans leave 60 t of 100: they save 40; 30 t is the target, so the gap is 30. A rise is a negative saving."""
    rows = "waste,1,,,2020,100,2030,30,70,60,30,20,40,t,\nippu_product_use,1,,,2020,10,2030,9,10,12,3,1,11,t,\n"
    layout = "inventory: {memo_lines: [], gap_table: {plans: left}}"
    prints = clean_published_gap(folder(tmp_path, "1281_lund", layout, HEAD + rows), REFERENCE)
    assert [finding.outcome for finding in printed_gap_agrees({"clean/published_gap": prints})] == ["passed"]
    assert prints.set_index("line")["other_plans_t"].to_dict() == {"waste": 40.0, "ippu_product_use": -2.0}
    made = tables(prints).set_index("line")
    assert made.loc["waste", ["other_plans_t", "gap_t", "residual_t"]].tolist() == [40.0, 30.0, 40.0]
