"""One municipality in what is published: its rows of the headline series, and what several sections need of them.

What does not belong here: texts and pictures.
"""

import re
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

from klimat_pipeline.charts.climate_account import as_svg
from klimat_pipeline.charts.style import Chart
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.explanations.database import Database, Row
from klimat_pipeline.reports.parts import Figure, Foreign, Table
from klimat_pipeline.reports.words import Words

TOTAL = "total"
#: A code that stands for a name in a finding's Swedish sentence.
_QUOTED = re.compile(r"'([^']+)'")
#: Scenarios of the pathways, and the actions' status by which they are in the second of them, or in none ahead.
_USUAL, _EXISTING, _WITH_ACTIONS = "business_as_usual", "existing_policies", "with_actions"
_DECIDED, COMPLETED = ("decided", "ongoing"), "completed"
#: How D3 writes numbers in a language.
_LOCALES = {
    "sv": {"decimal": ",", "thousands": "\u00a0", "grouping": [3], "currency": ["", "\u00a0kr"]},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", ""]},
}


class Town:
    """A municipality as one publication shows it, in one language.

    Attributes:
        database: the published tables.
        code: municipality code.
        words: the language.
        lines: lines of the Climate City Contract's inventory by id, which no published table names.
    """

    def __init__(
        self, database: Database, code: str, words: Words, lines: Mapping[str, Row] = MappingProxyType({})
    ) -> None:
        self.database, self.code, self.words, self._lines = database, code, words, lines
        self._drawn: dict[str, str] = {}
        if not self.names and not self.of("spend_by_category"):
            raise ConfigurationError(f"no municipality has the code {code!r} in what is published (klimat show NAME).")

    def of(self, table: str, **where: Any) -> list[Row]:
        """Rows of the municipality."""
        return self.database.rows(table, municipality_code=self.code, **where)

    def headline(self, table: str, **where: Any) -> list[Row]:
        """The same of the headline series."""
        return self.of(table, is_headline=1, **where)

    @cached_property
    def names(self) -> Row:
        """Name and county; empty for the invented example."""
        return self.database.first("municipalities", municipality_code=self.code)

    @property
    def name(self) -> str:
        return str(self.names.get("municipality_name") or self.words("example_name"))

    @cached_property
    def indicators(self) -> list[Row]:
        """``sector_indicators`` of the headline series that have figures, in the sectors' order."""
        order = {row["sector_code"]: row["sector_order"] for row in self.database.rows("sectors")}
        rows = [row for row in self.headline("sector_indicators") if row["emissions_t_co2e"] is not None]
        return sorted(rows, key=lambda row: (order.get(row["sector_codes"].split(" ")[0], 99), row["year"]))

    @cached_property
    def latest(self) -> list[Row]:
        """The same of the newest year."""
        return [row for row in self.indicators if row["is_latest_year"]]

    @cached_property
    def total(self) -> Row:
        """The total of the newest year; empty where there are no figures."""
        return next((row for row in self.latest if row["target_id"] == TOTAL), {})

    @property
    def goals(self) -> list[Row]:
        """The newest year of the municipality's own targets, the total first."""
        own = [row for row in self.latest if row["target_kind"] == "contract" and row["target_pct"] is not None]
        return sorted(own, key=lambda row: row["target_id"] != TOTAL)

    @cached_property
    def releases(self) -> Mapping[str, Row]:
        return {row["release_id"]: row for row in self.database.rows("releases")}

    @cached_property
    def sector_names(self) -> Mapping[str, str]:
        return {row["sector_code"]: self.words.name(row, "sector_name") for row in self.database.rows("sectors")}

    @cached_property
    def target_names(self) -> Mapping[str, str]:
        """Names of targets and sectors by id."""
        found = {row["target_id"]: self.words.name(row, "target_name") for row in self.of("targets")}
        return {**self.sector_names, **found, TOTAL: self.words(TOTAL)}

    def line_name(self, line: str) -> str:
        """Name of a target, a sector or a line of the inventory."""
        known = self.target_names.get(line) or self.words.name(self._lines.get(line, {}), "line_name")
        return known or line.replace("_", " ")

    @cached_property
    def action_names(self) -> Mapping[str, str]:
        return {row["action_id"]: self.words.name(row, "name") for row in self.of("climate_actions")}

    @cached_property
    def actions_ahead(self) -> list[Row]:
        """The plan's own actions that change a figure ahead: with an effect, and not completed."""
        rows = self.of("climate_actions")
        return [row for row in rows if row["effect_t_per_year"] is not None and row["action_status"] != COMPLETED]

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Scenarios that say something of their own: the one with all actions only where there are actions."""
        return (_USUAL, _EXISTING, _WITH_ACTIONS) if self.actions_ahead else (_USUAL, _EXISTING)

    def scenario_name(self, scenario: str) -> str:
        """A scenario's name; decided actions are named only where the plan has some."""
        has_decided = any(row["action_status"] in _DECIDED for row in self.actions_ahead)
        return self.words(f"line_{scenario}{'_decided' if scenario == _EXISTING and has_decided else ''}")

    @property
    def residents(self) -> str:
        """Whose year the residents are that the newest total is divided by; empty where it is divided by none."""
        year = self.total.get("population_year")
        return self.words("residents_of", year=year) if year is not None else ""

    def figure(self, chart: Chart, name: str, caption: str, table: Table) -> Figure:
        """A chart as a figure of the page; drawn once, also where two pages show it."""
        if name not in self._drawn:
            self._drawn[name] = as_svg(chart, name, caption, _LOCALES[self.words.language])
        return Figure(self._drawn[name], caption, table)

    def remark(self, finding: Row) -> Foreign | str:
        """What a check found, with names for codes; its English sentence where it has none in the page's language."""
        if self.words.language == "en":
            return str(finding["message"])
        if said := finding.get("message_sv"):  # no such column in what an older version published
            return _QUOTED.sub(lambda found: self._named_codes.get(found[1], found[0]), said)
        return Foreign(finding["message"], "en")

    @cached_property
    def _named_codes(self) -> Mapping[str, str]:
        """Names of municipalities by code, and of lines, sectors and targets in quotation marks."""
        lines = {line: self.words.name(row, "line_name") for line, row in self._lines.items()}
        places = {row["municipality_code"]: row["municipality_name"] for row in self.database.rows("municipalities")}
        return {code: f"\u201d{name}\u201d" for code, name in {**lines, **self.target_names}.items()} | places


def has_figures(database: Database, code: str) -> bool:
    """Whether there is anything to account for."""
    tables = ("sector_indicators", "spend_by_category")
    return any(database.first(table, municipality_code=code) for table in tables)
