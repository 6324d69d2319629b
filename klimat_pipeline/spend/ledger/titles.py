"""What stands around a table of its amounts: titles above it, names of sheet and file, and of a column that is mapped.

They may say that amounts are in thousands, oere or another currency, or include VAT. The name of a column decides what
amounts are stated in; the rest is refused with the setting that decides, for a title may be that of another table. What
does not belong here: which column is what (``columns``).
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger.ledger_error import LedgerError

#: Oere in one of what amounts are stated in, by the setting.
UNITS: Mapping[str, int] = {"kr": 100, "tkr": 100_000, "mkr": 100_000_000, "öre": 1}
#: What the table of words calls them.
_SAID: Mapping[str, str] = {"tkr": "tkr", "mkr": "mkr", "ore": "öre"}
#: Between words, or nothing.
_GAP = r"[\s._-]*"
_KRONOR = rf"(?:{_GAP}(?:kr|kronor|sek))"
_RATE = rf"(?:[0-9]{{1,2}}(?:[.,][0-9]+)?{_GAP}(?:%|procent)?{_GAP})?"
_VAT = r"(?:moms(?:en)?|mervärdesskatt(?:en)?|vat)"
_NOT = r"(?:ej|inte|inga|not|exkl\.?|exklusive|utan)"
_NO = r"(?:nej|no|false|falskt)\b"
#: A thousand in figures is a limit (``fakturor över 1 000 kr``), unless amounts are said to be in it.
_THOUSAND = r"1[\s.]?000"
#: Words of amounts that are no kronor, by the setting; the named groups make them something else (``kronor och öre``).
_UNIT_AROUND: Mapping[str, str] = {
    "tkr": rf"[tk]kr|t[\s._-]{{1,2}}kr|[tk]{_GAP}sek|tusentals?{_KRONOR}?|tusen{_KRONOR}|(?<=\bi )tusen|"
    rf"{_THOUSAND}{_GAP}tals?{_KRONOR}?|(?:(?<=\bi )|(?<=\bin )|(?<=belopp \()){_THOUSAND}{_KRONOR}|thousands?",
    "mkr": rf"m[\s._-]{{0,2}}kr|mn{_GAP}kr|m{_GAP}sek|miljoner|miljontals?{_KRONOR}?|milj[\s.]{{1,2}}(?:kr|kronor)|"
    "millions?",
    "öre": r"(?:(?<=\bi )|(?<=\bin )|(?<=\())ören?(?=\s*(?:$|[).,;:|\n_-](?!\s*(?:och|o\.)\b)))|"
    r"belopp[\s(.,:_-]*ören?",
}
_VAT_AROUND = (
    rf"(?P<before>{_NOT}{_GAP})?(?:inkl|inklusive|inkluderar|incl|including|med){_GAP}{_RATE}{_VAT}"
    rf"(?P<answer>[\s:]*{_NO})?",
    rf"(?P<part>avdragsgill{_GAP})?{_VAT}\s+{_RATE}(?:är\s+|is\s+)?(?P<inside>{_NOT}\s+)?"
    rf"(?:ingår|inräknad|inkluderad|medräknad|inkl|included)(?P<behind>[\s:]*(?:{_NOT}|{_NO}))?",
    rf"(?P<denied>{_NOT}\s+)?(?:ingår|inkluderar)\s+(?P<after>{_NOT}\s+)?{_RATE}{_VAT}",
)
_CURRENCY_AROUND: Mapping[str, str] = {
    "EUR": r"EUR|euros?(?!\s+(?-i:[A-ZÅÄÖ]))",  # Euro Parts is a company
    "USD": r"USD|(?:US[\s-]?)?dollars?",
    "GBP": r"GBP|pund\s+sterling",
    "DKK": r"DKK|danska\s+kronor",
    "NOK": r"NOK|norska\s+kronor",
    "CHF": r"CHF|schweizer\s?franc",
}
_SIGNS: Mapping[str, str] = {"EUR": r"€", "GBP": r"£", "USD": r"US\$|(?<=\bi )\$|(?<=\bin )\$"}


def _word(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?i)(?<![^\W_])(?:{pattern})(?![^\W_])")


_UNITS_SAID = {unit: [_word(pattern)] for unit, pattern in _UNIT_AROUND.items()}
_VAT_SAID = {"vat": [_word(pattern) for pattern in _VAT_AROUND]}
_CURRENCIES_SAID = {
    code: [_word(pattern), *([re.compile(_SIGNS[code])] if code in _SIGNS else [])]
    for code, pattern in _CURRENCY_AROUND.items()
}


def _found(text: str, patterns: Mapping[str, list[re.Pattern[str]]]) -> Iterator[tuple[str, str]]:
    """What a text says, each with its words."""
    text = unicodedata.normalize("NFC", text)
    for said, some in patterns.items():
        for pattern in some:
            yield from ((said, match[0]) for match in pattern.finditer(text) if not any(match.groups()))


def unit(
    file: str,
    around: Mapping[str, str],
    names: Mapping[str, bool],
    said: Collection[str],
    settings: SpendSettings,
    *,
    has_currency: bool,
) -> str:
    """What amounts are stated in: as the settings or the column's name say; what stands around may say otherwise.

    Args:
        file: as messages name it.
        around: texts by the words for where they stand.
        names: of the columns of amounts, each with whether the settings name it: then nobody else has read its name.
        said: what the table of known names says of the column.
        settings: decide.
        has_currency: whether a column tells the currency.

    Returns:
        A key of ``UNITS``.

    Raises:
        LedgerError: a title or a name says that amounts are no kronor or include VAT, and nothing else does.
    """
    mapped = " | ".join(name for name, is_own in names.items() if is_own)
    stated: str = settings.amount_unit or next((_SAID[one] for one in sorted(said) if one in _SAID), "")
    stated = stated or next((told for told, _ in _found(mapped, _UNITS_SAID)), "")
    for place, text in {**around, "in the column's name": mapped}.items():
        if not stated:
            for told, words in _found(text, _UNITS_SAID):
                raise LedgerError(
                    f"{file}: {words!r} stands {place}. Say what the amounts are stated in, in municipality.yaml, "
                    f"spend: amount_unit: {told} (kr if they are kronor)."
                )
        if not (settings.amount_unit or "sek" in said or has_currency):
            for code, words in _found(text, _CURRENCIES_SAID):
                raise LedgerError(
                    f"{file}: {words!r} stands {place}, and no column tells the currency. Add one (Valuta) with {code} "
                    "on every line, which are then converted, or export kronor; if the amounts are kronor, say so in "
                    "municipality.yaml, spend: amount_unit: kr."
                )
        if settings.vat.included is None and "net" not in said:
            for _, words in _found(text, _VAT_SAID):
                raise LedgerError(
                    f"{file}: {words!r} stands {place}: the amounts include VAT. Say so in municipality.yaml, spend: "
                    "vat: {included: true, rate_pct: 25}; or false, if they do not."
                )
    return stated or "kr"


def told(unit: str) -> str:
    """How amounts are taken, in words."""
    each = UNITS[unit]
    how = f"taken times {each // UNITS['kr']:,}" if each >= UNITS["kr"] else "a hundredth of a krona"
    return f"amounts are in {unit}: each is {how}"
