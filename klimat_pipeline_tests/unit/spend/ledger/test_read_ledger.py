"""One ledger through the door: nothing is lost, nobody is told, and the form is stated."""

from io import BytesIO
from pathlib import Path

import pytest

from klimat_pipeline.spend.ledger.csv_reader import Problem
from klimat_pipeline.spend.ledger.file_hash import CHUNK
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.ledger_report import LedgerReport
from klimat_pipeline_tests.unit.spend.small import HEADER, TypedLine, balance, ledger, line, read, typed_lines

PERSON = "640823-3234"


def hostile() -> tuple[bytes, int, int]:
    """A ledger with everything that was seen in real ones; lines with content, and oere that can be told (by hand)."""
    rows = [
        line("V1", "1 234,50", name="Åkeri AB"),
        line("V2", "100,00-", name="Anna Öhman", supplier=PERSON, item=f"Städning {PERSON}"),
        line("V3", "(50,00)", invoice="F640823 3234"),
        line("V4", "abc"),
        line("V5", "12,00", "2023-02-29"),
        line("V6", "12,00", name='"Oavslutad AB'),
        line("V7", "1.000,555", name="=cmd|'/c calc'!A0"),
        line("V8", "7,00", name='Skärm 17" AB'),
        "212000-1157;V9;556677-8899;4110;Livsmedel;9,00;2023-03-01;F1;",
        "",
        line("V10", "8,00", item='"två\nrader"'),
        line("V11", "6,00", name="Nu\x00ll AB"),
        line("V12", "5,00", item="x" * 200_000),
        line("V1", "1 234,50", name="Åkeri AB"),
        line("V13", "40,00", name=f"Bo {PERSON}", supplier=""),
        line("V14", "3,00", account="Livsmedel", text="4110", supplier="19640823-3234"),
        line("V15", "21,00", account="5010", text="Löner"),
        ";;;;;;;;;",
    ]
    told = 123450 - 10000 - 5000 + 0 + 1200 + 1200 + 100056 + 700 + 900 + 800 + 600 + 500 + 123450 + 4000 + 300 + 2100
    return b"\xef\xbb\xbf"[:0] + ledger(*rows).encode("latin-1"), 16, told


@pytest.fixture(scope="module")
def hostile_read(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, LedgerReport]:
    """The folder of what was written of it, without the ledger, and its report."""
    folder = tmp_path_factory.mktemp("hostile")
    report = read(folder, hostile()[0])
    (folder / "ledger.csv").unlink()
    return folder, report


def test_hostile_ledger_loses_no_krona(hostile_read: tuple[Path, LedgerReport]) -> None:
    (folder, passed), (_, lines, told) = hostile_read, hostile()
    assert (passed.form.encoding, passed.form.separator, passed.form.decimal_mark) == ("latin-1", ";", ",")
    assert (passed.lines, passed.blank, passed.amount_ore) == (lines, 2, told)
    found = balance(passed)
    # V4 text, V5 date, V6 quote, V9 shifted, V11 NUL, V12 long, V14 account: 12+12+9+6+5+3 kronor.
    assert found["quarantined"] == (7, 1200 + 1200 + 900 + 600 + 500 + 300)
    assert found["wages"] == (1, 2100)
    assert found["counted"][0] == lines - 8
    assert {p.line: p.column_name for p in passed.problems}[5] == "amount"
    typed = typed_lines(folder / "typed")
    assert sum(row["amount_ore"] for row in typed) + found["quarantined"][1] == told
    assert [row["supplier_name"] for row in typed if row["voucher"] == "V7"] == ["=cmd|'/c calc'!A0"]


def test_no_trace_of_a_person(hostile_read: tuple[Path, LedgerReport]) -> None:
    folder, passed = hostile_read
    written = passed.to_json() + repr(typed_lines(folder / "typed"))
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file()) + written.encode()
    for trace in ("640823", "6408233234", "Anna", "Öhman", "Bo 64"):
        assert trace.encode() not in everything
    people = [row for row in typed_lines(folder / "typed") if row["supplier_kind"] == "personal"]
    assert [row["voucher"] for row in people] == ["V2", "V13"]
    assert people[0]["supplier_id"] == people[0]["supplier_name"] != ""
    assert people[0]["item_text"] == ""
    assert not list((folder / "typed").glob(".work-*"))


