"""Units of activity and factors, read by a units library: energy, distance, volume, mass, things counted."""

import re
from functools import cache
from typing import Any

from klimat_pipeline.errors import ConfigurationError

#: Canonical unit of every kind of activity.
CANONICAL = ("MWh", "t", "m3", "km", "passenger_km", "portion", "night", "piece")
#: A unit is one name: the library would compute what it reads otherwise, and ``9**9**9 kg`` takes for ever.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@cache
def registry() -> Any:
    """Only what inventories use: the library's own list would read ``kt`` as knots."""
    import pint

    units: Any = pint.UnitRegistry(None)
    for definition in (
        "kilo- = 1e3 = k-",
        "mega- = 1e6 = M-",
        "giga- = 1e9 = G-",
        "tera- = 1e12 = T-",
        "gram = [mass] = g",
        "milligram = 1e-3 gram = mg",  # no prefix milli: mt would be a kilogram, mm3 a litre
        "tonne = 1e6 gram = t = ton",
        "watt_hour = [energy] = Wh",
        "joule = watt_hour / 3600 = J",
        "metre = [length] = meter",
        "km = 1000 metre",
        "litre = [volume] = L = l = liter",
        "m3 = 1000 litre = Nm3",
        "passenger_km = [passenger_distance] = pkm",
        "portion = [portion]",
        "night = [night]",
        "piece = [piece]",
    ):
        units.define(definition)
    return units


@cache
def _canonical(unit: str) -> str | None:
    """The canonical unit of a unit's kind; None for what is no unit of activity."""
    if unit in CANONICAL:
        return unit
    import pint

    try:
        amount = registry().Quantity(1.0, unit) if _NAME.fullmatch(unit) else None
        return next((one for one in CANONICAL if amount is not None and amount.is_compatible_with(one)), None)
    except (pint.PintError, AttributeError, ValueError, TypeError):
        return None


def converted(value: float, unit: str, where: str) -> tuple[float, str]:
    """An amount in the canonical unit of its kind.

    Returns:
        The amount, and the unit.

    Raises:
        ConfigurationError: the unit is unknown or of no kind that activities come in.
    """
    canonical = _canonical(unit)
    if canonical == unit:
        return float(value), unit
    if canonical is not None:
        return float(registry().Quantity(value, unit).to(canonical).magnitude), canonical
    raise ConfigurationError(
        f"{where}: unit {unit!r} is unknown; expected one that converts to {', '.join(CANONICAL)}, such as kWh, GJ, "
        "kg, l or km."
    )


def factor(value: float, unit: str, where: str) -> tuple[float, str]:
    """A factor such as ``g/kWh`` in tonnes per canonical unit.

    Returns:
        Tonnes per unit, and the unit.

    Raises:
        ConfigurationError: it is no mass per something.
    """
    above, _, below = unit.partition("/")
    mass, kind = converted(value, above, where)
    if kind != "t":
        raise ConfigurationError(f"{where}: unit {unit!r} is no mass per unit of activity; expected such as g/kWh.")
    amount, per = converted(1.0, below, where)
    return mass / amount, per
