"""``klimat ledger unmapped``: expected rows are the two lines written here, the larger first."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from klimat_pipeline.cli.unmapped import app, unmapped_csv
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.ledgers import line, write_lines

ROWS = [
    line(1, amount_ore=100_00, account="9901", account_text="=cmd|' /C calc'!A0"),
    line(2, amount_ore=-900_00, account="9902", account_text="Okänt"),
    line(3, amount_ore=700_00, account="9903", account_text="Okänt", municipality_code="9999"),
]


def test_only_the_municipality_asked_for_and_harmless(tmp_path: Path) -> None:
    text = unmapped_csv(Settings(), write_lines(tmp_path / "lines", ROWS), "1283")
    rows = list(csv.DictReader(StringIO(text)))
    assert [(row["account_prefix"], row["spend_sek"]) for row in rows] == [("9902", "-900.0"), ("9901", "100.0")]
    assert rows[1]["account_text"] == "'=cmd|' /C calc'!A0"


def test_suppliers_are_listed_where_asked_for(tmp_path: Path) -> None:
    text = unmapped_csv(Settings(), write_lines(tmp_path / "lines", ROWS), "1283", suppliers=True)
    rows = list(csv.DictReader(StringIO(text)))
    assert [(row["supplier_id"], row["spend_sek"]) for row in rows] == [("5560000001", "-800.0")]


def test_a_municipality_without_lines_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no ledger lines of 0180"):
        unmapped_csv(Settings(), write_lines(tmp_path / "lines", ROWS), "0180")


def test_the_command_writes_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLIMAT_DATA_DIR", str(tmp_path))
    write_lines(Path(Settings().intermediate_dir) / "spend" / "ledger", ROWS)
    done = CliRunner().invoke(app, ["unmapped", "-m", "9999", "--out", str(tmp_path / "out.csv")])
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader(StringIO((tmp_path / "out.csv").read_text(encoding="utf-8"))))
    assert [row["account_prefix"] for row in rows] == ["9903"]
