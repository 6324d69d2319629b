"""Settings: where things lie."""

from pathlib import Path

from klimat_pipeline.settings import Settings


def test_a_copy_for_another_folder_writes_there(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "one")
    assert settings.published_dir == tmp_path / "one" / "published"
    there = settings.model_copy(update={"data_dir": tmp_path / "other", "project_dir": tmp_path / "third"})
    assert there.published_dir == tmp_path / "other" / "published"
    assert there.reference_dir == tmp_path / "third" / "data" / "reference"
