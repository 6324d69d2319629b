"""Draws of a municipality's future: business as usual, and what actions leave of it, each effect counted once.

* business as usual: the forecast of every sector and of the total (``trend``), each with its own errors (``errors``)
* with actions, for a sector and draw: min(business as usual, base x product of (1 - r a w)), where base is the forecast
  with (1 - theta) of a falling slope. theta is the part of a falling trend that the plan's own measures cause: 1 is the
  frozen level that gap tables count from, 0 counts an effect twice where it is in the trend already. a, r and w are an
  action's share, delivery and working part (``planned_actions``).
* the total with actions: sectors are fitted to the draws of the total (the sector draws with the k-th smallest sum
  belong to the k-th smallest total, and are scaled to it), and the actions taken from those

Scenarios: ``existing_policies`` holds the actions that are decided or under way and other plans, ``with_actions`` all.
Where a plan gives ranges, r is drawn from them in both scenarios, from ``delivery_low`` to 1 for actions without, and
theta evenly from 0 to 1. Where it gives none (one figure, carried out in full: theta = 1, r = 1), or nothing is left
in any future, the probability is an interval between the corners of theta and r, with no p05 and p95.

A municipality's future is drawn from figures of one basis, corrected where each of its sectors is on one level in all
years, else as reported, and compared with targets on the same (``corrected.basis``). One without targets or actions of
its own has the total alone. What does not belong here: tables (``pathways``, ``target_probability``,
``target_sensitivity``).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pandas as pd

from klimat_pipeline.clean.method_assumptions import TOTAL, Assumptions
from klimat_pipeline.corrected.basis import CORRECTED, REPORTED, series_of_one_level
from klimat_pipeline.scenarios.carried_out import chosen_delivery, drawn_delivery, left_of, not_counted, sized, told
from klimat_pipeline.scenarios.errors import PERCENTILES, SEED, Errors, Stream, errors_of
from klimat_pipeline.scenarios.followed import Followed, followed_up, newest_rows, usual_horizon
from klimat_pipeline.scenarios.panels import Floats, Panel, panels
from klimat_pipeline.scenarios.planned_actions import Action
from klimat_pipeline.scenarios.trend import Forecast, forecast

BUSINESS_AS_USUAL, EXISTING, WITH_ACTIONS = "business_as_usual", "existing_policies", "with_actions"
TARGET = "target"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A scenario.

    Attributes:
        percentiles: tonnes, shape (T, H, 3); NaN where there is no figure.
        met: of each own target by its id: the share of futures that meet it, None where it is an interval only, and the
            ends of the interval over theta and delivery.
        notes: what has to be said of each thing followed up, T of them.
    """

    percentiles: Floats
    met: Mapping[str, tuple[float | None, float, float]]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality's own part of a panel, with its errors and plan."""

    code: str
    series: tuple[str, ...]
    ahead: Forecast
    earlier: Forecast
    errors: Errors
    actions: tuple[Action, ...]
    assumptions: Assumptions
    known_until: int

    def futures(self, years: Sequence[int], probability: Floats, theta: float | Floats = 0.0) -> Floats:
        """Tonnes of every series and year at the given probabilities (S, D), shape (S, H, D)."""
        errors = self.errors.below(probability)
        found = [self.ahead.tonnes(y, errors * np.sqrt(y - self.ahead.origin), theta) for y in years]
        return np.stack(found, axis=1)


@dataclass(frozen=True, slots=True)
class Futures:
    """Draws of a municipality in some years.

    Attributes:
        years: H of them.
        usual: business as usual, shape (S, H, D).
        scale: what fits the sectors to the total, shape (H, D).
    """

    years: tuple[int, ...]
    usual: Floats
    scale: Floats

    @classmethod
    def of(cls, years: tuple[int, ...], usual: Floats) -> "Futures":
        """Futures of all series, the total last."""
        whole = np.nansum(usual[:-1], axis=0)
        return cls(years, usual, np.divide(usual[-1], whole, out=np.ones_like(whole), where=whole > 0))

    def part(self, held: Sequence[int]) -> "Futures":
        """Some of the years, by their positions."""
        return Futures(tuple(self.years[h] for h in held), self.usual[:, held], self.scale[held])

    def left(
        self, place: Place, plan: Sequence[Action], base: Floats, delivery: Mapping[str, float | Floats]
    ) -> tuple[Floats, Floats]:
        """What a plan leaves of the sectors (S - 1, H, D), and of the total (H, D), to which they are fitted.

        Args:
            place: the municipality.
            plan: its actions.
            base: without what the trend holds of them, shape (S, H, D).
            delivery: of each action by its id.
        """
        usual, until = self.usual[:-1], place.known_until
        sectors = left_of(base[:-1], usual, place.series, plan, delivery, self.years, until)
        fit = usual * self.scale
        fitted = left_of(base[:-1] * self.scale, fit, place.series, plan, delivery, self.years, until)
        return sectors, np.asarray(np.nansum(fitted, axis=0))


