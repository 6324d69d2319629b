"""Draws of a municipality's future: sectors from the trend, less the effects of actions, summed to targets and total.

Scenarios: ``business_as_usual`` is the trend; ``existing_policies`` subtracts the actions that are decided or under
way and the effects of other plans, ``with_actions`` all actions. The draws of the trend are the same in all, so that
scenarios differ only by actions.

A draw of a sector in a year is its forecast (``trend``) with one error for all years, times 1 + u n for the inventory:
n is standard normal, and 1.96 u the uncertainty that the grade of the sector's newest figure stands for, or that a
local correction states.

A municipality's future is drawn from figures of one basis, corrected where each of its sectors is on one level in all
years, else as reported, and compared with targets on the same (``corrected.basis``).

What belongs here: draws and their percentiles. What does not: tables (``pathways``, ``probability``, ``sensitivity``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from klimat_pipeline.clean.assumptions import Assumptions
from klimat_pipeline.corrected.basis import CORRECTED, REPORTED, series_of_one_level
from klimat_pipeline.scenarios.draws import PERCENTILES, SEED, Stream, sector_errors
from klimat_pipeline.scenarios.planned_actions import Action, beyond_trend, drawn, remaining
from klimat_pipeline.scenarios.trend import Fit, Floats, Panel, Variant, fit, panels
from klimat_pipeline.scenarios.undated import said

BUSINESS_AS_USUAL, EXISTING, WITH_ACTIONS = "business_as_usual", "existing_policies", "with_actions"
TARGET = "target"
#: Name of the error that the trends of all sectors share.
ALL_SECTORS = "all_sectors"
#: "Plus or minus" means so many standard deviations: 95 of 100 normal draws lie within them.
_PLUS_MINUS = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Followed:
    """Something that is followed up: the total, a sector, or one of the municipality's own targets.

    Attributes:
        target_id: its id.
        rows: positions of its sectors in the panel.
        is_target: whether it is the municipality's own target, with a level.
        latest_t: emissions in the newest year.
        target_year, target_t, baseline_year, baseline_t: of its own target, else None.
    """

    target_id: str
    rows: tuple[int, ...]
    is_target: bool
    latest_t: float
    target_year: int | None = None
    target_t: float | None = None
    baseline_year: int | None = None
    baseline_t: float | None = None


@dataclass(frozen=True, slots=True)
class Simulation:
    """A municipality's future on one release.

    Attributes:
        municipality_code, release_id: the municipality and the release of its figures.
        origin: newest year with figures.
        years: future years, H of them.
        followed: what is followed up, T of them.
        scenarios: N of them.
        percentiles: tonnes, shape (N, T, H, 3).
        ends: draws in a target's year, by scenario and target.
        inputs: what was drawn, by kind and name, for the sensitivities; empty without own targets.
        middle: business as usual without errors, shape (T, H).
        shifted: ``middle`` under other assumptions, by their name.
        without: change of the median in a target's year when an action is left out, by action and target.
        sector_codes: the panel's sectors, which ``Followed.rows`` points into.
        action_sectors: sector of each action.
        note: how odd years were treated.
        plan_note: when actions without a start of their own are taken to begin; empty where none are.
        draws: number of draws.
        basis: of its figures, reported or corrected.
    """

    municipality_code: str
    release_id: str
    origin: int
    years: tuple[int, ...]
    followed: tuple[Followed, ...]
    scenarios: tuple[str, ...]
    percentiles: Floats
    ends: Mapping[tuple[str, str], Floats] = field(repr=False)
    inputs: Mapping[tuple[str, str], Floats] = field(repr=False)
    middle: Floats = field(repr=False)
    shifted: Mapping[str, Floats] = field(repr=False)
    without: Mapping[tuple[str, str], float] = field(repr=False)
    sector_codes: tuple[str, ...]
    action_sectors: Mapping[str, str]
    note: str
    plan_note: str
    draws: int
    basis: str


#: Other assumptions whose effect is shown, by name.
VARIANTS: Mapping[str, Variant] = {
    "newest_year_left_out": Variant(drop_last=True),
    "left_out_years_kept": Variant(keep_left_out=True),
    "new_levels_ignored": Variant(ignore_levels=True),
}


def simulate(
    emissions: pd.DataFrame,
    indicators: pd.DataFrame,
    corrections: pd.DataFrame,
    actions: Mapping[str, Sequence[Action]],
    assumptions: Assumptions,
    draws: int,
    seed: int = SEED,
) -> Iterator[Simulation]:
    """Simulate every municipality on its current releases.

    Args:
        emissions: ``corrected/emissions``.
        indicators: ``indicators/sectors``: what is followed up, and the levels of targets.
        corrections: ``corrected/corrections``: grades and uncertainties of local figures.
        actions: actions with numbers by municipality.
        assumptions: those of the method.
        draws: number of draws.
        seed: of all random numbers; the same seed gives the same bytes.

    Yields:
        A simulation per municipality and current release, in the order of releases and codes; none where no series
        can be fitted or no year lies ahead.
    """
    latest = indicators[indicators["is_current_release"] & indicators["is_latest_year"]]
    wanted = dict(list(latest[latest["sector_codes"] != ""].groupby(["release_id", "municipality_code"])))
    usual = _usual_horizon(indicators)
    emissions = series_of_one_level(emissions)
    corrected = emissions.loc[emissions["basis"] == CORRECTED, ["release_id", "municipality_code"]].drop_duplicates()
    bases = dict.fromkeys(corrected.itertuples(index=False, name=None), CORRECTED)
    local = _local_uncertainty(emissions, corrections, assumptions)
    for panel in panels(emissions[emissions["is_current_release"]]):
        fits = {"": fit(panel, assumptions)}
        own = [code for code in panel.municipality_codes if _has_targets(wanted.get((panel.release_id, code)))]
        if own:
            places = [panel.municipality_codes.index(code) for code in own]
            few = Panel(panel.release_id, tuple(own), panel.sector_codes, panel.years, panel.tonnes[:, places])
            fits |= {name: fit(few, assumptions, variant=variant) for name, variant in VARIANTS.items()}
        newest = panel.years[-1]
        note = assumptions.stated(list(panel.sector_codes), newest - assumptions.window_years, newest)
        for at, code in enumerate(panel.municipality_codes):
            rows = wanted.get((panel.release_id, code))
            if rows is None:
                continue
            fitted = np.flatnonzero(~np.isnan(fits[""].level[:, at]))
            basis = bases.get((panel.release_id, code), REPORTED)
            followed = tuple(
                what for what in _followed(rows, panel.sector_codes, basis) if set(what.rows) <= set(fitted)
            )
            horizon = max((f.target_year or 0 for f in followed), default=0) or usual
            years = tuple(range(newest + 1, horizon + 1))
            if not years or not followed:
                continue
            place = _Place(
                panel, fits[""], at, Stream(code, seed), local.get((panel.release_id, code), {}), assumptions, basis
            )
            shifted = {
                name: np.stack([few_fit.forecast(year)[:, own.index(code)] for year in years], axis=-1)
                for name, few_fit in fits.items()
                if name and code in own
            }
            yield _simulation(place, followed, years, list(actions.get(code, ())), shifted, note, draws)


@dataclass(frozen=True, slots=True)
class _Place:
    """A municipality in its panel."""

    panel: Panel
    fitted: Fit
    at: int
    stream: Stream
    local_pct: Mapping[str, float]
    assumptions: Assumptions
    basis: str


def _simulation(
    place: _Place,
    followed: tuple[Followed, ...],
    years: tuple[int, ...],
    actions: list[Action],
    shifted: Mapping[str, Floats],
    note: str,
    draws: int,
) -> Simulation:
    sectors = place.panel.sector_codes
    actions = [action for action in actions if action.sector_code in sectors]
    errors = sector_errors(place.stream, sectors, draws, place.assumptions.common_fraction)
    inventory = np.stack([place.stream.normal(f"inventory {sector}", draws) for sector in sectors])
    effects = drawn(actions, place.stream, draws)
    usual = _futures(place, errors.mixed, inventory, years)  # (S, H, D)
    plans = {BUSINESS_AS_USUAL: list[Action]()}
    if actions:
        plans |= {EXISTING: [a for a in actions if a.is_decided], WITH_ACTIONS: actions}
    membership = np.zeros((len(followed), len(sectors)))
    for row, what in enumerate(followed):
        membership[row, list(what.rows)] = 1.0
    percentiles, ends, left = [], {}, usual
    for scenario, plan in plans.items():
        left = _less(usual, sectors, plan, effects, years, place.fitted.origin)
        sums = (membership @ left.reshape(len(sectors), -1)).reshape(len(followed), len(years), draws)
        percentiles.append(np.moveaxis(np.quantile(sums, PERCENTILES, axis=-1), 0, -1))
        for row, what in enumerate(followed):
            if what.is_target and what.target_year in years:
                ends[scenario, what.target_id] = sums[row, years.index(what.target_year)]
    inputs: dict[tuple[str, str], Floats] = {}
    if ends:
        inputs = {("trend", s): errors.own[i] for i, s in enumerate(sectors)}
        inputs["trend", ALL_SECTORS] = errors.shared
        inputs |= {("inventory", s): inventory[i] for i, s in enumerate(sectors)}
        inputs |= {("action", name): draw for name, draw in effects.items()}
    return Simulation(
        municipality_code=place.stream.municipality_code,
        release_id=place.panel.release_id,
        origin=place.fitted.origin,
        years=years,
        followed=followed,
        scenarios=tuple(plans),
        percentiles=np.stack(percentiles),
        ends=ends,
        inputs=inputs,
        middle=membership
        @ np.nan_to_num(np.stack([place.fitted.forecast(year)[:, place.at] for year in years], axis=-1)),
        without=_without(left, usual, sectors, actions, effects, years, place.fitted.origin, followed, ends),
        sector_codes=sectors,
        action_sectors={action.action_id: action.sector_code for action in actions},
        shifted={name: membership @ np.nan_to_num(tonnes) for name, tonnes in shifted.items()},
        note=note,
        plan_note=_plan_note(actions),
        draws=draws,
        basis=place.basis,
    )


def _plan_note(actions: Sequence[Action]) -> str:
    """When actions without a start of their own are taken to begin."""
    counted: dict[str, int] = {}
    for action in actions:
        if action.is_start_assumed:
            rule = said(action.start_year, action.ramp_years)
            counted[rule] = counted.get(rule, 0) + 1
    return "; ".join(f"{n} of {len(actions)} actions and other plans: {rule}" for rule, n in sorted(counted.items()))


def _without(
    left: Floats,
    usual: Floats,
    sectors: Sequence[str],
    actions: Sequence[Action],
    effects: Mapping[str, Floats],
    years: tuple[int, ...],
    origin: int,
    followed: Sequence[Followed],
    ends: Mapping[tuple[str, str], Floats],
) -> dict[tuple[str, str], float]:
    """Median of each target's outcome without an action, less with all of them."""
    found = {}
    for action in actions:
        row = sectors.index(action.sector_code)
        others = [other for other in actions if other is not action]
        more = _less(usual[row : row + 1], [action.sector_code], others, effects, years, origin)[0] - left[row]
        for what in followed:
            outcome = ends.get((WITH_ACTIONS, what.target_id))
            if outcome is not None and row in what.rows and what.target_year is not None:
                moved = np.median(outcome + more[years.index(what.target_year)]) - np.median(outcome)
                found[action.action_id, what.target_id] = float(moved)
    return found


