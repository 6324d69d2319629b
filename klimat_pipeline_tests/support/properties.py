"""How hypothesis draws examples: always the same ones by default, new ones in the profile ``fuzz``.

What does not belong here: the search for new examples (``fuzz``).
"""

from typing import Any

import hypothesis
from hypothesis import HealthCheck
from hypothesis.internal.conjecture import providers

DEFAULT, FUZZ = "same every day", "fuzz"


def is_searching() -> bool:
    """Whether new examples are looked for (``make fuzz``), which takes its time."""
    return hypothesis.settings.get_current_profile_name() == FUZZ


#: This check holds the drawing of examples against a clock, and a busy machine draws slowly.
UNTIMED = (HealthCheck.too_slow,)
#: For properties that clear one folder between their examples. Settings of a test replace those of the profile.
ONE_FOLDER = (*UNTIMED, HealthCheck.function_scoped_fixture)
#: Of a property's examples so many are drawn by ``make test``, which draws the same ones every day; ``make fuzz``,
#: which looks for new ones, draws all.
DAILY = 0.15
#: Examples of a property that says nothing else.
USUAL = 100


def examples(number: int, **other: Any) -> hypothesis.settings:
    """How many examples a property is worth when new ones are looked for, and hypothesis' other settings."""
    return hypothesis.settings(max_examples=number if is_searching() else max(3, round(number * DAILY)), **other)


def load() -> None:
    """Register both profiles and load the default one; pytest's ``--hypothesis-profile`` goes before it."""
    for name, derandomize in ((DEFAULT, True), (FUZZ, False)):
        # Nothing remembered from other runs, no deadline, and what reproduces a failure is printed with it.
        hypothesis.settings.register_profile(
            name,
            derandomize=derandomize,
            max_examples=round(USUAL * DAILY) if derandomize else USUAL,
            database=None,
            deadline=None,
            print_blob=True,
            suppress_health_check=UNTIMED,
        )
    hypothesis.settings.load_profile(DEFAULT)
    _draw_no_constants_of_the_code()


def _draw_no_constants_of_the_code() -> None:
    """Keep what happens to be imported out of examples that are always the same.

    Hypothesis draws constants that it reads in the modules loaded so far (not those of a folder named ``test``): the
    examples would hang on the tests that ran before in the same process, and on where the checkout lies. It has no
    setting for that; ``test_properties`` tells when this stops working.
    """
    of_the_code = providers._get_local_constants

    def constants() -> providers.Constants:
        return providers.Constants() if hypothesis.settings().derandomize else of_the_code()

    providers._get_local_constants = constants
