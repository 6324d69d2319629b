"""No indicator compares a corrected year with an uncorrected one: Helsingborg's agriculture by hand, and random ones."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.contracts import table
from klimat_pipeline.indicators.base_year_review import APPROVAL_COLUMNS, base_year_review
from klimat_pipeline.indicators.indicator_change_explained import indicator_changes
from klimat_pipeline.indicators.municipality_comparison import municipality_comparison
from klimat_pipeline.indicators.sector_indicators import sector_indicators
from klimat_pipeline.indicators.target_coherence import target_coherence
from klimat_pipeline.indicators.target_status import target_status
from klimat_pipeline.quality.plausibility import series_of_one_level
from klimat_pipeline.quality.reconciliation import base_matches_target, compared_on_one_basis, total_is_sum
from klimat_pipeline.quality.targets_and_gap import plan_adds_up, targets_match_sectors
from klimat_pipeline_tests.support.properties import examples

YEARS = (1990, 2015, 2018, 2022, 2023)
SECTORS = ("agriculture", "waste")
#: Helsingborg's agriculture and waste as the release of 2025 reports them, t CO2e.
REPORTED = {
    ("agriculture", 1990): 43434.74,
    ("agriculture", 2015): 34002.47,
    ("agriculture", 2018): 32068.69,
    ("agriculture", 2022): 34595.23,
    ("agriculture", 2023): 31902.75,
    ("waste", 1990): 74160.24,
    ("waste", 2015): 26240.43,
    ("waste", 2018): 20801.72,
    ("waste", 2022): 17319.87,
    ("waste", 2023): 15562.62,
}
#: Its corrections: figure and level.
CORRECTED = {
    ("agriculture", 1990): (56359.0, "farm"),
    ("agriculture", 2022): (47597.0, "farm"),
    ("waste", 2022): (30344.0, "leak"),
}
RELEASES = pd.DataFrame(
    {
        "release_id": ["r1", "r2"],
        "substance": "GGT",
        "last_year": [2023, 2023],
        "report_date": ["2025", "2026"],
        "url": None,
        "retrieved_at": pd.Timestamp("2026-01-01", tz="UTC"),
        "gas_basis": "all greenhouse gases",
    }
)
NO_PEOPLE = pd.DataFrame(
    {"municipality_code": ["0000"], "year": [2023], "population": [1], "source": ["test"]},
)
CLASSES = pd.DataFrame({"sector_code": SECTORS, "quality_class_national": None, "quality_class_geography": None})

Cells = dict[tuple[str, int], tuple[float, str]]


def emissions(corrected: Cells, release: str = "r1") -> pd.DataFrame:
    rows = [
        {
            "release_id": release,
            "is_current_release": True,
            "municipality_code": "1283",
            "sector_code": sector,
            "substance": "GGT",
            "year": year,
            "emissions_reported_t": figure,
            "emissions_reported_t_co2e": figure,
            "emissions_t": corrected.get((sector, year), (figure, ""))[0],
            "emissions_t_co2e": corrected.get((sector, year), (figure, ""))[0],
            "correction_ids": corrected.get((sector, year), (figure, ""))[1],
            "level_ids": corrected.get((sector, year), (figure, ""))[1],
            "gwp_set": "AR5",
        }
        for (sector, year), figure in REPORTED.items()
    ]
    return pd.DataFrame(rows)


def target(target_id: str, sectors: str, pct: float, base: int = 1990) -> dict[str, Any]:
    return {
        "municipality_code": "1283",
        "target_id": target_id,
        "target_kind": "contract",
        "target_name_sv": target_id,
        "target_name_en": target_id,
        "target_measure": "emissions",
        "sector_codes": sectors,
        "boundary": "territory",
        "target_gas_basis": "GHG",
        "baseline_year": base,
        "target_year": 2030,
        "target_pct": pct,
        "target_level": float("nan"),
        "interim_targets": "",
        "budget_t": float("nan"),
        "spend_indicator": None,
        "trend_from_year": 2015,
        "source": "test",
        "note": None,
    }


def targets(base: int = 1990) -> pd.DataFrame:
    rows = [target("total", "agriculture waste", -85.0), target("agriculture", "agriculture", -30.0, base)]
    rows.append(target("waste", "waste", -85.0))
    return pd.DataFrame(rows).astype(dict.fromkeys(("baseline_year", "target_year", "trend_from_year"), "Int64"))


def indicators(frame: pd.DataFrame, wanted: pd.DataFrame) -> pd.DataFrame:
    made = sector_indicators(frame, wanted, NO_PEOPLE, RELEASES, CLASSES)
    for check in (compared_on_one_basis, base_matches_target, total_is_sum):
        tables = {"indicators/sector_indicators": made, "clean/targets": wanted, "corrected/emissions": frame}
        assert {finding.outcome for finding in check(tables)} == {"passed"}, check
    return made


def statuses(made: pd.DataFrame, wanted: pd.DataFrame) -> pd.DataFrame:
    nothing = (
        pd.DataFrame(columns=table(f"clean/{name}").column_names) for name in ("construction_projects", "served_meals")
    )
    frame = target_status(made, wanted, *nothing)
    found = targets_match_sectors({"indicators/target_status": frame, "indicators/sector_indicators": made})
    assert {finding.outcome for finding in found} == {"passed"}
    return frame


@pytest.fixture(scope="module")
def helsingborg() -> pd.DataFrame:
    return indicators(emissions(CORRECTED), targets()).set_index(["target_id", "year"])


@pytest.mark.parametrize(
    ("target_id", "year", "basis", "change", "status"),
    [
        # As reported: 31,902.75 / 43,434.74. Mixed it would be -43.39 % and "reached".
        ("agriculture", 2023, "reported", -26.5502, "on_track"),
        ("agriculture", 2018, "reported", -26.1681, "on_track"),
        # Both ends corrected: 47,597 / 56,359.
        ("agriculture", 2022, "corrected", -15.5468, "behind"),
        ("waste", 2022, "reported", -76.6453, "on_track"),
        # The total holds waste, whose base is not corrected: 51,915.10 / 117,594.98, as reported.
        ("total", 2022, "reported", -55.8526, "behind"),
    ],
)
def test_two_years_on_one_basis(
    helsingborg: pd.DataFrame, target_id: str, year: int, basis: str, change: float, status: str
) -> None:
    row = helsingborg.loc[(target_id, year)]
    assert (row["basis"], row["status"]) == (basis, status)
    assert row["change_pct"] == pytest.approx(change, abs=1e-4)
    assert row["change_pct"] == pytest.approx((row["emissions_t_co2e"] / row["baseline_t_co2e"] - 1) * 100)
    assert row["gap_t_co2e"] == pytest.approx(row["emissions_t_co2e"] - row["target_path_t_co2e"])


@pytest.mark.parametrize(("target_id", "pct"), [("agriculture", 0.2472), ("waste", -5.7623)])
def test_trend_to_a_corrected_year_is_that_of_the_reported_ones(
    helsingborg: pd.DataFrame, target_id: str, pct: float
) -> None:
    """(34,595.23 / 34,002.47) ** (1 / 7) - 1 and (17,319.87 / 26,240.43) ** (1 / 7) - 1."""
    row = helsingborg.loc[(target_id, 2022)]
    assert row["trend_basis"] == "reported"
    assert row["trend_compound_pct_per_year"] == pytest.approx(pct, abs=1e-4)


def test_the_baselines_own_row_stands_beside_the_newest_year(helsingborg: pd.DataFrame) -> None:
    row = helsingborg.loc[("agriculture", 1990)]
    assert (row["basis"], row["emissions_t_co2e"], row["emissions_corrected_t_co2e"]) == ("reported", 43434.74, 56359.0)


def test_sums_over_years_are_reported_where_one_year_is_on_another_level(helsingborg: pd.DataFrame) -> None:
    """The carbon budget of agriculture, from 43,434.74 t to 70 % of it: the mean of both ends, 40 years, and half a
    step more at its start: 43,434.74 * (0.85 * 40 - 0.15)."""
    frame = statuses(helsingborg.reset_index(), targets())
    row = frame[(frame["target_id"] == "agriculture") & (frame["path"] == "carbon_budget") & (frame["year"] == 2022)]
    assert row["series_basis"].tolist() == row["basis"].tolist() == ["reported"]
    assert row["budget_t"].iloc[0] == pytest.approx(43434.74 * (0.85 * 40 - 0.15))
    straight = frame[(frame["target_id"] == "agriculture") & (frame["path"] == "straight_line")].set_index("year")
    assert straight.loc[2022, ["basis", "series_basis"]].tolist() == ["corrected", "reported"]
    assert straight.loc[2023, "status"] == "on_track"


def test_a_check_names_the_years_of_each_mixed_series() -> None:
    first, second = series_of_one_level({"corrected/emissions": emissions(CORRECTED)})
    assert "r1 1283 agriculture: corrected are 1990 2022 by farm; not corrected 2015 2018 2023" in first.message
    place = "municipality_code=1283, sector_code=agriculture, release_id=r1"
    assert first.keys == (f"{place}, year=1990", f"{place}, year=2022")
    assert "waste: corrected are 2022 by leak" in second.message


def test_a_plan_is_on_one_basis_as_a_whole() -> None:
    """Agriculture is corrected in 1990 and 2023, waste in 2023 alone: so the total falls back, and agriculture with it."""
    frame = emissions(
        {("agriculture", 1990): (50_000.0, "a"), ("agriculture", 2023): (40_000.0, "a"), ("waste", 2023): (1.0, "b")}
    )
    made = indicators(frame, targets())
    newest = made[made["year"] == 2023].set_index("target_id")
    assert newest["basis"].to_dict() == {"total": "reported", "agriculture": "corrected", "waste": "reported"}
    plan = target_coherence(made, frame).set_index("coherence_item")
    assert set(plan["basis"]) == {"reported"}
    assert plan.loc["agriculture", "target_t_co2e"] == pytest.approx(43434.74 * 0.7)
    assert plan.loc["total", "levels_sum_t"] == pytest.approx(43434.74 * 0.7 + 74160.24 * 0.15)
    assert {f.outcome for f in plan_adds_up({"indicators/target_coherence": plan.reset_index()})} == {"passed"}


# -- whatever is corrected --------------------------------------------------------------------------------------------

LEVEL = st.sampled_from(["", "a", "b", "a b"])
CORRECTIONS = st.dictionaries(
    st.sampled_from(list(REPORTED)), st.tuples(st.floats(1.0, 1e5), LEVEL.filter(bool)), max_size=len(REPORTED)
)


def kinds_of(corrected: Cells, sectors: str, *years: int) -> set[str]:
    """Whether the years of a sum are on one corrected level."""
    levels = [{s: corrected.get((s, y), (0.0, ""))[1] for s in sectors.split()} for y in years]
    one = all(level == levels[0] for level in levels) and any(levels[0].values())
    return {"corrected"} if one else {"reported"}


def figure(frame: pd.DataFrame, sectors: str, year: int, basis: str) -> float:
    name = "emissions_t_co2e" if basis == "corrected" else "emissions_reported_t_co2e"
    return float(frame.loc[frame["sector_code"].isin(sectors.split()) & (frame["year"] == year), name].sum())


@examples(30)
@given(CORRECTIONS, st.sampled_from([1990, 2018]))
def test_no_indicator_compares_two_bases(corrected: Cells, base: int) -> None:
    frame, wanted = emissions(corrected), targets(base)
    made = indicators(frame, wanted)
    for row in made.to_dict("records"):
        if row["year"] != row["baseline_year"]:
            assert {row["basis"]} == kinds_of(corrected, row["sector_codes"], row["year"], row["baseline_year"])
        now, then = (figure(frame, row["sector_codes"], row[y], row["basis"]) for y in ("year", "baseline_year"))
        assert row["emissions_t_co2e"] == pytest.approx(now)
        assert row["baseline_t_co2e"] == pytest.approx(then)
        assert row["change_pct"] == pytest.approx((now / then - 1) * 100)
        if row["year"] > 2015:
            window = [year for year in YEARS if 2015 <= year <= row["year"]]
            assert {row["trend_basis"]} == kinds_of(corrected, row["sector_codes"], *window)
            start, end = (figure(frame, row["sector_codes"], y, row["trend_basis"]) for y in (2015, row["year"]))
            rate = ((end / start) ** (1 / (row["year"] - 2015)) - 1) * 100
            assert row["trend_compound_pct_per_year"] == pytest.approx(rate)
    for row in statuses(made, wanted).to_dict("records"):
        sectors = wanted.set_index("target_id")["sector_codes"][row["target_id"]]
        now, then = (figure(frame, sectors, row[y], row["basis"]) for y in ("year", "baseline_year"))
        assert (row["current_value"], row["baseline_value"]) == pytest.approx((now, then))
        assert row["change_pct"] == pytest.approx((now / then - 1) * 100)
    plan = target_coherence(made, frame)
    assert plan.groupby("release_id")["basis"].nunique().max() == 1
    for row in plan.to_dict("records"):
        assert row["emissions_t_co2e"] == pytest.approx(figure(frame, row["sector_codes"], row["year"], row["basis"]))
        base_t = figure(frame, row["sector_codes"], row["baseline_year"], row["basis"])
        assert row["baseline_t_co2e"] == pytest.approx(base_t)


@examples(15)
@given(CORRECTIONS, CORRECTIONS)
def test_no_comparison_of_releases_or_municipalities_mixes_bases(first: Cells, second: Cells) -> None:
    frame = pd.concat([emissions(first), emissions(second, "r2")], ignore_index=True)
    wanted = targets()
    made = indicators(frame, wanted)
    held = {"r1": first, "r2": second}
    nobody = pd.DataFrame(columns=list(APPROVAL_COLUMNS))
    for row in base_year_review(frame, wanted, made, RELEASES, nobody).to_dict("records"):
        if row["release_id"] == "r1":
            continue
        sectors = wanted.set_index("target_id")["sector_codes"][row["target_id"]]
        levels = [{s: held[r].get((s, 1990), (0.0, ""))[1] for s in sectors.split()} for r in ("r1", "r2")]
        basis = "corrected" if levels[0] == levels[1] and any(levels[0].values()) else "reported"
        assert row["basis"] == basis
        before, now = (figure(frame[frame["release_id"] == r], sectors, 1990, basis) for r in ("r1", "r2"))
        assert row["base_revision_pct"] == pytest.approx((now / before - 1) * 100)
    shown = made.set_index(["target_id", "release_id", "year"])
    for row in indicator_changes(frame, wanted, made, RELEASES).to_dict("records"):
        for side in ("from", "to"):
            indicator = shown.loc[(row["target_id"], row[f"release_id_{side}"], row[f"year_{side}"])]
            assert row[f"value_{side}"] == pytest.approx(indicator[row["measure"]], abs=1e-5)
    generic = wanted.iloc[:1].assign(target_kind="generic")
    columns = ["municipality_code", "municipality_name", "county_code", "group_code"]
    everybody = pd.DataFrame([("1283", "Helsingborg", "12", "B3")], columns=columns)
    nation = pd.DataFrame(
        columns=["release_id", "area_level", "area_code", "sector_code", "year", "emissions_reported_t_co2e"]
    )
    compared = municipality_comparison(frame, generic, NO_PEOPLE, everybody, nation, similar_count=1)
    plain = municipality_comparison(
        frame.assign(emissions_t_co2e=0.0, level_ids=""), generic, NO_PEOPLE, everybody, nation, similar_count=1
    )
    pd.testing.assert_frame_equal(compared, plain)
