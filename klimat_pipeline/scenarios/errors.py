"""How far off a forecast may be: the errors that the hindcast found, as quantiles, and random numbers that share them.

An error h years ahead is sqrt(h) times one after a year. Errors are as large upwards as downwards: the forecast itself
stays the middle, and the luck of a few years is not carried on. Of a series' errors, ``scenario_errors.csv`` says how
large the smallest 10, 20, ... 99 per cent were; between these lines are straight, and beyond the last there are none.
A sector that was never tested has the median of the others' errors.

Draws are one standard normal number a future. That of the total is made of a number that all municipalities share (the
nation's) and one of its own, ``shock_fraction`` of the variance the former; so totals may be summed over municipalities
draw by draw. Then numbers are replaced by equally spaced ranks: percentiles of the draws are those that were tested.

What belongs here: errors and random numbers. What does not: the forecast (``trend``) and what is drawn
(``simulation``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from zlib import crc32

import numpy as np

from klimat_pipeline.clean.method_assumptions import TOTAL
from klimat_pipeline.scenarios.panels import Floats

#: p05, p50, p95, and the share that lies between the outer two, which the intervals should cover.
PERCENTILES = (0.05, 0.5, 0.95)
NOMINAL = 0.9
#: Shares of absolute errors whose size is kept.
WITHIN = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
#: Any number; changing it changes every draw.
SEED = 1283
#: Draws that all municipalities share are those of this place.
_NATION = "00"


@dataclass(frozen=True, slots=True)
class Errors:
    """Errors of several series after one year.

    Attributes:
        series: S of them.
        sizes: absolute errors at 0 and at each share of ``shares``, shape (S, Q + 1).
        shares: 0 and the shares, ascending, Q + 1 of them.
    """

    series: tuple[str, ...]
    sizes: Floats
    shares: Floats

    def below(self, probability: Floats | float) -> Floats:
        """Errors that the given shares of futures stay below, shape (S, ...); one share for all series, or (S, ...)."""
        shares = np.asarray(probability, dtype="float64")
        each = shares if shares.ndim > 1 else np.broadcast_to(shares, (len(self.sizes), *shares.shape))
        signed = 2.0 * each - 1.0
        sizes = [np.interp(np.abs(one), self.shares, own) for one, own in zip(signed, self.sizes, strict=True)]
        return np.asarray(np.sign(signed) * np.stack(sizes))

    def share_below(self, row: int, error: Floats) -> Floats:
        """Share of futures whose error is below the given ones, for one series."""
        own = self.sizes[row] + np.arange(self.sizes.shape[1]) * 1e-12  # strictly ascending, as np.interp needs
        return np.asarray(0.5 + np.sign(error) * np.interp(np.abs(error), own, self.shares) / 2.0)


def errors_of(series: Iterable[str], known: Mapping[str, Mapping[float, float]]) -> Errors:
    """Errors of these series.

    Args:
        series: sectors and the total.
        known: absolute errors by series and share, as ``Assumptions.errors``.
    """
    shares = sorted({share for sizes in known.values() for share in sizes})
    usual = np.median([[s[share] for share in shares] for name, s in known.items() if s and name != TOTAL], axis=0)
    sizes = [[known[name][share] for share in shares] if known.get(name) else usual for name in series]
    return Errors(tuple(series), np.array([[0.0, *own] for own in sizes]), np.array([0.0, *shares]))


@dataclass(frozen=True, slots=True)
class Stream:
    """Random numbers of a municipality: a stream of its own for every quantity, the same in every run.

    A stream follows from the seed, the municipality and the name of the quantity. So neither the order of the
    municipalities, nor the choice of others in the run, nor a further action changes any other draw.
    """

    municipality_code: str
    seed: int = SEED

    def generator(self, name: str) -> np.random.Generator:
        """The generator of a quantity of that name."""
        return np.random.default_rng([self.seed, int(self.municipality_code), crc32(name.encode())])

    def evenly(self, name: str, draws: int) -> Floats:
        """Equally spaced probabilities in random order, shape (draws,)."""
        return _spaced(self.generator(name).standard_normal(draws))

    def of_total(self, draws: int, shock_fraction: float) -> Floats:
        """The same for a total, correlated with those of all other municipalities."""
        shared = Stream(_NATION, self.seed).generator("shock").standard_normal(draws)
        own = self.generator(TOTAL).standard_normal(draws)
        return _spaced(np.sqrt(shock_fraction) * shared + np.sqrt(1.0 - shock_fraction) * own)

    def triangular(self, name: str, low: float, mode: float, high: float, draws: int) -> Floats:
        """Draws between low and high, most of them near the mode, shape (draws,).

        The inverse of the distribution function is used, so that a wider range moves every draw but not their order.
        """
        u = self.generator(name).random(draws)
        if high <= low:
            return np.full(draws, mode)
        turn = (mode - low) / (high - low)
        below = low + np.sqrt(u * (high - low) * (mode - low))
        above = high - np.sqrt((1 - u) * (high - low) * (high - mode))
        return np.where(u < turn, below, above)


def shock(probability: float, shock_fraction: float) -> float:
    """Share of futures below a total that the nation's number alone has moved to that probability."""
    normal = NormalDist()
    return normal.cdf(shock_fraction**0.5 * normal.inv_cdf(probability))


def _spaced(values: Floats) -> Floats:
    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return (ranks + 0.5) / len(values)
