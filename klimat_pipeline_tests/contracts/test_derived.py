"""What is derived from a contract agrees with it: Arrow, SQLAlchemy, Great Expectations, the dictionary."""

from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from klimat_pipeline.contracts import PUBLISHED, TABLES, Column, Table
from klimat_pipeline.contracts.arrow import schema, to_arrow, to_pandas
from klimat_pipeline.contracts.dictionary import markdown
from klimat_pipeline.contracts.expectations import suite, suite_text
from klimat_pipeline.contracts.sql import sql_table
from klimat_pipeline.errors import ContractError
from klimat_pipeline.published.shape import data_dictionary
from klimat_pipeline.quality.contract import check_contract
from klimat_pipeline_tests.support.for_each import for_each
from klimat_pipeline_tests.support.tables import example_table

ALL = for_each(contract=TABLES)

TOY = Table(
    key="clean/toy",
    description="A table for tests.",
    columns=(
        Column("code", "string", "Code.", pattern=r"\d{4}"),
        Column("year", "integer", "Year.", minimum=1900, maximum=2200),
        Column("level", "string", "Level.", allowed=("nation", "county")),
        Column("amount_t", "number", "Amount.", unit="t", nullable=True, minimum=0),
        Column("count", "integer", "Count.", nullable=True),
        Column("flag", "boolean", "Flag.", nullable=True),
        Column("seen_at", "datetime", "When.", nullable=True),
    ),
    primary_key=("code", "year"),
)


def toy(**changes: object) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "code": ["1283", "1283", "1280"],
            "year": [1990, 2024, 2024],
            "level": ["nation", "county", "county"],
            "amount_t": [1.5, None, 0.0],
            "count": pd.array([1, None, 3], dtype="Int64"),
            "flag": pd.array([True, None, False], dtype="boolean"),
            "seen_at": pd.to_datetime(["2026-01-02T03:04:05Z", None, "2026-01-02T03:04:05Z"]).as_unit("us"),
        }
    )
    return frame.assign(**changes)


def names_of_failures(frame: pd.DataFrame) -> dict[str, object]:
    """Failed findings by the name of the expectation that stands in their message."""
    result = check_contract(frame, TOY)
    wrong = [finding for finding in result.findings if finding.outcome == "failed"]
    assert result.passed == (not wrong)
    assert all(finding.likely_cause and finding.threshold for finding in wrong)
    return {finding.message: finding for finding in wrong}


@ALL
def test_arrow_schema_agrees(contract: Table) -> None:
    derived = schema(contract)
    assert derived.names == contract.column_names
    assert [field.nullable for field in derived] == [column.nullable for column in contract.columns]
    assert derived.metadata[b"primary_key"].decode().split() == list(contract.primary_key)
    assert [field.metadata.get(b"unit", b"").decode() for field in derived] == [c.unit or "" for c in contract.columns]


@ALL
def test_sql_table_agrees(contract: Table) -> None:
    derived = sql_table(contract, sa.MetaData())
    assert [column.name for column in derived.columns] == contract.column_names
    assert [column.nullable for column in derived.columns] == [column.nullable for column in contract.columns]
    in_order = [column.name for column in derived.primary_key.columns]
    assert sorted(in_order) == sorted(contract.primary_key)
    assert all(column.comment for column in derived.columns)
    expected = {
        "string": sa.Text,
        "integer": sa.BigInteger,
        "number": sa.Double,
        "boolean": sa.Boolean,
        "datetime": sa.DateTime,
    }
    assert [type(column.type) for column in derived.columns] == [expected[column.kind] for column in contract.columns]


@pytest.fixture(scope="module")
def great_expectations() -> None:
    """A suite can only be made where there is a context."""
    import great_expectations as gx

    gx.get_context(mode="ephemeral")


@pytest.mark.usefixtures("great_expectations")
@ALL
def test_expectations_agree(contract: Table) -> None:
    checks = [expectation.meta["check"] for expectation in suite(contract).expectations]
    assert len(checks) == len(set(checks))
    expected = {"table:columns", "table:key"}
    for column in contract.columns:
        expected |= {f"{column.name}:not_null"} if not column.nullable else set()
        expected |= {f"{column.name}:allowed"} if column.allowed else set()
        expected |= {f"{column.name}:pattern"} if column.pattern else set()
        expected |= {f"{column.name}:bounds"} if (column.minimum, column.maximum) != (None, None) else set()
    assert set(checks) == expected


def test_sound_table_passes() -> None:
    assert names_of_failures(toy()) == {}


