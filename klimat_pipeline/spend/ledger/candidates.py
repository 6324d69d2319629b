"""Which columns of a ledger could be which field: by the table of known names, and where that leaves it open, by cells.

What does not belong here: which of several is the one (``columns``).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger.cells import plain
from klimat_pipeline.spend.ledger.reference import LedgerReference
from klimat_pipeline.text import fold

#: A name may say how its dates are written.
_DATE_FORM = re.compile(r"(?i)\(?\b[yåd]{2,4}[-/. ]?mm([-/. ]?[dyå]{2,4})?\b\)?")

#: Signs in names, which words alone would leave out.
_SIGNS = {"%": "procent", "+/-": "plus/minus", "€": "eur", "£": "gbp", "$": "usd"}
_SIGN = re.compile("|".join(map(re.escape, _SIGNS)))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column that could be a field.

    Attributes:
        place: in the header.
        name: as it stands.
        meaning: what its name says besides.
        is_own: whether the settings name it.
    """

    place: int
    name: str
    meaning: frozenset[str]
    is_own: bool


def plain_header(header: Sequence[str]) -> tuple[str, ...]:
    """Names of columns on one line each, as messages and settings spell them."""
    return tuple(" ".join(plain(str(name)).split()) for name in header)


def known_names(header: Sequence[str], settings: SpendSettings, reference: LedgerReference) -> int:
    """How many different fields the names of a line could be."""
    return len(candidates_of(plain_header(header), settings, reference))


def candidates_of(
    header: Sequence[str], settings: SpendSettings, reference: LedgerReference
) -> dict[str, list[Candidate]]:
    """Columns by field, in the order of the fields' importance; the settings' own exclude all others."""
    own = {fold(name): target for name, target in settings.columns.items()}
    by_field: dict[str, list[Candidate]] = {}
    for place, name in enumerate(header):
        if fold(name) in own:
            by_field.setdefault(own[fold(name)], []).append(Candidate(place, name, frozenset(), True))
        elif found := _known(name, reference):
            by_field.setdefault(found[0], []).append(Candidate(place, name, found[1], False))
    for target, some in by_field.items():
        by_field[target] = [one for one in some if one.is_own] or some
    return by_field


