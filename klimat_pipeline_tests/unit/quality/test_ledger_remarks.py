"""Remarks about ledgers name the municipality whose ledger it is."""

import pandas as pd

from klimat_pipeline.quality.findings import parts
from klimat_pipeline.quality.ledgers import ledgers_read_beyond_doubt, quarantine_is_small


def test_whose_ledger_it_is_stands_in_the_key() -> None:
    """100 of 200 kronor in quarantine, and a warning."""
    file = {"municipality_code": "0114", "ledger_file": "0114_a/ledger/2023.csv"}
    amounts = {"ledger_lines": 2, "lines_quarantined": 1, "amount_ore": 20_000}
    files = pd.DataFrame([file | amounts | {"file_status": "read", "ledger_warnings": "days without a year"}])
    quarantine = pd.DataFrame([file | {"amount_ore": 10_000}])
    found = [
        *quarantine_is_small(
            {"spend/spend_files": files, "spend/ledger_totals": files, "spend/spend_quarantine": quarantine}
        ),
        *ledgers_read_beyond_doubt({"spend/spend_files": files}),
    ]
    assert [finding.outcome for finding in found] == ["failed", "failed"]
    assert [parts(key) for finding in found for key in finding.keys] == [file, file]
    assert [finding.municipality_codes for finding in found] == [["0114"], ["0114"]]
