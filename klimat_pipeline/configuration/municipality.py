"""What a municipality configures: its targets, in a folder of its own.

``data/municipalities/<code>_<name>/`` holds ``municipality.yaml`` (and tables: ``configuration.local_tables``);
``data/municipalities/_all/follow_up.yaml`` says what is followed up for everybody.
"""

import itertools
import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from klimat_pipeline.configuration.inventory_form import InventoryForm
from klimat_pipeline.configuration.neutrality import NeutralityDeviation
from klimat_pipeline.configuration.spend import EXAMPLE_CODE, EXAMPLE_NAME, SpendSettings
from klimat_pipeline.configuration.yaml_file import YamlDocument, model_from_yaml, shown_path
from klimat_pipeline.contracts.code_lists import GwpSet
from klimat_pipeline.errors import ConfigurationError, ProblemsError

_FOLDER = re.compile(r"([0-9]{4})_[a-z0-9_-]+")
EVERYBODY = "_all"


def _text_only(value: Any) -> Any:
    """A code written without quotation marks has become a number: say so instead of losing its zero."""
    if isinstance(value, int | float):
        raise ValueError("write it in quotation marks, so that it stays text")
    return value


Boundary = Literal["territory", "organisation", "residents"]
GasBasis = Literal["GHG", "fossil"]
Measure = Literal["emissions", "construction", "meals_per_kg", "meals_per_portion", "purchases", "consumption"]
Year = Annotated[int, Field(strict=True, ge=1900, le=2200)]
Text = Annotated[str, Field(strict=True, pattern=r"\S")]
#: A number written as one: neither quoted nor true, nan or inf.
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class InterimTarget(_Strict):
    """A step on the way to a target."""

    year: Year = Field(description="Year of the step.")
    reduction_pct: Annotated[Number, Field(ge=0, le=100)] = Field(description="Reduction in per cent of the baseline.")


