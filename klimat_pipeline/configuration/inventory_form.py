"""How a municipality's own document is laid out: lines beside its total, columns of its gap table, rounding, targets.

The key ``inventory`` of ``municipality.yaml``. What belongs here: the form of a print. What does not: its figures
(``published_inventory.csv``, ``published_gap.csv``).
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from klimat_pipeline.configuration.yaml_file import YamlDocument, read_yaml
from klimat_pipeline.contracts.code_lists import ActionsColumn, PlansColumn, ResidualColumn, TargetColumn
from klimat_pipeline.errors import ConfigurationError

#: A print in whole tonnes is right within half of one.
WHOLE_TONNES = 0.5
_Tonnes = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GapTableForm(_Strict):
    """Layout of the printed gap table (Climate City Contract, A-2.1)."""

    target: TargetColumn = Field(
        default="level", description="What its target column holds: the level that is left, or the reduction."
    )
    residual: ResidualColumn = Field(
        default="left_by_actions",
        description="What its residual is: latest less plans and actions, or baseline less the target's reduction.",
    )
    actions: ActionsColumn = Field(
        default="alone", description="Whether its column of actions holds the residual too (gap plus residual)."
    )
    plans: PlansColumn = Field(
        default="saved",
        description="What its column of other plans holds: what they save, or the level that they leave (a forecast).",
    )
    rounding_t: _Tonnes = Field(
        default=WHOLE_TONNES, description="Half of the last digit printed, tonnes: 50 for tenths of kilotonnes."
    )


class InventoryForm(_Strict):
    """``inventory`` in ``municipality.yaml``: how the municipality prints its inventory and its gap."""

    memo_lines: list[str] | None = Field(
        default=None,
        description="Lines that stand beside its total instead of in it; [] for none. Without it, those of "
        "data/reference/inventory_lines.csv (grid-supplied energy).",
    )
    rounding_t: _Tonnes = Field(
        default=WHOLE_TONNES, description="Half of the last digit of its printed inventory, tonnes: 500 for kilotonnes."
    )
    gap_table: GapTableForm = Field(default=GapTableForm(), description="Layout of its gap table.")


@dataclass(frozen=True, slots=True)
class PrintForm:
    """A municipality's form, and the targets that its printed lines may refer to.

    Attributes:
        form: as configured.
        targets: baseline year and reduction in per cent as they are written, by target id.
        document: the file, for messages; None where it cannot be read, and nothing may be concluded from the form.
    """

    form: InventoryForm = field(default_factory=InventoryForm)
    targets: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    document: YamlDocument | None = None

    def memo_lines(self, usual: Collection[str]) -> tuple[str, ...]:
        """Lines beside the total, which are the usual ones where the municipality says nothing."""
        return tuple(usual if self.form.memo_lines is None else self.form.memo_lines)

    def base_of(self, target_id: str | None) -> tuple[int, float] | None:
        """Baseline year of a target and its change in per cent; None where it has not both."""
        year, pct = self.targets.get(target_id or "", (None, None))
        return (year, 0.0 - pct) if isinstance(year, int) and isinstance(pct, int | float) else None


def print_forms(folders: Collection[Path], municipalities_dir: Path) -> dict[str, PrintForm]:
    """The form of every municipality with a folder, by code.

    What is wrong in a ``municipality.yaml`` is told by its own reader (``configuration.municipality``); here the rest
    of such a file still counts, so that all problems of a folder are found together.
    """
    found = {folder.name[:4]: PrintForm() for folder in folders}
    for folder in folders:
        with suppress(ConfigurationError):
            found[folder.name[:4]] = _form(read_yaml(folder / "municipality.yaml", municipalities_dir))
    return found


def _form(document: YamlDocument) -> PrintForm:
    data = document.data if isinstance(document.data, dict) else {}
    form = InventoryForm()
    with suppress(ValidationError):
        form = InventoryForm.model_validate(data.get("inventory") or {})
    targets = data.get("targets")
    known = [target for target in targets if isinstance(target, dict)] if isinstance(targets, list) else []
    bases = {str(one.get("id")): (one.get("baseline_year"), one.get("reduction_pct")) for one in known}
    return PrintForm(form, bases, document)


def memo_problems(forms: Mapping[str, PrintForm], lines: Collection[str]) -> Iterator[str]:
    """Memo lines that the inventory does not have."""
    for one in forms.values():
        for number, line in enumerate(one.form.memo_lines or ()):
            if line not in lines and one.document is not None:
                loc = ("inventory", "memo_lines", number)
                yield one.document.problem(loc, f"expected one of {', '.join(lines)}, found {line!r}")
