"""What of a municipality is followed up: the total, its sectors, its own targets, and to which year.

What does not belong here: draws (``simulation``).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.clean.method_assumptions import TOTAL
from klimat_pipeline.corrected.basis import CORRECTED
from klimat_pipeline.indicators.paths import points_to
from klimat_pipeline.scenarios.panels import Panel


@dataclass(frozen=True, slots=True)
class Followed:
    """Something that is followed up: the total, a sector, or one of the municipality's own targets.

    Attributes:
        target_id: its id.
        series: its sectors, or the total alone.
        is_target: whether it is the municipality's own target, with a level.
        latest_t: emissions in the newest year.
        line: baseline, interim targets and target of its own target, each as year and tonnes; else empty.
    """

    target_id: str
    series: tuple[str, ...]
    is_target: bool
    latest_t: float
    line: tuple[tuple[int, float], ...] = ()

    @property
    def target_year(self) -> int | None:
        """Year of its own target; None without one."""
        return self.line[-1][0] if self.line else None

    @property
    def target_t(self) -> float | None:
        """Level of its own target; None without one."""
        return self.line[-1][1] if self.line else None


_READ = (
    *("release_id", "municipality_code", "target_id", "sector_codes", "target_kind", "target_year", "target_pct"),
    *("target_t_co2e", "baseline_year", "baseline_t_co2e", "baseline_reported_t_co2e", "interim_targets"),
    *("emissions_corrected_t_co2e", "emissions_reported_t_co2e"),
)


def newest_rows(indicators: pd.DataFrame) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Rows of ``indicators/sector_indicators``: newest year, current releases; by release and municipality."""
    latest = indicators["is_current_release"] & indicators["is_latest_year"] & (indicators["sector_codes"] != "")
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in indicators.loc[latest, list(_READ)].sort_values("target_id").to_dict("records"):
        found.setdefault((row["release_id"], row["municipality_code"]), []).append(row)
    return found


def followed_up(rows: Iterable[dict[str, Any]], panel: Panel, at: int, basis: str) -> Iterator[Followed]:
    """Everything that is followed up of a municipality.

    Args:
        rows: its own of ``newest_rows``.
        panel: figures of the release.
        at: its place there.
        basis: of its figures.
    """
    has = [name for row, name in enumerate(panel.series[:-1]) if not np.isnan(panel.tonnes[row, at]).all()]
    for row in rows:
        held = tuple(name for name in row["sector_codes"].split() if name in panel.series)
        own = row["target_kind"] == "contract" and pd.notna(row["target_t_co2e"]) and pd.notna(row["target_year"])
        if not held:
            continue
        # Where all years are on one level, the row's own basis is that of the series.
        base = row["baseline_t_co2e"] if basis == CORRECTED else row["baseline_reported_t_co2e"]
        yield Followed(
            target_id=row["target_id"],
            series=(TOTAL,) if set(held) == set(has) else held,
            is_target=own,
            latest_t=float(row[f"emissions_{basis}_t_co2e"]),
            line=_line(row, float(base)) if own else (),
        )


def _line(row: dict[str, Any], base: float) -> tuple[tuple[int, float], ...]:
    goal = int(row["target_year"]), base * (1.0 + float(row["target_pct"]) / 100.0)
    return tuple(points_to((int(row["baseline_year"]), base), row["interim_targets"], goal))


def usual_horizon(targets: pd.DataFrame, newest: float) -> int:
    """Last year for a municipality without targets: the first after the newest that any has a target for."""
    years = targets.loc[targets["target_kind"] == "contract", "target_year"].dropna()
    ahead = years[years > newest]
    return int(ahead.min()) if len(ahead) else 0
