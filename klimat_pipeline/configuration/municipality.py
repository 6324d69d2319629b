"""What a municipality configures: its targets and population, in a folder of its own.

``data/municipalities/<code>_<name>/`` holds ``municipality.yaml`` and, where known, ``population.csv``;
``data/municipalities/_all/follow_up.yaml`` says what is followed up for everybody.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from klimat_pipeline.configuration.csv_file import CsvColumn, read_csv
from klimat_pipeline.configuration.yaml_file import model_from_yaml, shown_path
from klimat_pipeline.errors import ConfigurationError, ProblemsError
from klimat_pipeline.settings import Settings

_FOLDER = re.compile(r"(\d{4})_[a-z0-9_-]+")
EVERYBODY = "_all"
_POPULATION = (
    CsvColumn("municipality_code", pattern=r"\d{4}"),
    CsvColumn("year", kind="integer"),
    CsvColumn("population", kind="integer"),
    CsvColumn("source"),
)


def _text_only(value: Any) -> Any:
    """A code written without quotation marks has become a number: say so instead of losing its zero."""
    if isinstance(value, int):
        raise ValueError("write it in quotation marks, so that it stays text")
    return value


Boundary = Literal["territory", "organisation", "residents"]
GasBasis = Literal["GHG", "fossil"]
Year = Annotated[int, Field(strict=True, ge=1900, le=2200)]
Text = Annotated[str, Field(strict=True, min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Target(_Strict):
    """A target of the municipality, as its own document puts it."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")] = Field(description="Short name, in every table.")
    name_sv: Text = Field(description="Name in Swedish.")
    name_en: Text = Field(description="Name in English.")
    sectors: Literal["all"] | list[str] = Field(
        description="Main sectors that the target sums, 'all' of them, or none ([]) where national data cannot tell."
    )
    boundary: Boundary = Field(description="territory, organisation (the municipal group) or residents.")
    gas_basis: GasBasis = Field(description="GHG: all greenhouse gases; fossil: fossil emissions only.")
    baseline_year: Year | None = Field(description="Year the target counts from; null where the document gives none.")
    target_year: Year = Field(description="Year by which it is to be met.")
    reduction_pct: Annotated[float, Field(ge=0, le=100)] | None = Field(
        description="Reduction in per cent of the baseline; null where the document gives no number."
    )
    source: Text = Field(description="Document and page or section.")
    note: Text | None = Field(default=None, description="What a reader should know, such as a coarser definition.")

    @field_validator("sectors")
    @classmethod
    def _known_sectors(cls, value: Any, info: ValidationInfo) -> Any:
        known = (info.context or {}).get("sector_codes")
        if value == "all" or known is None:
            return value
        for code in value:
            if code not in known:
                raise ValueError(f"unknown sector {code!r}; expected among {', '.join(known)}")
            if value.count(code) > 1:
                raise ValueError(f"sector {code!r} stands twice")
        return value

    @model_validator(mode="after")
    def _coherent(self) -> "Target":
        if self.sectors and self.baseline_year is None:
            raise ValueError("a target with sectors needs a baseline_year; without one, give sectors: []")
        if self.baseline_year is not None and self.target_year <= self.baseline_year:
            raise ValueError(f"target_year {self.target_year} is not after baseline_year {self.baseline_year}")
        return self


class Municipality(_Strict):
    """``municipality.yaml``: one municipality and its targets."""

    municipality_code: Annotated[str, BeforeValidator(_text_only), Field(pattern=r"^\d{4}$")] = Field(
        description="SCB's four-digit code, in quotation marks."
    )
    name: Text = Field(description="Name as SCB writes it.")
    trend_from_year: Year = Field(description="First year of the trend; has to be a released year.")
    targets: list[Target] = Field(description="Targets, each with its own baseline.")

    @field_validator("targets")
    @classmethod
    def _ids_once(cls, value: list[Target]) -> list[Target]:
        ids = [target.id for target in value]
        if twice := sorted({i for i in ids if ids.count(i) > 1}):
            raise ValueError(f"target id {twice[0]!r} stands twice")
        return value


class GenericFollowUp(_Strict):
    """``_all/follow_up.yaml``: what is followed up for every municipality, without a target."""

    baseline_year: Year = Field(description="Year that changes are counted from.")
    trend_from_year: Year = Field(description="First year of the trend.")
    boundary: Boundary = Field(description="Perspective of the figures.")
    gas_basis: GasBasis = Field(description="Gases that are meant.")
    total_name_sv: Text = Field(description="Name of the total in Swedish.")
    total_name_en: Text = Field(description="Name of the total in English.")
    source: Text = Field(description="Why these are followed up.")