def _futures(place: _Place, errors: Floats, inventory: Floats, years: tuple[int, ...]) -> Floats:
    """Draws of every sector and year ahead, shape (S, H, D); zero where there is no trend."""
    fitted, at = place.fitted, place.at
    one = Fit(
        origin=fitted.origin,
        at_once=fitted.at_once,
        per_year=fitted.per_year,
        **{
            name: getattr(fitted, name)[:, at : at + 1]
            for name in ("level", "slope", "bend", "spread", "floor", "own_spread")
        },
    )
    sectors, quality = place.panel.sector_codes, place.assumptions
    pct = [
        place.local_pct.get(sector, quality.uncertainty_pct[quality.sectors[sector].data_quality]) for sector in sectors
    ]
    scale = 1.0 + np.array(pct)[:, None] / 100.0 / _PLUS_MINUS * inventory
    drawn_years = [np.nan_to_num(one.forecast(year, errors)) * np.maximum(scale, 0.0) for year in years]
    return np.stack(drawn_years, axis=1)


def _less(
    usual: Floats,
    sectors: Sequence[str],
    plan: Sequence[Action],
    effects: Mapping[str, Floats],
    years: tuple[int, ...],
    origin: int,
) -> Floats:
    """The sectors with the actions of a plan."""
    left = usual.copy() if plan else usual
    for row, sector in enumerate(sectors):
        parts: dict[bool, list[Floats]] = {False: [], True: []}
        for action in plan:
            if action.sector_code == sector:
                share = beyond_trend(action, years, origin)[:, None]
                parts[action.is_additive].append(share * effects[action.action_id])
        if parts[False] or parts[True]:
            left[row] = remaining(usual[row], parts[False], parts[True])
    return left


