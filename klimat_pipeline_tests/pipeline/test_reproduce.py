"""A kept publication cannot be made again: what is missing is named.

That it is made again byte for byte, in another folder, locale and time zone: ``test_two_runs``.
"""

import shutil
from pathlib import Path

import pytest

from klimat_pipeline.errors import ConfigurationError, ProblemsError
from klimat_pipeline.operations.reproduce import kept, lay_out
from klimat_pipeline.settings import Settings, load_settings
from klimat_pipeline_tests.pipeline.commands import Klimat
from klimat_pipeline_tests.support.damage import wrong_byte
from klimat_pipeline_tests.support.default_refresh import Refresh


def test_what_is_no_more_as_it_was_is_named(
    small_refresh: Refresh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load_settings().project_dir
    project = shutil.copytree(before, tmp_path / "checkout")
    municipality = project / "data" / "municipalities" / "1283_helsingborg"
    with (municipality / "municipality.yaml").open("a", encoding="utf-8") as file:
        file.write("# another state\n")
    (municipality / "meals.csv").write_text("later\n", encoding="utf-8")
    settings = Settings(project_dir=project, data_dir=small_refresh.data, draws=999)
    _, made_from = kept(settings, "latest")
    with pytest.raises(ProblemsError) as stopped:
        lay_out(settings, made_from, tmp_path / "elsewhere")
    told = stopped.value.problems
    assert [line.partition(":")[0] for line in told] == [
        "configuration municipalities/1283_helsingborg/meals.csv",
        "configuration municipalities/1283_helsingborg/municipality.yaml",
        "option draws",
    ]
    assert "was not there then" in told[0] and "version control" in told[1] and "set it as it was" in told[2]


@pytest.mark.parametrize("name", ["pub-ffffffffffffffff", "../../etc", ""])
def test_only_what_is_kept(small_refresh: Refresh, name: str) -> None:
    with pytest.raises(ConfigurationError, match="there are pub-"):
        kept(Settings(data_dir=small_refresh.data), name)


def test_a_manifest_that_was_changed_is_noticed(small_refresh: Refresh, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    data = small_refresh.copy(tmp_path / "data")
    folder, _ = kept(Settings(data_dir=data), "latest")
    path = folder / "run_manifest.parquet"
    table = pq.read_table(path, partitioning=None)
    pq.write_table(table.slice(1), path)
    with pytest.raises(ConfigurationError, match="does not give its id"):
        kept(Settings(data_dir=data), "latest")


@pytest.mark.parametrize("per_cent", [10, 30, 50])
def test_a_damaged_manifest_is_said_to_be_damaged(small_refresh: Refresh, tmp_path: Path, per_cent: int) -> None:
    data = small_refresh.copy(tmp_path / "data")
    wrong_byte(data / "published" / "parquet" / "latest" / "run_manifest.parquet", per_cent)
    with pytest.raises(ConfigurationError, match="damaged|does not give its id"):
        kept(Settings(data_dir=data), "latest")


def test_verify_holds_the_sqlite_files_against_their_hashes_too(small_refresh: Refresh, tmp_path: Path) -> None:
    klimat = Klimat(small_refresh.copy(tmp_path / "data"))
    assert klimat("verify").code == 0
    wrong_byte(klimat.data / "published" / "klimat_mart.sqlite", 50)
    answer = klimat("verify")
    assert answer.code == 1
    assert "klimat_mart.sqlite: missing, changed, or of another publication" in answer.text
    assert "klimat.sqlite:" not in answer.text
