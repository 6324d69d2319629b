"""Explain one published number: from its formula through sectors, corrections and checks down to the workbook's cells.

Reads what was published as any other reader would, and the archived file anew: a leaf is what stands in the cell now,
not what the pipeline once took from it. What does not belong here: computing a figure, and the command's options.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from klimat_pipeline.contracts import PUBLISHED, TABLES, Table
from klimat_pipeline.contracts.sql import checked_identifier
from klimat_pipeline.errors import ConfigurationError, PublishError, SnapshotError
from klimat_pipeline.settings import Settings

if TYPE_CHECKING:
    from rich.tree import Tree

    from klimat_pipeline.sources.archive import Snapshot

Scalar = str | int | float | bool | None
Row = dict[str, Any]

#: Largest difference between the cells' sum and the published figure, which is rounded to 3 decimals.
TOLERANCE_T = 0.005
#: The figure of every table that can be explained, and the columns that lead to the tables behind it.
_FIGURES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "sector_indicators": ("emissions_t_co2e", ("baseline_t_co2e", "change_pct", "is_current_release")),
    "emissions": ("emissions_t", ("is_current_release",)),
}
#: Formula of a row of emissions.
_CORRECTED = "the reported figure, then local corrections in their order"
#: What the label of a node says already.
_IN_LABEL = ("sheet", "cell", "agrees")
#: Labels of nodes whose number is a difference.
_SIGNED = ("correction", "change")


@dataclass(frozen=True, slots=True)
class Node:
    """One step on the way from a number to its source.

    Attributes:
        label: what it is.
        value: the number, or a text; None where there is none.
        unit: unit of the value.
        detail: what else is known of it, by name.
        children: what it is made from.
    """

    label: str
    value: Scalar = None
    unit: str | None = None
    detail: Mapping[str, Scalar] = field(default_factory=dict)
    children: tuple["Node", ...] = ()

    def walk(self) -> Iterator["Node"]:
        """The node and everything below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


def parse_keys(arguments: Iterable[str]) -> dict[str, str]:
    """Read ``column=value`` arguments.

    Raises:
        ConfigurationError: an argument has another form, or a column is given twice.
    """
    keys: dict[str, str] = {}
    for argument in arguments:
        name, sign, value = (part.strip() for part in argument.partition("="))
        if not sign or not name or not value:
            raise ConfigurationError(f"'{argument}': expected column=value, such as municipality_code=1283.")
        if name in keys:
            raise ConfigurationError(f"'{argument}': {name} is given twice (first as {keys[name]}); give it once.")
        keys[name] = value
    return keys


def explain(settings: Settings, table: str, key: Mapping[str, str]) -> Node:
    """Follow one published number back to the cells of its source.

    Args:
        settings: where the published tables and the archive lie.
        table: ``sector_indicators``, ``emissions``, or one that is derived from them (``explain_derived``).
        key: values by column; enough of them to mean one row. Without a release the current one is taken.

    Returns:
        The number as the root of a tree.

    Raises:
        ConfigurationError: table, column or value is unknown, or the key means several rows or none.
        PublishError: nothing has been published yet, or it cannot be read.
        SnapshotError: the release's file is not in the archive, or is not the one that was archived.
    """
    from klimat_pipeline.explain_derived import DERIVED, derived

    contract = _explained(table)
    with _opened(settings) as database:
        row, note = database.only(contract, key)
        if table in DERIVED:
            return derived(settings, database, contract, row, note)
        codes = str(row.get("sector_codes", row.get("sector_code", ""))).split()
        baseline = row.get("baseline_year")
        release = _first(database.rows("releases", release_id=row["release_id"]))
        workbook = _Source(settings, release, row["municipality_code"], codes, [row["year"], baseline])
        return _root(contract, row, note, _Inputs(database, workbook, row, codes), release)


def as_json(node: Node) -> dict[str, Any]:
    """The tree as JSON takes it."""
    return {
        "label": node.label,
        "value": node.value,
        "unit": node.unit,
        "detail": dict(node.detail),
        "children": [as_json(child) for child in node.children],
    }


