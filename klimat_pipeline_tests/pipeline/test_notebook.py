"""``import klimat_pipeline as kp``: light, and what it loads, explains and draws is what is published."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import klimat_pipeline as kp
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline_tests.support.default_refresh import Refresh

NOTEBOOK = Path(__file__).resolve().parents[2] / "docs" / "notebook.ipynb"


@pytest.fixture(autouse=True)
def published(small_refresh: Refresh, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLIMAT_DATA_DIR", str(small_refresh.data))


def test_importing_it_brings_nothing_heavy() -> None:
    heavy = ("pandas", "numpy", "pyarrow", "dagster", "duckdb", "pydantic")
    code = f"import sys, klimat_pipeline as kp; kp.__version__; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_load_gives_a_table_of_the_mart_and_a_detailed_one() -> None:
    frame = kp.load(
        "fact_emissions", municipality="Helsingborg", columns=["municipality_code", "year", "emissions_t_co2e"]
    )
    assert set(frame["municipality_code"]) == {"1283"}
    assert frame.loc[frame["year"] == 2024, "emissions_t_co2e"].sum() == pytest.approx(516011.87, abs=0.01)
    assert frame.attrs["publication_id"] == kp.load("releases").attrs["publication_id"]
    assert len(kp.load("releases")) == 2


def test_a_code_may_be_a_number_and_one_column_a_name() -> None:
    frame = kp.load("fact_emissions", municipality=1283, columns="municipality_code")
    assert list(frame.columns) == ["municipality_code"]
    assert set(frame["municipality_code"]) == {"1283"}
    assert repr(kp.chart("course", 1283)) == repr(kp.chart("course", " helsingborg "))


def test_explain_can_be_called_before_and_after_the_room_was_imported() -> None:
    key = {"municipality_code": "1283", "target_id": "total", "year": 2024}
    for _ in range(2):
        said = kp.explain("sector_indicators", **key)
        assert "516,011.87 t CO2e" in str(said)
        assert said._repr_html_().startswith("<pre>Helsingborg")
    from klimat_pipeline.explanations import as_json

    assert as_json(said.node)["value"] == pytest.approx(516011.87)


@pytest.mark.parametrize("name", ["course", "sectors", "gap"])
def test_chart_comes_with_its_figures(name: str) -> None:
    picture = kp.chart(name, "1283", language="en")
    assert picture._repr_svg_().startswith("<svg")
    assert isinstance(picture.figures, pd.DataFrame)
    assert len(picture.figures) > 3
    assert "Helsingborg" in repr(picture) or name != "course"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: kp.load("fact_emission"), "did you mean 'fact_emissions'"),
        (lambda: kp.load("fact_emissions", columns=["years"]), "no column 'years'; did you mean 'year'"),
        (lambda: kp.load("fact_emissions", municipality="Helsingbro"), "did you mean 'Helsingborg'"),
        (lambda: kp.load("fact_emissions", municipality="9998"), "no municipality has the code '9998' in what is"),
        (lambda: kp.load("fact_emissions", municipality=1284567), "no municipality has the code '1284567'"),
        (lambda: kp.load("dim_year", municipality="Helsingborg"), "dim_year is not by municipality"),
        (lambda: kp.load("fact_emissions", columns="years"), "no column 'years'; did you mean 'year'"),
        (lambda: kp.chart("pie", "1283"), "there are course, sectors, gap, place, purchases"),
        (lambda: kp.chart("purchases", "1283"), "nothing is published that the chart 'purchases' could show"),
    ],
)
def test_mistakes_are_told(call, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        call()


def test_an_unknown_name_is_an_ordinary_mistake() -> None:
    with pytest.raises(AttributeError, match="no attribute 'lod'"):
        kp.lod  # noqa: B018


def test_the_notebook_runs() -> None:
    """Its cells in their order in one namespace; a cell's last expression is shown, as a notebook does.

    By hand: the library that runs notebooks (nbclient) would bring a kernel of its own into the lock for this one.
    """
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert len(code) >= 4
    namespace: dict[str, object] = {}
    for source in code:
        tree = ast.parse(source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, str(NOTEBOOK), "exec"), namespace)
        if isinstance(last, ast.Expr):
            shown = eval(compile(ast.Expression(last.value), str(NOTEBOOK), "eval"), namespace)
            assert repr(shown)
    assert all(not cell.get("outputs") for cell in cells), "a notebook is committed without output"