def _known(name: str, reference: LedgerReference) -> tuple[str, frozenset[str]] | None:
    """Field and meaning of a name; of amounts also with words that say more (``exkl. moms``, ``i valuta``)."""
    name = _DATE_FORM.sub("", _SIGN.sub(lambda sign: f" {_SIGNS[sign[0]]} ", name))
    if found := reference.columns.get(fold(name)):
        return found
    spelt = " ".join(re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", name.casefold())).split())
    said: set[str] = set()
    for words, meaning in reference.column_words:
        if words not in spelt:
            continue
        shorter = re.sub(rf"(?:^|(?<= )){re.escape(words)}(?:$|(?= ))", " ", spelt)
        if shorter != spelt:
            spelt = " ".join(shorter.split())
            said.add(meaning)
    found = reference.columns.get(fold(spelt)) if said and spelt else None
    if not found or found[0] not in ("amount", "debit", "credit", "vat"):
        return None
    is_figure = "rate" not in said and "part" not in said
    return (found[0], found[1] | said) if is_figure or found[0] == "vat" else None


def accounts_without_numbers(candidates: dict[str, list[Candidate]], rows: Sequence[Sequence[str]]) -> None:
    """A column called account in which no cell has a digit holds the accounts' texts."""
    for one in [one for one in candidates.get("account", []) if not one.is_own]:
        cells = [row[one.place] for row in rows if row[one.place]]
        if cells and not any(re.search(r"[0-9]", cell) for cell in cells):
            candidates["account"].remove(one)
            candidates.setdefault("account_text", []).append(one)
    if not candidates.get("account", [0]):
        del candidates["account"]


#: Five digits, or a month's name and a year.
_HAS_YEAR = re.compile(r"(?:[0-9]\D*){5}|[0-9]{4}[^\W\d_ ]*[ -]?[^\W\d_]{3}|[^\W\d_]{3}.*[0-9]{2}")


def drop_words(candidates: dict[str, list[Candidate]], rows: Sequence[Sequence[str]]) -> None:
    """A column in which no cell has a digit (``Bokförd``: yes) holds neither days nor amounts, where another does."""
    has_year = bool(candidates.get("year"))
    for name in ("amount", "debit", "credit", *(() if has_year else ("booked_on",))):
        some = candidates.get(name, [])
        figures = [one for one in some if one.is_own or any(re.search(r"[0-9]", row[one.place]) for row in rows)]
        if figures:
            candidates[name] = figures


def drop_dates_without_year(candidates: dict[str, list[Candidate]], rows: Sequence[Sequence[str]]) -> None:
    """A period that tells no year (``Månad``: 01) tells no day, where a column with whole dates stands beside it."""
    some = candidates.get("booked_on", [])
    whole = [one for one in some if one.is_own or any(_HAS_YEAR.search(row[one.place]) for row in rows)]
    if whole and not candidates.get("year"):
        candidates["booked_on"] = whole


#: What the name of a column of texts may hold.
_NAMES_A_TEXT = re.compile(r"(?i)benämn|beteckn|beskriv|klartext|text|namn")


def text_beside_account(
    candidates: dict[str, list[Candidate]], header: Sequence[str], rows: Sequence[Sequence[str]]
) -> str:
    """Where no name says account's text: the column after the account's, if it has one text for each account.

    Wages are told from purchases by it. Either its name is one of texts, or accounts that stand again have their text
    again.

    Returns:
        The column's name, empty where there is none.
    """
    place = candidates["account"][0].place + 1 if len(candidates.get("account", ())) == 1 else len(header)
    taken = {one.place for name, some in candidates.items() if name != "item_text" for one in some}
    if candidates.get("account_text") or place >= len(header) or place in taken:
        return ""
    pairs = [(row[place - 1], row[place]) for row in rows if row[place - 1] and row[place]]
    texts = dict(pairs)
    is_function = all(texts[account] == text for account, text in pairs)
    tells_apart = len(texts) > 1 and 2 * len(set(texts.values())) > len(texts)
    is_worded = all(re.search(r"[^\W\d_]{2}", text) for text in texts.values())
    if not (is_function and tells_apart and is_worded):
        return ""
    if not _NAMES_A_TEXT.search(header[place]) and 2 * len(texts) > len(pairs):
        return ""
    candidates["item_text"] = [one for one in candidates.get("item_text", []) if one.place != place]
    candidates["account_text"] = [Candidate(place, header[place], frozenset(), False)]
    return header[place]


#: What a cell may say of a line that is no purchase, or not yet.
_MAY_NOT_COUNT = re.compile(
    r"(?i)(makul|annull|avbrut|struken|förkast|avvisad|bestrid|preliminär|(ej|inte) (bokför|attest|godkän)|obokför|"
    r"oattest|utkast|cancel|rejected|draft|budget|prognos|forecast|raderad|borttagen)\w*( (faktura|[0-9]{1,4}))?"
)
#: What a column asks in its name, and cells that say no.
_ASKS, _NO = (
    re.compile(r"(?i)(makul|annull|avbrut|cancel|preliminär|raderad|borttag|motbok)\w*"),
    re.compile(r"(?i)n|nej|no|0|false|falskt?|-|"),
)
_PLAIN_ANSWER = re.compile(r"(?i)[0-9./: -]{1,10}|j|ja|x|y|yes|true|sant|1")


def lines_that_may_not_count(header: Sequence[str], used: set[int], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """What columns that are not read say of lines, where it may be that they are cancelled or not booked yet."""
    for place in sorted(set(range(len(header))) - used):
        said = sorted({row[place] for row in rows if _MAY_NOT_COUNT.fullmatch(row[place])})
        if _ASKS.match(header[place]):  # what else stands there may be somebody's name
            answers = {row[place] for row in rows if not _NO.fullmatch(row[place])}
            said = sorted({answer if _PLAIN_ANSWER.fullmatch(answer) else "something" for answer in answers})
        if said:
            yield f"{header[place]!r} says {', '.join(said[:3])} of some lines, and they count: are they purchases?"


#: What a cell may say of a line that sums up others, where the column's name says that it tells kinds of lines.
_SUMS_UP = re.compile(
    r"(?i)(del|slut|total|konto|års)?summa( .*)?|totalt?|sub ?total|sum|[iu]b|"
    r"((ing[åa]ende|utg[åa]ende) (saldo|balans)|saldo)( .*)?"
)
_TELLS_KINDS = re.compile(r"(?i).*(typ|slag|kind|niv[åa])\w{0,4}( \w+)*|rad|post")


def tells_kinds(name: str) -> bool:
    """Whether a column's name says that it tells kinds of lines or documents (``Fakturatyp``, ``Rad``)."""
    return bool(_TELLS_KINDS.fullmatch(name))


def sums_beside_lines(
    header: Sequence[str], fields: Mapping[str, int], rows: Sequence[Sequence[str]]
) -> tuple[str, list[str]]:
    """The column that is not read and calls lines sums or balances that would count, and what it says; else nothing.

    A line would count that has an account and a day; sums without them are told by what they add up to
    (``control_sums``).
    """
    needed = [place for name, place in fields.items() if name in ("account", "booked_on")]
    for place in sorted(set(range(len(header))) - set(fields.values())):
        if not tells_kinds(header[place]):
            continue
        said = {row[place] for row in rows if _SUMS_UP.fullmatch(row[place]) and all(row[need] for need in needed)}
        if said and any(row[place] and not _SUMS_UP.fullmatch(row[place]) for row in rows):
            return header[place], sorted(said)
    return "", []
