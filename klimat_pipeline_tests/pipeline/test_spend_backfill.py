"""A backfill by municipality and year: its partitions, one of them run by Dagster, and several at the same time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.definitions import defs
from klimat_pipeline.defs.assets.spend import ledger_lines
from klimat_pipeline.defs.instance import instance
from klimat_pipeline.defs.lost_runs import PROCESS, is_gone
from klimat_pipeline.defs.partitions import LEDGER_LINES, ledger_partitions
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.settings import Settings, load_settings
from klimat_pipeline.spend.footprint.prepare import read_year
from klimat_pipeline.spend.ledger import read_files as ledgers
from klimat_pipeline.spend.ledger.run import read_all
from klimat_pipeline_tests.pipeline.commands import Klimat
from klimat_pipeline_tests.support.shared import REPOSITORY
from klimat_pipeline_tests.unit.spend.small import REFERENCE, ledger, line, typed_lines

EXAMPLE = "9999"


def partition(code: str, year: int) -> dg.MultiPartitionKey:
    return dg.MultiPartitionKey({"municipality": code, "year": str(year)})


def parts(data: Path) -> dict[str, int]:
    """Time of every part by name."""
    return {path.as_posix(): path.stat().st_mtime_ns for path in data.rglob("parts/*/year=*/*.parquet")}


def test_partitions_are_municipalities_and_years() -> None:
    """Every municipality and the invented example, and every year from the first with a price index to this one."""
    running = datetime.now(UTC).year
    by = {d.name: d.partitions_def.get_partition_keys() for d in ledger_partitions.partitions_defs}
    assert {"0180", "1283", EXAMPLE} <= set(by["municipality"])
    assert len(by["municipality"]) == 291
    # One more where the year ends meanwhile.
    assert len(by["year"]) in (running - 2005, datetime.now(UTC).year - 2005)
    assert by["year"] == [str(2006 + number) for number in range(len(by["year"]))]


def test_dagster_runs_a_partition_and_the_next_run_finds_it_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KLIMAT_DATA_DIR", str(tmp_path))

    def run(year: int) -> bool:
        """Each run says which process it is in, so that it is noticed when that is killed."""
        with dg.DagsterInstance.ephemeral() as history:
            done = dg.materialize([ledger_lines], partition_key=partition(EXAMPLE, year), instance=history)
            noted = history.get_run_by_id(done.run_id)
        assert noted is not None
        return done.success and not is_gone(noted.tags) and PROCESS in noted.tags

    years = sorted({int(path.parent.name.removeprefix("year=")) for path in _typed_of_example(tmp_path / "other")})
    assert run(years[0])
    made = parts(tmp_path)
    assert made and all(f"year={years[0]}" in name for name in made)
    assert run(years[0])
    assert parts(tmp_path) == made
    assert run(years[1])
    both = parts(tmp_path)
    assert both.items() > made.items()
    # A year without lines is no fault.
    assert run(2006)
    assert parts(tmp_path) == both


def test_a_refresh_shows_the_partitions_that_it_read(with_examples: Klimat) -> None:
    with instance(Settings(data_dir=with_examples.data)) as history:
        shown = history.get_materialized_partitions(LEDGER_LINES)
    typed = {tuple(path.parts[-3:-1]) for path in with_examples.data.rglob("ledger/*/*/*.parquet")}
    read = {(code.removeprefix("municipality_code="), int(year.removeprefix("year="))) for code, year in typed}
    assert {code for code, _ in read} == {EXAMPLE, "1283"}
    assert shown == {str(partition(code, year)) for code, year in read}


def _typed_of_example(data: Path) -> list[Path]:
    read_all(Settings(data_dir=data), (EXAMPLE,))
    return sorted(data.rglob("ledger/*/*/*.parquet"))


def test_housekeeping_runs_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its result would otherwise be taken for a table and stored."""
    monkeypatch.setenv("KLIMAT_DATA_DIR", str(tmp_path))
    assert defs.resolve_job_def("housekeeping").execute_in_process().success


def test_runs_beside_each_other_share_the_files_and_agree_with_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six files, of which two overlap: every file is read once, and the lines are those of one run alone."""
    folder = tmp_path / "1283_helsingborg"
    (folder / "ledger").mkdir(parents=True)
    for year in (2021, 2022, 2023):
        for month in (1, 2):
            rows = [line(f"V{year}{month}{n}", f"{n},50", f"{year}-{month:02}-{n % 28 + 1:02}") for n in range(300)]
            (folder / "ledger" / f"ledger_{year}_{month}.csv").write_text(ledger(*rows), encoding="utf-8")
    # The first half of a month once more.
    again = [line(f"V20211{n}", f"{n},50", f"2021-01-{n % 28 + 1:02}") for n in range(300) if n % 28 < 14]
    (folder / "ledger" / "once_more.csv").write_text(ledger(*again), encoding="utf-8")
    entry = (folder, SpendSettings.model_validate({"quarantine_limit_pct": 100.0}))
    monkeypatch.setattr("klimat_pipeline.spend.footprint.prepare.settings_of", lambda settings, code: entry)
    read: list[str] = []
    whole = ledgers.read_ledger
    monkeypatch.setattr(
        ledgers, "read_ledger", lambda path, *rest, **own: (read.append(path.name), whole(path, *rest, **own))[1]
    )
    settings = Settings(project_dir=REPOSITORY, data_dir=tmp_path / "together")
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda year: read_year(settings, "1283", year), (2021, 2022, 2023)))
    # The one that overlaps is read again to be held against the other; nothing else is.
    assert sorted(set(read)) == sorted(path.name for path in (folder / "ledger").iterdir())
    assert len(read) <= len(set(read)) + 1
    assert sum(files for _, files in made) == len(parts(tmp_path / "together"))
    alone = ledgers.SpendStore(tmp_path / "alone")
    ledgers.read_ledgers({"1283": entry}, REFERENCE, None, alone)
    assert typed_lines(settings.intermediate_dir / "spend" / "ledger") == typed_lines(alone.root / "ledger")
    assert sum(row["left_out_rule"] == "" for row in typed_lines(alone.root / "ledger")) == 1800


def test_a_lock_ends_with_its_holder(tmp_path: Path) -> None:
    store = ledgers.SpendStore(tmp_path)
    with store.locked("1283", shared=True), store.locked("1283", shared=True, wait=False) as beside:
        assert beside
        with store.locked("1283", wait=False) as alone:
            assert not alone
    with store.locked("1283", wait=False) as afterwards:
        assert afterwards


def test_a_code_without_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLIMAT_DATA_DIR", str(tmp_path))
    with pytest.raises(ConfigurationError, match="no folder in municipalities has that code"):
        read_year(load_settings(), "0180", 2023)
