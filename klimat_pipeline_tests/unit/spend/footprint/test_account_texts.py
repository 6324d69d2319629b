"""Account texts as municipalities word them, labelled before they were tried: how many are understood, and rightly.

The labels are our own, by the industry that makes what is bought; several where a text may be either.
"""

import csv
import re
from pathlib import Path

import pytest

from klimat_pipeline.spend.footprint.classification import vocabulary
from klimat_pipeline_tests.unit.spend.purchases import REFERENCE
from klimat_pipeline_tests.unit.spend.small import way

OUT = "OUT"


def test_most_texts_are_understood_and_hardly_any_is_wrong() -> None:
    words, rules = vocabulary(REFERENCE), [rule for rule in way().rules if rule.text_pattern and not rule.accounts]
    with (Path(__file__).parent / "account_texts.csv").open(encoding="utf-8") as file:
        labelled = {row["account_text"]: row["categories"].split() for row in csv.DictReader(file)}
    said: dict[str, str] = {}
    for text in labelled:
        is_out = any(re.search(rule.text_pattern, text.lower()) for rule in rules)
        found = words.answer(text, "6999")
        said[text] = OUT if is_out else found.category if found else ""
    right = [text for text, categories in labelled.items() if said[text] in categories]
    wrong = {text: said[text] for text in labelled if said[text] and text not in right}
    assert len(right) / len(labelled) >= 0.85
    assert len(wrong) / len(labelled) <= 0.03, wrong


def _left_out_by(text: str) -> set[str]:
    rules = [rule for rule in way().rules if rule.text_pattern and not rule.accounts]
    return {rule.kind for rule in rules if re.search(rule.text_pattern, text.lower())}


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        ("taxes", ("Fastighetsskatt", "Energiskatt el", "Betald fordonsskatt", "Kostnader för trängselskatt")),
        (
            "interest",
            ("Räntekostnader lån", "Ränta", "Dröjsmålsräntor", "Långfristiga lån, ränta", "8511 Räntekostnad"),
        ),
        ("interest", ("Kapitalkostnad internränta", "Leverantörsräntor", "Övriga räntekostnader")),
    ],
)
def test_a_text_that_begins_with_tax_or_interest_is_no_purchase(kind: str, texts: tuple[str, ...]) -> None:
    assert {text: _left_out_by(text) for text in texts} == {key: {kind} for key in texts}


def test_what_is_bought_with_a_tax_or_interest_inside_is_a_purchase() -> None:
    texts = (
        "Elförbrukning inkl. energiskatt",
        "Leasing bilar, ränta",
        "Lokalhyra inkl fastighetsskatt",
        "Bilar (fordonsskatt ingår)",
        "El och energiskatt",
        "Räntefri avbetalning, skåp",
    )
    assert {text: _left_out_by(text) for text in texts} == {key: set() for key in texts}


def _rule_of(account: str, text: str, chart: str = "kommun_bas") -> str:
    """The first rule that a line of an account of this chart meets; empty where it counts by none."""
    return next(
        (
            rule.rule
            for rule in way().rules
            if rule.chart in ("", chart)
            and (rule.accounts or rule.text_pattern)
            and (not rule.accounts or account.startswith(tuple(prefix.removesuffix("*") for prefix in rule.accounts)))
            and (not rule.text_pattern or re.search(rule.text_pattern, text.lower()))
        ),
        "",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("KONF.AVG", "hotel_restaurant"),
        ("FHV", "health_services"),
        ("Företagshälsa", "health_services"),
        ("Läkarundersökning", "health_services"),
        ("Kaffe/te personal", "food_products"),
        ("Terminalglasögon", "furniture_other"),
        ("Skyddskläder", "textiles"),
        ("Personalvård", None),  # bought, but what, the text does not say
    ],
)
def test_what_is_bought_for_staff_is_a_purchase(text: str, expected: str | None) -> None:
    found = vocabulary(REFERENCE).answer(text, "55820")
    assert (_rule_of("55820", text), found and found.category) == ("bought_for_staff", expected)


@pytest.mark.parametrize(
    ("rule", "texts"),
    [
        ("text_transfers", ("FORSORJNINGSSTOD", "EKONOMISKT BISTAND", "SKADESTAND", "Skadest.", "Böter och viten")),
        ("text_pensions", ("BILERSATTNING", "Bilers., skattefri", "Resor med egen bil")),
        ("text_interest", ("RANTOR", "DROJSMALSRANTA", "Kapitalkostn., internränta")),
        ("text_wages", ("MANADSLONER",)),
        ("text_taxes", ("Fast.skatt", "Fastighetsavgift", "TRANGSELSKATT", "FORDSKATT")),
        ("vat", ("2640 Ingående moms",)),
        ("text_internal_rent", ("6031 Internhyror",)),
        ("text_land", ("4031 Markköp",)),
        ("text_losses", ("Kassadifferenser", "ORESUTJAMNING", "Förluster på kundfordringar", "KUNDFÖRL")),
    ],
)
def test_what_is_no_purchase_is_told_without_letters_and_by_short_words(rule: str, texts: tuple[str, ...]) -> None:
    assert {text: _rule_of("7699", text) for text in texts} == dict.fromkeys(texts, rule)


