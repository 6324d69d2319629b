"""The rules of climate neutrality: one method for all municipalities, and what one of them states otherwise.

What belongs here: the rules. What does not: the balance (``scenarios.neutrality_balance``).
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from klimat_pipeline.configuration.yaml_file import model_from_yaml

_Percent = Annotated[float, Field(strict=True, ge=0, le=100, allow_inf_nan=False)]
_Text = Annotated[str, Field(strict=True, pattern=r"\S")]
Permanence = Literal["mineralised", "over_1000_years", "over_100_years", "under_100_years", "not_stated"]
AllocationKey = Literal["location", "ownership", "waste_origin", "heat_delivered"]
HARMONISED, OWN = "harmonised", "own"


class NeutralityMethod(BaseModel):
    """``_all/neutrality.yaml``: how the balance is struck for everybody."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    min_reduction_pct: _Percent = Field(description="Reduction below which nothing is neutral, whatever the sinks.")
    cap_pct: _Percent = Field(description="Most of the baseline that sinks may neutralise.")
    counts_not_stated_additionality: bool = Field(
        description="Whether sinks count whose additionality the source leaves open."
    )
    permanence: list[Permanence] = Field(description="Classes of permanence that count.")
    allocation_key: AllocationKey = Field(description="Key by which a shared plant's captures are claimed.")
    source: _Text = Field(description="Where the rules stand.")


class NeutralityDeviation(BaseModel):
    """``neutrality`` in ``municipality.yaml``: the rules that a municipality states otherwise, with its reason."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    min_reduction_pct: _Percent | None = None
    cap_pct: _Percent | None = None
    counts_not_stated_additionality: bool | None = None
    permanence: list[Permanence] | None = None
    allocation_key: AllocationKey | None = None
    reason: _Text = Field(description="Why it deviates, and where that is written.")

    @property
    def changes(self) -> dict[str, object]:
        """The rules that differ, by name."""
        return {name: value for name, value in self.model_dump(exclude={"reason"}).items() if value is not None}


def load_neutrality(municipalities_dir: Path) -> NeutralityMethod:
    """The method for all.

    Raises:
        ConfigurationError: the file is missing or does not fit.
    """
    return model_from_yaml(municipalities_dir / "_all" / "neutrality.yaml", NeutralityMethod, municipalities_dir)[0]
