"""A corrected export beside the first: the later one counts, voucher by voucher, or both are refused with the list."""

from pathlib import Path

import pytest

from klimat_pipeline.errors import ProblemsError
from klimat_pipeline_tests.unit.spend.ledger.test_sie import HEAD, voucher
from klimat_pipeline_tests.unit.spend.ledger.test_store import total
from klimat_pipeline_tests.unit.spend.small import ledger, line, read_folder


def folder(tmp_path: Path, **files: str) -> Path:
    place = tmp_path / "m" / "ledger"
    place.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (place / name.replace("_", ".")).write_text(content)
    return tmp_path / "m"


JANUARY = HEAD + voucher(1, "1000.00") + voucher(2, "5000.00", day="20230120") + voucher(3, "300.00", day="20230131")
CORRECTED = """#VER A 2 20230120 "Faktura 2"
{
#BTRANS 6410 {} 5000.00
#RTRANS 6410 {} 500.00
#TRANS 6410 {} 500.00
#BTRANS 2440 {} -5000.00
#RTRANS 2440 {} -500.00
#TRANS 2440 {} -500.00
}
"""
YEAR = (
    HEAD
    + voucher(1, "1000.00")
    + CORRECTED
    + voucher(3, "300.00", day="20230131")
    + voucher(4, "700.00", day="20230215")
)


@pytest.mark.parametrize(("first", "second"), [("a", "b"), ("b", "a")])
def test_the_export_that_reaches_further_is_the_later_one(tmp_path: Path, first: str, second: str) -> None:
    """1000 + 500 + 300 + 700; of January all three vouchers, 6,300 kronor, are in the second export."""
    place = folder(tmp_path, **{f"{first}_se": JANUARY, f"{second}_se": YEAR})
    found = total(place, tmp_path / "s")
    assert found == {"counted": (4, 2500_00), "liabilities": (4, -2500_00), "overlap": (6, 0)}
    told = [warning for report in read_folder(place, tmp_path / "s") for warning in report.warnings]
    assert any("1 vouchers" in w and "A2 (5,000.00 before, 500.00 after)" in w for w in told)


def test_the_day_of_export_goes_before_the_reach(tmp_path: Path) -> None:
    """The year was exported in March, January corrected in April: 1000 + 5000 + 300 + 700."""
    april, march = "#GEN 20230401\n", "#GEN 20230301\n"
    place = folder(tmp_path, a_se=JANUARY.replace(HEAD, HEAD + april), b_se=YEAR.replace(HEAD, HEAD + march))
    assert total(place, tmp_path / "s")["counted"] == (4, 7000_00)


ROWS = [line(f"V{n}", f"{n},00", f"2023-01-{n:02d}", invoice=f"F{n}") for n in range(1, 11)]
CHANGED = [*ROWS[:4], line("V5", "500,00", "2023-01-05", invoice="F5"), *ROWS[5:]]


def test_where_neither_tells_both_are_named_with_the_vouchers(tmp_path: Path) -> None:
    place = folder(tmp_path, a_csv=ledger(*ROWS), b_csv=ledger(*CHANGED))
    with pytest.raises(
        ProblemsError, match=r"1 vouchers stand in .* with other lines.*V5 \(500.00 before, 5.00 after\)"
    ):
        read_folder(place, tmp_path / "s")
    assert total(place, tmp_path / "s", overlap="keep")["counted"] == (20, 605_00)
    (place / "ledger" / "a.csv").unlink()
    assert total(place, tmp_path / "s") == {"counted": (10, 550_00)}


def test_a_longer_csv_corrects_a_shorter_one(tmp_path: Path) -> None:
    february = line("V20", "20,00", "2023-02-01", invoice="F20")
    place = folder(tmp_path, a_csv=ledger(*ROWS), b_csv=ledger(*CHANGED, february))
    assert total(place, tmp_path / "s") == {"counted": (11, 570_00), "overlap": (10, 55_00)}


def test_without_vouchers_the_invoice_is_the_voucher(tmp_path: Path) -> None:
    rows, changed = ([row.replace(f";V{n};", ";;", 1) for n, row in enumerate(some, 1)] for some in (ROWS, CHANGED))
    february = line("", "20,00", "2023-02-01", invoice="F20")
    place = folder(tmp_path, a_csv=ledger(*rows), b_csv=ledger(*changed, february))
    assert total(place, tmp_path / "s") == {"counted": (11, 570_00), "overlap": (10, 55_00)}


def test_an_export_in_which_most_lines_were_changed_is_refused(tmp_path: Path) -> None:
    doubled = [line(f"V{n}", f"{n + 1},00", f"2023-01-{n:02d}", invoice=f"F{n}") for n in range(1, 11)]
    place = folder(tmp_path, a_csv=ledger(*ROWS), b_csv=ledger(*doubled))
    with pytest.raises(ProblemsError, match="10 vouchers stand in"):
        read_folder(place, tmp_path / "s")


def test_other_ledgers_with_the_same_numbers_are_others(tmp_path: Path) -> None:
    """Another company counts its vouchers from 1 too."""
    other = [line(f"V{n}", f"{n},00", f"2023-01-{n + 10:02d}", invoice=f"G{n}") for n in range(1, 11)]
    place = folder(tmp_path, a_csv=ledger(*ROWS, line("V30", day="2023-01-25")), b_csv=ledger(*other))
    assert total(place, tmp_path / "s") == {"counted": (21, 210_00)}
