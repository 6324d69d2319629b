"""The schema that tools are built on: what goes or changes needs a new major version, what comes a minor one.

Renew with ``KLIMAT_RENEW_SNAPSHOT=1`` after writing the new version into ``docs/schema_changelog.md``.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

from klimat_pipeline.contracts import MART
from klimat_pipeline.contracts.swedish_tables import markdown
from klimat_pipeline.contracts.tables.mart import SCHEMA_VERSION

SNAPSHOT = Path(__file__).with_name("mart_schema.json")
#: Words of SQL, or nearly, that a column of this project has borne.
RESERVED = {"limit", "order", "group", "user", "table", "column", "key", "value", "values", "date", "time", "index"}


def schema() -> dict[str, str]:
    """Everything that a reader can rely on, one entry a promise."""
    promises = {}
    for name, contract in MART.items():
        promises[f"{name} key"] = " ".join(contract.primary_key)
        promises |= {f"{name}.{c.name}": c.kind + ("" if c.nullable else " not null") for c in contract.columns}
        promises |= {f"{name}.{column} ->": f"{of}.{key}" for column, of, key in contract.foreign_keys}
    return promises


def written_version(project: Path) -> str:
    """The newest version in the changelog of the schema."""
    text = (project / "docs" / "schema_changelog.md").read_text(encoding="utf-8")
    return max(re.findall(r"^## (\d+\.\d+)$", text, re.MULTILINE), key=lambda version: [*map(int, version.split("."))])


def faults(kept: dict[str, Any], now: dict[str, str], version: str) -> list[str]:
    """What breaks the promise, given what was promised last."""
    broken = [promise for promise, value in kept["promises"].items() if now.get(promise) != value]
    if broken and version.split(".", maxsplit=1)[0] == kept["version"].split(".")[0]:
        return [f"{promise} has gone or changed without a new major version" for promise in broken]
    if now != kept["promises"] and version == kept["version"]:
        return ["what is new needs a new minor version in docs/schema_changelog.md"]
    return []


def test_the_promise_is_kept(project: Path) -> None:
    version = written_version(project)
    assert version == SCHEMA_VERSION, "the version that is published with the mart"
    kept = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    assert faults(kept, schema(), version) == []
    if os.environ.get("KLIMAT_RENEW_SNAPSHOT") == "1":
        kept = {"version": version, "promises": schema()}
        SNAPSHOT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    assert kept == {"version": version, "promises": schema()}


def test_a_breaking_change_is_found() -> None:
    kept = {"version": "1.0", "promises": {"a.x": "string"}}
    assert faults(kept, {}, "1.1") == ["a.x has gone or changed without a new major version"]
    assert faults(kept, {"a.x": "integer"}, "1.0")
    assert faults(kept, {"a.x": "string", "a.y": "string"}, "1.0")
    assert not faults(kept, {"a.x": "string", "a.y": "string"}, "1.1")
    assert not faults(kept, {}, "2.0")


def test_no_reserved_words_and_texts_of_dates_say_so() -> None:
    for contract in MART.values():
        assert not RESERVED & {contract.name, *contract.column_names}
        for column in contract.columns:
            assert column.kind == "datetime" or not column.name.endswith(("_at", "_date"))


def test_what_the_guide_for_tools_names_is_in_the_mart(project: Path) -> None:
    """Its DAX, its Qlik script, and the columns that its sentences speak of."""
    text = (project / "docs" / "bi.md").read_text(encoding="utf-8")
    named = re.findall(r"\b((?:dim|fact)_\w+)(?:\[|\.)(\w+)", text)
    assert len(named) > 20
    files = {"parquet"}
    assert [pair for pair in named if pair[1] not in {*MART[pair[0]].column_names, *files}] == []
    assert set(re.findall(r"\bklimat_mart\.(\w+)", text)) - {"sqlite"} <= {*MART, "publication"}
    assert set(re.findall(r"\b(?:dim|fact)_[a-z_]+[a-z]\b", text)) <= set(MART)


def test_facts_and_dimensions_meet_in_keys_only() -> None:
    """Tools that join by name (Qlik, NATURAL JOIN) join what belongs together."""
    for contract in MART.values():
        points = {column for column, *_ in contract.foreign_keys} | set(contract.primary_key)
        for _, of, _ in contract.foreign_keys:
            assert set(contract.column_names) & set(MART[of].column_names) - {"publication_id"} <= points


def test_the_swedish_document_is_current(project: Path) -> None:
    assert (project / "docs" / "sv" / "tabeller.md").read_text(encoding="utf-8") == markdown(), "run: make docs"
