"""What in a ledger is no purchase from outside the group: found by rule, per distinct account, and always shown.

Order: purchases inside the group; rules on the account's number, the longest prefix first, a municipality's own before
the shipped; then rules on its text. What no rule names counts. What does not belong here: what a purchase is classified
as (``classification``).
"""

from collections.abc import Collection, Iterable, Sequence

from klimat_pipeline.configuration.ledger_rules import COUNTS, LedgerRule

#: Lines that the group sells to itself.
INTERNAL = "internal"


def rule_of(account: str, account_text: str, rules: Sequence[LedgerRule]) -> str:
    """Id of the rule that leaves an account out, empty where it counts.

    Args:
        account: number as booked; municipalities add digits of their own.
        account_text: its text.
        rules: the municipality's own first.
    """
    prefixes = [rule for rule in rules if rule.match == "account_prefix" and account.startswith(rule.pattern)]
    # Stable: of two rules on the same digits the municipality's own comes first.
    found = sorted(prefixes, key=lambda rule: -len(rule.pattern))
    text = account_text.casefold()
    found += [rule for rule in rules if rule.match == "account_text" and rule.pattern.casefold() in text]
    rule_id = found[0].rule_id if found else COUNTS
    return "" if rule_id == COUNTS else rule_id


def account_rules(accounts: Iterable[tuple[str, str]], rules: Sequence[LedgerRule]) -> list[tuple[str, str, str]]:
    """``account, account_text, rule`` of every distinct account.

    Args:
        accounts: distinct numbers and texts.
        rules: the municipality's own first.
    """
    return [(account, text, rule_of(account, text, rules)) for account, text in accounts]


def internal_ids(group: Collection[str]) -> list[str]:
    """Organisation numbers of the municipal group as the ledger's lines hold them: ten digits."""
    return sorted({"".join(character for character in number if character.isdigit())[-10:] for number in group})
