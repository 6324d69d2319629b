"""Persons told by words, masks and odd digits: withheld wherever they stand; free texts only where a model reads them.

The lines of many cases stand in one ledger, and each case looks at its own. The name of a supplier that is a person is
withheld on every line of its file: there each case has a person of its own, so that none is withheld by another's line.
"""

import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from klimat_pipeline.spend.ledger.ledger_report import LedgerReport
from klimat_pipeline.spend.ledger.person_names import near_a_name
from klimat_pipeline.spend.ledger.reference import load_ledger_reference
from klimat_pipeline_tests.unit.spend.small import (
    HEADER,
    REFERENCE,
    TypedLine,
    balance,
    ledger,
    line,
    read,
    read_cases,
    typed_lines,
)

Held = tuple[dict[str, TypedLine], LedgerReport]

#: Free texts of lines, and one that is about nobody.
ABOUT_A_PERSON = (
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
)
FOOD = "Nötfärs och kyckling"


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """A line for each free text."""
    return read_cases(tmp_path_factory.mktemp("items"), (*ABOUT_A_PERSON, FOOD), lambda text: line(item=text))


@pytest.mark.parametrize("text", ABOUT_A_PERSON)
def test_a_text_about_a_person_goes_as_a_whole(items: Held, text: str) -> None:
    lines, report = items
    assert lines[text]["item_text"] == "[withheld]"
    assert lines[FOOD]["item_text"] == FOOD
    assert "Anna" not in repr(lines[text]) + report.to_json()


ACCOUNTS = ("Familjehem", "Köp av familjehemsvård", "Elevresor", "Dödsboanmälan", "Elevassistenter")


def test_accounts_keep_their_names(tmp_path: Path) -> None:
    lines, _ = read_cases(tmp_path, ACCOUNTS, lambda text: line(text=text))
    assert {text: held["account_text"] for text, held in lines.items()} == {text: text for text in ACCOUNTS}


# -- suppliers --


def with_own_surname(name: str, letter: str) -> str:
    """The name with another first letter of Exempelsson or Svensson, a capital where that was one."""
    return re.sub("(?i)(e(?=xempelsson)|s(?=vensson))", lambda it: letter if it[0].islower() else letter.upper(), name)


def read_persons(folder: Path, names: tuple[str, ...], other: Callable[[str], str]) -> Held:
    """One ledger with a line of each supplier, and one of another that speaks of it.

    Args:
        folder: to work in.
        names: of the suppliers.
        other: the other line, made of the name.

    Returns:
        Both lines of a name, the other one under the name and ``other``.
    """
    rows, cases = [], []
    for letter, name in zip("abcdefghijklmnopqrstuvwxyz", names, strict=False):
        own = with_own_surname(name, letter)
        rows += [line(f"V{letter}", name=own, item="Hyra"), other(own)]
        cases += [name, f"{name} other"]
    report = read(folder, ledger(*rows))
    return dict(zip(cases, typed_lines(folder / "typed"), strict=True)), report


PERSONS = (
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
)


