"""The mapping that is published: sums by hand, evidence, free text kept out, and a finding when it moves."""

import pandas as pd
import pytest

from klimat_pipeline.quality.catalogue import run_checks
from klimat_pipeline.quality.spend import PUBLISHED_MAPPING
from klimat_pipeline.spend.results.spend_mapping import moved
from klimat_pipeline_tests.support.ledgers import line
from klimat_pipeline_tests.unit.spend.purchases import ENERGY_KG_PER_SEK, electricity, food
from klimat_pipeline_tests.unit.spend.towns import FoundIn, Towns

ROWS = [
    electricity(1, 500_00),
    electricity(2, 1_500_00, month=2),
    food(3, 700_00),
    line(4, amount_ore=-900_00, account="9901", account_text="Okänt"),
    line(5, amount_ore=40_00, account="5010", account_text="Löner", left_out_rule="wages"),
]
TOWNS = Towns()
found_in = TOWNS.fixture()


BEFORE = TOWNS.add(ROWS)


def test_the_largest_first_with_evidence_and_what_it_emits(found_in: FoundIn) -> None:
    found = found_in(BEFORE)["spend/spend_mapping"]
    columns = ["account", "account_text", "amount_sek", "category", "step", "evidence"]
    assert found[columns].to_numpy().tolist() == [
        ["6110", "El", 2000.0, "energy_supply", "account_text", "text: el"],
        ["9901", "Okänt", -900.0, "unmapped", "unmapped", ""],
        ["6430", "Livsmedel", 700.0, "food_products", "cpv", "CPV 15"],
        ["5010", "Löner", 40.0, "left_out", "left_out", "wages"],
    ]
    tonnes = found.set_index("account")["emissions_t_co2e"]
    assert tonnes["6110"] == pytest.approx(2 * ENERGY_KG_PER_SEK)
    assert tonnes[["9901", "5010"]].isna().all()


FREE_TEXTS = TOWNS.add(line(n, amount_ore=1_00, account="6990", account_text=f"till person {n}") for n in range(21))


def test_free_text_in_the_place_of_an_accounts_text_is_not_shown(found_in: FoundIn) -> None:
    (row,) = found_in(FREE_TEXTS)["spend/spend_mapping"].to_dict("records")
    assert (row["account_text"], row["amount_sek"]) == ("", 21.0)


AFTER = TOWNS.add(ROWS, files={"spend_accounts": "account_prefix,category,reason\n6110,fuels,r\n9901,textiles,r\n"})


def test_a_mapping_that_moved_is_a_finding(found_in: FoundIn) -> None:
    """Two towns with the same lines stand for one town before and after it has mapped two accounts itself."""
    before = {key: frame.replace({"municipality_code": {BEFORE: AFTER}}) for key, frame in found_in(BEFORE).items()}
    after = found_in(AFTER)
    off = moved(before["spend/spend_mapping"], after["spend/spend_mapping"])
    # What was unmapped and is not any more has not moved.
    assert off[["account", "category_before", "category_after", "amount_sek"]].to_numpy().tolist() == [
        ["6110", "energy_supply", "fuels", 2000.0]
    ]
    result = run_checks("spend/spend_mapping", {**after, PUBLISHED_MAPPING: before["spend/spend_mapping"]})[1]
    assert not result.passed
    assert "6110 El: energy_supply, now fuels" in result.findings[0].message
    # What is published does not tell whether there was an earlier publication: the same finding with and without one.
    (unpublished,) = run_checks("spend/spend_mapping", {**after, PUBLISHED_MAPPING: pd.DataFrame()})[1].findings
    (unmoved,) = run_checks("spend/spend_mapping", {**after, PUBLISHED_MAPPING: after["spend/spend_mapping"]})[
        1
    ].findings
    assert unpublished == unmoved
    assert unmoved.outcome == "passed"