def test_too_much_in_quarantine_stops_without_telling(tmp_path: Path) -> None:
    content = ledger(line("V1", "abc", supplier=PERSON, name="Anna Öhman"), line(amount=PERSON), line())
    with pytest.raises(LedgerError) as stopped:
        read(tmp_path, content, quarantine_limit_pct=1.0)
    assert "2 of 3 lines (66.67 %) do not pass, 1 % are allowed" in str(stopped.value)
    assert "ledger.csv:2: column amount" in str(stopped.value)
    assert "3234" not in str(stopped.value)
    assert "Anna" not in str(stopped.value)


def test_a_line_of_twenty_megabytes_costs_itself_only(tmp_path: Path) -> None:
    content = ledger(line("V1", "1,00"), line("V2", "2,00", item="x" * 20_000_000), line("V3", "4,00"))
    assert len(content) > 2 * CHUNK
    passed = read(tmp_path, content)
    assert balance(passed) == {"counted": (2, 500), "quarantined": (1, 200)}


@pytest.mark.parametrize(
    ("encoding", "stated"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("latin-1", "latin-1"), ("cp1252", "cp1252"), ("utf-16", "utf-16-le")],
)
def test_encodings(tmp_path: Path, encoding: str, stated: str) -> None:
    name = "Åkeri – AB" if encoding in ("cp1252", "utf-8") else "Åkeri AB"
    passed = read(tmp_path, ledger(line(name=name)).encode(encoding))
    assert passed.form.encoding == stated
    assert passed.form.has_bom == (encoding in ("utf-8-sig", "utf-16"))
    assert [row["supplier_name"] for row in typed_lines(tmp_path / "typed")] == [name]


@pytest.mark.parametrize(("separator", "mark"), [(",", "."), (";", ","), ("\t", ","), ("|", ".")])
def test_separators_and_marks(tmp_path: Path, separator: str, mark: str) -> None:
    content = ledger(line(amount=f"10{mark}50")).replace(";", separator)
    passed = read(tmp_path, content.replace("\n", "\r\n"))
    assert (passed.form.separator, passed.form.decimal_mark, passed.amount_ore) == (separator, mark, 1050)


def test_workbook_parquet_and_sie_give_the_same(tmp_path: Path) -> None:
    import openpyxl
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = HEADER.split(";")
    cells = [line("V1", "10,50").split(";"), line("V2", "-3,00", name="Åkeri AB").split(";")]
    book = openpyxl.Workbook()
    book.active.append(["Leverantörsreskontra"])
    book.active.append(names)
    for row in cells:
        book.active.append([*row[:6], float(row[6].replace(",", ".")), *row[7:]])
    held = BytesIO()
    book.save(held)
    assert read(tmp_path, held.getvalue(), "l.xlsx").amount_ore == 750
    assert [row["line"] for row in typed_lines(tmp_path / "typed")] == [3, 4]
    columns = list(zip(*cells, strict=True))
    columns[6] = tuple(float(text.replace(",", ".")) for text in columns[6])
    pq.write_table(pa.table(dict(zip(names, map(pa.array, columns), strict=True))), held := BytesIO())
    assert read(tmp_path, held.getvalue(), "l.parquet").amount_ore == 750
    sie = """#FLAGGA 0
#FORMAT PC8
#SIETYP 4
#FNAMN "Exempelbolaget Å AB"
#ORGNR 556677-8899
#KONTO 4110 "Livsmedel och kött"
#KONTO 2440 "Leverantörsskulder"
#OBJEKT 1 "20" "Köket"
#VER "A" 1 20230115 "Faktura 640823-3234"
{
#TRANS 4110 {1 "20"} 10.50 20230115 "Köttfärs"
#BTRANS 4110 {} 99.00
#TRANS 2440 {} -10.50
}
"""
    passed = read(tmp_path, sie.encode("cp437"), "l.se")
    assert (passed.form.format, passed.form.encoding) == ("sie", "cp437")
    assert balance(passed) == {"counted": (1, 1050), "liabilities": (1, -1050)}
    row = typed_lines(tmp_path / "typed")[0]
    assert (row["account_text"], row["unit"], row["item_text"]) == ("Livsmedel och kött", "Köket", "Köttfärs")
    balances = sie.split("#VER", maxsplit=1)[0].replace("#SIETYP 4", "#SIETYP 1")
    with pytest.raises(LedgerError, match="without transactions"):
        read(tmp_path, balances.encode("cp437"), "l.se")


