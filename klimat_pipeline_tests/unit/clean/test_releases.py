"""Which release is current where, and which is the headline: one substance and one release for all that is summed."""

import pandas as pd
import pytest

from klimat_pipeline.clean.releases import _headline, current_releases, of_headline_substance, release_pairs

ALL, CO2, NONE = "all greenhouse gases", "carbon dioxide only", None
GASES = {"GGT": ALL, "CO2": CO2, "NOx": NONE}


def snapshots(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    """Release, substance and report date; all retrieved on one day."""
    frame = pd.DataFrame(rows, columns=["release_id", "substance", "report_date"])
    return frame.assign(url=None, retrieved_at=pd.Timestamp("2026-11-01", tz="UTC"))


def coded(*rows: tuple[str, str, int, str]) -> pd.DataFrame:
    """Release, substance, last year and its municipalities."""
    return pd.DataFrame(
        [
            (release, substance, year, "municipality", place)
            for release, substance, last, places in rows
            for year in (1990, last)
            for place in places.split()
        ],
        columns=["release_id", "substance", "year", "area_level", "area_code"],
    )


def described(snapshot: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    held = lines.groupby("release_id")
    frame = snapshot.assign(
        last_year=snapshot["release_id"].map(held["year"].max()),
        municipalities=snapshot["release_id"].map(held["area_code"].nunique()),
        gas_basis=snapshot["substance"].map(GASES),
    )
    return frame.assign(is_headline=frame["release_id"] == _headline(frame))


def current(snapshot: pd.DataFrame, lines: pd.DataFrame) -> dict[tuple[str, str], str]:
    found = current_releases(snapshot, lines)
    return {(s, m): r for s, m, r in found.itertuples(index=False, name=None)}


@pytest.mark.parametrize(
    ("dates", "lasts", "newest"),
    [
        (("2025", "2026"), (2023, 2024), "b"),
        # An undated one that ends earlier, and one with a later date that ends earlier.
        (("2026", None), (2024, 2023), "a"),
        (("2026", "2027"), (2024, 2023), "a"),
        # The same last year: the later report, and a dated one before an undated one.
        (("2026-06", "2026-07"), (2024, 2024), "b"),
        (("2026-06", None), (2024, 2024), "a"),
        # A later year needs no date.
        (("2026", None), (2024, 2025), "b"),
    ],
)
def test_newest_is_what_ends_last(dates: tuple[str | None, str | None], lasts: tuple[int, int], newest: str) -> None:
    held = snapshots(("a", "GGT", dates[0]), ("b", "GGT", dates[1]))
    lines = coded(("a", "GGT", lasts[0], "1283"), ("b", "GGT", lasts[1], "1283"))
    assert current(held, lines) == {("GGT", "1283"): newest}
    first, last = release_pairs(described(held, lines))[0]
    assert last == newest and first != newest


def test_an_extract_of_a_newer_release_is_current_for_its_places_but_no_headline() -> None:
    held = snapshots(("wide", "GGT", "2025"), ("extract", "GGT", "2026"))
    lines = coded(("wide", "GGT", 2023, "1283 1280 1281"), ("extract", "GGT", 2024, "1283"))
    assert current(held, lines) == {("GGT", "1283"): "extract", ("GGT", "1280"): "wide", ("GGT", "1281"): "wide"}
    releases = described(held, lines)
    assert releases.loc[releases["is_headline"], "release_id"].tolist() == ["wide"]


def test_of_two_whole_releases_the_newer_is_the_headline() -> None:
    held = snapshots(("newer", "GGT", "2026"), ("older", "GGT", "2025"))
    lines = coded(("newer", "GGT", 2024, "1283 1280"), ("older", "GGT", 2023, "1283 1280"))
    releases = described(held, lines)
    assert releases.loc[releases["is_headline"], "release_id"].tolist() == ["newer"]


@pytest.mark.parametrize(
    ("substances", "headline"), [(("CO2", "GGT", "NOx"), "GGT"), (("NOx", "CO2"), "CO2"), (("PM10", "NOx"), "NOx")]
)
def test_all_gases_go_before_carbon_dioxide_and_that_before_the_rest(
    substances: tuple[str, ...], headline: str
) -> None:
    """Also where the others hold more municipalities and later years."""
    held = snapshots(*((s.lower(), s, "2026") for s in substances))
    lines = coded(
        *((s.lower(), s, 2020 if s == headline else 2024, "1283" if s == headline else "1283 1280") for s in substances)
    )
    releases = described(held, lines)
    assert releases.loc[releases["is_headline"], "release_id"].tolist() == [headline.lower()]
    own = of_headline_substance(current_releases(held, lines), releases)
    assert own["release_id"].unique().tolist() == [headline.lower()]
