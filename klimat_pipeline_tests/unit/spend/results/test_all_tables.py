"""The tables of a small ledger against sums by hand, and the algebra: order, files and mirrors change nothing."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.arrow import to_arrow
from klimat_pipeline.quality.catalogue import CHECKS, run_checks
from klimat_pipeline.quality.spend import PUBLISHED_MAPPING
from klimat_pipeline.spend.results.all_tables import KEYS
from klimat_pipeline_tests.support.ledgers import line
from klimat_pipeline_tests.support.properties import examples
from klimat_pipeline_tests.unit.spend.purchases import (
    ENERGY_KG_PER_SEK,
    FOOD_KG_PER_SEK,
    computed,
    electricity,
    food,
    inventory,
)
from klimat_pipeline_tests.unit.spend.towns import FoundIn, Tables, Towns

#: Nobody's ledger was refused.
NOBODY = pd.DataFrame(columns=table("spend/spend_refused").column_names)
#: 1,000 + 500 - 100 kronor of food, 2,000 of electricity, 300 of nobody knows what, 900 of wages.
ROWS = [
    food(1, 1_000_00, unit="School", contract_id="A1", supplier_id="5560000001", quantity=50.0, quantity_unit="kg"),
    food(2, 500_00, unit="Care", month=2, supplier_id="5560000001"),
    food(3, -100_00, unit="Care", month=2, supplier_id="p:abc", supplier_kind="personal", supplier_name=""),
    electricity(4, 2_000_00, unit="School", supplier_id="5560000002", supplier_name="Elbolaget AB"),
    line(5, amount_ore=300_00, unit="School", account="9999", account_text="Diverse"),
    line(6, amount_ore=900_00, unit="School", account="5010", account_text="Lön", left_out_rule="wages"),
]
TOWNS = Towns()
found_in = TOWNS.fixture()
#: Looked at by most tests.
USUAL = TOWNS.add(ROWS)


@pytest.fixture
def usual(found_in: FoundIn) -> Tables:
    return found_in(USUAL)


def test_by_category(usual: Tables) -> None:
    found = usual["spend/spend_by_category"].set_index("spend_category")
    assert found["spend_sek"].to_dict() == {"energy_supply": 2000.0, "food_products": 1400.0, "unmapped": 300.0}
    assert found.loc["food_products", "footprint_t_co2e"] == pytest.approx(1.4 * FOOD_KG_PER_SEK)
    assert found.loc["energy_supply", "footprint_t_co2e"] == pytest.approx(2 * ENERGY_KG_PER_SEK)
    assert pd.isna(found.loc["unmapped", "footprint_t_co2e"])
    assert found.loc["food_products", "kg_co2e_per_sek"] == pytest.approx(FOOD_KG_PER_SEK)
    assert found.loc[
        "food_products", ["purchase_area", "scope3_category", "factor_gwp_set", "price_year"]
    ].tolist() == [
        "food",
        1,
        "AR5",
        2023,
    ]


def test_what_came_in_is_classified_unmapped_or_left_out(usual: Tables) -> None:
    scope = usual["spend/spend_reconciliation"]
    assert scope[["rule", "ledger_lines", "amount_sek"]].to_numpy().tolist() == [
        ["classified", 4, 3400.0],
        ["unmapped", 1, 300.0],
        ["wages", 1, 900.0],
    ]
    assert scope["amount_sek"].sum() == sum(row["amount_ore"] for row in ROWS) / 100


FROM_1800_KRONOR = TOWNS.add(ROWS, supplier_threshold_sek=1800)
FROM_MORE_THAN_ANYBODY_GOT = TOWNS.add(ROWS, supplier_threshold_sek=2000.01)


def test_only_legal_persons_above_the_threshold_are_named(found_in: FoundIn) -> None:
    found = found_in(FROM_1800_KRONOR)["spend/spend_by_supplier"]
    assert found[["supplier_id", "supplier_name", "spend_sek"]].to_numpy().tolist() == [
        ["5560000001", "Leverantör AB", 1800.0],
        ["5560000002", "Elbolaget AB", 2000.0],
        ["others", "others", -100.0],
    ]
    nobody = found_in(FROM_MORE_THAN_ANYBODY_GOT)["spend/spend_by_supplier"]
    assert list(nobody["supplier_id"]) == ["others"]


BOUGHT_FROM_ANNA = {
    str(who): TOWNS.add([food(1, 10**9, supplier_name="Anna Andersson", **who)])
    for who in ({"supplier_kind": "unknown"}, {"supplier_id": "p:0a"}, {"supplier_kind": "personal"})
}


@pytest.mark.parametrize("who", BOUGHT_FROM_ANNA)
def test_whoever_may_be_a_person_is_never_named(found_in: FoundIn, who: str) -> None:
    found = found_in(BOUGHT_FROM_ANNA[who])
    for key in KEYS:
        assert "Anna" not in found[key].to_csv()
    assert list(found["spend/spend_by_supplier"]["supplier_id"]) == ["others"]
    assert found["unmapped/suppliers"].empty


SOMETIMES_A_PERSON = TOWNS.add([food(1, 10**9), food(2, 10**9, supplier_kind="personal")])


def test_a_number_that_is_sometimes_a_persons_is_never_named(found_in: FoundIn) -> None:
    assert list(found_in(SOMETIMES_A_PERSON)["spend/spend_by_supplier"]["supplier_id"]) == ["others"]


def test_units_contracts_and_months(usual: Tables) -> None:
    assert usual["spend/spend_by_unit"].set_index("ledger_unit")["spend_sek"].to_dict() == {
        "Care": 400.0,
        "School": 3300.0,
    }
    assert usual["spend/spend_by_contract"].set_index("contract_id")["spend_sek"].to_dict() == {
        "": 2700.0,
        "A1": 1000.0,
    }
    trend = usual["spend/spend_trend"].set_index("month")["spend_sek"].to_dict()
    assert trend == {0: 3700.0, 1: 3300.0, 2: 400.0}


FOOD_OF_2021 = TOWNS.add([food(1, 1_000_00, year=2021)])


def test_fixed_prices(found_in: FoundIn) -> None:
    """Index 403.70 / 343.19: 1,000 kronor of 2021 are 1,176.32 of 2023."""
    found = found_in(FOOD_OF_2021)["spend/spend_trend"]
    assert set(found["spend_real_sek"]) == {1176.32}


def test_contribution_to_scope_3(usual: Tables) -> None:
    found = usual["spend/spend_scope3"].set_index("scope3_category")
    assert found["footprint_t_co2e"].to_dict() == pytest.approx({1: 1.4 * FOOD_KG_PER_SEK, 3: 2 * ENERGY_KG_PER_SEK})
    assert not found["is_in_inventory"].any()


def test_hotspots_cumulate(usual: Tables) -> None:
    found = usual["spend/spend_hotspots"]
    ranked = found[found["hotspot_kind"] == "category"]
    energy, eaten = 2 * ENERGY_KG_PER_SEK, 1.4 * FOOD_KG_PER_SEK
    assert list(ranked["hotspot"]) == ["energy_supply", "food_products"]
    assert list(ranked["cumulative_share_pct"]) == pytest.approx([energy / (energy + eaten) * 100, 100])


TWO_YEARS = [*ROWS, food(7, 700_00, year=2022)]
HALVING = TOWNS.add(TWO_YEARS, halving_base_year=2022, residents={2023: 100})


def test_indicators(found_in: FoundIn) -> None:
    """50 kg of food cost 1,000 kronor; 100 residents; purchases twice those of the base year."""
    found = found_in(HALVING)["spend/spend_indicators"]
    now = found[found["year"] == 2023].set_index("spend_indicator")["spend_indicator_value"]
    whole = 1400 * FOOD_KG_PER_SEK + 2000 * ENERGY_KG_PER_SEK
    before = 700 * FOOD_KG_PER_SEK * 403.70 / 371.91
    assert now["kg_co2e_per_sek"] == pytest.approx(whole / 3400)
    assert now["kg_co2e_per_resident"] == pytest.approx(whole / 100)
    assert now["kg_co2e_per_kg_food"] == pytest.approx(1000 * FOOD_KG_PER_SEK / 50)
    assert now["purchases_change_pct"] == pytest.approx((whole / before - 1) * 100)
    assert now["food_change_pct"] == pytest.approx((1400 * FOOD_KG_PER_SEK / before - 1) * 100)


def test_no_base_year_is_assumed(usual: Tables) -> None:
    found = usual["spend/spend_indicators"].set_index("spend_indicator")
    assert pd.isna(found.loc["purchases_change_pct", "spend_indicator_value"])
    assert found.loc["purchases_change_pct", "note"] == "no base year is chosen (halving_base_year in spend.yaml)"


def test_a_code_keeps_its_zero(usual: Tables) -> None:
    assert USUAL == "0180"
    assert set(usual["spend/spend_trend"]["municipality_code"]) == {"0180"}


def test_without_a_ledger_every_table_is_empty_and_has_its_form(tmp_path: Path) -> None:
    found = computed(tmp_path, [])
    assert {key: len(found[key]) for key in KEYS} == dict.fromkeys(KEYS, 0)
    for key in KEYS:
        to_arrow(found[key], table(key))


OF_TWO_YEARS = TOWNS.add(TWO_YEARS)


def test_tables_have_their_contracts_form_and_pass_their_checks(found_in: FoundIn) -> None:
    found = found_in(OF_TWO_YEARS)
    seen = {
        **found,
        "inventory/inventory_organisation": inventory(),
        "spend/ledger_totals": door(found["spend/spend_reconciliation"]),
        "spend/spend_refused": NOBODY,
        PUBLISHED_MAPPING: found["spend/spend_mapping"],
    }
    for key in KEYS:
        to_arrow(found[key], table(key))
        assert not found[key].duplicated(list(table(key).primary_key)).any(), key
        for result in run_checks(key, seen):
            assert result.passed or result.severity == "WARN", result


EVERYBODY_NAMED = TOWNS.add(ROWS, supplier_threshold_sek=0)


@pytest.mark.parametrize(
    "key", ["spend/spend_by_category", "spend/spend_by_unit", "spend/spend_by_supplier", "spend/spend_by_contract"]
)
def test_a_lost_row_is_noticed(found_in: FoundIn, key: str) -> None:
    found = found_in(EVERYBODY_NAMED)
    found[key] = found[key].iloc[1:]
    counted, kept = run_checks(
        "spend/spend_reconciliation",
        {**found, "spend/ledger_totals": door(found["spend/spend_reconciliation"]), "spend/spend_refused": NOBODY},
    )
    assert not counted.passed
    assert counted.severity == "ERROR"
    assert kept.passed


def test_a_lost_krona_is_noticed(usual: Tables) -> None:
    before = door(usual["spend/spend_reconciliation"])
    usual["spend/spend_reconciliation"] = usual["spend/spend_reconciliation"].iloc[:-1]
    kept = run_checks(
        "spend/spend_reconciliation", {**usual, "spend/ledger_totals": before, "spend/spend_refused": NOBODY}
    )[1]
    assert not kept.passed
    assert kept.severity == "ERROR"


AT_THE_DOOR = [("quarantined", 0, "quarantined", 2, 500), ("overlap", 2023, "duplicate", 1, 70)]
KEPT_OUT = TOWNS.add(
    ROWS,
    passed=[
        {
            "year": year,
            "rule": rule,
            "rule_kind": kind,
            "ledger_lines": lines,
            "amount_ore": ore,
            "amount_sek": ore / 100,
            "rule_reason": "because",
            "is_stale": False,
        }
        for rule, year, kind, lines, ore in AT_THE_DOOR
    ],
)


def test_what_the_door_kept_out_stands_in_the_balance(found_in: FoundIn) -> None:
    balance = found_in(KEPT_OUT)["spend/spend_reconciliation"]
    found = {row.rule: (row.year, row.rule_kind, row.ledger_lines, row.amount_ore) for row in balance.itertuples()}
    assert found["quarantined"] == (0, "quarantined", 2, 500)
    assert found["overlap"] == (2023, "duplicate", 1, 70)
    assert found["classified"][1:] == ("counted", 4, 340_000)


def door(balance: pd.DataFrame) -> pd.DataFrame:
    """What the door would have said of the same lines."""
    rows = balance.replace({"rule": {"classified": "counted", "unmapped": "counted"}})
    keys = ["municipality_code", "year", "rule", "rule_kind", "rule_reason"]
    return rows.groupby(keys, as_index=False)[["ledger_lines", "amount_ore", "amount_sek"]].sum()


def test_a_part_that_does_not_sum_is_noticed(usual: Tables) -> None:
    usual["spend/spend_by_category"] = usual["spend/spend_by_category"].assign(footprint_activity_t_co2e=1.0)
    results = run_checks("spend/spend_by_category", {**usual, "inventory/inventory_organisation": inventory()})
    assert [result.passed for result in results] == [False, False, False]
    assert len(results) == len(CHECKS["spend/spend_by_category"])


def test_the_factors_in_use_are_listed_with_their_sources(found_in: FoundIn) -> None:
    """429.23 kg per 1000 EUR of 2023 at 11.48 SEK: 0.0373894 kg per krona of 2023, x 403.70 / 371.91 for one of 2022."""
    found = found_in(OF_TWO_YEARS)
    row = found["spend/spend_factors"].set_index(["year", "spend_category"]).loc[(2022, "food_products")]
    assert row["kg_co2e_per_sek"] == pytest.approx(429.23 / 1000 / 11.48 * 403.70 / 371.91)
    assert (row["factor_value"], row["factor_unit"], row["exchange_rate"]) == (429.23, "kg CO2e/1000 EUR", 11.48)
    assert (row["index_value"], row["index_factor_year"], row["price_index"]) == (371.91, 403.70, "kpi")
    assert row["licence"] == "CC BY-SA 4.0" and "FIGARO" in row["source"]
    assert "SCB" in row["index_source"] and "Riksbank" in row["exchange_rate_source"]


def test_a_factor_that_does_not_explain_is_noticed(usual: Tables) -> None:
    usual["spend/spend_factors"] = usual["spend/spend_factors"].assign(kg_co2e_per_sek=1.0)
    result = run_checks("spend/spend_factors", usual)[0]
    assert not result.passed and result.severity == "ERROR"


_LINES = st.lists(
    st.builds(
        lambda number, ore, year, month, unit, cpv, who, rule: line(
            number,
            amount_ore=ore,
            year=year,
            month=month,
            unit=unit,
            cpv=cpv,
            supplier_id=f"55600000{who:02d}",
            supplier_name=f"Bolag {who}",
            left_out_rule=rule,
        ),
        st.integers(1, 10**6),
        st.integers(-(10**10), 10**10),
        st.sampled_from([2021, 2022, 2023]),
        st.integers(1, 12),
        st.sampled_from(["", "A", "B"]),
        st.sampled_from(["", "15000000", "09310000", "45000000"]),
        st.integers(0, 5),
        st.sampled_from(["", "", "wages"]),
    ),
    min_size=1,
    max_size=40,
)
_SLOW = examples(12)


def all_tables(*towns: list[dict[str, object]], parts: tuple[int, ...] = (1,)) -> list[dict[str, str]]:
    """All that is told of towns with these lines, in so many files each, but for their codes."""
    together = Towns()
    codes = [together.add(rows, parts=n, supplier_threshold_sek=1000) for rows, n in zip(towns, parts, strict=True)]
    with TemporaryDirectory() as folder:
        found_in = together.computed(Path(folder))
    return [
        {key: frame.drop(columns="municipality_code").to_csv() for key, frame in found_in(code).items() if key in KEYS}
        for code in codes
    ]


@_SLOW
@given(rows=_LINES, data=st.data())
def test_order_files_and_repetition_change_nothing(rows: list[dict[str, object]], data: st.DataObject) -> None:
    """To the last digit: what is summed are whole oere and milligrams."""
    shuffled = data.draw(st.permutations(rows))
    once, in_other_order = all_tables(rows, shuffled, parts=(1, data.draw(st.integers(1, 4))))
    assert in_other_order == once
    assert all_tables(rows) == [once]


def test_shares_of_many_suppliers_are_the_same_in_any_order() -> None:
    """A sum of fractions depends on its order, and a database hands groups out in any."""
    rows = [
        line(number, amount_ore=10**6 + 77_777_777 * number % 499_999_993, cpv=cpv, supplier_id=f"55600000{number:02d}")
        for number, cpv in enumerate(("15000000", "09310000", "45000000", "15000000") * 5)
    ]
    once, *turned = all_tables(
        rows,
        *(rows[turn:] + rows[:turn] for turn in range(1, 8)),
        parts=(1, *(turn % 4 + 1 for turn in range(1, 8))),
    )
    for turn, found in enumerate(turned, start=1):
        assert found == once, turn


@_SLOW
@given(rows=_LINES)
def test_a_ledger_and_its_credit_notes_are_nothing(rows: list[dict[str, object]]) -> None:
    mirrored = [*rows, *({**row, "amount_ore": -row["amount_ore"]} for row in rows)]
    with TemporaryDirectory() as folder:
        found = computed(Path(folder), mirrored)
    for key in KEYS:
        for column in ("spend_sek", "spend_real_sek", "mapped_sek", "footprint_t_co2e", "amount_sek"):
            if column in found[key] and key != "spend/spend_sensitivity":
                assert not found[key][column].fillna(0).any(), (key, column)
