"""Coverage, grades and the range of the footprint."""

import numpy as np
import pytest

from klimat_pipeline.quality.catalogue import run_checks
from klimat_pipeline.spend.results.spend_quality import footprint_draws
from klimat_pipeline_tests.support.ledgers import line
from klimat_pipeline_tests.unit.spend.purchases import FOOD_KG_PER_SEK, electricity, food
from klimat_pipeline_tests.unit.spend.towns import FoundIn, Towns

TOWNS = Towns()
found_in = TOWNS.fixture()


THREE_STEPS = TOWNS.add([food(1, 600_00), electricity(2, 300_00), line(3, amount_ore=100_00, account="9999")])


def test_shares_by_step_and_grade(found_in: FoundIn) -> None:
    found = found_in(THREE_STEPS)["spend/spend_quality"].set_index(["quality_aspect", "quality_item"])[
        "share_of_spend_pct"
    ]
    assert found["step"].to_dict() == {"account_text": 30.0, "cpv": 60.0, "unmapped": 10.0}
    assert found["grade"].to_dict() == {"low": 30.0, "medium": 60.0, "none": 10.0}


ONE_FACTOR = TOWNS.add([food(1, 1_000_000_00)])


def test_one_factor_has_the_range_of_its_distribution(found_in: FoundIn) -> None:
    """Log-normal, mean 1, relative standard deviation 0.5: sigma = sqrt(ln 1.25), 2.5 % at exp(-1.96 sigma - sigma^2/2)."""
    found = found_in(ONE_FACTOR)["spend/spend_quality"].set_index("quality_item")["footprint_t_co2e"]
    sigma = np.sqrt(np.log(1.25))
    whole = 1000 * FOOD_KG_PER_SEK
    assert found["low_2_5_pct"] == pytest.approx(whole * np.exp(-1.96 * sigma - sigma**2 / 2), rel=0.04)
    assert found["high_97_5_pct"] == pytest.approx(whole * np.exp(1.96 * sigma - sigma**2 / 2), rel=0.06)
    assert found["median"] == pytest.approx(whole * np.exp(-(sigma**2) / 2), rel=0.03)


def test_draws_have_the_mean_and_are_the_same_twice() -> None:
    means, pct = np.array([3.0, 5.0, -1.0]), np.array([50.0, 10.0, 0.0])
    draws = footprint_draws(means, pct, draws=50_000)
    assert draws.mean() == pytest.approx(7.0, rel=0.01)
    assert draws.std() == pytest.approx(np.hypot(1.5, 0.5), rel=0.05)
    assert (footprint_draws(means, pct) == footprint_draws(means, pct)).all()


CERTAIN = TOWNS.add([food(1, 1_000_000_00)], uncertainty_pct=0)


def test_a_known_uncertainty_takes_the_place_of_the_sets(found_in: FoundIn) -> None:
    found = found_in(CERTAIN)["spend/spend_quality"].set_index("quality_item")
    assert found.loc["low_2_5_pct", "footprint_t_co2e"] == pytest.approx(1000 * FOOD_KG_PER_SEK)
    assert found.loc["high_97_5_pct", "footprint_t_co2e"] == pytest.approx(1000 * FOOD_KG_PER_SEK)


UNMAPPED_30_PCT = TOWNS.add([food(1, 700_00), line(3, amount_ore=300_00, account="9999")])


def test_too_much_without_emissions_is_a_remark(found_in: FoundIn) -> None:
    (result,) = run_checks("spend/spend_quality", found_in(UNMAPPED_30_PCT))
    assert not result.passed
    assert result.severity == "WARN"
    assert result.findings[0].observed == "up to 30.0 %"
