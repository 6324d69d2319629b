"""Two published folders made by hand: what is compared, under which names, and what is left out."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from klimat_pipeline.contracts import PUBLISHED, Column, Table
from klimat_pipeline.contracts.arrow import schema
from klimat_pipeline.contracts.columns import col
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.published.datapackage import write_datapackage
from klimat_pipeline.published.renames import Renames
from klimat_pipeline.published.same import ComparedTable, Comparison, compare_folders, read_folder
from klimat_pipeline_tests.support.tables import example_tables
from klimat_pipeline_tests.unit.published.examples import NOW

NONE = Renames({}, {})
Rows = list[dict[str, Any]]
EMISSIONS: Rows = [{"code": "0180", "t": 1.0}, {"code": "1283", "t": None}]
SECTORS: Rows = [{"code": "transport", "note": ""}]


def contract(name: str, rows: Rows, key: Sequence[str]) -> Table:
    kinds = {str: "string", float: "number", int: "integer", bool: "boolean"}
    columns = [
        Column(each, kinds[type(next(row[each] for row in rows if row[each] is not None))], "", nullable=True)  # type: ignore[arg-type]
        for each in rows[0]
    ]
    return Table(f"published/{name}", "", (*columns, col("publication_id")), tuple(key))


def folder(path: Path, tables: dict[str, Rows], number: int = 1, key: Sequence[str] = ("code",)) -> Path:
    """A publication of tables that are written out, all with the same key."""
    path.mkdir()
    contracts = {name: contract(name, rows, key) for name, rows in tables.items()}
    publication = f"pub-{number:016x}"
    for name, rows in tables.items():
        stamped = [{**row, "publication_id": publication} for row in rows]
        pq.write_table(pa.Table.from_pylist(stamped, schema=schema(contracts[name])), path / f"{name}.parquet")
    write_datapackage(path, publication, NOW, contracts)
    return path


def compared(before: Path, after: Path, renames: Renames = NONE) -> Comparison:
    return compare_folders(read_folder(before), read_folder(after), renames)


def differing(found: Comparison) -> list[ComparedTable]:
    return [table for table in found.tables if not table.same]


def test_the_same_but_for_the_ids(tmp_path: Path) -> None:
    tables = {"emissions": EMISSIONS, "sectors": SECTORS}
    found = compared(folder(tmp_path / "a", tables), folder(tmp_path / "b", tables, 2))
    assert found.same
    assert [table.name for table in found.tables] == ["emissions", "sectors"]


def test_a_moved_value_is_found(tmp_path: Path) -> None:
    before = folder(tmp_path / "a", {"emissions": EMISSIONS, "sectors": SECTORS})
    after = folder(tmp_path / "b", {"emissions": [EMISSIONS[0], {"code": "1283", "t": 0.0}], "sectors": SECTORS})
    found = compared(before, after)
    (table,) = differing(found)
    assert not found.same
    assert table.difference
    assert (table.name, table.difference.values_moved) == ("emissions", 1)


def test_the_mart_is_compared_where_it_lies_beside_both(tmp_path: Path) -> None:
    for side, tonnes in (("a", 1.0), ("b", 2.0)):
        (tmp_path / side / "mart").mkdir(parents=True)
        folder(tmp_path / side / "pub", {"emissions": EMISSIONS})
        mart = {"fact_emissions": [{"code": "0180", "t": tonnes}], "fact_refresh": [{"code": side, "t": tonnes}]}
        folder(tmp_path / side / "mart" / "pub", mart)
    found = compared(tmp_path / "a" / "pub", tmp_path / "b" / "pub")
    assert {table.name for table in found.tables} == {"emissions", "fact_emissions", "fact_refresh"}
    assert not found.same
    # When it was made is no figure.
    assert [table.name for table in differing(found) if not table.describes] == ["fact_emissions"]
    alone = compared(folder(tmp_path / "c", {"emissions": EMISSIONS}), tmp_path / "b" / "pub")
    assert alone.same
    assert [table.name for table in alone.tables] == ["emissions"]


def test_a_table_more_or_less_is_a_difference(tmp_path: Path) -> None:
    small = folder(tmp_path / "a", {"emissions": EMISSIONS})
    large = folder(tmp_path / "b", {"emissions": EMISSIONS, "sectors": SECTORS})
    for before, after, called in ((small, large, (None, "sectors")), (large, small, ("sectors", None))):
        found = compared(before, after)
        assert [table.called for table in differing(found)] == [called]
        assert not found.same


def test_a_table_and_a_column_that_are_said_to_be_new(tmp_path: Path) -> None:
    before = folder(tmp_path / "a", {"emissions": EMISSIONS})
    wider = [{**row, "is_total": True} for row in EMISSIONS]
    after = folder(tmp_path / "b", {"emissions": wider, "sectors": SECTORS})
    said = Renames({}, {}, frozenset({"sectors"}), frozenset({("emissions", "is_total")}))
    assert compared(before, after, said).same
    assert not compared(after, before, said).same
    assert not compared(before, after).same


@pytest.mark.parametrize("value", [1.0, 2.0])
def test_renamed_tables_and_columns_are_compared_under_the_later_names(tmp_path: Path, value: float) -> None:
    renames = Renames({"scope": "reconciliation"}, {("scope", "t"): ("scope", "tonnes"), ("q", "limit"): ("q", "most")})
    before = folder(tmp_path / "a", {"scope": [{"code": "0180", "t": 1.0}], "q": [{"code": "x", "limit": 1}]})
    later = {"reconciliation": [{"code": "0180", "tonnes": value}], "q": [{"code": "x", "most": 1}]}
    found = compared(before, folder(tmp_path / "b", later), renames)
    table = found.tables[0]
    assert (table.name, table.called) == ("reconciliation", ("scope", "reconciliation"))
    assert table.renamed_columns == (("t", "tonnes"),)
    assert found.tables[1].renamed_columns == (("limit", "most"),)
    assert table.difference
    assert [column.name for column in table.difference.moved] == ([] if value == 1.0 else ["tonnes"])
    assert found.same == (value == 1.0)


def test_a_rename_that_has_not_happened_changes_nothing(tmp_path: Path) -> None:
    renames = Renames({"scope": "reconciliation"}, {("scope", "t"): ("scope", "tonnes")})
    before = folder(tmp_path / "a", {"scope": [{"code": "0180", "t": 1.0}]})
    found = compared(before, folder(tmp_path / "b", {"scope": [{"code": "0180", "t": 2.0}]}), renames)
    (table,) = found.tables
    assert (table.name, table.renamed_columns) == ("scope", ())
    assert table.difference
    assert table.difference.moved[0].name == "t"


def test_old_and_new_name_side_by_side_are_two_columns(tmp_path: Path) -> None:
    renames = Renames({}, {("emissions", "t"): ("emissions", "tonnes")})
    both = folder(tmp_path / "a", {"emissions": [{"code": "0180", "t": 1.0, "tonnes": 2.0}]})
    one = folder(tmp_path / "b", {"emissions": [{"code": "0180", "t": 1.0}]})
    assert compared(both, both, renames).same
    for before, after in ((both, one), (one, both)):
        (table,) = compared(before, after, renames).tables
        assert not table.same


def test_a_renamed_column_of_the_key(tmp_path: Path) -> None:
    before = folder(tmp_path / "a", {"emissions": EMISSIONS})
    rows = [{"area": row["code"], "t": row["t"]} for row in EMISSIONS]
    after = folder(tmp_path / "b", {"emissions": rows}, key=("area",))
    assert compared(before, after, Renames({}, {("emissions", "code"): ("emissions", "area")})).same


def test_names_of_tables_and_columns_in_values_are_todays_too(tmp_path: Path) -> None:
    renames = Renames({"scope": "reconciliation"}, {("scope", "t"): ("scope", "tonnes")})
    key = ("table_name", "column_name")
    before = folder(tmp_path / "a", {"x": [{"table_name": "scope", "column_name": "t", "n": 1}]}, key=key)
    later: Rows = [{"table_name": "reconciliation", "column_name": "tonnes", "n": 1}]
    assert compared(before, folder(tmp_path / "b", {"x": later}, key=key), renames).same


def test_sources_of_columns_are_named_as_today(tmp_path: Path) -> None:
    """Twice renamed, once, and never."""
    renames = Renames(
        {"clean/old": "clean/older", "clean/older": "clean/frozen_reports", "clean/x": "clean/targets"}, {}
    )
    old = "clean/old.year clean/x.note clean/releases.year"
    before = folder(tmp_path / "a", {"data_dictionary": [{"code": "a", "derived_from": old}]})
    today = "clean/frozen_reports.year clean/targets.note clean/releases.year"
    after = folder(tmp_path / "b", {"data_dictionary": [{"code": "a", "derived_from": today}]})
    (table,) = compared(before, after, renames).tables
    assert table.same


def test_what_hashes_the_code_is_left_out_and_what_describes_does_not_count(tmp_path: Path) -> None:
    def manifest(code: str, rows: int) -> Rows:
        return [
            {"item_kind": "code", "item_name": "klimat_pipeline", "item_value": code, "run_id": f"run-{code}"},
            {"item_kind": "table", "item_name": "emissions", "item_value": str(rows), "run_id": f"run-{code}"},
        ]

    key = ("item_kind", "item_name")
    before = folder(tmp_path / "a", {"run_manifest": manifest("1", 2)}, key=key)
    assert differing(compared(before, folder(tmp_path / "b", {"run_manifest": manifest("2", 2)}, key=key))) == []
    found = compared(before, folder(tmp_path / "c", {"run_manifest": manifest("2", 3)}, key=key))
    assert [table.name for table in differing(found)] == ["run_manifest"]
    assert found.same


def test_findings_count_but_neither_their_sentences_nor_those_of_the_contract(tmp_path: Path) -> None:
    def findings(contract: str, observed: str, message: str) -> Rows:
        return [
            {"code": "a", "kind": "contract", "observed": contract, "message": "", "likely_cause": ""},
            {"code": "b", "kind": "plausibility", "observed": observed, "message": message, "likely_cause": ""},
        ]

    before = folder(tmp_path / "a", {"data_quality": findings("1", "1", "one")})
    found = compared(before, folder(tmp_path / "b", {"data_quality": findings("2", "1", "1")}))
    assert found.same
    counted, apart = found.tables
    assert counted.reworded
    assert [column.name for column in counted.reworded.moved] == ["message"]
    assert (apart.name, apart.describes, apart.same) == ("data_quality, kind contract", True, False)
    assert not compared(before, folder(tmp_path / "c", {"data_quality": findings("1", "2", "one")})).same


def test_every_published_table_is_the_same_as_itself_and_known_by_its_key(tmp_path: Path) -> None:
    sides = []
    for number in (1, 2):
        publication, path = f"pub-{number:016x}", tmp_path / str(number)
        path.mkdir()
        for name, table in example_tables(publication).items():
            pq.write_table(table, path / f"{name}.parquet")
        write_datapackage(path, publication, NOW, PUBLISHED)
        sides.append(path)
    found = compared(sides[0], sides[1])
    assert [table.name for table in differing(found)] == []
    assert {table.called[1] for table in found.tables} == set(PUBLISHED)


def test_a_folder_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    path = folder(tmp_path / "a", {"emissions": EMISSIONS})
    (path / "emissions.parquet").write_bytes(b"")
    for each in (path, tmp_path):
        with pytest.raises(ConfigurationError, match="holds no whole publication"):
            read_folder(each)


def test_another_key_than_before_is_no_hindrance(tmp_path: Path) -> None:
    before = folder(tmp_path / "a", {"emissions": EMISSIONS})
    rows = [{**row, "is_total": False} for row in EMISSIONS]
    after = folder(tmp_path / "b", {"emissions": rows}, key=("code", "is_total"))
    found = compared(before, after, replace(NONE, new_columns=frozenset({("emissions", "is_total")})))
    assert found.same
