"""``data/acknowledged.yaml``: remarks of checks that somebody has looked at and stands for, until a day.

What belongs here: the form of the file. What does not: which remarks it covers (``quality.acknowledged``).
"""

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from klimat_pipeline.configuration.yaml_file import model_from_yaml

FILE = "acknowledged.yaml"
_Text = Annotated[str, Field(pattern=r"\S")]


class Acknowledgement(BaseModel):
    """One remark, or some rows of it, that somebody stands for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    check: _Text = Field(description="Name of the check, as klimat checks and the UI show it.")
    key: dict[_Text, str | int | float] = Field(
        default={},
        description="Columns and values of the rows that are meant, such as municipality_code: '1283'; without it all.",
    )
    who: _Text = Field(description="Who acknowledges it: a role or a unit, rather than a person's name.")
    why: _Text = Field(description="Why it is as it should be, and where that is written.")
    until: date = Field(description="Last day on which it counts; afterwards the check warns again.")


class Acknowledged(BaseModel):
    """``acknowledged.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    acknowledged: list[Acknowledgement] = Field(default=[], description="What somebody stands for.")


def load_acknowledged(folder: Path) -> tuple[Acknowledgement, ...]:
    """Everything that is acknowledged, expired or not; nothing where there is no file.

    Raises:
        ConfigurationError: the file does not fit.
    """
    path = folder / FILE
    if not path.exists():
        return ()
    return tuple(model_from_yaml(path, Acknowledged, folder)[0].acknowledged)
