"""What the formats share: the territorial inventory of a municipality by line, reference number, scope and year.

What does not belong here: a layout.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.explanations.database import Database, Row
from klimat_pipeline.reports.exports.workbook import KEYS, Sheet, Value
from klimat_pipeline.reports.lines import named_lines
from klimat_pipeline.settings import Settings

#: The method of scope 2 that territorial frameworks ask for; scopes 1 and 3 have none.
METHODS = ("", "location")
_TOTAL = "total"


@dataclass(frozen=True)
class Inventory:
    """A municipality in one publication.

    Attributes:
        database: the published tables.
        settings: where the code lists are.
        code: municipality code.
    """

    database: Database
    settings: Settings
    code: str

    def of(self, table: str, **where: str | int) -> list[Row]:
        """Rows of the municipality."""
        return self.database.rows(table, municipality_code=self.code, **where)

    @cached_property
    def name(self) -> str:
        found = self.database.first("municipalities", municipality_code=self.code)
        return str(found.get("municipality_name", self.code))

    @cached_property
    def rows(self) -> list[Row]:
        """``inventory_territory`` of the headline series, scope 2 by location.

        Raises:
            ConfigurationError: nothing is published of the municipality.
        """
        rows = [row for row in self.of("inventory_territory", is_headline=1) if row["method"] in METHODS]
        if not rows:
            raise ConfigurationError(f"nothing is published of municipality {self.code} (klimat show NAME).")
        return rows

    @cached_property
    def total(self) -> Row:
        """The headline's total of the newest year."""
        return self.database.first(
            "sector_indicators", municipality_code=self.code, is_headline=1, is_latest_year=1, target_id=_TOTAL
        )

    @cached_property
    def years(self) -> list[int]:
        """Base year, years with energy use, and the newest: those that an inventory is asked for."""
        held = {row["year"] for row in self.rows}
        asked = {self.total["baseline_year"], self.total["year"], *(row["year"] for row in self.of("energy_use"))}
        return sorted(held & asked)

    @cached_property
    def lines(self) -> Mapping[str, Row]:
        """Lines of the Climate City Contract's inventory, in its order."""
        return named_lines(self.settings)

    @cached_property
    def memo_lines(self) -> frozenset[str]:
        """Lines beside the total: those that the municipality's published inventory has there, which is its own choice.

        Of a line that the inventory does not have, the usual one.
        """
        held = {row["line"]: bool(row["is_memo"]) for row in self.rows}
        return frozenset(line for line, named in self.lines.items() if held.get(line, named["is_memo"]))

    @cached_property
    def references(self) -> Mapping[str, Row]:
        """The GPC's reference numbers, in its order."""
        frame = load_reference(self.settings.reference_dir).gpc
        return {str(row["gpc_ref"]): row for row in frame.to_dict("records")}

    def at(self, year: int, **where: str | int | bool) -> list[Row]:
        """Rows of a year whose columns have these values."""
        return [row for row in self.rows if row["year"] == year and all(row[k] == v for k, v in where.items())]

    def beyond(self, year: int) -> tuple[float, str]:
        """What scope 1 holds of a year that the GPC counts as scope 3, as international transport.

        Returns:
            Tonnes, and their reference numbers; 0 where there are none.
        """
        rows = [row for row in self.at(year, scope="1", is_memo=0) if row["emissions_t_co2e"] and self._is_beyond(row)]
        refs = dict.fromkeys(ref for row in rows for ref in row["gpc_ref"].split("+"))
        return float(sum(row["emissions_t_co2e"] for row in rows)), ", ".join(refs)

    def _is_beyond(self, row: Row) -> bool:
        refs = (row["gpc_ref"] or "").split("+")
        return all(self.references.get(ref, {}).get("scope") == "3" for ref in refs)

    def holds_beyond(self, year: int) -> str:
        """What scope 1 holds of a year that other frameworks leave outside, in a sentence; empty for nothing."""
        tonnes, refs = self.beyond(year)
        if not tonnes:
            return ""
        return (
            f"scope 1 of {year} holds {tonnes:,.2f} t of transport beyond the boundary ({refs}), which the GPC and the "
            "Common Reporting Framework count as scope 3"
        )

    def leaves_beyond(self, year: int) -> str:
        """The same, beside a sum that leaves it out of scope 1."""
        tonnes, refs = self.beyond(year)
        if not tonnes:
            return ""
        return (
            f"{tonnes:,.2f} t of transport beyond the boundary ({refs}) are scope 3 here, and scope 1 in "
            "scope_indicators and the Climate City Contract"
        )

    def about(self, layout: str) -> Sheet:
        """The sheet that says what the workbook is made from."""
        published = self.database.published
        release = self.database.first("releases", release_id=self.total.get("release_id", ""))
        rows: list[tuple[str, Value]] = [
            ("Municipality", f"{self.name} ({self.code})"),
            ("Publication", str(published["publication_id"])),
            ("Published", str(published["published_at"])),
            ("Source", str(release.get("source", ""))),
            ("Release", str(release.get("release_id", ""))),
            ("SHA-256 of the release", str(release.get("sha256", ""))),
            ("GWP set of scope 1", str(self.total.get("gwp_set", ""))),
            ("Layout", layout),
            (
                "Rule",
                "A figure that we do not hold has a notation key, never a zero. Sums hold what is estimated; "
                "what they leave out stands beside them.",
            ),
            *(("Notation key " + key, meaning) for key, meaning in KEYS),
            ("Terms", "Those of the sources named: see DATA_LICENSES.md. Name the source."),
        ]
        return Sheet("About", "What this workbook is made from", ("What", "Value"), rows)

    def notes(self, rows: list[Row]) -> str:
        """Notes of rows, each once."""
        return "; ".join(dict.fromkeys(self.said(row["note"]) for row in rows if row["note"]))

    def said(self, note: str | None) -> str:
        """A note with the names of lines in place of their ids: who reads a workbook has no code list."""
        return re.sub(r"\w+", lambda word: self._line_names.get(word[0], word[0]), note or "")

    @cached_property
    def _line_names(self) -> Mapping[str, str]:
        return {line: f"“{row['line_name_en']}”" for line, row in self.lines.items() if "_" in line}

    def gwp_sets(self, year: int) -> Iterator[str]:
        """Sets of global warming potentials of a year's figures."""
        yield from sorted({row["gwp_set"] for row in self.at(year) if row["emissions_t_co2e"] is not None})
