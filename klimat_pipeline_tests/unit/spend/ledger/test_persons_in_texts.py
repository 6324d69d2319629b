"""Persons told by words, masks and odd digits: withheld wherever they stand; free texts only where a model reads them."""

import re
from pathlib import Path

import duckdb
import pytest

from klimat_pipeline.spend.ledger.person_names import near_a_name
from klimat_pipeline.spend.ledger.reference import load_ledger_reference
from klimat_pipeline_tests.unit.spend.small import HEADER, REFERENCE, balance, ledger, line, read, typed_lines


def everything(tmp_path: Path, told: str = "") -> str:
    (tmp_path / "ledger.csv").unlink()
    return repr(typed_lines(tmp_path / "typed")) + told


@pytest.mark.parametrize(
    "text",
    [
        "Städning hos Anna, 640823-3234, mars",
        "Skyddade uppgifter: Anna på Storgatan",
        "Familjehem Anna Exempelsson",
        "Resa för elev Anna",
        "Dödsboet efter Anna Exempelsson",
        "Arvode god man Anna",
        "Anna ６４０８２３-３２３４",
        "Anna ٦٤٠٨٢٣-٣٢٣٤",
        "Anna 640823TF12",
        "Anna, född 640823",
        "f. 1964-08-23 Anna",
        "Placering Anna",
        "LVU Anna",
        "Hyresgäst Anna",
    ],
)
def test_a_text_about_a_person_goes_as_a_whole(tmp_path: Path, text: str) -> None:
    passed = read(tmp_path, ledger(line("V1", item=text), line("V2", item="Nötfärs och kyckling")))
    assert [row["item_text"] for row in typed_lines(tmp_path / "typed")] == ["[withheld]", "Nötfärs och kyckling"]
    assert "Anna" not in everything(tmp_path, passed.to_json())


@pytest.mark.parametrize(
    "text", ["Familjehem", "Köp av familjehemsvård", "Elevresor", "Dödsboanmälan", "Elevassistenter"]
)
def test_accounts_keep_their_names(tmp_path: Path, text: str) -> None:
    read(tmp_path, ledger(line(text=text)))
    assert typed_lines(tmp_path / "typed")[0]["account_text"] == text


@pytest.mark.parametrize(
    "name",
    [
        "Dödsboet efter Anna Exempelsson",
        "Anna Exempelsson dödsbo",
        "SKYDDAD IDENTITET",
        "Skyddade personuppgifter",
        "Sekretessbelagd",
        "Privatperson",
        "God man för Anna Exempelsson",
        "DB efter Anna Exempelsson",
        "Anna Exempelsson DB",
        "Sterbhuset Anna Exempelsson",
        "Anna Exempelsson, förvaltare",
        "Familjehem Anna Exempelsson",
        "Kontaktfamiljen Exempelsson",
    ],
)
def test_a_suppliers_name_that_says_person_is_one(tmp_path: Path, name: str) -> None:
    """Whatever number stands beside it; and the name of somebody who died is withheld in other texts too."""
    rows = (line("V1", name=name, item="Hyra"), line("V2", item="Till Anna Exempelsson"), line("V3"))
    passed = read(tmp_path, ledger(*rows))
    typed = typed_lines(tmp_path / "typed")
    assert (typed[0]["supplier_kind"], typed[0]["supplier_id"], typed[0]["supplier_name"]) == ("personal", "", "")
    assert typed[2]["supplier_name"] == "Firma AB"
    assert balance(passed) == {"counted": (3, 300_00)}
    if "Anna" in name:
        assert "Anna" not in everything(tmp_path, passed.to_json())


@pytest.mark.parametrize("name", ["Familjehem Sverige AB", "Stiftelsen Familjehemmet", "DB Schenker AB"])
def test_a_company_is_none(tmp_path: Path, name: str) -> None:
    read(tmp_path, ledger(line(name=name)))
    assert typed_lines(tmp_path / "typed")[0]["supplier_name"] == name


@pytest.mark.parametrize("text", ["Begravning Dödsboet efter Anna Exempelsson", "Familjehem Anna Exempelsson"])
def test_an_estate_is_a_person_in_every_text(tmp_path: Path, text: str) -> None:
    passed = read(tmp_path, ledger(line("V1", text=text), line(text), line("V3", invoice=text)))
    assert "Anna" not in everything(tmp_path, passed.to_json())


