import hashlib
import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from klimat_pipeline.contracts import MART
from klimat_pipeline.contracts.arrow import schema
from klimat_pipeline.published.parquet import last_mart, last_published
from klimat_pipeline.published.publication import current_publications, publish
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.damage import wrong_byte
from klimat_pipeline_tests.support.tables import example_tables
from klimat_pipeline_tests.unit.published.examples import (
    CONTRACTS,
    EMISSIONS,
    FIRST,
    FOURTH,
    NOW,
    SECOND,
    THIRD,
    tables,
)


def _publish(settings: Settings, publication_id: str, given: dict[str, pa.Table] | None = None) -> Path:
    given = given or tables(publication_id)
    publish(given, publication_id=publication_id, settings=settings, now=NOW, contracts=CONTRACTS)
    return settings.published_dir / "parquet"


def _versions(root: Path) -> list[str]:
    return sorted(entry.name for entry in root.iterdir())


def _hashes(directory: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in directory.glob("*.parquet")}


def test_latest_is_a_relative_link_to_the_version(settings: Settings) -> None:
    root = _publish(settings, FIRST)
    assert (root / "latest").readlink() == Path(FIRST)
    assert _versions(root) == ["latest", FIRST]
    assert _versions(root / FIRST) == ["datapackage.json", "emissions.parquet", "sectors.parquet"]


def test_a_file_gives_back_the_rows_with_units_and_without_pandas_metadata(settings: Settings) -> None:
    path = _publish(settings, FIRST) / "latest" / "emissions.parquet"
    assert pq.read_table(path).to_pylist() == tables(FIRST)["emissions"].to_pylist()
    metadata = pq.read_schema(path)
    assert metadata.field("emissions_t_co2e").metadata == {b"description": b"Emissions.", b"unit": b"t CO2e"}
    assert b"pandas" not in metadata.metadata
    assert pq.read_metadata(path).row_group(0).column(0).compression == "ZSTD"


def test_the_same_tables_give_the_same_bytes_however_they_are_chunked(settings: Settings, tmp_path: Path) -> None:
    one = example_tables(FIRST, rows=60)
    in_chunks = {
        name: pa.concat_tables([table.slice(0, 3), table.slice(3, 30), table.slice(33)]).replace_schema_metadata(
            {"pandas": "{}"}
        )
        for name, table in one.items()
    }
    elsewhere = Settings(data_dir=tmp_path / "elsewhere", database_url=None)
    publish(one, publication_id=FIRST, settings=settings, now=NOW)
    publish(in_chunks, publication_id=FIRST, settings=elsewhere, now=NOW.replace(year=2027))
    hashes = _hashes(settings.published_dir / "parquet" / FIRST)
    assert len(hashes) == len(one)
    assert hashes == _hashes(elsewhere.published_dir / "parquet" / FIRST)


def test_the_last_versions_are_kept_and_nothing_of_others_is_touched(settings: Settings) -> None:
    root = _publish(settings, FIRST)
    (root / "notes").mkdir()
    (root / "readme.txt").write_text("somebody's")
    for publication_id in (SECOND, THIRD, FOURTH):
        _publish(settings, publication_id)
    assert _versions(root) == ["latest", "notes", SECOND, THIRD, FOURTH, "readme.txt"]
    assert (root / "latest").readlink() == Path(FOURTH)


def test_the_shown_version_is_kept_although_it_is_the_oldest(settings: Settings) -> None:
    for publication_id in (FIRST, SECOND, THIRD, FIRST, FOURTH):
        root = _publish(settings, publication_id)
    # Shown last: fourth, before it first again, before it third.
    assert _versions(root) == ["latest", FIRST, THIRD, FOURTH]


def test_going_back_to_a_kept_version_reuses_its_files(settings: Settings) -> None:
    root = _publish(settings, FIRST)
    inode = (root / FIRST / "emissions.parquet").stat().st_ino
    _publish(settings, SECOND)
    _publish(settings, FIRST)
    assert (root / "latest").readlink() == Path(FIRST)
    assert (root / FIRST / "emissions.parquet").stat().st_ino == inode


def test_a_damaged_version_shows_nothing_and_is_made_again(settings: Settings) -> None:
    root = _publish(settings, FIRST)
    (root / FIRST / "sectors.parquet").unlink()
    assert current_publications(settings)["parquet"] is None
    _publish(settings, FIRST)
    assert current_publications(settings)["parquet"] == FIRST
    assert pq.read_table(root / "latest" / "sectors.parquet").num_rows == 1
    shutil.rmtree(root / FIRST)
    assert current_publications(settings)["parquet"] is None
    _publish(settings, FIRST)
    assert current_publications(settings)["parquet"] == FIRST
    wrong_byte(root / FIRST / "sectors.parquet", 30)
    assert current_publications(settings)["parquet"] is None
    _publish(settings, FIRST)
    assert current_publications(settings)["parquet"] == FIRST


