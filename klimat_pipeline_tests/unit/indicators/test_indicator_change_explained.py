"""Changes of an indicator taken apart, against values worked out by hand; the parts always sum to the whole."""

import math
from collections.abc import Iterable
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from klimat_pipeline.contracts.tables.indicators import INDICATOR_CHANGE_EXPLAINED
from klimat_pipeline.indicators.indicator_change_explained import (
    CAUSES,
    compare_publications,
    explain,
    figures_at,
    indicator_changes,
)
from klimat_pipeline_tests.support.properties import examples

#: Sector and year: reported, corrected.
Figures = dict[tuple[str, int], tuple[float, float]]
ALL = "transport waste"


def emissions(held: dict[str, Figures], current: str | None = None) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "release_id": release,
                "is_current_release": release == (current or list(held)[-1]),
                "municipality_code": "1283",
                "sector_code": sector,
                "substance": "GGT",
                "year": year,
                "emissions_reported_t_co2e": reported,
                "emissions_t_co2e": corrected,
                "level_ids": "" if corrected == reported else "local",
            }
            for release, figures in held.items()
            for (sector, year), (reported, corrected) in figures.items()
        ]
    )


def target(target_id: str = "total", sectors: str = ALL, base: int | None = 1990, kind: str = "generic") -> dict:
    return {
        "municipality_code": "1283",
        "target_id": target_id,
        "target_kind": kind,
        "sector_codes": sectors,
        "baseline_year": base,
    }


def version(held: dict[str, Figures], *targets: dict, kinds: dict[str, str] | None = None) -> dict[str, pd.DataFrame]:
    """Tables of a run or publication; ``kinds`` says which kind of target is followed on a release."""
    table = emissions(held)
    wanted = pd.DataFrame(targets or [target()]).astype({"baseline_year": "Int64"})
    releases = pd.DataFrame(
        [
            {
                "release_id": release,
                "substance": "GGT",
                "report_date": f"{2020 + number}",
                "retrieved_at": pd.Timestamp("2026-01-01", tz="UTC"),
                "url": None,
                "last_year": max(year for _, year in figures),
                "years": " ".join(str(y) for y in sorted({year for _, year in figures})),
            }
            for number, (release, figures) in enumerate(held.items())
        ]
    )
    followed = [
        {**one, "release_id": release, "is_current_release": release == list(held)[-1]}
        for release in held
        for one in wanted.to_dict("records")
        if kinds is None or one["target_kind"] == kinds[release]
    ]
    indicators = pd.DataFrame(followed).drop(columns=["sector_codes", "baseline_year"])
    return {"emissions": table, "targets": wanted, "sector_indicators": indicators, "releases": releases}


