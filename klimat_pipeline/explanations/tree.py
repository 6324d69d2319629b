"""An explanation as a tree: its nodes, and the statement whether two numbers agree.

What does not belong here: what a node is made from (``shared`` and the builders), and how a terminal shows it
(``text``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Scalar = str | int | float | bool | None

#: Largest difference between the cells' sum and the published figure, which is rounded to 3 decimals.
TOLERANCE_T = 0.005
#: The same for percentages, which are rounded to 4 decimals.
TOLERANCE_PCT = 0.0001
#: How far rounding may move one published figure in tonnes.
_ROUNDED_T = 0.0005


@dataclass(frozen=True, slots=True)
class Node:
    """One step on the way from a number to its source.

    Attributes:
        label: what it is.
        value: the number, or a text; None where there is none.
        unit: unit of the value.
        detail: what else is known about it, by name.
        children: what it is made from.
    """

    label: str
    value: Scalar = None
    unit: str | None = None
    detail: Mapping[str, Scalar] = field(default_factory=dict)
    children: tuple["Node", ...] = ()

    def walk(self) -> Iterator["Node"]:
        """The node and everything below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


def agreement(
    what: str,
    total: float,
    figure: float,
    against: str,
    *,
    name: str | None = None,
    unit: str = "t",
    tolerance: float = TOLERANCE_T,
    detail: Mapping[str, Scalar] | None = None,
) -> Node:
    """State whether a sum agrees with a published figure.

    Args:
        what: what was summed, in words.
        total: the sum.
        figure: the published figure.
        against: what the figure is, in words.
        name: name of the figure in the details, ``published`` with the unit if not given.
        unit: unit of both.
        tolerance: largest difference that rounding explains.
        detail: further details, shown first.
    """
    difference = total - figure
    suffix = "_pct" if unit == "%" else "_t" if unit.startswith("t") else ""
    agrees = abs(difference) <= tolerance + 1e-9
    said = "agrees" if agrees else "DOES NOT AGREE"
    return Node(
        f"{what} {said} with {against}",
        round(total, 6) + 0.0,
        unit,
        # Adding zero turns -0.0 into 0.0.
        {
            **(detail or {}),
            name or f"published{suffix}": figure,
            f"difference{suffix}": round(difference, 6) + 0.0,
            "agrees": agrees,
        },
    )


def tolerance_of(rounded: int) -> float:
    """Tonnes by which the sum of so many published figures may differ from a published one."""
    return max(TOLERANCE_T, _ROUNDED_T * (rounded + 1))


def as_json(node: Node) -> dict[str, Any]:
    """The tree as JSON takes it."""
    return {
        "label": node.label,
        "value": node.value,
        "unit": node.unit,
        "detail": dict(node.detail),
        "children": [as_json(child) for child in node.children],
    }
