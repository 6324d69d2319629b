"""The base-year rule against values worked out by hand."""

from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.contracts.tables.indicators import BASE_YEAR_REVIEW
from klimat_pipeline.indicators.base_year_review import APPROVAL_COLUMNS, base_year_review
from klimat_pipeline_tests.support.properties import examples

#: Reported and corrected total of the baseline year, or None where the release dropped it.
Base = tuple[float, float] | None
NOBODY = pd.DataFrame(columns=list(APPROVAL_COLUMNS))


def review(
    *bases: Base,
    substances: tuple[str, ...] = (),
    targets: tuple[tuple[str, str], ...] = (("total", "generic"),),
    base_year: int | None = 1990,
    sectors: str = "transport",
    approvals: pd.DataFrame = NOBODY,
    **options: float,
) -> pd.DataFrame:
    """Review of releases r1, r2, ..., one after the other."""
    names = [f"r{number}" for number in range(1, len(bases) + 1)]
    gases = substances or ("GGT",) * len(bases)
    emissions = pd.DataFrame(
        [
            (name, "1283", "transport", year, *figures, "" if figures[0] == figures[1] else "local")
            for name, base in zip(names, bases, strict=True)
            for year, figures in {1990: base, 2024: (1.0, 1.0)}.items()
            if figures is not None
        ],
        columns=[
            "release_id",
            "municipality_code",
            "sector_code",
            "year",
            "emissions_reported_t_co2e",
            "emissions_t_co2e",
            "level_ids",
        ],
    )
    releases = pd.DataFrame(
        {
            "release_id": names,
            "substance": list(gases),
            "report_date": [f"{2020 + number}" for number in range(len(names))],
            "retrieved_at": pd.Timestamp("2026-01-01", tz="UTC"),
            "last_year": 2024,
            "url": None,
        }
    )
    wanted = pd.DataFrame(
        [("1283", target_id, kind, sectors, base_year) for target_id, kind in targets],
        columns=["municipality_code", "target_id", "target_kind", "sector_codes", "baseline_year"],
    ).astype({"baseline_year": "Int64"})
    indicators = wanted[["municipality_code", "target_id", "target_kind"]].merge(
        pd.DataFrame({"release_id": names}), how="cross"
    )
    return base_year_review(emissions, wanted, indicators, releases, approvals, **options)


def test_helsingborgs_total_by_hand() -> None:
    # Reported 1,112,371.97; agriculture is corrected by 56,359 - 43,434.74 = 12,924.26.
    got = review((1_112_371.97, 1_125_296.23), (1_081_244.42, 1_094_168.68))
    assert list(got.columns) == BASE_YEAR_REVIEW.column_names
    first, second = got.iloc[0], got.iloc[1]
    assert (first["base_reported_t_co2e"], first["base_corrected_t_co2e"]) == (1_112_371.97, 1_125_296.23)
    assert first["correction_pct"] == pytest.approx(1.1619, abs=1e-4)
    assert pd.isna(first["base_before_t_co2e"])
    assert pd.isna(first["base_revision_pct"])
    assert second["base_before_t_co2e"] == 1_125_296.23
    assert second["base_revision_pct"] == pytest.approx(-2.7662, abs=1e-4)
    assert set(got["threshold_pct"]) == {5.0}
    assert not got["needs_approval"].any()
    assert set(got["baseline_year"]) == {1990}


def test_revision_beyond_the_threshold_asks_for_approval() -> None:
    assert review((1_112_371.97,) * 2, (1_081_244.42,) * 2)["needs_approval"].tolist() == [False, False]
    assert review((1_112_371.97,) * 2, (1_081_244.42,) * 2, threshold_pct=2.5)["needs_approval"].tolist() == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("corrected", "asks"), [(105.0, False), (105.1, True), (95.0, False), (94.9, True), (100.0, False)]
)
def test_correction_beyond_the_threshold_asks_for_approval(corrected: float, asks: bool) -> None:
    row = review((100.0, corrected)).iloc[0]
    assert row["correction_pct"] == pytest.approx(corrected - 100)
    assert row["needs_approval"] == asks


