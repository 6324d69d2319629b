"""Which published rows are of the headline series: one row per fact, whatever releases and substances are loaded.

The contract says which of the two a table follows (``Table.headline``); what they are says ``clean.releases``. Figures
that rest on no release ('local') are always part of it. What does not belong here: choosing the series.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from klimat_pipeline.contracts.model import Table

if TYPE_CHECKING:
    import pyarrow as pa

#: The ``release_id`` of figures that no release is behind.
_LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline release, and each municipality's own.

    Attributes:
        release_id: of all that is compared or summed.
        own: municipality and release, joined by a slash.
    """

    release_id: str
    own: tuple[str, ...]

    @classmethod
    def of(cls, tables: "Mapping[str, pa.Table]") -> "Headline":
        """The series of a run's tables, by their keys."""
        import pyarrow.compute as pc

        releases, emissions = tables["clean/releases"], tables["corrected/emissions"]
        (release,) = releases.filter(releases["is_headline"])["release_id"].to_pylist()
        pairs = _pairs(emissions.filter(emissions["is_current_release"]), "release_id")
        return cls(release, tuple(sorted(pc.unique(pairs).to_pylist())))

    def mark(self, table: "pa.Table", contract: Table) -> "pa.Table":
        """The table with ``is_headline``, where its contract follows a series."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not contract.headline:
            return table
        release = "release_id" if "release_id" in table.column_names else "release_id_to"
        if contract.headline == "all":
            held = pc.equal(table[release], self.release_id)
        else:
            local = pc.equal(table[release], _LOCAL)
            held = pc.or_(local, pc.is_in(_pairs(table, release), value_set=pa.array(self.own, pa.string())))
        return table.append_column("is_headline", held)


def _pairs(table: "pa.Table", release: str) -> "pa.ChunkedArray":
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = (table[name].cast(pa.string()) for name in ("municipality_code", release))
    return pc.binary_join_element_wise(*texts, "/")
