"""Municipalities side by side on a small country; expected values by hand."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.contracts import table
from klimat_pipeline.indicators.municipality_comparison import (
    mean_yearly_change_pct,
    municipality_comparison,
    similar_municipalities,
)
from klimat_pipeline.quality.contract import check_contract

GENERIC = pd.DataFrame(
    {"target_kind": ["generic"], "target_id": ["total"], "baseline_year": [1990], "trend_from_year": [2015]}
).astype({"baseline_year": "Int64", "trend_from_year": "Int64"})
YEARS = (1990, 2015, 2020, 2024)
POPULATION = pd.DataFrame({"municipality_code": ["1283"], "year": [2024], "population": [50]})
EVERYBODY = pd.DataFrame({"municipality_code": [*(f"{i:04d}" for i in range(289)), "1283"]}).assign(
    municipality_name="", county_code=lambda f: f["municipality_code"].str[:2], county_name="", group_name="any"
)
EVERYBODY["group_code"] = EVERYBODY["municipality_code"].map({"1283": "B3", "0114": "B3", "0115": "A2"})
#: The nation: 600 t of transport and 1,400 t of waste in 1990, half of each in 2015 and since.
NATION = pd.DataFrame(
    [
        ("r", "nation", "00", sector, year, tonnes / (1 if year == 1990 else 2))
        for sector, tonnes in (("transport", 600.0), ("waste", 1400.0))
        for year in YEARS
    ],
    columns=["release_id", "area_level", "area_code", "sector_code", "year", "emissions_reported_t_co2e"],
)
#: Tonnes of transport and waste by municipality: the total of 1283 is 200, 100, 121 and 100 t.
FIGURES = {
    "1283": {"transport": (150, 60, 81, 60), "waste": (50, 40, 40, 40)},
    "0114": {"transport": (300, 200, 100, 100), "waste": (100, 100, 100, 100)},
    "0115": {"transport": (300, 200, 150, 101), "waste": (0, 100, 100, 99)},
    "0117": {"transport": (10, 10, 10, 10), "waste": (1000, 990, 900, 890)},
}


def emissions(figures: dict[str, dict[str, tuple[float, ...]]], release: str = "r") -> pd.DataFrame:
    return pd.DataFrame(
        [
            (release, True, code, sector, year, float(tonnes))
            for code, sectors in figures.items()
            for sector, row in sectors.items()
            for year, tonnes in zip(YEARS, row, strict=True)
        ],
        columns=[
            "release_id",
            "is_current_release",
            "municipality_code",
            "sector_code",
            "year",
            "emissions_reported_t_co2e",
        ],
    )


def compare(frame: pd.DataFrame) -> pd.DataFrame:
    made = municipality_comparison(frame, GENERIC, POPULATION, EVERYBODY, NATION, similar_count=2)
    assert check_contract(made, table("indicators/municipality_comparison")).passed
    return made.set_index(["release_id", "municipality_code", "target_id", "indicator"])


def test_places_in_the_county_and_among_alike_and_the_nation_beside_them() -> None:
    """Change of the total since 1990: 1283 -50, 0114 -50, 0115 -33.3, 0117 -10.9 per cent; the nation -50."""
    frame = compare(emissions(FIGURES)).xs("change_since_baseline", level="indicator").xs("total", level="target_id")
    frame = frame.droplevel("release_id")
    assert frame["county_rank"].to_dict() == {"1283": 1, "0114": 1, "0115": 2, "0117": 3}
    assert frame["county_compared"].to_dict() == {"1283": 1, "0114": 3, "0115": 3, "0117": 3}
    assert frame.loc[["1283", "0114"], "group_compared"].tolist() == [2, 2]
    assert frame.loc["0115", "group_rank"] == 1
    assert pd.isna(frame.loc["0117", "group_rank"])
    assert frame["nation_value"].tolist() == [pytest.approx(-50.0)] * 4
    # Values -50, -50, -33.33, -10.91: the median is -41.67.
    assert frame.loc["0117", "to_median"] == pytest.approx((-50.0 - 100.0 / 3.0) / 2.0 - (900.0 / 1010.0 - 1.0) * 100.0)


def test_a_sum_that_lacks_a_sector_is_no_total() -> None:
    """Without waste 0114 would be the lowest of all at 100 t; it is compared in transport alone."""
    frame = emissions(FIGURES)
    gone = (frame["municipality_code"] == "0114") & (frame["sector_code"] == "waste") & (frame["year"] == max(YEARS))
    newest = compare(frame[~gone]).xs("emissions", level="indicator").droplevel("release_id")["indicator_value"]
    assert newest.xs("total", level="target_id").to_dict() == {"1283": 100.0, "0115": 200.0, "0117": 900.0}
    assert newest.loc[("0114", "transport")] == 100.0


def test_indicators_by_hand() -> None:
    frame = compare(emissions(FIGURES))["indicator_value"]["r", "1283", "total"]
    assert frame["emissions"] == 100.0
    assert frame["per_resident"] == 2.0
    assert frame["change_since_baseline"] == pytest.approx(-50.0)
    assert frame["compound_change"] == pytest.approx(0.0, abs=1e-9), "100 t in 2015 and in 2024"


def test_both_conventions_of_yearly_change_stand_side_by_side() -> None:
    """100 to 121 t in five years, 121 to 100 t in four: five times 1.21 ** (1/5) - 1, four times (1/1.21) ** (1/4) - 1."""
    row = compare(emissions(FIGURES)).loc[("r", "1283", "total")]
    mean = (5 * (1.21 ** (1 / 5) - 1) + 4 * ((1 / 1.21) ** (1 / 4) - 1)) / 9 * 100
    assert row.loc["mean_yearly_change", "indicator_value"] == pytest.approx(mean)
    assert row.loc["compound_change", "indicator_text"] == "Yearly change from 2015 to 2024, compound rate"
    assert (
        row.loc["mean_yearly_change", "indicator_text"]
        == "Yearly change from 2015 to 2024, mean of the yearly percentages; 2016-2019 2021-2023 have no figures and are "
        "filled with the constant rate across the gap"
    )


def test_helsingborgs_compound_change_since_2015() -> None:
    """515,509 t in 2015 and 516,012 t in 2024 on the release of 2026-06: +0.011 per cent a year."""
    row = (0.0, 515_509.0, 500_000.0, 516_012.0)
    frame = compare(emissions({"1283": {"transport": row}}))["indicator_value"]["r", "1283", "total"]
    assert frame["compound_change"] == pytest.approx(0.011, abs=0.0005)
    assert "change_since_baseline" not in frame, "there is no percentage of zero"


def test_rank_and_distribution() -> None:
    """Totals 100, 200, 200 and 900 t: the two of 200 t share the second place; median 200, quartiles 175 and 375."""
    rows = compare(emissions(FIGURES)).xs(("total", "emissions"), level=("target_id", "indicator")).loc["r"]
    assert rows["rank"].to_dict() == {"1283": 1, "0114": 2, "0115": 2, "0117": 4}
    one = rows.loc["1283"]
    found = [one[name] for name in ("lowest_value", "q25_value", "median_value", "q75_value", "highest_value")]
    assert found == [100.0, 175.0, 200.0, 375.0, 900.0]
    assert one["rank_text"] == "1 of 4 with data, 4 of 290 municipalities"


def test_alone_it_is_said_that_nobody_was_compared() -> None:
    rows = compare(emissions({"1283": FIGURES["1283"]})).loc[("r", "1283", "total", "emissions")]
    assert rows["rank_text"] == "1 of 1 with data, 1 of 290 municipalities"
    assert rows["similar_codes"] == ""
    assert pd.isna(rows["similar_median_value"])


def test_similar_are_those_of_like_shares_and_size() -> None:
    """0114 (half transport, 200 t) and 0115 (just over half, 200 t) are alike; 0117 is nearly all waste and large."""
    rows = compare(emissions(FIGURES)).xs(("total", "emissions"), level=("target_id", "indicator")).loc["r"]
    assert rows.loc["0114", "similar_codes"].split()[0] == "0115"
    assert rows.loc["0115", "similar_codes"].split()[0] == "0114"
    assert rows.loc["1283", "similar_codes"] == "0115 0114"
    assert rows.loc["1283", "similar_median_value"] == 200.0


def test_releases_are_never_mixed() -> None:
    """A municipality with a newer release is compared with the others on the older one, and alone on its own."""
    older, newer = emissions(FIGURES), emissions({"1283": FIGURES["1283"]}, "s")
    rows = compare(pd.concat([older, newer])).xs(("1283", "total", "emissions"), level=(1, 2, 3))
    assert rows["compared"].to_dict() == {"r": 4, "s": 1}


def test_nothing_to_compare() -> None:
    none = emissions(FIGURES).head(0)
    assert municipality_comparison(none, GENERIC, POPULATION, EVERYBODY, NATION, similar_count=2).empty


@given(st.lists(st.floats(1e-3, 1e6), min_size=4, max_size=4))
def test_the_mean_of_percentages_is_never_below_the_compound_rate(tonnes: list[float]) -> None:
    wide = pd.DataFrame([tonnes], columns=list(YEARS))
    compound = ((tonnes[-1] / tonnes[0]) ** (1 / (YEARS[-1] - YEARS[0])) - 1) * 100
    mean = float(mean_yearly_change_pct(wide).iloc[0])
    assert mean >= compound - 1e-9 * max(abs(mean), 1.0)


def test_equally_near_ones_come_in_the_order_of_their_codes() -> None:
    same = {code: {"transport": (1, 1, 1, 1), "waste": (1, 1, 1, 1)} for code in ("0300", "0100", "0200")}
    frame = emissions(same)
    wide = frame.rename(columns={"sector_code": "target_id"}).set_index(["municipality_code", "target_id", "year"])
    both = pd.concat([wide["emissions_reported_t_co2e"], totals(wide)]).unstack("year")
    assert similar_municipalities(both, 2) == {
        "0100": ["0200", "0300"],
        "0200": ["0100", "0300"],
        "0300": ["0100", "0200"],
    }


def totals(wide: pd.DataFrame) -> pd.Series:
    sums = wide.groupby(["municipality_code", "year"])["emissions_reported_t_co2e"].sum().reset_index()
    keys = ["municipality_code", "target_id", "year"]
    return sums.assign(target_id="total").set_index(keys)["emissions_reported_t_co2e"]
