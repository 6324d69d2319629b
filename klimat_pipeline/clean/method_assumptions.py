"""What the scenarios assume, read from ``data/reference/scenario_*.csv``: every number there has a reason beside it.

What belongs here: the form of these files and whether they fit together. What does not: how the numbers are used
(``scenarios``), and what a municipality plans to do (``clean.climate_actions``).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from klimat_pipeline.configuration.csv_file import CsvColumn, read_csv
from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.columns import col
from klimat_pipeline.errors import ConfigurationError, ProblemsError

_CODE = r"[a-z][a-z0-9_]*"
#: Name of the series that sums a municipality's sectors.
TOTAL = "total"
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
    "scenario_years": (
        (
            CsvColumn("sector_code", pattern=_CODE),
            CsvColumn("year", kind="integer", minimum=1900, maximum=2200),
            CsvColumn("decided_year", kind="integer", minimum=1900, maximum=2200),
            CsvColumn("step_pct", kind="number", minimum=-100),
            CsvColumn("basis", allowed=BASES),
            CsvColumn("reason"),
        ),
        ("sector_code", "year"),
    ),
    "scenario_errors": (
        (
            CsvColumn("sector_code", pattern=_CODE),
            CsvColumn("within_fraction", kind="number", minimum=0, maximum=1),
            CsvColumn("error", kind="number", minimum=0),
            CsvColumn("source"),
        ),
        ("sector_code", "within_fraction"),
    ),
    "scenario_coverage": (
        (
            CsvColumn("gas_basis", allowed=col("gas_basis").allowed),
            CsvColumn("sector_code", pattern=_CODE),
            CsvColumn("years_ahead", kind="integer", minimum=1),
            CsvColumn("series", kind="integer", minimum=1),
            *(CsvColumn(f"{part}_fraction", kind="number", minimum=0) for part in ("covered", "below", "above")),
            *(CsvColumn(f"change_{end}_pct", kind="number") for end in ("low", "high")),
            CsvColumn("source"),
        ),
        ("gas_basis", "sector_code", "years_ahead"),
    ),
}


@dataclass(frozen=True, slots=True)
class ChangeOfLaw:
    """A step in a sector's emissions that a law brings.

    Attributes:
        sector_code: the sector.
        year: first year of its effect.
        decided_year: year from whose end on a forecast may know of it.
        step_pct: what it does to the sector, per cent, from the law's own text.
    """

    sector_code: str
    year: int
    decided_year: int
    step_pct: float


@dataclass(frozen=True, slots=True)
class SeenBefore:
    """What the hindcast says of forecasts of a series so many years ahead.

    Attributes:
        covered_fraction: share of the figures that the interval held.
        change_low_pct, change_high_pct: ends of the changes that came, but for the outermost of each hundred.
    """

    covered_fraction: float
    change_low_pct: float
    change_high_pct: float

    def holds(self, change_pct: float) -> bool:
        """Whether a change of that size was seen."""
        return self.change_low_pct <= change_pct <= self.change_high_pct


@dataclass(frozen=True, slots=True)
class Assumptions:
    """All of them; the names are those of ``scenario_assumptions.csv``, whose reasons say what they are for.

    Attributes:
        changes: changes of law (``scenario_years.csv``).
        errors: absolute errors after one year, by sector (or 'total') and the share of errors that are no larger
            (``scenario_errors.csv``).
        tested: by gases, sector (or 'total') and years ahead (``scenario_coverage.csv``).
    """

    window_years: int
    national_fraction: float
    damping: float
    bend_fraction: float
    shock_fraction: float
    delivery_low: float
    similar_count: int
    discount_rate_pct: float
    investment_price_year: int
    undated_ramp: bool
    changes: tuple[ChangeOfLaw, ...] = ()
    errors: Mapping[str, Mapping[float, float]] = field(default_factory=dict)
    tested: Mapping[tuple[str, str, int], SeenBefore] = field(default_factory=dict)

    def changes_of_law(self, sector_code: str | None) -> list[int]:
        """Years in which a law moved a sector, ascending; of any sector where none is named."""
        return sorted({one.year for one in self.changes if sector_code in (None, one.sector_code)})

    def stated(self, sector_codes: Collection[str], first_year: int, last_year: int) -> str:
        """The changes of law that matter for these sectors between two years, in a sentence."""
        return "; ".join(
            f"{one.sector_code}: a new level in {one.year}"
            for one in sorted(self.changes, key=lambda one: (one.sector_code, one.year))
            if one.sector_code in sector_codes and first_year <= one.year <= last_year
        )


_WHOLE = ("window_years", "similar_count", "investment_price_year")
_PARTS = ("national_fraction", "damping", "bend_fraction", "shock_fraction", "delivery_low", "discount_rate_pct")
_SWITCHES = ("undated_ramp",)
_AT_MOST_ONE = ("national_fraction", "damping", "shock_fraction", "delivery_low")


def load_assumptions(reference_dir: Path, sector_codes: tuple[str, ...]) -> Assumptions:
    """Read all files of assumptions.

    Args:
        reference_dir: ``data/reference``.
        sector_codes: main sectors.

    Raises:
        ProblemsError: everything that is wrong in them, with file, line and column, or the name that is missing.
    """
    read = _read(reference_dir, sector_codes)
    values = {row["assumption"]: float(row["value"]) for row in read["scenario_assumptions"]}
    return Assumptions(
        **{name: int(values[name]) for name in _WHOLE},  # type: ignore[arg-type]
        **{name: values[name] for name in _PARTS},  # type: ignore[arg-type]
        **{name: bool(values[name]) for name in _SWITCHES},
        changes=tuple(
            ChangeOfLaw(**{name: row[name] for name in ChangeOfLaw.__slots__}) for row in read["scenario_years"]
        ),
        errors={
            sector: {
                row["within_fraction"]: row["error"] for row in read["scenario_errors"] if row["sector_code"] == sector
            }
            for sector in (*sector_codes, TOTAL)
        },
        tested={
            (row["gas_basis"], row["sector_code"], row["years_ahead"]): SeenBefore(
                **{name: row[name] for name in SeenBefore.__slots__}
            )
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


def clean_method_assumptions(
    reference_dir: Path, sector_codes: tuple[str, ...], references: pd.DataFrame
) -> pd.DataFrame:
    """Every assumption as readers see it, with its reason and what it rests on.

    Args:
        reference_dir: ``data/reference``.
        sector_codes: main sectors.
        references: reference values of buildings (``construction_references.csv``).

    Returns:
        ``clean/method_assumptions``.
    """
    read = _read(reference_dir, sector_codes)
    rows = [(a["assumption"], a["value"], a["unit"], a["basis"], a["reason"]) for a in read["scenario_assumptions"]]
    kinds = ["method"] * len(rows)
    for kind, more in (
        (
            "change_of_law",
            [
                (f"{y['sector_code']}_{y['year']}", y["step_pct"], "%", y["basis"], y["reason"])
                for y in read["scenario_years"]
            ],
        ),
        (
            "error_after_one_year",
            [
                (f"{e['sector_code']}_{e['within_fraction']:g}", e["error"], "asinh scale", "measured", e["source"])
                for e in read["scenario_errors"]
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
    contract = table("clean/method_assumptions")
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
    sizes: dict[str, list[tuple[float, float]]] = {}
    for row in read["scenario_errors"]:
        sizes.setdefault(row["sector_code"], []).append((row["within_fraction"], row["error"]))
    if TOTAL not in sizes or len(sizes) == 1:
        problems.append(f"{at}errors.csv: expected rows for {TOTAL!r} and for sectors; klimat hindcast --renew")
    shares = {share for own in sizes.values() for share, _ in own}
    problems += [
        f"{at}errors.csv, {code}: expected an error for each of {', '.join(map(str, sorted(shares)))}, ascending"
        for code, own in sizes.items()
        if {share for share, _ in own} != shares or [e for _, e in sorted(own)] != sorted(e for _, e in own)
    ]
    for name, known in (("errors", (*sector_codes, TOTAL)), ("years", sector_codes)):
        named = {row["sector_code"] for row in read[f"scenario_{name}"]}
        problems += [
            f"{at}{name}.csv, column sector_code: {code!r} is no main sector" for code in sorted(named - set(known))
        ]
    return problems
