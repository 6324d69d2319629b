"""One row per fact under ``is_headline``, in tables that are summed and in tables of a municipality alone."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from klimat_pipeline.contracts import PUBLISHED
from klimat_pipeline.errors import PublishError
from klimat_pipeline.published.candidate import _require_unique_key
from klimat_pipeline.published.headline import Headline

ALL, CO2 = "all greenhouse gases", "carbon dioxide only"
HEADLINE = Headline("wide", ("1280/wide", "1283/extract"))
#: Helsingborg on a newer extract and on the release that all share, Malmö on the latter, both on carbon dioxide too.
ROWS = pa.table(
    {
        "municipality_code": ["1283", "1283", "1283", "1280", "1280", "1283"],
        "release_id": ["extract", "wide", "co2", "wide", "co2", "local"],
    }
)


RELEASES = pa.table(
    {
        "release_id": ["wide", "extract", "co2"],
        "is_headline": [True, False, False],
        "is_current": [True, True, True],
        "gas_basis": ["all greenhouse gases", "all greenhouse gases", "carbon dioxide only"],
        "last_year": [2023, 2024, 2023],
        "substance": ["GGT", "GGT", "CO2"],
        "report_date": ["2025", "2026", "2025"],
        "url": pa.nulls(3, pa.string()),
        "retrieved_at": [datetime(2026, 11, 1, tzinfo=UTC)] * 3,
    }
)


def test_what_is_summed_is_on_one_release() -> None:
    marked = HEADLINE.mark(ROWS, PUBLISHED["emissions"])["is_headline"].to_pylist()
    assert marked == [False, True, False, True, False, False]


def test_a_municipality_alone_is_on_its_own_newest_and_on_what_has_no_release() -> None:
    marked = HEADLINE.mark(ROWS, PUBLISHED["target_status"])["is_headline"].to_pylist()
    assert marked == [True, False, False, True, False, True]


def test_tables_without_a_series_stay_as_they_are() -> None:
    assert HEADLINE.mark(ROWS, PUBLISHED["municipalities"]) is ROWS


def test_series_of_a_run() -> None:
    tables = {
        "clean/releases": RELEASES,
        "corrected/emissions": ROWS.append_column(
            "is_current_release", pa.array([True, False, False, True, False, False])
        ),
    }
    # Carbon dioxide ends with Malmö's own release of all gases, and a year before Helsingborg's.
    assert Headline.of(tables.__getitem__) == Headline("wide", HEADLINE.own, fossil=("1280/co2",))


def test_a_newer_extract_of_carbon_dioxide_goes_before_the_whole_country_whatever_its_name() -> None:
    """Both end in 2024; the extract, reported later, has the name that comes first."""
    rows = [("all", "GGT", "2026-06", ALL), ("wide", "CO2", "2026-06", CO2), ("aaa", "CO2", "2026-09", CO2)]
    releases = pa.Table.from_pylist(
        [
            {
                **dict(zip(("release_id", "substance", "report_date", "gas_basis"), row, strict=True)),
                **{"is_headline": row[0] == "all", "last_year": 2024, "url": None},
                "retrieved_at": datetime(2026, 11, 1, tzinfo=UTC),
            }
            for row in rows
        ]
    )
    held = [("1283", "all"), ("1280", "all"), ("1283", "wide"), ("1280", "wide"), ("1283", "aaa")]
    emissions = pa.Table.from_pylist(
        [{"municipality_code": c, "release_id": r, "is_current_release": r == "all"} for c, r in held]
    )
    tables = {"clean/releases": releases, "corrected/emissions": emissions}
    assert Headline.of(tables.__getitem__).fossil == ("1280/wide", "1283/aaa")


def test_a_fossil_target_is_on_carbon_dioxide_where_it_reaches_as_far() -> None:
    rows = ROWS.append_column("target_gas_basis", pa.array(["fossil"] * 4 + ["fossil", "GHG"]))
    rows = rows.append_column("gas_basis", pa.array(["all greenhouse gases"] * 4 + ["carbon dioxide only", None]))
    headline = Headline("wide", HEADLINE.own, fossil=("1280/co2",))
    marked = headline.mark(rows, PUBLISHED["sector_indicators"])["is_headline"].to_pylist()
    assert marked == [True, False, False, False, True, True]
    of_all = rows.set_column(2, "target_gas_basis", pa.array(["GHG"] * 6))
    assert headline.mark(of_all, PUBLISHED["sector_indicators"])["is_headline"].to_pylist() == [
        *(True, False, False, True, False, True)
    ]


def test_every_published_table_with_releases_follows_a_series() -> None:
    without = {
        n for n, t in PUBLISHED.items() if any(c.startswith("release_id") for c in t.primary_key) and not t.headline
    }
    assert without == {"releases"}, "its rows are the releases themselves"
    for contract in PUBLISHED.values():
        assert bool(contract.headline) == ("is_headline" in contract.column_names and contract.name != "releases")
        assert not any(name.startswith("release_id") for name in contract.headline_key)


def test_two_rows_of_one_fact_are_refused() -> None:
    rows = pa.table({"municipality_code": ["1283", "1283"], "year": [2024, 2024]})
    with pytest.raises(PublishError, match="emissions: rows of the headline series that share a key"):
        _require_unique_key("emissions", rows, ["municipality_code", "year"], " of the headline series")
