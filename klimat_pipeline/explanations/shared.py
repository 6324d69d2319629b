"""What the explained figures of all tables are made from: sectors with their cells and corrections, and their sums.

What does not belong here: the figure of a certain table (``figures``, ``corrections``, ``comparisons``).
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

from klimat_pipeline.errors import PublishError
from klimat_pipeline.explanations.database import Database, Row
from klimat_pipeline.explanations.tree import Node, Scalar, agreement, tolerance_of
from klimat_pipeline.explanations.workbook import TOTAL, Cell, Workbook, Workbooks
from klimat_pipeline.text import counted

#: Subsector that holds what a sector has beyond its subsectors, as ``clean.reported_subsectors`` names it.
NOT_SPLIT = "not_split"


class Sources:
    """What an explanation reads: the publication, and the archive's workbooks."""

    def __init__(self, database: Database, workbooks: Workbooks) -> None:
        self.database, self.workbooks = database, workbooks

    def accounts(self, row: Row, release: str = "release_id") -> "Accounts":
        """The accounts that the row belongs to."""
        return Accounts(self, row[release], row["municipality_code"])


class Accounts:
    """One municipality in one release: its published rows, and its cells in the workbook."""

    def __init__(self, sources: Sources, release_id: str, municipality_code: str) -> None:
        self.database, self.release_id, self.code = sources.database, release_id, municipality_code
        self._sources = sources
        self._where: Mapping[str, Scalar] = {"release_id": release_id, "municipality_code": municipality_code}

    @cached_property
    def workbook(self) -> Workbook:
        """The release's workbook."""
        return self._sources.workbooks.of(self.release_id)

    # -- what was published ---------------------------------------------------------------------------------------

    def rows(self, year: int, codes: Sequence[str]) -> list[Row]:
        """The sectors' published emissions, in the order of the codes."""
        rows = self.database.rows("emissions", year=year, **self._where)
        return sorted((r for r in rows if r["sector_code"] in codes), key=lambda r: codes.index(r["sector_code"]))

    def row(self, year: int, sector: str) -> Row:
        """A sector's published emissions.

        Raises:
            PublishError: the publication holds other rows of the sector, but not this one.
        """
        found = self.rows(year, [sector])
        if not found:
            raise PublishError(
                f"the published table emissions has no row {self.release_id} {self.code} {sector} {year}, though other "
                "tables do. Run 'klimat refresh --force'."
            )
        return found[0]

    def subsectors(self, year: int, sector: str) -> list[Row]:
        """A sector's published subsectors."""
        return self.database.rows("subsector_emissions", sector_code=sector, year=year, **self._where)

    def sectors(self, year: int) -> list[str]:
        """Codes of all sectors of a year, in the source's order."""
        order = {row["sector_code"]: row["sector_order"] for row in self.database.rows("sectors")}
        held = {row["sector_code"] for row in self.database.rows("emissions", year=year, **self._where)}
        return sorted(held, key=lambda code: (order.get(code, len(order) + 1), code))

    def corrections(self, row: Row, *, applied: bool = True) -> list[Row]:
        """Corrections of the cell that the row is about: those applied, in their order, or those that were not.

        A row with a subsector has those that name it; ``not_split`` has those of the whole sector.
        """
        cell = {name: row[name] for name in ("sector_code", "year", "substance")}
        found = self.database.rows("corrections", **cell, **self._where)
        if "subsector_code" in row:
            found = [r for r in found if (r.get("subsector_code") or NOT_SPLIT) == row["subsector_code"]]
        found.sort(key=lambda r: (r.get("application_no") or 0, r["correction_id"]))
        return [r for r in found if (r.get("correction_status", "applied") == "applied") is applied]

    # -- what the workbook holds ------------------------------------------------------------------------------------

    def cells(self, year: int, codes: Sequence[str], subsectors: Sequence[str] | None = (TOTAL,)) -> list[Cell]:
        """Cells of sectors, or of their subsectors."""
        return self.workbook.cells(year, areas=[self.code], sectors=codes, subsectors=subsectors)

    # -- nodes ------------------------------------------------------------------------------------------------------

    def figure(self, label: str, row: Row) -> Node:
        """A sector or subsector as corrected: its cells and corrections."""
        subsector = row.get("subsector_code", TOTAL)
        cells = self.cells(row["year"], [row["sector_code"]], [subsector])
        detail = {"reported_t": row["emissions_reported_t"], "corrected_t": row["emissions_t"]}
        return Node(
            label + ("" if row["correction_ids"] else ", as reported"),
            row["emissions_t"],
            row["unit"],
            detail,
            (
                *(cell.node for cell in cells),
                *(correction_node(r) for r in self.corrections(row)),
                *(not_applied_node(r) for r in self.corrections(row, applied=False)),
            ),
        )

    def year(self, label: str, year: int, codes: Sequence[str], value: float | None, unit: str | None) -> Node:
        """Sectors of a year as corrected."""
        rows = self.rows(year, codes)
        detail = {"reported_t": round(sum(float(row["emissions_reported_t"]) for row in rows), 3)}
        return Node(label, value, unit, detail, tuple(self.figure(row["sector_code"], row) for row in rows))

    def reported_year(self, label: str, year: int, codes: Sequence[str], value: float, unit: str | None) -> Node:
        """Sectors of a year as reported: where corrections play no part."""
        sectors = []
        for row in self.rows(year, codes):
            cells = self.cells(year, [row["sector_code"]])
            children = tuple(cell.node for cell in cells)
            sectors.append(Node(row["sector_code"], row["emissions_reported_t"], row["unit"], {}, children))
        return Node(label, value, unit, {}, tuple(sectors))

    def sums(
        self,
        year: int,
        codes: Sequence[str],
        reported: float | None,
        corrected: float | None = None,
        *,
        detail: Mapping[str, Scalar] | None = None,
        where: str = "",
    ) -> list[Node]:
        """Whether the sectors' cells sum to the reported figure, and with their corrections to the corrected one.

        The second is stated where there is a correction, or where the two figures differ.

        Args:
            year: year of the cells.
            codes: sectors to sum.
            reported: the published reported figure; None where the substance has none in CO2e.
            corrected: the published corrected figure, where it is explained too.
            detail: further details of the first statement.
            where: words behind the year, such as the release.
        """
        if reported is None:
            return []
        cells = self.cells(year, codes)
        nodes = [cells_sum(cells, f"{year}{where}", reported, detail=detail)]
        effects = [r["effect_t"] for row in self.rows(year, codes) for r in self.corrections(row)]
        if corrected is not None and (effects or corrected != reported):
            nodes.append(
                agreement(
                    f"sum of {counted(len(cells), 'cell')} and {counted(len(effects), 'correction')} of {year}{where}",
                    sum(cell.tonnes for cell in cells) + sum(effects),
                    corrected,
                    "the corrected figure",
                    name="corrected_t",
                    tolerance=tolerance_of(len(effects)),
                )
            )
        return nodes