@pytest.mark.parametrize(
    "text", ["Bilar", "Hyra av bil", "Diverse avgifter", "Vitvaror", "Kassaskåp", "Fastighetsavtal"]
)
def test_what_looks_like_it_is_a_purchase(text: str) -> None:
    assert _rule_of("7699", text) == ""


@pytest.mark.parametrize("text", ["Utb.kostn personal", "Friskv., subventioner", "ARBETSKLADER", "FORETAGSHALSOVARD"])
def test_what_is_bought_for_staff_is_told_by_short_words_too(text: str) -> None:
    assert _rule_of("55820", text) == "bought_for_staff"


def test_what_independent_schools_are_paid_by_law_is_schooling_though_it_is_called_a_grant() -> None:
    words = vocabulary(REFERENCE)
    for text in ("Bidrag till fristående förskolor", "Grundbelopp fristående grundskolor", "Bidrag, pedagogisk omsorg"):
        found = words.answer(text, "4620")
        assert (_rule_of("4620", text), found and found.category) == ("bought_schooling", "education"), text
    others = ("Bidrag till enskilda vägar", "Bidrag till föreningar", "Föreningsbidrag skolor")
    assert {text: _rule_of("7699", text) for text in others[:2]} == dict.fromkeys(others[:2], "text_transfers")
    assert _rule_of("4510", others[2]) == "grants"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Ersättning till fristående förskolor", "bought_schooling"),  # by law, whatever it is called
        ("Ers. till fristående skolhuvudmän", "bought_schooling"),
        ("Skolpeng till friskolor", "bought_schooling"),
        ("Ersättning till fristå", "bought_schooling"),  # cut off
        ("Tilläggsbelopp", "bought_schooling"),  # only independent schools are paid it
        ("Färdtjänst", "bought_45"),
        ("Ersättning till utförare", "bought_45"),
        ("Bidrag till färdtjänst", "grants"),
        ("Köpt verksamhet, bidragsfinansierad", "grants"),
        ("Ersättning till Försäkringskassan, assistans", "grants"),
        ("Föreningar", "grants"),
    ],
)
def test_what_is_bought_among_the_grants_is_told_by_its_text(text: str, rule: str) -> None:
    assert _rule_of("4551", text) == rule


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Lön under utbildning", "wages_told"),
        ("Utbildningslön", "wages_told"),
        ("Arvode kursledare", "wages_told"),
        ("Fortbildn lärare", "bought_for_staff"),
        ("Kompetensutv.", "bought_for_staff"),
        ("Hälsoundersökningar", "bought_for_staff"),
    ],
)
def test_wages_during_a_course_are_wages_and_the_course_is_bought(text: str, rule: str) -> None:
    assert _rule_of("5530", text) == rule


@pytest.mark.parametrize("text", ["Månadslön", "Sjuklön", "Arbetsgivaravgifter", "Traktamente", "Semesterlöneskuld"])
def test_what_staff_is_paid_is_none(text: str) -> None:
    assert _rule_of("55820", text) == "wages"


def test_land_and_rent_within_the_municipality_are_no_purchases() -> None:
    land = ("Markförvärv", "Markköp", "Markinköp", "Inköp av tomtmark", "Köp av fastighet", "Fastighetsförvärv")
    rent = ("Internhyra", "Interna hyror", "Intern lokalhyra", "Hyra, internt", "Internhyra lokaler")
    assert {text: _rule_of("4031", text) for text in land} == dict.fromkeys(land, "text_land")
    assert {text: _rule_of("6014", text) for text in rent} == dict.fromkeys(rent, "text_internal_rent")


def test_what_is_done_to_land_and_rent_from_others_are_purchases() -> None:
    texts = (
        "Inköp av mark, byggnader och tekniska anläggningar",
        "Markarbeten",
        "Köp av fastighetsskötsel",
        "Fastighetsskötsel",
        "Externa hyror",
        "Hyra av internat",
    )
    assert {text: _rule_of("6014", text) for text in texts} == dict.fromkeys(texts, "")


@pytest.mark.parametrize(
    ("account", "text", "rule", "category"),
    [
        ("1180", "Pågående nyanläggningar och förskott för byggnader och mark", "", "construction"),
        ("1110", "Byggnader", "", "construction"),
        ("1012", "Balanserade utgifter för programvaror", "", "publishing"),
        ("1220", "Inventarier och verktyg", "", "metal_products"),  # of its two things the one that says more
        ("1240", "Bilar och andra transportmedel", "", "motor_vehicles"),
        ("1250", "Datorer", "", "electronics"),
        ("1229", "Ackumulerad värdeminskning på inventarier", "bas_accumulated", None),
        ("1112", "Ack. avskrivn. byggnader", "text_depreciation", None),  # as charts of housing companies number it
        ("1130", "Mark", "bas_land", None),
        ("1140", "Tomter och obebyggda markområden", "bas_land", None),
        ("1310", "Andelar i koncernföretag", "bas_balance", None),
        ("1510", "Kundfordringar", "bas_balance", None),
        ("1930", "Företagskonto", "bas_balance", None),
        ("2440", "Leverantörsskulder", "bas_balance", None),
    ],
)
def test_investments_of_a_company_count_and_what_it_owns_else_does_not(
    account: str, text: str, rule: str, category: str | None
) -> None:
    assert _rule_of(account, text, "bas") == rule
    if not rule:
        found = vocabulary(REFERENCE).answer(text, f"BAS {account}")
        assert found is not None
        assert found.category == category
