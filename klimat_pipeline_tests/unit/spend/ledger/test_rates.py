"""Foreign amounts where a ledger is read: the same rates as the factors', and what stands in for one is said."""

from pathlib import Path

from klimat_pipeline_tests.unit.spend.small import balance, read_folder

HEADER = "datum;verifikationsnummer;leverantor;leverantor_id;konto_nr;konto_text;belopp;valuta\n"


def ledger(folder: Path, *lines: str) -> Path:
    (folder / "ledger").mkdir(parents=True)
    text = "".join(f"{line}\n" for line in lines)
    (folder / "ledger" / "l.csv").write_text(HEADER + text, encoding="utf-8")
    return folder


def line(number: int, day: str, amount: str, currency: str) -> str:
    return f"{day};V{number};Firma AB;556677-8899;6431;Livsmedel;{amount};{currency}"


def test_a_municipalitys_own_rate_counts_where_its_ledger_is_read(tmp_path: Path) -> None:
    """100 EUR at 12.00, as spend.yaml says; the shipped rate of 2023 is 11.48."""
    rows = [line(n, "2023-03-01", "100,00", "EUR") for n in range(3)]
    (shipped,) = read_folder(ledger(tmp_path / "a", *rows), tmp_path / "store_a")
    assert balance(shipped)["counted"] == (3, 3 * 1_148_00)
    folder = ledger(tmp_path / "b", *rows)
    own = "exchange_rates:\n  - {year: 2023, currency: EUR, sek_per_unit: 12.0, source: ours}\n"
    (folder / "spend.yaml").write_text(own, encoding="utf-8")
    (found,) = read_folder(folder, tmp_path / "store_b")
    assert balance(found)["counted"] == (3, 3 * 1_200_00)


def test_a_year_without_a_rate_has_the_last_one_and_says_so(tmp_path: Path) -> None:
    """11.0663 of 2025 stands in for 2031: 100 EUR are 1,106.63 kronor; there is no rate before the first one."""
    rows = [line(1, "2031-03-01", "100,00", "EUR"), line(2, "1999-03-01", "100,00", "EUR")]
    (found,) = read_folder(ledger(tmp_path / "c", *rows), tmp_path / "store")
    assert balance(found)["counted"] == (1, 1_106_63)
    assert "exchange rate of EUR of 2025 stands in for 2031" in found.remarks
    (problem,) = found.problems
    assert problem.line == 3
