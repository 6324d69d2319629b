"""A realistic chart of a municipality, without a table of its own: how much of its money is understood, and rightly."""

import csv
import shutil
from pathlib import Path

import pandas as pd

from klimat_pipeline.contracts import table
from klimat_pipeline.spend.ledger.store import SpendStore
from klimat_pipeline.spend.results.all_tables import spend_results
from klimat_pipeline_tests.support.shared import shared_path
from klimat_pipeline_tests.unit.spend.purchases import REFERENCE, inventory, no_local_mappings
from klimat_pipeline_tests.unit.spend.small import read_folder

OUT = "OUT"


def test_most_of_the_money_is_mapped_and_hardly_any_of_it_wrong(tmp_path: Path) -> None:
    case = shared_path("cases", "40-kommunbas")
    (tmp_path / "folder" / "ledger").mkdir(parents=True)
    shutil.copy(case / "ledger.csv", tmp_path / "folder" / "ledger")
    read_folder(tmp_path / "folder", tmp_path / "store")
    made = spend_results(
        SpendStore(tmp_path / "store").dataset,
        REFERENCE,
        no_local_mappings(),
        {},
        passed=pd.DataFrame(columns=table("spend/ledger_totals").column_names),
        organisation=inventory(),
        population=pd.DataFrame(columns=["municipality_code", "year", "population"]),
    )
    mapping = made["spend/spend_mapping"].set_index("account")
    with (case / "accounts_expected.csv").open(encoding="utf-8") as file:
        expected = {row["account"]: row["true"].split("|") for row in csv.DictReader(file, delimiter=";")}
    is_purchase = [account for account in mapping.index if expected[account] != [OUT]]
    kronor = {"right": 0.0, "wrong": 0.0, "unmapped": 0.0}
    for account in is_purchase:
        category = mapping.at[account, "category"]
        said = OUT if category == "left_out" else category
        how = "right" if said in expected[account] else "unmapped" if category == "unmapped" else "wrong"
        kronor[how] += mapping.at[account, "amount_sek"]
    whole = sum(kronor.values())
    assert kronor["right"] / whole >= 0.85
    assert kronor["wrong"] / whole <= 0.03
    others = set(mapping.index) - set(is_purchase)
    assert {mapping.at[account, "category"] for account in others} <= {"left_out", "unmapped"}
