"""What may happen in a simulated night: edits, exports, releases, silence of the source, damage, kills, wrong clocks.

An event changes the surroundings and says what has to follow: the exit code of that night's refresh, the kinds of
inputs that may differ, whether an emission may move. What does not belong here: the nights themselves (``soak``).
"""

import random
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from klimat_pipeline.raw.smhi_workbook import TOTAL, read_workbook
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.archive import archive_of
from klimat_pipeline_tests.pipeline.commands import Klimat
from klimat_pipeline_tests.support.damage import wrong_byte
from klimat_pipeline_tests.support.embedded import embedded
from klimat_pipeline_tests.support.kills import STEPS, environment_of, killed
from klimat_pipeline_tests.support.misbehaving_server import (
    Answer,
    MisbehavingServer,
    cut_short,
    html,
    ok_with_etag,
    status,
)

HELSINGBORG = ("Skåne län", "Helsingborg")
INDUSTRY = "Industri (energi + processer)"
#: Releases beside the embedded ones; an older one is taken out when another comes.
KEPT_RELEASES = 2

#: What a source that is of no use answers, however it is asked.
USELESS: tuple[Answer, ...] = (
    status("500 Internal Server Error"),
    status("404 Not Found"),
    html("<h1>Underhåll</h1>"),
    cut_short(b"PK\x03\x04", 1000),
)


@dataclass
class Surroundings:
    """The folder of the checkout, the data folder and the live source, as they are tonight.

    Attributes:
        root: holds both folders.
        chance: decides everything that is left open.
        server: the live source.
        day: of the report of the newest release.
        lines: its figures by labels and year.
        last_year: its last year.
        broken_ledger: whether an export lies there that cannot be read.
        whole: what a file held that is broken tonight.
    """

    root: Path
    chance: random.Random
    server: MisbehavingServer
    day: date = date(2026, 6, 10)
    lines: dict[tuple[str, ...], dict[int, float]] = field(default_factory=dict)
    last_year: int = 0
    broken_ledger: bool = False
    whole: bytes = b""

    def __post_init__(self) -> None:
        archive = self.root / "checkout" / "data" / "snapshots" / "embedded" / "files"
        books = [read_workbook(path.read_bytes(), path.name) for path in archive.glob("*.xlsx")]
        newest = max(books, key=lambda book: max(book.years))
        self.last_year = max(newest.years)
        for labels, values in zip(zip(*newest.labels, strict=True), newest.values, strict=True):
            self.lines[labels] = dict(zip(newest.years, map(float, values), strict=True))
        self.answers(self.workbook())

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def municipality(self) -> Path:
        return self.root / "checkout" / "data" / "municipalities" / "1283_helsingborg"

    @property
    def reported_t(self) -> float:
        """Helsingborg's sum of all sectors in the last year, by the newest workbook."""
        return sum(
            figures[self.last_year] for (_, _, *place), figures in self.lines.items() if tuple(place) == HELSINGBORG
        )

    def workbook(self) -> bytes:
        return embedded(self.lines, self.day.isoformat())

    def answers(self, content: bytes) -> None:
        """From now on the source has this workbook, and says 304 to who has it already."""
        self.server.answers[:] = [ok_with_etag(content, f'"{sha256(content).hexdigest()}"')]

    def reports(self, more_t: int) -> None:
        """Industry of Helsingborg, and with it the nation's, emitted more in the last year than was thought."""
        for place in (HELSINGBORG, (TOTAL, TOTAL)):
            self.lines[(INDUSTRY, TOTAL, *place)][self.last_year] += more_t
        self.answers(self.workbook())


@dataclass(frozen=True)
class Event:
    """Something that happens.

    Attributes:
        name: in what is printed.
        weight: how often, among all.
        happens: changes the surroundings, before the refresh.
        causes: kinds of inputs that may differ in a publication that is new.
        moves_emissions: whether an emission may be another one afterwards.
        code_of: exit code of the refresh; that of a broken ledger goes before 0.
        ends: brings the surroundings back, after the refresh.
        clock_back: how wrong the clock is.
    """

    name: str
    weight: float
    happens: Callable[[Surroundings], None]
    causes: frozenset[str] = frozenset()
    moves_emissions: bool = False
    code_of: int = 0
    ends: Callable[[Surroundings], None] = lambda _: None
    clock_back: timedelta = timedelta()

    def code(self, around: Surroundings) -> int:
        return self.code_of or int(around.broken_ledger)


def _nothing(_: Surroundings) -> None:
    """A quiet night."""


def _edit_population(around: Surroundings) -> None:
    """Somebody corrects a number of residents."""
    path = around.municipality / "population.csv"
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    cells = lines[-1].split(",")
    column = head.split(",").index("population")
    cells[column] = str(int(cells[column]) + around.chance.randint(1, 9))
    path.write_text("\n".join([head, *lines[:-1], ",".join(cells)]) + "\n", encoding="utf-8")


