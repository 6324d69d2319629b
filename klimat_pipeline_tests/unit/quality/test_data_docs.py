"""Great Expectations' pages of what a run has stored."""

from pathlib import Path

from klimat_pipeline.contracts import TABLES
from klimat_pipeline.quality.data_docs import build
from klimat_pipeline.settings import Settings
from klimat_pipeline.storage import TableStore
from klimat_pipeline_tests.support.tables import example_table


def test_every_stored_table_has_a_page_and_one_that_was_not_made_has_none(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    TableStore(settings.tables_root).write_arrow("clean/sectors", example_table(TABLES["clean/sectors"], 3))
    told: list[str] = []
    index = build(settings, told.append, ["clean/sectors", "clean/targets"])
    assert told == ["clean/sectors"]
    assert 'href="clean.sectors.html"' in index.read_text("utf-8")
    page = index.with_name("clean.sectors.html").read_text("utf-8")
    assert "sector_code" in page and "Success" in page
