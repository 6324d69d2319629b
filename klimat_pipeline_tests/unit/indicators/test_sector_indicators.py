"""Sector indicators against values worked out by hand."""

import pandas as pd
import pytest

from klimat_pipeline.indicators.sector_indicators import sector_indicators

RELEASE = "r1"
SECTORS = pd.DataFrame(
    {
        "sector_code": ["transport", "waste", "industry"],
        "quality_class_national": ["2", "2", "1-2"],
        "quality_class_geography": ["1-2", None, "1-3"],
    }
)


def emissions(figures: dict[tuple[str, int], float], substance: str = "GGT") -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "release_id": RELEASE,
                "is_current_release": True,
                "municipality_code": "1283",
                "sector_code": sector,
                "substance": substance,
                "year": year,
                "emissions_t_co2e": value,
                "emissions_reported_t_co2e": value,
                "correction_ids": "",
                "level_ids": "",
                "gwp_set": "AR5",
            }
            for (sector, year), value in figures.items()
        ]
    )


def releases(years: list[int], gas_basis: str = "all greenhouse gases") -> pd.DataFrame:
    return pd.DataFrame([{"release_id": RELEASE, "last_year": max(years), "gas_basis": gas_basis}])


def target(target_id: str, sectors: str, **other: object) -> dict[str, object]:
    return {
        "municipality_code": "1283",
        "target_id": target_id,
        "target_kind": "contract",
        "target_name_sv": target_id,
        "target_name_en": target_id,
        "sector_codes": sectors,
        "boundary": "territory",
        "target_gas_basis": "GHG",
        "baseline_year": 1990,
        "target_year": 2030,
        "target_pct": -80.0,
        "interim_targets": "",
        "trend_from_year": 2015,
        "source": "test",
        "note": None,
    } | other


def computed(figures, targets, population=(), **release) -> pd.DataFrame:
    people = pd.DataFrame(
        [{"municipality_code": "1283", "year": y, "population": p, "source": "t"} for y, p in population],
        columns=["municipality_code", "year", "population", "source"],
    )
    years = [year for _, year in figures]
    wanted = pd.DataFrame(targets).astype(
        {"baseline_year": "Int64", "target_year": "Int64", "trend_from_year": "Int64"}
    )
    frame = sector_indicators(emissions(figures), wanted, people, releases(years, **release), SECTORS)
    return frame.set_index(["target_id", "year"])


def test_against_baseline_and_target() -> None:
    figures = {("transport", 1990): 1000.0, ("transport", 2020): 500.0, ("waste", 1990): 200.0, ("waste", 2020): 10.0}
    got = computed(
        figures,
        [target("total", "transport waste"), target("transport", "transport"), target("waste", "waste")],
        population=[(2020, 100)],
    )
    total = got.loc[("total", 2020)]
    assert total["emissions_t_co2e"] == 510.0
    assert total["baseline_t_co2e"] == 1200.0
    assert total["change_pct"] == pytest.approx(-57.5)
    assert total["target_t_co2e"] == pytest.approx(240.0)
    # Straight line: 1200 - 960 * 30 / 40 = 480.
    assert total["target_path_t_co2e"] == pytest.approx(480.0)
    assert total["gap_t_co2e"] == pytest.approx(30.0)
    assert total["required_t_co2e_per_year"] == pytest.approx(-27.0)  # (240 - 510) / 10
    assert total["required_pct_per_year"] == pytest.approx(((240 / 510) ** 0.1 - 1) * 100)
    assert total["status"] == "behind"
    assert total["emissions_per_resident_t_co2e"] == pytest.approx(5.1)
    assert total["is_latest_year"]
    waste = got.loc[("waste", 2020)]
    assert waste["status"] == "reached"  # 10 <= 40
    assert waste["required_t_co2e_per_year"] == 0.0
    assert waste["share_of_total_pct"] == pytest.approx(10 / 510 * 100)
    assert got.loc[("total", 1990)]["status"] == "on_track"
    assert pd.isna(got.loc[("total", 1990)]["population"])


def test_the_path_goes_through_the_interim_targets_of_its_own_target_alone() -> None:
    """-60 % by 2018 and -70 % by 2024: 2012 is 22 of 28 years on the way from 1,000 to 400, 2020 a third from there to 300.

    The other target has no steps: 1,000 - 800 x 22 / 40 and x 30 / 40.
    """
    figures = {("transport", year): 1000.0 for year in (1990, 2012, 2018, 2020)}
    stepped = target("stepped", "transport", interim_targets="2018:-60 2024:-70")
    got = computed(figures, [stepped, target("plain", "transport")])["target_path_t_co2e"]
    expected = [1000.0, 1000 - 600 * 22 / 28, 400.0, 400 - 100 / 3]
    assert got.loc["stepped"].tolist() == pytest.approx(expected)
    assert got.loc["plain"].tolist() == pytest.approx([1000.0, 560.0, 440.0, 400.0])


def test_without_a_target_there_is_no_line() -> None:
    """Not even in the baseline's own year."""
    got = computed(
        {("waste", 1990): 100.0, ("waste", 2020): 50.0},
        [target("waste", "waste", target_year=None, target_pct=float("nan"))],
    )
    for year in (1990, 2020):
        row = got.loc[("waste", year)]
        assert row[["target_path_t_co2e", "gap_t_co2e"]].isna().all()
        assert row["status"] == "no_data"