def as_text(node: Node) -> "Tree":
    """The tree as a terminal shows it; texts wrap at its width."""
    from rich.tree import Tree

    tree = Tree(_line(node), guide_style="dim")
    for child in node.children:
        tree.children.append(as_text(child))
    return tree


# -- the tree -------------------------------------------------------------------------------------------------------


def _root(contract: Table, row: Row, note: str, inputs: "_Inputs", release: Row) -> Node:
    from klimat_pipeline.indicators.provenance import formula

    figure, _ = _FIGURES[contract.name]
    indicator = "sector_codes" in row
    value, baseline = row[figure], row.get("baseline_year")
    unit = row.get("unit") or contract.column(figure).unit
    children = [Node("formula", formula(row["sector_codes"], baseline) if indicator else _CORRECTED)]
    if inputs.codes:
        reported = row["emissions_reported_t_co2e" if indicator else "emissions_reported_t"]
        children.append(inputs.year(f"inputs {row['year']}", row["year"], value, unit))
        children.append(inputs.cells_sum(row["year"], reported))
        if baseline is not None and row.get("baseline_t_co2e") is not None:
            children.append(_change(row, inputs.year(f"baseline {baseline}", baseline, row["baseline_t_co2e"], unit)))
            children.append(inputs.cells_sum(baseline, inputs.reported(baseline)))
    children.append(inputs.database.checks(contract))
    children.append(inputs.source.node(release))
    detail = {name: row[name] for name in contract.primary_key}
    detail |= {name: row[name] for name in ("status", "note") if row.get(name)}
    named = " ".join(str(row[name]) for name in contract.primary_key if name not in ("municipality_code", "release_id"))
    return Node(
        f"{inputs.place}, {named}, release {row['release_id']}",
        value,
        unit if value is not None else None,
        {**detail, "table": contract.name, "publication_id": row["publication_id"], "release": note},
        tuple(children),
    )


def _change(row: Row, baseline: Node) -> Node:
    """The change since the baseline, above what the baseline is made from."""
    detail = {"reported_pct": row.get("change_reported_pct")}
    if row.get("target_pct") is not None:
        detail |= {"target_pct": row["target_pct"], "target_year": row["target_year"]}
    return Node(f"change since {row['baseline_year']}", row["change_pct"], "%", detail, (baseline,))


