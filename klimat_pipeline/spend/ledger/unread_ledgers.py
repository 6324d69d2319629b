"""``spend/unread_ledgers``: municipalities whose ledgers could not be read, and why.

Nobody else is held up by them; what tables show of their purchases instead is decided later (``spend/spend_refused``).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from klimat_pipeline.contracts import table

if TYPE_CHECKING:
    import pandas as pd


def unread_ledgers(problems: Mapping[str, Sequence[str]]) -> "pd.DataFrame":
    """One row a reason, by municipality."""
    import pandas as pd

    rows = [(code, said) for code, reasons in sorted(problems.items()) for said in dict.fromkeys(reasons)]
    return pd.DataFrame(rows, columns=table("spend/unread_ledgers").column_names, dtype=object)