def test_vat_is_left_out_to_the_oere(tmp_path: Path) -> None:
    """At 25 %: 125.00 holds 25.00; 0.99 / 1.25 = 0.792, so 0.79 and 0.20; the mirror image for the credit note."""
    content = ledger(line("V1", "125,00"), line("V2", "0,99"), line("V3", "-0,99"))
    passed = read(tmp_path, content, vat={"included": True, "rate_pct": 25.0})
    assert balance(passed) == {"counted": (3, 10000), "vat_in_amounts": (0, 2500)}
    assert [row["amount_ore"] for row in typed_lines(tmp_path / "typed")] == [10000, 79, -79]
    with_column = ledger(line("V1", "125,00", item="25,00"), line("V2", "125,00", item="-25,00"))
    passed = read(tmp_path, with_column, vat={"included": True}, columns={"text": "vat"})
    assert balance(passed) == {"counted": (1, 10000), "vat_in_amounts": (0, 2500), "quarantined": (1, 12500)}


def test_other_currencies_need_a_rate(tmp_path: Path) -> None:
    """100.01 EUR of 2023 at 11.48 (facts, annual mean) = 1148.1148 SEK; nobody gave a rate of 1999 or for XYZ."""
    rows = (
        line("V1", "100,01", item="EUR"),
        line("V2", "1,00", item="XYZ"),
        line("V3", "1,00", "1999-01-01", item="EUR"),
    )
    passed = read(tmp_path, ledger(*rows), columns={"text": "currency"})
    assert balance(passed) == {"counted": (1, 114811), "quarantined": (2, 0)}
    assert [problem.value for problem in passed.problems] == ["XYZ", "EUR"]
    # Kronor by now: who reads the lines must not convert them once more.
    assert [(row["amount_ore"], row["currency"]) for row in typed_lines(tmp_path / "typed")] == [(114811, "SEK")]


def test_internal_purchases_and_rules_of_ones_own(tmp_path: Path) -> None:
    passed = read(
        tmp_path,
        ledger(line("V1", "1,00"), line("V2", "2,00", account="4510"), line("V3", "4,00", account="9110", text="Moms")),
        group_organisation_numbers=["556677-8899"],
    )
    assert balance(passed) == {"internal": (3, 700)}
    passed = read(tmp_path, ledger(line("V2", "2,00", account="4510"), line("V3", "4,00", text="Ingående moms")))
    assert balance(passed) == {"grants": (1, 200), "vat": (1, 400)}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"a;b\n1;2\n", "no header found"),
        (b"konto_nr;datum;text\n1;2;3\n", "no column for amount"),
        (b"\xd0\xcf\x11\xe0abc", "password-protected"),
        (f"{HEADER}\n".encode(), "no lines below the header"),
    ],
)
def test_what_is_no_ledger_is_said(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(LedgerError, match=said):
        read(tmp_path, content)


MISPLACED = {
    "a number for an amount": line("V1", "6408233234"),
    "a number with the century for an amount": line("V1", "196408233234"),
    "what a wrong encoding makes of a dash": line("V1", item="Städning 640823?3234"),
    "another sign for a dash": line("V1", item="Städning 640823*3234"),
    "a name for an amount": line("V1", "Anna Exempelsson"),
    "a name for a day": line("V1", "1,00", "Anna Exempelsson"),
}
TRACES = ("640823", "3234", "Anna", "Exempelsson")


def test_no_trace_of_a_person_where_no_person_belongs(tmp_path: Path) -> None:
    """Neither on the line, nor anywhere else in what is written; three good lines stand below each."""
    rows = [row for one in MISPLACED.values() for row in (one, *(line(f"V{n}") for n in range(2, 5)))]
    passed = read(tmp_path, ledger(*rows))
    (tmp_path / "ledger.csv").unlink()
    typed = typed_lines(tmp_path / "typed")
    held = {at: repr([one for one in (*typed, *passed.problems) if numbered(one) == at]) for at in range(2, 26, 4)}
    told = dict(zip(MISPLACED, held.values(), strict=True))
    assert not [case for case, what in told.items() if what == "[]" or any(trace in what for trace in TRACES)]
    written = passed.to_json() + repr(typed)
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()) + written.encode()
    assert not [trace for trace in TRACES if trace.encode() in everything]
    assert passed.lines == 24


