"""``klimat ledger``: what a look at a file says, and that it keeps nothing."""

import json
from pathlib import Path

from typer.testing import CliRunner

from klimat_pipeline.cli.ledger import app
from klimat_pipeline_tests.unit.spend.small import HEADER, ledger, line


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


def test_json_says_the_same_and_its_parts_are_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    rows = [line(f"V{n}", "10,00") for n in range(200)]
    wages = line("V201", "5,00", account="5010")
    total = ";;Summa;;;;2005,00;;;"
    path.write_text(ledger(*rows, wages, total, line("V202", "abc"), HEADER))
    done = CliRunner().invoke(app, ["check", str(path), "--json"])
    assert done.exit_code == 0
    said = json.loads(done.output)
    assert said["accepted"] is True
    assert said["in"] == {"lines": 202, "amount_ore": 200_500, "amount_sek": 2005.0}
    assert said["counted"] == {"lines": 200, "amount_ore": 200_000, "amount_sek": 2000.0}
    assert said["left_out"] == [{"rule": "wages", "kind": "wages", "lines": 1, "amount_ore": 500, "amount_sek": 5.0}]
    assert said["no_lines"] == {"blank": 0, "repeated_headers": 1, "control_sums": 1}
    assert said["columns"]["amount"] == "belopp"
    assert [problem["line"] for problem in said["quarantined"]["problems"]] == [204]
    parts = [said["counted"], *said["left_out"], said["quarantined"], said["duplicates"], said["vat_in_amounts"]]
    for what in ("lines", "amount_ore"):
        assert sum(part[what] for part in parts) == said["in"][what]


def test_json_of_a_refused_file_says_why(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text("a;b\n1;2\n")
    done = CliRunner().invoke(app, ["check", str(path), "--json"])
    assert done.exit_code == 1
    said = json.loads(done.output)
    assert (said["accepted"], said["file"]) == (False, "l.csv")
    assert "no header found" in said["refusal"]
    path.write_text(ledger(line(), line(amount="abc")))
    said = json.loads(CliRunner().invoke(app, ["check", str(path), "--json"]).output)
    assert (said["accepted"], said["quarantined"]["lines"]) == (False, 1)
    assert "1 of 2 lines (50.00 %) do not pass" in said["refusal"]


def test_what_costs_much_is_said_before_all_else(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text("Datum;Konto;Belopp\n2023-01-31;6431;1,00\n")
    said = CliRunner().invoke(app, ["check", str(path)]).output
    assert said.index("look: no column for the supplier's organisation number") < said.index("read as:")


def test_files_of_a_folder_are_held_against_each_other_as_in_a_run(tmp_path: Path) -> None:
    rows = [(f"V{n}", n, f"2023-03-{n % 28 + 1:02}") for n in range(20)]
    (tmp_path / "net.csv").write_text(ledger(*(line(name, f"{100 + n},00", day) for name, n, day in rows)))
    with_vat = ledger(*(line(name, f"{125 + 1.25 * n:.2f}".replace(".", ","), day) for name, n, day in rows))
    (tmp_path / "gross.csv").write_text(with_vat)
    done = CliRunner().invoke(app, ["check", str(tmp_path), "--json"])
    assert done.exit_code == 1
    said = {one["file"]: one for one in json.loads(done.output)}
    refusal = said["net.csv"]["refusal"] or said["gross.csv"]["refusal"]
    assert "the amounts of gross.csv include VAT: a copy in another form" in refusal
    assert "the run would stop" in CliRunner().invoke(app, ["check", str(tmp_path)]).output


def test_lines_of_two_files_and_bytes_of_two_files_count_once(tmp_path: Path) -> None:
    rows = [line(f"V{n}", "10,00", f"2023-03-{n + 1:02}") for n in range(20)]
    (tmp_path / "march.csv").write_text(ledger(*rows))
    (tmp_path / "march (1).csv").write_text(ledger(*rows))
    (tmp_path / "spring.csv").write_text(ledger(*rows, line("V20", "7,00", "2023-04-02")))
    done = CliRunner().invoke(app, ["check", str(tmp_path), "--json"])
    said = {one["file"]: one for one in json.loads(done.output)}
    assert done.exit_code == 0
    assert sum(one["counted"]["amount_ore"] for one in said.values()) == 20_700
    assert {name: one["status"] for name, one in said.items()} == {
        "march (1).csv": "overlaps spring.csv",
        "march.csv": "same_bytes_as march (1).csv",
        "spring.csv": "read",
    }