class _Inputs:
    """The sectors behind one row, as published and as they stand in the workbook."""

    def __init__(self, database: "_Database", source: "_Source", row: Row, codes: Sequence[str]) -> None:
        self.database, self.source, self.codes = database, source, codes
        self._where = {name: row[name] for name in ("release_id", "municipality_code")}
        self._provenance = _first(
            database.rows("provenance", **{n: row[n] for n in ("target_id", "year")}, **self._where)
            if "target_id" in row
            else []
        )
        self._year = row["year"]
        code = row["municipality_code"]
        self.place = _first(database.rows("municipalities", municipality_code=code)).get("municipality_name", code)

    def year(self, label: str, year: int, value: float | None, unit: str | None) -> Node:
        """All sectors of a year."""
        detail = {"reported_t": round(self.reported(year), 3)}
        return Node(label, value, unit, detail, tuple(self._sector(row) for row in self._rows(year)))

    def reported(self, year: int) -> float:
        """What was reported for the year, all sectors together, as published."""
        return float(sum(row["emissions_reported_t"] for row in self._rows(year)))

    def cells_sum(self, year: int, reported: float) -> Node:
        """Whether the cells sum to the reported figure."""
        cells = self.source.cells(year)
        total = sum(cell.tonnes for cell in cells)
        difference = total - reported
        agrees = abs(difference) <= TOLERANCE_T + 1e-9
        detail: dict[str, Scalar] = {
            "cells": " ".join(cell.address for cell in cells),
            "reported_t": reported,
            "difference_t": round(difference, 6) + 0.0,
            "agrees": agrees,
        }
        named = self._provenance.get("source_cells")
        if year == self._year and named is not None:
            same = sorted(str(named).split()) == sorted(cell.address for cell in cells)
            detail["table_provenance"] = "names the same cells" if same else f"names OTHER cells: {named}"
        words = "agrees with the reported figure" if agrees else "DOES NOT AGREE with the reported figure"
        count = f"{len(cells)} cell{'s' if len(cells) != 1 else ''}"
        return Node(f"sum of {count} of {year} {words}", round(total, 6), "t", detail)

    def _rows(self, year: int) -> list[Row]:
        rows = self.database.rows("emissions", year=year, **self._where)
        return sorted(
            (row for row in rows if row["sector_code"] in self.codes), key=lambda r: self.codes.index(r["sector_code"])
        )

    def _sector(self, row: Row) -> Node:
        reported, corrected = row["emissions_reported_t"], row["emissions_t"]
        applied, others = self._corrections(row)
        cells = [cell.node for cell in self.source.cells(row["year"]) if cell.sector == row["sector_code"]]
        detail: dict[str, Scalar] = {"reported_t": reported, "corrected_t": corrected}
        label = row["sector_code"] + ("" if row["correction_ids"] else ", as reported")
        return Node(label, corrected, row["unit"], detail, (*cells, *applied, *others))

    def _corrections(self, row: Row) -> tuple[list[Node], list[Node]]:
        """Corrections of a cell: those applied, in their order, and those that were not."""
        found = self.database.rows(
            "corrections", sector_code=row["sector_code"], year=row["year"], substance=row["substance"], **self._where
        )
        found.sort(key=lambda r: (r.get("application_no") or 0, r["correction_id"]))
        applied = [r for r in found if r.get("correction_status", "applied") == "applied"]
        others = [r for r in found if r.get("correction_status", "applied") != "applied"]
        return [_correction(r) for r in applied], [
            Node(
                f"correction {r['correction_id']} is not applied here",
                r["correction_status"].replace("_", " "),
                None,
                {"decided_against": r["base_release_id"], "reason": r["reason"]},
            )
            for r in others
        ]


def _correction(row: Row) -> Node:
    shown = ("before_t", "after_t", "application_no", "subsector_code", "reason", "source", "decided_by", "decided_on")
    more = ("data_quality_grade", "uncertainty_pct", "base_release_id", "base_then_t", "drift_pct", "note")
    detail = {name: row[name] for name in (*shown, *more) if row.get(name) is not None}
    side = ", counterpart" if row.get("side") == "counterpart" else ""
    return Node(f"correction {row['correction_id']} ({row['action']}{side})", row["effect_t"], "t", detail)


# -- the source's file ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell of the workbook with what stands in it."""

    sector: str
    year: int
    address: str
    value: float
    unit: str
    sheet: str
    tonnes: float

    @property
    def node(self) -> Node:
        return Node(
            f"cell {self.address} of sheet '{self.sheet}'",
            self.value,
            self.unit,
            {"sheet": self.sheet, "cell": self.address},
        )


class _Source:
    """The archived workbook of a release, opened anew."""

    def __init__(
        self,
        settings: Settings,
        release: Row,
        area: str,
        sectors: Sequence[str],
        years: Sequence[int | None],
        subsector: str = "total",
    ) -> None:
        from klimat_pipeline.intake import archive_of

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
                f"release {name}: published was the file with sha256 {release['sha256'][:12]}…, the archive now has "
                f"{snapshot.sha256[:12]}… under that name. Run 'klimat refresh'."
            )
        self._snapshot = snapshot
        self._cells = (
            _read_cells(settings, snapshot, content, area, sectors, {y for y in years if y is not None}, subsector)
            if sectors
            else []
        )

    def cells(self, year: int) -> list[_Cell]:
        """The cells of a year, in the order of the sectors."""
        return [cell for cell in self._cells if cell.year == year]

    def node(self, release: Row) -> Node:
        """The release and its file."""
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