def test_zero_baseline_gives_no_percentage() -> None:
    got = computed({("waste", 1990): 0.0, ("waste", 2020): 5.0}, [target("waste", "waste")])
    assert pd.isna(got.loc[("waste", 2020)]["change_pct"])
    assert got.loc[("waste", 2020)]["change_t_co2e"] == 5.0


def test_no_path_before_the_baseline_year() -> None:
    got = computed({("heating", 2015): 10.0, ("heating", 2020): 8.0}, [target("energy", "heating", baseline_year=2020)])
    before = got.loc[("energy", 2015)]
    assert pd.isna(before["target_path_t_co2e"])
    assert before["status"] == "no_data"
    assert before["change_pct"] == pytest.approx(25.0)


def test_dropped_baseline_is_no_data_not_zero() -> None:
    got = computed({("waste", 2015): 10.0, ("waste", 2020): 8.0}, [target("waste", "waste")])
    assert got["change_pct"].isna().all()
    assert set(got["status"]) == {"no_data"}


def test_trend_projection_and_its_sensitivity() -> None:
    figures = {("waste", y): v for y, v in [(1990, 100.0), (2015, 50.0), (2020, 40.0), (2021, 38.0), (2024, 44.0)]}
    got = computed(figures, [target("waste", "waste")])
    at_2021, at_2024 = got.loc[("waste", 2021)], got.loc[("waste", 2024)]
    # On (0, 50), (5, 40), (6, 38) the line is 50 - 2 x: 2030 is x = 15, so 20.
    assert at_2021["trend_t_co2e_per_year"] == pytest.approx(-2.0)
    assert at_2021["projected_t_co2e"] == pytest.approx(20.0)
    assert pd.isna(at_2021["projected_without_last_t_co2e"])
    assert at_2024["projected_without_last_t_co2e"] == pytest.approx(20.0)
    # With (9, 44): n 4, Sx 20, Sy 172, Sxy 824, Sxx 142; slope = (3296 - 3440) / (568 - 400) = -6/7.
    assert at_2024["trend_t_co2e_per_year"] == pytest.approx(-6 / 7)
    assert at_2024["projected_t_co2e"] == pytest.approx(43 + 6 / 7 * 5 - 6 / 7 * 15)
    assert at_2024["trend_compound_pct_per_year"] == pytest.approx(((44 / 50) ** (1 / 9) - 1) * 100)
    assert pd.isna(got.loc[("waste", 1990)]["trend_t_co2e_per_year"])


def test_trend_needs_its_first_year() -> None:
    got = computed({("waste", 1990): 10.0, ("waste", 2020): 8.0, ("waste", 2021): 7.0}, [target("waste", "waste")])
    assert got["trend_compound_pct_per_year"].isna().all()
    assert got["trend_from_year"].isna().all()


def test_projection_stops_at_zero() -> None:
    figures = {("waste", y): v for y, v in [(1990, 100.0), (2015, 30.0), (2016, 20.0), (2017, 10.0)]}
    assert computed(figures, [target("waste", "waste")]).loc[("waste", 2017)]["projected_t_co2e"] == 0.0


def test_contract_target_takes_the_generic_place_only_on_its_gases() -> None:
    figures = {("transport", 1990): 10.0, ("transport", 2020): 5.0}
    generic = target("transport", "transport", target_kind="generic", target_pct=None, target_year=None)
    both = [generic, target("transport", "transport")]
    assert computed(figures, both).loc[("transport", 2020)]["target_kind"] == "contract"
    on_co2 = computed(figures, both, gas_basis="carbon dioxide only")
    assert on_co2.loc[("transport", 2020)]["target_kind"] == "generic"
    assert on_co2.loc[("transport", 2020)]["status"] == "no_target"
    fossil = [generic, target("transport", "transport", target_gas_basis="fossil")]
    got = computed(figures, fossil, gas_basis="carbon dioxide only")
    assert got.loc[("transport", 2020)]["target_kind"] == "contract"


def test_target_that_data_cannot_quantify_has_one_row_and_no_figure() -> None:
    figures = {("waste", 1990): 10.0, ("waste", 2020): 5.0}
    meals = target("meals", "", baseline_year=None, target_pct=-50.0, boundary="organisation")
    got = computed(figures, [target("waste", "waste"), meals])
    rows = got.loc["meals"]
    assert list(rows.index) == [2020]
    assert rows["emissions_t_co2e"].isna().all()
    assert list(rows["status"]) == ["no_data"]


def test_a_year_that_lacks_a_sector_has_no_total() -> None:
    """Waste is missing in 2022: 100 t of transport are no total that has fallen from 300."""
    figures = {("transport", 1990): 200.0, ("waste", 1990): 100.0, ("transport", 2022): 100.0}
    figures |= {("transport", 2023): 90.0, ("waste", 2023): 60.0}
    found = computed(figures, [target("total", "transport waste machinery"), target("transport", "transport")])
    # Machinery is in no year, so it is not missing in any.
    assert found.loc["total", "emissions_t_co2e"].to_dict() == {1990: 300.0, 2023: 150.0}
    assert found.loc["transport", "emissions_t_co2e"].to_dict() == {1990: 200.0, 2022: 100.0, 2023: 90.0}
    assert found.loc["transport", "share_of_total_pct"].isna().to_dict() == {1990: False, 2022: True, 2023: False}
