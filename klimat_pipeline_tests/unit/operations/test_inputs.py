"""The id of a publication follows from what it is made from, and from nothing else."""

import shutil
from pathlib import Path

import pytest
from pydantic import SecretStr

import klimat_pipeline
import klimat_pipeline.operations.inputs
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.input_items import Item
from klimat_pipeline.operations.inputs import inputs
from klimat_pipeline.published.manifest import Inputs
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.archive import Archive
from klimat_pipeline_tests.support.workbooks import lines_for, workbook


@pytest.fixture
def settings(tmp_path: Path, project: Path) -> Settings:
    """A checkout of its own, which a test may change."""
    for name in ("municipalities", "reference", "snapshots/embedded"):
        shutil.copytree(project / "data" / name, tmp_path / "checkout" / "data" / name)
    return Settings(project_dir=tmp_path / "checkout", data_dir=tmp_path / "data")


def test_same_inputs_give_the_same_id(settings: Settings) -> None:
    first, second = inputs(settings), inputs(settings)
    assert first == second
    assert first.publication_id == second.publication_id
    assert first.publication_id.removeprefix("pub-") == first.run_id.removeprefix("run-")
    assert len(first.digest) == 16


def test_copy_elsewhere_gives_the_same_id(settings: Settings, tmp_path: Path) -> None:
    shutil.copytree(settings.project_dir, tmp_path / "copy")
    copy = Settings(project_dir=tmp_path / "copy", data_dir=tmp_path / "other")
    assert inputs(copy).publication_id == inputs(settings).publication_id


def test_time_of_files_does_not_matter(settings: Settings) -> None:
    before = inputs(settings)
    for path in settings.config_dir.rglob("*.*"):
        path.touch()
    assert inputs(settings) == before


@pytest.mark.parametrize(
    "name",
    [
        "municipalities/1283_helsingborg/municipality.yaml",
        "municipalities/1283_helsingborg/population.csv",
        "reference/sectors.csv",
    ],
)
def test_changed_configuration_changes_the_id(settings: Settings, name: str) -> None:
    before = inputs(settings)
    path = settings.config_dir / name
    path.write_bytes(path.read_bytes() + b"\n")
    after = inputs(settings)
    assert after.publication_id != before.publication_id
    assert {item.name for item in set(after.items) ^ set(before.items)} == {name}


def test_new_configuration_file_changes_the_id(settings: Settings) -> None:
    before = inputs(settings)
    folder = settings.municipalities_dir / "1281_lund"
    folder.mkdir()
    (folder / "municipality.yaml").write_text("municipality_code: '1281'\n", encoding="utf-8")
    assert inputs(settings).publication_id != before.publication_id


def test_note_beside_the_configuration_changes_nothing(settings: Settings) -> None:
    before = inputs(settings)
    (settings.municipalities_dir / "README.md").write_text("hello", encoding="utf-8")
    assert inputs(settings) == before


def test_added_and_removed_snapshot_changes_the_id_there_and_back(settings: Settings) -> None:
    from datetime import UTC, datetime

    before = inputs(settings)
    archive = Archive(settings.embedded_snapshots_dir, settings.snapshots_dir)
    snapshot, _ = archive.add(
        workbook(lines_for([("Skåne län", "Lund")], [2020])),
        source_id="smhi",
        substance="GGT",
        report_date="2026-10",
        retrieved_at=datetime(2026, 11, 1, tzinfo=UTC),
        file_name="book.xlsx",
    )
    added = inputs(settings)
    assert added.publication_id != before.publication_id
    assert [item.name for item in set(added.items) - set(before.items)] == [snapshot.release_id]
    archive.remove(snapshot.release_id)
    assert inputs(settings).publication_id == before.publication_id


def test_changed_code_changes_the_id(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "package"
    shutil.copytree(Path(klimat_pipeline.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(klimat_pipeline.operations.inputs, "__file__", str(package / "operations" / "inputs.py"))
    before = inputs(settings)
    (package / "indicators" / "new.py").write_text('"""New."""\n', encoding="utf-8")
    after = inputs(settings)
    assert after.publication_id != before.publication_id
    assert {item.kind for item in set(after.items) ^ set(before.items)} == {"code"}


def test_chosen_municipalities_change_the_id_whatever_their_order(settings: Settings) -> None:
    everyone, one = inputs(settings), inputs(settings, municipalities=["1283"])
    assert one.publication_id != everyone.publication_id
    assert one.municipalities == ("1283",)
    two = inputs(settings, municipalities=["1283", "1281"])
    assert two == inputs(settings, municipalities=["1281", "1283", "1281"])
    assert len({everyone.digest, one.digest, two.digest}) == 3


@pytest.mark.parametrize(
    ("code", "hint"),
    [("128", "Did you mean 128"), ("Lund", "Did you mean 1281 (Lund)?"), ("12830", "Did you mean 1283 (Helsingborg)?")],
)
def test_unknown_municipality_is_refused_with_a_suggestion(settings: Settings, code: str, hint: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        inputs(settings, municipalities=[code])
    assert f"--municipality {code}: no municipality has that code" in str(caught.value)
    assert hint in str(caught.value)


def test_id_tells_a_value_from_a_name() -> None:
    ids = {
        Inputs((Item("option", "a", "b"),)).digest,
        Inputs((Item("option", "ab"),)).digest,
        Inputs((Item("option", "a", None, "b"),)).digest,
        Inputs((Item("option", "a"), Item("option", "b"))).digest,
    }
    assert len(ids) == 4


def test_another_key_of_pseudonyms_changes_the_id_and_stays_secret(settings: Settings) -> None:
    ids = set()
    for key in ("a key of sixteen", "another key of sixteen"):
        made_from = inputs(settings.model_copy(update={"personal_key": SecretStr(key)}))
        ids.add(made_from.digest)
        assert key not in "\n".join(made_from.lines)
    assert len(ids | {inputs(settings).digest}) == 3


def test_a_file_changed_in_place_is_hashed_anew(settings: Settings) -> None:
    """Hashes are kept by a file's stamp: other bytes of the same length must not be taken for the old ones."""
    path = settings.reference_dir / "sectors.csv"
    before = inputs(settings)
    text = path.read_bytes()
    path.write_bytes(text.replace(b"transport", b"tronsport", 1))
    assert path.stat().st_size == len(text)
    assert inputs(settings) != before
    path.write_bytes(text)
    assert inputs(settings) == before
