"""``klimat ledger``: what a look at a file says, and that it keeps nothing."""

from pathlib import Path

from typer.testing import CliRunner

from klimat_pipeline.cli.ledger import app
from klimat_pipeline_tests.unit.spend.small import ledger, line


def test_check_says_form_balance_and_problems(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    rows = [line(f"V{n}", "10,00") for n in range(200)]
    person = line("V200", "abc", supplier="640823-3234", name="Anna Öhman")
    path.write_text(ledger(*rows, line("V201", "5,00", account="5010"), person))
    before = sorted(tmp_path.rglob("*"))
    done = CliRunner().invoke(app, ["check", str(path)])
    said = " ".join(done.output.split())
    assert done.exit_code == 0
    assert "CSV, utf-8, semicolon, decimal comma" in said
    assert "202 lines 2,005.00 SEK in" in said
    assert "200 lines 2,000.00 SEK counted" in said
    assert "1 lines 5.00 SEK left out: wages (wages)" in said
    assert "l.csv:203: column amount" in said
    assert "3234" not in said
    assert "Anna" not in said
    assert sorted(tmp_path.rglob("*")) == before


def test_check_of_a_refused_file_says_that_a_run_would_stop(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text(ledger(line(), line(amount="abc")))
    done = CliRunner().invoke(app, ["check", str(path)])
    assert done.exit_code == 1
    assert "the run would stop" in done.output


def test_example_is_the_same_twice(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        options = ["--lines", "50", "--seed", "7", "--months", "3-4"]
        assert CliRunner().invoke(app, ["example", str(tmp_path / name), *options]).exit_code == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    days = [row.split(";")[8] for row in (tmp_path / "a.csv").read_text().splitlines()[1:]]
    assert len(days) == 50
    assert {day[5:7] for day in days} == {"03", "04"}


def test_check_says_first_that_prices_are_not_there_yet(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text(ledger(line(day="2031-03-01")))
    done = CliRunner().invoke(app, ["check", str(path)])
    assert done.exit_code == 0
    assert "note: price index of 2025 stands in for 2031" in done.output
