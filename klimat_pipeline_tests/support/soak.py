"""Simulated nights in the small country: ``make soak NIGHTS=500``. Prints figures, and what does not hold.

Every night the clock is a day further and something may happen (``soak_events``); then the refresh of that night runs,
from a live source on loopback. Held after each: what readers see is whole, of one publication and sound as a database;
a publication that is new has a reason among that night's events, and each of its figures that moved the cause that the
event can have; the reported total is that of the newest workbook. Held at the end: Dagster's home, the data folder and
this process stay bounded. What does not belong here: kills at every moment (``kills``), single faults (``faults``).
"""

import os
import random
import sqlite3
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from klimat_pipeline.errors import PublishError
from klimat_pipeline.operations.preview import Moved, preview
from klimat_pipeline.published.publication import current_publications
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.pipeline.commands import Klimat
from klimat_pipeline_tests.support.kills import started
from klimat_pipeline_tests.support.misbehaving_server import MisbehavingServer, silent
from klimat_pipeline_tests.support.small_country import make_small_country
from klimat_pipeline_tests.support.soak_events import EVENTS, PUBLISHED_DAMAGED, Event, Surroundings

#: Megabytes that Dagster's home may take, after however many nights.
HOME_MB = 300
#: How much larger the last tenth of the nights may be than the sixth, by which time all that is kept is there once.
GROWTH = 1.25
FIRST_NIGHT = datetime(2026, 12, 1, 5, 15, tzinfo=UTC)
#: Ends between two thousandths are rounded.
ROUNDED_T = 0.01
#: Options that change without anybody: a correction or an acknowledgement has its last day, which may move figures;
#: the source is silent for another day, or no longer, which only marks them.
LAST_DAY, SILENCE = "past their last day", "source silent"


