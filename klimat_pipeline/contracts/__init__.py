"""The only description of tables: what a column means, its unit, bounds, key and where it comes from.

``model`` holds the vocabulary, ``columns`` the dictionary of columns, ``tables`` the tables stage by stage. Everything
else here is derived from those three: the pyarrow schema, the SQLAlchemy table, the Great Expectations suite, the
data dictionary. What does not belong here: data, and how a value is computed.
"""

from klimat_pipeline.contracts.model import Column, Table
from klimat_pipeline.contracts.tables import BETWEEN_STAGES, MART, PUBLISHED, TABLES, table, upstream

__all__ = ["BETWEEN_STAGES", "MART", "PUBLISHED", "TABLES", "Column", "Table", "table", "upstream"]
