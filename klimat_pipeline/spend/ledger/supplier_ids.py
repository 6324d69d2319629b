"""What every line's supplier is, told by its id: each distinct id of a file is looked at once.

What does not belong here: what an id looks like (``personal_numbers``), and names of persons (``person_names``).
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

from klimat_pipeline.spend.ledger.personal_numbers import Pseudonyms, supplier_kind

if TYPE_CHECKING:
    import pyarrow as pa

#: Columns that are added: the kind, and what may be kept of the id.
KIND, TOLD = "id_kind", "id_told"


class SupplierIds:
    """Looks at ids.

    Args:
        names: what stands for persons.
        group: organisation numbers that are known to be legal persons', whatever their check digits.
    """

    def __init__(self, names: Pseudonyms, group: Collection[str] = ()) -> None:
        self._names, self._group = names, group
        self._known: dict[str, tuple[str, str]] = {"": ("unknown", "")}

    def told(self, batch: "pa.RecordBatch") -> "pa.RecordBatch":
        """The batch with ``KIND`` and ``TOLD``, if it has ids of suppliers."""
        import pyarrow as pa

        if "supplier_id" not in batch.schema.names:
            return batch
        ids = batch.column("supplier_id").dictionary_encode()
        kinds, told = zip(*map(self._of, ids.dictionary.to_pylist()), strict=True) if len(ids.dictionary) else ((), ())
        added = [pa.array(values, pa.string()).take(ids.indices) for values in (kinds, told)]
        return pa.RecordBatch.from_arrays([*batch.columns, *added], names=[*batch.schema.names, KIND, TOLD])

    def _of(self, supplier_id: str) -> tuple[str, str]:
        if supplier_id not in self._known:
            self._known[supplier_id] = self._looked_at(supplier_id)
        return self._known[supplier_id]

    def _looked_at(self, supplier_id: str) -> tuple[str, str]:
        kind, spelt = supplier_kind(supplier_id)
        if kind == "doubtful":
            return ("legal", spelt) if spelt in self._group else ("unknown", self._names.of(spelt))
        return kind, self._names.of(spelt) if kind == "personal" else spelt
