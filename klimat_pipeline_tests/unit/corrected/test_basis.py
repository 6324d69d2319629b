"""Levels of figures, and scaled corrections: which years may be compared as corrected; expected values by hand."""

from datetime import date

import pandas as pd
import pytest
from pydantic import ValidationError

from klimat_pipeline.corrected.basis import (
    basis_so_far,
    correction_levels,
    levels_of_cells,
    series_of_one_level,
    shared_basis,
)
from klimat_pipeline.corrected.corrections_leave_one_out import corrections_leave_one_out
from klimat_pipeline.errors import ProblemsError
from klimat_pipeline_tests.unit.corrected.test_corrections import applied, cell, emissions, entry, register

SCALED = "all years, scaled"
BY_ITSELF = {"treatment": "corrected", "by": "one"}


def by(name: str) -> dict[str, str]:
    return {"treatment": "corrected", "by": name}


def test_entries_that_name_the_same_baseline_entry_are_one_level() -> None:
    entries = (
        entry(id="base", years=[1990], baseline=by("base")),
        entry(id="later", years=[2022], baseline=by("base")),
        entry(id="chained", years=[2020], baseline=by("later")),
        entry(id="alone"),
    )
    assert correction_levels({"1283": register(*entries)}) == {
        "base": "base",
        "later": "base",
        "chained": "base",
        "alone": "alone",
    }


def test_a_ring_of_entries_is_one_level() -> None:
    ring = entry(id="b", baseline=by("a")), entry(id="a", baseline=by("b"))
    assert set(correction_levels({"1283": register(*ring)}).values()) == {"a"}


def test_a_figure_of_several_corrections_has_all_their_levels_once() -> None:
    assert levels_of_cells(["", "x y", "y"], {"x": "base", "y": "other"}) == ["", "base other", "other"]


def test_two_figures_share_the_corrected_basis_only_on_one_level() -> None:
    now = pd.Series(["a", "a", "a", "", None])
    then = pd.Series(["a", "b", None, "a", ""])
    assert shared_basis(now, then).tolist() == ["corrected", *["reported"] * 4]


def test_one_uncorrected_row_ends_the_corrected_basis_of_its_group() -> None:
    frame = pd.DataFrame({"ok": [True, False, True, True, True], "group": [1, 1, 1, 2, 2]})
    assert basis_so_far(frame["ok"], frame["group"]).tolist() == ["corrected", *["reported"] * 2, *["corrected"] * 2]


class TestSeries:
    def test_one_mixed_sector_makes_the_whole_municipality_reported(self) -> None:
        _, _, corrected = applied(entry(), entry(id="two", sector="industry", years=[1990, 2020, 2022]))
        assert cell(corrected, sector="industry") == 80.0
        series = series_of_one_level(corrected)
        assert set(series["basis"]) == {"reported"}
        assert (series["emissions_t"] == series["emissions_reported_t"]).all()
        assert (series["correction_ids"] == "").all()

    def test_a_municipality_with_all_years_corrected_stays_so(self) -> None:
        _, _, corrected = applied(entry(years=[1990, 2020, 2022], baseline=BY_ITSELF))
        series = series_of_one_level(corrected)
        assert series.groupby("municipality_code")["basis"].first().to_dict() == {
            "0180": "reported",
            "1280": "reported",
            "1283": "corrected",
        }
        assert (series["emissions_t"] == corrected["emissions_t"]).all()


class TestScaled:
    """100 t in every year; 2022 is replaced by 80 t, so the factor is 0.8."""

    def test_every_year_is_multiplied_by_the_factor_of_the_corrected_one(self) -> None:
        _, listed, corrected = applied(entry(applies_to=SCALED))
        assert [cell(corrected, year=year) for year in (1990, 2020, 2022)] == pytest.approx([80.0] * 3)
        assert cell(corrected, place="1280") == 100.0
        assert set(corrected.loc[corrected["emissions_t"] != 100.0, "level_ids"]) == {"one"}
        assert set(listed["baseline_treatment"]) == {"corrected with all years, by the factor of the named ones"}

    def test_between_two_named_years_the_factor_is_interpolated(self) -> None:
        """Factors 1.2 in 1990 and 0.8 in 2022: in 2020, 30 of 32 years on, 1.2 - 0.4 * 30 / 32 = 0.825."""
        values = {1990: 120, 2022: 80}
        base = {"release_id": "r1", "values_t": {1990: 100.0}}
        _, _, corrected = applied(
            {k: v for k, v in entry(values=values, applies_to=SCALED, base=base).items() if k not in ("years", "value")}
        )
        assert [cell(corrected, year=year) for year in (1990, 2020, 2022)] == pytest.approx([120.0, 82.5, 80.0])

    def test_a_reallocation_moves_the_same_share(self) -> None:
        """25 of 100 t move in 2022; where the sector holds 40 t, 10 t."""
        data = emissions()
        data.loc[data["year"] == 1990, ["emissions_reported_t", "emissions_reported_t_co2e"]] = 40.0
        _, _, corrected = applied(
            entry(action="reallocate", value=25, to_sector="industry", applies_to=SCALED), data=data
        )
        assert (cell(corrected, year=1990), cell(corrected, year=1990, sector="industry")) == pytest.approx(
            (30.0, 50.0)
        )

    def test_the_factor_is_that_after_the_corrections_before_it(self) -> None:
        """First 2022 becomes 50 t, then 80 t: the factor of the second is 1.6, in 1990 on 100 t."""
        first = entry(id="first", value=50, order=1)
        _, _, corrected = applied(first, entry(applies_to=SCALED, order=2))
        assert [cell(corrected, year=year) for year in (1990, 2022)] == pytest.approx([160.0, 80.0])

    def test_left_out_it_leaves_every_year(self) -> None:
        """With the first correction alone 2022 is 50 t and 1990 stays 100 t: 30 and 60 t less than with both."""
        result, _, corrected = applied(entry(id="first", value=50, order=1), entry(applies_to=SCALED, order=2))
        left = corrections_leave_one_out(result, corrected)
        mine = left[left["correction_id"] == "one"].set_index("year")["effect_t"]
        assert mine[[1990, 2022]].tolist() == pytest.approx([60.0, 30.0])

    def test_a_zero_has_no_factor(self) -> None:
        data = emissions(figure=0.0)
        with pytest.raises(ProblemsError, match="correction one: no year that it names has a figure above zero in r1"):
            applied(entry(applies_to=SCALED), data=data)

    def test_a_release_without_the_named_year_stays_as_it_is(self) -> None:
        data = emissions(("r1", "r2"))
        data = data[~((data["release_id"] == "r2") & (data["year"] == 2022))].reset_index(drop=True)
        _, _, corrected = applied(entry(applies_to=SCALED), data=data)
        assert cell(corrected, year=1990, release="r2") == 100.0
        assert cell(corrected, year=1990, release="r1") == pytest.approx(80.0)

    def test_an_exclusion_cannot_be_scaled(self) -> None:
        with pytest.raises(ValidationError, match="name its years"):
            register(
                {k: v for k, v in entry(action="exclude", applies_to=SCALED).items() if k not in ("value", "unit")}
            )

    def test_an_expired_one_scales_nothing(self) -> None:
        _, listed, corrected = applied(entry(applies_to=SCALED, expires_on=date(2025, 6, 1)))
        assert set(listed["correction_status"]) == {"expired"}
        assert (corrected["emissions_t"] == 100.0).all()
