"""Personal identity numbers at the door: what may be one, and what stands in its place.

A number is ten digits (or twelve with the century) of which the first six are a date; coordination numbers have 60
added to the day. Legal persons' organisation numbers have 20 or more where a month would stand, so they never are one.
A supplier's id that could be one counts as one even where its check digit (Luhn) is wrong, and so do ids of persons
with letters among the last four (T-F numbers, reserve numbers of health care), a date of birth alone or beside letters,
and numbers of which a part is masked (XXXXXX-8249). An id that looks like a legal person's but has a wrong check digit
is doubtful: a slip of the pen in a personal number looks the same, so it is withheld. So is an id of letters alone or
of words: it is a name more often than a code. In free text the check digit, or the usual form with a hyphen, tells a
personal number from an invoice number, and so does a mask in place of a part. A text with a number is withheld as a
whole, since a name stands beside it; what is withheld too many are references that look like a number (230901-A123).

What does not belong here: which columns are looked at (``typed_lines``).
"""

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from typing import Literal

WITHHELD = "[withheld]"
#: How a pseudonym begins: a published name that begins so belongs to nobody.
PREFIX = "p:"

#: What stands between the digits: spaces of all widths, hyphens, plus, full stop, slash; and what a wrong encoding
#: makes of a dash.
_B = "[\\s\u00a0\u2000-\u2015\u202f\u2212._/+?*:\ufffd-]{0,3}"
_MONTH_DAY = "(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]|6[1-9]|[78][0-9]|9[01])"
_BIRTH = f"(?:18|19|20)?[0-9]{{2}}{_MONTH_DAY}"
#: The sign between date and number; the characters themselves, since RE2 knows no escapes for them.
_DASH = "\\s?[+?*:\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d\ufffd-]\\s?"
#: Ten digits with a possible date in front, however they are set apart; or a date, a dash and a number with letters
#: (T-F, reserve), which without the dash may be any reference. For RE2 (DuckDB) and for Python alike.
_LETTERS = "[A-Za-z](?:[0-9]{2}[0-9A-Za-z]|[A-Za-z][0-9]{2})"
#: Letters of T-F numbers without a dash before them.
_UNDASHED = "(?:TF[0-9]{2}|[TFRSX][0-9]{3})"
#: What else may stand between a date written in one and four digits, where the check digit decides: a few signs, one
#: as addresses of the web write it, or words (``och``, ``sista fyra siffrorna``). What stands between cells that are
#: searched together is none of them; no cell holds it.
BETWEEN_CELLS = "\x1f"
_SIGNS = f"[^0-9A-Za-z{BETWEEN_CELLS}]"
_BESIDE = "(?i:x|o|och|samt|resp|plus|med|nr|nummer|kontroll[a-z]*|(?:de )?sista|fyra|siffror(?:na)?|slut[a-z]*)"
_APART = f"(?:%2[0BDbd]|{_SIGNS}{{0,5}}(?:{_BESIDE}{_SIGNS}{{0,3}}){{0,3}})"
#: What somebody has put in the place of four digits, or of the date before them.
_MASK_BEHIND, _MASK_BEFORE = f"(?:{_DASH})?[Xx*#]{{4}}", f"[Xx*#]{{6}}{_DASH}[0-9]{{4}}"
#: A date as it is spoken (23/8-64), and four digits.
_SPOKEN = "(3[01]|[12][0-9]|0?[1-9])[/.] ?(1[0-2]|0?[1-9])[-/. ] ?(?:18|19|20)?([0-9]{2})[ -]{1,3}([0-9]{4})"
#: Digits as typists write them: O is 0, and l is 1.
_TYPED, _AS_DIGITS = "[0-9OoIl]", str.maketrans("OoIl", "0011")
CANDIDATE = (
    rf"[0-9]{_B}[0-9]{_B}(?:0{_B}[1-9]|1{_B}[0-2]){_B}"
    rf"(?:0{_B}[1-9]|[12]{_B}[0-9]|3{_B}[01]|6{_B}[1-9]|[78]{_B}[0-9]|9{_B}[01]){_B}"
    rf"[0-9]{_B}[0-9]{_B}[0-9]{_B}[0-9]"
    rf"|[0-9]{{2}}{_MONTH_DAY}(?:{_DASH}{_LETTERS}|{_UNDASHED}|{_APART}{_TYPED}{{4}}|{_MASK_BEHIND})|{_MASK_BEFORE}|{_SPOKEN}"
)
_CANDIDATE = re.compile(CANDIDATE)
_RUN = re.compile(rf"[0-9](?:{_B}[0-9]){{9,}}")
_DATE = re.compile(rf"[0-9]{{2}}{_MONTH_DAY}[0-9]{{4}}")
_HYPHENATED = re.compile(rf"(?<![0-9]){_BIRTH}{_DASH}{_TYPED}{{4}}(?![0-9])")
_SET_APART = re.compile(rf"(?<![0-9])(?:18|19|20)?([0-9]{{2}}{_MONTH_DAY}){_APART}({_TYPED}{{4}})(?![0-9A-Za-z])")
_DAY_FIRST = re.compile(rf"(?<![0-9/.]){_SPOKEN}(?![0-9A-Za-z])")
_WITH_LETTERS = re.compile(
    rf"(?<![0-9A-Za-z*#])(?:{_BIRTH}(?:{_DASH}{_LETTERS}|{_UNDASHED}|{_MASK_BEHIND})|{_MASK_BEFORE})(?![0-9A-Za-z*#])"
)
_NOT_DIGIT = re.compile(r"[^0-9]")
#: A ledger's own number of a supplier.
_OWN_NUMBER = re.compile(r"[A-Z]{0,3}[0-9]{1,5}")
#: Countries by ISO 3166, but Sweden; and what numbers of VAT begin with besides (Greece, the EU, Northern Ireland).
_COUNTRIES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA "
    "CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH EL ER ES ET EU FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM "
    "JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ "
    "MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE "
    "RO RS RU RW SA SB SC SD SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV "
    "TW TZ UA UG UK UM US UY UZ VA VC VE VG VI VN VU WF WS XI XK YE YT ZA ZM ZW"
).replace(" ", "|")
#: A number of VAT or of a register abroad: a country, five digits or more among which letters stand by ones and twos
#: (``NL123456789B01``, ``CHE-123.456.789``), and what the country calls its VAT.
_FOREIGN = re.compile(
    rf"(?:{_COUNTRIES})[ .-]?(?=(?:[A-Z .-]*[0-9]){{5}})(?:(?![A-Z]{{3}}|[A-Z]+[ .-]+[A-Z])[0-9A-Z.\- ]){{5,14}}"
    r"(?: ?(?:MVA|MWST|TVA|IVA))?"
)
#: Numbers of countries that give eight digits, as many as a date of birth may have.
_EIGHT_DIGITS = re.compile(r"(?:DK|FI|HU|LU|MT|SI)[ .-]?[0-9]{7}-?[0-9]")

