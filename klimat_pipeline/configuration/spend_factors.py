"""``spend.yaml`` in a municipality's folder (optional): which factors and prices the spend analysis uses, and limits.

What does not belong here: where ledgers lie and what is left out.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from klimat_pipeline.configuration.municipality import Number, Text, Year, municipality_folders
from klimat_pipeline.configuration.yaml_file import model_from_yaml
from klimat_pipeline.errors import ConfigurationError, ProblemsError

FILE = "spend.yaml"
_Code = Annotated[str, Field(strict=True, pattern=r"^[a-z][a-z0-9_]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rate(_Strict):
    """An exchange rate that no reference table holds."""

    year: Year = Field(description="Year of the annual mean.")
    currency: Annotated[str, Field(strict=True, pattern=r"^[A-Z]{3}$")] = Field(description="ISO code, such as USD.")
    sek_per_unit: Annotated[Number, Field(gt=0)] = Field(description="Kronor for one unit, annual mean.")
    source: Text = Field(description="Where it was published.")


class IndexValue(_Strict):
    """A value of the price index that no reference table holds."""

    year: Year = Field(description="Year of the annual mean.")
    price_group: Annotated[str, Field(strict=True)] = Field(default="*", description="Category, or * for all.")
    value: Annotated[Number, Field(gt=0)] = Field(description="Index value, on the index's own base.")
    source: Text = Field(description="Where it was published.")


class SpendFactors(_Strict):
    """How a municipality's kronor become kilograms."""

    factor_set: _Code = Field(default="figaro_se_2023", description="Factor set of the results.")
    factor_set_by_year: dict[Annotated[str, Field(pattern=r"^\d{4}$")], _Code] = Field(
        default_factory=dict, description="Another set from this year on: a change of vintage is shown as such."
    )
    sensitivity_sets: list[_Code] = Field(default_factory=list, description="Sets that are computed beside it.")
    factor_files: dict[_Code, Text] = Field(
        default_factory=dict, description="Path of the file of a set that is not shipped, by set."
    )
    deflator: _Code = Field(default="kpi", description="index_id in data/reference/price_index.csv.")
    missing_index: Literal["error", "last_known"] = Field(
        default="last_known",
        description="For a year without an index or rate: the last one before it, said so in price_basis and note, or "
        "stop (then the municipality's purchases stay as they were published last).",
    )
    exchange_rates: list[Rate] = Field(default_factory=list, description="Rates that no reference table holds.")
    price_index: list[IndexValue] = Field(default_factory=list, description="Index values no reference table holds.")
    uncertainty_pct: Annotated[Number, Field(ge=0, le=500)] | None = Field(
        default=None, description="Standard deviation of a factor in per cent, instead of the set's."
    )
    supplier_threshold_sek: Annotated[Number, Field(ge=0)] = Field(
        default=100_000.0, description="Suppliers with less a year are shown in one row."
    )
    scope2_method: Literal["location", "market"] = Field(
        default="location", description="Method of activities in scope 2 that replace spend."
    )
    text_model: bool = Field(default=False, description="Whether free texts may be classified by a trained model.")
    text_model_threshold: Annotated[Number, Field(gt=0, le=1)] = Field(
        default=0.8, description="Probability below which a text stays unmapped."
    )
    text_model_min_lines: Annotated[int, Field(strict=True, ge=10)] = Field(
        default=500, description="Own classified texts that a model needs at least."
    )
    halving_base_year: Year | None = Field(
        default=None, description="Year that the halving of purchases counts from; none is ever assumed."
    )


def of_folder(folder: Path) -> SpendFactors:
    """The configuration of a municipality's folder; the defaults where it has none.

    Raises:
        ConfigurationError: the file does not fit.
    """
    path = folder / FILE
    return model_from_yaml(path, SpendFactors, folder.parent)[0] if path.is_file() else SpendFactors()


def load_spend_factors(municipalities_dir: Path, faulty: dict[str, list[str]] | None = None) -> dict[str, SpendFactors]:
    """The configuration of every municipality that has a ``spend.yaml``, by code.

    Args:
        municipalities_dir: ``data/municipalities``.
        faulty: is given what is wrong by municipality, which is then left out; without it, all faults stop.

    Raises:
        ProblemsError: all faults of all files, each with file, line and field.
    """
    found: dict[str, SpendFactors] = {}
    problems: list[str] = []
    for folder in municipality_folders(municipalities_dir, []):
        if not (folder / FILE).is_file():
            continue
        try:
            found[folder.name[:4]] = of_folder(folder)
        except ConfigurationError as error:
            if faulty is not None:
                faulty.setdefault(folder.name[:4], []).extend(error.problems)
            else:
                problems += error.problems
    if problems:
        raise ProblemsError(problems)
    return found
