"""The published tables of the spend analysis: formula, inputs with sources, and ledgers; nothing about persons."""

import json
import re
import sqlite3
from contextlib import closing

import pytest

from klimat_pipeline.contracts import PUBLISHED
from klimat_pipeline.explanations import EXPLAINED, Node, as_json, explain
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.explained import altered, child, disagreeing, nodes, statements, text_of
from klimat_pipeline_tests.support.for_each import for_each

EXAMPLE = {"municipality_code": "9999", "year": "2022"}
SPEND = [name for name in EXPLAINED if name.startswith("spend_")]
#: Tables that the example has rows of.
FILLED = [name for name in SPEND if name not in ("spend_replaced", "spend_sensitivity")]


def every(settings: Settings, table: str, step: int = 5) -> list[Node]:
    """Trees of every fifth row."""
    key = PUBLISHED[table].primary_key
    with closing(sqlite3.connect(settings.published_dir / "klimat.sqlite")) as database:
        rows = database.execute(f"SELECT {', '.join(key)} FROM {table} ORDER BY {', '.join(key)}").fetchall()
    return [explain(settings, table, dict(zip(key, map(str, row), strict=True))) for row in rows[::step]]


@for_each(table=FILLED)
def test_every_figure_follows_from_what_is_shown(settings: Settings, table: str) -> None:
    trees = every(settings, table)
    assert trees
    for tree in trees:
        assert disagreeing(tree) == []
        assert nodes(tree, "formula")
        assert nodes(tree, "ledgers") or tree.value is None or table in ("spend_factors", "spend_quality")


@for_each(table=FILLED)
def test_no_person_and_no_line_is_shown(settings: Settings, table: str) -> None:
    for tree in every(settings, table, step=11):
        shown = json.dumps(as_json(tree), ensure_ascii=False)
        assert not re.search(r"\bp:[0-9a-f]{8}|\b\d{6}[-+]\d{4}\b", shown)


def test_a_category_down_to_factor_rate_index_and_file(settings: Settings) -> None:
    """517.50 kg per 1000 EUR / 11.48 SEK x 403.70 / 371.91 = 0.0489316 kg per krona of 2022."""
    tree = explain(settings, "spend_by_category", {**EXAMPLE, "spend_category": "chemicals"})
    terms = child(tree, "factor, rate and index")
    assert terms.value == pytest.approx(48.9316, rel=1e-5)
    factor, rate, index = terms.children
    assert (factor.value, factor.unit) == (517.5, "kg CO2e/1000 EUR")
    assert factor.detail["licence"] == "CC BY-SA 4.0" and "FIGARO" in str(factor.detail["source"])
    assert rate.value == 11.48 and "Riksbank" in str(rate.detail["source"])
    assert (index.detail["price_year"], index.detail["year_of_purchase"]) == (403.7, 371.91)
    assert "SCB" in str(index.detail["source"])
    (file,) = child(tree, "ledgers").children
    assert file.label == "9999_example/ledger/ledger_2022.csv"
    assert len(str(file.detail["sha256"])) == 16 and file.detail["ledger_lines"] == 1200
    assert "kg CO2e/1000 SEK" in text_of(tree)


def test_what_is_unmapped_has_no_factor(settings: Settings) -> None:
    tree = explain(settings, "spend_by_category", {**EXAMPLE, "spend_category": "unmapped"})
    assert child(tree, "no factor").value == "unmapped: no emissions are guessed"
    assert tree.value is None


def test_a_factor_that_was_changed_is_noticed(changed: Settings) -> None:
    altered(changed, "UPDATE spend_factors SET factor_value = factor_value * 2 WHERE spend_category = 'chemicals'")
    tree = explain(changed, "spend_by_category", {**EXAMPLE, "spend_category": "chemicals"})
    assert disagreeing(tree) == ["kronor x kg per krona DOES NOT AGREE with the spend part"]


def test_a_krona_that_went_missing_is_noticed(changed: Settings) -> None:
    key = {"municipality_code": "9999", "year": "2022", "rule": "classified"}
    assert len(statements(explain(changed, "spend_reconciliation", key))) == 1
    altered(
        changed, "UPDATE spend_reconciliation SET amount_ore = amount_ore - 1 WHERE rule = 'classified' AND year = 2022"
    )
    assert disagreeing(explain(changed, "spend_reconciliation", key)) == [
        "all rules and years DOES NOT AGREE with what the files hold"
    ]


def test_a_rank_shows_the_share_of_all_before_it(settings: Settings) -> None:
    tree = explain(settings, "spend_hotspots", {**EXAMPLE, "hotspot_kind": "category", "hotspot_rank": "3"})
    shares = child(tree, "shares of 3 ranks")
    assert shares.unit == "%" and shares.detail["agrees"]
    assert child(tree, "row of spend_by_category").detail["agrees"]


def test_replacements_and_other_sets(changed: Settings) -> None:
    with closing(sqlite3.connect(changed.published_dir / "klimat.sqlite")) as database:
        (publication,) = database.execute("SELECT DISTINCT publication_id FROM spend_trend").fetchone()
    altered(
        changed,
        "INSERT INTO spend_replaced VALUES ('9999', 2022, 'heat', 'activity', 3, 1000.0, 5.0, 2.0, 'AR5', "
        f"'inventory/inventory_organisation: district_heat', 'metered', 0, '{publication}')",
        "UPDATE spend_by_category SET replaced_sek = 1000 WHERE spend_category = 'energy_supply'",
        f"INSERT INTO spend_sensitivity VALUES ('9999', 2022, 'usepa_2022', 'not stated', 10.0, 1.0, NULL, 0, '{publication}')",
    )
    tree = explain(changed, "spend_replaced", {**EXAMPLE, "replacement_id": "heat"})
    assert (tree.value, child(tree, "kronor replaced").value, child(tree, "in place of").value) == (2.0, 1000.0, 5.0)
    used = explain(changed, "spend_by_category", {**EXAMPLE, "spend_category": "energy_supply"})
    assert child(used, "activity heat").detail["source"] == "inventory/inventory_organisation: district_heat"
    other = explain(changed, "spend_sensitivity", {**EXAMPLE, "factor_set": "usepa_2022"})
    assert (other.value, child(other, "kronor").value) == (1.0, 10.0)
