"""The Swedish guide to the files of a folder: every file and column has its text, and the document is current."""

from klimat_pipeline.configuration.guide import markdown, texts
from klimat_pipeline.configuration.local_tables import LOCAL_TABLES
from klimat_pipeline_tests.support.shared import REPOSITORY


def test_every_file_and_column_has_a_swedish_text_and_no_other_has() -> None:
    assert set(texts()["files"]) == set(LOCAL_TABLES)
    assert set(texts()["columns"]) == {column.name for table in LOCAL_TABLES.values() for column in table.columns}


def test_the_document_is_current() -> None:
    shown = (REPOSITORY / "docs" / "sv" / "redigera.md").read_text(encoding="utf-8")
    assert shown == markdown(), "make docs"
