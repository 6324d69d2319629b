"""Lines of the Climate City Contract's inventory with their names in both languages, which no published table holds.

What does not belong here: what stands on a line.
"""

from collections.abc import Mapping

from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.explanations.database import Row
from klimat_pipeline.settings import Settings


def named_lines(settings: Settings) -> Mapping[str, Row]:
    """The lines by id, in their order."""
    frame = load_reference(settings.reference_dir).inventory_lines.sort_values("line_order")
    return {str(row["line"]): row for row in frame.to_dict("records")}
