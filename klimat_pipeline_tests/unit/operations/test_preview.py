"""What an edited configuration would move: found, split exactly into source and corrections, with its inputs."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from klimat_pipeline.contracts import PUBLISHED
from klimat_pipeline.contracts.arrow import schema
from klimat_pipeline.operations.preview import Moved, as_markdown, preview

WASTE = {
    "municipality_code": "1283",
    "target_id": "waste",
    "year": 2024,
    "is_headline": True,
    "emissions_t_co2e": 100.0,
    "emissions_reported_t_co2e": 100.0,
    "gap_t_co2e": 5.0,
    "status": "behind",
}
REGISTER = {"item_kind": "configuration", "item_name": "municipalities/1283/corrections.yaml", "sha256": "a" * 64}


def folder(path: Path, register: dict[str, Any], *indicators: dict[str, Any]) -> Path:
    path.mkdir()
    for name, rows in (("sector_indicators", indicators), ("run_manifest", [register])):
        # Columns that nobody looks at here stay empty.
        columns = pa.schema([column.with_nullable(True) for column in schema(PUBLISHED[name])])
        pq.write_table(pa.Table.from_pylist(list(rows), schema=columns), path / f"{name}.parquet")
    return path


def test_a_correction_that_moves_an_indicator(tmp_path: Path) -> None:
    """The source moved it by 4 t, the correction by 16 t: 120 t in all."""
    other = WASTE | {"target_id": "transport"}
    now = WASTE | {
        "emissions_t_co2e": 120.0,
        "emissions_reported_t_co2e": 104.0,
        "gap_t_co2e": -1.0,
        "status": "on_track",
    }
    before = folder(tmp_path / "before", REGISTER, WASTE, other)
    after = folder(tmp_path / "after", REGISTER | {"sha256": "b" * 64}, now, other)
    found = preview(before, after)
    assert found.inputs == (("configuration", "municipalities/1283/corrections.yaml"),)
    assert found.moved == (Moved("1283", "waste", 2024, 100.0, 120.0, 4.0, 16.0, 5.0, -1.0, "behind", "on_track"),)
    assert "| 1283 | waste | 2024 | 100 | 120 | 4 | 16 | 5 → -1 | behind → on_track |" in as_markdown(found)
    assert preview(before, after, "1280").moved == ()


def test_rows_that_come_and_go(tmp_path: Path) -> None:
    found = preview(folder(tmp_path / "before", REGISTER), folder(tmp_path / "after", REGISTER, WASTE))
    assert [(one.before_t, one.after_t) for one in found.moved] == [(None, 100.0)]
    assert found.inputs == ()


def test_nothing_moves(tmp_path: Path) -> None:
    found = preview(folder(tmp_path / "before", REGISTER, WASTE), folder(tmp_path / "after", REGISTER, WASTE))
    assert as_markdown(found) == "No indicator moves.\n"


def test_that_one_municipality_alone_was_made_is_no_difference(tmp_path: Path) -> None:
    option = {"item_kind": "option", "item_name": "municipalities"}
    before = folder(tmp_path / "before", option | {"item_value": "all"}, WASTE)
    after = folder(tmp_path / "after", option | {"item_value": "1283"}, WASTE)
    assert preview(before, after, "1283").inputs == ()
    assert preview(before, after).inputs == (("option", "municipalities"),)