def changed(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return indicator_changes(tables["emissions"], tables["targets"], tables["sector_indicators"], tables["releases"])


def parts(frame: pd.DataFrame, measure: str, target_id: str = "total") -> dict[str, float]:
    rows = frame[(frame["measure"] == measure) & (frame["target_id"] == target_id)]
    assert sorted(rows["cause"]) == sorted(CAUSES)
    return dict(zip(rows["cause"], rows["part"], strict=True))


def ends(frame: pd.DataFrame, measure: str) -> tuple[float, float]:
    row = frame[frame["measure"] == measure].iloc[0]
    return row["value_from"], row["value_to"]


def assert_sums(frame: pd.DataFrame) -> None:
    """Parts sum to the whole, within 1e-9 of the largest number involved and to the last printed digit."""
    keys = ["municipality_code", "target_id", "measure", "release_id_from", "release_id_to"]
    for _, rows in frame.groupby(keys):
        one = rows.iloc[0]
        if rows["part"].isna().any():
            assert rows["part"].isna().all()
            continue
        whole = one["value_to"] - one["value_from"]
        size = max(abs(one["value_from"]), abs(one["value_to"]), *rows["part"].abs(), 1.0)
        assert math.isclose(math.fsum(rows["part"]), whole, abs_tol=1e-9 * size)
        if size < 1e9:
            assert printed(rows["part"]) == printed([one["value_to"]]) - printed([one["value_from"]])


def printed(values: Iterable[float]) -> Fraction:
    return sum((Fraction(f"{value:.6f}") for value in values), Fraction(0))


def millionths(value: float) -> int:
    """Whole millionths, counted as the pipeline counts them. Rounding to six decimals may give another last digit."""
    return round(value * 10**6)


BEFORE: Figures = {
    ("transport", 1990): (1000.0, 1000.0),
    ("waste", 1990): (200.0, 250.0),
    ("transport", 2020): (500.0, 500.0),
    ("waste", 2020): (100.0, 90.0),
}
AFTER: Figures = {
    ("transport", 1990): (1100.0, 1100.0),
    ("waste", 1990): (200.0, 250.0),
    ("transport", 2020): (480.0, 480.0),
    ("waste", 2020): (100.0, 90.0),
    ("transport", 2021): (400.0, 400.0),
    ("waste", 2021): (90.0, 95.0),
}


def test_emissions_taken_apart_by_hand() -> None:
    frame = changed(version({"a": BEFORE, "b": AFTER}))
    assert ends(frame, "emissions_t_co2e") == (590.0, 495.0)
    assert parts(frame, "emissions_t_co2e") == {
        "revised_history": -20.0,  # 580 - 600 in 2020
        "new_years": -90.0,  # 490 - 580
        "corrections": 15.0,  # (495 - 490) - (590 - 600)
        "configuration": 0.0,
    }


def test_change_since_the_baseline_taken_apart_by_hand() -> None:
    frame = changed(version({"a": BEFORE, "b": AFTER}))
    got = parts(frame, "change_pct")
    # Corrected: 590 / 1250 = 47.2 %, 495 / 1350 = 36.6667 %. Reported: 600 / 1200 = 50 %, then 580 / 1300 = 44.6154 %
    # in 2020 and 490 / 1300 = 37.6923 % in 2021.
    assert ends(frame, "change_pct") == pytest.approx((-52.8, -63.333333))
    assert got["revised_history"] == pytest.approx(44.615385 - 50, abs=2e-6)
    assert got["new_years"] == pytest.approx(37.692308 - 44.615385, abs=2e-6)
    assert got["corrections"] == pytest.approx((36.666667 - 37.692308) - (47.2 - 50), abs=3e-6)
    assert got["configuration"] == 0.0
    assert_sums(frame)


def test_form_of_the_contract() -> None:
    frame = changed(version({"a": BEFORE, "b": AFTER}, target(), target("waste", "waste")))
    assert list(frame.columns) == INDICATOR_CHANGE_EXPLAINED.column_names
    assert frame.equals(frame.sort_values(list(INDICATOR_CHANGE_EXPLAINED.primary_key)).reset_index(drop=True))
    assert not frame.duplicated(list(INDICATOR_CHANGE_EXPLAINED.primary_key)).any()
    assert len(frame) == 2 * 2 * 4
    assert set(frame["year_from"]) == {2020}
    assert set(frame["year_to"]) == {2021}


def test_dropped_last_year_counts_as_not_revised() -> None:
    before: Figures = {("transport", 1990): (100.0, 100.0), ("transport", 2020): (50.0, 50.0)}
    after: Figures = {("transport", 1990): (80.0, 80.0), ("transport", 2021): (40.0, 40.0)}
    frame = changed(version({"a": before, "b": after}, target(sectors="transport")))
    assert parts(frame, "emissions_t_co2e") == {
        "revised_history": 0.0,
        "new_years": -10.0,
        "corrections": 0.0,
        "configuration": 0.0,
    }
    # 50 / 100 = 50 %, 50 / 80 = 62.5 % with the new baseline, 40 / 80 = 50 %.
    got = parts(frame, "change_pct")
    assert (got["revised_history"], got["new_years"]) == (12.5, -12.5)


@pytest.mark.parametrize(
    ("before", "after"), [(0.0, 0.0), (0.0, 5.0), (5.0, 0.0), (5.0, None)], ids=["zero", "from", "to", "dropped"]
)
def test_without_a_baseline_the_change_has_no_parts(before: float, after: float | None) -> None:
    held: dict[str, Figures] = {"a": {("waste", 2020): (9.0, 9.0)}, "b": {("waste", 2020): (8.0, 8.0)}}
    for release, base in (("a", before), ("b", after)):
        if base is not None:
            held[release][("waste", 1990)] = (base, base)
    frame = changed(version(held, target(sectors="waste")))
    assert all(math.isnan(part) for part in parts(frame, "change_pct").values())
    assert parts(frame, "emissions_t_co2e")["revised_history"] == -1.0


def test_baseline_that_is_noise_gives_no_infinite_change() -> None:
    figures: Figures = {("waste", 1990): (5e-324, 5e-324), ("waste", 2020): (9.0, 9.0)}
    frame = changed(version({"a": figures, "b": figures}, target(sectors="waste")))
    rows = frame[frame["measure"] == "change_pct"]
    assert rows[["part", "value_from", "value_to"]].isna().all(axis=None)


def test_target_without_baseline_year_or_sectors() -> None:
    frame = changed(version({"a": BEFORE, "b": AFTER}, target("own", base=None), target("unquantified", "")))
    assert set(frame["target_id"]) == {"own"}
    assert frame.loc[frame["measure"] == "change_pct", "part"].isna().all()
    assert frame.loc[frame["measure"] == "emissions_t_co2e", "part"].notna().all()


def test_contract_on_one_release_and_generic_on_the_other_is_configuration() -> None:
    generic, contract = target(), target(sectors="transport", base=2020, kind="contract")
    kinds = {"a": "generic", "b": "contract"}
    frame = changed(version({"a": BEFORE, "b": AFTER}, generic, contract, kinds=kinds))
    assert ends(frame, "emissions_t_co2e") == (590.0, 400.0)
    assert parts(frame, "emissions_t_co2e") == {
        "revised_history": -20.0,
        "new_years": -90.0,
        "corrections": 15.0,
        "configuration": -95.0,  # 400 of transport alone instead of 495
    }
    # 400 / 480 - 1 instead of 495 / 1350 - 1.
    assert parts(frame, "change_pct")["configuration"] == pytest.approx((400 / 480 - 495 / 1350) * 100, abs=2e-6)
    assert_sums(frame)


def test_one_release_has_nothing_before_it() -> None:
    frame = changed(version({"a": BEFORE}))
    assert frame.empty
    assert list(frame.columns) == INDICATOR_CHANGE_EXPLAINED.column_names


def test_figures_are_missing_where_the_release_lacks_them() -> None:
    table = emissions({"a": BEFORE})
    got = figures_at(
        table,
        pd.Series(["a", "a", None], index=[7, 3, 5]),
        pd.Series(["1283"] * 3, index=[7, 3, 5]),
        pd.Series([ALL] * 3, index=[7, 3, 5]),
        pd.Series([1990, 2015, 1990], index=[7, 3, 5]),
    )
    assert list(got.index) == [7, 3, 5]
    assert got.loc[7].tolist() == [1200.0, 1250.0, "waste:local"]
    assert got.loc[[3, 5]].isna().all(axis=None)


# -- publications -----------------------------------------------------------------------------------------------------


def test_publications_with_the_same_release_differ_by_corrections_and_configuration() -> None:
    corrected: Figures = BEFORE | {("waste", 2020): (100.0, 130.0)}
    before = version({"a": BEFORE})
    after = version({"a": corrected}, target(sectors="waste"))
    frame = compare_publications(before, after)
    assert list(frame.columns) == INDICATOR_CHANGE_EXPLAINED.column_names
    assert set(frame["release_id_from"]) == set(frame["release_id_to"]) == {"a"}
    assert ends(frame, "emissions_t_co2e") == (590.0, 130.0)
    assert parts(frame, "emissions_t_co2e") == {
        "revised_history": 0.0,
        "new_years": 0.0,
        "corrections": 40.0,  # 630 - 590
        "configuration": -500.0,  # 130 of waste alone instead of 630
    }
    assert_sums(frame)


def test_publications_with_another_release() -> None:
    before, after = version({"a": BEFORE}), version({"a": BEFORE, "b": AFTER})
    frame = compare_publications(before, after)
    assert set(frame["release_id_to"]) == {"b"}
    within = changed(after)
    for measure in ("emissions_t_co2e", "change_pct"):
        assert parts(frame, measure) == parts(within, measure)


def test_publication_that_no_longer_holds_the_earlier_release() -> None:
    frame = compare_publications(version({"a": BEFORE}), version({"b": AFTER}))
    assert parts(frame, "emissions_t_co2e") == {
        "revised_history": -20.0,
        "new_years": -90.0,
        "corrections": 15.0,
        "configuration": 0.0,
    }


def test_same_release_read_by_another_method_is_configuration() -> None:
    read_anew: Figures = BEFORE | {("transport", 2020): (510.0, 510.0)}
    frame = compare_publications(version({"a": BEFORE}), version({"a": read_anew}))
    assert parts(frame, "emissions_t_co2e") == {
        "revised_history": 0.0,
        "new_years": 0.0,
        "corrections": 0.0,
        "configuration": 10.0,
    }


def test_moved_baseline_year_is_configuration() -> None:
    frame = compare_publications(version({"a": BEFORE}), version({"a": BEFORE}, target(base=2020)))
    assert ends(frame, "change_pct") == pytest.approx((-52.8, 0.0))
    assert parts(frame, "change_pct") == {
        "revised_history": 0.0,
        "new_years": 0.0,
        "corrections": 0.0,
        "configuration": 52.8,
    }


def test_target_of_one_publication_only_is_left_out() -> None:
    frame = compare_publications(version({"a": BEFORE}), version({"a": BEFORE}, target(), target("new", "waste")))
    assert set(frame["target_id"]) == {"total"}


# -- properties -------------------------------------------------------------------------------------------------------

# Nothing or at least a tonne: against a millionth of one, a change of 1e13 per cent leaves no digits for its parts.
TONNES = st.just(0.0) | st.floats(1, 5e6, allow_nan=False)
ANY_CAUSE = st.sampled_from(CAUSES)


# So few states that every part has digits for its millionths.
@given(TONNES, st.lists(st.tuples(ANY_CAUSE, st.floats(-1e8, 1e8)), min_size=1, max_size=20))
@example(start=0.0, states=[("revised_history", 70368745.0642175)])  # 70368745.064217, rounded correctly; ...218 here
@example(start=0.5e-6, states=[("new_years", 1.5e-6), ("corrections", -0.5e-6)])
def test_parts_sum_to_the_whole(start: float, states: list[tuple[str, float]]) -> None:
    got = explain(start, states)
    assert set(got) == {cause for cause, _ in states}
    whole = millionths(states[-1][1]) - millionths(start)
    size = max(abs(start), *(abs(value) for _, value in states), 1.0)
    assert math.isclose(math.fsum(got.values()), whole / 10**6, abs_tol=1e-9 * size)
    # As printed, exactly.
    assert printed(got.values()) == Fraction(whole, 10**6)


@given(TONNES, st.lists(ANY_CAUSE, min_size=1))
def test_values_that_stay_have_zero_parts(start: float, causes: list[str]) -> None:
    assert set(explain(start, [(cause, start) for cause in causes]).values()) == {0.0}


def test_explain_takes_arrays_and_keeps_missing_apart() -> None:
    start = np.array([1.0, 1.0, np.nan])
    got = explain(start, [("new_years", np.array([3.0, np.nan, 3.0])), ("corrections", np.array([2.0, 2.0, 2.0]))])
    np.testing.assert_array_equal(got["new_years"], [2.0, np.nan, np.nan])
    np.testing.assert_array_equal(got["corrections"], [-1.0, np.nan, np.nan])


CELLS = st.tuples(st.sampled_from(["transport", "waste"]), st.sampled_from([1990, 2019, 2020, 2021]))
RELEASE = st.dictionaries(CELLS, st.tuples(TONNES, TONNES), min_size=1)
TARGET = st.builds(
    lambda sectors, base: target(sectors=sectors, base=base),
    st.sampled_from([ALL, "waste", "transport"]),
    st.sampled_from([1990, 2019, None]),
)


@examples(25)
@given(RELEASE, RELEASE, TARGET)
def test_parts_of_releases_sum_to_the_whole(older: Figures, newer: Figures, one: dict) -> None:
    assert_sums(changed(version({"a": older, "b": newer}, one)))


@examples(25)
@given(RELEASE, RELEASE, TARGET, TARGET, st.booleans())
def test_parts_of_publications_sum_to_the_whole(
    older: Figures, newer: Figures, before: dict, after: dict, same: bool
) -> None:
    assert_sums(compare_publications(version({"a": older}, before), version({"a" if same else "b": newer}, after)))


@examples(15)
@given(RELEASE, TARGET)
def test_identical_releases_have_zero_parts(figures: Figures, one: dict) -> None:
    within = changed(version({"a": figures, "b": figures}, one))
    between = compare_publications(version({"a": figures}, one), version({"a": figures}, one))
    for frame in (within, between):
        assert (frame["part"].dropna() == 0.0).all()
        assert (frame["value_from"].isna() == frame["value_to"].isna()).all()