@pytest.mark.parametrize(
    ("check", "observed", "changes"),
    [
        ("code:not_null", "", {"code": ["1283", "1283", None]}),
        ("level:allowed", "parish", {"level": ["nation", "parish", "county"]}),
        ("code:pattern", "12X3", {"code": ["1283", "12X3", "1280"]}),
        ("year:bounds", "1066", {"year": [1066, 2024, 2024]}),
        ("amount_t:bounds", "-1.0", {"amount_t": [-1.0, 2.0, 3.0]}),
        ("table:key", "", {"year": [2024, 2024, 2024]}),
    ],
)
def test_planted_fault_is_found_and_named(check: str, observed: str, changes: dict[str, object]) -> None:
    wrong = names_of_failures(toy(**changes))
    named = [finding for message, finding in wrong.items() if f"clean/toy: {check} fails" in message]
    assert len(named) == 1, list(wrong)
    assert observed in named[0].observed
    assert named[0].keys
    assert named[0].count >= 1


def test_pattern_holds_for_the_whole_text() -> None:
    wrong = names_of_failures(toy(code=["1283", "128345", "1280"]))
    assert [message for message in wrong if "code:pattern" in message]


def test_wrong_order_of_columns_is_found() -> None:
    frame = toy()
    wrong = names_of_failures(frame[[*reversed(frame.columns)]])
    assert [message for message in wrong if "table:columns" in message]


@pytest.mark.parametrize(("column", "kind"), [("amount_t", "number"), ("flag", "boolean"), ("count", "integer")])
def test_wrong_type_is_found(column: str, kind: str) -> None:
    wrong = names_of_failures(toy(**{column: ["a", "b", "c"]}))
    assert [message for message in wrong if f"column {column}: not of type {kind}" in message]


def test_to_arrow_refuses_missing_and_unknown_columns() -> None:
    with pytest.raises(
        ContractError, match=r"clean/toy: missing columns \['year'\], columns in no contract \['extra'\]"
    ):
        to_arrow(toy(extra=1).drop(columns="year"), TOY)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("amount_t", ["a", "b", "c"]),
        ("year", ["1990", "x", "2024"]),
        ("year", [1990.5, 2024.0, 2024.0]),
        ("code", [1, 2, 3]),
    ],
)
def test_to_arrow_refuses_another_type(column: str, values: list[object]) -> None:
    with pytest.raises(ContractError, match=f"clean/toy, column {column}: not of type"):
        to_arrow(toy(**{column: values}), TOY)


def test_to_arrow_orders_columns_as_the_contract() -> None:
    frame = toy()
    assert to_arrow(frame[[*reversed(frame.columns)]], TOY).column_names == TOY.column_names


def test_round_trip_keeps_integers_and_booleans_with_gaps() -> None:
    back = to_pandas(to_arrow(toy(), TOY))
    assert str(back["count"].dtype) == "Int64"
    assert str(back["flag"].dtype) == "boolean"
    assert str(back["year"].dtype) == "int64"
    assert back["count"].tolist() == [1, pd.NA, 3]
    assert back["flag"].tolist() == [True, pd.NA, False]
    assert back["amount_t"].isna().tolist() == [False, True, False]
    assert to_arrow(back, TOY) == to_arrow(toy(), TOY)


@for_each(contract=PUBLISHED)
def test_example_of_every_published_table_survives_the_round_trip(contract: Table) -> None:
    example = example_table(contract, rows=7)
    back = to_arrow(to_pandas(example), contract)
    assert back.schema.equals(schema(contract), check_metadata=True)
    # A missing number and NaN are one in a frame; all else comes back as it was.
    assert back.to_pylist() == example.to_pylist()


def test_dictionary_document_is_current(project: Path) -> None:
    stored = (project / "docs" / "data_dictionary.md").read_text(encoding="utf-8")
    assert stored == markdown(), "run: make docs"


def test_published_dictionary_describes_every_published_column() -> None:
    described = data_dictionary()
    published = [(t.name, name) for t in TABLES.values() if t.stage in ("published", "mart") for name in t.column_names]
    assert list(zip(described["table_name"], described["column_name"], strict=True)) == published
    assert (described["description"] != "").all()


def test_suites_in_great_expectations_own_form_are_current(project: Path) -> None:
    """``make docs`` writes them again."""
    checked = {key: contract for key, contract in TABLES.items() if contract.stage not in ("published", "mart")}
    folder = project / "docs" / "expectations"
    assert {path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.json")} == set(checked)
    old = [
        key for key, contract in checked.items() if (folder / f"{key}.json").read_text("utf-8") != suite_text(contract)
    ]
    assert old == []
