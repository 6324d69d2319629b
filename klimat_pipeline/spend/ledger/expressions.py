"""Expressions of the SQL that types lines, as the file's columns and the settings ask for them.

Each puts its parameters into ``given``. What does not belong here: the statement (``typed_lines``).
"""

import re
from typing import Any

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger.file_format import FileFormat
from klimat_pipeline.spend.ledger.reference import INTERNAL, Rule
from klimat_pipeline.spend.ledger.signs import WORDS
from klimat_pipeline.spend.ledger.supplier_ids import TOLD

#: Zeros that fill an account's number up to a fixed length (``0000024410``). No account of Kommun-Bas or BAS begins
#: with one; of what is less than two digits without them, nothing is taken off.
ZEROS = "^0+([1-9][0-9])"


def without_zeros(account: str) -> str:
    """Expression for an account without the zeros that fill it up."""
    return f"CASE WHEN starts_with({account}, '0') THEN regexp_replace({account}, $zeros, '\\1') ELSE {account} END"


def has_zeros(account: str) -> str:
    """Expression for whether an account has any."""
    return f"starts_with({account}, '0') AND ltrim({account}, '0') >= '10'"  # two digits, without a second search


def plain_amount(form: FileFormat) -> str:
    """What ``money`` reads without asking: digits, and two decimals; of oere none, which would have to be rounded."""
    return rf"[+-]?[0-9]{{1,12}}(\{form.decimal_mark}[0-9]{{1,2}})?" if form.unit_ore > 1 else "[+-]?[0-9]{1,12}"


def money(column: str, form: FileFormat) -> str:
    """Expression for a column's amount in whole oere; NULL where it is none."""
    plain = f"replace({column}, ',', '.')" if form.decimal_mark == "," else column
    whole = f"TRY_CAST({plain} AS BIGINT)"
    if form.unit_ore > 1:
        whole = f"CAST(TRY_CAST({plain} AS DECIMAL(15,2)) * 100::DECIMAL(3,0) AS BIGINT) * {form.unit_ore // 100}"
    return f"CASE WHEN regexp_full_match({column}, $plain) THEN {whole} WHEN {column} <> '' THEN odd_ore({column}) END"


def gross(form: FileFormat, settings: SpendSettings, given: dict[str, Any]) -> tuple[str, str, str]:
    """Expressions for the amount as it stands in whole oere, for what is written, and what may be wrong with it."""
    has, minus = form.fields, "-" if settings.purchases_are_negative else ""
    names = ("amount",) if "amount" in has else tuple(name for name in ("debit", "credit") if name in has)
    given["header_amount"] = "|".join(form.header[has[name]].lower() for name in names)
    if "amount" not in has:
        debit, credit = (f"({money(name, form)})" if name in has else "NULL::BIGINT" for name in ("debit", "credit"))
        off = "+" if form.credit_is_negative else "-"
        return (
            f"{minus}(CASE WHEN (debit <> '' AND {debit} IS NULL) OR (credit <> '' AND {credit} IS NULL) THEN NULL "
            f"ELSE coalesce({debit}, 0) {off} coalesce({credit}, 0) END)",
            "concat_ws('|', nullif(debit, ''), nullif(credit, ''))",
            "",
        )
    amount = f"({money('amount', form)})"
    if "side" not in has:
        return f"{minus}{amount}", "amount", ""
    credit = "1" if form.credit_is_negative else "-1"
    given["credit"], given["debit"] = WORDS[form.side_words]
    is_credit = "regexp_full_match(lower(side), $credit)"
    return (
        f"{minus}(CASE WHEN {is_credit} THEN {credit} ELSE 1 END * {amount})",
        "amount",
        f"WHEN NOT {is_credit} AND NOT regexp_full_match(lower(side), $debit) THEN 'side_unknown'",
    )


def credit_sign(form: FileFormat) -> str:
    """Expression for the sign that a credit is written with; NULL on other lines. Stands after those of ``gross``."""
    has = form.fields
    if "amount" not in has and "credit" in has:
        return f"sign({money('credit', form)})"
    if "amount" in has and "side" in has:
        return f"CASE WHEN regexp_full_match(lower(side), $credit) THEN sign({money('amount', form)}) END"
    return "NULL::TINYINT"


