"""What a workbook by hand may claim: its date, whether it is current, and whether its figures are held already."""

from pathlib import Path
from typing import Any

import pytest

from klimat_pipeline.errors import SnapshotError
from klimat_pipeline.operations.intake import Taken, add_file
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.archive import archive_of
from klimat_pipeline.sources.smhi_snapshots import chosen_snapshots
from klimat_pipeline_tests.support.shared import shared_path
from klimat_pipeline_tests.support.workbooks import Layout, lines_for, workbook

HERE, THERE = ("Skåne län", "Helsingborg"), ("Skåne län", "Malmö")
UNDATED = Layout(report="Länsrapport")
OLD, NEW = "smhi-ggt-2025", "smhi-ggt-2026-06"


@pytest.fixture
def settings(small_country: Path, tmp_path: Path) -> Settings:
    return Settings(project_dir=small_country, data_dir=tmp_path / "data")


def book(*places: tuple[str, str], last: int = 2024, figure: float = 10.0, layout: Layout = UNDATED) -> bytes:
    return workbook(lines_for(places, (1990, last), figure=figure), layout)


def add(settings: Settings, content: bytes, **said: Any) -> Taken:
    path = settings.data_dir / "workbook.xlsx"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return add_file(settings, path, **said)


def order(settings: Settings) -> list[str]:
    return [s.release_id for s in archive_of(settings).snapshots() if s.substance == "GGT"]


def test_an_undated_workbook_is_dated_by_its_last_year(settings: Settings) -> None:
    taken = add(settings, book(HERE, last=2023))
    assert taken.snapshot.report_date is None
    assert taken.snapshot.released_on == "2024"
    assert taken.snapshot.release_id == f"smhi-ggt-to-2023-{taken.snapshot.sha256[:8]}"
    assert order(settings) == [taken.snapshot.release_id, OLD, NEW]


def test_a_date_does_not_make_older_figures_newer(settings: Settings) -> None:
    """Released in 2027, but its figures end in 2023."""
    taken = add(settings, book(HERE, last=2023), report_date="2027-01")
    assert order(settings) == [OLD, taken.snapshot.release_id, NEW]


def test_a_later_year_is_newer_even_without_a_date(settings: Settings) -> None:
    taken = add(settings, book(HERE, last=2025))
    assert order(settings)[-1] == taken.snapshot.release_id


def test_a_release_can_still_be_made_current_by_somebody(settings: Settings) -> None:
    older = add(settings, book(HERE, last=2023), report_date="2027-01").snapshot.release_id
    assert [s.release_id for s in chosen_snapshots(settings, [older])] == [OLD, older]


@pytest.mark.parametrize("figure", [10.0, 10.004], ids=["same", "rounded"])
def test_the_same_figures_in_other_bytes_are_the_same_release(settings: Settings, figure: float) -> None:
    first = add(settings, book(HERE))
    again = add(settings, book(HERE, figure=figure, layout=Layout(extra_rows=[["Källa: SMHI"]])), release_id="other")
    assert (again.is_new, again.snapshot) == (False, first.snapshot)


@pytest.mark.parametrize(
    ("held", "copied", "is_new"),
    # Whole tonnes and tenths of what is held; more figures than that or other ones; more digits than are held.
    [(10.46, 10.0, False), (10.46, 10.5, False), (10.46, 11.0, True), (10.46, 10.6, True), (10.0, 10.46, True)],
)
def test_a_copy_in_fewer_digits_is_the_same_release(
    settings: Settings, held: float, copied: float, is_new: bool
) -> None:
    first = add(settings, book(HERE, figure=held))
    again = add(settings, book(HERE, figure=copied), release_id="other")
    assert again.is_new == is_new
    if not is_new:
        assert again.snapshot == first.snapshot
        # With more places it would stand in the place of the figures that have more digits.
        wider = add(settings, book(HERE, THERE, figure=copied), release_id="wider")
        assert wider.is_new and wider.extended is None


def test_an_extract_of_what_is_held_adds_nothing(settings: Settings) -> None:
    first = add(settings, book(HERE, THERE))
    assert add(settings, book(THERE)) == Taken(first.snapshot, is_new=False)


@pytest.mark.parametrize("years", [(1990, 2024), (2020, 2024), (1990, 2020)], ids=str)
def test_some_years_of_what_is_held_add_nothing(settings: Settings, years: tuple[int, ...]) -> None:
    """Cut short too: without its last years it would stand as an older release beside itself."""
    first = add(settings, workbook(lines_for((HERE, THERE), (1990, 2020, 2024)), UNDATED))
    assert add(settings, workbook(lines_for((HERE,), years), UNDATED)) == Taken(first.snapshot, is_new=False)


def test_years_between_are_the_same_release_made_wider_but_a_later_one_is_another(settings: Settings) -> None:
    first = add(settings, workbook(lines_for((HERE,), (1990, 2024)), UNDATED)).snapshot
    assert add(settings, workbook(lines_for((HERE,), (1990, 2020, 2024)), UNDATED)).extended == first
    later = add(settings, workbook(lines_for((HERE,), (1990, 2020, 2024, 2025)), UNDATED))
    assert later.extended is None and later.snapshot.release_id != first.release_id


def test_more_places_with_the_same_figures_are_the_same_release_made_wider(settings: Settings) -> None:
    first = add(settings, book(HERE), report_date="2026-09").snapshot
    wider = add(settings, book(HERE, THERE), release_id="another-name", report_date="2030")
    assert (wider.is_new, wider.extended) == (True, first)
    assert (wider.snapshot.release_id, wider.snapshot.report_date) == (first.release_id, "2026-09")
    archive = archive_of(settings)
    assert [s for s in archive.snapshots() if not s.embedded] == [wider.snapshot]
    assert archive.read(wider.snapshot) == book(HERE, THERE) or len(archive.read(wider.snapshot)) > 0
    archive.remove(first.release_id)
    assert [s for s in archive.snapshots() if not s.embedded] == []
    assert not list((archive.written_dir / "files").glob("*.xlsx"))


@pytest.mark.parametrize(
    "content",
    [book(HERE, figure=10.1), book(HERE, last=2023), book(THERE)],
    ids=["other figures", "other years", "other places"],
)
def test_what_differs_is_a_release_of_its_own(settings: Settings, content: bytes) -> None:
    first = add(settings, book(HERE)).snapshot
    second = add(settings, content)
    assert second.is_new and second.extended is None
    assert second.snapshot.release_id != first.release_id


def test_a_manifest_that_extends_nothing_is_refused(settings: Settings) -> None:
    archive = archive_of(settings)
    add(settings, book(HERE), release_id="mine")
    manifest = archive.written_dir / "manifest.json"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace('"mine"', f'"{OLD}"'), encoding="utf-8")
    with pytest.raises(SnapshotError, match="already names"):
        archive.snapshots()


def test_the_national_file_of_2025_is_the_embedded_release_made_wider(settings: Settings) -> None:
    """Without a date, ending in 2023: it keeps the name that corrections are tied to, and stays older than 2026-06."""
    content = shared_path("data", "ned", "ned_ggt_release_2025_sectors.xlsx").read_bytes()
    taken = add(settings, content)
    assert taken.extended is not None and taken.extended.embedded
    assert (taken.snapshot.release_id, taken.snapshot.report_date) == (OLD, "2025")
    assert order(settings) == [OLD, NEW]
    assert not add(settings, content).is_new
