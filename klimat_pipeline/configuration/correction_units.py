"""Units of corrections, converted by a units library and never by hand. What does not belong here: other units."""

from functools import cache
from typing import Any

from klimat_pipeline.errors import ConfigurationError

#: Units of a share or factor, in parts of one.
SHARES = {"factor": 1.0, "fraction": 1.0, "percent": 0.01, "%": 0.01}


@cache
def _registry() -> Any:
    """Mass only, with the prefixes that reports use. The library's own list would read ``kt`` as knots."""
    import pint

    registry: Any = pint.UnitRegistry(None)
    for line in (
        "kilo- = 1e3 = k-",
        "mega- = 1e6 = M-",
        "giga- = 1e9 = G-",
        "gram = [mass] = g",
        "tonne = 1e6 gram = t = ton",
    ):
        registry.define(line)
    return registry


def to_tonnes(value: float, unit: str, where: str) -> float:
    """A mass in tonnes.

    Raises:
        ConfigurationError: the unit is no mass.
    """
    import pint

    if unit == "t":
        return float(value)
    try:
        if not unit.isalpha():  # a library that computes with units would work on '9**9**9 kg' for ever
            raise ValueError(unit)
        return float(_registry().Quantity(value, unit).to("tonne").magnitude)
    except (pint.PintError, AttributeError, ValueError, TypeError):
        raise ConfigurationError(f"{where}: unit {unit!r} is no mass; expected t, kt, Mt, kg or g.") from None


def to_share(value: float, unit: str, where: str) -> float:
    """A factor or percentage as a part of one.

    Raises:
        ConfigurationError: the unit is no share.
    """
    if unit not in SHARES:
        raise ConfigurationError(f"{where}: unit {unit!r} is no share; expected {', '.join(SHARES)}.")
    return float(value) * SHARES[unit]


def check_unit(action: str, unit: str) -> None:
    """Refuse a unit that an action of a correction has no use for.

    Raises:
        ConfigurationError: with the units that there are.
    """
    if action == "scale" or unit in SHARES:
        if action in ("replace", "add"):
            raise ConfigurationError(f"unit {unit!r} is no mass, which {action} takes; expected t, kt, Mt, kg or g.")
        to_share(1.0, unit, action)
    else:
        to_tonnes(1.0, unit, action)