def cells_sum(
    cells: Sequence[Cell],
    of: str,
    figure: float,
    against: str = "the reported figure",
    *,
    name: str = "reported_t",
    less: Sequence[Cell] = (),
    detail: Mapping[str, Scalar] | None = None,
) -> Node:
    """Whether cells, less others, sum to a figure."""
    said = f"{counted(len(cells), 'cell')}" + (f" less {counted(len(less), 'cell')}" if less else "")
    addresses: dict[str, Scalar] = {"cells": " ".join(cell.address for cell in cells)}
    if less:
        addresses["cells_taken_away"] = " ".join(cell.address for cell in less)
    total = sum(cell.tonnes for cell in cells) - sum(cell.tonnes for cell in less)
    return agreement(
        f"sum of {said} of {of}", total, figure, against, name=name, detail={**addresses, **(detail or {})}
    )


def correction_node(row: Row, children: Sequence[Node] = ()) -> Node:
    """A correction that was applied, by its effect."""
    shown = ("before_t", "after_t", "application_no", "subsector_code", "reason", "source", "decided_by", "decided_on")
    more = ("data_quality_grade", "uncertainty_pct", "base_release_id", "base_then_t", "drift_pct", "note")
    detail = {name: row[name] for name in (*shown, *more) if row.get(name) is not None}
    side = ", counterpart" if row.get("side") == "counterpart" else ""
    label = f"correction {row['correction_id']} ({row['action']}{side})"
    return Node(label, row["effect_t"], "t", detail, tuple(children))


def not_applied_node(row: Row) -> Node:
    """A correction that was not applied, and why."""
    return Node(
        f"correction {row['correction_id']} is not applied here",
        row["correction_status"].replace("_", " "),
        None,
        {"decided_against": row["base_release_id"], "reason": row["reason"]},
    )
