"""How each municipality prints its inventory and gap: the key ``inventory`` of its folder's ``municipality.yaml``.

What does not belong here: the printed figures (``published_inventory``, ``published_gap``).
"""

from collections.abc import Mapping
from pathlib import Path

from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.inventory_form import PrintForm, print_forms
from klimat_pipeline.configuration.municipality import municipality_folders


def inventory_forms(municipalities_dir: Path) -> dict[str, PrintForm]:
    """The form of every municipality with a folder, by code; what is wrong in a file its own reader tells."""
    return print_forms(list(municipality_folders(municipalities_dir, [])), municipalities_dir)


def memo_lines(forms: Mapping[str, PrintForm], code: str, reference: Reference) -> tuple[str, ...]:
    """Lines that stand beside the total of a municipality, which has a form or not."""
    lines = reference.inventory_lines
    return forms.get(code, PrintForm()).memo_lines(tuple(lines.loc[lines["is_memo"], "line"]))
