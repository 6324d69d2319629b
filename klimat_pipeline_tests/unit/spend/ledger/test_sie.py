"""SIE 4: what the file says of itself is held against its transactions; other charts and currencies; empty years."""

from pathlib import Path

import pytest

from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline_tests.unit.spend.small import balance, read, read_folder, typed_lines

HEAD = '#FLAGGA 0\n#SIETYP 4\n#KONTO 6410 "Mat"\n#KONTO 2440 "Skulder"\n'


def voucher(number: int, amount: str, *, other: str | None = None, day: str = "20230115") -> str:
    return (
        f'#VER A {number} {day} "Faktura {number}"\n{{\n#TRANS 6410 {{}} {amount}\n#TRANS 2440 {{}} '
        f"{other or f'-{amount}'}\n}}\n"
    )


@pytest.mark.parametrize("kept", [2, 3, 4])
def test_a_file_that_ends_inside_a_voucher_is_refused(tmp_path: Path, kept: int) -> None:
    whole = HEAD + "#RES 0 6410 300.00\n" + voucher(1, "100.00")
    last = "\n".join(voucher(2, "200.00").split("\n")[:kept])
    with pytest.raises(
        LedgerError, match=r"ends inside voucher A2: its block is not closed.*Was it cut off"
    ) as stopped:
        read(tmp_path, whole + last, "l.se")
    if kept == 3:
        assert "voucher A2 is not zero but 200.00" in str(stopped.value)
    if kept == 2:
        assert "#RES 6410 300.00 is not met: the transactions are 100.00" in str(stopped.value)


def test_what_the_transactions_do_not_meet_is_told(tmp_path: Path) -> None:
    content = HEAD + "#RES 0 6410 300.00\n#RES 0 5010 0.00\n" + voucher(1, "100.00", other="-90.00")
    passed = read(tmp_path, content, "l.se")
    assert balance(passed) == {"counted": (1, 100_00), "liabilities": (1, -90_00)}
    assert "1 vouchers do not add up to zero: A1" in passed.warnings
    assert "#RES 6410 300.00 is not met: the transactions are 100.00" in passed.warnings


def test_a_year_without_vouchers_is_empty_and_stops_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "m" / "ledger"
    folder.mkdir(parents=True)
    (folder / "2023.se").write_text(HEAD + voucher(1, "100.00"))
    (folder / "2024.se").write_text(HEAD + "#RAR 0 20240101 20241231\n")
    read_2023, read_2024 = read_folder(tmp_path / "m", tmp_path / "s")
    assert balance(read_2023)["counted"] == (1, 100_00)
    assert (read_2024.lines, read_2024.years) == (0, [])
    assert read_2024.warnings == ["no vouchers yet in 20240101 to 20241231: the file holds no lines"]


@pytest.mark.parametrize("told", ["#SIETYP 1\n", "#SIETYP 4\n#RES 0 6410 100.00\n"])
def test_a_file_of_balances_alone_is_refused(tmp_path: Path, told: str) -> None:
    with pytest.raises(LedgerError, match="without transactions .* Export type 4"):
        read(tmp_path, "#FLAGGA 0\n" + told + '#KONTO 6410 "Mat"\n', "l.se")


BAS = (
    '#KONTO 4010 "Inkop"\n#KONTO 5010 "Lokalhyra"\n#KONTO 5020 "El for belysning"\n#KONTO 7010 "Kollektivanstallda"\n'
    '#KONTO 7610 "Utbildning"\n#KONTO 7832 "Avskr"\n#VER A 1 20230115\n{\n#TRANS 4010 {} 1.00\n#TRANS 5010 {} 2.00\n'
    "#TRANS 5020 {} 4.00\n#TRANS 7010 {} 8.00\n#TRANS 7610 {} 16.00\n#TRANS 7832 {} 32.00\n#TRANS 2440 {} -63.00\n}\n"
)


@pytest.mark.parametrize("chart", ["EUBAS97", "BAS96", "BAS2014"])
def test_a_chart_of_companies_has_rules_of_its_own(tmp_path: Path, chart: str) -> None:
    passed = read(tmp_path, f"#FLAGGA 0\n#SIETYP 4\n#KPTYP {chart}\n" + BAS, "l.se")
    expected = {
        "counted": (4, 23_00),
        "bas_wages": (1, 8_00),
        "bas_depreciation": (1, 32_00),
        "bas_balance": (1, -63_00),
    }
    assert balance(passed) == expected
    # 5010 is another account there than in Kommun-Bas, so it has another name.
    assert {row["account"] for row in typed_lines(tmp_path / "typed")} >= {"BAS 5010", "BAS 4010"}


def test_a_chart_of_companies_that_does_not_say_so_stops(tmp_path: Path) -> None:
    content = "#FLAGGA 0\n#SIETYP 4\n" + BAS.replace("Kollektivanstallda", "Löner")
    with pytest.raises(LedgerError, match="'5010 Lokalhyra' would be staff there, and '7010 Löner' is.*chart: bas"):
        read(tmp_path, content, "l.se")
    assert balance(read(tmp_path, content, "l.se", chart="bas"))["counted"] == (4, 23_00)
    assert balance(read(tmp_path, content, "l.se", chart="kommun_bas"))["wages"] == (2, 6_00)


def test_another_currency_is_converted(tmp_path: Path) -> None:
    """100 EUR of 2023 at 11.48."""
    passed = read(tmp_path, "#FLAGGA 0\n#SIETYP 4\n#VALUTA EUR\n" + voucher(1, "100.00"), "l.se")
    assert balance(passed)["counted"] == (1, 1148_00)
    assert "amounts are in EUR, converted to kronor" in passed.remarks


