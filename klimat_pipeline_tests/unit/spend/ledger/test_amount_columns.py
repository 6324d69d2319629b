"""Which column holds the amounts: beside debits or credits alone, shares, corrections and posting keys. Sums by hand."""

from pathlib import Path

import pytest

from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline_tests.unit.spend.small import ReadOnce, balance, read, typed_lines

HEAD = "Konto;Kontotext;Leverantör;Datum;Vernr"


def text(head: str, *cells: str) -> str:
    """A line for each, of a day and a voucher of its own; cells after a bar are of the voucher of the line before."""
    lines, number = [], 0
    for one in cells:
        number += not one.startswith("|")
        lines.append(f"6410;Livs;A AB;2023-01-{number + 12:02d};V{number};{one.lstrip('|')}")
    return "\n".join((f"{HEAD};{head}", *lines)) + "\n"


def counted(tmp_path: Path, content: str, **settings: object) -> float:
    return balance(read(tmp_path, content, quarantine_limit_pct=0.1, **settings))["counted"][1] / 100


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> ReadOnce:
    return ReadOnce(tmp_path_factory.mktemp("read_once"))


def counted_once(read_once: ReadOnce, content: str, **settings: object) -> float:
    """As ``counted``; of files that differ in names alone one is read."""
    return balance(read_once(content, quarantine_limit_pct=0.1, **settings)[1])["counted"][1] / 100


# -- signs --


@pytest.mark.parametrize(
    ("name", "debit", "credit"),
    [
        *(
            (name, "S", "H")
            for name in ("S/H", "Soll/Haben", "D/K", "Debet/Kredit", "Tecken", "Debit/Credit indicator")
        ),
        ("Db/Kr", "D", "K"),
        *((name, "40", "50") for name in ("Bokf.nyckel", "PK", "Posting Key", "D/K")),
        ("PK", "31", "21"),
        ("D/K", "31", "21"),
    ],
)
def test_signs_as_sap_writes_them(read_once: ReadOnce, name: str, debit: str, credit: str) -> None:
    """1,000 - 200 + 500, with a minus at the credit or without."""
    for minus in ("", "-"):
        lines = [f"1000,00;{debit}", f"{minus}200,00;{credit}", f"500,00;{debit}"]
        assert counted_once(read_once, text(f"Belopp;{name}", *lines)) == 1300


def test_suppliers_posting_keys_are_told(tmp_path: Path) -> None:
    warnings = read(tmp_path, text("Belopp;PK", "1000,00;31", "200,00;21")).warnings
    assert any("lines of 31 to 39 are taken for invoices" in one for one in warnings)


def test_amounts_of_suppliers_accounts_may_have_their_signs(tmp_path: Path) -> None:
    """An invoice of 1,000 stands as a credit, with a minus, and a credit note of 200 without one."""
    passed = read(tmp_path, text("Belopp;PK", "-1000,00;31", "200,00;21"))
    assert balance(passed)["counted"][1] == -800_00
    assert any("purchases_are_negative: true turns them" in one for one in passed.warnings)
    assert counted(tmp_path, text("Belopp;PK", "-1000,00;31", "200,00;21"), purchases_are_negative=True) == 800


def test_beside_keys_of_costs_those_of_suppliers_are_debit_and_credit(tmp_path: Path) -> None:
    """1,000 of costs less 200; the supplier's debt is left out as 1,000 less 200 on the other side."""
    content = text("Belopp;PK", "1000,00;40", "|1000,00;31", "200,00;50", "|200,00;21")
    content = content.replace(
        "6410;Livs;A AB;2023-01-13;V1;1000,00;31", "2441;Leverantörsskuld;A AB;2023-01-13;V1;1000,00;31"
    )
    content = content.replace(
        "6410;Livs;A AB;2023-01-14;V2;200,00;21", "2441;Leverantörsskuld;A AB;2023-01-14;V2;200,00;21"
    )
    assert balance(read(tmp_path, content)) == {"counted": (2, 800_00), "liabilities": (2, -800_00)}


