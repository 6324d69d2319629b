"""Local corrections: each action, their order, and what is refused; expected values by hand."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from klimat_pipeline.configuration.correction_units import to_tonnes
from klimat_pipeline.configuration.corrections import CorrectionRegister
from klimat_pipeline.corrected.cells import first_rows, positions
from klimat_pipeline.corrected.correction_residuals import correction_residuals
from klimat_pipeline.corrected.corrections import correction_applications
from klimat_pipeline.corrected.corrections_leave_one_out import corrections_leave_one_out
from klimat_pipeline.corrected.emissions import corrected_emissions
from klimat_pipeline.corrected.registers import apply_registers
from klimat_pipeline.errors import ConfigurationError, ProblemsError
from klimat_pipeline_tests.support.properties import examples

TODAY = date(2026, 1, 1)
MUNICIPALITIES = pd.DataFrame({"municipality_code": ["1283", "1280", "0180"], "county_code": ["12", "12", "01"]})


def emissions(releases=("r1",), figure: float = 100.0) -> pd.DataFrame:
    rows = [
        {
            "release_id": release,
            "is_current_release": release == releases[-1],
            "municipality_code": place,
            "sector_code": sector,
            "substance": "GGT",
            "year": year,
            "emissions_reported_t": figure,
            "emissions_reported_t_co2e": figure,
            "unit": "t CO2e",
            "gwp_set": "AR5",
        }
        for release in releases
        for place in ("1283", "1280", "0180")
        for sector in ("waste", "industry")
        for year in (1990, 2020, 2022)
    ]
    return pd.DataFrame(rows)


SUBSECTORS = pd.DataFrame(
    [
        {
            "release_id": "r1",
            "municipality_code": "1283",
            "sector_code": "waste",
            "subsector_code": code,
            "substance": "GGT",
            "year": 2022,
            "emissions_reported_t": figure,
        }
        for code, figure in (("landfill", 60.0), ("accidental_fires", 40.0))
    ]
)


def entry(**other: object) -> dict[str, object]:
    return {
        "id": "one",
        "substance": "GGT",
        "sector": "waste",
        "years": [2022],
        "action": "replace",
        "value": 80,
        "unit": "t",
        "reason": "measured",
        "source": "report p. 1",
        "decided_by": "the council",
        "decided_on": "2025-01-01",
        "grade": "high",
        "baseline": {"treatment": "not_corrected", "why": "not measured"},
        "conserves": {"sector": False, "county": False, "nation": False},
        "base": {"release_id": "r1", "values_t": {2022: 100.0}},
    } | other


def register(*entries: dict[str, object], **more: object) -> CorrectionRegister:
    return CorrectionRegister.model_validate({"corrections": list(entries), **more})


def applied(*entries: dict[str, object], data: pd.DataFrame | None = None, **more: object):
    data = emissions() if data is None else data
    registers = {"1283": register(*entries, **more)}
    result = apply_registers(data, SUBSECTORS, registers, today=TODAY)
    listed = correction_applications(result, data, registers)
    return result, listed, corrected_emissions(data, listed)


def cell(frame: pd.DataFrame, place="1283", sector="waste", year=2022, release="r1") -> float:
    row = frame[
        (frame["municipality_code"] == place)
        & (frame["sector_code"] == sector)
        & (frame["year"] == year)
        & (frame["release_id"] == release)
    ]
    return float(row["emissions_t"].iloc[0])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"action": "replace", "value": 80, "unit": "t"}, 80.0),
        ({"action": "replace", "value": 0.08, "unit": "kt"}, 80.0),
        ({"action": "replace", "value": 80000, "unit": "kg"}, 80.0),
        ({"action": "add", "value": 5, "unit": "t"}, 105.0),
        ({"action": "add", "value": -30, "unit": "t"}, 70.0),
        ({"action": "scale", "value": 90, "unit": "percent"}, 90.0),
        ({"action": "scale", "value": 1.5, "unit": "factor"}, 150.0),
        ({"action": "exclude", "value": None, "unit": None}, 0.0),
        ({"subsector": "landfill", "value": 50}, 90.0),  # 100 - 60 + 50
    ],
)
def test_actions(change, expected) -> None:
    _, listed, frame = applied(entry(**change))
    assert cell(frame) == pytest.approx(expected, abs=1e-9)
    untouched = frame[frame["correction_ids"] == ""]
    assert len(untouched) == len(frame) - 1
    assert (untouched["emissions_t"] == untouched["emissions_reported_t"]).all()
    row = listed.iloc[0]
    assert (row["before_t"], row["after_t"]) == (100.0, pytest.approx(expected))
    assert row["effect_t"] == pytest.approx(expected - 100.0)


def test_replaced_is_exactly_the_value() -> None:
    _, _, frame = applied(entry(value=30344.1), data=emissions(figure=17319.87))
    assert cell(frame) == 30344.1


def test_reallocate_moves_and_conserves() -> None:
    moved = entry(
        action="reallocate",
        value=25,
        unit="percent",
        to_municipality="1280",
        to_sector="industry",
        conserves={"sector": False, "county": True, "nation": True},
    )
    _, listed, frame = applied(moved)
    assert cell(frame) == 75.0
    assert cell(frame, "1280", "industry") == 125.0
    assert listed["effect_t"].sum() == 0.0
    residuals = correction_residuals(listed, MUNICIPALITIES)
    # The county as a whole keeps its size, its sectors do not: both are stated.
    county = residuals[residuals["area_code"] == "12"].set_index("sector_code")["residual_t"]
    assert dict(county) == {"waste": -25.0, "industry": 25.0}
    assert residuals[residuals["area_level"] == "nation"]["residual_t"].sum() == 0.0


def test_order_is_the_entries_own_and_each_works_on_the_one_before() -> None:
    doubled = entry(id="double", action="scale", value=2, unit="factor", order=2)
    added = entry(id="add", action="add", value=10, unit="t", order=1)
    result, listed, frame = applied(doubled, added)
    assert cell(frame) == 220.0  # (100 + 10) * 2
    assert list(listed.sort_values("application_no")["correction_id"]) == ["add", "double"]
    left = corrections_leave_one_out(result, frame).set_index("correction_id")
    # Without "add": 200, so it is worth 20; without "double": 110, so it is worth 110.
    assert left.loc["add", "effect_t"] == 20.0
    assert left.loc["double", "effect_t"] == 110.0
    assert left.loc["add", "with_all_t"] == 320.0  # 220 and the untouched industry's 100
    assert left.loc["add", "without_t"] == 300.0


def test_34_same_cell_without_order_names_both() -> None:
    with pytest.raises(ProblemsError, match="corrections add and one touch the same cell"):
        applied(entry(), entry(id="add", action="add"))
    with pytest.raises(ProblemsError, match="add and one"):
        applied(entry(order=1), entry(id="add", action="add", order=1))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"years": [2021]}, "matches nothing"),
        ({"substance": "CO2"}, "matches nothing"),
        ({"subsector": "landfill", "years": [1990]}, "matches nothing"),
        ({"years": [2021, 2022]}, "years 2021 are in no release"),
        ({"action": "add", "value": -200}, "leaves -100.00 t in 1283 waste 2022"),
        ({"action": "reallocate", "to_municipality": "1281"}, "no cell to reallocate to"),
    ],
)
def test_35_refused(change, words) -> None:
    with pytest.raises(ProblemsError) as caught:
        applied(entry(**change))
    assert words in str(caught.value)
    assert "correction one" in str(caught.value)


def test_all_problems_at_once() -> None:
    with pytest.raises(ProblemsError) as caught:
        applied(entry(years=[2021]), entry(id="two", substance="CO2"))
    assert len(caught.value.problems) == 2


def test_allowed_negative_and_optional() -> None:
    assert cell(applied(entry(action="add", value=-200, allow_negative=True))[2]) == -100.0
    assert applied(entry(years=[2021], optional=True))[1].empty


def test_a_range_takes_the_released_years_only() -> None:
    _, listed, _ = applied(entry(years="2019-2022"))
    assert list(listed["year"]) == [2020, 2022]


def test_values_per_year() -> None:
    _, _, frame = applied(entry(years=None, value=None, values={1990: 150, 2022: 30}))
    assert (cell(frame, year=1990), cell(frame, year=2020), cell(frame)) == (150.0, 100.0, 30.0)


def test_36_expired_is_listed_and_not_applied() -> None:
    _, listed, frame = applied(entry(expires_on="2025-12-31"))
    assert cell(frame) == 100.0
    assert list(listed["correction_status"]) == ["expired"]
    assert cell(applied(entry(expires_on="2026-01-01"))[2]) == 80.0  # its last day


def test_only_for_its_releases() -> None:
    both = emissions(("r1", "r2"))
    _, listed, frame = applied(entry(valid_for_releases=["r1"]), data=both)
    assert cell(frame) == 80.0
    assert cell(frame, release="r2") == 100.0
    assert set(listed["correction_status"]) == {"applied", "not_for_release"}


def test_drift_is_flagged_and_changes_nothing() -> None:
    _, listed, frame = applied(entry(base={"release_id": "r0", "values_t": {2022: 94.0}}))
    assert listed["drift_pct"].iloc[0] == pytest.approx((100 / 94 - 1) * 100)  # 6.4 %
    assert listed["is_drifted"].iloc[0]
    assert cell(frame) == 80.0
    _, listed, _ = applied(entry(base={"release_id": "r0", "values_t": {2022: 96.0}}))  # 4.2 %
    assert not listed["is_drifted"].iloc[0]
    _, listed, _ = applied(entry(base={"release_id": "r0", "values_t": {2022: 96.0}}), drift_limit_pct=3)
    assert listed["is_drifted"].iloc[0]


@pytest.mark.parametrize(
    "change",
    [
        {"reason": ""},
        {"source": None},
        {"decided_by": None},
        {"decided_on": "2025-13-01"},
        {"unit": None},
        {"value": None},
        {"years": None},
        {"values": {2022: 3}},
        {"years": [2022, 2022]},
        {"years": "2022-2020"},
        {"to_sector": "industry"},
        {"action": "reallocate"},
        {"action": "exclude"},
        {"action": "delete"},
        {"grade": "good"},
        {"baseline": {"treatment": "corrected"}},
        {"baseline": {"treatment": "not_corrected"}},
        {"colour": "green"},
    ],
)
def test_incoherent_entries_are_refused(change) -> None:
    with pytest.raises(ValidationError):
        register(entry(**change))


@pytest.mark.parametrize(
    ("value", "unit", "tonnes"), [(1.5, "kt", 1500.0), (2, "Mt", 2e6), (7, "kg", 0.007), (3, "ton", 3.0)]
)
def test_units_are_masses(value, unit, tonnes) -> None:
    assert to_tonnes(value, unit, "x") == pytest.approx(tonnes)


@pytest.mark.parametrize("unit", ["MWh", "knot", "percent", "m", ""])
def test_other_units_are_refused(unit) -> None:
    with pytest.raises(ConfigurationError, match="no mass"):
        to_tonnes(1, unit, "x")


def test_positions_finds_every_cell_and_no_other() -> None:
    frame = emissions(("r1", "r2"))
    wanted = frame.iloc[[5, 0, 30]][["release_id", "municipality_code", "sector_code", "substance", "year"]]
    nowhere = wanted.iloc[[0]].assign(year=1991)
    assert list(positions(frame, pd.concat([wanted, nowhere]))) == [5, 0, 30, -1]
    assert list(positions(frame, wanted.iloc[:0])) == []


entries = st.lists(
    st.tuples(
        st.sampled_from(["replace", "add", "scale", "reallocate"]),
        st.sampled_from(["waste", "industry"]),
        st.sampled_from([1990, 2020, 2022]),
        st.integers(0, 90),
    ),
    min_size=1,
    max_size=8,
)


@examples(60)
@given(entries)
def test_effects_sum_and_reallocation_conserves(drawn) -> None:
    made = [
        entry(
            id=f"c{i}",
            action=action,
            sector=sector,
            years=[year],
            value=value,
            unit="percent" if action in ("scale", "reallocate") else "t",
            order=i,
            **({"to_municipality": "1280"} if action == "reallocate" else {}),
        )
        for i, (action, sector, year, value) in enumerate(drawn)
    ]
    result, listed, frame = applied(*made)
    keys = ["release_id", "municipality_code", "sector_code", "year"]
    effects = listed.groupby(keys)["effect_t"].sum()
    change = (frame["emissions_t"] - frame["emissions_reported_t"]).set_axis(pd.MultiIndex.from_frame(frame[keys]))
    assert np.allclose(change[effects.index], effects, atol=1e-9)
    assert (change.drop(effects.index) == 0).all()
    moved = listed[listed["action"] == "reallocate"].groupby(["correction_id", "year"])["effect_t"].sum()
    assert np.allclose(moved, 0.0, atol=1e-9)
    assert (frame["emissions_t"] >= 0).all()
    # Leaving the last one of all out gives back what stood before it.
    left = corrections_leave_one_out(result, frame)
    assert np.allclose(left["with_all_t"] - left["without_t"], left["effect_t"])


def test_first_rows_of_texts() -> None:
    assert first_rows(pd.Series(["b", "a", "b", "c", "a"])) == {"b": 0, "a": 1, "c": 3}
    assert first_rows(pd.Series([], dtype="str")) == {}
