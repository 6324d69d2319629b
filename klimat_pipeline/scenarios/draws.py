"""Random numbers: a separate stream for every municipality and quantity, the same in every run.

A stream follows from the seed, the municipality and the name of the quantity. So neither the order of the
municipalities, nor the choice of others in the run, nor a further action changes any other draw. What does not belong
here: which quantities are drawn (``simulation``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from klimat_pipeline.scenarios.trend import Floats

#: p05, p50, p95, and the share that lies between the outer two, which the intervals should cover.
PERCENTILES = (0.05, 0.5, 0.95)
NOMINAL = 0.9
#: Any number; changing it changes every draw.
SEED = 1283


@dataclass(frozen=True, slots=True)
class Stream:
    """The random numbers of a municipality."""

    municipality_code: str
    seed: int = SEED

    def generator(self, name: str) -> np.random.Generator:
        """The generator of a quantity of that name."""
        return np.random.default_rng([self.seed, int(self.municipality_code), crc32(name.encode())])

    def normal(self, name: str, draws: int) -> Floats:
        """Standard normal draws, shape (draws,)."""
        return self.generator(name).standard_normal(draws)

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


@dataclass(frozen=True, slots=True)
class SectorErrors:
    """Standard normal errors of the sectors' trends.

    Attributes:
        own: one of each sector's own, shape (S, draws).
        shared: one that all sectors share, shape (draws,).
        common_fraction: part of the variance that is shared.
    """

    own: Floats
    shared: Floats
    common_fraction: float

    @property
    def mixed(self) -> Floats:
        """sqrt(f) times the shared one and sqrt(1 - f) times the own: any two correlate by f."""
        return np.asarray(
            np.sqrt(self.common_fraction) * self.shared + np.sqrt(1.0 - self.common_fraction) * self.own,
            dtype="float64",
        )


def sector_errors(stream: Stream, sector_codes: Sequence[str], draws: int, common_fraction: float) -> SectorErrors:
    """Draw the errors of a municipality's sectors."""
    own = np.stack([stream.normal(f"trend {sector}", draws) for sector in sector_codes])
    return SectorErrors(own, stream.normal("trend of all sectors", draws), common_fraction)
