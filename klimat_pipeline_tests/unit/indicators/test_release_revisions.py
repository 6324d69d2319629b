"""Releases against each other, against values worked out by hand."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.clean.releases import held_pairs, release_pairs
from klimat_pipeline.contracts.tables.indicators import RELEASE_REVISIONS
from klimat_pipeline.indicators.release_revisions import release_revisions
from klimat_pipeline_tests.support.properties import examples

Figures = dict[tuple[str, int], float | None]

#: Helsingborg as two releases give it: transport, and the other eight sectors together.
HELSINGBORG_2025: Figures = {
    ("transport", 1990): 269_188.79,
    ("industry", 1990): 843_183.18,
    ("transport", 2016): 224_171.24,
    ("industry", 2016): 312_658.15,
    ("transport", 2019): 200_000.00,
    ("industry", 2019): 318_676.79,
    ("transport", 2022): 190_000.00,
    ("industry", 2022): 276_573.41,
}
HELSINGBORG_2026: Figures = {
    ("transport", 1990): 269_188.79,
    ("industry", 1990): 812_055.63,
    ("transport", 2022): 190_000.00,
    ("industry", 2022): 275_661.32,
    ("transport", 2024): 190_000.00,
    ("industry", 2024): 326_011.87,
}


def emissions(*held: tuple[str, str, str, Figures]) -> pd.DataFrame:
    """Release, substance, municipality and its figures."""
    rows = [
        (release, municipality, sector, substance, year, value)
        for release, substance, municipality, figures in held
        for (sector, year), value in figures.items()
    ]
    names = ["release_id", "municipality_code", "sector_code", "substance", "year", "emissions_reported_t_co2e"]
    return pd.DataFrame(rows, columns=names).astype({"emissions_reported_t_co2e": "float64"})


def releases(table: pd.DataFrame, dates: dict[str, str | None]) -> pd.DataFrame:
    """Releases of the emissions with their report dates; the years are the ones that they hold."""
    rows = []
    for number, (release, date) in enumerate(dates.items()):
        held = table[table["release_id"] == release]
        years = sorted(set(held["year"]))
        rows.append(
            {
                "release_id": release,
                "substance": held["substance"].iloc[0],
                "report_date": date,
                "retrieved_at": pd.Timestamp(f"2026-01-{number + 1:02d}", tz="UTC"),
                "url": "https://smhi.example",
                "last_year": years[-1],
                "years": " ".join(map(str, years)),
            }
        )
    return pd.DataFrame(rows)


def revised(*held: tuple[str, str, str, Figures], dates: dict[str, str | None]) -> pd.DataFrame:
    table = emissions(*held)
    return release_revisions(table, releases(table, dates))


def helsingborg() -> pd.DataFrame:
    return revised(
        ("r2025", "GGT", "1283", HELSINGBORG_2025),
        ("r2026", "GGT", "1283", HELSINGBORG_2026),
        dates={"r2025": "2025", "r2026": "2026-06"},
    )


def test_total_is_revised_by_hand() -> None:
    total = helsingborg().set_index(["sector_code", "year"]).loc["total"]
    first = total.loc[1990]
    assert first["from_t_co2e"] == pytest.approx(1_112_371.97)
    assert first["to_t_co2e"] == pytest.approx(1_081_244.42)
    assert first["revision_t_co2e"] == pytest.approx(-31_127.55)
    assert first["revision_pct"] == pytest.approx(-2.80, abs=0.005)
    assert first["kind"] == "revised"
    assert total.loc[2022]["revision_t_co2e"] == pytest.approx(465_661.32 - 466_573.41)


def test_missing_side_is_missing_not_zero() -> None:
    total = helsingborg().set_index(["sector_code", "year"]).loc["total"]
    for year in (2016, 2019):
        assert total.loc[year]["kind"] == "dropped_year"
        assert total.loc[year, ["to_t_co2e", "revision_t_co2e", "revision_pct"]].isna().all()
    assert total.loc[2016]["from_t_co2e"] == pytest.approx(536_829.39)
    assert total.loc[2024]["kind"] == "new_year"
    assert total.loc[2024]["to_t_co2e"] == pytest.approx(516_011.87)
    assert pd.isna(total.loc[2024]["from_t_co2e"])


def test_only_what_differs_in_the_contracts_form() -> None:
    frame = helsingborg()
    assert list(frame.columns) == RELEASE_REVISIONS.column_names
    assert not frame.duplicated(list(RELEASE_REVISIONS.primary_key)).any()
    assert frame.equals(frame.sort_values(list(RELEASE_REVISIONS.primary_key)).reset_index(drop=True))
    # Transport kept its figures of 1990 and 2022.
    transport = frame[frame["sector_code"] == "transport"]
    assert list(zip(transport["year"], transport["kind"], strict=True)) == [
        (2016, "dropped_year"),
        (2019, "dropped_year"),
        (2024, "new_year"),
    ]


def test_same_years_with_other_figures_is_a_reissue() -> None:
    frame = revised(
        ("a", "GGT", "1283", {("transport", 1990): 9.0, ("transport", 2024): 528_965.0}),
        ("b", "GGT", "1283", {("transport", 1990): 9.0, ("transport", 2024): 516_012.0}),
        dates={"a": "2026-06", "b": "2026-06"},
    )
    assert list(frame["kind"]) == ["reissue", "reissue"]
    assert list(frame["sector_code"]) == ["total", "transport"]
    assert set(frame["year"]) == {2024}
    assert frame["revision_t_co2e"].tolist() == [-12_953.0, -12_953.0]
    assert frame["revision_pct"].iloc[0] == pytest.approx(-2.4488, abs=1e-4)


def test_from_zero_there_is_no_percentage() -> None:
    frame = revised(
        ("a", "GGT", "1283", {("transport", 2020): 0.0}),
        ("b", "GGT", "1283", {("transport", 2020): 4.0}),
        dates={"a": "2024", "b": "2025"},
    )
    assert frame["revision_t_co2e"].tolist() == [4.0, 4.0]
    assert frame["revision_pct"].isna().all()


def test_noise_is_no_revision() -> None:
    frame = revised(
        ("a", "GGT", "1283", {("transport", 2020): 4.0, ("waste", 2020): 4.0}),
        ("b", "GGT", "1283", {("transport", 2020): 4.0 + 4e-7, ("waste", 2020): 4.0 + 2e-6}),
        dates={"a": "2024", "b": "2025"},
    )
    assert list(frame["sector_code"]) == ["total", "waste"]


def test_substances_never_pair() -> None:
    figures: Figures = {("transport", 2020): 4.0}
    table = emissions(("a", "CO2", "1283", figures), ("b", "GGT", "1283", {("transport", 2020): 5.0}))
    described = releases(table, {"a": "2024", "b": "2025"})
    assert release_pairs(described) == []
    frame = release_revisions(table, described)
    assert frame.empty
    assert list(frame.columns) == RELEASE_REVISIONS.column_names


def test_what_is_not_valued_in_co2e_is_skipped() -> None:
    table = emissions(
        ("a", "NOX", "1283", {("transport", 2020): None}), ("b", "NOX", "1283", {("transport", 2020): None})
    )
    described = releases(table, {"a": "2024", "b": "2025"})
    assert release_pairs(described) == [("a", "b")]
    assert held_pairs(table, described, "emissions_reported_t_co2e").empty
    assert release_revisions(table, described).empty


def test_order_is_of_the_reports_then_of_retrieval() -> None:
    figures: Figures = {("transport", 2020): 4.0}
    names = ("late", "early", "undated", "again")
    table = emissions(*((name, "GGT", "1283", figures) for name in names))
    # Undated counts from its retrieval on 2026-01-03; 'again' was retrieved after 'early' of the same report.
    described = releases(table, {"late": "2026-06", "early": "2025", "undated": None, "again": "2025"})
    assert release_pairs(described) == [("early", "again"), ("again", "undated"), ("undated", "late")]


def test_extract_between_two_national_releases_hides_no_revision() -> None:
    frame = revised(
        ("a", "GGT", "1283", {("transport", 2020): 1.0}),
        ("a", "GGT", "1280", {("transport", 2020): 10.0}),
        ("b", "GGT", "1283", {("transport", 2020): 2.0}),
        ("c", "GGT", "1283", {("transport", 2020): 4.0}),
        ("c", "GGT", "1280", {("transport", 2020): 40.0}),
        dates={"a": "2024", "b": "2025", "c": "2026"},
    )
    sector = frame[frame["sector_code"] == "transport"]
    moves = sector[["municipality_code", "release_id_from", "release_id_to", "revision_t_co2e"]]
    assert list(moves.itertuples(index=False, name=None)) == [
        ("1280", "a", "c", 30.0),
        ("1283", "a", "b", 1.0),
        ("1283", "b", "c", 2.0),
    ]


FIGURES = st.dictionaries(
    st.tuples(st.sampled_from(["transport", "waste"]), st.sampled_from([1990, 2020, 2021, 2022])),
    st.integers(0, 10**7).map(lambda hundredths: hundredths / 100),
    min_size=1,
)


@examples(25)
@given(FIGURES, FIGURES)
def test_revisions_lead_from_one_release_to_the_other(older: Figures, newer: Figures) -> None:
    # The release that ends later is the newer one, whatever its date.
    if max(year for _, year in older) > max(year for _, year in newer):
        older, newer = newer, older
    frame = revised(("a", "GGT", "1283", older), ("b", "GGT", "1283", newer), dates={"a": "2024", "b": "2025"})
    got = dict(older)
    for row in frame[frame["sector_code"] != "total"].itertuples():
        cell = (row.sector_code, row.year)
        if row.kind == "dropped_year":
            assert got.pop(cell) == row.from_t_co2e
        elif row.kind == "new_year":
            assert cell not in older
            got[cell] = row.to_t_co2e
        else:
            got[cell] += row.revision_t_co2e
    assert got == pytest.approx(newer)
    same_years = {year for _, year in older} == {year for _, year in newer}
    assert set(frame["kind"]) & {"revised", "reissue"} <= ({"reissue"} if same_years else {"revised"})


@examples(25)
@given(FIGURES)
def test_identical_releases_revise_nothing(figures: Figures) -> None:
    frame = revised(("a", "GGT", "1283", figures), ("b", "GGT", "1283", figures), dates={"a": "2024", "b": "2025"})
    assert frame.empty
