"""The cascade: which step decides, and that nothing is guessed."""

from pathlib import Path
from typing import Any

import pytest

from klimat_pipeline.errors import ProblemsError
from klimat_pipeline.spend.footprint.classification import cpv_prefix, longest_prefix
from klimat_pipeline.spend.footprint.local_mappings import load_local_mappings
from klimat_pipeline_tests.support.ledgers import line
from klimat_pipeline_tests.unit.spend.purchases import REFERENCE, own_files
from klimat_pipeline_tests.unit.spend.towns import FoundIn, Towns

TOWNS = Towns()
found_in = TOWNS.fixture()


ACCOUNTS = "account_prefix,category,reason\n6430,textiles,our chart\n"
SUPPLIERS = (
    "supplier_id,category,is_wholesaler,reason\n5560000002,fuels,false,fills up\n5560000003,,true,sells everything\n"
)
CONTRACTS = "contract_id,cpv,category,reason\nA17,45000000-7,,our register\nA18,,social_care,our register\n"
#: Everything that a step could decide on; the tests take one after the other away.
FULL: dict[str, Any] = {
    "cpv": "15000000-8",
    "contract_id": "A17",
    "supplier_id": "5560000002",
    "sni": "62.010",
    "account": "6430",
    "account_text": "Inköp av fjärrvärme",
}


#: What is taken away from the full line, the category, and the step that decides.
WITHOUT: list[tuple[dict[str, str], str, str]] = [
    ({}, "construction", "contract"),
    ({"contract_id": "A18"}, "social_care", "contract"),
    ({"contract_id": ""}, "fuels", "supplier"),
    ({"contract_id": "", "supplier_id": "5560000003"}, "textiles", "own_account"),
    ({"contract_id": "", "supplier_id": "", "account": "9876"}, "food_products", "cpv"),
    ({"contract_id": "", "supplier_id": "", "account": "9876", "cpv": ""}, "it_services", "sni"),
    (
        {"contract_id": "", "supplier_id": "5560000003", "account": "9876", "cpv": ""},
        "energy_supply",
        "account_text",
    ),
    (
        {"contract_id": "", "supplier_id": "", "account": "6910", "cpv": "", "sni": ""},
        "energy_supply",
        "account_text",
    ),
    (
        {"contract_id": "", "supplier_id": "", "account": "6310", "cpv": "", "sni": "46310", "account_text": ""},
        "rental_leasing",
        "account",
    ),
    (
        {"contract_id": "", "supplier_id": "", "account": "9876", "cpv": "", "sni": "", "account_text": "Diverse"},
        "unmapped",
        "unmapped",
    ),
    (
        {"contract_id": "", "supplier_id": "", "account": "", "cpv": "99", "sni": "99", "account_text": ""},
        "unmapped",
        "unmapped",
    ),
]
OWN_FILES = {"spend_accounts": ACCOUNTS, "spend_suppliers": SUPPLIERS, "spend_contracts": CONTRACTS}


@pytest.mark.parametrize(
    ("town", "category", "step"),
    [
        pytest.param(
            TOWNS.add([line(1, amount_ore=100_00, **{**FULL, **without})], files=OWN_FILES),
            category,
            step,
            id=f"without {without}",
        )
        for without, category, step in WITHOUT
    ],
)
def test_the_first_step_that_knows_decides(found_in: FoundIn, town: str, category: str, step: str) -> None:
    found = found_in(town)
    assert list(found["spend/spend_by_category"]["spend_category"]) == [category]
    steps = found["spend/spend_quality"].query("quality_aspect == 'step'")
    assert list(steps["quality_item"]) == [step]


CONTRACT_HEADER = "contract_id,cpv,category,reason\n"
WRONG_CONTRACT = TOWNS.add(
    [line(1, amount_ore=1, contract_id="A1")], files={"spend_contracts": f"{CONTRACT_HEADER}A1,99000000,,r\n"}
)
ITS_NEIGHBOUR = TOWNS.add([line(2, amount_ore=1)])


def test_a_contract_that_says_nothing_or_too_much_is_refused(tmp_path: Path, found_in: FoundIn) -> None:
    with pytest.raises(ProblemsError, match="spend_contracts.csv: A1: give a CPV code or a category, not both"):
        own_files(tmp_path, spend_contracts=f"{CONTRACT_HEADER}A1,,,r\n")
    with pytest.raises(ProblemsError, match="A1: give a CPV code or a category, not both"):
        own_files(tmp_path, spend_contracts=f"{CONTRACT_HEADER}A1,45000000,construction,r\n")
    (refusal,) = found_in(WRONG_CONTRACT)["unvalued"]["refusal"]
    assert "A1: CPV 99000000 has no category" in refusal
    assert found_in(WRONG_CONTRACT)["spend/spend_by_category"].empty
    assert len(found_in(ITS_NEIGHBOUR)["spend/spend_by_category"]) == 1