def _edit_target(around: Surroundings) -> None:
    """The council asks for more or less of the whole municipality."""
    path = around.municipality / "municipality.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if "id: total" in line)
    at = next(number for number in range(at, len(lines)) if "reduction_pct" in lines[number])
    name, _, _ = lines[at].partition(":")
    lines[at] = f"{name}: {around.chance.randint(60, 95)}"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _add_ledger(around: Surroundings) -> None:
    """An export arrives, in the place of one that could not be read."""
    from klimat_pipeline_tests.unit.spend.small import HEADER, line

    folder = around.municipality / "ledger"
    folder.mkdir(exist_ok=True)
    number = around.chance.randint(1, 10_000)
    (folder / "l.csv").write_text("\n".join([HEADER, line(f"V{number}", f"{number},00"), ""]), encoding="utf-8")
    (folder / "broken.csv").unlink(missing_ok=True)
    around.broken_ledger = False


def _add_broken_ledger(around: Surroundings) -> None:
    folder = around.municipality / "ledger"
    folder.mkdir(exist_ok=True)
    (folder / "broken.csv").write_text(f"no;ledger;{around.chance.random()}\n1;2;3\n", encoding="utf-8")
    around.broken_ledger = True


def _take_ledgers(around: Surroundings) -> None:
    for path in (around.municipality / "ledger").glob("*.csv"):
        path.unlink()
    around.broken_ledger = False


def _break_configuration(around: Surroundings) -> None:
    """A file is saved half written."""
    path = around.municipality / "municipality.yaml"
    around.whole = path.read_bytes()
    path.write_bytes(around.whole[: len(around.whole) // 2] + b'\n"')


def _mend_configuration(around: Surroundings) -> None:
    (around.municipality / "municipality.yaml").write_bytes(around.whole)


def _release(around: Surroundings) -> None:
    """The national database publishes anew, a month later; the oldest that was added is taken out."""
    around.day += timedelta(days=30)
    around.reports(around.chance.randint(1, 5_000))
    _take_oldest(around)


def _reissue(around: Surroundings) -> None:
    """The same report of the same day holds other figures."""
    around.reports(around.chance.randint(1, 50))
    _take_oldest(around)


def _take_oldest(around: Surroundings) -> None:
    """Releases that the source gave are kept for a while only: somebody takes out the oldest."""
    given = [one for one in archive_of(Settings(data_dir=around.data)).snapshots() if not one.embedded]
    for snapshot in given[:-KEPT_RELEASES]:
        answer = Klimat(around.data)("snapshot", "remove", snapshot.release_id)
        assert answer.code == 0, answer.text


def _useless_source(around: Surroundings) -> None:
    around.server.answers[:] = [around.chance.choice(USELESS)]


def _useful_source(around: Surroundings) -> None:
    around.answers(around.workbook())


def _kill(around: Surroundings) -> None:
    """A refresh is killed before tonight's."""
    environment = environment_of(around.data, KLIMAT_PROJECT_DIR=str(around.root / "checkout"))
    code = killed(environment, around.chance.randint(0, STEPS))
    assert code == -signal.SIGKILL, code


def _damage_published(around: Surroundings) -> None:
    tables = sorted((around.data / "published" / "parquet" / "latest").glob("*.parquet"))
    if tables:
        wrong_byte(around.chance.choice(tables), 100 * around.chance.random())


def _damage_intermediate(around: Surroundings) -> None:
    files = [
        path for path in sorted((around.data / "intermediate").rglob("*")) if path.is_file() and path.stat().st_size
    ]
    if files:
        wrong_byte(around.chance.choice(files), 100 * around.chance.random())


def _damage_history(around: Surroundings) -> None:
    path = around.data / "dagster" / "history" / "runs.db"
    if path.is_file():
        path.replace(path.with_suffix(".kept"))
        path.write_bytes(b"garbage" * 1000)


def _mend_history(around: Surroundings) -> None:
    path = around.data / "dagster" / "history" / "runs.db"
    if path.with_suffix(".kept").is_file():
        path.with_suffix(".kept").replace(path)


CONFIGURATION, LEDGER, RELEASE = frozenset({"configuration"}), frozenset({"ledger"}), frozenset({"release"})

PUBLISHED_DAMAGED = "published table damaged"
#: Three nights of four nothing happens; the rest is drawn far more often than in life.
EVENTS = (
    Event("nothing", 0.74, _nothing),
    Event("population edited", 0.03, _edit_population, CONFIGURATION),
    Event("target edited", 0.03, _edit_target, CONFIGURATION),
    Event("ledger came", 0.03, _add_ledger, LEDGER),
    Event("ledger broken", 0.02, _add_broken_ledger, LEDGER),
    Event("ledgers gone", 0.02, _take_ledgers, LEDGER),
    Event("configuration broken", 0.02, _break_configuration, code_of=1, ends=_mend_configuration),
    Event("release", 0.015, _release, RELEASE, moves_emissions=True),
    Event("reissue", 0.005, _reissue, RELEASE, moves_emissions=True),
    Event("source useless", 0.03, _useless_source, ends=_useful_source),
    Event("killed", 0.02, _kill),
    Event(PUBLISHED_DAMAGED, 0.015, _damage_published),
    Event("file between stages damaged", 0.015, _damage_intermediate),
    Event("history damaged", 0.01, _damage_history, code_of=74, ends=_mend_history),
    Event("clock a month back", 0.01, _nothing, clock_back=timedelta(days=30)),
)
