"""Templates, schemas and frozen reports: what makes editing a pleasure has to hold what it promises."""

import json
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from klimat_pipeline.clean.frozen_reports import clean_frozen_reports
from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.configuration.frozen import Figure, FrozenReport, slug, write_frozen
from klimat_pipeline.configuration.schemas import MODELS, schema_text
from klimat_pipeline.configuration.template import add_municipality
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.operations.validate import validate_configuration
from klimat_pipeline.quality.reconciliation import frozen_reproduces
from klimat_pipeline.settings import Settings

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture
def checkout(tmp_path: Path) -> Settings:
    for folder in ("reference", "municipalities", "schemas"):
        shutil.copytree(REPOSITORY / "data" / folder, tmp_path / "data" / folder)
    return Settings(project_dir=tmp_path, data_dir=tmp_path / "written")


def codes(settings: Settings) -> dict[str, str]:
    return load_reference(settings.reference_dir).municipality_by_code


def add(settings: Settings, code: str, name: str) -> Path:
    return add_municipality(settings.municipalities_dir, code, name, known_codes=codes(settings), base=1990, trend=2015)


def test_template_is_valid_as_it_is_written(checkout: Settings) -> None:
    folder = add(checkout, "1280", "Malmö")
    assert folder.name == "1280_malmo"
    assert sorted(path.name for path in folder.iterdir()) == [
        "actions.csv",
        "activity.csv",
        "areas.csv",
        "construction.csv",
        "corrections.yaml",
        "degree_days.csv",
        "energy_use.csv",
        "factors.csv",
        "installations.csv",
        "meals.csv",
        "municipality.yaml",
        "population.csv",
        "published_gap.csv",
        "published_inventory.csv",
        "scope3.csv",
        "sinks.csv",
    ]
    assert validate_configuration(checkout) == []


@pytest.mark.parametrize(
    ("code", "name", "words"),
    [
        ("9999", "Malmö", "no municipality has the code '9999'. Malmö is 1280"),
        ("1280", "Lund", "1280 is 'Malmö', not 'Lund'"),
        ("1283", "Helsingborg", "has the folder 1283_helsingborg already"),
    ],
)
def test_template_refuses(checkout: Settings, code: str, name: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        add(checkout, code, name)


def test_faults_of_a_register_are_named_all_at_once_with_file_and_line(checkout: Settings) -> None:
    folder = add(checkout, "1280", "Malmö")
    text = """corrections:
  - id: one
    substance: GGT
    sector: wasted
    years: [2022]
    action: replace
    value: lots
    unit: t
    reason: r
    source: s
    decided_by: d
    decided_on: "2025-01-01"
    grade: high
    baseline: {treatment: corrected, by: another}
    conserves: {sector: false, county: false, nation: false}
    base: {release_id: r1, values_t: {2022: 1}}
    colour: green
"""
    (folder / "corrections.yaml").write_text(text, encoding="utf-8")
    problems = validate_configuration(checkout)
    assert any("1280_malmo/corrections.yaml:7: corrections.0.value" in p and "'lots'" in p for p in problems)
    assert any("1280_malmo/corrections.yaml:17: corrections.0.colour: unknown field" in p for p in problems)
    (folder / "corrections.yaml").write_text(
        text.replace("lots", "1").replace("    colour: green\n", ""), encoding="utf-8"
    )
    problems = validate_configuration(checkout)
    assert any("corrections.yaml:4: corrections.0.sector: unknown sector 'wasted'" in p for p in problems)
    assert any("corrections.yaml:14: corrections.0.baseline: 'by' names 'another'" in p for p in problems)
    assert len(problems) == 2


@pytest.mark.parametrize("name", sorted(MODELS))
def test_schemas_are_current(name: str) -> None:
    kept = (REPOSITORY / "data" / "schemas" / name).read_text(encoding="utf-8")
    assert kept == schema_text(name), "run: python -m klimat_pipeline.configuration.schemas data/schemas"
    assert json.loads(kept)["properties"]


def test_every_field_of_the_schemas_is_described() -> None:
    for name in MODELS:
        schema = json.loads(schema_text(name))
        for part in (schema, *schema.get("$defs", {}).values()):
            for field, described in part["properties"].items():
                if "default" not in described or part.get("title") in ("Target", "Correction"):
                    assert "description" in described or "$ref" in described or part["title"] == "Approval", (
                        name,
                        field,
                    )


def report(**other: object) -> FrozenReport:
    figure = Figure(
        target_id="total", year=2022, emissions_t_co2e=466573.41, baseline_t_co2e=1112371.97, change_pct=-58.056
    )
    return FrozenReport.model_validate(
        {
            "name": "Annual report, 'draft': 2025/26 åäö",
            "release_id": "r1",
            "frozen_on": date(2026, 1, 2),
            "publication_id": "pub-0",
            "figures": [
                figure,
                Figure(target_id="waste", year=2022, emissions_t_co2e=0, baseline_t_co2e=0, change_pct=None),
            ],
        }
        | other
    )


def test_frozen_report_survives_the_file(checkout: Settings) -> None:
    folder = checkout.municipalities_dir / "1283_helsingborg"
    path = write_frozen(folder, report())
    assert path.name == "annual-report-draft-2025-26-aao.yaml"
    frame = clean_frozen_reports(checkout.municipalities_dir)
    mine = frame[frame["report_name"] == report().name].set_index("target_id")
    assert mine.loc["total", "emissions_t_co2e"] == 466573.41
    assert mine.loc["total", "frozen_on"] == "2026-01-02"
    assert pd.isna(mine.loc["waste", "change_pct"])
    with pytest.raises(ConfigurationError, match="frozen already"):
        write_frozen(folder, report())


def test_slug_needs_something() -> None:
    with pytest.raises(ConfigurationError):
        slug("///")


def reproduced(emissions: float = 100.0, release: str = "r1", basis: str = "reported"):
    keys = {"municipality_code": "1283", "release_id": "r1", "target_id": "total", "year": 2022}
    figures = {"emissions_t_co2e": 100.0, "baseline_t_co2e": 200.0, "change_pct": -50.0, "basis": "reported"}
    frozen = pd.DataFrame([keys | figures | {"report_name": "R"}])
    shown = pd.DataFrame([keys | figures | {"release_id": release, "emissions_t_co2e": emissions, "basis": basis}])
    return frozen_reproduces({"clean/frozen_reports": frozen, "indicators/sector_indicators": shown})[0]


def test_frozen_reproduces_or_says_what_does_not() -> None:
    assert reproduced().outcome == "passed"
    assert reproduced(100.0004).outcome == "passed"  # the rounding of what was published
    wrong = reproduced(101.0)
    assert wrong.outcome == "failed"
    assert (wrong.observed, wrong.threshold, wrong.count) == ("101.000 t", "100.000 t", 1)
    assert "target_id=total" in wrong.keys[0]
    assert reproduced(basis="corrected").outcome == "failed"
    assert reproduced(release="r2").outcome == "not_applicable"
