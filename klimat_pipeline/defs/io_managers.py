"""The IO manager: what asks Dagster for an asset's value, such as a notebook, gets its table. No pickle.

Steps read and write through the project's table store (``asset_factory.step``), which is the same files.
"""

from typing import TYPE_CHECKING

import dagster as dg

from klimat_pipeline.storage import TableStore

if TYPE_CHECKING:
    import pandas as pd


class ParquetTables(dg.ConfigurableIOManager):
    """Assets as ``<stage>/<name>.parquet``, in a folder or a bucket as the settings say."""

    def store(self) -> TableStore:
        """The table store behind this IO manager."""
        from klimat_pipeline.settings import load_settings

        return TableStore(load_settings().tables_root)

    def handle_output(self, context: dg.OutputContext, obj: "pd.DataFrame") -> None:
        """Write an asset's table."""
        self.store().write(context.asset_key.to_user_string(), obj)

    def load_input(self, context: dg.InputContext) -> "pd.DataFrame":
        """Read an asset's table."""
        return self.store().read(context.asset_key.to_user_string())
