"""Part of the assets materialised after something has changed: nothing old comes out under a new id.

One municipality's ledger that nobody can read is such a change too: its purchases stay as they were, marked.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from klimat_pipeline.defs import loggers
from klimat_pipeline_tests.pipeline.commands import Answer, Klimat
from klimat_pipeline_tests.support.default_refresh import Refresh

TARGET = "SELECT target_pct FROM sector_indicators WHERE municipality_code = '1283' AND target_id = 'total' LIMIT 1"
PUBLISHED = "SELECT publication_id FROM publication"
MUNICIPALITY = "municipalities/1283_helsingborg/municipality.yaml"
LEDGER = "datum;verifikationsnummer;leverantor;leverantor_id;konto_nr;konto_text;belopp\n"
#: What looks for news, what reads it, and what publishes: as many steps as tell that a run goes on.
FIRST_AND_LAST = ("group:sources", "group:raw", "group:published")


class House:
    """A checkout's data, a data folder, and a run that has published."""

    def __init__(self, root: Path) -> None:
        self.data, self.config = root / "data", root / "checkout" / "data"
        own = {"KLIMAT_PROJECT_DIR": str(root / "checkout"), "KLIMAT_DATA_DIR": str(self.data)}
        self.klimat = Klimat(self.data, tuple(own.items()))

    def begun(self, *order: str) -> list[str]:
        """Steps that a run begins which ends well."""
        begun: list[str] = []

        def hear(kind: str, step: str) -> None:
            if kind == "STEP_START":
                begun.append(step)

        loggers.listeners.append(hear)
        try:
            answer = self.klimat(*order) if order[0] == "refresh" else self.klimat.run(*order)
        finally:
            loggers.listeners.remove(hear)
        assert answer.code == 0, answer.text
        return begun

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.config / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def made(small_refresh: Refresh, small_country: Path, tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House(tmp_path_factory.mktemp("made"))
    shutil.copytree(small_country / "data", house.config)
    small_refresh.copy(house.data)
    # The copied checkout gives what the checkout gave.
    assert "up to date" in house.klimat("refresh").text
    return house


@pytest.fixture
def house(made: House, tmp_path: Path) -> House:
    """A copy that a test may change."""
    shutil.copytree(made.data.parent, tmp_path / "house", symlinks=True)
    return House(tmp_path / "house")


@dataclass(frozen=True)
class Changed:
    """A house in which a target was changed, then the ledgers: what was said and seen on the way.

    Attributes:
        house: as it is in the end.
        before: purchases by category as published before.
        published_only: what the attempt said to make nothing but the published tables.
        shown: publication and target that were shown before, and after that attempt.
        refresh: the answer of ``klimat refresh``.
        again: that of a second one.
    """

    house: House
    before: pd.DataFrame
    published_only: Answer
    shown: list[tuple[object, object]]
    refresh: Answer
    again: Answer


@pytest.fixture(scope="module")
def changed(made: House, tmp_path_factory: pytest.TempPathFactory) -> Changed:
    """The example's ledger becomes nonsense; Helsingborg's has food for 7,000 kronor of a year without an index."""
    root = tmp_path_factory.mktemp("changed") / "house"
    shutil.copytree(made.data.parent, root, symlinks=True)
    house = House(root)
    before = house.klimat.parquet("spend_by_category")
    shown = [(house.klimat.one(PUBLISHED), house.klimat.one(TARGET))]
    house.edit(MUNICIPALITY, "    reduction_pct: 85", "    reduction_pct: 60")
    published_only = house.klimat.materialise("group:published")
    shown.append((house.klimat.one(PUBLISHED), house.klimat.one(TARGET)))
    municipalities = house.config / "municipalities"
    (municipalities / "9999_example" / "ledger" / "broken.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    own = municipalities / "1283_helsingborg" / "ledger"
    own.mkdir()
    (own / "l.csv").write_text(LEDGER + "2026-03-01;V1;Firma AB;556677-8899;6431;Livsmedel;7000,00\n", encoding="utf-8")
    refresh, again = house.klimat("refresh"), house.klimat("refresh")
    return Changed(house, before, published_only, shown, refresh, again)


def test_a_changed_target_is_published_new_or_the_old_id_stays(changed: Changed) -> None:
    """The steps that showed old figures under a new id."""
    (old, target), *after = changed.shown
    assert target == -85
    assert changed.published_only.code == 1, changed.published_only.text
    assert "was not made from the present inputs" in changed.published_only.text
    assert f"Changed since then: configuration {MUNICIPALITY}. Nothing was made from it." in changed.published_only.text
    assert after == [(old, -85)]
    assert "up to date" not in changed.refresh.text
    assert changed.house.klimat.one(TARGET) == -60
    assert changed.house.klimat.one(PUBLISHED) != old


def test_a_ledger_that_nobody_can_read_stays_as_it_was_and_the_exit_code_says_it(changed: Changed) -> None:
    """Its purchases are marked, and the rest is published."""
    klimat, answer = changed.house.klimat, changed.refresh
    assert answer.code == 1
    assert "9999" in answer.text and "broken.csv" in answer.text
    assert "All else is published" in answer.text
    assert "purchases 2026: 7,000 SEK" in answer.text and "100.0% mapped, at the last known prices" in answer.text
    before, after = changed.before, klimat.parquet("spend_by_category")
    columns = ["year", "spend_category", "spend_sek", "footprint_t_co2e"]
    example = after[after["municipality_code"] == "9999"]
    assert example["is_stale"].all() and len(example)
    was = before[before["municipality_code"] == "9999"]
    assert example[columns].fillna(-1).to_numpy().tolist() == was[columns].fillna(-1).to_numpy().tolist()
    (food,) = after[after["municipality_code"] == "1283"].to_dict("records")
    assert (food["spend_category"], food["spend_sek"], food["is_stale"]) == ("food_products", 7000.0, False)
    refused = klimat.parquet("spend_refused")
    assert refused[["municipality_code", "has_last_state"]].to_numpy().tolist() == [["9999", True]]
    again = changed.again
    assert again.code == 1 and "up to date" in again.text and "broken.csv" in again.text


def change_reference(house: House) -> dict[str, str]:
    path = house.config / "reference" / "sources.csv"
    path.write_bytes(path.read_bytes() + b"\n")
    return {}


def change_draws(house: House) -> dict[str, str]:
    return {"KLIMAT_DRAWS": "1001"}


def change_examples(house: House) -> dict[str, str]:
    return {"KLIMAT_EXAMPLES": "1"}


def change_key(house: House) -> dict[str, str]:
    return {"KLIMAT_PERSONAL_KEY": "a key of sixteen characters"}


def change_ledger(house: House) -> dict[str, str]:
    folder = house.config / "municipalities" / "1283_helsingborg" / "ledger"
    folder.mkdir()
    (folder / "ledger.csv").write_text("kopare_id;belopp\n1;2\n", encoding="utf-8")
    return {}


@pytest.mark.parametrize("change", [change_reference, change_draws, change_examples, change_key, change_ledger])
def test_whatever_has_changed_nothing_is_published_from_the_tables_of_before(
    house: House, change: Callable[[House], dict[str, str]]
) -> None:
    before = house.klimat.files()
    answer = house.klimat.materialise("group:published", **change(house))
    assert answer.code == 1, answer.text
    assert "Changed since then: " in answer.text
    assert house.klimat.files() == before


def test_a_part_made_anew_does_not_carry_the_rest_along(house: House) -> None:
    """The configuration is materialised after the change, and then publishing: the tables between are still old."""
    before = house.klimat.files()
    house.edit(MUNICIPALITY, "    reduction_pct: 85", "    reduction_pct: 60")
    answer = house.klimat.materialise("group:clean", 'key:"sources/smhi_snapshots"', 'key:"raw/smhi_emissions"')
    assert answer.code == 0, answer.text
    answer = house.klimat.materialise("group:published")
    assert answer.code == 1, answer.text
    assert "was not made from the present inputs" in answer.text
    assert house.klimat.files() == before


@pytest.mark.parametrize(
    ("order", "begun", "made_anew"),
    [
        (("schedule",), ["sources__smhi_snapshots"], False),
        (("refresh",), [], False),
        (("assets", "sources/smhi_snapshots"), ["sources__smhi_snapshots"], True),
        (("assets", *FIRST_AND_LAST), ["sources__smhi_snapshots", "raw__smhi_emissions", "publish"], True),
    ],
    ids=["schedule", "command", "one asset", "first and last"],
)
def test_nothing_new_ends_a_run_that_asks_for_news_and_no_other(
    house: House, order: tuple[str, ...], begun: list[str], made_anew: bool
) -> None:
    """A person who presses Materialize wants it done."""
    before, listed = house.klimat.one(PUBLISHED), "intermediate/sources/smhi_snapshots.parquet"
    written = house.klimat.files("intermediate")[listed]
    steps = house.begun(*order)
    assert set(begun) <= set(steps)
    assert len(steps) == len(begun) or order == ("assets", *FIRST_AND_LAST)
    assert (house.klimat.files("intermediate")[listed] != written) is made_anew
    assert house.klimat.one(PUBLISHED) == before


def test_every_stored_table_carries_the_digest_of_the_publication(made: House) -> None:
    import pyarrow.parquet as pq

    from klimat_pipeline.contracts import TABLES

    digests = {
        key: (pq.read_schema(made.data / "intermediate" / f"{key}.parquet").metadata or {}).get(b"klimat.made_from")
        for key, table in TABLES.items()
        if table.stage not in ("published", "mart")
    }
    (digest,) = set(digests.values())
    assert digest is not None
    assert made.klimat.one(PUBLISHED) == f"pub-{digest.decode()}"


def test_dagster_says_the_same(made: House) -> None:
    """Data version, code version and what a table was made from are Dagster's own."""
    import dagster as dg

    from klimat_pipeline.defs.instance import instance
    from klimat_pipeline.settings import Settings

    digest = made.klimat.one(PUBLISHED).removeprefix("pub-")
    with instance(Settings(data_dir=made.data)) as history:
        event = history.get_latest_materialization_event(dg.AssetKey(["indicators", "sector_indicators"]))
        inputs = history.get_latest_materialization_event(dg.AssetKey(["sources", "all_inputs"]))
    assert event is not None
    assert inputs is not None
    tags = dict(event.asset_materialization.tags or {})
    assert tags["dagster/data_version"] == digest
    assert tags["dagster/input_data_version/clean/targets"] == digest
    assert tags["dagster/input_data_version/sources/all_inputs"] == digest
    assert len(tags["dagster/code_version"]) == 16
    assert (inputs.asset_materialization.tags or {})["dagster/data_version"] == digest


def test_the_sensor_reports_a_change_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    import dagster as dg

    from klimat_pipeline.defs.inputs import changed_inputs
    from klimat_pipeline.defs.instance import instance
    from klimat_pipeline.settings import Settings

    for name, value in house.klimat.environment:
        monkeypatch.setenv(name, value)
    with instance(Settings(data_dir=house.data)) as history:

        def look() -> str:
            answer = changed_inputs(dg.build_sensor_context(instance=history))
            return str(getattr(answer, "skip_message", ""))

        assert look().startswith("inputs are still")
        house.edit(MUNICIPALITY, "    reduction_pct: 85", "    reduction_pct: 60")
        assert look().startswith("inputs have changed to")
        assert look().startswith("inputs are still")


def test_a_table_that_failed_a_check_is_not_made_use_of(house: House) -> None:
    """It is stored to be looked at; its digest is withheld, so that nothing downstream takes it."""
    from klimat_pipeline.storage import TableStore

    before = house.klimat.files()
    frozen = "municipalities/1283_helsingborg/frozen/klimatkontrakt-2025-26.yaml"
    house.edit(frozen, "year: 1990, emissions_t_co2e: 43434.74", "year: 1990, emissions_t_co2e: 43435.74")
    answer = house.klimat("refresh")
    assert answer.code == 1, answer.text
    assert "frozen_reproduces" in answer.text
    store = TableStore(house.data / "intermediate")
    assert store.made_from("indicators/sector_indicators") is None
    assert store.made_from("clean/targets") is not None
    answer = house.klimat.materialise("group:scenarios")
    assert answer.code == 1, answer.text
    assert (
        "indicators/sector_indicators was not made from the present inputs: it carries no digest: it failed a check"
        in answer.text
    )
    assert house.klimat.materialise("group:published").code == 1
    assert house.klimat.files() == before
