"""The contracts hold together: columns, keys, lineage, and the names that readers rely on."""

import pytest

from klimat_pipeline.contracts import PUBLISHED, TABLES, Column, Table
from klimat_pipeline.contracts.columns import COLUMNS
from klimat_pipeline.contracts.sql import checked_identifier
from klimat_pipeline_tests.contracts.test_architecture import STAGES
from klimat_pipeline_tests.support.for_each import for_each

ALL = for_each(contract=TABLES)

#: What readers rely on, as promised (issue 2); other columns may stand beside them.
PROMISED = {
    "releases": "release_id source substance report_date retrieved_at sha256 first_year last_year is_current",
    "municipalities": "municipality_code municipality_name county_code county_name",
    "sectors": "sector_code sector_name_sv sector_name_en",
    "emissions": "release_id is_current_release municipality_code sector_code substance year "
    "emissions_reported_t_co2e emissions_t_co2e",
    "sector_indicators": "municipality_code target_id release_id is_current_release year emissions_t_co2e "
    "baseline_year baseline_t_co2e change_pct target_pct target_year target_t_co2e target_path_t_co2e gap_t_co2e "
    "status",
    "data_quality": "run_id table_name check_name kind severity passed observed threshold message",
    "run_manifest": "run_id",
}


@ALL
def test_columns_are_unique(contract: Table) -> None:
    assert len(contract.column_names) == len(set(contract.column_names))


@ALL
def test_key_columns_exist_and_are_never_missing(contract: Table) -> None:
    assert contract.primary_key
    assert [name for name in contract.primary_key if contract.column(name).nullable] == []


@ALL
def test_lineage_names_columns_of_this_or_an_earlier_stage(contract: Table) -> None:
    for column in contract.columns:
        for source in column.lineage:
            key, name = source.rsplit(".", 1)
            assert key in TABLES, source
            assert name in TABLES[key].column_names, source
            assert STAGES.index(TABLES[key].stage) <= STAGES.index(contract.stage), source
            assert key != contract.key, f"{contract.key}.{column.name} comes from its own table"


@ALL
def test_names_may_reach_a_database(contract: Table) -> None:
    for name in (contract.name, *contract.column_names):
        assert checked_identifier(name) == name


@ALL
def test_columns_mean_what_the_dictionary_says(contract: Table) -> None:
    for column in contract.columns:
        described = COLUMNS[column.name]
        assert (column.kind, column.unit, column.description) == (described.kind, described.unit, described.description)


@ALL
def test_described_owned_and_staged(contract: Table) -> None:
    assert contract.description
    assert contract.owner.startswith("team:")
    assert contract.stage in STAGES


@for_each(column=COLUMNS)
def test_measurements_have_a_unit_and_it_stands_in_the_name(column: Column) -> None:
    endings = {
        "t": ("_t",),
        "t CO2e": ("_t_co2e",),
        "t CO2e/year": ("_t_co2e_per_year",),
        "t CO2e/resident": ("_resident_t_co2e",),
        "%": ("_pct",),
        "%/year": ("_pct_per_year",),
        "bytes": ("_bytes",),
        "days": ("_days",),
        "SEK": ("_sek",),
    }
    if column.unit in endings:
        assert column.name.endswith(endings[column.unit])
    if column.kind == "string":
        assert column.unit is None


@pytest.mark.parametrize(("name", "columns"), PROMISED.items(), ids=PROMISED.keys())
def test_published_names_that_readers_rely_on(name: str, columns: str) -> None:
    assert sorted(set(columns.split()) - set(PUBLISHED[name].column_names)) == []


@for_each(contract=PUBLISHED)
def test_every_published_row_tells_its_publication(contract: Table) -> None:
    assert not contract.column("publication_id").nullable


@pytest.mark.parametrize("name", ["sector_indicators", "emissions", "subsector_emissions"])
def test_figures_carry_release_and_municipality_in_their_key(name: str) -> None:
    assert {"release_id", "municipality_code", "year"} <= set(PUBLISHED[name].primary_key)


def test_a_municipality_code_has_four_digits_everywhere() -> None:
    for contract in TABLES.values():
        if "municipality_code" in contract.column_names:
            assert contract.column("municipality_code").pattern == r"\d{4}", contract.key