@pytest.mark.parametrize("cells", [("11", "35", "50"), ("40", "41", "60"), ("", "21", "22x"), ("40", "11", "90")])
def test_other_codes_are_no_posting_keys(tmp_path: Path, cells: tuple[str, ...]) -> None:
    """PK may be a code of projects."""
    assert counted(tmp_path, text("Belopp;PK", *(f"100,00;{cell}" for cell in cells))) == 300


# -- debits or credits beside an amount --


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        ("Belopp;Kreditbelopp", ("1000,00;", ";200,00", "500,00;")),
        ("Belopp;Kreditbelopp", ("1000,00;0,00", "0,00;200,00", "500,00;0,00")),
        ("Belopp;Kredit", ("1000,00;-", "-;-200,00", "500,00;-")),
        ("Belopp;Kreditbelopp", ("1000,00;0,00", "-200,00;200,00", "500,00;0,00")),
        ("Belopp;Kredit", ("1000,00;-", "300,00;-")),
        ("Belopp;Debet", ("1000,00;1000,00", "-200,00;", "500,00;500,00")),
        ("Belopp debet;Belopp kredit", ("1000,00;", ";200,00", "500,00;")),
    ],
)
def test_credits_beside_amounts_are_taken_off_once(tmp_path: Path, head: str, lines: tuple[str, ...]) -> None:
    """1,000 - 200 + 500."""
    assert counted(tmp_path, text(head, *lines)) == 1300


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        ("Belopp;Kreditbelopp", ("1000,00;0,00", "200,00;200,00", "500,00;0,00")),
        ("Belopp;Debet", ("1000,00;1000,00", "200,00;", "500,00;500,00")),
        ("Belopp;Kreditbelopp", ("1000,00;100,00", "500,00;50,00")),
    ],
)
def test_a_credit_that_may_be_in_the_amount_or_not_is_asked(tmp_path: Path, head: str, lines: tuple[str, ...]) -> None:
    name = head.partition(";")[2]
    with pytest.raises(LedgerError, match=f"'Belopp' and '{name}' both hold amounts, and nothing tells which"):
        read(tmp_path, text(head, *lines))
    assert counted(tmp_path, text(head, *lines), columns={"Belopp": "amount"}) == (1500 if len(lines) == 2 else 1700)


# -- shares and corrections --


@pytest.mark.parametrize("name", ["Korrigerat belopp", "Justerat belopp", "Fördelat belopp", "Belopp efter fördelning"])
def test_a_corrected_amount_beside_the_amount_is_asked_where_they_differ(read_once: ReadOnce, name: str) -> None:
    same, other = ("1000,00;1 000,00", "500,00;500"), ("1000,00;1000,00", "500,00;250,00")
    assert counted_once(read_once, text(f"Belopp;{name}", *same)) == 1500
    assert counted_once(read_once, text(f"Belopp;{name}", "1000,00;0,00", "500,00;0,00")) == 1500
    assert counted_once(read_once, text(name, "1000,00", "500,00")) == 1500
    for head in ("Belopp", "Nettobelopp", "Belopp exkl. moms"):
        with pytest.raises(LedgerError, match=f"'{head}' and '{name}' could both be the amount"):
            read_once(text(f"{head};{name}", *other))
    assert counted_once(read_once, text(f"Belopp;{name}", *other), columns={name: "amount"}) == 1250


@pytest.mark.parametrize("name", ["Andel %", "Fördelning (%)", "Andel", "Justering", "Korrigering"])
def test_a_share_beside_the_amount_is_asked(read_once: ReadOnce, name: str) -> None:
    """Whether 1,000 at 50 per cent is 1,000 or 500."""
    content = text(f"Belopp;{name}", "1000,00;50", "500,00;50")
    with pytest.raises(LedgerError, match="nothing tells whether those of 'Belopp' are what was booked"):
        read_once(content)
    assert counted_once(read_once, content, columns={"Belopp": "amount"}) == 1500


