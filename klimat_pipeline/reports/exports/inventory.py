"""What the formats share: the territorial inventory of a municipality by line, reference number, scope and year.

What does not belong here: a layout.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.explanations.database import Database, Row
from klimat_pipeline.reports.exports.workbook import KEYS, Sheet, Value
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
        frame = load_reference(self.settings.reference_dir).inventory_lines.sort_values("line_order")
        return {str(row["line"]): row for row in frame.to_dict("records")}

    @cached_property
    def references(self) -> Mapping[str, Row]:
        """The GPC's reference numbers, in its order."""
        frame = load_reference(self.settings.reference_dir).gpc
        return {str(row["gpc_ref"]): row for row in frame.to_dict("records")}

    def at(self, year: int, **where: str | int | bool) -> list[Row]:
        """Rows of a year whose columns have these values."""
        return [row for row in self.rows if row["year"] == year and all(row[k] == v for k, v in where.items())]

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
        return "; ".join(dict.fromkeys(str(row["note"]) for row in rows if row["note"]))

    def gwp_sets(self, year: int) -> Iterator[str]:
        """Sets of global warming potentials of a year's figures."""
        yield from sorted({row["gwp_set"] for row in self.at(year) if row["emissions_t_co2e"] is not None})