def _read_cells(
    settings: Settings,
    snapshot: "Snapshot",
    content: bytes,
    area: str,
    sectors: Sequence[str],
    years: set[int],
    subsector: str,
) -> list[_Cell]:
    """Find the cells by their row's and column's headings, and read their values apart from that."""
    from klimat_pipeline.clean.naming import with_codes
    from klimat_pipeline.clean.reference import load_reference
    from klimat_pipeline.clean.units import measure
    from klimat_pipeline.raw.grid import read_grids
    from klimat_pipeline.raw.smhi_emissions import read_workbook, to_frame

    workbook = read_workbook(content, snapshot.file_name)
    reference = load_reference(settings.reference_dir)
    lines = to_frame(workbook, snapshot.release_id)
    coded = with_codes(lines[lines["year"].isin(years)].reset_index(drop=True), reference)
    found = coded[
        (coded["area_code"] == area) & (coded["subsector_code"] == subsector) & coded["sector_code"].isin(sectors)
    ]
    factor = measure(workbook.substance, workbook.unit_sv, snapshot.file_name, reference).tonnes_per_unit
    grid = next(grid for grid in read_grids(content, snapshot.file_name) if grid.sheet == workbook.sheet)
    cells = []
    for row in found.itertuples(index=False):
        value = float(grid.rows[int(row.source_row) - 1][_column_index(str(row.source_column))])
        address = f"{row.source_column}{row.source_row}"
        cells.append(
            _Cell(row.sector_code, int(row.year), address, value, workbook.unit_sv, workbook.sheet, value * factor)
        )
    return sorted(cells, key=lambda cell: (cell.year, sectors.index(cell.sector)))


