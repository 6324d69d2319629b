"""The mart that a first refresh publishes: every measure dragged, keys as tools see them, fourteen questions."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from klimat_pipeline.contracts import MART, PUBLISHED
from klimat_pipeline_tests.support.default_refresh import Refresh
from klimat_pipeline_tests.support.questions import questions

if TYPE_CHECKING:
    import duckdb

#: Values of an attribute that somebody groups by.
MANY = 50
FACTS = [name for name in MART if name.startswith("fact_")]
Frames = Callable[[str], pd.DataFrame]


@pytest.fixture(scope="module")
def published(default_refresh: Refresh) -> Frames:
    """A detailed table's rows of the headline series."""
    latest = default_refresh.data / "published" / "parquet" / "latest"

    @cache
    def frame(name: str) -> pd.DataFrame:
        table, _, everything = name.partition(", ")
        rows = pq.read_table(latest / f"{table}.parquet", partitioning=None).to_pandas()
        return rows[rows["is_headline"]] if "is_headline" in rows and not everything else rows

    return frame


@pytest.fixture(scope="module")
def mart(default_refresh: Refresh) -> Iterator[sqlite3.Connection]:
    path = default_refresh.data / "published" / "klimat_mart.sqlite"
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        yield connection


@pytest.fixture(scope="module")
def star(default_refresh: Refresh) -> "Iterator[duckdb.DuckDBPyConnection]":
    """The mart's Parquet files as views."""
    import duckdb

    folder: Path = default_refresh.data / "published" / "parquet" / "mart" / "latest"
    with duckdb.connect() as con:
        for name in MART:
            con.read_parquet(str(folder / f"{name}.parquet")).create_view(name)
        yield con


def rows(mart: sqlite3.Connection, query: str) -> pd.DataFrame:
    return pd.read_sql(query, mart)


def whole(value: object) -> str:
    """A key as text; a whole number that has become a fraction beside missing ones is whole again."""
    return str(value).removesuffix(".0")


# -- dragging: what every fact has to hold, made from the detailed tables in another way than the mart makes it ---------


def _emissions(read: Frames) -> pd.DataFrame:
    # As the indicators of single sectors have them; no default correction applies to the headline release.
    found = read("sector_indicators").rename(columns={"target_id": "sector_code"})
    found = found[found["sector_code"].isin(read("sectors")["sector_code"])].sort_values("year")
    reported = found["emissions_reported_t_co2e"]
    first = reported.groupby([found["municipality_code"], found["sector_code"]]).transform("first")
    return found.assign(
        emissions_t_co2e=reported,
        first_year_t_co2e=first,
        change_reported_t_co2e=reported - first,
        correction_t_co2e=0.0,
    )


def _subsectors(read: Frames) -> pd.DataFrame:
    found = _emissions(read)
    return found.assign(subsector_key=found["sector_code"] + "/not_split")


def _scopes(read: Frames) -> pd.DataFrame:
    lines = read("inventory_territory").query("not is_memo and scope in ('1', '2')")
    lines = lines[(lines["scope"] == "1") | ((lines["method"] == "location") & (lines["item"] != "printed"))]
    # Only scope 1 has a reported figure besides: nothing corrects the others.
    lines = lines.fillna({"emissions_reported_t_co2e": lines["emissions_t_co2e"]})
    keys = ["municipality_code", "scope", "year", "release_id"]
    summed = lines.groupby(keys, as_index=False)[["emissions_t_co2e", "emissions_reported_t_co2e"]].sum(min_count=1)
    return summed.rename(columns={"scope": "scope_code"})


def _revisions(read: Frames) -> pd.DataFrame:
    wide = (
        read("emissions, all releases")
        .pivot_table(
            index=["municipality_code", "sector_code", "year"], columns="release_id", values="emissions_reported_t_co2e"
        )
        .dropna()
    )
    earlier, later = sorted(wide.columns)
    return wide.reset_index().assign(
        release_id_from=earlier,
        release_id_to=later,
        from_t_co2e=wide[earlier].to_numpy(),
        to_t_co2e=wide[later].to_numpy(),
        revision_t_co2e=(wide[later] - wide[earlier]).to_numpy(),
    )