def _followed(rows: pd.DataFrame, sectors: Sequence[str], basis: str) -> Iterator[Followed]:
    at = {sector: row for row, sector in enumerate(sectors)}
    for row in rows.sort_values("target_id").to_dict("records"):
        held = tuple(at[sector] for sector in row["sector_codes"].split() if sector in at)
        own = row["target_kind"] == "contract" and pd.notna(row["target_t_co2e"]) and pd.notna(row["target_year"])
        if not held:
            continue
        # Where all years are on one level, the row's own basis is that of the series.
        base = row["baseline_t_co2e"] if basis == CORRECTED else row["baseline_reported_t_co2e"]
        yield Followed(
            target_id=row["target_id"],
            rows=held,
            is_target=own,
            latest_t=float(row[f"emissions_{basis}_t_co2e"]),
            target_year=int(row["target_year"]) if own else None,
            target_t=float(base * (1.0 + row["target_pct"] / 100.0)) if own else None,
            baseline_year=int(row["baseline_year"]) if own else None,
            baseline_t=float(base) if own else None,
        )


def _has_targets(rows: pd.DataFrame | None) -> bool:
    return rows is not None and bool((rows["target_kind"] == "contract").any())


def _usual_horizon(indicators: pd.DataFrame) -> int:
    """Last year for a municipality without targets: the first year that any municipality has a target for."""
    years = indicators.loc[indicators["target_kind"] == "contract", "target_year"].dropna()
    ahead = years[years > indicators["year"].max()]
    return int(ahead.min()) if len(ahead) else 0


def _local_uncertainty(
    emissions: pd.DataFrame, corrections: pd.DataFrame, assumptions: Assumptions
) -> dict[tuple[str, str], dict[str, float]]:
    """Uncertainty of sectors whose newest figure is corrected: the largest of its corrections, stated or by grade."""
    stated = {
        row["correction_id"]: row["uncertainty_pct"]
        if pd.notna(row["uncertainty_pct"])
        else assumptions.uncertainty_pct.get(row["data_quality_grade"], np.nan)
        for row in _each(corrections)
    }
    newest = emissions["year"] == emissions.groupby("release_id")["year"].transform("max")
    found: dict[tuple[str, str], dict[str, float]] = {}
    for row in _each(emissions[newest & (emissions["correction_ids"] != "")]):
        known = [stated[i] for i in row["correction_ids"].split() if pd.notna(stated.get(i, np.nan))]
        if known:
            found.setdefault((row["release_id"], row["municipality_code"]), {})[row["sector_code"]] = max(known)
    return found


def _each(frame: pd.DataFrame) -> Iterable[dict[str, Any]]:
    records: list[dict[str, Any]] = frame.to_dict("records")
    return records
