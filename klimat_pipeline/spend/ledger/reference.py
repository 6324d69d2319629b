"""Reference tables of the ledgers: names of columns, what is left out, exchange rates; each row with its reason.

What does not belong here: factors, mappings to categories and price indices, which the footprint reads.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from klimat_pipeline.configuration.csv_file import CsvColumn, read_csv
from klimat_pipeline.configuration.local_tables import LOCAL_TABLES
from klimat_pipeline.configuration.spend import Field_
from klimat_pipeline.errors import ConfigurationError, ProblemsError
from klimat_pipeline.spend.ledger.rates import Rates, shipped_rates
from klimat_pipeline.text import fold

#: Rules that the code knows by name: by supplier, and by the VAT of a line.
INTERNAL, VAT = "internal", "vat"
#: What ``ledger_columns.csv`` names besides fields: shares and corrections of amounts, which are never read.
ALTERATION = "alteration"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule of ``ledger_rules.csv`` leaves out, or (``counts``) keeps in against the rules after it.

    Attributes:
        accounts: account numbers, or their beginnings with an asterisk.
        text_pattern: regular expression on the account's text, in small letters; empty for any text.
        chart: chart of accounts that its numbers are of; empty for a rule of every chart.
    """

    rule: str
    kind: str
    accounts: tuple[str, ...]
    text_pattern: str
    counts: bool
    reason: str
    chart: str = ""


@dataclass(frozen=True, slots=True)
class LedgerReference:
    """All of it.

    Attributes:
        columns: field and meaning of a column by its folded name.
        column_words: words of a name that say more of an amount, the longest first, with their meaning.
        rules: in order.
        rates: SEK per unit of a currency by year.
        person_words: regular expressions by where they are looked for (supplier, text, estate), and their parts: what
            speaks of somebody beside whom a name stands (about, care), names, dates of birth, words of companies.
    """

    columns: dict[str, tuple[str, frozenset[str]]]
    column_words: tuple[tuple[str, str], ...]
    rules: tuple[Rule, ...]
    rates: Rates
    person_words: dict[str, str]


def load_ledger_reference(reference_dir: Path) -> LedgerReference:
    """Read the reference tables, anew when a file has changed.

    Raises:
        ProblemsError: a table is malformed.
    """
    stamps = tuple((reference_dir / f"{name}.csv").stat().st_mtime_ns for name in _FILES)
    return _load(reference_dir, stamps)


#: What words in a column's name say of it.
_Meaning = Literal["net", "gross", "sek", "foreign", "line", "invoice", "tkr", "mkr", "ore", "rate", "part", "adjusted"]
_FILES = (
    "ledger_columns",
    "ledger_column_words",
    "ledger_rules",
    "ledger_rules_bas",
    "exchange_rates",
    "ledger_person_words",
)


@lru_cache(maxsize=4)
def _load(reference_dir: Path, stamps: tuple[int, ...]) -> LedgerReference:
    del stamps
    base = reference_dir.parent
    columns = read_csv(
        reference_dir / "ledger_columns.csv",
        columns=(
            CsvColumn("alias"),
            CsvColumn("field", allowed=(*get_args(Field_), ALTERATION)),
            CsvColumn("meaning", nullable=True),
            CsvColumn("source"),
        ),
        base=base,
        key=("alias",),
    )
    words = read_csv(
        reference_dir / "ledger_column_words.csv",
        columns=(
            CsvColumn("words"),
            CsvColumn("meaning", allowed=get_args(_Meaning)),
            CsvColumn("reason"),
        ),
        base=base,
        key=("words",),
    )
    return LedgerReference(
        {fold(row["alias"]): (row["field"], frozenset((row["meaning"] or "").split())) for row in columns},
        tuple(sorted(((row["words"], row["meaning"]) for row in words), key=lambda pair: -len(pair[0]))),
        (
            *_rules(reference_dir / "ledger_rules.csv", base, chart="kommun_bas"),
            *_rules(reference_dir / "ledger_rules_bas.csv", base, chart="bas"),
        ),
        shipped_rates(reference_dir),
        _person_words(reference_dir / "ledger_person_words.csv", base),
    )


