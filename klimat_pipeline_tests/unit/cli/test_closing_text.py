"""The closing text keeps to its lines, and says what it leaves out."""

from klimat_pipeline.cli.report import _first_of


def test_what_does_not_fit_is_counted() -> None:
    assert _first_of(["a", "b", "c", "d"]) == ["a", "b", "c", "d"]
    assert _first_of(["a", "b", "c", "d", "e", "f"]) == [
        "a",
        "b",
        "c",
        "and 3 more in target_probability and neutrality_balance",
    ]