OWN_6310 = TOWNS.add([line(1, account="6310")], files={"spend_accounts": ACCOUNTS.replace("6430", "6310")})
ELSEWHERE_6310 = TOWNS.add([line(1, account="6310")])


def test_another_municipality_has_its_own_accounts(found_in: FoundIn) -> None:
    for town, category in ((ELSEWHERE_6310, "rental_leasing"), (OWN_6310, "textiles")):
        assert list(found_in(town)["spend/spend_by_category"]["spend_category"]) == [category]


GROUPS = {"61100": "Beredskap", "64000": "", "69990": "Diverse", "74900": "Övrigt", "75100": ""}
ACCOUNTS_OF_GROUPS = TOWNS.add(
    line(n, account=code, account_text=text) for n, (code, text) in enumerate(GROUPS.items())
)


def test_a_group_of_accounts_that_holds_many_things_says_nothing(found_in: FoundIn) -> None:
    """What "Förbrukningsinventarier och förbrukningsmaterial" (64) holds is food, medicine, schoolbooks and clothes."""
    found = found_in(ACCOUNTS_OF_GROUPS)["spend/spend_mapping"].set_index("account")["category"]
    assert found.to_dict() == dict.fromkeys(GROUPS, "unmapped") | {"75100": "staffing"}


def test_the_longest_prefix_decides() -> None:
    assert longest_prefix("6910", {"6", "691", "6911"}) == "691"
    assert longest_prefix("7", {"6"}) is None
    assert longest_prefix("", {"6"}) is None


def test_the_check_digit_of_a_cpv_code_is_no_part_of_it() -> None:
    assert cpv_prefix("09310000-5", {"09", "093"}) == "093"


def test_wood_is_forestry() -> None:
    """CPV 034: forestry and logging products."""
    cpv = dict(zip(REFERENCE.cpv["cpv_prefix"], REFERENCE.cpv["category"], strict=True))
    assert cpv[cpv_prefix("03413000-8", cpv) or ""] == "forestry"


@pytest.mark.parametrize(
    ("cpv", "category"),
    [
        ("22111000-1", "publishing"),  # schoolbooks, as the text "Läromedel" says
        ("22200000-2", "publishing"),  # newspapers
        ("22800000-8", "printing"),  # registers and account books
        ("79530000-8", "other_professional"),  # translation
        ("79540000-1", "other_professional"),  # interpretation
        ("79310000-0", "advertising"),  # market research
        ("79100000-5", "legal_management"),
        ("79950000-8", "security_cleaning"),  # fairs
        ("90620000-9", "security_cleaning"),  # snow clearing
        ("90500000-2", "sewerage_waste"),
        ("39310000-8", "machinery"),  # catering equipment
        ("09111400-4", "wood_products"),  # wood fuels
    ],
)
def test_parts_of_a_cpv_division_that_are_another_industry(cpv: str, category: str) -> None:
    known = dict(zip(REFERENCE.cpv["cpv_prefix"], REFERENCE.cpv["category"], strict=True))
    assert known[cpv_prefix(cpv, known) or ""] == category


REPAIRS = TOWNS.add(line(n, amount_ore=1_00 << n, sni=code) for n, code in enumerate(("95311", "95110", "45201")))


def test_a_workshop_is_no_repairer_of_household_goods_in_either_edition_of_sni(
    found_in: FoundIn,
) -> None:
    """SNI 2025 has repair of vehicles in 95.3, SNI 2007 in 45, the division of those who sell them too."""
    found = found_in(REPAIRS)["spend/spend_mapping"].set_index("evidence")
    assert found["amount_sek"].to_dict() == {"SNI 953": 1.0, "SNI 95": 2.0, "": 4.0}
    assert found["category"].to_dict() == {"SNI 953": "vehicle_repair", "SNI 95": "household_repair", "": "unmapped"}


REGISTER = TOWNS.add(
    [
        line(1, amount_ore=1_00, supplier_id="5560000004"),
        line(2, amount_ore=2_00, supplier_id="5560000005"),
        line(3, amount_ore=4_00, supplier_id="5560000003"),
        line(4, amount_ore=8_00, supplier_id="5560000004", sni="10110"),
    ],
    files={
        "suppliers": "supplier_id;sni\r\n556000-0004;62.010\r\n5560000005;46310\r\n5560000003;10110\r\n",
        "spend_suppliers": SUPPLIERS,
    },
)