@pytest.mark.parametrize(
    "supplier",
    [
        *("640823", "19640823", "XXXXXX-3234", "640823-XXXX", "640823T234", "６４０８２３３２３４"),
        *("64-08-23", "1964-08-23", "ÅÅMMDD-3234", "YYYYMMDD-3234"),
    ],
)
def test_ids_that_are_a_persons_in_part(tmp_path: Path, supplier: str) -> None:
    passed = read(tmp_path, ledger(line("V1", supplier=supplier, name="Anna Exempelsson"), line("V2")))
    rows = typed_lines(tmp_path / "typed")
    assert (rows[0]["supplier_kind"], rows[1]["supplier_kind"]) == ("personal", "legal")
    told = everything(tmp_path, passed.to_json())
    assert not [trace for trace in (supplier, "640823", "64-08-23", "3234", "Anna") if trace in told]


def test_free_texts_are_kept_only_where_a_model_reads_them(tmp_path: Path) -> None:
    read(tmp_path, ledger(line(item="Nötfärs")), keeps_item_text=False)
    assert typed_lines(tmp_path / "typed")[0]["item_text"] == ""


#: Texts of accounts, units, vouchers and contracts in which somebody is named, by every way that the table knows.
NAMED = (
    *(
        "FAMILJEHEM ANNA SVENSSON",
        "familjehem anna svensson",
        "Familjehem Anna-Karin Svensson",
        "Familjehem Müller Åsa",
    ),
    *("Kontaktperson: ANNA SVENSSON", "ELEV ANNA SVENSSON", "Elev Anna Svensson", "GOD MAN ANNA SVENSSON"),
    *("dödsbo anna svensson", "Dödsb. Anna", "D-bo Anna", "Anna-Karin Svenssons dödsbo", "Anna Svensson f. 640823"),
    *("Anna, född 1964-08-23", "Anna Svensson 640823", "Anna Svensson\nfamiljehem", "Familjehem Per Ek"),
    *("Familjehem Andersson", "LVU placering Anna", "Försörjningsstöd Anna", "Kontaktfamilj Zandra Qvist"),
    *("c/o Anna Ek", "Storgatan 1 C/O: ANNA EK", "c/o Svensson"),
)


@pytest.mark.parametrize("text", NAMED)
def test_somebody_who_is_named_in_any_text_is_withheld(tmp_path: Path, text: str) -> None:
    """There are result tables by unit and contract: a name there would be published."""
    told = f'"{text}"'
    row = line(told, text=told, invoice=told)
    read(tmp_path, ledger(f"{row};{told};{told}", header=f"{HEADER};forvaltning;avtal"))
    held = typed_lines(tmp_path / "typed")[0]
    columns = ("voucher", "account_text", "invoice_no", "unit", "contract_id")
    assert [held[column] for column in columns] == ["[withheld]"] * 5


@pytest.mark.parametrize(
    "text",
    [
        *("Familjehem", "FAMILJEHEM ARVODE", "Familjehem omkostnad", "Familjehem per dag", "God man arvode"),
        *("GOD MAN ARVODE", "Elevresor", "Elev och lärande", "Elevhälsa Lars Kagg", "Elever Karl Johans skola"),
        *(
            "Maria Ungdom",
            "Barn Anna Whitlocks skola",
            "Klient Microsoft Office",
            "Placering Norr",
            "Förvaltare",
            "LVU",
        ),
        *("F-230901", "Faktura f 230901", "Lund 230901", "AB 230901", "Projekt Storgatan 230901"),
        *("c/o Riksbyggen", "c/o Fritidskontoret", "Hyra 1/3-23 1000"),
    ],
)
def test_a_text_that_names_nobody_stays(tmp_path: Path, text: str) -> None:
    """A word of care alone is an account; a name alone is a school or a place."""
    row = line(text, text=text, invoice=text)
    read(tmp_path, ledger(f"{row};{text};{text}", header=f"{HEADER};forvaltning;avtal"))
    kept = typed_lines(tmp_path / "typed")[0]
    columns = ("voucher", "account_text", "invoice_no", "unit", "contract_id")
    assert [kept[column] for column in columns] == [text] * 5


