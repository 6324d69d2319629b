"""The checkout's data with snapshots of the nation and Helsingborg alone: a run takes half the time.

Tests run on it unless they ask for something else. What does not belong here: the default run, which has all 290
municipalities (``default_refresh``).
"""

import json
import shutil
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from klimat_pipeline.raw.smhi_workbook import TOTAL, read_workbook
from klimat_pipeline_tests.support.embedded import embedded
from klimat_pipeline_tests.support.shared import REPOSITORY
from klimat_pipeline_tests.support.workbooks import MAIN_SECTORS, Lines

PLACES = ((TOTAL, TOTAL), ("Skåne län", "Helsingborg"))
PARTS = ("municipalities", "reference", "schemas", "dagster", "snapshots/embedded")


def make_small_country(checkout: Path, places: Sequence[tuple[str, str]] = PLACES) -> None:
    """Write the folder ``data`` of a checkout.

    Args:
        checkout: the checkout.
        places: county and municipality of those that have figures, Helsingborg among them.
    """
    data = checkout / "data"
    for part in PARTS:
        # What a run in the checkout has left beside Dagster's configuration stays there.
        shutil.copytree(REPOSITORY / "data" / part, data / part, ignore=_left_by_runs)
    if ("Gävleborgs län", "Gävle") not in places:  # a municipality without figures here
        shutil.rmtree(data / "municipalities" / "2180_gavle")
    snapshots = data / "snapshots" / "embedded"
    manifest = json.loads((snapshots / "manifest.json").read_text(encoding="utf-8"))
    for entry in manifest:
        whole = snapshots / "files" / f"{entry['sha256']}.xlsx"
        content = embedded(_lines(whole, places), entry["report_date"])
        whole.unlink()
        entry |= {"sha256": sha256(content).hexdigest(), "size_bytes": len(content)}
        (snapshots / "files" / f"{entry['sha256']}.xlsx").write_bytes(content)
    (snapshots / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def municipalities_of(path: Path) -> list[tuple[str, str]]:
    """County and name of every municipality of a workbook, in its order."""
    labels = read_workbook(path.read_bytes(), path.name).labels
    return [place for place in dict.fromkeys(zip(*labels[2:], strict=True)) if TOTAL not in place]


def _lines(path: Path, places: Sequence[tuple[str, str]]) -> Lines:
    """The main sectors of the places, one after the other; no totals."""
    book = read_workbook(path.read_bytes(), path.name)
    rows = dict(zip(zip(*book.labels, strict=True), book.values, strict=True))
    wanted = [(sector, TOTAL, *place) for place in places for sector in MAIN_SECTORS]
    return {labels: dict(zip(book.years, map(float, rows[labels]), strict=True)) for labels in wanted}


def _left_by_runs(folder: str, names: list[str]) -> set[str]:
    return set(names) - {"dagster.yaml", "celery.yaml"} if Path(folder).name == "dagster" else set()
