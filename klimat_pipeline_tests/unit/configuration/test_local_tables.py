"""The registry of local tables: a file that is registered there is read, checked, named and in the template."""

import shutil
import sys
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from klimat_pipeline.clean.local import local_frame, local_tables
from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.configuration.activity import CATEGORIES
from klimat_pipeline.configuration.file_names import misspelt
from klimat_pipeline.configuration.local_tables import LOCAL_TABLES, derived, local_assets
from klimat_pipeline.configuration.read_local import read_local
from klimat_pipeline.configuration.template import add_municipality
from klimat_pipeline.contracts import TABLES, Column, Table
from klimat_pipeline.contracts.columns import col
from klimat_pipeline.defs.assets.clean import configuration
from klimat_pipeline.errors import ProblemsError
from klimat_pipeline.operations.validate import validate_configuration
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.shared import REPOSITORY

PACKAGE = REPOSITORY / "klimat_pipeline"
TREES = Table(
    key="clean/trees",
    description="Trees planted; invented for the test.",
    columns=(
        col("municipality_code"),
        col("year"),
        Column("tree_kind", "string", "Kind.", allowed=("", "oak", "elm")),
        Column("trees", "integer", "How many.", minimum=1),
        Column("is_native", "boolean", "Whether it grows wild."),
        col("source"),
    ),
    primary_key=("municipality_code", "year", "tree_kind"),
)
HEAD = "year,kind,trees,is_native,source\n"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A checkout of one municipality, and what an invented table costs: a contract, a line of the registry, a module."""

    def clean_trees(folders: Path, _reference: object, *, examples: bool = False) -> pd.DataFrame:
        rows = read_local("trees", folders, examples=examples)
        for row in rows:
            row["tree_kind"], row["is_native"] = row["kind"] or "", row["is_native"] == "yes"
        return local_frame("clean/trees", rows)

    module = ModuleType("klimat_pipeline.clean.trees")
    module.clean_trees = clean_trees  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(TABLES, TREES.key, TREES)
    trees = derived("trees", TREES, changes={"tree_kind": {"name": "kind"}}, examples=True)
    monkeypatch.setitem(LOCAL_TABLES, "trees", trees)
    for part in ("reference", "municipalities/_all"):
        shutil.copytree(REPOSITORY / "data" / part, tmp_path / "data" / part)
    settings = Settings(project_dir=tmp_path, data_dir=tmp_path / "written")
    known = load_reference(settings.reference_dir).municipality_by_code
    add_municipality(settings.municipalities_dir, "1281", "Lund", known_codes=known, base=1990, trend=2015)
    return settings


def folder(settings: Settings) -> Path:
    return settings.municipalities_dir / "1281_lund"


def test_the_template_and_the_check_of_names_know_it(checkout: Settings) -> None:
    assert (folder(checkout) / "trees.csv").read_text(encoding="utf-8") == HEAD
    (folder(checkout) / "trees.example.csv").write_text(HEAD)
    (folder(checkout) / "treees.csv").write_text(HEAD)
    (told,) = misspelt([folder(checkout)])
    assert "1281_lund/treees.csv" in told and "nearest: trees.csv" in told


def test_it_is_read_in_the_form_of_its_contract(checkout: Settings) -> None:
    (folder(checkout) / "trees.csv").write_text(HEAD + "2023,,5,no,a\n2023,oak,7,yes,b\n")
    (folder(checkout) / "trees.example.csv").write_text(HEAD + "2024,elm,9,yes,c\n")
    made = local_tables()["clean/trees"](checkout.municipalities_dir, None, examples=True)
    assert made.values.tolist() == [
        ["1281", 2023, "", 5, False, "a"],
        ["1281", 2023, "oak", 7, True, "b"],
        ["1281", 2024, "elm", 9, True, "INVENTED EXAMPLE: c"],
    ]
    (folder(checkout) / "trees.example.csv").write_text(HEAD + "2023,oak,9,yes,c\n")
    with pytest.raises(ProblemsError) as caught:
        read_local("trees", checkout.municipalities_dir, examples=True)
    at = "municipalities/1281_lund/trees"
    assert caught.value.problems == [f"{at}.example.csv:2: 2023, oak stands in {at}.csv:3 already"]


def test_its_faults_are_told_by_validation_with_line_and_column(checkout: Settings) -> None:
    assert validate_configuration(checkout) == []
    (folder(checkout) / "trees.csv").write_text(HEAD + "2023,aok,5,no,a\n2023,oak,0,maybe,\n")
    at = "municipalities/1281_lund/trees.csv"
    assert validate_configuration(checkout) == [
        f"{at}:2: column kind: expected one of oak, elm (nearest: oak), found 'aok'",
        f"{at}:3: column trees: expected 1 or more, found '0'",
        f"{at}:3: column is_native: expected one of yes, no, found 'maybe'",
        f"{at}:3: column source: expected a value, found ''",
    ]


def test_the_step_makes_all_tables_of_the_registry() -> None:
    assert {key.to_user_string() for key in configuration.keys} > set(local_assets())


def test_files_without_a_rule_of_their_own_are_named_in_no_other_code() -> None:
    """``meals`` costs four places: the registry, its contract, its columns (none of this name) and its module."""
    named = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if any(
            word in path.read_text(encoding="utf-8")
            for word in ("clean_served_meals", '"meals"', "'meals'", '"clean/served_meals"')
        )
    }
    categories = {"configuration/activity.py", "contracts/columns/inventories.py"}
    readers = {"defs/assets/scenarios.py"}
    assert named - categories - readers == {
        "clean/served_meals.py",
        "configuration/local_tables.py",
        "contracts/tables/clean_local.py",
    }


def test_every_kind_of_activity_has_its_rules() -> None:
    assert tuple(CATEGORIES) == col("category").allowed