#: An id: a date, and four signs of which some are letters in place of digits.
_LETTERED = re.compile(rf"(?:SE)?{_BIRTH}[\s+\u2010-\u2015\u2212-]*(?=[0-9]{{0,3}}[A-Z])[0-9A-Z]{{4}}")

#: An id of which some digits are masked, with signs or with what they stand for (ÅÅMMDD); a date of birth set apart.
_MASK, _MASKED_SIGNS = r"[X*#?•_ÅYMDN]", 3
_MASKED = re.compile(r"(?:[0-9X*#?•_ÅYMDN]{6}|[0-9X*#?•_ÅYMDN]{8})[\s+-]*[0-9X*#?•_ÅYMDN]{4}")
#: A date of birth of which the rest is masked or was cut off, with whatever stands around it.
_BIRTH_MASKED = re.compile(
    r"\(?(?:(?:18|19|20)?[0-9]{2}[-./ ]?(?:0[1-9]|1[0-2])[-./ ]?(?:0[1-9]|[12][0-9]|3[01])"
    r"|[0-3]?[0-9][/.-][01]?[0-9][/. -](?:18|19|20)[0-9]{2})"
    r"(?:[\s_+.,:*#?•…\u2010-\u2015\u2212-]+[X*#?•_.…]*)?\)?(?: ?\(?MASK\w*\)?)?\)?"
)
_BIRTH_DAY_FIRST = re.compile("(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])(?:19|20)[0-9]{2}")
_BIRTH_APART = re.compile(r"(?:18|19|20)?[0-9]{2}([-./ ])(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12][0-9]|3[01])")

#: So many times the same digit stands for whoever has no number, persons among them: 999999-9999.
_ALL_ALIKE = 6
#: Digits that are left of a personal number of 2000 (000101-0017) without its zeros, at the least.
_ZEROS_LOST = 7
#: So many letters at the most make a code before a supplier's number (LEV 10023); more are a word.
_CODE_LETTERS = 3
_WORD = rf"[^\W\d_]{{{_CODE_LETTERS + 1},}}"
Kind = Literal["legal", "personal", "foreign", "doubtful", "unknown"]


def luhn(digits: str) -> bool:
    """Whether the last of ten digits is their check digit (Luhn's formula, as Skatteverket describes it)."""
    total = 0
    for place, digit in enumerate(digits):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def may_hold_number(text: str) -> bool:
    """Whether a text holds something that may be a personal number, in any spelling."""
    if not _CANDIDATE.search(text):
        return False
    if _HYPHENATED.search(text) or _WITH_LETTERS.search(text):
        return True
    if any(luhn((day + four).translate(_AS_DIGITS)) for day, four in _SET_APART.findall(text)):
        return True
    spoken = _DAY_FIRST.findall(text)
    if any(luhn(f"{year}{month:0>2}{day:0>2}{four}") for day, month, year, four in spoken):
        return True
    for run in _RUN.finditer(text):
        digits = _NOT_DIGIT.sub("", run.group())
        for start in range(len(digits) - 9):
            window = digits[start : start + 10]
            if _DATE.fullmatch(window) and luhn(window):
                return True
    return False


