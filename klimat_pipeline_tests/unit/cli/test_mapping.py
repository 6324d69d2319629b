"""``klimat ledger unmapped`` and ``mapping``: expected rows are the lines written here, the larger first."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from klimat_pipeline.cli.mapping import app, asked
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.settings import Settings
from klimat_pipeline.spend.results.unmapped import as_csv, unmapped_accounts, unmapped_suppliers
from klimat_pipeline_tests.support.ledgers import line, write_lines

ROWS = [
    line(1, amount_ore=100_00, account="9901", account_text="=cmd|' /C calc'!A0"),
    line(2, amount_ore=-900_00, account="9902", account_text="Okänt"),
    line(3, amount_ore=700_00, account="9903", account_text="Okänt", municipality_code="9999"),
]


def unmapped_csv(settings: Settings, root: Path, municipality: str, *, suppliers: bool = False) -> str:
    return as_csv(asked(settings, root, municipality, unmapped_suppliers if suppliers else unmapped_accounts))


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder whose ledgers were read."""
    monkeypatch.setenv("KLIMAT_DATA_DIR", str(tmp_path))
    write_lines(Path(Settings().intermediate_dir) / "spend" / "ledger", ROWS)
    return tmp_path


def invoked(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


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


def test_the_command_writes_the_file_for_a_spreadsheet(kept: Path) -> None:
    invoked("unmapped", "-m", "9999", "--output", str(kept / "out.csv"))
    text = (kept / "out.csv").read_bytes().decode("utf-8-sig")
    assert text.splitlines()[1] == "9999;9903;;;Okänt;1;700,0"


def test_what_was_filled_in_stays(kept: Path) -> None:
    """The file itself is the mapping that counts: the list goes below its rows and never in their place."""
    file = kept / "spend_accounts.csv"
    file.write_bytes("account_prefix;category;reason\r\n9902;textiles;å ä ö\r\n9999;;\r\n".encode("cp1252"))
    assert "1 rows to fill in to" in invoked("unmapped", "-m", "1283", "--output", str(file))
    rows = list(csv.DictReader(StringIO(file.read_bytes().decode("utf-8-sig")), delimiter=";"))
    assert [(row["account_prefix"], row["category"], row["reason"]) for row in rows] == [
        ("9902", "textiles", "å ä ö"),
        ("9901", "", ""),
    ]


def test_the_mapping_is_shown_and_written(kept: Path) -> None:
    assert "9999, 2023: 700 SEK of purchases, 0.0% of them mapped" in invoked("mapping", "-m", "9999")
    invoked("mapping", "--output", str(kept / "m.csv"))
    assert len((kept / "m.csv").read_text(encoding="utf-8-sig").splitlines()) == 4