def _column_index(letters: str) -> int:
    """Zero-based index of a column: A is 0, AA is 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


# -- what was published -----------------------------------------------------------------------------------------------


def _explained(table: str) -> Table:
    from klimat_pipeline.explain_derived import DERIVED

    if table in _FIGURES or table in DERIVED:
        return PUBLISHED[table]
    *others, last = (*_FIGURES, *DERIVED)
    choices = f"{', '.join(others)} or {last}"
    if table in PUBLISHED:
        raise ConfigurationError(f"table {table} has no number to explain; expected {choices}.")
    raise ConfigurationError(f"unknown table '{table}'{_nearest(table, PUBLISHED)}; expected {choices}.")


@contextmanager
def _opened(settings: Settings) -> "Iterator[_Database]":
    path = settings.published_dir / "klimat.sqlite"
    if not path.is_file():
        raise PublishError(f"{path} does not exist: nothing has been published yet. Run 'klimat refresh'.")
    try:
        # immutable: a published file is replaced, never written to; the open one stays whole.
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            yield _Database(connection)
    except sqlite3.Error as error:
        raise PublishError(f"{path} cannot be read ({error}). Run 'klimat refresh --force'.") from None


class _Database:
    """The published tables, asked for by names that the contracts know."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._columns: dict[str, list[str]] = {}

    def rows(self, table: str, **where: Scalar) -> list[Row]:
        """Rows whose columns have these values; none where the publication has no such table."""
        columns = self.columns(table)
        if not set(where) <= set(columns):
            return []
        shown = ", ".join(map(_quoted, columns))
        terms = " AND ".join(f"{_quoted(name)} = ?" for name in where) or "1"
        found = self._connection.execute(
            f"SELECT {shown} FROM {_quoted(table)} WHERE {terms}",  # noqa: S608 - names of the contracts only
            list(where.values()),
        )
        return [dict(row) for row in found]

    def columns(self, table: str) -> list[str]:
        """Columns of the contract that the file has; it may have been published by an older version."""
        if table not in self._columns:
            contract = PUBLISHED.get(table)
            held = {name for (name,) in self._connection.execute("SELECT name FROM pragma_table_info(?)", (table,))}
            self._columns[table] = [name for name in contract.column_names if name in held] if contract else []
        return self._columns[table]

    def only(self, contract: Table, key: Mapping[str, str]) -> tuple[Row, str]:
        """The one row that the key means, and a word on its release."""
        table = contract.name
        where = {name: _typed(contract, name, value) for name, value in key.items()}
        missing = [name for name in contract.column_names if name not in self.columns(table)]
        if missing:
            raise PublishError(
                f"the published table {table} has no column {missing[0]}: another version has written it. Run 'klimat "
                "refresh'."
            )
        found = self.rows(table, **where)
        if not found:
            raise ConfigurationError(self._why_nothing(contract, where))
        current = [row for row in found if row.get("is_current_release")]
        if "release_id" not in where and current:
            found = current
        if len(found) > 1:
            raise ConfigurationError(_ambiguous(contract, where, found))
        row = found[0]
        if "is_current_release" not in row:
            return row, ""
        if row["is_current_release"]:
            return row, "the current one" + ("" if "release_id" in where else ", taken because none was asked for")
        return row, "not the current one" + ("" if "release_id" in where else "; taken because only it has such a row")

    def checks(self, contract: Table, figures: Sequence[str] = ()) -> Node:
        """What the checks found in the tables behind the number."""
        nodes = []
        if not figures:
            figure, others = _FIGURES[contract.name]
            figures = (figure, *others)
        for key in _tables_behind(contract, figures):
            found = self.rows("data_quality", table_name=key)
            if not found:
                continue
            failed = [row for row in found if row["outcome"] == "failed"]
            remarks = [
                Node(f"{row['check_name']} failed" if row["severity"] == "ERROR" else row["check_name"], row["message"])
                for row in failed
            ]
            stopped = sum(row["severity"] == "ERROR" for row in failed)
            counts = {
                "passed": sum(row["outcome"] == "passed" for row in found),
                "failed": stopped,
                "remark" + "s" * (len(failed) - stopped != 1): len(failed) - stopped,
                "not applicable": sum(row["outcome"] == "not_applicable" for row in found),
            }
            said = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
            nodes.append(Node(key, said, None, {}, tuple(remarks)))
        remarked = sum(bool(node.children) for node in nodes)
        said = f"remarks on {remarked} of {len(nodes)} tables" if remarked else "no remarks"
        return Node("checks of the tables behind it", said if nodes else "none published", None, {}, tuple(nodes))

    def _why_nothing(self, contract: Table, where: Mapping[str, Scalar]) -> str:
        table = contract.name
        for name, value in where.items():
            if not self.rows(table, **{name: value}):
                known = self._values(table, name, {})
                return (
                    f"{name}={value}: table {table} has no such value{_nearest(str(value), known)}; {_choice(known)}."
                )
        for name, value in where.items():
            known = self._values(table, name, {n: v for n, v in where.items() if n != name})
            if known:
                others = " ".join(f"{n}={v}" for n, v in where.items() if n != name)
                return f"{name}={value}: table {table} has no such row with {others}; {_choice(known)}."
        return f"table {table} has no row with {' '.join(f'{n}={v}' for n, v in where.items())}."

    def _values(self, table: str, name: str, where: Mapping[str, Scalar]) -> list[str]:
        terms = " AND ".join(f"{_quoted(n)} = ?" for n in where) or "1"
        found = self._connection.execute(
            f"SELECT DISTINCT {_quoted(name)} FROM {_quoted(table)} "  # noqa: S608 - names of the contracts only
            f"WHERE {terms} AND {_quoted(name)} IS NOT NULL ORDER BY 1",
            list(where.values()),
        )
        return [str(value) for (value,) in found]


def _ambiguous(contract: Table, where: Mapping[str, Scalar], found: Sequence[Row]) -> str:
    lines = [f"{len(found)} rows of {contract.name} fit; give also"]
    for name in contract.primary_key:
        values = sorted({str(row[name]) for row in found})
        if name not in where and len(values) > 1:
            lines.append(f"  {name}: {_listed(values)}")
    return "\n".join(lines)


