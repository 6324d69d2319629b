"""The house: its order of rooms (pyproject.toml, import-linter), no circles, and a module of its name for every table."""

import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import grimp

import klimat_pipeline
from klimat_pipeline.contracts import TABLES

PACKAGE = Path(klimat_pipeline.__file__).resolve().parent


def test_a_room_imports_only_rooms_below_it() -> None:
    """Every room is in the list (exhaustive), none imports a higher one, and no stage knows Dagster.

    In a process of its own: import-linter configures logging for the whole of it.
    """
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports within functions and for type checkers count too."""
    graph = grimp.build_graph("klimat_pipeline", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in sorted(graph.modules)}
    TopologicalSorter(imports).prepare()


def test_every_table_is_computed_by_a_module_of_its_name() -> None:
    """``stage/name`` in ``stage/name.py`` or a room of that stage; published tables show other tables."""
    wrong = {}
    for key in TABLES:
        stage, name = key.split("/")
        found = [path.relative_to(PACKAGE).as_posix() for path in (PACKAGE / stage).rglob(f"{name}.py")]
        if stage != "published" and len(found) != 1:
            wrong[key] = found
    assert not wrong
