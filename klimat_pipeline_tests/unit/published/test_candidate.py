from datetime import datetime

import pyarrow as pa
import pytest

from klimat_pipeline.errors import PublishError
from klimat_pipeline.published.candidate import candidate
from klimat_pipeline_tests.unit.published.examples import CONTRACTS, EMISSIONS, FIRST, NOW, SECOND, tables


def _with(column: str, values: list[object]) -> dict[str, pa.Table]:
    result = tables(FIRST)
    index = EMISSIONS.column_names.index(column)
    field = result["emissions"].schema.field(index)
    result["emissions"] = result["emissions"].set_column(index, field, pa.array(values, field.type))
    return result


def _refused(given: dict[str, pa.Table], publication_id: str = FIRST) -> str:
    with pytest.raises(PublishError) as caught:
        candidate(given, publication_id=publication_id, now=NOW, contracts=CONTRACTS)
    return str(caught.value)


def test_counts_rows_and_values_present_in_every_column() -> None:
    checked = candidate(tables(FIRST), publication_id=FIRST, now=NOW, contracts=CONTRACTS)
    assert checked.value_counts("emissions") == (2, 2, 2, 1, 1, 2, 1, 1, 2)
    assert checked.value_counts("sectors") == (1, 1, 1)


def test_tables_go_out_together() -> None:
    given = tables(FIRST)
    given["strangers"] = given.pop("sectors")
    message = _refused(given)
    assert "missing ['sectors']" in message
    assert "without a contract ['strangers']" in message


def test_a_renamed_and_a_retyped_column_are_named() -> None:
    given = tables(FIRST)
    renamed = [{"note": "notes"}.get(name, name) for name in EMISSIONS.column_names]
    given["emissions"] = given["emissions"].rename_columns(renamed)
    message = _refused(given)
    assert "note is missing" in message
    assert "notes is in no contract" in message
    given = tables(FIRST)
    given["emissions"] = given["emissions"].set_column(0, pa.field("year", pa.string(), nullable=False), [["1", "2"]])
    assert "year is string not null, expected int64 not null" in _refused(given)


def test_columns_in_another_order_are_refused() -> None:
    given = tables(FIRST)
    given["sectors"] = given["sectors"].select(["publication_id", "sector_code"])
    assert "order is ['publication_id', 'sector_code']" in _refused(given)


def test_a_repeated_key_is_named() -> None:
    given = tables(FIRST)
    given["emissions"] = pa.concat_tables([given["emissions"], given["emissions"].slice(1)])
    message = _refused(given)
    assert "'municipality_code': '1283', 'year': 2024" in message
    assert "0180" not in message


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_are_finite(value: float) -> None:
    assert "emissions_t_co2e" in _refused(_with("emissions_t_co2e", [1.0, value]))


def test_a_value_that_must_be_there_is() -> None:
    assert "year: 1 values missing" in _refused(_with("year", [2023, None]))


def test_one_publication_in_all_rows() -> None:
    assert SECOND in _refused(_with("publication_id", [FIRST, SECOND]))


@pytest.mark.parametrize("publication_id", ["", "../../x", "pub-1", "PUB-0000000000000001"])
def test_a_publication_id_is_of_its_form(publication_id: str) -> None:
    assert "is no publication id" in _refused(tables(FIRST), publication_id)


def test_now_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        candidate(tables(FIRST), publication_id=FIRST, now=datetime(2026, 1, 1), contracts=CONTRACTS)
