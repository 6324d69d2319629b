"""From the source's unit to tonnes: one factor per unit, from ``data/reference/units.csv``."""

from dataclasses import dataclass

from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.clean.reference_tables import ANY_BASIS
from klimat_pipeline.errors import UnknownNameError
from klimat_pipeline.text import fold


@dataclass(frozen=True, slots=True)
class Measure:
    """What a release's figures are.

    Attributes:
        unit: canonical unit after conversion: ``t CO2e`` or ``t <substance>``.
        tonnes_per_unit: factor from the source's unit.
        is_co2e: whether indicators may be computed on the figures: all gases weighted by the source, or carbon dioxide
            itself; a single other gas is a part of all, and counts there only (``indicators.gases``).
        gas_basis: gases in the figure.
        gwp_set: set of warming potentials behind it, ``none`` where nothing is weighted.
    """

    unit: str
    tonnes_per_unit: float
    is_co2e: bool
    gas_basis: str | None
    gwp_set: str


def measure(substance: str, unit_sv: str, where: str, reference: Reference) -> Measure:
    """Interpret the unit of a release.

    Args:
        substance: code of the source.
        unit_sv: unit in the source's words.
        where: release or file, for messages.
        reference: tables of units and substances.

    Raises:
        UnknownNameError: the unit is in no table, or is not the one that this substance comes in.
    """
    known = reference.units.get(fold(unit_sv))
    expected = reference.substances.get(substance)
    fitting = [
        unit.unit_sv
        for unit in reference.units.values()
        if expected is None
        or (expected.basis in (unit.basis, ANY_BASIS) and (unit.tonnes_per_unit == 1 or not expected.tonnes_only))
    ]
    if known is None or known.unit_sv not in fitting:
        raise UnknownNameError(
            f"{where}: unit '{unit_sv}' for {substance}; expected one of {', '.join(repr(u) for u in fitting)}. "
            "A figure in another unit is not converted by guess: check the file; a new spelling of a known unit goes "
            "into data/reference/units.csv."
        )
    weighted = known.basis == "co2e"
    return Measure(
        unit="t CO2e" if weighted else f"t {substance}",
        tonnes_per_unit=known.tonnes_per_unit,
        is_co2e=expected is not None and expected.gas_basis is not None,
        gas_basis=expected.gas_basis if expected else None,
        gwp_set=expected.gwp_set if expected else ("not stated" if weighted else "none"),
    )
