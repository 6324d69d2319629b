"""Which published rows are of the headline series: one row per fact, whatever releases and substances are loaded.

The contract says which of the two a table follows (``Table.headline``); what they are says ``clean.releases``. Figures
that rest on no release ('local') are always part of it. A target that speaks of fossil emissions is followed on carbon
dioxide where a release of it reaches as far as the municipality's own of all gases: the column ``gas_basis`` says
which. What does not belong here: choosing the series of all other figures.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from klimat_pipeline.contracts.model import Table

if TYPE_CHECKING:
    import pyarrow as pa

#: The ``release_id`` of figures that no release is behind.
_LOCAL = "local"
_CARBON_DIOXIDE = "carbon dioxide only"


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline release, and each municipality's own.

    Attributes:
        release_id: of all that is compared or summed.
        own: municipality and release, joined by a slash.
        fossil: the same of its targets for fossil emissions, where that is another one.
    """

    release_id: str
    own: tuple[str, ...]
    fossil: tuple[str, ...] = ()

    @classmethod
    def of(cls, read: "Callable[[str], pa.Table]") -> "Headline":
        """The series of a run, from a reader of its tables by their keys."""
        import pyarrow.compute as pc

        from klimat_pipeline.clean.releases import ordered

        releases, emissions = read("clean/releases"), read("corrected/emissions")
        (release,) = releases.filter(releases["is_headline"])["release_id"].to_pylist()
        pairs = _pairs(emissions.filter(emissions["is_current_release"]), "release_id")
        own = tuple(sorted(pc.unique(pairs).to_pylist()))
        rows = ordered(releases.to_pandas()).to_dict("records")
        last = {row["release_id"]: row["last_year"] for row in rows}
        fossil: dict[str, str] = {}
        for one in rows:  # of several that hold a municipality the newest
            if one["gas_basis"] != _CARBON_DIOXIDE:
                continue
            places = emissions.filter(pc.equal(emissions["release_id"], one["release_id"]))["municipality_code"]
            held = set(pc.unique(places).to_pylist())
            for pair in own:
                code, _, release_of_all = pair.partition("/")
                if code in held and one["last_year"] >= last[release_of_all]:
                    fossil[code] = one["release_id"]
        return cls(release, own, tuple(sorted(map("/".join, fossil.items()))))

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
            pairs = _pairs(table, release)
            held = pc.or_(local, pc.is_in(pairs, value_set=pa.array(self.own, pa.string())))
            if self.fossil and {"target_gas_basis", "gas_basis"} <= set(table.column_names):
                codes = [pair.partition("/")[0] for pair in self.fossil]
                moved = pc.and_(
                    pc.equal(table["target_gas_basis"], "fossil").fill_null(False),
                    pc.is_in(table["municipality_code"].cast(pa.string()), value_set=pa.array(codes, pa.string())),
                )
                there = pc.or_(local, pc.is_in(pairs, value_set=pa.array(self.fossil, pa.string())))
                held = pc.if_else(moved, there, held)
        return table.append_column("is_headline", held)


def _pairs(table: "pa.Table", release: str) -> "pa.ChunkedArray":
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = (table[name].cast(pa.string()) for name in ("municipality_code", release))
    return pc.binary_join_element_wise(*texts, "/")