def test_a_register_of_suppliers_says_their_industry(found_in: FoundIn) -> None:
    """A line's own code goes first; a trader's industry says nothing, and neither does a wholesaler's."""
    found = found_in(REGISTER)["spend/spend_mapping"].set_index("evidence")["amount_sek"]
    assert found.to_dict() == {"suppliers.csv: SNI 62": 1.0, "": 6.0, "SNI 10": 8.0}


FROM_EXCEL = (
    "account_prefix;category;reason;account_text;spend_sek\r\n6430;textiles;vår plan;Kläder å sånt;12,5\r\n;;;;\r\n"
)
SAVED_AS = {
    encoding: TOWNS.add([line(1, account="6430")], files={"spend_accounts": FROM_EXCEL.encode(encoding)})
    for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16")
}


def test_an_own_table_is_read_as_swedish_excel_saves_it(tmp_path: Path, found_in: FoundIn) -> None:
    for encoding, town in SAVED_AS.items():
        assert list(found_in(town)["spend/spend_by_category"]["spend_category"]) == ["textiles"], encoding
    with pytest.raises(ProblemsError, match=r"spend_accounts.csv:2: neither UTF-8 nor Windows-1252"):
        own_files(tmp_path, spend_accounts=FROM_EXCEL.encode("mac-roman"))


def test_a_list_of_several_municipalities_and_a_file_that_the_shell_emptied(tmp_path: Path) -> None:
    """What ``klimat ledger unmapped`` lists of all is no table of one; and ``> spend_accounts.csv`` empties it first."""
    text = "municipality_code;account_prefix;category;reason\r\n1283;6430;textiles;r\r\n0180;6110;fuels;r\r\n"
    with pytest.raises(
        ProblemsError, match=r"spend_accounts.csv: column municipality_code: a list of several .*0180, 1283"
    ):
        own_files(tmp_path, spend_accounts=text)
    assert own_files(tmp_path, spend_accounts="").accounts.empty


def test_one_municipalitys_faulty_table_leaves_the_others(tmp_path: Path) -> None:
    for folder, text in (("0180_stockholm", ACCOUNTS), ("1283_helsingborg", ACCOUNTS.replace("textiles", "nonsense"))):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "spend_accounts.csv").write_text(text, encoding="utf-8")
    faulty: dict[str, list[str]] = {}
    found = load_local_mappings(tmp_path, REFERENCE.category_names, faulty)
    assert list(found.accounts["municipality_code"]) == ["0180"]
    assert list(faulty) == ["1283"] and "'nonsense' is no category" in faulty["1283"][0]


@pytest.mark.parametrize(
    "written", ["food_product", "Food_Products", "Livsmedel", "Livsmedel och drycker", "Food products", "C10T12"]
)
def test_an_unknown_category_is_refused_with_the_nearest(tmp_path: Path, written: str) -> None:
    """Its code misspelt, or its industry or name as the table of categories has it."""
    text = f"account_prefix;category;reason\n6410;textiles;right\n6430;{written};typo\n"
    said = rf"spend_accounts.csv:3: column category: '{written}' .*nearest: food_products.*Categories: advertising, .*wood_"
    with pytest.raises(ProblemsError, match=said):
        own_files(tmp_path, spend_accounts=text)


def cleaning_beside(neighbour: str) -> str:
    """A town with an account "Stadning" and one with another text."""
    return TOWNS.add(line(n, account=f"6{n}010", account_text=text) for n, text in ((1, "Stadning"), (2, neighbour)))


@pytest.mark.parametrize(
    ("town", "expected"),
    [(cleaning_beside("Elkraft"), "security_cleaning"), (cleaning_beside("Värme"), "unmapped")],
)
def test_texts_that_have_lost_letters_are_read_where_the_whole_ledger_has_lost_them(
    found_in: FoundIn, town: str, expected: str
) -> None:
    mapping = found_in(town)["spend/spend_mapping"].set_index("account")
    assert mapping.at["61010", "category"] == expected


CAPITALS = TOWNS.add(
    line(n, account=f"6{n}010", account_text=text) for n, text in enumerate(("Värme", "STADNING", "FASTIGHETSSKOTSEL"))
)


def test_texts_in_capitals_are_another_system_that_may_have_lost_letters(found_in: FoundIn) -> None:
    found = found_in(CAPITALS)["spend/spend_mapping"].set_index("account_text")["category"]
    assert found.to_dict() == {
        "Värme": "energy_supply",
        "STADNING": "security_cleaning",
        "FASTIGHETSSKOTSEL": "security_cleaning",
    }