#: Parts that other expressions of persons name in braces, and how they are looked for.
_PARTS = {"about": "(?i:{})", "care": "(?i:{})", "name": "(?i:{})", "date": "(?:{})", "company": r"\b(?:{})\b"}
_PLACES = ("supplier", "text", "estate")


def _person_words(path: Path, base: Path) -> dict[str, str]:
    """One expression a place: its words as whole words, with the parts that they name."""
    rows = read_csv(
        path,
        columns=(CsvColumn("pattern"), CsvColumn("place", allowed=(*_PARTS, *_PLACES)), CsvColumn("reason")),
        base=base,
        key=("pattern", "place"),
    )
    said = {place: "|".join(row["pattern"] for row in rows if row["place"] == place) for place in (*_PARTS, *_PLACES)}
    parts = {name: form.replace("{}", said[name]) for name, form in _PARTS.items()}
    for name, part in parts.items():
        said |= {place: said[place].replace(f"{{{name}}}", part) for place in _PLACES}
    return parts | {place: rf"(?<!\w)(?:{said[place]})(?!\w)" for place in _PLACES}


def rules_of(folder: Path, reference: LedgerReference) -> tuple[Rule, ...]:
    """The rules of a municipality: its own ``ledger_rules.csv`` goes before the shipped ones.

    Raises:
        ProblemsError: its file is malformed, or a rule has a shipped one's name.
    """
    path = folder / "ledger_rules.csv"
    if not path.is_file():
        return reference.rules
    own = _rules(path, folder.parent)
    _check_patterns(f"{folder.name}/{path.name}", own)
    shipped = {rule.rule for rule in reference.rules}
    taken = [rule.rule for rule in own if rule.rule in shipped]
    if taken:
        raise ProblemsError(
            [f"{folder.name}/{path.name}: the rule {name!r} is shipped; give yours another name" for name in taken]
        )
    return (*own, *reference.rules)


def _check_patterns(shown: str, rules: list[Rule]) -> None:
    """Ask the engine that runs them: RE2 knows no look-around and no back-references, which Python would pass."""
    if not any(rule.text_pattern for rule in rules):
        return
    import duckdb

    problems = []
    with duckdb.connect() as connection:
        for number, rule in enumerate(rules, start=2):
            try:
                connection.execute("SELECT regexp_matches('', ?)", [rule.text_pattern]).fetchall()
            except duckdb.Error as error:
                said = str(error).splitlines()[0]
                problems.append(
                    f"{shown}:{number}: column text_pattern: no regular expression that DuckDB (RE2) runs: {said}, "
                    f"found {rule.text_pattern!r}"
                )
    if problems:
        raise ProblemsError(problems)


def _rules(path: Path, base: Path, *, chart: str = "") -> list[Rule]:
    """Rules of a file; those that name accounts are of its chart."""
    problems, rules = [], []
    form = LOCAL_TABLES["ledger_rules"]
    rows: list[dict[str, Any]] = read_csv(path, columns=form.columns, base=base, key=form.key)
    for number, row in enumerate(rows, start=2):
        pattern = row["text_pattern"] or ""
        try:
            re.compile(pattern)
        except re.error as error:
            problems.append(f"{path.name}:{number}: column text_pattern: no regular expression: {error}")
        if not row["accounts"] and not pattern and row["rule"] not in (INTERNAL, VAT):
            problems.append(f"{path.name}:{number}: expected accounts or text_pattern, or both")
        accounts = tuple((row["accounts"] or "").split())
        of_chart = chart if accounts else ""
        rules.append(
            Rule(row["rule"], row["kind"], accounts, pattern, row["counts"] == "true", row["reason"], of_chart)
        )
    if problems:
        raise ConfigurationError("\n".join(problems))
    return rules
