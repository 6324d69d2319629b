"""What comes from files is shown as it stands there: no colours, no emoji, no lost brackets."""

from pathlib import Path

import pytest
from rich.table import Table

from klimat_pipeline.cli import terminal
from klimat_pipeline_tests.pipeline.commands import Klimat

ODD = "root:x:0 [red]a[/red] [kopia].csv [/slut]"


def test_lines_and_tables(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.headed("read", f" {ODD}")
    table = Table("column")
    table.add_row(ODD)
    terminal.out.print(ODD)
    terminal.out.print(table)
    assert capsys.readouterr().out.count(ODD) == 3


def test_an_error_that_quotes_a_file(tmp_path: Path) -> None:
    """Seen: ``:x:`` came out as an emoji; a closing bracket ended in a traceback."""
    path = tmp_path / "[kopia] passwd"
    path.write_text(ODD, encoding="utf-8")
    answer = Klimat(tmp_path / "data")("snapshot", "add", str(path))
    assert answer.code == 1
    assert "[kopia] passwd" in answer.text and ODD in answer.text


def test_a_ledger_whose_header_looks_like_markup(tmp_path: Path) -> None:
    path = tmp_path / "[kopia].csv"
    path.write_text("Datum;Belopp;[/Konto];Leverantör\n2023-01-02;100,00;6411;[b]Firma[/b]\n", encoding="utf-8")
    answer = Klimat(tmp_path / "data")("ledger", "check", str(path), "--municipality", "9999")
    assert "Traceback" not in answer.text and "[kopia].csv" in answer.text
