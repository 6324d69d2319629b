"""Looking into the trees of ``klimat explain``, and changing what they are read from."""

import json
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from klimat_pipeline.explanations import Node, as_text
from klimat_pipeline.explanations.workbook import Workbook
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.archive import Snapshot, archive_of

FIRST, SECOND = "smhi-ggt-2025", "smhi-ggt-2026-06"


def copy_of(refreshed: Path, project: Path, root: Path) -> Settings:
    """A publication below another folder, with an archive and a database of its own that may be changed."""
    settings = Settings(project_dir=root, data_dir=root / "data")
    shutil.copytree(refreshed / "published", settings.published_dir, symlinks=True)
    for part in ("reference", "snapshots/embedded"):
        shutil.copytree(project / "data" / part, root / "data" / part)
    database = settings.published_dir / "klimat.sqlite"
    database.chmod(stat.S_IRUSR | stat.S_IWUSR)
    return settings


@contextmanager
def read_once() -> Iterator[None]:
    """Let all explanations meanwhile share what was read of the same bytes: a command reads a workbook once, too."""
    read, kept = Workbook._table.func, {}

    def table(workbook: Workbook) -> Any:
        key = (workbook._content, workbook._snapshot, workbook._settings.reference_dir)
        if key not in kept:
            kept[key] = read(workbook)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Workbook, "_table", property(table))
        yield


def nodes(tree: Node, start: str) -> list[Node]:
    return [node for node in tree.walk() if node.label.startswith(start)]


def child(tree: Node, start: str) -> Node:
    (found,) = [node for node in tree.children if node.label.startswith(start)]
    return found


def leaves(tree: Node) -> Iterator[Node]:
    return (node for node in tree.walk() if "cell" in node.detail)


def cells_of(tree: Node) -> list[tuple[object, object]]:
    """Address and value of every cell below the node."""
    return [(leaf.detail["cell"], leaf.value) for leaf in leaves(tree)]


def tonnes(tree: Node) -> float:
    """Sum of the cells below the node; all of them are in tonnes."""
    return sum(float(leaf.value or 0) for leaf in leaves(tree))


def statements(tree: Node) -> list[Node]:
    """All nodes that say whether two numbers agree."""
    return [node for node in tree.walk() if "agrees" in node.detail]


def disagreeing(tree: Node) -> list[str]:
    return [node.label for node in statements(tree) if not node.detail["agrees"]]


def text_of(node: Node, width: int = 100) -> str:
    console = Console(width=width, record=True, file=StringIO())
    console.print(as_text(node))
    return console.export_text()


def altered(settings: Settings, *statements: str) -> Settings:
    """The settings, after statements on the published SQLite file."""
    with closing(sqlite3.connect(settings.published_dir / "klimat.sqlite")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return settings


def snapshot_of(settings: Settings, release_id: str) -> Snapshot:
    return next(s for s in archive_of(settings).snapshots() if s.release_id == release_id)


def damage(settings: Settings, release_id: str) -> None:
    """Change the archived file behind the manifest's back."""
    snapshot = snapshot_of(settings, release_id)
    snapshot.path.chmod(0o644)
    snapshot.path.write_bytes(snapshot.path.read_bytes() + b" ")


def with_other_cell(settings: Settings, release_id: str, address: str, value: float) -> None:
    """Put another figure into a cell of an embedded workbook, and its new hash wherever one is kept."""
    import openpyxl

    snapshot, changed = snapshot_of(settings, release_id), BytesIO()
    book = openpyxl.load_workbook(snapshot.path)
    book.active[address] = value
    book.save(changed)
    content = changed.getvalue()
    digest = sha256(content).hexdigest()
    snapshot.path.with_name(f"{digest}.xlsx").write_bytes(content)
    manifest = settings.embedded_snapshots_dir / "manifest.json"
    entries = json.loads(manifest.read_text())
    for entry in entries:
        if entry["release_id"] == release_id:
            entry |= {"sha256": digest, "size_bytes": len(content)}
    manifest.write_text(json.dumps(entries))
    altered(settings, f"UPDATE releases SET sha256 = '{digest}' WHERE release_id = '{release_id}'")
