"""What is no purchase: by number, by text, by the municipality's own word, and inside the group."""

from pathlib import Path

import pytest

from klimat_pipeline.configuration.ledger_rules import LedgerRule, load_rules
from klimat_pipeline.errors import ProblemsError
from klimat_pipeline.spend.left_out import account_rules, internal_ids, rule_of
from klimat_pipeline_tests.support.shared import REPOSITORY

REFERENCE = Path(REPOSITORY) / "data" / "reference"
RULES = load_rules(REFERENCE)


@pytest.mark.parametrize(
    ("account", "text", "rule"),
    [
        ("6410", "Livsmedel", ""),
        ("5010", "Löner, timanställda", "wages"),
        ("4510", "Bidrag till föreningar", "transfers"),
        ("4610", "Entreprenad", ""),
        ("79300", "Avskrivning inventarier", "depreciation"),
        ("8410", "Räntekostnader", "interest"),
        ("8010", "Kommunalskatt", "taxes"),
        ("1179", "Pågående nyanläggning", ""),  # an investment is a purchase
        ("1510", "Kundfordringar", "balance"),
        ("2640", "Ingående moms", "balance"),
        ("3110", "Avgifter", "income"),
        # Numbers of a municipality's own say nothing: the text decides.
        ("991234", "ARBETSGIVARAVGIFTER", "wages"),
        ("6990", "Fastighetsskatt", "taxes"),
        ("", "", ""),
    ],
)
def test_rule_of_an_account(account: str, text: str, rule: str) -> None:
    assert rule_of(account, text, RULES) == rule


def test_the_longest_number_and_the_municipalitys_own_rule_decide() -> None:
    own = (
        LedgerRule("counts", "account_prefix", "4519", "services bought from associations"),
        LedgerRule("own_rule", "account_prefix", "45", "another name"),
    )
    rules = (*own, *RULES)
    assert rule_of("4519", "Bidrag till föreningar", rules) == ""
    assert rule_of("4510", "Bidrag till föreningar", rules) == "own_rule"
    assert account_rules([("4519", "x"), ("5010", "Löner")], rules) == [("4519", "x", ""), ("5010", "Löner", "wages")]


def test_own_rules_are_read_from_the_folder_and_checked(tmp_path: Path) -> None:
    folder = tmp_path / "municipalities" / "1283_helsingborg"
    folder.mkdir(parents=True)
    own = folder / "ledger_rules.csv"
    own.write_text("rule_id,match,pattern,reason\ncounts,account_prefix,51,hired staff\n", encoding="utf-8")
    rules = load_rules(REFERENCE, folder)
    assert rule_of("5100", "Inhyrd personal", rules) == ""
    assert rule_of("5010", "Löner", rules) == "wages"
    own.write_text("rule_id,match,pattern,reason\nLöner,account,51,\n", encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        load_rules(REFERENCE, folder)
    assert [problem.split(": ")[1] for problem in caught.value.problems] == [
        "column rule_id",
        "column match",
        "column reason",
    ]
    assert "1283_helsingborg/ledger_rules.csv:2" in str(caught.value)


def test_numbers_of_the_group_in_every_spelling() -> None:
    assert internal_ids(["559000-9998", "16559000-9998", "5590009999"]) == ["5590009998", "5590009999"]
