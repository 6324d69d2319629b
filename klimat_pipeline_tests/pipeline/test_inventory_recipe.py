"""The README's recipe for an inventory, followed for Lund: from an empty folder to both ledgers, no code."""

import shutil
from pathlib import Path

import pytest

from klimat_pipeline_tests.pipeline.commands import Klimat
from klimat_pipeline_tests.pipeline.national import Lines, unseen_lines, unseen_release

YEARS = (1990, 2020, 2024)
ROWS = {
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


@pytest.fixture(scope="module")
def lines(project: Path) -> Lines:
    return unseen_lines(project, YEARS)


@pytest.fixture(scope="module")
def klimat(project: Path, lines: Lines, tmp_path_factory: pytest.TempPathFactory) -> Klimat:
    checkout = tmp_path_factory.mktemp("checkout")
    for folder in ("reference", "municipalities", "schemas", "dagster", "snapshots/embedded"):
        shutil.copytree(project / "data" / folder, checkout / "data" / folder)
    klimat = Klimat(tmp_path_factory.mktemp("data"), (("KLIMAT_PROJECT_DIR", str(checkout)),))
    assert klimat("municipality", "add", "1281", "--name", "Lund").code == 0
    for name, rows in ROWS.items():
        path = checkout / "data" / "municipalities" / "1281_lund" / name
        path.write_text(path.read_text(encoding="utf-8") + rows, encoding="utf-8")
    answer = klimat("validate")
    assert answer.code == 0, answer.text
    workbook = checkout / "national.xlsx"
    workbook.write_bytes(unseen_release(lines))
    assert klimat("snapshot", "add", str(workbook), "--release-id", "new").code == 0
    answer = klimat("refresh")
    assert answer.code == 0, answer.text
    return klimat


def test_territory_has_both_scopes(klimat: Klimat, lines: Lines) -> None:
    sectors = {labels[0]: f for labels, f in lines.items() if labels[3] == "Lund" and labels[0] != "Alla"}
    one = sum(f[2024] for name, f in sectors.items() if not name.startswith("El "))
    shown = dict(
        klimat.rows(
            "SELECT scope, emissions_t_co2e FROM scope_indicators WHERE boundary = 'territory' AND year = 2024 "
            "AND municipality_code = '1281' AND release_id = 'new' AND method IN ('', 'location')"
        )
    )
    assert shown["3"] == pytest.approx(12.5)
    assert shown["1+2+3"] == pytest.approx(one + 93.0, abs=0.01)
    # 1000 MWh x (50 + 0.1 x 265) kg + 200 MWh x 20 kg = 76.5 + 4 t
    assert shown["1"] == pytest.approx(one, abs=0.01)
    assert shown["2"] == pytest.approx(80.5)
    assert shown["1+2"] == pytest.approx(one + 80.5, abs=0.01)


def test_organisation_has_both_methods_and_scope_3(klimat: Klimat) -> None:
    shown = klimat.rows(
        "SELECT scope, scope3_category, method, emissions_t_co2e, notation_key FROM scope_indicators "
        "WHERE boundary = 'organisation' AND municipality_code = '1281' AND scope IN ('1', '2', '3') ORDER BY 1, 2, 3"
    )
    assert shown == [
        ("1", 0, "", None, "NE"),
        ("2", 0, "location", pytest.approx(2.0), None),
        ("2", 0, "market", pytest.approx(50.0), None),
        ("3", 0, "", pytest.approx(0.2), None),
        ("3", 6, "", pytest.approx(0.2), None),
    ]


def test_print_stands_beside_it(klimat: Klimat) -> None:
    assert klimat.rows(
        "SELECT published_t, computed_t, difference_cause, part_t FROM inventory_reconciliation "
        "WHERE municipality_code = '1281' AND release_id = 'new'"
    ) == [(5.0, pytest.approx(4.0), "factor", pytest.approx(-1.0))]


def test_all_other_municipalities_get_scope_1_without_a_folder(klimat: Klimat) -> None:
    assert (
        klimat.one(
            "SELECT count(DISTINCT municipality_code) FROM scope_indicators WHERE boundary = 'territory' AND scope = '1' "
            "AND release_id = 'new' AND emissions_t_co2e > 0"
        )
        == 290
    )
    assert klimat.rows(
        "SELECT DISTINCT municipality_code FROM scope_indicators WHERE release_id = 'new' AND scope = '1+2' AND year = 2024"
    ) == [("1281",)]