@pytest.fixture(scope="module")
def persons(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """A line of each, and one of a company whose text speaks of the person."""

    def speaks(name: str) -> str:
        said = re.search(r"Anna \w+sson", name)
        return line("V0", item=f"Till {said[0]}" if said else "Till Anna Andersdotter")

    return read_persons(tmp_path_factory.mktemp("persons"), PERSONS, speaks)


@pytest.mark.parametrize("name", PERSONS)
def test_a_suppliers_name_that_says_person_is_one(persons: Held, name: str) -> None:
    """Whatever number stands beside it; and the name of somebody who died is withheld in other texts too."""
    lines, report = persons
    own, other = lines[name], lines[f"{name} other"]
    assert (own["supplier_kind"], own["supplier_id"], own["supplier_name"]) == ("personal", "", "")
    assert other["supplier_name"] == "Firma AB"
    assert balance(report) == {"counted": (26, 2_600_00)}
    if "Anna" in name:
        assert "Anna" not in repr((own, other)) + report.to_json()


NUMBERED_PERSONS = (
    *("Elev Anna-Karin Svensson", "ELEV ANNA SVENSSON", "Anna Svensson 19640823", "anna svensson 640823"),
    *("Anna-Karin Svensson f. 640823", "Dödsb. Anna Svensson", "D-bo Anna Svensson", "Anna Svenssons d.bo"),
    *("Anna Svensson, avl.", "Vårdnadshavare Anna Svensson Berg", "Enskild firma Anna Svensson"),
)


@pytest.fixture(scope="module")
def numbered_persons(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """A line of each with a company's number, and one on whose invoice the person is named."""

    def named(name: str) -> str:
        said = re.search(r"(?i)anna.*vensson( berg)?", name)
        return line("V0", invoice=name if "venssons" in name or not said else f"Till {said[0]}")

    return read_persons(tmp_path_factory.mktemp("numbered_persons"), NUMBERED_PERSONS, named)


@pytest.mark.parametrize("name", NUMBERED_PERSONS)
def test_a_person_with_a_companys_number_is_a_person(numbered_persons: Held, name: str) -> None:
    """Also in the texts of other lines, where the name stands without what was beside it."""
    lines, report = numbered_persons
    own, other = lines[name], lines[f"{name} other"]
    assert own["supplier_kind"] == "personal"
    assert not re.search("(?i)anna", repr((own, other)) + report.to_json())


COMPANIES = (
    *("Familjehem Sverige AB", "Stiftelsen Familjehemmet", "DB Schenker AB"),
    *("Elevkåren AB", "Familjehemscentrum i Väst AB", "Anna Svensson Bygg AB", "Anna Svensson Bygg"),
    *("Dödsbohjälpen AB", "Elevhemmet Ek. för.", "Anna Svensson", "Lars Kagg AB 20230901", "Martin & Servera AB"),
)


@pytest.fixture(scope="module")
def companies(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """A line of each."""
    return read_cases(tmp_path_factory.mktemp("companies"), COMPANIES, lambda name: line(name=name))


@pytest.mark.parametrize("name", COMPANIES)
def test_a_company_stays_also_with_a_persons_name(companies: Held, name: str) -> None:
    lines, _ = companies
    assert (lines[name]["supplier_kind"], lines[name]["supplier_name"]) == ("legal", name)


ESTATES = ("Begravning Dödsboet efter Anna Exempelsson", "Familjehem Anna Exempelsson")


def test_an_estate_is_a_person_in_every_text(tmp_path: Path) -> None:
    rows = {
        f"{where}: {text}": row
        for text in ESTATES
        for where, row in (("account", line(text=text)), ("voucher", line(text)), ("invoice", line(invoice=text)))
    }
    lines, report = read_cases(tmp_path, rows, rows.__getitem__)
    assert not [case for case, held in lines.items() if "Anna" in repr(held)]
    assert "Anna" not in report.to_json()


IDS = (
    *("640823", "19640823", "XXXXXX-3234", "640823-XXXX", "640823T234", "６４０８２３３２３４"),
    *("64-08-23", "1964-08-23", "ÅÅMMDD-3234", "YYYYMMDD-3234"),
)
COMPANY = "556677-8899"


@pytest.fixture(scope="module")
def ids(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """A line of Anna with each id, and one of a company."""
    return read_cases(
        tmp_path_factory.mktemp("ids"),
        (*IDS, COMPANY),
        lambda one: line(supplier=one, name="Firma AB" if one == COMPANY else "Anna Exempelsson"),
    )


@pytest.mark.parametrize("supplier", IDS)
def test_ids_that_are_a_persons_in_part(ids: Held, supplier: str) -> None:
    lines, report = ids
    assert (lines[supplier]["supplier_kind"], lines[COMPANY]["supplier_kind"]) == ("personal", "legal")
    told = repr(lines[supplier]) + report.to_json()
    assert not [trace for trace in (supplier, "640823", "64-08-23", "3234", "Anna") if trace in told]


# -- any text --


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
#: A word of care alone is an account; a name alone is a school or a place.
NAMING_NOBODY = (
    *("Familjehem", "FAMILJEHEM ARVODE", "Familjehem omkostnad", "Familjehem per dag", "God man arvode"),
    *("GOD MAN ARVODE", "Elevresor", "Elev och lärande", "Elevhälsa Lars Kagg", "Elever Karl Johans skola"),
    *("Maria Ungdom", "Barn Anna Whitlocks skola", "Klient Microsoft Office", "Placering Norr", "Förvaltare", "LVU"),
    *("F-230901", "Faktura f 230901", "Lund 230901", "AB 230901", "Projekt Storgatan 230901"),
    *("c/o Riksbyggen", "c/o Fritidskontoret", "Hyra 1/3-23 1000"),
)
#: Columns besides the free text in which they stand. There are result tables by unit and contract: a name there would
#: be published.
LABELS = ("voucher", "account_text", "invoice_no", "unit", "contract_id")


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """A line for each text, which stands in every one of its labels."""

    def row(text: str) -> str:
        told = f'"{text}"'
        return f"{line(told, text=told, invoice=told)};{told};{told}"

    header = f"{HEADER};forvaltning;avtal"
    return read_cases(tmp_path_factory.mktemp("labels"), (*NAMED, *NAMING_NOBODY), row, header=header)


@pytest.mark.parametrize("text", NAMED)
def test_somebody_who_is_named_in_any_text_is_withheld(labels: Held, text: str) -> None:
    assert [labels[0][text][column] for column in LABELS] == ["[withheld]"] * 5


@pytest.mark.parametrize("text", NAMING_NOBODY)
def test_a_text_that_names_nobody_stays(labels: Held, text: str) -> None:
    assert [labels[0][text][column] for column in LABELS] == [text] * 5


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


# -- values --

#: Amount, day and account of a line that does not pass, and what is shown of the wrong one.
SHIFTED = (
    ("Eva Ek", "2023-03-01", "4110", "[text]"),
    ("100,00", "Bo Alm", "4110", "[text]"),
    ("100,00", "2023-03-01", "Per-Ek", "[text]"),
    ("100,00", "EK, ÅSA", "4110", "[text]"),
    ("12 kr 50", "2023-03-01", "4110", "12 kr 50"),
    ("SEK", "2023-03-01", "4110", "SEK"),
    ("100,00", "32 jan 2023", "4110", "32 jan 2023"),
)


def test_two_short_words_in_quarantine_are_a_name(tmp_path: Path) -> None:
    """A code, or words with a number between them, tells what is wrong; two words on a shifted line are somebody."""
    rows = [
        row for amount, day, account, _ in SHIFTED for row in (line("V1", amount, day, account=account), line("V2"))
    ]
    passed = read(tmp_path, ledger(*rows))
    assert {problem.line: problem.value for problem in passed.problems} == {
        2 + 2 * place: shown for place, (*_, shown) in enumerate(SHIFTED)
    }


#: What is kept of a quantity. 050824-123 by hand: 0 5 0 8 4 4 2 2 6 = 31, check digit 9; its zero is lost. 3235 is no
#: check digit of 640823-323.
QUANTITIES = {
    **{"6408233234": None, "196408233234": None, "6408233234,00": None, "6.408233234E9": None},
    **{"508241239": None, "-6408233234": None, "1": 1.0},
    **{"6408233235": 6408233235.0, "6488233234": 6488233234.0, "12345678": 12345678.0, "2,5": 2.5},
}


def test_a_quantity_that_is_a_persons_number_is_none(tmp_path: Path) -> None:
    lines, _ = read_cases(tmp_path, QUANTITIES, lambda one: f"{line()};{one}", header=f"{HEADER};antal")
    assert {one: held["quantity"] for one, held in lines.items()} == QUANTITIES
