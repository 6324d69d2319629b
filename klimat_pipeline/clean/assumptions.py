"""What the scenarios assume, read from ``data/reference/scenario_*.csv``: every number there has a reason beside it.

What belongs here: the form of these files and whether they fit together. What does not: how the numbers are used
(``scenarios``), and what a municipality plans to do (``clean.actions``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from klimat_pipeline.configuration.csv_file import CsvColumn, read_csv
from klimat_pipeline.errors import ConfigurationError, ProblemsError

_CODE = r"[a-z][a-z0-9_]*"
Treatment = Literal["left_out", "new_level"]
GRADES = ("high", "medium", "low")
#: Columns and key of every file; the last column says where a row comes from.
TABLES: Mapping[str, tuple[tuple[CsvColumn, ...], tuple[str, ...]]] = {
    "scenario_assumptions": (
        (
            CsvColumn("assumption", pattern=_CODE),
            CsvColumn("value", kind="number", minimum=0),
            CsvColumn("unit"),
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
            CsvColumn("reason"),
        ),
        ("sector_code", "year"),
    ),
    "scenario_quality": (
        (
            CsvColumn("data_quality", allowed=GRADES),
            CsvColumn("uncertainty_pct", kind="number", minimum=0),
            CsvColumn("source"),
        ),
        ("data_quality",),
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
    """All of them; the names are those of ``scenario_assumptions.csv``, whose reasons say what they are for."""

    window_years: int
    level_years: int
    bend_fraction: float
    prior_years: float
    common_fraction: float
    similar_count: int
    discount_rate_pct: float
    investment_price_year: int
    sectors: Mapping[str, SectorWidth]
    years: Mapping[tuple[str, int], tuple[Treatment, str]]
    uncertainty_pct: Mapping[str, float]

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
_AT_MOST_ONE = ("common_fraction",)


def load_assumptions(reference_dir: Path, sector_codes: tuple[str, ...]) -> Assumptions:
    """Read all files of assumptions.

    Args:
        reference_dir: ``data/reference``.
        sector_codes: main sectors; each needs a row in ``scenario_sectors.csv``.

    Raises:
        ProblemsError: everything that is wrong in them, with file, line and column, or the name that is missing.
    """
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
    values = {row["assumption"]: float(row["value"]) for row in read["scenario_assumptions"]}
    return Assumptions(
        **{name: int(values[name]) for name in _WHOLE},
        **{name: values[name] for name in _PARTS},  # type: ignore[arg-type]
        sectors={row.pop("sector_code"): SectorWidth(**row) for row in read["scenario_sectors"]},
        years={(row["sector_code"], row["year"]): (row["treatment"], row["reason"]) for row in read["scenario_years"]},
        uncertainty_pct={row["data_quality"]: row["uncertainty_pct"] for row in read["scenario_quality"]},
    )


def _contradictions(read: Mapping[str, list[dict[str, Any]]], sector_codes: tuple[str, ...]) -> list[str]:
    """Names that are missing or unknown, and values that mean nothing."""
    at = "data/reference/scenario_"
    values = {row["assumption"]: row["value"] for row in read["scenario_assumptions"]}
    wanted = {*_WHOLE, *_PARTS}
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
