"""The README's recipe for an inventory, followed for Lund: from an empty folder to both inventories, no code."""

import pytest

from klimat_pipeline_tests.pipeline.commands import Klimat
from klimat_pipeline_tests.pipeline.national import Lines


@pytest.fixture(scope="module")
def klimat(lund: Klimat) -> Klimat:
    return lund


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
    ) == [(5.0, pytest.approx(4.0), "unexplained", pytest.approx(-1.0))]


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