def numbered(one: TypedLine | Problem) -> int:
    """Where it stands in the file."""
    return one.line if isinstance(one, Problem) else int(one["line"])


def test_a_large_amount_that_is_nobodys_number_is_an_amount(tmp_path: Path) -> None:
    # Ten digits, but the fourth month-day does not exist: 1,999,999,999 kronor.
    passed = read(tmp_path, ledger(line("V1", "1999999999")))
    assert balance(passed) == {"counted": (1, 199_999_999_900)}


def test_empty_cells_at_the_end_shift_nothing(tmp_path: Path) -> None:
    content = ledger(
        line("V1", "1,00") + ";;;", line("V2", "2,00", name='"Fi""rma; AB"') + ";", line() + ";;x", ";" * 14
    )
    passed = read(tmp_path, content)
    assert balance(passed) == {"counted": (2, 300), "quarantined": (1, 10000)}
    assert "2 lines with empty cells beyond the header's, taken as they are" in passed.remarks
    assert passed.blank == 1
    names = [row["supplier_name"] for row in typed_lines(tmp_path / "typed")]
    assert names == ["Firma AB", 'Fi"rma; AB']


@pytest.mark.parametrize("mark", [".", ","])
@pytest.mark.parametrize("amounts", [["1{0}234", "12{0}500"], ["500", "-1{0}234"], ["(1{0}234)"]])
def test_an_ambiguous_decimal_mark_is_asked_about(tmp_path: Path, mark: str, amounts: list[str]) -> None:
    content = ledger(*(line(f"V{n}", text.format(mark)) for n, text in enumerate(amounts)))
    with pytest.raises(LedgerError) as stopped:
        read(tmp_path, content)
    for part in ("ledger.csv", "column belopp", f"{mark}234'", "municipality.yaml", "decimal_mark"):
        assert part in str(stopped.value)


def test_the_setting_decides_what_the_mark_means(tmp_path: Path) -> None:
    """1.234 is 1 234.00 kronor with a decimal comma, and 1.23 (rounded half to even) with a decimal point."""
    content = ledger(line("V1", "1.234"))
    assert read(tmp_path, content, decimal_mark=",").amount_ore == 123_400
    assert read(tmp_path, content, decimal_mark=".").amount_ore == 123


@pytest.mark.parametrize(("amount", "ore"), [("1.234.567", 123_456_700), ("0.500", 50), ("1234.567", 123_457)])
def test_a_value_that_tells_the_mark_is_enough(tmp_path: Path, amount: str, ore: int) -> None:
    """Two marks set thousands apart; nothing but a decimal mark follows a zero alone, or four digits."""
    passed = read(tmp_path, ledger(line("V1", amount), line("V2", "500")))
    assert passed.amount_ore == ore + 50_000