@dataclass(frozen=True, slots=True)
class Simulation:
    """A municipality's future on one release.

    Attributes:
        municipality_code, release_id: the municipality and the release of its figures.
        origin: newest year with figures.
        years: future years, H of them.
        followed: what is followed up, T of them.
        outcomes: by scenario.
        place: what the sensitivities vary.
        note: changes of law in the years used.
        draws: number of draws; 0 where percentiles are those of the errors themselves.
        basis: of its figures, reported or corrected.
    """

    municipality_code: str
    release_id: str
    origin: int
    years: tuple[int, ...]
    followed: tuple[Followed, ...]
    outcomes: Mapping[str, Outcome] = field(repr=False)
    place: Place = field(repr=False)
    note: str
    draws: int
    basis: str


def simulate(
    emissions: pd.DataFrame,
    indicators: pd.DataFrame,
    area_totals: pd.DataFrame,
    actions: Mapping[str, Sequence[Action]],
    assumptions: Assumptions,
    draws: int,
    seed: int = SEED,
    *,
    targets: pd.DataFrame | None = None,
) -> Iterator[Simulation]:
    """Simulate every municipality that there are indicators of, on its current releases.

    Args:
        emissions: ``corrected/emissions``.
        indicators: ``indicators/sector_indicators``: what is followed up, and the levels of targets.
        area_totals: ``clean/area_totals``, for the nation.
        actions: actions with numbers by municipality.
        assumptions: those of the method.
        draws: number of draws.
        seed: of all random numbers; the same seed gives the same bytes.
        targets: ``clean/targets`` of all, where the indicators are of some municipalities only.

    Yields:
        A simulation per municipality and current release, in the order of releases and codes; none where nothing can
        be forecast or no year lies ahead.
    """
    wanted = newest_rows(indicators)
    usual = usual_horizon(indicators if targets is None else targets, emissions["year"].max())
    emissions = series_of_one_level(emissions)
    corrected = emissions.loc[emissions["basis"] == CORRECTED, ["release_id", "municipality_code"]].drop_duplicates()
    bases = dict.fromkeys(corrected.itertuples(index=False, name=None), CORRECTED)
    for panel in panels(emissions[emissions["is_current_release"]], area_totals):
        newest = panel.years[-1]
        ahead = forecast(panel, assumptions)
        errors = errors_of(panel.series, assumptions.errors)
        # The same without the newest year, to show what a single year does.
        earlier = forecast(panel, assumptions, panel.years[-2]) if len(panel.years) > 1 else ahead
        note = assumptions.stated(panel.series, newest - assumptions.window_years, newest)
        for at, code in enumerate(panel.municipality_codes):
            rows = wanted.get((panel.release_id, code))
            if rows is None:
                continue
            basis = bases.get((panel.release_id, code), REPORTED)
            plan = sized(actions.get(code, ()), panel, at)
            known = {name for row, name in enumerate(panel.series) if not np.isnan(ahead.middle(newest + 1)[row, at])}
            followed = tuple(what for what in followed_up(rows, panel, at, basis) if set(what.series) <= known)
            if not plan and not any(what.is_target for what in followed):
                followed = tuple(what for what in followed if what.series == (TOTAL,))
            horizon = max((what.target_year or 0 for what in followed), default=0) or usual
            years = tuple(range(newest + 1, horizon + 1))
            if not years or not followed:
                continue
            place = Place(code, panel.series, ahead.at(at), earlier.at(at), errors, plan, assumptions, newest)
            yield _simulation(place, panel, followed, years, note, basis, draws, seed)


def _simulation(
    place: Place,
    panel: Panel,
    followed: tuple[Followed, ...],
    years: tuple[int, ...],
    note: str,
    basis: str,
    draws: int,
    seed: int,
) -> Simulation:
    alone = not place.actions and not any(what.is_target for what in followed)
    if alone:
        probability = np.tile(np.array(PERCENTILES), (len(place.series), 1))
        outcomes = {BUSINESS_AS_USUAL: Outcome(place.futures(years, probability)[-1:], {}, ("",) * len(followed))}
    else:
        outcomes = _outcomes(place, followed, years, draws, seed)
    return Simulation(
        municipality_code=place.code,
        release_id=panel.release_id,
        origin=place.ahead.origin,
        years=years,
        followed=followed,
        outcomes=outcomes,
        place=place,
        note=note,
        draws=0 if alone else draws,
        basis=basis,
    )


