"""One municipality's ledger that nobody can read: its purchases stay as they were, marked, and the rest is published."""

import shutil
from pathlib import Path

from klimat_pipeline_tests.pipeline.commands import Klimat
from klimat_pipeline_tests.support.default_refresh import Refresh

LEDGER = "datum;verifikationsnummer;leverantor;leverantor_id;konto_nr;konto_text;belopp\n"


def test_the_rest_is_published_and_the_exit_code_says_it(
    small_refresh: Refresh, small_country: Path, tmp_path: Path
) -> None:
    """The example's ledger becomes nonsense; Helsingborg's has food for 7,000 kronor of a year without an index."""
    data = small_refresh.copy(tmp_path / "data")
    config = tmp_path / "checkout" / "data"
    shutil.copytree(small_country / "data", config)
    (config / "municipalities" / "9999_example" / "ledger" / "broken.csv").write_text("a;b\n1;2\n")
    own = config / "municipalities" / "1283_helsingborg" / "ledger"
    own.mkdir()
    (own / "l.csv").write_text(LEDGER + "2026-03-01;V1;Firma AB;556677-8899;6431;Livsmedel;7000,00\n")
    klimat = Klimat(data, (("KLIMAT_PROJECT_DIR", str(tmp_path / "checkout")),))
    before = klimat.parquet("spend_by_category")

    answer = klimat("refresh")

    assert answer.code == 1
    assert "9999" in answer.text and "broken.csv" in answer.text
    assert "All else is published" in answer.text
    assert "purchases 2026: 7,000 SEK" in answer.text and "100.0% mapped, at the last known prices" in answer.text
    after = klimat.parquet("spend_by_category")
    columns = ["year", "spend_category", "spend_sek", "footprint_t_co2e"]
    example = after[after["municipality_code"] == "9999"]
    assert example["is_stale"].all() and len(example)
    was = before[before["municipality_code"] == "9999"]
    assert example[columns].fillna(-1).to_numpy().tolist() == was[columns].fillna(-1).to_numpy().tolist()
    (food,) = after[after["municipality_code"] == "1283"].to_dict("records")
    assert (food["spend_category"], food["spend_sek"], food["is_stale"]) == ("food_products", 7000.0, False)
    refused = klimat.parquet("spend_refused")
    assert refused[["municipality_code", "has_last_state"]].to_numpy().tolist() == [["9999", True]]
    again = klimat("refresh")
    assert again.code == 1 and "up to date" in again.text and "broken.csv" in again.text
