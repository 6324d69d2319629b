"""A price index added by hand reaches the published tables."""

from pathlib import Path

import pytest

from klimat_pipeline_tests.pipeline.commands import Klimat
from klimat_pipeline_tests.support.price_answers import RISEN_BY_HALF


def test_an_added_index_is_listed(tmp_path: Path) -> None:
    klimat = Klimat(tmp_path / "data")
    file = tmp_path / "kpi.json"
    file.write_bytes(RISEN_BY_HALF)
    assert "SCB konsumentprisindex, fastställda tal" in klimat("prices", "list").text
    added = klimat("prices", "add", "kpi_total", str(file))
    assert added.code == 0 and "added scb-kpi-total-2026-10-14" in added.text
    assert "already in the archive" in klimat("prices", "add", "kpi_total", str(file)).text
    listed = klimat("prices", "list").text
    assert "kpi * 2022-2023 SCB PR0101" in listed and "itpi * 2022-2023" in listed


def test_an_added_index_is_used_and_named(lund: Klimat) -> None:
    """A krona of 2022 is 1.5 kronor of 2023, the factors' price year."""
    factors = lund.parquet("spend_factors").set_index(["year", "spend_category"])
    row = factors.loc[(2022, "food_products")]
    assert row["deflator"] == pytest.approx(1.5)
    assert "snapshot scb-kpi-total-2026-10-14" in row["index_source"]
    trend = lund.parquet("spend_trend").query("year == 2022 and month == 0").iloc[0]
    assert trend["spend_real_sek"] == pytest.approx(1.5 * trend["spend_sek"])


def test_a_table_that_is_unknown_or_another_file_is_refused(tmp_path: Path) -> None:
    klimat = Klimat(tmp_path / "data")
    file = tmp_path / "page.json"
    file.write_text("<html>", encoding="utf-8")
    refused = klimat("prices", "add", "kpi_total", str(file))
    assert refused.code == 1 and "no JSON but something else" in refused.text
    assert klimat("prices", "add", "hicp", str(file)).code == 1
