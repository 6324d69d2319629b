"""The tree as a terminal and a notebook show it. What does not belong here: what the tree holds."""

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from klimat_pipeline.explanations.tree import Node, Scalar

if TYPE_CHECKING:
    from rich.tree import Tree

#: What the label of a node says already.
_IN_LABEL = ("sheet", "cell", "agrees")
#: Labels of nodes whose number is a difference.
_SIGNED = ("correction", "change", "part", "step", "revision", "move")
_SUFFIX = re.compile(r"_(t|pct)$")


@dataclass(frozen=True)
class Explanation:
    """Where a number comes from, as a notebook shows it.

    Attributes:
        node: the root of the tree.
    """

    node: Node

    def __str__(self) -> str:
        from rich.console import Console

        console = Console(width=120, no_color=True)
        with console.capture() as captured:
            console.print(as_text(self.node))
        return captured.get()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


def as_text(node: Node) -> "Tree":
    """The tree as a terminal shows it; texts wrap at its width."""
    from rich.tree import Tree

    tree = Tree(_line(node), guide_style="dim")
    for child in node.children:
        tree.children.append(as_text(child))
    return tree


def _line(node: Node) -> Any:
    """Label and value; details below it, short ones on one line."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    line = Text(node.label)
    if node.value is not None:
        line.append(": ")
        number = isinstance(node.value, int | float)
        line.append(_number(node.value, node.unit, signed=node.label.startswith(_SIGNED)), "bold" if number else "")
    if node.detail.get("agrees") is False:
        line.stylize("bold red")
    short: list[str] = []
    long: list[str] = []
    for name, value in node.detail.items():
        if name in _IN_LABEL or value is None or (name in ("reported_t", "corrected_t") and value == node.value):
            continue
        said = f"{_SUFFIX.sub('', name).replace('_', ' ')}: {_number(value, _unit_of(name))}"
        (short if len(said) <= 40 else long).append(said)
    lines = ([" · ".join(short)] if short else []) + long
    return Group(line, *(Padding(Text(text, "dim"), (0, 0, 0, 2), expand=False) for text in lines))


def _unit_of(name: str) -> str | None:
    """Unit that the name of a detail ends with."""
    suffix = _SUFFIX.search(name)
    return {"t": "t", "pct": "%"}[suffix.group(1)] if suffix else None


def _number(value: Scalar, unit: str | None, *, signed: bool = False) -> str:
    """Thousands separated; two decimals, a third only where it is not zero."""
    text = str(value)
    if isinstance(value, float):
        decimals = 2 if unit == "%" else 3
        # Adding zero turns -0.0 into 0.0.
        text = f"{round(value, decimals) + 0.0:{'+' if signed else ''},.{decimals}f}"
        text = text if unit == "%" else text.removesuffix("0")
    return f"{text} {unit or ''}".rstrip()
