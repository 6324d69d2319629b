"""Simulated nights in the small country: ``make soak NIGHTS=500``. Prints figures, and what does not hold.

Every night something may happen: configuration is edited, a ledger comes or is broken, the source is silent, a refresh is
killed, the history is damaged. After each the refresh of that night runs, and these hold: what is published is whole and
was published by a night that said so; a publication that is new has a reason among that night's events; Dagster's home
and this process stay bounded. What does not belong here: kills at every moment (``kills``), single faults (``faults``).
"""

import os
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from klimat_pipeline.published.publication import current_publications
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.pipeline.commands import Answer, Klimat
from klimat_pipeline_tests.support.kills import STEPS, environment_of, killed, started
from klimat_pipeline_tests.support.small_country import make_small_country

#: Megabytes that Dagster's home may take, after however many nights.
HOME_MB = 300


@dataclass
class Soak:
    """A country, its nights, and what did not hold."""

    root: Path
    chance: random.Random
    faults: list[str] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    homes_mb: list[float] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def municipality(self) -> Path:
        return self.root / "checkout" / "data" / "municipalities" / "1283_helsingborg"

    def nights(self, number: int) -> None:
        """Let so many nights pass."""
        make_small_country(self.root / "checkout")
        os.environ["KLIMAT_PROJECT_DIR"] = str(self.root / "checkout")
        klimat = Klimat(self.data)
        shown = ""
        events: list[tuple[float, str, Callable[[], int]]] = [
            (0.60, "nothing", self._refused),
            (0.12, "population edited", self.edit),
            (0.08, "ledger came", self.ledger),
            (0.06, "ledger broken", self.broken_ledger),
            (0.06, "ledger gone", self.no_ledger),
            (0.04, "killed", self.kill),
            (0.04, "configuration broken", self.broken_configuration),
        ]
        for night in range(number):
            (_, event, act) = self.chance.choices(events, [weight for weight, *_ in events])[0]
            self.happened[event] += 1
            expected = act()
            answer = klimat("refresh")
            now = self.checked(night, event, answer, expected)
            if now != shown and event in ("nothing", "killed", "configuration broken") and night:
                self.faults.append(f"night {night}: {now} after {event}, {shown} before")
            shown = now
            self.measure()
        if started(self.data):
            self.faults.append(f"{started(self.data)} runs still started")

    def checked(self, night: int, event: str, answer: Answer, expected: int) -> str:
        """What is shown, after it was looked at."""
        if answer.code != expected:
            self.faults.append(
                f"night {night}, {event}: exit code {answer.code}, expected {expected}: {answer.text[-300:]}"
            )
        shown = set(current_publications(Settings(data_dir=self.data)).values())
        if None in shown or len(shown) != 1:
            self.faults.append(f"night {night}, {event}: readers see {shown}")
        return str(next(iter(shown)))

    def measure(self) -> None:
        """How large things are tonight."""
        import psutil

        home = sum(path.stat().st_size for path in (self.data / "dagster").rglob("*") if path.is_file())
        self.homes_mb.append(home / 1e6)
        self.memory_mb.append(psutil.Process().memory_info().rss / 1e6)

    def edit(self) -> int:
        """Somebody corrects a number of residents."""
        path = self.municipality / "population.csv"
        lines = path.read_text(encoding="utf-8").splitlines()
        head, last = lines[0].split(","), lines[-1].split(",")
        column = head.index("population")
        last[column] = str(int(last[column]) + self.chance.randint(1, 9))
        path.write_text("\n".join([*lines[:-1], ",".join(last)]) + "\n", encoding="utf-8")
        return self._refused()

    def ledger(self) -> int:
        """An export arrives."""
        from klimat_pipeline_tests.unit.spend.small import ledger, line

        folder = self.municipality / "ledger"
        folder.mkdir(exist_ok=True)
        (folder / "broken.csv").unlink(missing_ok=True)
        number = self.chance.randint(1, 10_000)
        (folder / "l.csv").write_text(ledger(line(f"V{number}", f"{number},00")), encoding="utf-8")
        return 0

    def broken_ledger(self) -> int:
        """An export arrives that cannot be read."""
        folder = self.municipality / "ledger"
        folder.mkdir(exist_ok=True)
        (folder / "broken.csv").write_text(f"no;ledger;{self.chance.random()}\n1;2;3\n", encoding="utf-8")
        return 1

    def no_ledger(self) -> int:
        """Ledgers are taken away."""
        for path in (self.municipality / "ledger").glob("*.csv"):
            path.unlink()
        return 0

    def kill(self) -> int:
        """A refresh is killed, and begun again."""
        code = killed(environment_of(self.data), self.chance.randint(0, STEPS))
        if code != -signal.SIGKILL:
            self.faults.append(f"a killed refresh ended with {code}")
        return self._refused()

    def broken_configuration(self) -> int:
        """A file is saved half written; it is mended before the next night."""
        path = self.municipality / "municipality.yaml"
        before = path.read_text(encoding="utf-8")
        path.write_text(before[: len(before) // 2] + '\n"', encoding="utf-8")
        answer = Klimat(self.data)("refresh")
        if answer.code != 1 and self.homes_mb:
            self.faults.append(f"broken configuration: exit code {answer.code}")
        path.write_text(before, encoding="utf-8")
        return self._refused()

    def _refused(self) -> int:
        """Exit code of a refresh while a broken ledger lies there."""
        return 1 if (self.municipality / "ledger" / "broken.csv").exists() else 0


def main(nights: int, seed: int) -> int:
    """Run; print the figures, and give the exit code."""
    with tempfile.TemporaryDirectory(prefix="klimat-soak-") as folder:
        soak = Soak(Path(folder), random.Random(seed))
        soak.nights(nights)
        tenth = max(1, nights // 10)
        for name, values in (("Dagster's home", soak.homes_mb), ("memory of this process", soak.memory_mb)):
            print(f"{name}, MB: " + ", ".join(f"{value:.0f}" for value in values[::tenth]) + f", last {values[-1]:.0f}")
        if max(soak.homes_mb) > HOME_MB:
            soak.faults.append(f"Dagster's home took {max(soak.homes_mb):.0f} MB")
        print(f"{nights} nights, seed {seed}: {dict(soak.happened)}; faults: {len(soak.faults)}")
        print("\n".join(soak.faults))
        return 1 if soak.faults else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1283))
