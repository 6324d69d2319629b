"""What the benchmarks print becomes one table."""

from benchmarks.__main__ import document


def test_ratios_are_a_table_and_the_rest_stands_below() -> None:
    made = document(
        [
            " 1.20  an unchanged refresh against importing: 3.60 s / 3.00 s, meant to stay below 1.3  [1.20 1.21]",
            " 5.10  a ledger against the query: 5.10 s / 1.00 s, meant to stay below 4.5  [5.10]",
            "       ours_whole: 12.00 s of processor, 8.00 s, 0.80 GB",
        ]
    )
    assert "| 1.20 | 1.3 | an unchanged refresh against importing: 3.60 s / 3.00 s |" in made
    assert "| **5.10** | 4.5 | a ledger against the query: 5.10 s / 1.00 s |" in made
    assert made.endswith("\n    ours_whole: 12.00 s of processor, 8.00 s, 0.80 GB\n")
