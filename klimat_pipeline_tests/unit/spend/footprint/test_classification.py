"""The cascade: which step decides, and that nothing is guessed."""

from pathlib import Path
from typing import Any

import pytest

from klimat_pipeline.errors import ProblemsError
from klimat_pipeline.spend.footprint.classification import cpv_category, longest_keyword, longest_prefix
from klimat_pipeline_tests.support.ledgers import line
from klimat_pipeline_tests.unit.spend.purchases import computed, own_files

ACCOUNTS = "account_prefix,category,reason\n6430,textiles,our chart\n"
SUPPLIERS = (
    "supplier_id,category,is_wholesaler,reason\n5560000002,fuels,false,fills up\n5560000003,,true,sells everything\n"
)
CONTRACTS = "contract_id,cpv,category,reason\nA17,45000000-7,,our register\nA18,,social_care,our register\n"
#: Everything that a step could decide on; the tests take one after the other away.
FULL: dict[str, Any] = {
    "cpv": "15000000-8",
    "contract_id": "A17",
    "supplier_id": "5560000002",
    "sni": "62.010",
    "account": "6430",
    "account_text": "Inköp av fjärrvärme",
}


@pytest.mark.parametrize(
    ("without", "category", "step"),
    [
        ({}, "food_products", "cpv"),
        ({"cpv": "", "contract_id": "A17"}, "construction", "contract"),
        ({"cpv": "", "contract_id": "A18"}, "social_care", "contract"),
        ({"cpv": ""}, "fuels", "supplier"),
        ({"cpv": "", "supplier_id": "5560000009"}, "it_services", "sni"),
        ({"cpv": "", "supplier_id": "5560000003"}, "textiles", "own_account"),
        ({"cpv": "", "supplier_id": "5560000009", "sni": "46310"}, "textiles", "own_account"),
        ({"cpv": "", "supplier_id": "", "sni": "", "account": "6910"}, "fuels", "account"),
        ({"cpv": "", "supplier_id": "", "sni": "", "account": "9876"}, "energy_supply", "keyword"),
        (
            {"cpv": "", "supplier_id": "", "sni": "", "account": "9876", "account_text": "Diverse"},
            "unmapped",
            "unmapped",
        ),
        ({"cpv": "99", "supplier_id": "", "sni": "99", "account": "", "account_text": ""}, "unmapped", "unmapped"),
    ],
)
def test_the_first_step_that_knows_decides(tmp_path: Path, without: dict[str, str], category: str, step: str) -> None:
    own = own_files(tmp_path, spend_accounts=ACCOUNTS, spend_suppliers=SUPPLIERS, spend_contracts=CONTRACTS)
    if "cpv" in without and "contract_id" not in without:
        without = {"contract_id": "", **without}
    found = computed(tmp_path, [line(1, amount_ore=100_00, **{**FULL, **without})], own=own)
    assert list(found["spend/by_category"]["spend_category"]) == [category]
    steps = found["spend/quality"].query("quality_aspect == 'step'")
    assert list(steps["quality_item"]) == [step]


def test_a_contract_that_says_nothing_or_too_much_is_refused(tmp_path: Path) -> None:
    header = "contract_id,cpv,category,reason\n"
    with pytest.raises(ProblemsError, match="spend_contracts.csv: A1: give a CPV code or a category, not both"):
        own_files(tmp_path, spend_contracts=f"{header}A1,,,r\n")
    with pytest.raises(ProblemsError, match="A1: give a CPV code or a category, not both"):
        own_files(tmp_path, spend_contracts=f"{header}A1,45000000,construction,r\n")
    own = own_files(tmp_path, spend_contracts=f"{header}A1,99000000,,r\n")
    with pytest.raises(ProblemsError, match="A1: CPV 99000000 has no category"):
        computed(tmp_path, [line(1, amount_ore=1, contract_id="A1")], own=own)


def test_another_municipality_has_its_own_accounts(tmp_path: Path) -> None:
    own = own_files(tmp_path, spend_accounts=ACCOUNTS)
    rows = [line(1, amount_ore=1, account="6430", municipality_code=code) for code in ("1283", "0180")]
    found = computed(tmp_path, rows, own=own)["spend/by_category"].set_index("municipality_code")
    assert found["spend_category"].to_dict() == {"0180": "food_products", "1283": "textiles"}


def test_the_longest_prefix_decides() -> None:
    assert longest_prefix("6910", {"6": "a", "691": "b", "6911": "c"}) == "b"
    assert longest_prefix("7", {"6": "a"}) is None
    assert longest_prefix("", {"6": "a"}) is None


def test_the_longest_word_decides_and_of_two_as_long_the_first_in_the_alphabet() -> None:
    assert longest_keyword("HYRA LOKAL och el", {"lokal": "a", "hyra lokal": "b"}) == "b"
    assert longest_keyword("ab cd", {"cd": "x", "ab": "y"}) == "y"
    assert longest_keyword("nothing", {"word": "x"}) is None


def test_the_check_digit_of_a_cpv_code_is_no_part_of_it() -> None:
    assert cpv_category("09310000-5", {"09": "fuels", "093": "energy_supply"}) == "energy_supply"


def test_an_unknown_category_is_refused_with_the_nearest(tmp_path: Path) -> None:
    text = "account_prefix,category,reason\n6430,food_product,typo\n"
    with pytest.raises(ProblemsError, match=r"spend_accounts.csv: column category: 'food_product' .* food_products"):
        own_files(tmp_path, spend_accounts=text)


def test_a_personal_number_cannot_be_mapped(tmp_path: Path) -> None:
    text = "supplier_id,category,is_wholesaler,reason\n8112189876,textiles,false,a person\n"
    with pytest.raises(ProblemsError, match="column supplier_id: expected the form"):
        own_files(tmp_path, spend_suppliers=text)


def test_a_model_learns_from_own_knowledge_only_and_is_the_same_twice(tmp_path: Path) -> None:
    from klimat_pipeline.spend.footprint.text_model import learned

    texts = [f"skolmat till skola {n}" for n in range(20)] + [f"bensinmack nummer {n}" for n in range(20)]
    categories = ["food_products"] * 20 + ["fuels"] * 20
    answers = learned(texts, categories, ["skolmat", "bensinmack", "qqq"])
    assert [category for category, _ in answers[:2]] == ["food_products", "fuels"]
    assert min(probability for _, probability in answers[:2]) > 0.8 > answers[2][1]
    assert answers == learned(texts, categories, ["skolmat", "bensinmack", "qqq"])


def test_a_model_classifies_what_nothing_else_knows(tmp_path: Path) -> None:
    known = [
        line(n, amount_ore=1, account="9999", account_text=f"{word} {n}", cpv=cpv)
        for word, cpv, first in (("skolbespisning", "15000000", 0), ("tankstation", "09100000", 100))
        for n in range(first, first + 20)
    ]
    asked = [line(900, amount_ore=5, account="9999", account_text="Skolbespisning centralt")]
    chosen = {"text_model": True, "text_model_min_lines": 40}
    steps = computed(tmp_path, known + asked, **chosen)["spend/quality"].set_index("quality_item")["spend_sek"]
    assert steps["text_model"] == 0.05
    few = computed(tmp_path, known + asked, **(chosen | {"text_model_min_lines": 41}))["spend/quality"]
    assert "text_model" not in set(few["quality_item"])