@pytest.mark.parametrize(
    "name",
    [
        *("Elev Anna-Karin Svensson", "ELEV ANNA SVENSSON", "Anna Svensson 19640823", "anna svensson 640823"),
        *("Anna-Karin Svensson f. 640823", "Dödsb. Anna Svensson", "D-bo Anna Svensson", "Anna Svenssons d.bo"),
        *("Anna Svensson, avl.", "Vårdnadshavare Anna Svensson Berg", "Enskild firma Anna Svensson"),
    ],
)
def test_a_person_with_a_companys_number_is_a_person(tmp_path: Path, name: str) -> None:
    """Also in the texts of other lines, where the name stands without what was beside it."""
    said = re.search("(?i)anna.*svensson( berg)?", name)
    other = name if "Svenssons" in name or not said else f"Till {said[0]}"
    passed = read(tmp_path, ledger(line("V1", name=name), line("V2", invoice=other)))
    assert typed_lines(tmp_path / "typed")[0]["supplier_kind"] == "personal"
    assert not re.search("(?i)anna", everything(tmp_path, passed.to_json()))


@pytest.mark.parametrize(
    "name",
    [
        *("Elevkåren AB", "Familjehemscentrum i Väst AB", "Anna Svensson Bygg AB", "Anna Svensson Bygg"),
        *("Dödsbohjälpen AB", "Elevhemmet Ek. för.", "Anna Svensson", "Lars Kagg AB 20230901", "Martin & Servera AB"),
    ],
)
def test_a_company_with_a_persons_name_stays(tmp_path: Path, name: str) -> None:
    read(tmp_path, ledger(line(name=name)))
    typed = typed_lines(tmp_path / "typed")[0]
    assert (typed["supplier_kind"], typed["supplier_name"]) == ("legal", name)


def test_texts_that_name_somebody_are_looked_at() -> None:
    """Python sees only texts that the database's search lets through, and ordinary numbers are none of them."""
    patterns = load_ledger_reference(REFERENCE).person_words
    search = {"near": near_a_name(patterns)}
    with duckdb.connect() as con:
        found = [
            con.execute("SELECT regexp_matches($text, $near)", {"text": text, **search}).fetchall() == [(True,)]
            for text in (*NAMED, "V1", "F-2023/117", "AB12345", "LEV 10023", "Nötfärs 500 g")
        ]
    assert found == [True] * len(NAMED) + [False] * 5


def test_every_part_that_a_pattern_names_is_there() -> None:
    patterns = load_ledger_reference(REFERENCE).person_words
    assert not [place for place in ("supplier", "text", "estate") if re.search(r"\{[a-z]", patterns[place])]


@pytest.mark.parametrize(
    ("amount", "day", "account", "shown"),
    [
        ("Eva Ek", "2023-03-01", "4110", "[text]"),
        ("100,00", "Bo Alm", "4110", "[text]"),
        ("100,00", "2023-03-01", "Per-Ek", "[text]"),
        ("100,00", "EK, ÅSA", "4110", "[text]"),
        ("12 kr 50", "2023-03-01", "4110", "12 kr 50"),
        ("SEK", "2023-03-01", "4110", "SEK"),
        ("100,00", "32 jan 2023", "4110", "32 jan 2023"),
    ],
)
def test_two_short_words_in_quarantine_are_a_name(
    tmp_path: Path, amount: str, day: str, account: str, shown: str
) -> None:
    """A code, or words with a number between them, tells what is wrong; two words on a shifted line are somebody."""
    passed = read(tmp_path, ledger(line("V1", amount, day, account=account), *[line("V2")] * 3))
    assert [problem.value for problem in passed.problems] == [shown]


@pytest.mark.parametrize(
    ("quantity", "kept"),
    # 050824-123 by hand: 0 5 0 8 4 4 2 2 6 = 31, check digit 9; its zero is lost. 3235 is no check digit of 640823-323.
    [
        *(("6408233234", None), ("196408233234", None), ("6408233234,00", None), ("6.408233234E9", None)),
        *(("508241239", None), ("-6408233234", None)),
        *(("6408233235", 6408233235.0), ("6488233234", 6488233234.0), ("12345678", 12345678.0), ("2,5", 2.5)),
    ],
)
def test_a_quantity_that_is_a_persons_number_is_none(tmp_path: Path, quantity: str, kept: float | None) -> None:
    read(tmp_path, ledger(f"{line()};{quantity}", f"{line('V2')};1", header=f"{HEADER};antal"))
    assert [row["quantity"] for row in typed_lines(tmp_path / "typed")] == [kept, 1.0]
