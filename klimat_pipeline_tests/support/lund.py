"""Lund from configuration alone, as the README's recipes say, in made-up releases of the whole country.

An empty folder, then its targets, its plan and both inventories. Three releases that nobody has seen: ``new``, the one
before it, which it rewrites, and one of carbon dioxide. A price index is added by hand too, so that the invented
example's purchases are in its kronor. What does not belong here: what comes of it (``pipeline/test_council``,
``test_inventory_recipe``, ``test_unseen_release``, ``test_revised_release``, ``test_prices``).
"""

import shutil
from pathlib import Path

import pytest

from klimat_pipeline_tests.pipeline.commands import Answer, Klimat
from klimat_pipeline_tests.pipeline.national import CO2, Lines, unseen_lines, unseen_release
from klimat_pipeline_tests.support.once import made_once
from klimat_pipeline_tests.support.price_answers import RISEN_BY_HALF
from klimat_pipeline_tests.support.shared import REPOSITORY

YEARS = (1990, 1995, 2003, 2020, 2022, 2024)
#: Those of the release before it.
YEARS_BEFORE = (1990, 1995, 2020, 2021, 2022, 2024)
#: What the newer of the two does to industry in 1990.
RISE = 1.1
TARGETS = """\
municipality_code: "1281"
name: Lund
trend_from_year: 1990
plan_from_year: 2026
targets:
  - {id: total, name_sv: Totalt, name_en: Total, sectors: all, boundary: territory, gas_basis: GHG,
     baseline_year: 1990, target_year: 2030, reduction_pct: 80, source: invented for the test}
  - {id: transport, name_sv: Transporter, name_en: Transport, sectors: [transport], boundary: territory, gas_basis: GHG,
     baseline_year: 1990, target_year: 2030, reduction_pct: 70, source: invented for the test}
  - {id: meals, name_sv: Måltider, name_en: Meals, sectors: [], boundary: organisation, gas_basis: GHG,
     baseline_year: 2015, target_year: 2031, reduction_pct: 50, measure: meals_per_kg, source: invented for the test}
  - {id: building, name_sv: Bygg, name_en: Construction, sectors: [], boundary: organisation, gas_basis: GHG,
     baseline_year: null, target_year: 2030, reduction_pct: 50, measure: construction, source: invented for the test}
neutrality: {cap_pct: 10, reason: invented for the test}
"""
ROWS = {
    "meals.csv": "2015,1000,,2200,AR5,own,\n2023,1000,,1900,AR5,own,\n",
    "construction.csv": "homes,2024,Homes,2000,300,boverket_proposed_limit_multi_family,A1-A5,own,\n",
    "sinks.csv": "wood,Skog,Wood,land,,,1000,,,under_100_years,yes,no,,,own,\n",
    "actions.csv": "cars,transport_on_road,,Elbilar,Electric cars,500,,,2027,3,,,,,,,,,,,decided,,,,invented,\n"
    "bins,waste,,Kärl,Bins,10,,,,,,,,,,,,,,,planned,,,,invented,\n",
    "energy_use.csv": (
        "2024,households,district_heating,1000,medium,Lund's own\n2024,transport,electricity,200,low,own\n"
    ),
    "factors.csv": (
        "district_heating,2024,location,co2_fossil,50,g/kWh,none,,medium,energy company,\n"
        "district_heating,2024,location,n2o,0.1,g/kWh,none,,medium,energy company,\n"
        "electricity,2024,location,co2e,20,kg/MWh,AR5,,medium,grid,\n"
        "electricity,2024,market,co2e,500,kg/MWh,AR5,,medium,residual mix,\n"
        "train,2024,,co2e,5,g/pkm,AR5,,medium,operator,\n"
    ),
    "activity.csv": (
        "2024,city,offices,2,,purchased_electricity,electricity,100,MWh,,,,high,,meter,\n"
        "2024,city,trips,3,6,business_travel,train,40000,pkm,,,,medium,,travel agency,\n"
        "2024,city,cars,1,,mobile_combustion,,,,,NE,,,,not collected yet,\n"
    ),
    "scope3.csv": "2024,waste,12.5,,AR5,low,waste company,\n2024,transport_on_road,,NO,,,nobody drives there,\n",
    "published_inventory.csv": ("plan,transport_on_road,2,2024,5,,,,Lund's plan,\n"),
}
FACILITIES = {
    "facilities.csv": "plant,Plant,2024,1000,2000,0,500,own,,ippu_industrial_process\n",
    "facility_shares.csv": "plant,location,1281,0.25,own\nplant,ownership,1281,0.5,own\nplant,ownership,1283,0.5,own\n",
}


@pytest.fixture(scope="session")
def lines() -> Lines:
    """The made-up figures of every municipality."""
    return unseen_lines(REPOSITORY, YEARS)


@pytest.fixture(scope="session")
def lines_before(lines: Lines) -> Lines:
    """Those of the earlier release."""
    return _as_before(lines)


@pytest.fixture(scope="session")
def lund(tmp_path_factory: pytest.TempPathFactory, lines: Lines, small_country: Path) -> Klimat:
    """A refresh of them, of a checkout in which Lund has a folder and a shared plant is registered."""
    folder, _ = made_once(tmp_path_factory, "lund", lambda folder: _refreshed(folder, lines, small_country))
    return _klimat(folder)


def _klimat(folder: Path) -> Klimat:
    return Klimat(folder / "data", (("KLIMAT_PROJECT_DIR", str(folder / "checkout")),))


def _refreshed(folder: Path, lines: Lines, small_country: Path) -> Answer:
    shutil.copytree(small_country / "data", folder / "checkout" / "data")
    klimat = _klimat(folder)
    assert klimat("municipality", "add", "1281", "--name", "Lund").code == 0
    municipalities = folder / "checkout" / "data" / "municipalities"
    (municipalities / "1281_lund" / "municipality.yaml").write_text(TARGETS, encoding="utf-8")
    for name, files in (("1281_lund", ROWS), ("_all", FACILITIES)):
        for file, rows in files.items():
            path = municipalities / name / file
            head = path.read_text(encoding="utf-8")
            if file == "facilities.csv":  # a column that few need
                head = head.replace("\n", ",gross_line\n", 1)
            path.write_text(head + rows, encoding="utf-8")
    (folder / "kpi.json").write_bytes(RISEN_BY_HALF)
    releases = {
        "before": unseen_release(_as_before(lines), "2026-10-01"),
        "new": unseen_release(lines),
        "co2": unseen_release(lines, "2027-02-01", **CO2),
    }
    for command in (
        ("validate",),
        *(_add(folder, name, content) for name, content in releases.items()),
        ("prices", "add", "kpi_total", str(folder / "kpi.json")),
    ):
        answer = klimat(*command)
        assert answer.code == 0, answer.text
    return klimat("refresh")


def _add(folder: Path, release: str, content: bytes) -> tuple[str, ...]:
    path = folder / f"{release}.xlsx"
    path.write_bytes(content)
    return ("snapshot", "add", str(path), "--release-id", release)


def _as_before(lines: Lines) -> Lines:
    """Before industry of 1990 rose by a tenth everywhere: 2021 as 2022, and no 2003; totals follow."""
    earlier = {
        labels: {year: figures.get(year, figures[2022]) for year in YEARS_BEFORE} for labels, figures in lines.items()
    }
    for labels, figures in earlier.items():
        if labels[0].startswith("Industri"):
            rise = figures[1990] * (1 - 1 / RISE)
            figures[1990] -= rise
            earlier[("Alla", *labels[1:])][1990] -= rise
    return earlier
