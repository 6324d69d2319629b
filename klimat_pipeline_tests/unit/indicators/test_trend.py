"""Trends over ragged years, against values worked out by hand."""

import pandas as pd
import pytest

from klimat_pipeline.indicators.trend import compound_change_pct, least_squares


def test_compound_change_uses_the_true_span() -> None:
    # 100 to 121 over two years is 10 % a year; over five released columns or two makes no difference.
    got = compound_change_pct(pd.Series([100.0, 0.0, 50.0]), pd.Series([121.0, 5.0, 50.0]), pd.Series([2.0, 2.0, 0.0]))
    assert got[0] == pytest.approx(10.0)
    assert got[1:].isna().all()  # nothing grows from zero, nor in no time


def test_least_squares_on_gaps() -> None:
    # Points (0, 10), (5, 20), (6, 22): mean x 11/3, mean y 52/3; Sxy = 232 - 11*52/3 = 124/3, Sxx = 61 - 121/3 = 62/3.
    line = least_squares(pd.Series([0, 5, 6]), pd.Series([10.0, 20.0, 22.0]), pd.Series([1, 1, 1]))
    assert line["slope"][:2].isna().all()  # two points make a line but no trend
    assert line["slope"][2] == pytest.approx(2.0)
    assert line["intercept"][2] == pytest.approx(10.0)


def test_groups_do_not_mix() -> None:
    line = least_squares(pd.Series([0, 1, 2, 0, 1, 2]), pd.Series([0.0, 1, 2, 5, 5, 5]), pd.Series([1, 1, 1, 2, 2, 2]))
    assert line["slope"][2] == pytest.approx(1.0)
    assert line["slope"][5] == pytest.approx(0.0)