def load_municipalities(
    municipalities_dir: Path, *, sector_codes: Collection[str], known_codes: Mapping[str, str]
) -> list[Municipality]:
    """Every municipality with a folder, by code.

    Args:
        municipalities_dir: ``data/municipalities``.
        sector_codes: main sectors that targets may name.
        known_codes: municipality codes and names.

    Raises:
        ProblemsError: all faults of all folders, each with file, line and field.
    """
    found, problems = [], []
    for folder in _folders(municipalities_dir, problems):
        try:
            found.append(_load(folder, municipalities_dir, sector_codes, known_codes))
        except ProblemsError as error:
            problems += error.problems
        except ConfigurationError as error:
            problems.append(str(error))
    codes = [municipality.municipality_code for municipality in found]
    problems += [f"municipality {code} has two folders" for code in sorted({c for c in codes if codes.count(c) > 1})]
    if problems:
        raise ProblemsError(problems)
    return sorted(found, key=lambda municipality: municipality.municipality_code)


def load_generic(path: Path) -> GenericFollowUp:
    """What is followed up for every municipality.

    Raises:
        ConfigurationError: the file is missing or does not fit.
    """
    return model_from_yaml(path, GenericFollowUp, path.parent.parent)[0]


def load_population(municipalities_dir: Path, *, known_codes: Mapping[str, str]) -> list[dict[str, Any]]:
    """Residents from every ``population.csv``.

    Raises:
        ProblemsError: faults of the files, with file, line and column.
    """
    rows: list[dict[str, Any]] = []
    problems: list[str] = []
    for folder in _folders(municipalities_dir, []):
        path = folder / "population.csv"
        if not path.is_file():
            continue
        try:
            own = read_csv(path, columns=_POPULATION, base=municipalities_dir, key=("municipality_code", "year"))
        except ProblemsError as error:
            problems += error.problems
            continue
        shown = shown_path(path, municipalities_dir)
        code = folder.name[:4]
        problems += [
            f"{shown}: column municipality_code: found {row['municipality_code']!r}, expected {code!r} as the folder says"
            for row in own
            if row["municipality_code"] != code
        ]
        problems += [
            f"{shown}: column population: {row['population']} residents in {row['year']}, expected more than none"
            for row in own
            if row["population"] <= 0
        ]
        if code not in known_codes:
            problems.append(f"{shown}: no municipality has the code {code}")
        rows += own
    if problems:
        raise ProblemsError(problems)
    return rows


def validate_configuration(settings: Settings) -> list[str]:
    """Every problem in what people edit, one a line; empty when all is well."""
    from klimat_pipeline.clean.reference import load_reference

    try:
        reference = load_reference(settings.reference_dir)
    except ProblemsError as error:
        return error.problems
    except ConfigurationError as error:
        return [str(error)]
    folder, problems = settings.municipalities_dir, []
    known = reference.municipality_by_code
    for load in (
        lambda: load_generic(folder / EVERYBODY / "follow_up.yaml"),
        lambda: load_municipalities(folder, sector_codes=reference.sector_codes, known_codes=known),
        lambda: load_population(folder, known_codes=known),
    ):
        try:
            load()
        except ProblemsError as error:
            problems += error.problems
        except ConfigurationError as error:
            problems.append(str(error))
    return problems


def _folders(municipalities_dir: Path, problems: list[str]) -> Iterator[Path]:
    for folder in sorted(municipalities_dir.iterdir()):
        if not folder.is_dir() or folder.name.startswith(("_", ".")):
            continue
        if _FOLDER.fullmatch(folder.name):
            yield folder
        else:
            problems.append(
                f"{municipalities_dir.name}/{folder.name}: a folder's name is its code and name, such as "
                "1283_helsingborg (lower case, a-z)"
            )


def _load(
    folder: Path, municipalities_dir: Path, sector_codes: Collection[str], known_codes: Mapping[str, str]
) -> Municipality:
    path = folder / "municipality.yaml"
    context = {"sector_codes": tuple(sector_codes)}
    municipality, document = model_from_yaml(path, Municipality, municipalities_dir, context=context)
    problems = []
    code, named = municipality.municipality_code, known_codes.get(municipality.municipality_code)
    if code != folder.name[:4]:
        problems.append(document.problem(("municipality_code",), f"{code!r}, but the folder says {folder.name[:4]!r}"))
    if named is None:
        problems.append(document.problem(("municipality_code",), f"no municipality has the code {code!r}"))
    elif named != municipality.name:
        problems.append(document.problem(("name",), f"{municipality.name!r}, but {code} is {named!r}"))
    if problems:
        raise ProblemsError(problems)
    return municipality
