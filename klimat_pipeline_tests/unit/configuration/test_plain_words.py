"""Every form that an edited file may ask for has words: nobody at a town hall reads regular expressions."""

import json
from collections.abc import Iterator
from typing import Any

from klimat_pipeline.configuration.local_tables import LOCAL_TABLES
from klimat_pipeline.configuration.plain_words import form
from klimat_pipeline_tests.support.shared import REPOSITORY


def patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from patterns(part)


def test_every_form_of_an_edited_file_has_words() -> None:
    asked = {column.pattern for table in LOCAL_TABLES.values() for column in table.columns if column.pattern}
    for path in (REPOSITORY / "data" / "schemas").glob("*.json"):
        asked |= set(patterns(json.loads(path.read_text(encoding="utf-8"))))
    assert len(asked) > 10
    assert [pattern for pattern in sorted(asked) if form(pattern).startswith("the form")] == []
