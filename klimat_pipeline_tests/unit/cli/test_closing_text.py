"""The closing text keeps to its lines, and says what it leaves out."""

import sqlite3
from contextlib import closing

import pytest

from klimat_pipeline.cli.report import _AHEAD, _chances, _first_of


def test_what_does_not_fit_is_counted() -> None:
    assert _first_of(["a", "b", "c", "d"]) == ["a", "b", "c", "d"]
    assert _first_of(["a", "b", "c", "d", "e", "f"]) == [
        "a",
        "b",
        "c",
        "and 3 more in target_probability and neutrality_balance",
    ]


@pytest.mark.parametrize(
    ("effect", "status", "said"),
    [(10.0, "planned", ", in 3 with all actions"), (10.0, "completed", ""), (None, "planned", "")],
)
def test_all_actions_are_named_only_where_one_changes_what_is_ahead(
    effect: float | None, status: str, said: str
) -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(
            "CREATE TABLE municipalities AS SELECT '2180' AS municipality_code, 'Gävle' AS municipality_name"
        )
        database.execute("CREATE TABLE climate_actions (municipality_code, effect_t_per_year, action_status)")
        database.execute("INSERT INTO climate_actions VALUES ('2180', ?, ?)", (effect, status))
        database.execute(
            "CREATE TABLE target_probability AS SELECT '2180' AS municipality_code, 'r' AS release_id, 2030 AS target_year, "
            "100.0 AS target_t_co2e, 'total' AS target_id, 1 AS is_headline, -5.0 AS required_t_co2e_per_year, "
            "column1 AS scenario, column2 AS probability_low_fraction, column2 AS probability_high_fraction "
            "FROM (VALUES ('business_as_usual', 0.02), ('existing_policies', 0.03), ('with_actions', 0.03))"
        )
        (line,) = _chances(database.execute(_AHEAD))
    assert line == f"Gävle: 100 t in 2030 takes -5 t a year; met in 2 of 100 futures on trend{said}"