def test_what_was_published_before_is_read_from_the_newest_version_that_is_whole(settings: Settings) -> None:
    """Sectors of the second version are damaged: those of the first stand in, and those of neither are none."""
    root = _publish(settings, FIRST)
    os.utime(root / FIRST, (1, 1))
    _publish(settings, SECOND)
    damaged = root / SECOND / "emissions.parquet"
    whole = damaged.read_bytes()
    wrong_byte(damaged, 30)
    expected = tables(FIRST)["emissions"].to_pandas()
    pd.testing.assert_frame_equal(last_published(settings.published_dir, "emissions"), expected)
    damaged.write_bytes(whole.replace(b"municipality_code", b"municipality\xffcode"))
    pd.testing.assert_frame_equal(last_published(settings.published_dir, "emissions"), expected)
    wrong_byte(root / FIRST / "emissions.parquet", 30)
    assert last_published(settings.published_dir, "emissions").empty
    assert last_published(settings.published_dir, "absent").empty


def test_history_of_checks_names_tables_as_today(settings: Settings) -> None:
    """What warned before a table was renamed is found under its name of today, so that 'since when' goes on."""
    form = schema(MART["fact_quality"])
    row = {"refresh_id": FIRST, "check_name": "contract", "kind": "contract", "severity": "ERROR", "message": ""}
    row |= {"check_outcome": "passed", "findings_count": 1, "failed_count": 0, "publication_id": FIRST}
    last = pa.Table.from_pylist([row | {"table_name": name} for name in ("clean/frozen", "clean/targets")], schema=form)
    folder = settings.published_dir / "parquet" / "mart" / "latest"
    folder.mkdir(parents=True)
    pq.write_table(last, folder / "fact_quality.parquet")
    found = last_mart(settings.published_dir, ["fact_quality"])["fact_quality"]
    assert found["table_name"].to_pylist() == ["clean/frozen_reports", "clean/targets"]
    assert found.schema.equals(form)


def test_history_goes_on_over_a_minor_version_of_the_schema(settings: Settings) -> None:
    """Columns that came later are missing; a table with a column of before, or of another type, is left out."""
    form = schema(MART["fact_refresh"])
    row = {"refresh_id": FIRST, "started_at": NOW, "switched_at": NOW, "release_id": "r", "newest_released_year": 2024}
    row |= {"newest_source_at": NOW, "published_rows": 1, "checks_count": 2, "checks_failed_count": 0}
    row |= {"publication_id": FIRST}
    path = settings.published_dir / "parquet" / "mart" / "latest" / "fact_refresh.parquet"
    path.parent.mkdir(parents=True)
    old = pa.Table.from_pylist([row], schema=pa.schema([field for field in form if field.name in row]))
    pq.write_table(old, path)
    found = last_mart(settings.published_dir, ["fact_refresh"])["fact_refresh"]
    assert found.schema.equals(form)
    assert found.to_pylist() == [row | {"is_latest_refresh": None, "schema_version": None}]
    for wrong in (old.append_column("gone", pa.array(["x"])), old.set_column(6, "published_rows", pa.array(["1"]))):
        pq.write_table(wrong, path)
        assert last_mart(settings.published_dir, ["fact_refresh", "fact_quality"]) == {}


def test_the_data_package_describes_the_files(settings: Settings) -> None:
    directory = _publish(settings, FIRST) / FIRST
    package = json.loads((directory / "datapackage.json").read_text(encoding="utf-8"))
    assert package["name"] == "klimat"
    assert package["id"] == FIRST
    assert [resource["path"] for resource in package["resources"]] == ["emissions.parquet", "sectors.parquet"]
    emissions = package["resources"][0]
    content = (directory / "emissions.parquet").read_bytes()
    assert emissions["fileSize"] == len(content)
    # What the standard's own reader of Parquet would find wrong: a count of bytes, and empty text as missing.
    assert "bytes" not in emissions
    assert "" not in emissions["schema"]["missingValues"]
    assert package["created"] == NOW.isoformat(timespec="seconds")
    assert emissions["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
    assert emissions["description"] == "Emissions of municipalities."
    assert emissions["schema"]["primaryKey"] == ["municipality_code", "year"]
    fields = {field["name"]: field for field in emissions["schema"]["fields"]}
    assert list(fields) == EMISSIONS.column_names
    assert fields["emissions_t_co2e"] == {
        "name": "emissions_t_co2e",
        "type": "number",
        "description": "Emissions.",
        "unit": "t CO2e",
        "constraints": {"minimum": 0},
    }
    assert fields["municipality_code"]["constraints"] == {"required": True, "pattern": r"\d{4}"}
    assert fields["year"]["constraints"] == {"required": True, "minimum": 1900, "maximum": 2200}