def _parts(read: Frames) -> dict[str, list[str]]:
    """Targets that split a territory, written out: the contract's energy stands for two sectors."""
    sectors = list(read("sectors")["sector_code"])
    own = [s for s in sectors if s not in ("electricity_district_heating", "heating")] + ["energy"]
    return {code: own if code in ("1283", "2180") else sectors for code in read("municipalities")["municipality_code"]}


def _split(frame: pd.DataFrame, read: Frames, measures: list[str]) -> pd.DataFrame:
    parts = {(code, target) for code, targets in _parts(read).items() for target in targets}
    keys = list(zip(frame["municipality_code"], frame["target_id"], strict=True))
    is_part = pd.Series([key in parts for key in keys], index=frame.index)
    is_total = frame["target_id"] == "total"
    for measure in measures:
        frame[f"total_{measure}"] = frame[measure].where(is_total)
        frame[measure] = frame[measure].where(is_part)
    frame["target_key"] = frame["municipality_code"] + "/" + frame["target_id"]
    return frame[is_part | is_total]


def _paths(read: Frames) -> pd.DataFrame:
    keys = ["municipality_code", "target_id", "year", "release_id"]
    names = {
        "business_as_usual": "business_as_usual_t_co2e",
        "existing_policies": "existing_policies_t_co2e",
        "with_actions": "with_actions_t_co2e",
    }
    now = read("sector_indicators").rename(
        columns={"emissions_t_co2e": "actual_t_co2e", "target_path_t_co2e": "line_t_co2e"}
    )[[*keys, "actual_t_co2e", "line_t_co2e"]]
    later = read("pathways").drop(columns="note").rename(columns={"line": "target_id"})
    later = later.pivot_table(index=keys, columns="scenario", values="p50_t").reset_index().rename(columns=names)
    # The line goes on as it came, so that at the target's year it is the target.
    ends = read("sector_indicators").query("is_latest_year").set_index(["municipality_code", "target_id"])
    of = ends.reindex(pd.MultiIndex.from_frame(later[["municipality_code", "target_id"]]))
    base, allowed = of["baseline_t_co2e"].to_numpy(dtype=float), of["target_t_co2e"].to_numpy(dtype=float)
    first, last = of["baseline_year"].to_numpy(dtype=float), of["target_year"].to_numpy(dtype=float)
    share = np.minimum((later["year"].to_numpy(dtype=float) - first) / (last - first), 1.0)
    both = pd.concat([now, later.assign(line_t_co2e=base + (allowed - base) * share)], ignore_index=True)
    return _split(both, read, ["actual_t_co2e", "line_t_co2e", *names.values()])


def _status(read: Frames) -> pd.DataFrame:
    found = read("sector_indicators").query("is_latest_year and target_year.notna()")
    found = found.assign(
        base_t_co2e=found["baseline_t_co2e"],
        latest_t_co2e=found["emissions_t_co2e"],
        allowed_t_co2e=found["target_t_co2e"],
        gap_to_path_t_co2e=found["gap_t_co2e"],
        gap_to_target_t_co2e=found["emissions_t_co2e"] - found["target_t_co2e"],
    )
    measures = ["base", "latest", "allowed", "gap_to_path", "gap_to_target"]
    return _split(found, read, [f"{name}_t_co2e" for name in measures])


def _gap(read: Frames) -> pd.DataFrame:
    found = read("gap_table").query("gap_basis == 'targets' and line != 'total'")
    return found.assign(
        target_key=found["municipality_code"] + "/" + found["line"],
        year=found["latest_year"],
        base_t_co2e=found["baseline_t"],
        latest_t_co2e=found["latest_t"],
        allowed_t_co2e=found["target_t"],
        gap_to_target_t_co2e=found["latest_t"] - found["target_t"],
        actions_t_co2e=found["actions_t"],
        residual_t_co2e=found["residual_t"],
    )


def _spend(read: Frames) -> pd.DataFrame:
    found = read("spend_by_account")
    return found.assign(
        account_key=found["municipality_code"] + "/" + found["account"],
        unmapped_sek=found["spend_sek"] - found["mapped_sek"],
    )


