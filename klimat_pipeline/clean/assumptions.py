"""What the scenarios assume, read from ``data/reference/scenario_*.csv``: every number there has a reason beside it.

What belongs here: the form of these files and whether they fit together. What does not: how the numbers are used
(``scenarios``), and what a municipality plans to do (``clean.actions``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from klimat_pipeline.configuration.csv_file import CsvColumn, read_csv
from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.code_lists import GRADES
from klimat_pipeline.contracts.columns import col
from klimat_pipeline.errors import ConfigurationError, ProblemsError

_CODE = r"[a-z][a-z0-9_]*"
Treatment = Literal["left_out", "new_level"]
#: What an assumption rests on; ``contracts.columns`` (assumption_basis) says what each means.
BASES = col("assumption_basis").allowed
#: Columns and key of every file; the last column says where a row comes from.
TABLES: Mapping[str, tuple[tuple[CsvColumn, ...], tuple[str, ...]]] = {
    "scenario_assumptions": (
        (
            CsvColumn("assumption", pattern=_CODE),
            CsvColumn("value", kind="number", minimum=0),
            CsvColumn("unit"),
            CsvColumn("basis", allowed=BASES),
            CsvColumn("reason"),
        ),
        ("assumption",),
    ),
    "scenario_sectors": (
        (
            CsvColumn("sector_code", pattern=_CODE),
            CsvColumn("data_quality", allowed=GRADES),
            CsvColumn("typical_spread", kind="number", minimum=0),
            CsvColumn("width_at_once", kind="number", minimum=0),
            CsvColumn("width_per_year", kind="number", minimum=0),
            CsvColumn("source"),
        ),
        ("sector_code",),
    ),
    "scenario_years": (
        (
            CsvColumn("sector_code", pattern=_CODE),
            CsvColumn("year", kind="integer", minimum=1900, maximum=2200),
            CsvColumn("treatment", allowed=("left_out", "new_level")),
            CsvColumn("basis", allowed=BASES),
            CsvColumn("reason"),
        ),
        ("sector_code", "year"),
    ),
    "scenario_quality": (
        (
            CsvColumn("data_quality", allowed=GRADES),
            CsvColumn("uncertainty_pct", kind="number", minimum=0),
            CsvColumn("basis", allowed=BASES),
            CsvColumn("source"),
        ),
        ("data_quality",),
    ),
    "scenario_coverage": (
        (
            CsvColumn("gas_basis", allowed=col("gas_basis").allowed),
            CsvColumn("sector_code", pattern=_CODE),
            CsvColumn("years_ahead", kind="integer", minimum=1),
            CsvColumn("series", kind="integer", minimum=1),
            *(CsvColumn(f"{part}_fraction", kind="number", minimum=0) for part in ("covered", "below", "above")),
            CsvColumn("source"),
        ),
        ("gas_basis", "sector_code", "years_ahead"),
    ),
}


@dataclass(frozen=True, slots=True)
class SectorWidth:
    """How sure a sector's trend is.

    Attributes:
        data_quality: grade of the national figures.
        typical_spread: residual spread of a municipality's series about its trend, on the scale of the fit.
        width_at_once: standard deviations of a forecast's error per spread, the same for every year ahead.
        width_per_year: more of them per year ahead.
        source: what they were derived from.
    """

    data_quality: str
    typical_spread: float
    width_at_once: float
    width_per_year: float
    source: str = ""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """All of them; the names are those of ``scenario_assumptions.csv``, whose reasons say what they are for.

    ``covered_before`` is what intervals covered, by gases, sector (or 'total') and years ahead
    (``scenario_coverage.csv``).
    """

    window_years: int
    level_years: int
    bend_fraction: float
    prior_years: float
    common_fraction: float
    similar_count: int
    discount_rate_pct: float
    investment_price_year: int
    undated_ramp: bool
    sectors: Mapping[str, SectorWidth]
    years: Mapping[tuple[str, int], tuple[Treatment, str]]
    uncertainty_pct: Mapping[str, float]
    covered_before: Mapping[tuple[str, str, int], float] = field(default_factory=dict)

    def years_treated(self, sector_code: str, treatment: Treatment) -> frozenset[int]:
        """Years of a sector with that treatment."""
        return frozenset(
            year for (sector, year), (how, _) in self.years.items() if sector == sector_code and how == treatment
        )

    def stated(self, sector_codes: list[str], first_year: int, last_year: int) -> str:
        """The treatments that matter for these sectors between two years, in a sentence."""
        found: dict[tuple[str, str], list[int]] = {}
        for (sector, year), (how, _) in sorted(self.years.items()):
            if sector in sector_codes and first_year <= year <= last_year:
                found.setdefault((sector, how), []).append(year)
        words = {"left_out": "left out", "new_level": "a new level"}
        return "; ".join(f"{s}: {', '.join(map(str, ys))} {words[how]}" for (s, how), ys in sorted(found.items()))


_WHOLE = ("window_years", "level_years", "similar_count", "investment_price_year")
_PARTS = ("bend_fraction", "prior_years", "common_fraction", "discount_rate_pct")
_SWITCHES = ("undated_ramp",)
_AT_MOST_ONE = ("common_fraction",)


def load_assumptions(reference_dir: Path, sector_codes: tuple[str, ...]) -> Assumptions:
    """Read all files of assumptions.

    Args:
        reference_dir: ``data/reference``.
        sector_codes: main sectors; each needs a row in ``scenario_sectors.csv``.

    Raises:
        ProblemsError: everything that is wrong in them, with file, line and column, or the name that is missing.
    """
    read = _read(reference_dir, sector_codes)
    values = {row["assumption"]: float(row["value"]) for row in read["scenario_assumptions"]}
    return Assumptions(
        **{name: int(values[name]) for name in _WHOLE},  # type: ignore[arg-type]
        **{name: values[name] for name in _PARTS},  # type: ignore[arg-type]
        **{name: bool(values[name]) for name in _SWITCHES},
        sectors={row.pop("sector_code"): SectorWidth(**row) for row in read["scenario_sectors"]},
        years={(row["sector_code"], row["year"]): (row["treatment"], row["reason"]) for row in read["scenario_years"]},
        uncertainty_pct={row["data_quality"]: row["uncertainty_pct"] for row in read["scenario_quality"]},
        covered_before={
            (row["gas_basis"], row["sector_code"], row["years_ahead"]): row["covered_fraction"]
            for row in read["scenario_coverage"]
        },
    )


def _read(reference_dir: Path, sector_codes: tuple[str, ...]) -> dict[str, list[dict[str, Any]]]:
    """Rows of every file, by its name."""
    read: dict[str, list[dict[str, Any]]] = {}
    problems: list[str] = []
    for name, (columns, key) in TABLES.items():
        try:
            read[name] = read_csv(reference_dir / f"{name}.csv", columns=columns, base=reference_dir, key=key)
        except ConfigurationError as error:
            problems += error.problems
    if not problems:
        problems = _contradictions(read, sector_codes)
    if problems:
        raise ProblemsError(problems)
    return read


def clean_assumptions(reference_dir: Path, sector_codes: tuple[str, ...], references: pd.DataFrame) -> pd.DataFrame:
    """Every assumption as readers see it, with its reason and what it rests on.

    Args:
        reference_dir: ``data/reference``.
        sector_codes: main sectors.
        references: reference values of buildings (``construction_references.csv``).

    Returns:
        ``clean/assumptions``.
    """
    read = _read(reference_dir, sector_codes)
    rows = [(a["assumption"], a["value"], a["unit"], a["basis"], a["reason"]) for a in read["scenario_assumptions"]]
    kinds = ["method"] * len(rows)
    grades = {row["data_quality"]: row for row in read["scenario_quality"]}
    for kind, more in (
        ("uncertainty_of_grade", [(g, r["uncertainty_pct"], "%", r["basis"], r["source"]) for g, r in grades.items()]),
        (
            "grade_of_sector",
            [
                (
                    s["sector_code"],
                    grades[s["data_quality"]]["uncertainty_pct"],
                    f"% ({s['data_quality']})",
                    "chosen",
                    s["source"],
                )
                for s in read["scenario_sectors"]
            ],
        ),
        (
            "odd_year",
            [
                (f"{y['sector_code']}_{y['year']}", None, y["treatment"].replace("_", " "), y["basis"], y["reason"])
                for y in read["scenario_years"]
            ],
        ),
        (
            "construction_reference",
            [
                (r.reference_set, r.reference_kg_per_m2, f"kg CO2e/m2 ({r.system_boundary})", r.basis, r.source)
                for r in references.itertuples()
            ],
        ),
    ):
        rows += more
        kinds += [kind] * len(more)
    contract = table("clean/assumptions")
    frame = pd.DataFrame([(kind, *row) for kind, row in zip(kinds, rows, strict=True)], columns=contract.column_names)
    frame = frame.astype({"assumption_value": "float64"})
    return frame.sort_values(list(contract.primary_key)).reset_index(drop=True)


def _contradictions(read: Mapping[str, list[dict[str, Any]]], sector_codes: tuple[str, ...]) -> list[str]:
    """Names that are missing or unknown, and values that mean nothing."""
    at = "data/reference/scenario_"
    values = {row["assumption"]: row["value"] for row in read["scenario_assumptions"]}
    wanted = {*_WHOLE, *_PARTS, *_SWITCHES}
    problems = [f"{at}assumptions.csv: no row {name!r}; add it" for name in sorted(wanted - set(values))]
    problems += [f"{at}assumptions.csv: {name!r} is used nowhere; remove it" for name in sorted(set(values) - wanted)]
    problems += [
        f"{at}assumptions.csv, {name}, column value: expected a whole number of at least 1, found {values[name]:g}"
        for name in _WHOLE
        if name in values and (values[name] < 1 or values[name] != int(values[name]))
    ]
    problems += [
        f"{at}assumptions.csv, {name}, column value: expected at most 1, found {values[name]:g}"
        for name in _AT_MOST_ONE
        if values.get(name, 0) > 1
    ]
    problems += [
        f"{at}assumptions.csv, {name}, column value: expected 0 or 1, found {values[name]:g}"
        for name in _SWITCHES
        if values.get(name, 0) not in (0, 1)
    ]
    if values.get("bend_fraction") == 0:
        problems.append(f"{at}assumptions.csv, bend_fraction, column value: expected more than 0, found 0")
    held = {row["sector_code"] for row in read["scenario_sectors"]}
    problems += [f"{at}sectors.csv: no row for sector {code!r}; add it" for code in sector_codes if code not in held]
    for name in ("sectors", "years"):
        named = {row["sector_code"] for row in read[f"scenario_{name}"]}
        problems += [
            f"{at}{name}.csv, column sector_code: {code!r} is no main sector"
            for code in sorted(named - set(sector_codes))
        ]
    graded = {row["data_quality"] for row in read["scenario_quality"]}
    problems += [f"{at}quality.csv: no row for grade {grade!r}; add it" for grade in GRADES if grade not in graded]
    return problems
