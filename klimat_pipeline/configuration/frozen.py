"""Frozen reports: the figures of a report that was handed in, kept under its name so that they can be proven again.

``data/municipalities/<code>_<name>/frozen/<report>.yaml`` is written by ``klimat freeze`` and not edited by hand. What
does not belong here: whether they still reproduce (``quality``).
"""

import re
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from klimat_pipeline.configuration.municipality import Number, Text, Year, municipality_folders
from klimat_pipeline.configuration.yaml_file import model_from_yaml
from klimat_pipeline.errors import ConfigurationError, ProblemsError

FOLDER = "frozen"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Figure(_Strict):
    """One indicator of the report, as published."""

    target_id: Text
    year: Year
    emissions_t_co2e: Number
    baseline_t_co2e: Number | None
    change_pct: Number | None
    basis: Literal["reported", "corrected"] | None = Field(
        default=None, description="Basis of both; missing in reports of before it was stated."
    )


class FrozenReport(_Strict):
    """A report and its figures."""

    name: Text = Field(description="Name of the report.")
    release_id: Text = Field(description="Release that it was made from.")
    frozen_on: date = Field(description="Day on which it was frozen.")
    publication_id: Text = Field(description="Publication that held the figures.")
    figures: list[Figure] = Field(description="Its figures, rounded as published.")


def load_frozen(municipalities_dir: Path) -> list[dict[str, Any]]:
    """Figures of all frozen reports, one row each.

    Raises:
        ProblemsError: a file does not fit; all faults are named.
    """
    rows: list[dict[str, Any]] = []
    problems: list[str] = []
    for folder in municipality_folders(municipalities_dir, []):
        for path in sorted((folder / FOLDER).glob("*.yaml")):
            try:
                report, _ = model_from_yaml(path, FrozenReport, municipalities_dir)
            except ConfigurationError as error:
                problems += error.problems
                continue
            rows += [
                {
                    "municipality_code": folder.name[:4],
                    "report_name": report.name,
                    "release_id": report.release_id,
                    "frozen_on": report.frozen_on.isoformat(),
                    **figure.model_dump(),
                }
                for figure in report.figures
            ]
    if problems:
        raise ProblemsError(problems)
    return rows


def write_frozen(folder: Path, report: FrozenReport) -> Path:
    """Write a report into a municipality's folder.

    Raises:
        ConfigurationError: a report of that name is frozen already; it is never overwritten.
    """
    path = folder / FOLDER / f"{slug(report.name)}.yaml"
    if path.exists():
        raise ConfigurationError(f"'{report.name}' is frozen already in {path.name}; it is never overwritten.")
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        "# A frozen report, written by klimat freeze; every refresh proves that it still reproduces. Not to be edited.",
        f"name: {_quoted(report.name)}",
        f"release_id: {_quoted(report.release_id)}",
        f'frozen_on: "{report.frozen_on.isoformat()}"',
        f"publication_id: {_quoted(report.publication_id)}",
        "figures:",
    ]
    for figure in report.figures:
        cells = ", ".join(f"{k}: {_plain(v)}" for k, v in figure.model_dump().items())
        lines.append(f"  - {{{cells}}}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def slug(text: str) -> str:
    """A file name from a title: lower-case ASCII letters, digits and hyphens.

    Raises:
        ConfigurationError: nothing would be left.
    """
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if not made:
        raise ConfigurationError(f"{text!r}: a name needs letters or digits.")
    return made


def _plain(value: str | float | None) -> str:
    if value is None:
        return "null"
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
