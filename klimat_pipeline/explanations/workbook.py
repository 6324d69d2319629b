"""The archived workbooks, read again: a leaf is what the cell holds now, not what the pipeline once read from it.

What does not belong here: which cells a figure needs (``shared`` and the builders).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from klimat_pipeline.errors import SnapshotError
from klimat_pipeline.explanations.database import Database, Row
from klimat_pipeline.explanations.tree import Node
from klimat_pipeline.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from klimat_pipeline.clean.reference import Reference
    from klimat_pipeline.raw.grid import Grid

#: Code of the sum over all sectors or subsectors, as ``clean.naming`` gives it.
TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a workbook, with its value."""

    area: str
    sector: str
    subsector: str
    year: int
    address: str
    value: float
    unit: str
    sheet: str
    tonnes: float

    @property
    def node(self) -> Node:
        """The leaf."""
        return Node(
            f"cell {self.address} of sheet '{self.sheet}'",
            self.value,
            self.unit,
            {"sheet": self.sheet, "cell": self.address},
        )


class Workbook:
    """The archived workbook of a release.

    Args:
        settings: where the archive is.
        release: row of the published table ``releases``.

    Raises:
        SnapshotError: the file is not in the archive, or is not the one that was published.
    """

    def __init__(self, settings: Settings, release: Row) -> None:
        from klimat_pipeline.sources.archive import archive_of

        archive = archive_of(settings)
        name = release.get("release_id")
        snapshot = next((s for s in archive.snapshots() if s.release_id == name), None)
        if snapshot is None:
            raise SnapshotError(
                f"release {name} was published but is no longer in the archive: its cells cannot be read back. Add its "
                "file again (klimat snapshot add), or refresh."
            )
        content = archive.read(snapshot)
        if release["sha256"] != snapshot.sha256:
            raise SnapshotError(
                f"release {name}: the published file has sha256 {release['sha256'][:12]}…, the archive now has "
                f"{snapshot.sha256[:12]}… under that name. Run 'klimat refresh'."
            )
        self._settings, self._release, self._snapshot, self._content = settings, release, snapshot, content

    @property
    def node(self) -> Node:
        """The release and its file."""
        release = self._release
        detail = {
            "report_date": release["report_date"],
            "retrieved_at": release["retrieved_at"],
            "file_name": self._snapshot.file_name,
            "url": self._snapshot.url,
            "sha256": release["sha256"],
            "file": "read again, the hash holds",
        }
        return Node(
            f"release {release['release_id']}",
            release["source"],
            None,
            {name: value for name, value in detail.items() if value is not None},
        )

    def cells(
        self, year: int, *, areas: Sequence[str], sectors: Sequence[str], subsectors: Iterable[str] | None = (TOTAL,)
    ) -> list[Cell]:
        """Find cells by the headings of their row and column, then read their values from the sheet itself.

        Args:
            year: year of the column.
            areas: codes of nation, counties or municipalities.
            sectors: codes of main sectors; ``total`` for the sum over all of them.
            subsectors: codes of subsectors; ``total`` for the whole sector, None for every subsector.

        Returns:
            In the order of the sectors, then of the areas, then of the sheet.
        """
        if not sectors:
            return []
        lines, grid, unit, factor = self._table
        part = lines["subsector_code"]
        found = lines[
            (lines["year"] == year)
            & lines["area_code"].isin(areas)
            & lines["sector_code"].isin(sectors)
            & (part != TOTAL if subsectors is None else part.isin(list(subsectors)))
        ]
        cells = []
        for row in found.itertuples(index=False):
            value = float(grid.rows[int(row.source_row) - 1][_column_index(str(row.source_column))])
            cells.append(
                Cell(
                    area=row.area_code,
                    sector=row.sector_code,
                    subsector=row.subsector_code,
                    year=int(row.year),
                    address=f"{row.source_column}{row.source_row}",
                    value=value,
                    unit=unit,
                    sheet=grid.sheet,
                    tonnes=value * factor,
                )
            )
        return sorted(cells, key=lambda cell: (sectors.index(cell.sector), areas.index(cell.area)))

    @cached_property
    def _table(self) -> "tuple[pd.DataFrame, Grid, str, float]":
        """The lines with codes, the sheet as a grid, its unit and tonnes per unit."""
        from klimat_pipeline.clean.naming import with_codes
        from klimat_pipeline.clean.reference import load_reference
        from klimat_pipeline.clean.units import measure
        from klimat_pipeline.raw.grid import read_grids
        from klimat_pipeline.raw.smhi_emissions import to_frame
        from klimat_pipeline.raw.smhi_workbook import read_workbook

        file = self._snapshot.file_name
        workbook = read_workbook(self._content, file)
        reference = load_reference(self._settings.reference_dir)
        factor = measure(workbook.substance, workbook.unit_sv, file, reference).tonnes_per_unit
        grid = next(grid for grid in read_grids(self._content, file) if grid.sheet == workbook.sheet)
        return with_codes(to_frame(workbook, self._snapshot.release_id), reference), grid, workbook.unit_sv, factor


class Workbooks:
    """The workbooks of all releases; each is opened, and its hash checked, when it is first asked for."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings, self._database = settings, database
        self._opened: dict[str, Workbook] = {}

    def of(self, release_id: str) -> Workbook:
        """The workbook of a release.

        Raises:
            SnapshotError: the file is not in the archive, or is not the one that was published.
        """
        if release_id not in self._opened:
            release = self._database.first("releases", release_id=release_id) or {"release_id": release_id}
            self._opened[release_id] = Workbook(self._settings, release)
        return self._opened[release_id]

    def has(self, release_id: str) -> bool:
        """Whether the publication names the release."""
        return bool(self._database.rows("releases", release_id=release_id))

    @cached_property
    def reference(self) -> "Reference":
        """The reference tables that names and lines are looked up in."""
        from klimat_pipeline.clean.reference import load_reference

        return load_reference(self._settings.reference_dir)

    @property
    def nodes(self) -> list[Node]:
        """Every release that was opened, and its file."""
        return [workbook.node for workbook in self._opened.values()]


def _column_index(letters: str) -> int:
    """Zero-based index of a column: A is 0, AA is 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1
