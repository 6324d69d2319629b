"""Exports as town halls make them, each of a kind that was once read wrong without a word. Sums by hand."""

from pathlib import Path

import pytest

from klimat_pipeline.errors import KlimatError
from klimat_pipeline_tests.unit.spend.ledger.test_store import total, write
from klimat_pipeline_tests.unit.spend.small import balance, read, read_folder, typed_lines

HEAD = "Konto;Kontotext;Leverantör;Orgnr;Datum;Belopp"
RENT = "Konto;Leverantör;Orgnr;Belopp\n6010;Hyresvärden AB;556677-8899;10000,00\n6020;Telia AB;556036-0793;299,00\n"


def rows(header: str, *lines: str) -> str:
    return "\n".join((header, *lines)) + "\n"


def counted(tmp_path: Path, content: str, **settings: object) -> int:
    """Oere that count."""
    return balance(read(tmp_path, content, **settings)).get("counted", (0, 0))[1]


def refusal(tmp_path: Path, content: str) -> str:
    with pytest.raises(KlimatError) as caught:
        read(tmp_path, content)
    return str(caught.value)


# -- the same bytes under the names of several periods --


def test_the_rent_of_three_months_counts_three_times(tmp_path: Path) -> None:
    """3 x 10,299.00, in three months."""
    place = write(tmp_path / "m", **{f"leverantorer_2023-{m:02d}": RENT for m in (1, 2, 3)})
    assert total(place, tmp_path / "s") == {"counted": (6, 3 * 10_299_00)}
    assert {row["month"] for row in typed_lines(tmp_path / "s" / "spend" / "ledger")} == {1, 2, 3}
    assert total(place, tmp_path / "s") == {"counted": (6, 3 * 10_299_00)}  # as it was kept


def test_the_settings_may_tell_the_period(tmp_path: Path) -> None:
    place = write(tmp_path / "m", jan=RENT, feb=RENT, feb_igen=RENT)
    found = total(place, tmp_path / "s", periods={"jan*": "2023-01", "feb*": "2023-02"})
    assert found == {"counted": (4, 2 * 10_299_00)}


def test_with_days_the_same_bytes_are_the_same_lines(tmp_path: Path) -> None:
    content = rows(HEAD, *(f"6010;Hyra;A AB;556677-8899;2023-01-0{n};{n}00,00" for n in (1, 2, 3)))
    place = write(tmp_path / "m", **{"2023-01": content, "2023-02": content})
    assert total(place, tmp_path / "s")["counted"] == (3, 600_00)


# -- totals, and purchases that look like some --


@pytest.mark.parametrize(
    ("header", "lines", "expected"),
    [
        pytest.param(
            "Konto;Kontotext;Leverantör;Datum;Belopp",
            [
                "6410;Livs;A AB;2023-01-05;500,00",
                "7010;Drivmedel;Total Sverige AB;2023-01-06;500,00",
                "6420;Papper;B AB;2023-01-07;120,00",
            ],
            1_120_00,
            id="a supplier called Total",
        ),
        pytest.param(
            "Konto;Kontotext;Leverantör;Datum;Belopp",
            [f"{account};A AB;2023-0{n}-05;500,00" for n in range(1, 7) for account in ("6560;Transport", "6410;Livs")],
            6_000_00,
            id="an account called Transport",
        ),
        pytest.param(
            f"{HEAD};Vernr",
            [
                "6410;Livs;A AB;556677-8899;2023-01-05;500,00;V1",
                "7010;Drivmedel;Total Sverige AB;556012-5790;2023-01-06;500,00;",
            ],
            1_000_00,
            id="no voucher",
        ),
    ],
)
def test_a_purchase_may_be_as_large_as_the_one_before(
    tmp_path: Path, header: str, lines: list[str], expected: int
) -> None:
    assert counted(tmp_path, rows(header, *lines)) == expected


@pytest.mark.parametrize("total", [",,,,,375.00", "Totalresultat,,,,,375.00", "Summa,,,,,375.00"])
def test_the_sum_of_a_file_without_days_is_no_line(tmp_path: Path, total: str) -> None:
    """100 + 200 + 75."""
    lines = [
        "SKOLA,A AB,556677-8899,1,64310 LIVSMEDEL,100.00",
        "SKOLA,B AB,556036-0793,2,64310 LIVSMEDEL,200.00",
        "SKOLA,C AB,556036-0793,3,65110 PAPPER,75.00",
    ]
    content = rows("RN1/FÖRVALTNING,LEVERANTÖR,ORGANISATIO,FAKT NR,KONTO,UTFALL", *lines, total)
    passed = read(tmp_path, content, name="Orebro.2016-03.csv")
    assert balance(passed)["counted"] == (3, 375_00)
    assert passed.control_sums == 1
