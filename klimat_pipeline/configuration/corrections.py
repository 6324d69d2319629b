"""A municipality's register of local corrections: ``corrections.yaml``, each entry reviewable by a stranger.

What belongs here: form and coherence of the register. What does not: applying it (``corrected``).
"""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from klimat_pipeline.configuration.correction_units import check_unit
from klimat_pipeline.configuration.municipality import Number, Text, Year, municipality_folders
from klimat_pipeline.configuration.yaml_file import YamlDocument, model_from_yaml
from klimat_pipeline.contracts.code_lists import Grade
from klimat_pipeline.errors import ConfigurationError, ProblemsError

FILE = "corrections.yaml"
#: A base that moved by more than this is to be reviewed; the GHG Protocol's usual threshold.
DEFAULT_LIMIT_PCT = 5.0
_RANGE = re.compile(r"(\d{4})-(\d{4})")

#: A year as the key of a mapping: YAML's keys are text.
YearKey = Annotated[int, Field(ge=1900, le=2200)]
Tonnes = Annotated[Number, Field(ge=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Base(_Strict):
    """What the correction was decided against."""

    release_id: Text = Field(description="Release whose figure was corrected.")
    values_t: dict[YearKey, Tonnes] = Field(description="National value per year in that release, tonnes.")


class Baseline(_Strict):
    """How the baseline year is treated: correcting the latest year alone makes a false reduction."""

    treatment: Literal["corrected", "not_corrected"] = Field(description="Whether the baseline year is corrected too.")
    by: str | None = Field(default=None, description="Entry that corrects it; may be this one.")
    why: Text | None = Field(default=None, description="Why it is not.")

    @model_validator(mode="after")
    def _said(self) -> "Baseline":
        if self.treatment == "corrected" and not self.by:
            raise ValueError("treatment 'corrected' needs 'by': the entry that corrects the baseline year")
        if self.treatment == "not_corrected" and not self.why:
            raise ValueError("treatment 'not_corrected' needs 'why'")
        return self

    @property
    def words(self) -> str:
        return f"corrected by {self.by}" if self.treatment == "corrected" else f"not corrected: {self.why}"


class Conserves(_Strict):
    """Which totals keep their size; what is not conserved appears in the table of residuals."""

    sector: bool = Field(description="The nation's total of the sector.")
    county: bool = Field(description="The county's total.")
    nation: bool = Field(description="The nation's total.")


class Correction(_Strict):
    """One local correction."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")] = Field(description="Short name, unique in the country.")
    substance: Text = Field(description="Substance code of the source, such as GGT.")
    sector: Text = Field(description="Main sector (data/reference/sectors.csv).")
    subsector: Text | None = Field(default=None, description="Subsector, where only that is corrected.")
    years: list[Year] | Annotated[str, Field(pattern=r"^\d{4}-\d{4}$")] | None = Field(
        default=None, description="Years as a list, or a range such as 2018-2021. Others are untouched."
    )
    action: Literal["replace", "add", "scale", "reallocate", "exclude"] = Field(
        description="replace by the value; add it (negative to deduct); scale by a factor or percentage; reallocate an "
        "amount or share to another sector or municipality; exclude: set to zero."
    )
    applies_to: Literal["named years", "all years, scaled"] = Field(
        default="named years",
        description="'all years, scaled': the correction stands for a level of the whole series. Years that are not "
        "named are multiplied by the factor (corrected / national) of the named one; between several named years the "
        "factor is interpolated, beyond them it is that of the nearest. Somebody has to decide it.",
    )
    value: Number | None = Field(default=None, description="One value for all years.")
    values: dict[YearKey, Number] | None = Field(
        default=None, description="A value per year, instead of years and value."
    )
    unit: Text | None = Field(
        default=None, description="t, kt, kg, ...; for scale and reallocate also factor, percent."
    )
    to_sector: Text | None = Field(default=None, description="Where a reallocation goes, by default the same sector.")
    to_municipality: Annotated[str, Field(pattern=r"^\d{4}$")] | None = Field(
        default=None, description="Where a reallocation goes, by default the same municipality."
    )
    reason: Text = Field(description="Why the national figure is wrong here.")
    source: Text = Field(description="Document and page, or URL.")
    decided_by: Text = Field(description="Who decided.")
    decided_on: date = Field(description="When, as 2025-06-10.")
    valid_for_releases: list[Text] | None = Field(
        default=None, description="Only these releases are corrected; by default all of the substance."
    )
    expires_on: date | None = Field(default=None, description="Last day on which it is applied.")
    grade: Grade = Field(description="Data quality by the GPC.")
    uncertainty_pct: Annotated[Number, Field(ge=0)] | None = Field(default=None, description="Plus or minus, per cent.")
    baseline: Baseline = Field(description="How the baseline year is treated.")
    conserves: Conserves = Field(description="Which totals keep their size.")
    base: Base = Field(description="What it was decided against.")
    order: Annotated[int, Field(strict=True)] | None = Field(
        default=None, description="Order among corrections of the same cell; lower is first."
    )
    optional: bool = Field(default=False, description="Matching nothing is then a remark, not a fault.")
    allow_negative: bool = Field(default=False, description="Whether the result may be below zero.")
    note: Text | None = Field(default=None, description="What a reader should know, such as a contradicting print.")

    @field_validator("years")
    @classmethod
    def _years_once(cls, value: Any) -> Any:
        if isinstance(value, list) and len(set(value)) < len(value):
            raise ValueError("a year stands twice")
        if isinstance(value, str):
            first, last = (int(year) for year in value.split("-"))
            if first > last:
                raise ValueError("the range runs backwards")
        return value

    @model_validator(mode="after")
    def _coherent(self) -> "Correction":
        if (self.years is None) == (self.values is None):
            raise ValueError("give either years (with one value) or values (one per year)")
        if self.action == "exclude":
            if self.value is not None or self.values is not None or self.unit is not None:
                raise ValueError("exclude takes years only: no value, no unit")
        elif self.unit is None:
            raise ValueError(f"{self.action} needs a unit")
        elif self.value is None and self.values is None:
            raise ValueError(f"{self.action} needs a value")
        if self.values is not None and self.value is not None:
            raise ValueError("give value or values, not both")
        goes = self.to_sector or self.to_municipality
        if self.action == "reallocate" and not goes:
            raise ValueError("reallocate needs to_sector or to_municipality")
        if self.action != "reallocate" and goes:
            raise ValueError("to_sector and to_municipality belong to reallocate")
        if self.is_scaled and self.action == "exclude":
            raise ValueError("exclude has no factor that other years could be scaled by: name its years")
        return self

    @property
    def is_scaled(self) -> bool:
        """Whether years that it does not name are scaled."""
        return self.applies_to != "named years"

    def shares_a_series(self, other: "Correction") -> bool:
        """Whether both touch the same sector and substance, so that one may put the other's baseline on its level."""
        one, two = ({each.sector, each.to_sector or each.sector} for each in (self, other))
        return self.substance == other.substance and bool(one & two)

    @property
    def baseline_words(self) -> str:
        """How the baseline year is treated."""
        return "corrected with all years, by the factor of the named ones" if self.is_scaled else self.baseline.words

    @property
    def named_years(self) -> tuple[int, ...] | range:
        """Years that are named: each has to be released somewhere; of a range, at least one."""
        if self.values is not None:
            return tuple(sorted(self.values))
        if isinstance(self.years, str):
            first, last = (int(year) for year in self.years.split("-"))
            return range(first, last + 1)
        return tuple(sorted(self.years or ()))

    def value_in(self, year: int) -> float | None:
        """Value of a year, in ``unit``."""
        return self.values[year] if self.values is not None else self.value


class Approval(_Strict):
    """Somebody approved the recalculation of a baseline that had moved."""

    target_id: Text
    release_id: Text
    approved_by: Text
    approved_on: date
    note: Text | None = None


class CorrectionRegister(_Strict):
    """``corrections.yaml``: the register of one municipality."""

    drift_limit_pct: Annotated[Number, Field(ge=0)] = Field(
        default=DEFAULT_LIMIT_PCT, description="A national base that moved by more asks for a review."
    )
    base_year_limit_pct: Annotated[Number, Field(ge=0)] = Field(
        default=DEFAULT_LIMIT_PCT, description="A baseline that moved by more asks for an approved recalculation."
    )
    base_year_approvals: list[Approval] = Field(default_factory=list, description="Approved recalculations.")
    corrections: list[Correction] = Field(description="The corrections.")


class Registered(_Strict):
    """A correction with the municipality whose register holds it."""

    municipality_code: str
    correction: Correction
    drift_limit_pct: float


def load_registers(
    municipalities_dir: Path,
    *,
    sector_codes: Collection[str],
    subsector_codes: Mapping[str, Collection[str]],
    known_codes: Collection[str],
    substances: Collection[str],
    release_ids: Collection[str] = (),
) -> dict[str, CorrectionRegister]:
    """Every municipality's register, by code.

    Args:
        municipalities_dir: ``data/municipalities``.
        sector_codes: main sectors.
        subsector_codes: subsectors by main sector.
        known_codes: municipality codes.
        substances: of the source.
        release_ids: that are held; empty if they are not to be looked at.

    Raises:
        ProblemsError: everything that is wrong in all registers, with file, line and field.
    """
    problems: list[str] = []
    registers: dict[str, CorrectionRegister] = {}
    seen: dict[str, str] = {}
    for folder in municipality_folders(municipalities_dir, []):
        path = folder / FILE
        if not path.is_file():
            continue
        try:
            register, document = model_from_yaml(path, CorrectionRegister, municipalities_dir)
        except ConfigurationError as error:
            problems += error.problems
            continue
        problems += _problems(register, document, sector_codes, subsector_codes, known_codes, seen)
        problems += _of_nothing(register, document, substances, release_ids)
        registers[folder.name[:4]] = register
    if problems:
        raise ProblemsError(problems)
    return registers


def _misfits(correction: Correction, own: Mapping[str, Correction]) -> Iterator[tuple[str, str]]:
    """Field and problem where the unit does not fit the action, or the baseline's entry not this one."""
    by = correction.baseline.by
    if by is not None and by not in own:
        yield "baseline", f"'by' names {by!r}, which is not in this register"
    elif by is not None and not correction.shares_a_series(own[by]):
        wanted = f"{correction.substance} of {correction.sector}"
        yield "baseline", f"'by' names {by!r}, which corrects another series; expected an entry for {wanted}"
    if correction.unit is not None:
        try:
            check_unit(correction.action, correction.unit)
        except ConfigurationError as error:
            yield "unit", str(error)


def _of_nothing(
    register: CorrectionRegister, document: YamlDocument, substances: Collection[str], release_ids: Collection[str]
) -> Iterator[str]:
    """Substances that are none, and entries that are for releases only that nobody holds."""
    for i, correction in enumerate(register.corrections):
        if correction.substance not in substances:
            text = f"unknown substance {correction.substance!r}; expected among {', '.join(substances)}"
            yield document.problem(("corrections", i, "substance"), text)
        only = correction.valid_for_releases
        if only is not None and release_ids and not correction.optional and not set(only) & set(release_ids):
            text = (
                f"no release {', '.join(only)} is held; expected among {', '.join(sorted(release_ids))}. "
                "optional: true lets it pass."
            )
            yield document.problem(("corrections", i, "valid_for_releases"), text)


def _problems(
    register: CorrectionRegister,
    document: YamlDocument,
    sector_codes: Collection[str],
    subsector_codes: Mapping[str, Collection[str]],
    known_codes: Collection[str],
    seen: dict[str, str],
) -> list[str]:
    """What the form alone does not tell: names that exist nowhere, ids that stand twice."""
    found = []
    own = {correction.id: correction for correction in register.corrections}
    for i, correction in enumerate(register.corrections):
        where: tuple[str | int, ...] = ("corrections", i)

        def problem(field: str, text: str, where: tuple[str | int, ...] = where) -> None:
            found.append(document.problem((*where, field), text))

        if correction.id in seen:
            problem("id", f"{correction.id!r} stands in {seen[correction.id]} already")
        seen[correction.id] = f"{document.shown}:{document.line((*where, 'id'))}"
        for field in ("sector", "to_sector"):
            code = getattr(correction, field)
            if code is not None and code not in sector_codes:
                problem(field, f"unknown sector {code!r}; expected among {', '.join(sector_codes)}")
        if correction.subsector is not None and correction.subsector not in subsector_codes.get(correction.sector, ()):
            known = ", ".join(sorted(subsector_codes.get(correction.sector, ()))) or "none"
            problem(
                "subsector",
                f"unknown subsector {correction.subsector!r} of {correction.sector}; expected among {known}",
            )
        if correction.to_municipality is not None and correction.to_municipality not in known_codes:
            problem("to_municipality", f"no municipality has the code {correction.to_municipality!r}")
        for field, text in _misfits(correction, own):
            problem(field, text)
        if correction.decided_on > date.today():
            problem("decided_on", f"{correction.decided_on} lies in the future")
        if correction.expires_on is not None and correction.expires_on < correction.decided_on:
            problem("expires_on", f"{correction.expires_on} is before it was decided")
    approved: set[tuple[str, str]] = set()
    for i, approval in enumerate(register.base_year_approvals):
        key = (approval.target_id, approval.release_id)
        if key in approved:
            place = ("base_year_approvals", i, "target_id")
            found.append(document.problem(place, f"{key[0]!r} in {key[1]} is approved twice; expected one approval"))
        approved.add(key)
    return found
