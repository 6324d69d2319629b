"""The questions of an analyst in ``docs/bi.md``, each a query of the mart. What does not belong here: their answers."""

import re

from klimat_pipeline_tests.support.shared import REPOSITORY


def questions() -> list[str]:
    """The queries, in their order."""
    return re.findall(r"```sql\n(.*?)\n```", (REPOSITORY / "docs" / "bi.md").read_text(encoding="utf-8"), re.DOTALL)