class Target(_Strict):
    """A target of the municipality, as its own document puts it."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")] = Field(description="Short name, in every table.")
    name_sv: Text = Field(description="Name in Swedish.")
    name_en: Text = Field(description="Name in English.")
    sectors: Literal["all"] | list[str] = Field(
        description="Main sectors that the target sums, 'all' of them, or none ([]) where national data cannot tell."
    )
    subsectors: list[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)?$")]] = Field(
        default=[],
        description="What the target means where its sectors are coarser: main sectors, or parts as sector/subsector "
        "of data/reference/subsectors.csv. Followed beside the target (energy_targets) where a release divides so.",
    )
    boundary: Boundary = Field(description="territory, organisation (the municipal group) or residents.")
    gas_basis: GasBasis = Field(description="GHG: all greenhouse gases; fossil: fossil emissions only.")
    baseline_year: Year | None = Field(description="Year the target counts from; null where the document gives none.")
    target_year: Year = Field(description="Year by which it is to be met.")
    reduction_pct: Annotated[Number, Field(ge=0, le=100)] | None = Field(
        description="Reduction in per cent of the baseline; null where the document gives no number."
    )
    source: Text = Field(description="Document and page or section.")
    note: Text | None = Field(default=None, description="What a reader should know, such as a coarser definition.")
    measure: Measure = Field(
        default="emissions",
        description="What is held against the target: emissions of the sectors; construction (kg CO2e per m2 against "
        "the reference values of construction.csv); meals_per_kg or meals_per_portion (meals.csv); purchases (the "
        "spend analysis); consumption (of residents, per resident: a model's figure).",
    )
    indicator: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")] | None = Field(
        default=None, description="Indicator of the spend analysis that a target on purchases follows."
    )
    target_level: Annotated[Number, Field(ge=0)] | None = Field(
        default=None,
        description="Level to reach, in the measure's unit, where the document gives one and no percentage.",
    )
    interim: list[InterimTarget] = Field(default=[], description="Steps on the way, in order of years.")
    budget_t: Annotated[Number, Field(ge=0)] | None = Field(
        default=None,
        description="Carbon budget in tonnes from the year after the baseline to the target year; without one it is "
        "the area under the straight line.",
    )

    @field_validator("interim")
    @classmethod
    def _steps_in_order(cls, value: list[InterimTarget], info: ValidationInfo) -> list[InterimTarget]:
        baseline, end = info.data.get("baseline_year"), info.data.get("target_year")
        if value and baseline is None:
            raise ValueError("steps need a baseline_year to count from")
        years = [step.year for step in value]
        if any(a >= b for a, b in itertools.pairwise([baseline or 0, *years, end or 9999])):
            raise ValueError(f"expected years in order between {baseline} and {end}, found {years}")
        return value

    @field_validator("measure")
    @classmethod
    def _measured_without_sectors(cls, value: str, info: ValidationInfo) -> str:
        if value != "emissions" and info.data.get("sectors"):
            raise ValueError(f"{value} is not the emissions of sectors; give sectors: []")
        return value

    @field_validator("sectors", mode="before")
    @classmethod
    def _known_sectors(cls, value: Any, info: ValidationInfo) -> Any:
        if value == "all":
            return value
        if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
            raise ValueError("expected all, [] or a list of main sectors such as [transport, industry]")
        known = (info.context or {}).get("sector_codes")
        problems = []
        for code in dict.fromkeys(value):
            if known is not None and code not in known:
                near = get_close_matches(code, known, n=1)
                problems.append(
                    f"unknown sector {code!r}"
                    + (f" (nearest: {near[0]})" if near else "")
                    + f"; expected among {', '.join(known)}"
                )
            if value.count(code) > 1:
                problems.append(f"sector {code!r} stands twice")
        if problems:
            raise ValueError("; ".join(problems))
        return value

    @field_validator("subsectors")
    @classmethod
    def _parts_of_its_sectors(cls, value: list[str], info: ValidationInfo) -> list[str]:
        sectors = info.data.get("sectors") or []
        if strangers := [part for part in value if sectors != "all" and part.split("/")[0] not in sectors]:
            raise ValueError(f"{', '.join(strangers)}: not of the target's sectors ({', '.join(sectors)})")
        return value

    @field_validator("baseline_year")
    @classmethod
    def _baseline_of_sectors(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value is None and info.data.get("sectors"):
            raise ValueError("a target with sectors needs a baseline_year; without one, give sectors: []")
        return value

    @field_validator("target_year")
    @classmethod
    def _after_baseline(cls, value: int, info: ValidationInfo) -> int:
        baseline = info.data.get("baseline_year")
        if baseline is not None and value <= baseline:
            raise ValueError(f"target_year {value} is not after baseline_year {baseline}")
        return value


class Group(_Strict):
    """A group of municipalities, to be compared with."""

    name: Text = Field(description="Name of the group.")
    members: list[Annotated[str, BeforeValidator(_text_only), Field(pattern=r"^[0-9]{4}$")]] = Field(
        default=[], description="Codes of its other members; those whose own file names the group need not stand here."
    )


def _named_group(value: Any) -> Any:
    """A name alone is a group whose members say so themselves."""
    return {"name": value} if isinstance(value, str) else value


class Municipality(_Strict):
    """``municipality.yaml``: one municipality and its targets."""

    municipality_code: Annotated[str, BeforeValidator(_text_only), Field(pattern=r"^[0-9]{4}$")] = Field(
        description="SCB's four-digit code, in quotation marks."
    )
    name: Text = Field(description="Name as SCB writes it.")
    trend_from_year: Year = Field(description="First year of the trend; has to be a released year.")
    gwp_set: GwpSet = Field(
        default="AR5", description="Global warming potentials that the organisation's inventory is counted in."
    )
    organisation_base_year: Year | None = Field(
        default=None, description="Year that the organisation's inventory is compared with; none is ever assumed."
    )
    plan_from_year: Year | None = Field(
        default=None,
        description="First year of the climate plan's period: actions that state no start rise from then on.",
    )
    targets: list[Target] = Field(description="Targets, each with its own baseline.")
    groups: list[Annotated[Group, BeforeValidator(_named_group)]] = Field(
        default=[], description="Groups that the municipality belongs to and is compared within; a name is enough."
    )
    neutrality: NeutralityDeviation | None = Field(
        default=None, description="Rules of neutrality that the municipality states otherwise (_all/neutrality.yaml)."
    )
    inventory: InventoryForm = Field(
        default=InventoryForm(), description="How the municipality's own document is laid out."
    )
    spend: SpendSettings = Field(default=SpendSettings(), description="Ledgers of the environmental spend analysis.")


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
    found, problems = sound_municipalities(municipalities_dir, sector_codes=sector_codes, known_codes=known_codes)
    if problems:
        raise ProblemsError(problems)
    return found


def sound_municipalities(
    municipalities_dir: Path, *, sector_codes: Collection[str], known_codes: Mapping[str, str]
) -> tuple[list[Municipality], list[str]]:
    """Every municipality whose ``municipality.yaml`` is sound, by code, and what is wrong with the others."""
    found: list[Municipality] = []
    problems: list[str] = []
    for folder in municipality_folders(municipalities_dir, problems):
        try:
            found.append(_load(folder, municipalities_dir, sector_codes, known_codes))
        except ConfigurationError as error:
            problems += error.problems
    return sorted(found, key=lambda municipality: municipality.municipality_code), problems


def load_generic(path: Path) -> GenericFollowUp:
    """What is followed up for every municipality.

    Raises:
        ConfigurationError: the file is missing or does not fit.
    """
    return model_from_yaml(path, GenericFollowUp, path.parent.parent)[0]


def municipality_folders(municipalities_dir: Path, problems: list[str]) -> Iterator[Path]:
    """Folders of municipalities; names that are none are added to the problems."""
    if not municipalities_dir.is_dir():
        raise ConfigurationError(f"{municipalities_dir}: no such folder; expected the municipalities' folders.")
    first: dict[str, str] = {}
    for folder in sorted(municipalities_dir.iterdir()):
        if not folder.is_dir() or folder.name.startswith(("_", ".")):
            continue
        code, shown = folder.name[:4], f"{municipalities_dir.name}/{folder.name}"
        if not _FOLDER.fullmatch(folder.name):
            problems.append(
                f"{shown}: a folder's name is its code and name, such as 1283_helsingborg (lower case, a-z)"
            )
            continue
        if code in first:
            problems.append(f"{shown}: municipality {code} has a folder already: {first[code]}")
        first.setdefault(code, folder.name)
        yield folder


def code_of_place(file: Path, municipalities_dir: Path) -> str | None:
    """The municipality whose folder a file lies in, if it lies in one."""
    whole, root = file.resolve(), municipalities_dir.resolve()
    if root not in whole.parents:
        return None
    folder = whole.relative_to(root).parts[0]
    return folder[:4] if _FOLDER.fullmatch(folder) else None


def _load(
    folder: Path, municipalities_dir: Path, sector_codes: Collection[str], known_codes: Mapping[str, str]
) -> Municipality:
    def beyond_the_form(document: YamlDocument) -> list[str]:
        return [
            *_identity_problems(document, folder, known_codes),
            *_strangers(document, known_codes),
            *_twice(document),
        ]

    context = {"sector_codes": tuple(sector_codes)}
    path = folder / "municipality.yaml"
    if not path.is_file():
        raise ConfigurationError(
            f"{shown_path(path, municipalities_dir)}: is missing. Every folder needs one: klimat municipality add "
            "writes it, or copy another folder's."
        )
    return model_from_yaml(path, Municipality, municipalities_dir, context=context, also=beyond_the_form)[0]


def _identity_problems(document: YamlDocument, folder: Path, known_codes: Mapping[str, str]) -> Iterator[str]:
    """Code, name and folder have to mean the same municipality."""
    code, name = document.data.get("municipality_code"), document.data.get("name")
    if not isinstance(code, str):
        return
    if code != folder.name[:4]:
        yield document.problem(("municipality_code",), f"{code!r}, but the folder says {folder.name[:4]!r}")
    if code == EXAMPLE_CODE:
        if name != EXAMPLE_NAME or document.data.get("targets"):
            wanted = f"name: {EXAMPLE_NAME} and targets: []"
            yield document.problem(("name",), f"{code} is reserved for the invented example; expected {wanted}")
    elif code not in known_codes:
        yield document.problem(("municipality_code",), f"no municipality has the code {code!r}")
    elif isinstance(name, str) and name != known_codes[code]:
        yield document.problem(("name",), f"{name!r}, but {code} is {known_codes[code]!r}")


def _strangers(document: YamlDocument, known_codes: Mapping[str, str]) -> Iterator[str]:
    """Members of groups that are no municipalities."""
    groups = document.data.get("groups")
    for i, group in enumerate(groups if isinstance(groups, list) else []):
        members = group.get("members") if isinstance(group, dict) else None
        for j, code in enumerate(members if isinstance(members, list) else []):
            if isinstance(code, str) and code not in known_codes:
                yield document.problem(("groups", i, "members", j), f"no municipality has the code {code!r}")


def _twice(document: YamlDocument) -> Iterator[str]:
    """Each target has an id of its own."""
    targets = document.data.get("targets")
    first: dict[str, int] = {}
    for i, target in enumerate(targets if isinstance(targets, list) else []):
        target_id = target.get("id") if isinstance(target, dict) else None
        if not isinstance(target_id, str):
            continue
        loc = ("targets", i, "id")
        if target_id in first:
            yield document.problem(loc, f"target id {target_id!r} stands in line {first[target_id]} already")
        first.setdefault(target_id, document.line(loc))
