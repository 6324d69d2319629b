"""The IO manager: every table between assets is a Parquet file in its contract's schema. No pickle."""

from typing import TYPE_CHECKING

import dagster as dg

from klimat_pipeline.storage import TableStore

if TYPE_CHECKING:
    import pandas as pd


class ParquetTables(dg.ConfigurableIOManager):
    """Stores assets as ``<root>/<stage>/<name>.parquet``.

    Attributes:
        root: folder or bucket; empty for the default of the settings.
    """

    root: str = ""

    def store(self) -> TableStore:
        """The table store behind this IO manager."""
        from klimat_pipeline.settings import load_settings

        return TableStore(self.root or load_settings().intermediate_dir)

    def handle_output(self, context: dg.OutputContext, obj: "pd.DataFrame") -> None:
        """Write an asset's table."""
        self.store().write(context.asset_key.to_user_string(), obj)

    def load_input(self, context: dg.InputContext) -> "pd.DataFrame":
        """Read an asset's table."""
        return self.store().read(context.asset_key.to_user_string())