def _footprint(read: Frames) -> pd.DataFrame:
    parts = {f"footprint_{name}_t_co2e": name for name in ("spend", "activity", "supplier")}
    found = read("spend_by_category").rename(columns={"footprint_t_co2e": "all_t_co2e"}).dropna(subset="all_t_co2e")
    keys = ["municipality_code", "year", "spend_category", "factor_gwp_set"]
    long = found.melt(keys, list(parts), "figure_from", "footprint_t_co2e")
    return long.replace({"figure_from": parts})


def _quality(read: Frames) -> pd.DataFrame:
    found = read("data_quality")
    return found.assign(
        refresh_id=found["publication_id"], findings_count=1, failed_count=(found["outcome"] == "failed").astype(int)
    )


def _refresh(read: Frames) -> pd.DataFrame:
    checks = read("data_quality").groupby(["table_name", "check_name"])["outcome"].agg(lambda o: (o == "failed").any())
    manifest = read("run_manifest")
    return pd.DataFrame(
        {
            "refresh_id": [manifest["publication_id"].iat[0]],
            "release_id": [read("releases")["release_id"].iat[0]],
            "published_rows": [int(manifest["row_count"].sum())],
            "checks_count": [len(checks)],
            "checks_failed_count": [int(checks.sum())],
        }
    )


EXPECTED: dict[str, Callable[[Frames], pd.DataFrame]] = {
    "fact_emissions": _emissions,
    "fact_subsector_emissions": _subsectors,
    "fact_scope_emissions": _scopes,
    "fact_release_revision": _revisions,
    "fact_target_path": _paths,
    "fact_target_status": _status,
    "fact_gap": _gap,
    "fact_spend": _spend,
    "fact_purchase_footprint": _footprint,
    "fact_quality": _quality,
    "fact_refresh": _refresh,
}


def _measures(fact: str) -> list[str]:
    return [column.name for column in MART[fact].columns if column.additive == "yes"]


def _together(fact: str) -> dict[tuple[str, ...], list[str]]:
    """Measures by what has to be fixed before their rows are added up."""
    contract = MART[fact]
    found: dict[tuple[str, ...], list[str]] = {}
    for measure in _measures(fact):
        found.setdefault(tuple(contract.fixed_for_sums(contract.column(measure)).split()), []).append(measure)
    return found


@pytest.mark.parametrize("fact", FACTS)
def test_every_measure_can_be_dragged(fact: str, star: "duckdb.DuckDBPyConnection", published: Frames) -> None:
    """Unfiltered, and by every dimension and each of its attributes, it is the sum of what it is made of."""
    expected = EXPECTED[fact](published).assign(everything="all")
    assert _measures(fact)
    for fixed, measures in _together(fact).items():
        sums = ", ".join(f"sum(f.{name}) AS {name}" for name in measures)
        already = "".join(f"f.{name}, " for name in fixed)

        def drag(joined: str, by: str, labels: "pd.Series[str]") -> None:
            found = star.sql(
                f"SELECT {already}{by} AS x, {sums} FROM {joined} WHERE x IS NOT NULL GROUP BY ALL"  # noqa: B023
            ).df()
            own = expected.assign(x=labels).groupby([*fixed, "x"])[measures].sum(min_count=1)  # noqa: B023
            _agree(found.set_index([*fixed, "x"])[measures], own)  # noqa: B023

        drag(f"{fact} AS f", "'all'", expected["everything"])
        for column, dimension, key in MART[fact].foreign_keys:
            drag(f"{fact} AS f", f"f.{column}", expected[column])
            if dimension in FACTS:
                continue
            about = star.sql(f"FROM {dimension}").df().astype(object).set_index(key)
            # What tells every row apart groups as the key does.
            for attribute in [name for name in about.columns if about[name].nunique() <= MANY]:
                joined = f"{fact} AS f JOIN {dimension} AS d ON f.{column} = d.{key}"
                drag(joined, f"d.{attribute}", expected[column].map(about[attribute]))


