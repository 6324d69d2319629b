"""Many cases in one computation of the spend tables: each is a town of its own, so that none touches another.

A computation costs a third of a second however few lines it has; one more town costs a tenth of that. All that is
decided of a line (texts, mappings, factors, prices, replacements) is decided by municipality, and so is every table.
What does not belong here: lines and files (``purchases``).
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from klimat_pipeline.configuration.spend_factors import SpendFactors
from klimat_pipeline.contracts import table
from klimat_pipeline.spend.footprint.local_mappings import load_local_mappings
from klimat_pipeline.spend.results.all_tables import spend_results
from klimat_pipeline_tests.support.ledgers import write_lines
from klimat_pipeline_tests.unit.spend.purchases import REFERENCE, inventory, write_own_files

#: The tables of a town, by key.
Tables = dict[str, pd.DataFrame]
#: The tables of a town, from its code.
FoundIn = Callable[[str], Tables]
Row = Mapping[str, Any]


class Towns:
    """The towns of a file of tests; each is added beside the test that looks at it."""

    def __init__(self) -> None:
        self._lines: list[tuple[list[Row], int]] = []
        self._files: dict[str, Mapping[str, str | bytes]] = {}
        self._chosen: dict[str, SpendFactors] = {}
        self._activities: list[Row] = []
        self._residents: list[tuple[str, int, int]] = []
        self._passed: list[Row] = []

    def add(
        self,
        rows: Iterable[Row],
        *,
        files: Mapping[str, str | bytes] | None = None,
        activities: Iterable[Row] = (),
        residents: Mapping[int, int] | None = None,
        passed: Iterable[Row] = (),
        parts: int = 1,
        **chosen: Any,
    ) -> str:
        """One more town.

        Args:
            rows: its lines, of whichever municipality they say they are.
            files: text of the files of its folder, by name.
            activities: of its organisation (rows of ``inventory/inventory_organisation``).
            residents: by year.
            passed: its rows of ``spend/ledger_totals``.
            parts: how many files of a year its lines are split into.
            chosen: its configuration.

        Returns:
            Its code.
        """
        code = f"{180 + len(self._lines):04d}"
        self._lines.append(([{**row, "municipality_code": code} for row in rows], parts))
        self._files[code] = files or {}
        self._chosen[code] = SpendFactors(**chosen)
        self._activities += [{**row, "municipality_code": code} for row in activities]
        self._residents += [(code, year, number) for year, number in (residents or {}).items()]
        self._passed += [{**row, "municipality_code": code} for row in passed]
        return code

    def fixture(self) -> Any:
        """The fixture of a file that gives the tables of each of its towns, all of them computed at once."""

        @pytest.fixture(scope="module")
        def found_in(tmp_path_factory: pytest.TempPathFactory) -> FoundIn:
            return self.computed(tmp_path_factory.mktemp("towns"))

        return found_in

    def computed(self, folder: Path) -> FoundIn:
        """Compute all towns at once; what is given back hands out the tables of one."""
        root = folder / "lines"
        for rows, parts in self._lines:
            write_lines(root, rows, parts=parts)
        municipalities = folder / "municipalities"
        for code, files in self._files.items():
            write_own_files(municipalities / f"{code}_town", files)
        found = spend_results(
            root,
            REFERENCE,
            load_local_mappings(municipalities, REFERENCE.category_names),
            self._chosen,
            passed=pd.DataFrame(self._passed, columns=table("spend/ledger_totals").column_names),
            organisation=inventory(*self._activities),
            population=pd.DataFrame(self._residents, columns=["municipality_code", "year", "population"]),
            threads=1,
        )
        for key, frame in found.items():
            strangers = set(frame["municipality_code"]) - self._chosen.keys()
            assert not strangers, f"{key} has rows of {strangers}, which have no line"
        return lambda code: {
            key: frame[frame["municipality_code"] == code].reset_index(drop=True) for key, frame in found.items()
        }
