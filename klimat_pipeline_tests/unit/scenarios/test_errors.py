"""Errors and random numbers: the same whatever else is in the run, and distributed as they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.scenarios.errors import Stream, errors_of, shock

KNOWN = {"transport": {0.5: 0.1, 0.9: 0.5}, "waste": {0.5: 0.3, 0.9: 0.7}, "total": {0.5: 0.05, 0.9: 0.1}}


def test_errors_are_as_large_upwards_as_downwards_and_the_forecast_is_the_middle() -> None:
    """Nine in ten within 0.5: p05 and p95. Half within 0.1: the quartiles. Between 0.25 and 0.5 a straight line."""
    errors = errors_of(["transport"], KNOWN)
    assert errors.below(np.array([0.05, 0.25, 0.375, 0.5, 0.75, 0.95]))[0].tolist() == pytest.approx(
        [-0.5, -0.1, -0.05, 0.0, 0.1, 0.5]
    )
    assert errors.below(0.999)[0] == pytest.approx(0.5), "beyond the last share there is nothing"


def test_a_probability_is_the_inverse_of_its_error() -> None:
    errors = errors_of(["transport", "total"], KNOWN)
    for probability in (0.06, 0.3, 0.5, 0.8, 0.94):
        found = errors.share_below(0, errors.below(probability)[0])
        assert found == pytest.approx(probability, abs=1e-6)


def test_a_sector_that_was_never_tested_has_the_median_of_the_others() -> None:
    """(0.1 + 0.3) / 2 and (0.5 + 0.7) / 2; the total is no sector."""
    assert errors_of(["foreign_transport"], KNOWN).sizes[0].tolist() == pytest.approx([0.0, 0.2, 0.6])


def test_a_stream_is_named_and_not_numbered() -> None:
    assert np.array_equal(Stream("1283").evenly("x", 10), Stream("1283").evenly("x", 10))
    assert not np.array_equal(Stream("1283").evenly("x", 10), Stream("1282").evenly("x", 10))
    assert not np.array_equal(Stream("1283").evenly("x", 10), Stream("1283").evenly("y", 10))
    assert not np.array_equal(Stream("1283").evenly("x", 10), Stream("1283", 7).evenly("x", 10))


def test_draws_are_evenly_spaced_so_that_their_percentiles_are_exact() -> None:
    drawn = Stream("1283").evenly("x", 4)
    assert sorted(drawn.tolist()) == [0.125, 0.375, 0.625, 0.875]


def test_totals_share_what_the_nation_does() -> None:
    """Correlations of 20,000 pairs are known to within three times 1 / sqrt(20,000); ranks correlate a little less."""
    one, other = (Stream(code).of_total(20_000, 0.3) for code in ("1283", "0114"))
    assert np.corrcoef(one, other)[0, 1] == pytest.approx(0.29, abs=0.025)
    alone = [Stream(code).of_total(20_000, 0.0) for code in ("1283", "0114")]
    assert np.corrcoef(*alone)[0, 1] == pytest.approx(0.0, abs=0.025)


def test_a_shock_moves_by_its_part_of_the_variance() -> None:
    """The nation's p95 is 1.645 standard deviations of its own, sqrt(0.25) of that of a total: 0.822, below 79.5 %."""
    assert shock(0.95, 0.25) == pytest.approx(0.7946, abs=1e-4)
    assert shock(0.95, 1.0) == pytest.approx(0.95)
    assert shock(0.05, 0.0) == 0.5


def test_triangle_has_its_mean_and_ends() -> None:
    """The mean of a triangular distribution is (low + mode + high) / 3, here 30."""
    drawn = Stream("1283").triangular("action x", 10.0, 20.0, 60.0, 20_000)
    assert drawn.mean() == pytest.approx(30.0, abs=0.3)
    assert 10.0 <= drawn.min() < 11.0
    assert 58.0 < drawn.max() <= 60.0


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1e6))
def test_triangle_stays_between_its_ends(one: float, two: float, three: float) -> None:
    low, mode, high = sorted((one, two, three))
    drawn = Stream("1283").triangular("x", low, mode, high, 100)
    slack = 1e-9 * high
    assert drawn.min() >= low - slack
    assert drawn.max() <= high + slack