def _outcomes(
    place: Place, followed: tuple[Followed, ...], years: tuple[int, ...], draws: int, seed: int
) -> dict[str, Outcome]:
    stream = Stream(place.code, seed)
    probability = np.stack(
        [stream.evenly(f"trend {name}", draws) for name in place.series[:-1]]
        + [stream.of_total(draws, place.assumptions.shock_fraction)]
    )
    probability = _paired(place, years, probability)
    usual = place.futures(years, probability)
    sums = {what.target_id: total_of(place, what, usual[:-1], usual[-1]) for what in followed}
    found = {
        BUSINESS_AS_USUAL: Outcome(
            np.stack([_percentiles(sums[what.target_id]) for what in followed]),
            {w.target_id: (p, p, p) for w in followed if (p := _met(w, sums[w.target_id], years)) is not None},
            ("",) * len(followed),
        )
    }
    if not place.actions:
        return found
    bases: dict[float | None, Floats] = {0.0: usual, 1.0: place.futures(years, probability, 1.0)}
    if any(action.has_range for action in place.actions):
        bases[None] = place.futures(years, probability, stream.generator("theta").random(draws))
    futures, decided = Futures.of(years, usual), [action for action in place.actions if action.is_decided]
    for scenario, plan in ((EXISTING, decided), (WITH_ACTIONS, list(place.actions))):
        planned = _planned(place, followed, futures, plan, bases, stream) if plan else found[BUSINESS_AS_USUAL]
        found[scenario] = planned
    return found


def _planned(
    place: Place,
    followed: tuple[Followed, ...],
    futures: Futures,
    plan: list[Action],
    bases: Mapping[float | None, Floats],
    stream: Stream,
) -> Outcome:
    """A scenario with actions; bases by theta, None for the drawn one."""
    # Of the whole plan: scenarios that were drawn differently would not compare.
    ranged = any(action.has_range for action in place.actions)
    least, years = place.assumptions.delivery_low, futures.years
    if ranged:
        drawn = drawn_delivery(plan, stream, futures.usual.shape[-1], least)
        shown = futures.left(place, plan, bases[None], drawn)
    else:
        shown = futures.left(place, plan, bases[1.0], {action.action_id: 1.0 for action in plan})
    # Only in the years of targets is anybody asked how likely they are.
    ends = futures.part(sorted({years.index(w.target_year) for w in followed if w.target_year in years}))
    held = [years.index(year) for year in ends.years]
    corners = [
        ends.left(place, plan, bases[theta][:, held], {a.action_id: a.delivery(least)[end] for a in plan})
        for theta, end in product((0.0, 1.0), (0, 1))
    ]
    percentiles, met, notes = [], {}, []
    for what in followed:
        mine = [action for action in plan if what.series == (TOTAL,) or action.sector_code in what.series]
        lost = not_counted(mine)
        sums = total_of(place, what, *shown)
        three = _percentiles(sums)
        flat = three[:, 0] == three[:, 2]
        if mine:
            three[np.ix_(flat if ranged else np.full_like(flat, True), [0, 2])] = np.nan
        found = [_met(what, total_of(place, what, *corner), ends.years) for corner in corners]
        known = [one for one in found if one is not None]
        if known and not lost:
            is_drawn = not mine or (ranged and not flat[years.index(int(what.target_year or 0))])
            met[what.target_id] = (_met(what, sums, years) if is_drawn else None, min(known), max(known))
        percentiles.append(np.full_like(three, np.nan) if lost else three)
        drawing = chosen_delivery(mine, least, gone=bool(flat.any())) if ranged and mine else ()
        notes.append(told(mine, lost, drawing))
    return Outcome(np.stack(percentiles), met, tuple(notes))


def total_of(place: Place, what: Followed, sectors: Floats, total: Floats) -> Floats:
    """Draws of something followed up, shape (H, D): its sectors as they stand, or the total."""
    if what.series == (TOTAL,):
        return total
    return np.asarray(sectors[[place.series.index(name) for name in what.series]].sum(axis=0))


def outcome_of(place: Place, what: Followed, probability: Floats, theta: float, delivery: Mapping[str, float]) -> float:
    """Tonnes of a target in its year, in the one future of the given probabilities (S,)."""
    years = (int(what.target_year or 0),)
    usual = place.futures(years, probability[:, None])
    if not place.actions:
        return float(total_of(place, what, usual[:-1], usual[-1])[0, 0])
    base = place.futures(years, probability[:, None], theta) if theta else usual
    left = Futures.of(years, usual).left(place, place.actions, base, delivery)
    return float(total_of(place, what, *left)[0, 0])


def _paired(place: Place, years: tuple[int, ...], probability: Floats) -> Floats:
    """The same draws, those of the sectors in the order in which their sum has the rank of the total."""
    last = place.futures(years[-1:], probability)[:, 0]
    order = np.argsort(np.nansum(last[:-1], axis=0), kind="stable")
    paired = probability.copy()
    paired[:-1, np.argsort(probability[-1], kind="stable")] = probability[:-1, order]
    return paired


def _percentiles(sums: Floats) -> Floats:
    # Hazen's positions: percentiles of evenly spaced draws are those of the errors.
    return np.moveaxis(np.quantile(sums, PERCENTILES, axis=-1, method="hazen"), 0, -1)


def _met(what: Followed, sums: Floats, years: tuple[int, ...]) -> float | None:
    """Share of futures that meet a target by the rule of succession, so that no number of draws makes it certain."""
    if not what.is_target or what.target_year not in years or what.target_t is None:
        return None
    draws = sums[years.index(what.target_year)]
    return float(((draws <= what.target_t).sum() + 1) / (len(draws) + 2))
