"""README, CONTRIBUTING and the page on architecture name only what there is: paths, make targets, commands, settings.

What stands in ``inline code`` and in fenced blocks is looked at. ``<name>`` in a path is for the reader to fill in: the
folder before it has to exist.
"""

import importlib.util
import re
import tomllib
from collections.abc import Iterator

import pytest
import typer.main
import yaml

from klimat_pipeline.cli.main import app
from klimat_pipeline.configuration.file_names import known
from klimat_pipeline.contracts import PUBLISHED, TABLES
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.shared import REPOSITORY

DOCUMENTS = ("README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/operations.md", "docs/security.md")
CALLERS = (".github/workflows/ci.yml", ".pre-commit-config.yaml")
EACH = pytest.mark.parametrize("name", DOCUMENTS)

#: What a path may begin below, as the documents shorten it.
ROOTS = (
    *("", "klimat_pipeline", "klimat_pipeline_tests", "data", "data/dagster", "data/municipalities"),
    "data/municipalities/1283_helsingborg",
)
#: What runs and people write.
WRITTEN = re.compile(
    r"(KLIMAT_DATA_DIR/|data/published/|published/parquet|data/municipalities/1280_malmo/|ledger/|datapackage\.json$"
    r"|/tmp/|\.venv|\.\./|status/|build/)"
)
#: Keys of assets, some of which are no table, and how the documents write any of them.
ASSETS = {*TABLES, "sources/all_inputs", "spend/ledger_lines", "stage/name", "name.py"}
#: Variables that the tests read.
OF_THE_TESTS = {"KLIMAT_SHARED_DIR", "KLIMAT_RENEW_SNAPSHOT"}

_FENCED = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`]+)`")
_PATH = re.compile(r"(?:[\w.<>*-]+/)+[\w.<>*-]*|[\w<>*-]+\.(?:py|md|toml|lock|yaml|yml|csv|json)")


def text_of(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


def code_of(name: str) -> list[str]:
    """Everything that is set as code: whole inline spans, and the lines of fenced blocks."""
    text = text_of(name)
    lines = [line for block in _FENCED.findall(text) for line in block.splitlines()]
    return lines + [" ".join(span.split()) for span in _INLINE.findall(_FENCED.sub("", text))]


def paths_of(name: str) -> Iterator[str]:
    """Paths: an inline span that is one, and words of a fenced block that look like one of a file or folder."""
    text = text_of(name)
    for span in _INLINE.findall(_FENCED.sub("", text)):
        if _PATH.fullmatch(span):
            yield span
    for block in _FENCED.findall(text):
        for word in re.split(r"[\s,()]+", block):
            if _PATH.fullmatch(word.split("=")[-1]):
                yield word.split("=")[-1]


def exists(path: str) -> bool:
    if path in (*ASSETS, *known(for_all=False), *known(for_all=True)) or WRITTEN.match(path):
        return True
    fixed = path if "<" not in path else path[: path.index("<")].rpartition("/")[0]
    return not fixed or any(next((REPOSITORY / root).glob(fixed.rstrip("/")), None) is not None for root in ROOTS)


@EACH
def test_every_path_exists(name: str) -> None:
    found = list(paths_of(name))
    assert len(found) > 5, "the documents are no longer read as they are written"
    assert sorted({path for path in found if not exists(path)}) == []


@EACH
def test_every_link_leads_somewhere(name: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", text_of(name))
    own = [link for link in links if not link.startswith("https://")]
    assert own
    assert [link for link in own if not (REPOSITORY / name).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("name", [*DOCUMENTS, *CALLERS])
def test_every_make_target_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    code = code_of(name) if name in DOCUMENTS else text_of(name).splitlines()
    named = {target for line in code for target in re.findall(r"(?:^|run: |=\S+ )make ([a-z]+)\b", line)}
    assert named - targets == set()


def options() -> dict[str, set[str]]:
    """Every command, in one word or two, and its options."""
    whole = typer.main.get_command(app)
    found = {}
    for name, command in whole.commands.items():
        for below, own in getattr(command, "commands", {}).items():
            found[f"{name} {below}"] = {option for parameter in own.params for option in parameter.opts}
        found[name] = {option for parameter in command.params for option in parameter.opts}
    return found


@EACH
def test_every_subcommand_and_its_options_exist(name: str) -> None:
    known, unknown = options(), []
    groups = {command.split()[0] for command in known if " " in command}
    for line in code_of(name):
        for first, second, rest in re.findall(r"(?:^|[\s/])klimat ([a-z]+)(?: ([a-z]+)\b)?([^`|]*)", line):
            command = f"{first} {second}".strip() if first in groups else first
            if command not in known:
                unknown.append(command)
            else:
                told = re.findall(r"(?<!\S)\[?(--?[a-z]+(?:-[a-z]+)*)", rest)
                unknown += [f"{command} {option}" for option in told if option not in known[command]]
    assert unknown == []


@EACH
def test_every_setting_exists(name: str) -> None:
    known = {f"KLIMAT_{field.upper()}" for field in Settings.model_fields} | OF_THE_TESTS
    assert set(re.findall(r"\bKLIMAT_[A-Z_]+\b", text_of(name))) - known == set()


@pytest.mark.parametrize("name", [*DOCUMENTS, *CALLERS])
def test_every_module_that_is_run_exists(name: str) -> None:
    modules = re.findall(r"python -m ((?:klimat_pipeline|benchmarks)[\w.]*)", text_of(name))
    assert [module for module in modules if importlib.util.find_spec(module) is None] == []


def test_the_readme_lists_every_published_table() -> None:
    rows = text_of("README.md").partition("| table | one row per |\n")[2].partition("\n\n")[0]
    listed = [name for row in rows.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(listed) == sorted(PUBLISHED)


def test_the_picture_of_the_rooms_is_the_contract_of_their_layers() -> None:
    contracts = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = [sorted(layer.split(" | ")) for layer in contracts[0]["layers"]]
    picture = _FENCED.findall(text_of("docs/architecture.md"))[0]
    drawn = [re.split(r"\s{2,}", line.strip())[0] for line in picture.splitlines() if line.startswith("    ")]
    assert [sorted(rooms.split(", ")) for rooms in drawn] == layers


def test_hooks_run_in_the_projects_own_environment_and_download_nothing() -> None:
    (own,) = yaml.safe_load(text_of(".pre-commit-config.yaml"))["repos"]
    assert own["repo"] == "local"
    assert {hook["language"] for hook in own["hooks"]} == {"system"}
    assert all(hook["entry"].startswith(".venv/bin/") for hook in own["hooks"])


def test_the_workflow_calls_make_and_may_only_read() -> None:
    workflow = yaml.safe_load(text_of(".github/workflows/ci.yml"))
    assert workflow["permissions"] == {"contents": "read"}
    (job,) = workflow["jobs"].values()
    runs = [step["run"] for step in job["steps"] if "run" in step]
    drivers = "sudo apt-get update && sudo apt-get install --yes unixodbc odbc-postgresql libsqliteodbc"
    assert runs == ["make run", "make lint", "make test", drivers, "make odbc"]
    assert "secrets" not in text_of(".github/workflows/ci.yml")