def test_a_name_without_a_legal_person_behind_it_is_not_kept(tmp_path: Path) -> None:
    """Each of another person: what is no person's number withholds the name on its own line."""
    names = {"": "Axempelsson", "4711": "Bxempelsson", "DE123456789": "Cxempelsson"}
    names |= {"640823-3234": "Dxempelsson", "saknas": "Exempelsson"}
    rows = [line(f"V{n}", name=f"Anna {name}", supplier=given) for n, (given, name) in enumerate(names.items())]
    passed = read(tmp_path, ledger(*rows, line("V9")))
    *held, company = typed_lines(tmp_path / "typed")
    told = dict(zip(names, map(repr, held), strict=True))
    assert not [given for given, what in told.items() if "xempelsson" in what]
    assert "xempelsson" not in passed.to_json()
    assert company["supplier_name"] == "Firma AB"


def test_sie_corrections_count_once(tmp_path: Path) -> None:
    """#RTRANS adds a line that stands again as #TRANS; #BTRANS strikes one out: 10.50 + 4.00 are left."""
    sie = """#FLAGGA 0
#FORMAT PC8
#SIETYP 4
#KONTO 4110 "Kött åäö"
#KONTO 1930 "Bank"
#KONTO 3010 "Försäljning"
#VER "A" 1 20230115 "Faktura"
{
#TRANS 4110 {} 10.50
#BTRANS 4110 {} 99.00
#RTRANS 4110 {} 4.00
#TRANS 4110 {} 4.00
#TRANS 1930 {} -20.50
#TRANS 3010 {} 6.00
}
"""
    passed = read(tmp_path, sie.encode("cp437"), "l.se")
    assert balance(passed) == {"counted": (2, 1450), "cash": (1, -2050), "income": (1, 600)}
    assert typed_lines(tmp_path / "typed")[0]["account_text"] == "Kött åäö"


def test_a_persons_name_is_withheld_on_every_line(tmp_path: Path) -> None:
    """It stands beside a number once; then on a legal person's line, turned round, and in texts."""
    rows = (
        line("V1", name="Anna Exempelsson", supplier="640823-3234"),
        line("V2", name="ANNA  Exempelsson"),
        line("V3", item="Städning, Exempelsson Anna, mars"),
        line("V4", text="Arvode Anna Exempelsson"),
        line("V5", name="Anna AB", item="Annas exempel"),
    )
    passed = read(tmp_path, ledger(*rows))
    (tmp_path / "ledger.csv").unlink()
    typed = typed_lines(tmp_path / "typed")
    assert "exempelsson" not in (repr(typed) + passed.to_json()).casefold()
    assert [row["supplier_name"] for row in typed[1:]] == ["", "Firma AB", "Firma AB", "Anna AB"]
    assert (typed[2]["item_text"], typed[4]["item_text"]) == ("[withheld]", "Annas exempel")
    assert balance(passed) == {"counted": (5, 50000)}


def test_a_doubtful_organisation_number_is_withheld_and_costs_nobody_a_name(tmp_path: Path) -> None:
    """644823-3234 is 640823-3234 with a slip of the pen."""
    mistyped = line("V0", "5,00", name="Anna Exempelsson", supplier="644823-3234", item="Anna Exempelsson")
    firm = line("V1", "7,00", name="Firma AB", supplier="556677-8898", item="Firma AB")
    sound = line("V2", "1,00", name="Firma AB", item="Till Firma AB")
    passed = read(tmp_path, ledger(mistyped, firm, sound))
    rows = typed_lines(tmp_path / "typed")
    assert balance(passed) == {"counted": (3, 1300)}
    assert [row["supplier_kind"] for row in rows] == ["unknown", "unknown", "legal"]
    assert all(row["supplier_id"].startswith("p:") and not row["item_text"] for row in rows[:2])
    assert [row["supplier_name"] for row in rows] == ["", "", "Firma AB"]
    assert rows[2]["item_text"] == "Till Firma AB"
    assert "Exempelsson" not in repr(rows) and "3234" not in repr([row["supplier_id"] for row in rows])


def test_a_number_of_the_group_is_known_whatever_its_check_digit(tmp_path: Path) -> None:
    rows = [line("V1", "5,00", supplier=text) for text in ("556677-8898", "5566778898", "SE556677889801")]
    passed = read(tmp_path, ledger(*rows), group_organisation_numbers=["556677-8898"])
    assert {rule: lines for rule, (lines, _) in balance(passed).items()} == {"internal": 3}
