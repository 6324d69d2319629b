"""``klimat preview``: says what would move, and leaves everything as it was, outside its scratch folder too."""

import re
import shutil
from pathlib import Path

import pytest

from klimat_pipeline_tests.pipeline.commands import Klimat, run_inside
from klimat_pipeline_tests.support.default_refresh import Refresh


def test_what_would_move_is_told_and_nothing_else_is_touched(
    small_refresh: Refresh, small_country: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Helsingborg's 85 per cent become 80, an action gives 1,000 t less, and somebody else's ledger is nonsense."""
    monkeypatch.setattr("klimat_pipeline.cli.apart.subprocess.run", run_inside)  # the next test starts a process
    config = tmp_path / "checkout" / "data"
    shutil.copytree(small_country / "data", config)
    own = config / "municipalities" / "1283_helsingborg" / "municipality.yaml"
    before = own.read_text(encoding="utf-8")
    own.write_text(before.replace("    reduction_pct: 85", "    reduction_pct: 80", 1), encoding="utf-8")
    actions = own.with_name("actions.csv")
    text = actions.read_text(encoding="utf-8")
    actions.write_text(text.replace("individual heating,7000,", "individual heating,6000,"), encoding="utf-8")
    (config / "municipalities" / "9999_example" / "ledger" / "broken.csv").write_text("a;b\n1;2\n")
    elsewhere = {
        "KLIMAT_TABLES_URL": tmp_path / "tables",
        "KLIMAT_METRICS_FILE": tmp_path / "klimat.prom",
        "KLIMAT_LOG_FILE": tmp_path / "klimat.log",
        "KLIMAT_PROJECT_DIR": tmp_path / "checkout",
    }
    klimat = Klimat(small_refresh.data, tuple((name, str(path)) for name, path in elsewhere.items()))
    shown = klimat.latest

    answer = klimat("preview")

    assert answer.code == 3, answer.text
    assert "configuration differs: municipalities/1283_helsingborg/municipality.yaml" in answer.text
    assert "ledger differs: 9999_example/ledger/broken.csv" in answer.text
    # The line of 2024: 1,081,244.42 t x (1 - 0.85 x 34 / 40), and with 0.80; emissions of 516,011.87 t less that.
    assert "215,967 → 170,014" in answer.text and "indicators move; other tables that move: " in answer.text
    assert "action_id=ccc_individual_heating: 7000.0 became 6000.0" in answer.text
    assert "gap_table: " in answer.text
    alone = klimat("preview", "-m", "1283")
    assert alone.code == 3, alone.text
    assert _figures_of_helsingborg(alone.text) == _figures_of_helsingborg(answer.text) != []
    assert "action_id=ccc_individual_heating: 7000.0 became 6000.0" in alone.text
    assert "9999_example: " not in alone.text and "purchases that cannot be read are missing below" in alone.text
    assert klimat.latest == shown
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkout"]


def test_one_municipality_alone_has_every_value_of_a_refresh(small_refresh: Refresh) -> None:
    answer = Klimat(small_refresh.data, ())("preview", "-m", "1283")
    assert answer.code == 0, answer.text
    assert answer.text.strip().startswith("no indicator moves; other tables that move: none (no checks were run")


def _figures_of_helsingborg(told: str) -> list[str]:
    """Indicator, year, before, after, and the parts of what is between."""
    return re.findall(r"\b1283 \w+ \d{4} \S+ \S+ \S+ \S+", told)
