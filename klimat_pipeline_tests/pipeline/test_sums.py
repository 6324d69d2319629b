"""What the dictionary says has to be fixed before rows may be added up: then the sums are those of other tables."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import pytest

from klimat_pipeline.contracts import PUBLISHED
from klimat_pipeline_tests.support.default_refresh import Refresh
from klimat_pipeline_tests.support.for_each import for_each
from klimat_pipeline_tests.support.shared import REPOSITORY

if TYPE_CHECKING:
    import duckdb

HEADLINE = "(SELECT release_id FROM releases WHERE is_headline)"
YEARS = "(SELECT sum({}) FROM spend_trend WHERE is_total)"
FILES = "(SELECT sum(amount_ore) FROM spend_files)"


class Sum(NamedTuple):
    """A sum, what is fixed for it, the same tonnes or kronor from elsewhere, and which rows that covers."""

    measure: str
    fixed: dict[str, str]
    elsewhere: str
    among: str = "TRUE"


_TOTALS = f"SELECT sum(emissions_t_co2e) FROM sector_indicators WHERE target_id = 'total' AND release_id = {HEADLINE}"
_SCOPE1 = {"release_id": HEADLINE, "scope": "'1'", "method": "''", "is_memo": "FALSE"}
_EARLIER = "(SELECT min(release_id) FROM corrections WHERE correction_status = 'applied')"
SUMS = {
    "emissions": Sum("emissions_t_co2e", {"release_id": HEADLINE, "substance": "'GGT'"}, _TOTALS),
    "subsector_emissions": Sum("emissions_t_co2e", {"release_id": HEADLINE, "substance": "'GGT'"}, _TOTALS),
    "gases": Sum(
        "emissions_t_co2e",
        {"release_id": HEADLINE},
        "SELECT sum(emissions_t_co2e) FROM emissions SEMI JOIN gases "
        f"USING (municipality_code, sector_code, release_id, year) WHERE release_id = {HEADLINE}",
    ),
    "corrections": Sum(
        "effect_t",
        {"release_id": _EARLIER},
        f"SELECT sum(emissions_t - emissions_reported_t) FROM emissions WHERE release_id = {_EARLIER}",
    ),
    "inventory_territory": Sum(
        "emissions_t_co2e",
        _SCOPE1,
        f"SELECT sum(emissions_t_co2e) FROM scope_indicators WHERE boundary = 'territory' AND scope = '1' "
        f"AND release_id = {HEADLINE}",
    ),
    "gpc_inventory": Sum(
        "emissions_t_co2e",
        {"release_id": HEADLINE, "gpc_level": "'BASIC'", "is_total": "FALSE"},
        f"SELECT sum(emissions_t_co2e) FROM gpc_inventory WHERE is_total AND gpc_level = 'BASIC' AND release_id = {HEADLINE}",
        "(municipality_code, year) IN (SELECT municipality_code, year FROM gpc_inventory "
        "WHERE is_total AND gpc_level = 'BASIC' AND emissions_t_co2e IS NOT NULL)",
    ),
    "inventory_organisation": Sum(
        "emissions_t_co2e",
        {"scope": "'1'", "method": "''", "is_eliminated": "FALSE"},
        "SELECT sum(emissions_t_co2e) FROM scope_indicators WHERE boundary = 'organisation' AND scope = '1'",
    ),
    "scope_indicators": Sum(
        "emissions_t_co2e",
        {
            "boundary": "'territory'",
            "release_id": HEADLINE,
            "scope": "'1'",
            "is_total": "FALSE",
            "method": "''",
            "scope2_basis": "''",
        },
        f"SELECT sum(emissions_t_co2e) FROM inventory_territory WHERE scope = '1' AND NOT is_memo AND release_id = {HEADLINE}",
    ),
    # A print holds its total, and sums of scopes, as lines of their own.
    "inventory_reconciliation": Sum(
        "part_t",
        {"release_id": HEADLINE, "print_table": "'A-1.3'", "line": "'total'", "scope": "'1+2'"},
        "SELECT sum(emissions_t_co2e - published_t) "
        "FROM scope_indicators AS s JOIN published_inventory AS p ON p.print_table = 'A-1.3' AND p.print_line = 'total' "
        "AND p.scopes = '1+2' AND p.municipality_code = s.municipality_code AND p.year = s.year "
        "WHERE boundary = 'territory' AND scope = '1+2' AND scope2_basis = 'energy_use' "
        f"AND release_id = {HEADLINE}",
    ),
    "traded_emissions": Sum(
        "emissions_reported_t_co2e",
        {"release_id": HEADLINE},
        f"SELECT sum(e.emissions_reported_t_co2e) FROM emissions AS e SEMI JOIN traded_emissions "
        f"USING (municipality_code, sector_code, release_id, year) WHERE release_id = {HEADLINE}",
    ),
    "energy_use": Sum(
        "energy_mwh", {}, f"SELECT sum(energy_mwh) FROM read_csv('{REPOSITORY}/data/municipalities/*/energy_use.csv')"
    ),
    "consumption_emissions": Sum(
        "emissions_t_co2e", {}, "SELECT sum(emissions_per_resident_t_co2e * population) FROM consumption_emissions"
    ),
    "spend_files": Sum("amount_ore", {}, "SELECT sum(amount_ore) FROM spend_reconciliation"),
    "spend_quarantine": Sum(
        "amount_ore", {}, "SELECT sum(amount_ore) FROM spend_reconciliation WHERE rule = 'quarantined'"
    ),
    "spend_reconciliation": Sum("amount_ore", {}, f"SELECT {FILES}"),
    "spend_mapping": Sum(
        "amount_sek",
        {},
        "SELECT sum(amount_sek) FROM spend_reconciliation WHERE rule NOT IN ('quarantined', 'overlap')",
    ),
    "spend_scope3": Sum(
        "spend_sek", {}, "SELECT sum(spend_sek) FROM spend_by_category WHERE scope3_category IS NOT NULL"
    ),
    "spend_replaced": Sum(
        "replaced_sek", {}, "SELECT sum(replaced_sek) FROM spend_by_category WHERE replaced_sek <> 0"
    ),
    **{
        name: Sum("spend_sek", {}, f"SELECT {YEARS.format('spend_sek')}")
        for name in PUBLISHED
        if name.startswith("spend_by_")
    },
}
SUMMED = [
    name
    for name, contract in PUBLISHED.items()
    if any(column.additive != "no" for column in contract.columns if column.kind in ("number", "integer"))
]


@pytest.fixture(scope="module")
def tables(default_refresh: Refresh) -> "Iterator[duckdb.DuckDBPyConnection]":
    import duckdb

    folder = default_refresh.data / "published" / "parquet" / "latest"
    with duckdb.connect() as con:
        for name in PUBLISHED:
            con.read_parquet(str(folder / f"{name}.parquet")).create_view(name)
        yield con


def test_every_table_that_may_be_summed_is_held_against_another() -> None:
    assert sorted(SUMMED) == sorted(SUMS)


@for_each(name=list(SUMS))
def test_with_these_fixed_the_sum_is_that_of_elsewhere(name: str, tables: "duckdb.DuckDBPyConnection") -> None:
    measure, fixed, elsewhere, among = SUMS[name]
    contract = PUBLISHED[name]
    assert contract.fixed_for_sums(contract.column(measure)) == " ".join(fixed)
    where = " AND ".join([among, *(f"{column} = {value}" for column, value in fixed.items())])
    (found,) = tables.execute(f"SELECT sum({measure}) FROM {name} WHERE {where}").fetchone() or (None,)
    (expected,) = tables.execute(elsewhere).fetchone() or (None,)
    assert found == (None if expected is None else pytest.approx(expected, rel=1e-7, abs=0.05))


def test_what_may_never_be_summed_needs_its_whole_key() -> None:
    contract = PUBLISHED["pathways"]
    assert contract.fixed_for_sums(contract.column("p50_t")) == " ".join(contract.primary_key)