def joined(form: FileFormat) -> tuple[str, str]:
    """Expressions for account and its text, where both may stand in the account's cell."""
    if "account" not in form.fields:
        return "account", "account_text"
    cell, text = "given.account", "given.account_text"  # as they stand, not as they are made here
    # What spreadsheets make of a number: 6 410, 6410.0.
    is_figure = f"strlen({cell}) > 4 AND regexp_full_match({cell}, $figure)"
    figure = f"regexp_replace(regexp_replace({cell}, '[.,]0+$', ''), '[^0-9]', '', 'g')"
    ways = (("$joined", 1, 2), ("$joined_close", 1, 2), ("$joined_after", 2, 1))
    found = [(f"strlen({cell}) > 5 AND regexp_full_match({cell}, {way})", way, *groups) for way, *groups in ways]
    accounts = " ".join(f"WHEN {yes} THEN regexp_extract({cell}, {way}, {one})" for yes, way, one, _ in found)
    texts = " ".join(
        f"WHEN {text} = '' AND {yes} THEN regexp_extract({cell}, {way}, {two})" for yes, way, _, two in found
    )
    return f"CASE WHEN {is_figure} THEN {figure} {accounts} ELSE {cell} END", f"CASE {texts} ELSE {text} END"


def left_out(rules: tuple[Rule, ...], settings: SpendSettings, given: dict[str, Any]) -> tuple[str, str]:
    """The CASE that names the first rule a line meets, and whether its text is any that a rule asks for.

    Few texts and accounts are: those are searched again for each rule, the others once for all.
    """
    branches: list[str] = []
    any_text, any_account = [], []
    may_meet_one = ["says_any"]
    for number, rule in enumerate(rules):
        conditions = []
        if rule.rule == INTERNAL:
            if not settings.group_numbers:
                continue
            given["group_numbers"] = list(settings.group_numbers)
            conditions.append(f"list_contains($group_numbers, {TOLD})")
            may_meet_one += conditions
        if rule.accounts:
            tests = []
            for place, account in enumerate(rule.accounts):
                name = f"account{number}_{place}"
                given[name] = re.sub(ZEROS, r"\1", account.removesuffix("*"))
                begins = account.endswith("*")
                tests.append(f"starts_with(account, ${name})" if begins else f"account = ${name}")
                any_account.append(re.escape(given[name]) + ("" if begins else "$"))
            conditions.append(f"({' OR '.join(tests)})")
        if rule.text_pattern:
            given[f"text{number}"] = rule.text_pattern
            any_text.append(f"(?:{rule.text_pattern})")
            conditions.append(f"says_any AND regexp_matches(lower(account_text), $text{number})")
        if conditions:
            given[f"rule{number}"] = "" if rule.counts else rule.rule
            branches.append(f"WHEN {' AND '.join(conditions)} THEN $rule{number}")
    if not branches:
        return "''", "false"
    if any_account:
        given["any_account"] = f"^(?:{'|'.join(any_account)})"
        may_meet_one.append("regexp_matches(account, $any_account)")
    if any_text:
        given["any_text"] = "|".join(any_text)
    says_any = "regexp_matches(lower(account_text), $any_text)" if any_text else "false"
    return f"CASE WHEN NOT ({' OR '.join(may_meet_one)}) THEN '' {' '.join(branches)} ELSE '' END", says_any


def vat(form: FileFormat, settings: SpendSettings, given: dict[str, Any]) -> tuple[str, str]:
    """The VAT in an amount, and the amount without it; both whole oere, and the mirror of each other for a credit."""
    if not settings.vat.included:
        return "0::BIGINT", "in_kronor"
    if settings.vat.rate_pct is not None:
        given["whole"] = 10_000 + round(settings.vat.rate_pct * 100)
        whole = "$whole"
    elif form.vat_is_rate:
        whole = "(10000 + coalesce(vat_given, 0))"
    else:
        return "coalesce(vat_kronor, 0)", "in_kronor - vat_part"
    # Net = gross / (1 + rate), to the nearest oere, halves to even, in whole numbers only.
    times, rest = f"((abs(in_kronor) * 10000) // {whole})", f"(2 * ((abs(in_kronor) * 10000) % {whole}))"
    net = (
        f"CAST(sign(in_kronor) AS BIGINT) * ({times} + CASE "
        f"WHEN {rest} > {whole} OR ({rest} = {whole} AND {times} % 2 = 1) THEN 1 ELSE 0 END)"
    )
    return f"in_kronor - {net}", "in_kronor - vat_part"