def _typed(contract: Table, name: str, value: str) -> Scalar:
    """The value in the column's type."""
    if name not in contract.column_names:
        hint = _nearest(name, contract.column_names)
        keys = ", ".join(contract.primary_key)
        raise ConfigurationError(f"table {contract.name} has no column '{name}'{hint}; its key is {keys}.")
    column = contract.column(name)
    try:
        typed: Scalar = _READ[column.kind](value)
    except (ValueError, KeyError):
        raise ConfigurationError(f"{name}={value}: expected {_EXPECTED[column.kind]}.") from None
    return typed


_TRUTH = {"1": 1, "true": 1, "yes": 1, "0": 0, "false": 0, "no": 0}


def _whole(text: str) -> int:
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise ValueError(text)
    return number


_READ: Mapping[str, Any] = {
    "string": str,
    "datetime": str,
    "integer": _whole,
    "number": float,
    "boolean": lambda text: _TRUTH[text.lower()],
}
_EXPECTED = {"integer": "a whole number", "number": "a number", "boolean": "true or false"}


def _tables_behind(contract: Table, columns: Sequence[str]) -> list[str]:
    """Every table that the columns are computed from, by the lineage of the contracts, from the source on."""
    seen: set[str] = set()
    waiting = [contract.column(name) for name in columns]
    while waiting:
        for place in waiting.pop().lineage:
            key, _, name = place.partition(".")
            if place not in seen and key in TABLES:
                seen.add(place)
                waiting.append(TABLES[key].column(name))
    behind = {place.partition(".")[0] for place in seen}
    return [key for key in TABLES if key in behind]


def _quoted(name: str) -> str:
    return f'"{checked_identifier(name)}"'


def _first(rows: Sequence[Row]) -> Row:
    return rows[0] if rows else {}


def _nearest(word: str, candidates: Iterable[str]) -> str:
    near = get_close_matches(word, list(candidates), n=1, cutoff=0.5)
    return f" (nearest: {near[0]})" if near else ""


def _choice(values: Sequence[str]) -> str:
    return f"it has {_listed(values)}" if values else "it is empty"


def _listed(values: Sequence[str]) -> str:
    return ", ".join(values[:12]) + (f" and {len(values) - 12} more" if len(values) > 12 else "")


# -- text -------------------------------------------------------------------------------------------------------------


def _line(node: Node) -> Any:
    """Label and value; details below it, short ones on one line."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    line = Text(node.label)
    if node.value is not None:
        line.append(": ")
        number = isinstance(node.value, int | float)
        line.append(_number(node.value, node.unit, signed=node.label.startswith(_SIGNED)), "bold" if number else "")
    if node.detail.get("agrees") is False:
        line.stylize("bold red")
    short: list[str] = []
    long: list[str] = []
    for name, value in node.detail.items():
        if name in _IN_LABEL or value is None or (name in ("reported_t", "corrected_t") and value == node.value):
            continue
        said = f"{_SUFFIX.sub('', name).replace('_', ' ')}: {_number(value, _unit_of(name))}"
        (short if len(said) <= 40 else long).append(said)
    lines = ([" · ".join(short)] if short else []) + long
    return Group(line, *(Padding(Text(text, "dim"), (0, 0, 0, 2), expand=False) for text in lines))


_SUFFIX = re.compile(r"_(t|pct)$")


def _unit_of(name: str) -> str | None:
    """Unit that the name of a detail ends with."""
    suffix = _SUFFIX.search(name)
    return {"t": "t", "pct": "%"}[suffix.group(1)] if suffix else None


def _number(value: Scalar, unit: str | None, *, signed: bool = False) -> str:
    """Thousands separated; two decimals, a third only where it is not zero."""
    text = str(value)
    if isinstance(value, float):
        text = f"{value:{'+' if signed else ''},.{2 if unit == '%' else 3}f}"
        text = text if unit == "%" else text.removesuffix("0")
    return f"{text} {unit or ''}".rstrip()
