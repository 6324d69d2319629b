"""The house rules, read from the source: which stage may import which, what is never used, what is always there."""

import ast
import functools
import json
import re
import subprocess
import sys
from pathlib import Path

import klimat_pipeline
from klimat_pipeline_tests.support.for_each import for_each

PACKAGE = Path(klimat_pipeline.__file__).resolve().parent
FILES = sorted(PACKAGE.rglob("*.py"))
#: In the order of the pipeline.
STAGES = (
    "sources",
    "raw",
    "clean",
    "corrected",
    "inventory",
    "spend",
    "indicators",
    "scenarios",
    "quality",
    "published",
    "mart",
)
EACH = for_each(path={path.relative_to(PACKAGE).as_posix(): path for path in FILES})


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(path: Path) -> set[str]:
    """Everything that a file imports anywhere in it, also inside functions; by absolute name."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return found


@for_each(path=sorted((PACKAGE / "defs").rglob("*.py")))
def test_dagster_can_read_annotations(path: Path) -> None:
    assert "__future__.annotations" not in imports(path)


@EACH
def test_no_year_is_written_into_the_code(path: Path) -> None:
    """Baseline and target years are configuration. A limit that no data reaches (1900, 2200) is none."""
    texts = docstrings(tree(path))
    years = [
        (node.lineno, node.value)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant)
        and id_of(node) not in texts
        and (
            (isinstance(node.value, int) and (node.value == 1990 or 2000 <= node.value <= 2099))
            or (isinstance(node.value, str) and re.fullmatch(r"1990|20\d\d", node.value))
        )
    ]
    assert years == []


def docstrings(module: ast.Module) -> set[tuple[int, int]]:
    """Places of texts that stand alone as a statement."""
    return {
        id_of(node.value)
        for node in ast.walk(module)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def id_of(node: ast.Constant) -> tuple[int, int]:
    return node.lineno, node.col_offset


@EACH
def test_nothing_that_runs_what_it_reads(path: Path) -> None:
    assert not {"pickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"} & {
        n.split(".")[0] for n in imports(path)
    }
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            assert name not in {"yaml.load", "yaml.unsafe_load", "yaml.full_load", "eval", "exec", "os.system"}, name
            assert "pickle" not in name
            for keyword in node.keywords:
                assert not (
                    keyword.arg == "shell"
                    and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
                ), f"{path}:{node.lineno}"


@EACH
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(tree(path))


def test_every_stage_is_a_folder_with_a_wiring_file_of_its_name() -> None:
    assert [stage for stage in STAGES if not (PACKAGE / stage / "__init__.py").is_file()] == []
    assert [stage for stage in STAGES if not list((PACKAGE / "defs").rglob(f"{stage}*.py"))] == []


def test_loading_the_definitions_loads_no_heavy_library() -> None:
    code = "import json, sys, klimat_pipeline.definitions; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=True, timeout=120
    )
    loaded = set(json.loads(done.stdout))
    assert "dagster" in loaded
    assert not loaded & {"great_expectations", "duckdb", "altair", "matplotlib"}