@dataclass
class Soak:
    """Nights, what happened in them, how large things were, and what did not hold."""

    around: Surroundings
    klimat: Klimat
    faults: list[str] = field(default_factory=list)
    happened: dict[str, int] = field(default_factory=dict)
    moved: int = 0
    sizes_mb: dict[str, list[float]] = field(default_factory=dict)

    def night(self, number: int, event: Event, before: str | None) -> str | None:
        """Let an event happen, refresh, and look at what is there.

        Args:
            number: of the night.
            event: what happens.
            before: publication that readers saw.

        Returns:
            Publication that readers see now.
        """
        self.happened[event.name] = self.happened.get(event.name, 0) + 1
        faults = []
        try:
            event.happens(self.around)
        except AssertionError as error:
            faults.append(f"did not happen: {error}")
        answer = self.klimat("refresh")
        if answer.code != event.code(self.around):
            faults.append(f"exit code {answer.code} is not {event.code(self.around)}: {answer.text[-400:]}")
        event.ends(self.around)
        shown = set(current_publications(self.settings).values())
        if None in shown or len(shown) != 1:
            return self._told(number, event, [*faults, f"readers see {shown}"], before)
        (now,) = shown
        faults += self._unsound()
        if before is not None and now != before:
            faults += self._unexplained(event, before, str(now))
        self._measure()
        return self._told(number, event, faults, now)

    @property
    def settings(self) -> Settings:
        return Settings(data_dir=self.around.data)

    def _told(self, number: int, event: Event, faults: list[str], now: str | None) -> str | None:
        for fault in faults:
            self.faults.append(f"night {number}, {event.name}: {fault}")
            print(self.faults[-1], flush=True)
        return now

    def _unsound(self) -> list[str]:
        """What is wrong with the databases that readers read, and with the total that they see."""
        faults, folder = [], self.around.data / "published"
        for name in ("klimat.sqlite", "klimat_mart.sqlite"):
            with closing(sqlite3.connect(f"{(folder / name).as_uri()}?mode=ro", uri=True)) as connection:
                if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                    faults.append(f"{name} is not whole")
                if connection.execute("PRAGMA foreign_key_check").fetchall():
                    faults.append(f"{name} has rows without their dimension")
        ((total,),) = self.klimat.rows(
            "SELECT emissions_reported_t_co2e FROM sector_indicators WHERE is_headline AND municipality_code = '1283' "
            "AND target_id = 'total' AND year = ?",
            self.around.last_year,
        )
        if abs(total - self.around.reported_t) > ROUNDED_T:
            faults.append(f"a total of {total} t, {self.around.reported_t} t were reported")
        return faults

    def _unexplained(self, event: Event, before: str, now: str) -> list[str]:
        """Figures that moved, and cannot have moved by what happened."""
        folder = self.around.data / "published" / "parquet"
        if not (folder / before).is_dir():
            return [f"{before} is not kept"]
        try:
            found = preview(folder / before, folder / now)
        except PublishError:
            return [] if event.name == PUBLISHED_DAMAGED else [f"{before} cannot be compared"]
        ended = [name for _, name in found.inputs if name.endswith(LAST_DAY)]
        silent = [name for _, name in found.inputs if name.startswith(SILENCE)]
        causes = {cause for cause, name in found.inputs if name not in (*ended, *silent)}
        faults = [] if causes <= event.causes else [f"new for {found.inputs}"]
        faults += [] if found.inputs else [f"{now} is new, and no input differs"]
        self.moved += len(found.moved)
        may = event.moves_emissions or bool(ended)
        return faults + [f"moved without cause: {one}" for one in found.moved if not _can_move(one, may)][:3]

    def _measure(self) -> None:
        """How large things are tonight."""
        import psutil

        sizes = {
            "Dagster's home": _bytes(self.around.data / "dagster"),
            "data folder": _bytes(self.around.data),
            "memory of this process": psutil.Process().memory_info().rss,
        }
        for name, size in sizes.items():
            self.sizes_mb.setdefault(name, []).append(size / 1e6)

    def grown(self) -> list[str]:
        """What is too large at the end, or still growing."""
        faults = [
            f"{name} grew from {sum(sixth) / len(sixth):.0f} to {sum(last) / len(last):.0f} MB"
            for name, sizes in self.sizes_mb.items()
            if (tenth := len(sizes) // 10) >= 5
            and sum(last := sizes[-tenth:]) > GROWTH * sum(sixth := sizes[5 * tenth : 6 * tenth])
        ]
        if (home := max(self.sizes_mb["Dagster's home"])) > HOME_MB:
            faults.append(f"Dagster's home took {home:.0f} MB")
        if left := started(self.around.data):
            faults.append(f"{left} runs still started")
        return faults


def _can_move(one: Moved, may: bool) -> bool:
    """Whether emissions are as they were, or may move and do so by source and corrections together, exactly."""
    if one.before_t is None or one.after_t is None:
        return may
    whole = abs(one.source_t + one.corrections_t - (one.after_t - one.before_t)) <= ROUNDED_T
    return whole and (may or one.after_t == one.before_t)


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def soak(root: Path, nights: int, seed: int) -> Soak:
    """Let so many nights pass.

    Args:
        root: an empty folder.
        nights: how many.
        seed: of what happens.
    """
    import time_machine

    make_small_country(root / "checkout")
    os.environ["KLIMAT_PROJECT_DIR"] = str(root / "checkout")
    chance = random.Random(seed)
    with MisbehavingServer([silent]) as server:
        around = Surroundings(root, chance, server)
        klimat = Klimat(
            around.data,
            (
                *(("KLIMAT_LIVE", "1"), ("KLIMAT_LIVE_PRICES", "0"), ("KLIMAT_SMHI_URL", server.url)),
                *(("KLIMAT_HTTP_ATTEMPTS", "2"), ("KLIMAT_HTTP_BACKOFF_S", "0.01"), ("KLIMAT_DRAWS", "100")),
            ),
        )
        made = Soak(around, klimat)
        shown: str | None = None
        for number in range(nights):
            (event,) = chance.choices(EVENTS, [event.weight for event in EVENTS])
            with time_machine.travel(FIRST_NIGHT + timedelta(days=number) - event.clock_back, tick=True):
                shown = made.night(number, event, shown)
            if (number + 1) % max(1, nights // 10) == 0:
                sizes = ", ".join(f"{name} {sizes[-1]:.0f} MB" for name, sizes in made.sizes_mb.items())
                print(f"{number + 1} nights: {sizes}; {len(made.faults)} faults", flush=True)
    made.faults += made.grown()
    return made


def main(nights: int, seed: int) -> int:
    """Run; print the figures, and give the exit code."""
    with tempfile.TemporaryDirectory(prefix="klimat-soak-") as folder:
        made = soak(Path(folder), nights, seed)
    print(f"{nights} nights, seed {seed}: {made.happened}; figures moved: {made.moved}; faults: {len(made.faults)}")
    print("\n".join(made.faults))
    return 1 if made.faults else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1283))