def withheld(text: str) -> str:
    """The text, or what stands in its place where it holds what may be a personal number: a name stands beside it."""
    return WITHHELD if may_hold_number(text) else text


def supplier_kind(supplier_id: str) -> tuple[Kind, str]:
    """What kind of supplier an id belongs to, and the id in its one spelling.

    Returns:
        The kind, and ten digits for legal persons, personal numbers and doubtful ones; other ids as they stand.
    """
    text = supplier_id.strip().upper()
    digits = _NOT_DIGIT.sub("", text)
    stands_for_none = len(digits) >= _ALL_ALIKE and len(set(digits)) == 1
    if stands_for_none or _OWN_NUMBER.fullmatch(text):
        return "unknown", "" if stands_for_none else text
    if (person := _told_person(text)) is not None:
        return "personal", person
    if text.startswith("SE") and len(digits) == 12:
        digits = digits[:10]
    elif _FOREIGN.fullmatch(text) and not may_hold_number(text):
        return "foreign", text
    return _by_digits(text, digits)


def _by_digits(text: str, digits: str) -> tuple[Kind, str]:
    """What an id is by the digits in it."""
    if _reads_as_name(text):
        return "doubtful", text
    if len(digits) == 12 and digits.startswith("16"):
        digits = digits[2:]
    if len(digits) == 10 and digits[2] >= "2":
        return ("legal" if luhn(digits) else "doubtful"), digits
    if len(digits) == 12 and digits[4] < "2":
        return "personal", digits[2:]
    # A spreadsheet drops the zeros of those who were born in 2000 to 2009: eight digits or seven are left.
    whole = digits.zfill(10)
    if text.isdigit() and len(text) >= _ZEROS_LOST and _DATE.fullmatch(whole) and luhn(whole):
        return "personal", whole
    # With a digit too few or too many, a number with a slip of the pen is somebody's still.
    may_be = 9 <= len(digits) <= 13 or may_hold_number(text)
    return ("personal", digits) if may_be else ("unknown", text)


def _told_person(text: str) -> str | None:
    """The one spelling of an id that is surely a person's; empty where it tells nobody from another."""
    if _MASKED.fullmatch(text) and len(re.findall(_MASK, text)) >= _MASKED_SIGNS:
        return ""
    if _LETTERED.fullmatch(text):
        return re.sub(r"[^0-9A-Z]", "", text).removeprefix("SE")[-10:]
    if _BIRTH_APART.fullmatch(text):
        return re.sub(r"[-./ ]", "", text)
    if _BIRTH_DAY_FIRST.fullmatch(text):
        return text[4:] + text[2:4] + text[:2]
    if not text.isdigit() and _BIRTH_MASKED.fullmatch(text):
        return ""
    # Alone, or beside a name: ANNA 640823 is no supplier's number, LEV100101 is one.
    digits = _NOT_DIGIT.sub("", text)
    is_birth = re.fullmatch(_BIRTH, digits) and (text == digits or re.search(_WORD, text))
    return digits if is_birth and not _EIGHT_DIGITS.fullmatch(text) else None


def _reads_as_name(text: str) -> bool:
    """Whether an id is made of letters alone, or of words: somebody's name more often than a supplier's code."""
    letters = re.findall(r"[^\W\d_]+", text)
    is_worded = len(letters) > 1 and max(map(len, letters)) > _CODE_LETTERS
    return bool(letters) and (is_worded or not re.search("[0-9]", text))


@dataclass(slots=True)
class Pseudonyms:
    """Keyed hashes in place of personal numbers; without a key there is nothing in their place.

    Attributes:
        key: kept outside of everything that is written.
    """

    key: bytes | None = field(repr=False)
    _known: dict[str, str] = field(default_factory=dict, repr=False)

    def of(self, supplier_id: str) -> str:
        """``p:`` and 32 hexadecimal digits (HMAC-SHA256), the same for every spelling; empty without a key or an id."""
        if self.key is None or not supplier_id:
            return ""
        digits = re.sub(r"[\W_]", "", supplier_id)
        digits = digits[2:] if len(digits) == 12 else digits
        if digits not in self._known:
            self._known[digits] = PREFIX + hmac.new(self.key, digits.encode(), hashlib.sha256).hexdigest()[:32]
        return self._known[digits]

    @property
    def fingerprint(self) -> str:
        """Tells one key from another without telling it, so that a new key reads the ledgers anew."""
        return hmac.new(self.key, b"fingerprint", hashlib.sha256).hexdigest()[:16] if self.key else "none"