def test_a_personal_number_cannot_be_mapped(tmp_path: Path) -> None:
    text = "supplier_id,category,is_wholesaler,reason\n8112189876,textiles,false,a person\n"
    with pytest.raises(ProblemsError, match="column supplier_id: expected the organisation number of a company"):
        own_files(tmp_path, spend_suppliers=text)


def test_a_model_learns_from_own_knowledge_only_and_is_the_same_twice(tmp_path: Path) -> None:
    from klimat_pipeline.spend.footprint.text_model import learned

    texts = [f"skolmat till skola {n}" for n in range(20)] + [f"bensinmack nummer {n}" for n in range(20)]
    categories = ["food_products"] * 20 + ["fuels"] * 20
    answers = learned(texts, categories, ["skolmat", "bensinmack", "qqq"])
    assert [category for category, _ in answers[:2]] == ["food_products", "fuels"]
    assert min(probability for _, probability in answers[:2]) > 0.8 > answers[2][1]
    assert answers == learned(texts, categories, ["skolmat", "bensinmack", "qqq"])


FORTY_KNOWN_AND_ONE_ASKED = [
    *(
        line(n, amount_ore=1, account="9999", account_text=f"{word} {n}", cpv=cpv)
        for word, cpv, first in (("skolbespisning", "15000000", 0), ("tankstation", "09100000", 100))
        for n in range(first, first + 20)
    ),
    line(900, amount_ore=5, account="9999", account_text="Skolbespisning centralt"),
]
ENOUGH_TO_LEARN = TOWNS.add(FORTY_KNOWN_AND_ONE_ASKED, text_model=True, text_model_min_lines=40)
TOO_FEW_TO_LEARN = TOWNS.add(FORTY_KNOWN_AND_ONE_ASKED, text_model=True, text_model_min_lines=41)


def test_a_model_classifies_what_nothing_else_knows(found_in: FoundIn) -> None:
    steps = found_in(ENOUGH_TO_LEARN)["spend/spend_quality"].set_index("quality_item")["spend_sek"]
    assert steps["text_model"] == 0.05
    few = found_in(TOO_FEW_TO_LEARN)["spend/spend_quality"]
    assert "unmapped" in set(few["quality_item"]) and "text_model" not in set(few["quality_item"])


#: Account, its text, who buys, the category, and the word that decided it.
CORE_ACTIVITIES: list[tuple[str, str, str, str, str | None]] = [
    ("4618", "Köp av huvudverksamhet, privata", "Barn- och utbildningsnämnden", "education", "utbildning"),
    ("46180", "Köp av vht företag", "GRUNDSKOLEFÖRVALTNINGEN", "education", "grundskol"),
    ("4612", "Köp av huvudverksamhet kommuner", "Vård- och omsorgsförvaltningen", "social_care", "omsorg"),
    ("4612", "Köp av huvudverksamhet kommuner", "Socialnämnd", "social_care", "social"),
    ("4612", "Köp av huvudverksamhet, gymnasium", "Socialnämnd", "education", None),  # the text goes first
    ("4612", "Köp av huvudverksamhet kommuner", "Utbildnings- och omsorgsnämnden", "unmapped", None),
    ("4612", "Köp av huvudverksamhet kommuner", "Kommunstyrelsen", "unmapped", None),
    ("4612", "Köp av huvudverksamhet kommuner", "Skolskjutsenheten", "unmapped", None),  # no school
    ("7690", "Diverse kostnader", "Utbildningsnämnden", "unmapped", None),  # not its core activity
    ("BAS 4612", "Diverse", "Utbildningsnämnden", "unmapped", None),  # a company's 46 are other things
]


@pytest.mark.parametrize(
    ("town", "category", "evidence"),
    [
        pytest.param(
            TOWNS.add([line(1, amount_ore=100_00, account=account, account_text=text, unit=unit)]),
            category,
            evidence,
            id=f"{account}-{text}-{unit}",
        )
        for account, text, unit, category, evidence in CORE_ACTIVITIES
    ],
)
def test_the_core_activity_of_a_unit_is_what_its_name_says(
    found_in: FoundIn, town: str, category: str, evidence: str | None
) -> None:
    (row,) = found_in(town)["spend/spend_mapping"].itertuples()
    assert row.category == category
    if evidence:
        assert (row.step, row.evidence) == ("account", f"account 46 of unit: {evidence}")
