"""How a user names a row: ``column=value``, parsed and typed, and messages that say what to choose from instead.

What does not belong here: looking anything up (``database``).
"""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from klimat_pipeline.contracts import Table
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.explanations.tree import Scalar

_TRUTH = {"1": 1, "true": 1, "yes": 1, "0": 0, "false": 0, "no": 0}
_EXPECTED = {"integer": "a whole number", "number": "a number", "boolean": "true or false"}


def parse_keys(arguments: Iterable[str]) -> dict[str, str]:
    """Read ``column=value`` arguments.

    Raises:
        ConfigurationError: an argument has another form, or a column is given twice.
    """
    keys: dict[str, str] = {}
    for argument in arguments:
        name, sign, value = (part.strip() for part in argument.partition("="))
        if not sign or not name or not value:
            raise ConfigurationError(f"'{argument}': expected column=value, such as municipality_code=1283.")
        if name in keys:
            raise ConfigurationError(f"'{argument}': {name} is given twice (first as {keys[name]}); give it once.")
        keys[name] = value
    return keys


def typed(contract: Table, name: str, value: str) -> Scalar:
    """The value in the column's type.

    Raises:
        ConfigurationError: the table has no such column, or the value is of another type.
    """
    if name not in contract.column_names:
        hint = nearest(name, contract.column_names)
        keys = ", ".join(contract.primary_key)
        raise ConfigurationError(f"table {contract.name} has no column '{name}'{hint}; its key is {keys}.")
    column = contract.column(name)
    try:
        read: Scalar = _READ[column.kind](value)
    except (ValueError, KeyError):
        raise ConfigurationError(f"{name}={value}: expected {_EXPECTED[column.kind]}.") from None
    return read


def ambiguous(contract: Table, where: Mapping[str, Scalar], found: Sequence[Mapping[str, Any]]) -> str:
    """A message: which further columns to give, so that one row is left."""
    lines = [f"{len(found)} rows of {contract.name} fit; give also"]
    for name in contract.primary_key:
        values = sorted({str(row[name]) for row in found})
        if name not in where and len(values) > 1:
            lines.append(f"  {name}: {_listed(values)}")
    return "\n".join(lines)


def nearest(word: str, candidates: Iterable[str]) -> str:
    """`` (nearest: x)``, empty when none is near."""
    near = get_close_matches(word, list(candidates), n=1, cutoff=0.5)
    return f" (nearest: {near[0]})" if near else ""


def choice(values: Sequence[str]) -> str:
    """Words for the values that a table has."""
    return f"it has {_listed(values)}" if values else "it is empty"


def _listed(values: Sequence[str]) -> str:
    return ", ".join(values[:12]) + (f" and {len(values) - 12} more" if len(values) > 12 else "")


def _whole(text: str) -> int:
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise ValueError(text)
    return number


_READ: Mapping[str, Any] = {
    "string": str,
    "datetime": str,
    "integer": _whole,
    "number": float,
    "boolean": lambda text: _TRUTH[text.lower()],
}
