"""The tonnes that actions save in a year, alone and together on a line.

Formulas, with E the emissions of the line without the actions, A the effects of the additive actions and
f = min(effect / E, 1) of each multiplicative one:

* effect in a year = effect * min((year - start + 1) / ramp, 1) from the start on, while it lasts
* left = max(E - sum A, 0) * product(1 - f); saved = E - left

So together they never save more than the line emits, and one more action never raises what is left (a test with random
actions checks both). What belongs here: tonnes. What does not: kronor, and which line an action is on (``gap_table``).
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def effect_in_year(
    effect: Floats, year: int, start: Floats, ramp: Floats, lifetime: Floats, *, target_year: int
) -> Floats:
    """Tonnes that each action saves in a year, on its own.

    Args:
        effect: tonnes a year at full effect; a missing one counts as nothing.
        year: the year asked for.
        start: first year with effect; missing: full effect from the target year on, none before.
        ramp: years to the full effect; missing or 0: full from the start.
        lifetime: years with effect; missing: it does not end.
        target_year: year of the target.
    """
    begun = year - np.where(np.isnan(start), target_year, start) + 1.0
    steps = np.where(np.isnan(start) | np.isnan(ramp) | (ramp <= 0), 1.0, ramp)
    share = np.clip(begun / steps, 0.0, 1.0)
    lasting = np.isnan(lifetime) | (begun <= lifetime)
    saved: Floats = np.where(lasting, np.nan_to_num(effect) * share, 0.0)
    return saved


def left_after(emissions: float, effects: Floats, multiplicative: npt.NDArray[np.bool_]) -> float:
    """Tonnes left on a line after its actions.

    Args:
        emissions: tonnes without them.
        effects: tonnes that each saves on its own.
        multiplicative: whether each saves a share of what the others leave; else its tonnes are added to theirs.
    """
    if emissions <= 0:
        return emissions
    left = max(emissions - float(effects[~multiplicative].sum()), 0.0)
    return left * float(np.prod(1.0 - np.minimum(effects[multiplicative], emissions) / emissions))