def test_correction_that_takes_back_a_revision_still_asks() -> None:
    """Only the second release is corrected, so the two are compared as reported: 100 and 120 t."""
    second = review((100.0, 100.0), (120.0, 100.0)).iloc[1]
    assert (second["basis"], second["base_before_t_co2e"]) == ("reported", 100.0)
    assert second["base_revision_pct"] == pytest.approx(20.0)
    assert second["correction_pct"] == pytest.approx(-16.6667, abs=1e-4)
    assert second["needs_approval"]


def test_from_zero_to_anything_is_beyond_every_threshold() -> None:
    got = review((0.0, 0.0), (0.0, 7.0), threshold_pct=1000.0)
    assert got["correction_pct"].isna().all()
    assert got["base_revision_pct"].isna().all()
    assert got["needs_approval"].tolist() == [False, True]


def test_dropped_baseline_has_no_row() -> None:
    assert review((100.0, 100.0), None, (100.0, 100.0))["release_id"].tolist() == ["r1", "r3"]


def test_after_a_dropped_baseline_there_is_nothing_before() -> None:
    third = review((100.0, 100.0), None, (200.0, 200.0)).iloc[1]
    assert pd.isna(third["base_before_t_co2e"])
    assert not third["needs_approval"]


def test_another_substance_is_not_the_release_before() -> None:
    got = review((100.0, 100.0), (50.0, 50.0), substances=("GGT", "CO2"))
    assert got["base_before_t_co2e"].isna().all()
    assert not got["needs_approval"].any()


def test_contract_targets_and_the_generic_total_only() -> None:
    got = review((1.0, 1.0), targets=(("total", "generic"), ("waste", "generic"), ("energy", "contract")))
    assert got["target_id"].tolist() == ["energy", "total"]


@pytest.mark.parametrize("options", [{"base_year": None}, {"sectors": ""}])
def test_target_without_a_baseline_has_no_row(options: dict) -> None:
    got = review((1.0, 1.0), **options)
    assert got.empty
    assert list(got.columns) == BASE_YEAR_REVIEW.column_names


def test_approval_stands_beside_its_row() -> None:
    approvals = pd.DataFrame(
        [
            ("1283", "total", "r2", "Miljönämnden", "2026-09-01", "protokoll § 12"),
            ("1280", "total", "r2", "elsewhere", "2026-09-01", None),
        ],
        columns=list(APPROVAL_COLUMNS),
    )
    got = review((100.0, 100.0), (80.0, 80.0), approvals=approvals)
    assert len(got) == 2
    assert got.loc[1, ["approved_by", "approved_on", "note"]].tolist() == [
        "Miljönämnden",
        "2026-09-01",
        "protokoll § 12",
    ]
    assert got.loc[1, "needs_approval"]
    assert got.loc[0, ["approved_by", "approved_on", "note"]].isna().all()


TONNES = st.floats(1, 1e6)


@examples(25)
@given(st.lists(st.tuples(TONNES, TONNES), min_size=1, max_size=4), st.floats(0.1, 50))
def test_asks_exactly_where_a_shown_percentage_is_beyond_the_threshold(
    bases: list[tuple[float, float]], threshold: float
) -> None:
    got = review(*bases, threshold_pct=threshold)
    assert len(got) == len(bases)
    moves = got[["correction_pct", "base_revision_pct"]].round(4).abs()
    assert (got["needs_approval"] == (moves > threshold).any(axis=1)).all()
    both = list(pairwise(bases))
    alike = [(r == c) == (then_r == then_c) for (then_r, then_c), (r, c) in both]
    before = [c if same else r for ((r, c), _), same in zip(both, alike, strict=True)]
    assert got["base_before_t_co2e"].tolist()[1:] == before