@pytest.mark.parametrize(
    "content",
    [
        HEAD.lower() + voucher(1, "100.00").lower(),
        "\ufeff\n" + HEAD + voucher(1, "100.00"),
        HEAD.replace("#FLAGGA 0\n", '#PROGRAM "x" 1\n') + voucher(1, "100.00"),
        (HEAD + voucher(1, "100.00")).replace("\n{", " {"),
        (HEAD + voucher(1, "100.00")).replace("\n", "\r\n"),
    ],
)
def test_spellings_of_the_format(tmp_path: Path, content: str) -> None:
    assert balance(read(tmp_path, content, "l.se"))["counted"] == (1, 100_00)


def test_sie_5_says_what_to_export(tmp_path: Path) -> None:
    xml = '<?xml version="1.0"?>\n<Sie xmlns="http://www.sie.se/sie5"><FileInfo/></Sie>'
    with pytest.raises(LedgerError, match=r"SIE 5 \(XML\). Export it as SIE 4"):
        read(tmp_path, xml, "l.sie")


OF_ONE = '#FLAGGA 0\n#SIETYP 4\n#ORGNR 212000-1157\n#FNAMN "Kommun"\n#RAR 0 20230101 20231231\n#KONTO 6410 "Mat"\n'


@pytest.mark.parametrize(
    ("said", "other"),
    [
        ("#ORGNR 212000-1157", "#ORGNR 556677-8899"),
        ('#FNAMN "Kommun"', '#FNAMN "Bolag"'),
        ("#RAR 0 20230101 20231231", "#RAR 0 20240101 20241231"),
        ('#KONTO 6410 "Mat"', '#KONTO 6410 "Löner"'),
    ],
)
def test_two_exports_in_one_file_are_refused(tmp_path: Path, said: str, other: str) -> None:
    """The later names would be those of the first company's accounts too: its food would be wages."""
    first = OF_ONE + voucher(1, "100.00")
    with pytest.raises(
        LedgerError, match=rf"{other.split(maxsplit=1)[0]}.* is not what it is on line .*Split it before line 12,"
    ):
        read(tmp_path, first + OF_ONE.replace(said, other) + voucher(2, "50.00"), "l.se")


def test_two_months_of_one_company_may_stand_in_one_file(tmp_path: Path) -> None:
    """100 + 50; the same two vouchers once more are the file twice."""
    content = OF_ONE + voucher(1, "100.00") + OF_ONE + voucher(2, "50.00")
    assert balance(read(tmp_path, content, "l.se"))["counted"] == (2, 150_00)
    with pytest.raises(
        LedgerError, match=r"2 vouchers stand twice.*A1 from lines 9 and 31 on. Take one of the two out"
    ):
        read(tmp_path, content * 2, "l.se")


def test_a_number_may_stand_again_with_other_lines(tmp_path: Path) -> None:
    """In another year, with another amount or more lines, or where none has a number: 4 x 100 + 75 + 70 + 2 x 30."""
    longer = voucher(1, "70.00").replace("\n}", "\n#TRANS 6410 {} 5.00\n#TRANS 2440 {} -5.00\n}")
    again = voucher(1, "100.00") + voucher(1, "100.00", day="20240115") + longer + voucher(1, "70.00")
    nameless = "".join(voucher(number, "30.00").replace("A 7", 'A ""') for number in (7, 7))
    content = HEAD + again + nameless + voucher(0, "100.00") * 2
    assert balance(read(tmp_path, content, "l.se"))["counted"] == (9, 605_00)


def test_a_brace_may_stand_in_an_object(tmp_path: Path) -> None:
    """A voucher each, numbered from 1."""
    spelt = ('{1 "Skola } norr"}', '{1 "Skola \\" } norr"}', '{"1" "Skola { norr" "6" "P1"}', "{1 Skola\\}norr}")
    vouchers = (voucher(n, "100.00").replace("6410 {}", f"6410 {one}") for n, one in enumerate(spelt, start=1))
    assert balance(read(tmp_path, HEAD + "".join(vouchers), "l.se"))["counted"] == (4, 400_00)
    lines = typed_lines(tmp_path / "typed")
    units = [{line["unit"][:5] for line in lines if line["voucher"] == f"A{n}"} for n in range(1, 5)]
    assert dict(zip(spelt, units, strict=True)) == {one: {"Skola", ""} for one in spelt}


def test_braces_may_stand_beside_a_transaction(tmp_path: Path) -> None:
    """A voucher each, numbered from 1, and one of 50 kronor behind it; the brace of a text ends no voucher."""
    changes = (
        ("-100.00\n}", "-100.00 }"),
        ("-100.00\n}", "-100.00}"),
        ("{\n#TRANS", "{ #TRANS"),
        ("-100.00\n}", '-100.00 "" "a }"\n}'),
    )
    vouchers = [
        voucher(n, "100.00").replace(*change) + voucher(n + 10, "50.00") for n, change in enumerate(changes, start=1)
    ]
    assert balance(read(tmp_path, HEAD + "".join(vouchers), "l.se"))["counted"] == (8, 600_00)
    amounts = {
        line["voucher"]: line["amount_ore"] for line in typed_lines(tmp_path / "typed") if line["account"] == "6410"
    }
    pairs = [(amounts.get(f"A{n}"), amounts.get(f"A{n + 10}")) for n in range(1, 5)]
    assert dict(zip(changes, pairs, strict=True)) == dict.fromkeys(changes, (100_00, 50_00))


def test_a_voucher_on_one_line_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="l.se:5: the whole voucher A1 stands on one line. Put every #TRANS"):
        read(tmp_path, HEAD + voucher(1, "100.00").replace("\n", " ") + "\n" + voucher(2, "50.00"), "l.se")
