"""Random numbers: the same whatever else is in the run, and distributed as they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.scenarios.draws import Stream, sector_errors


def test_a_stream_is_named_and_not_numbered() -> None:
    """Another order, and a further sector, leave every other draw as it was."""
    both = sector_errors(Stream("1283"), ["transport", "waste"], 50, 0.2)
    turned = sector_errors(Stream("1283"), ["waste", "heating", "transport"], 50, 0.2)
    assert np.array_equal(both.own[0], turned.own[2])
    assert np.array_equal(both.own[1], turned.own[0])
    assert np.array_equal(both.shared, turned.shared)


def test_municipalities_have_streams_of_their_own() -> None:
    assert not np.array_equal(Stream("1283").normal("x", 10), Stream("1282").normal("x", 10))
    assert not np.array_equal(Stream("1283").normal("x", 10), Stream("1283").normal("y", 10))


def test_fewer_draws_are_the_first_of_more() -> None:
    assert np.array_equal(Stream("1283").normal("x", 10), Stream("1283").normal("x", 99)[:10])


def test_sectors_correlate_by_what_they_share() -> None:
    """The correlation of 20,000 pairs is known to within three times 1 / sqrt(20,000)."""
    mixed = sector_errors(Stream("1283"), ["transport", "waste"], 20_000, 0.3).mixed
    assert np.corrcoef(mixed)[0, 1] == pytest.approx(0.3, abs=0.021)
    assert mixed.std(axis=1).tolist() == pytest.approx([1.0, 1.0], abs=0.021)


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