@pytest.mark.parametrize(
    "lines",
    [
        ("1000,00;100", "500,00;100 %"),
        ("1000,00;1", "500,00;1,0"),
        ("1000,00;", "500,00;"),
        ("600,00;60", "|400,00;40", "333,33;66,67", "|166,67;33,33"),
        ("1000,00;25", "200,00;25", "300,00;12"),
        ("1000,00;skola", "500,00;vård"),
        ("1000,00;F1", "500,00;101"),
    ],
)
def test_shares_that_change_nothing_are_no_matter(tmp_path: Path, lines: tuple[str, ...]) -> None:
    """Of one; lines that were split already; rates of VAT; texts."""
    assert counted(tmp_path, text("Belopp;Andel %", *lines)) == 1500


def test_amounts_of_coding_lines_are_split_already(tmp_path: Path) -> None:
    content = text("Konterat belopp;Fakturabelopp;Andel", "1000,00;2000,00;50", "500,00;1000,00;50")
    assert counted(tmp_path, content) == 1500


def test_the_whole_amount_on_each_share_s_line_is_asked(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="column 'Andel %' holds shares or corrections"):
        read(tmp_path, text("Belopp;Andel %", "1000,00;60", "|1000,00;40"))


# -- nothing, and signs behind --


ZEROS = ("-", "–", "—", "(-)", "-,-", "-,--", "- kr", "0-", "(0)", "-0,00", "0.00", "0:-")


def amounts_of(tmp_path: Path, content: str) -> list[float]:
    """Kronor of every line, all of which must count."""
    counted(tmp_path, content)
    return [row["amount_ore"] / 100 for row in typed_lines(tmp_path / "typed")]


def test_a_dash_is_nothing(tmp_path: Path) -> None:
    """On lines between others, and in the cell beside a debit or a credit."""
    found = amounts_of(tmp_path, text("Belopp", "1000,00", *ZEROS, "500,00"))
    assert dict(zip(ZEROS, found[1:-1], strict=True)) == dict.fromkeys(ZEROS, 0)
    assert (found[0], found[-1]) == (1000, 500)
    for some in (ZEROS[:6], ZEROS[6:]):  # of all, there are not days enough
        pairs = [pair for zero in some for pair in (f"1700,00;{zero}", f"{zero};200,00")]
        found = amounts_of(tmp_path, text("Debet;Kredit", *pairs))
        debits_and_credits = zip(found[::2], found[1::2], strict=True)
        assert dict(zip(some, debits_and_credits, strict=True)) == dict.fromkeys(some, (1700, -200))


def test_a_sign_behind(tmp_path: Path) -> None:
    expected = {"10.000,00": 10_000, "1.234,50-": -1234.5, "(1 234,50)": -1234.5, "1.234,50+": 1234.5}
    found = amounts_of(tmp_path, text("Belopp", *expected))
    assert dict(zip(expected, found, strict=True)) == expected


@pytest.mark.parametrize("name", ["Belopp i lokal valuta", "Värde i rapportvaluta", "Belopp i hemvaluta"])
def test_amounts_in_the_currency_of_the_books(tmp_path: Path, name: str) -> None:
    content = text(f"Belopp i valuta;Valuta;{name}", "100,00;EUR;1148,00", "50,00;SEK;50,00")
    assert counted(tmp_path, content) == 1198


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        ("Debet SEK;Kredit SEK;Valuta", ("1000,00;;EUR", "500,00;;EUR", ";200,00;SEK")),
        (
            "Debet;Kredit;Debet valuta;Kredit valuta;Valuta",
            ("1000,00;;88,00;;EUR", "500,00;;44,00;;EUR", ";200,00;;18,00;EUR"),
        ),
        ("Debet valuta;Kredit valuta;Debet SEK;Kredit SEK", ("88,00;;1000,00;", "44,00;;500,00;", ";18,00;;200,00")),
        ("Debet;Debet SEK;Kredit SEK", ("88,00;1000,00;", "44,00;500,00;", ";;200,00")),
        ("Belopp D;Belopp K", ("1000,00;", "500,00;", ";200,00")),
    ],
)
def test_debits_and_credits_in_kronor_go_before_those_of_a_currency(
    tmp_path: Path, head: str, lines: tuple[str, ...]
) -> None:
    assert counted(tmp_path, text(head, *lines)) == 1_300  # 1,000 + 500 - 200 kronor, times no rate