def _agree(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    left, right = (frame.astype(float).dropna(how="all") for frame in (found, expected))
    for frame in (left, right):
        frame.index = ["/".join(map(whole, key if isinstance(key, tuple) else (key,))) for key in frame.index]
    pd.testing.assert_frame_equal(
        left.sort_index(), right.sort_index(), check_names=False, rtol=1e-9, atol=1e-2, check_index_type=False
    )


def test_what_has_to_be_fixed_is_a_column_of_the_fact() -> None:
    for contract in (*MART.values(), *PUBLISHED.values()):
        assert {name for column in contract.columns for name in column.sum_requires} <= set(contract.column_names)


def test_what_is_not_said_to_be_a_sum_is_none(star: "duckdb.DuckDBPyConnection") -> None:
    """The first year stands in the rows of ten years, and the medians of parts are not the median of their whole."""
    ((first, summed),) = star.sql(
        "SELECT sum(emissions_t_co2e) FILTER (year = 1990), sum(first_year_t_co2e) "
        "FROM fact_emissions WHERE municipality_code = '1283'"
    ).fetchall()
    assert (first, summed) == (pytest.approx(1_081_244.42, abs=0.01), pytest.approx(10_812_444.2, abs=0.1))
    assert MART["fact_emissions"].fixed_for_sums(MART["fact_emissions"].column("first_year_t_co2e")) == "year"
    path = MART["fact_target_path"]
    for scenario in ("business_as_usual", "existing_policies", "with_actions"):
        ((parts, total),) = star.sql(
            f"SELECT sum({scenario}_t_co2e), sum(total_{scenario}_t_co2e) FROM fact_target_path "
            "WHERE municipality_code = '1283' AND year = 2030"
        ).fetchall()
        assert abs(parts - total) > 1_000
        assert {path.column(f"{whose}{scenario}_t_co2e").additive for whose in ("", "total_")} == {"no"}


def test_fixed_prices_and_footprints_of_one_kind_are_added_up() -> None:
    """Municipalities choose their factor sets, and with them the price year and the warming potentials."""
    spend = MART["fact_spend"]
    assert spend.fixed_for_sums(spend.column("spend_real_sek")) == "price_year"
    assert spend.fixed_for_sums(spend.column("footprint_t_co2e")) == "factor_gwp_set"
    assert spend.fixed_for_sums(spend.column("spend_sek")) == ""


def test_every_number_of_a_fact_is_a_measure_or_says_that_it_is_none(mart: sqlite3.Connection) -> None:
    """What is left over, and may not be summed, is known."""
    others = {
        column.name
        for fact in FACTS
        for column in MART[fact].columns
        if column.kind in ("number", "integer") and column.additive != "yes"
    }
    keys = {"year", "month"}
    values = {"baseline_value", "current_value", "target_value", "change_pct"}
    chances = {f"chance_{what}_fraction" for what in ("as_usual", "with_actions_low", "with_actions_high")}
    pathways = ("business_as_usual", "existing_policies", "with_actions")
    medians = {f"{whose}{pathway}_t_co2e" for whose in ("", "total_") for pathway in pathways}
    assert others == keys | values | chances | medians | {"price_year", "newest_released_year"}


def test_helsingborgs_figures_as_published(mart: sqlite3.Connection) -> None:
    (total,) = rows(mart, "SELECT sum(emissions_t_co2e) FROM fact_emissions "
                    "WHERE municipality_code = '1283' AND year = 2024").iloc[0]  # fmt: skip
    assert total == pytest.approx(516_011.87, abs=0.005)
    status = rows(mart, "SELECT * FROM fact_target_status WHERE target_key = '1283/total'").iloc[0]
    assert status["total_gap_to_path_t_co2e"] == pytest.approx(516_011.87 - 300_045.33, abs=0.01)
    assert status["total_gap_to_target_t_co2e"] == pytest.approx(516_011.87 - 162_186.66, abs=0.01)
    assert pd.isna(status["gap_to_target_t_co2e"])


def test_the_line_is_one_from_the_baseline_to_the_target(mart: sqlite3.Connection) -> None:
    """Helsingborg's 85 per cent by 2030: 1,081,244.42 t in 1990, 15 per cent of it in 2030, 22,976.44 t less a year."""
    line = rows(mart, "SELECT year, total_line_t_co2e AS t FROM fact_target_path WHERE target_key = '1283/total'")
    by_year = dict(zip(line["year"], line["t"], strict=True))
    assert by_year[1990] == 1_081_244.42
    assert by_year[2024] - by_year[2025] == pytest.approx(0.85 * 1_081_244.42 / 40, abs=0.002)
    assert by_year[2027] == pytest.approx(1_081_244.42 * (1 - 0.85 * 37 / 40), abs=0.001)
    assert by_year[2030] == pytest.approx(0.15 * 1_081_244.42, abs=0.001)


def test_parts_are_the_whole(mart: sqlite3.Connection) -> None:
    """In every municipality and year the parts that are followed up sum to the territory."""
    by = rows(mart, "SELECT municipality_code, year, sum(actual_t_co2e) AS parts, sum(total_actual_t_co2e) AS whole "
              "FROM fact_target_path GROUP BY 1, 2").dropna()  # fmt: skip
    assert len(by) == 290 * 10
    assert by["parts"].to_numpy() == pytest.approx(by["whole"].to_numpy(), abs=0.05)


# -- keys, as tools see them --------------------------------------------------------------------------------------------


def test_sqlalchemy_sees_every_key(mart: sqlite3.Connection, default_refresh: Refresh) -> None:
    import sqlalchemy as sa

    seen = sa.inspect(sa.create_engine(f"sqlite:///{default_refresh.data}/published/klimat_mart.sqlite"))
    assert set(seen.get_table_names()) == {*MART, "publication"}
    for name, contract in MART.items():
        assert set(seen.get_pk_constraint(name)["constrained_columns"]) == set(contract.primary_key)
        keys = {(*key["constrained_columns"], key["referred_table"], *key["referred_columns"])
                for key in seen.get_foreign_keys(name)}  # fmt: skip
        assert keys == set(contract.foreign_keys)
        indexed = {index["column_names"][0] for index in seen.get_indexes(name)} | {contract.primary_key[0]}
        assert {column for column, *_ in contract.foreign_keys} <= indexed


def test_the_invented_example_and_local_figures_have_their_rows(mart: sqlite3.Connection) -> None:
    assert rows(mart, "SELECT is_example FROM dim_municipality WHERE municipality_code = '9999'").to_numpy() == [[1]]
    assert len(rows(mart, "SELECT 1 FROM dim_release WHERE release_id = 'local'")) == 1


def test_labels_in_both_languages(mart: sqlite3.Connection) -> None:
    for name, contract in MART.items():
        labels = [column for column in contract.column_names if "_label_" in column]
        assert bool(labels) == name.startswith("dim_")
        for label in labels:
            assert rows(mart, f"SELECT count(*) FROM {name} WHERE {label} = ''").to_numpy() == [[0]]


def test_dimension_tables_have_a_key_of_one_column_and_swedish() -> None:
    for name, contract in MART.items():
        assert len(contract.primary_key) == 1 or name.startswith("fact_")
        assert contract.description_sv
        assert all(column.label_sv and column.description_sv for column in contract.columns)


def test_parquet_and_sqlite_hold_the_same(star: "duckdb.DuckDBPyConnection", mart: sqlite3.Connection) -> None:
    for name in MART:
        sums = ", ".join(["count(*)", *(f"round(sum({column}), 2)" for column in _measures(name))])
        query = f"SELECT {sums} FROM {name}"
        assert mart.execute(query).fetchone() == pytest.approx(star.execute(query).fetchone())


# -- fourteen questions -------------------------------------------------------------------------------------------------


def test_there_are_fourteen_shortquestions() -> None:
    assert len(questions()) == 14
    assert [question for question in questions() if len(question) >= 200] == []


def test_their_answers_are_the_published_figures(mart: sqlite3.Connection, published: Frames) -> None:
    answers = [rows(mart, question) for question in questions()]
    indicators, comparison = published("sector_indicators"), published("municipality_comparison")
    names = published("municipalities").set_index("municipality_code")["municipality_name"]
    own = indicators[indicators["municipality_code"] == "1283"].set_index(["target_id", "year"])

    def compared(indicator: str, codes: pd.Series) -> dict[str, float]:
        at = (comparison["indicator"] == indicator) & (comparison["target_id"] == "total")
        chosen = comparison[at & comparison["municipality_code"].isin(codes)]
        return dict(zip(chosen["municipality_code"].map(names), chosen["indicator_value"], strict=True))

    def answer(number: int) -> pd.DataFrame:
        return answers[number - 1]

    def pairs(number: int) -> dict[object, float]:
        found = answer(number)
        return dict(zip(found.iloc[:, 0], found.iloc[:, 1], strict=True))

    assert pairs(1) == pytest.approx(own.loc["transport"]["emissions_t_co2e"].to_dict())
    county = published("municipalities")
    skane = county[county["county_code"] == "12"]["municipality_code"]
    changes = {name: 100 * value for name, value in pairs(2).items()}
    assert changes == pytest.approx(compared("change_since_baseline", skane), abs=1e-3)
    assert answer(2).iloc[:, 1].is_monotonic_increasing
    assert pairs(3) == pytest.approx(compared("per_resident", county["municipality_code"]), abs=1e-4)
    gaps = own.query("is_latest_year and gap_t_co2e.notna()").set_index("target_name_sv")["gap_t_co2e"]
    assert pairs(4) == pytest.approx(gaps.drop("Totalt", errors="ignore")[list(pairs(4))].to_dict())
    assert len(answer(5)) == published("emissions").eval("emissions_t_co2e != emissions_reported_t_co2e").sum()
    scopes = published("scope_indicators").query("scope == '1+2' and scope2_basis == 'energy_use'")
    assert pairs(6) == pytest.approx(scopes.set_index("year")["emissions_t_co2e"].to_dict())
    assert answer(7).iloc[0].tolist() == pytest.approx([1_112_371.97, 1_081_244.42, -31_127.55], abs=0.01)
    spend = published("spend_by_category").query("year == 2023")
    largest = spend.nlargest(10, "footprint_t_co2e").set_index("spend_category")["footprint_t_co2e"]
    assert pairs(8) == pytest.approx(largest.to_dict(), abs=0.01)
    unmapped = 1 - spend["mapped_sek"].sum() / spend["spend_sek"].sum()
    assert answer(8).iloc[:, 2].to_numpy() == pytest.approx(unmapped)
    chances = published("target_probability").query("municipality_code == '1283' and scenario == 'with_actions'")
    assert sorted(answer(9).iloc[:, 2].dropna()) == pytest.approx(sorted(chances["probability_low_fraction"].dropna()))
    failed = published("data_quality").query("outcome == 'failed'")
    assert set(zip(*(answer(10)[name] for name in ("table_name", "check_name")), strict=True)) == set(
        zip(failed["table_name"], failed["check_name"], strict=True)
    )
    assert len(answer(11)) == published("spend_by_category").query("is_stale")["municipality_code"].nunique()
    assert answer(12).iloc[:, 1].sum() == pytest.approx(county["county_code"].nunique())
    series = answer(13).set_index("year")
    assert series["total_actual_t_co2e"].dropna().to_dict() == pytest.approx(
        own.loc["total"]["emissions_t_co2e"].to_dict()
    )
    bau = published("pathways").query("municipality_code == '1283' and line == 'total'")
    bau = bau[bau["scenario"] == "business_as_usual"].set_index("year")["p50_t"]
    assert series["total_business_as_usual_t_co2e"].dropna().to_dict() == pytest.approx(bau.to_dict())
    subsectors = published("subsector_emissions").query("municipality_code == '1283' and year == 2024")
    assert answer(14).iloc[:, 1].tolist() == pytest.approx(subsectors["emissions_t_co2e"].nlargest(10).tolist())


def test_their_answers_are_the_same_where_what_is_missing_is_the_largest(
    star: "duckdb.DuckDBPyConnection", mart: sqlite3.Connection
) -> None:
    """Another dialect, on the Parquet files, in PostgreSQL's order of what is missing."""
    star.execute("SET default_null_order = 'postgres'")
    for question in questions():
        here, there = (rows(mart, question), star.sql(question).df())
        assert len(here) == len(there)
        texts = [name for name in here.columns if here[name].dtype == object or here[name].dtype == "str"]
        own = [name for name in texts if not name.endswith("_at")]
        assert sorted(map(str, here[own].to_numpy().tolist())) == sorted(map(str, there[own].to_numpy().tolist()))
