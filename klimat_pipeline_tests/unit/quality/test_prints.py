"""A print that contradicts itself: Gävle's own, as it lies in its folder, and small invented ones."""

import pandas as pd

from klimat_pipeline.clean.published_gap import clean_published_gap
from klimat_pipeline.clean.published_inventory import clean_published_inventory
from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.quality.findings import Finding
from klimat_pipeline.quality.prints import print_shares_agree, print_states_one_year, print_tables_agree
from klimat_pipeline_tests.support.shared import REPOSITORY
from klimat_pipeline_tests.unit.inventory import small
from klimat_pipeline_tests.unit.scenarios.small_plan import frame


def tables(code: str) -> dict[str, pd.DataFrame]:
    folders, reference = REPOSITORY / "data" / "municipalities", load_reference(REPOSITORY / "data" / "reference")
    made = {
        "clean/published_inventory": clean_published_inventory(folders, reference),
        "clean/published_gap": clean_published_gap(folders, reference),
    }
    return {key: rows[rows["municipality_code"] == code] for key, rows in made.items()}


def of(printed: pd.DataFrame, *gap: dict[str, object]) -> dict[str, pd.DataFrame]:
    base = {"municipality_code": "1283", "rounding_t": 0.5, "scopes": "1"}
    return {
        "clean/published_inventory": printed,
        "clean/published_gap": frame("clean/published_gap", *(base | {"of_lines": row["line"]} | row for row in gap)),
    }


def messages(findings: "list[Finding]") -> list[str]:
    return [finding.message for finding in findings if finding.outcome == "failed"]


class TestGavle:
    def test_273_against_273_1(self) -> None:
        (finding,) = print_tables_agree(tables("2180"))
        assert finding.message == ("2180 total scope 1 2020: table 4 prints 273,000 t; table gap prints 273,100 t")
        assert "rounds" in finding.likely_cause

    def test_4_and_9_per_cent_are_swapped(self) -> None:
        """24 of 273 are 8.8 per cent and 12 of 273 are 4.4."""
        (finding,) = print_shares_agree(tables("2180"))
        assert finding.message == (
            "2180 table 4, 2020: ippu_product_use with 12,000 t is 4.4 % of the total, printed is 9 %; "
            "transport_machines with 24,000 t prints 4 %"
        )
        assert (finding.likely_cause, finding.count) == ("the two shares are swapped in the print", 2)

    def test_2020_or_2021(self) -> None:
        (finding,) = print_states_one_year(tables("2180"))
        assert finding.outcome == "failed"
        assert " under 2020, the document also says 2021" in finding.message


class TestShares:
    LINES = (("waste", "1", 2022, 10.0), ("transport_on_road", "1", 2022, 30.0), ("total", "1", 2022, 40.0))

    def test_sound_ones_pass(self) -> None:
        given = small.printed(*self.LINES)
        given["printed_share_pct"] = [25.0, 75.0, 100.0]
        (finding,) = print_shares_agree(of(given))
        assert finding.outcome == "passed"

    def test_tenths_are_held_to_tenths_and_whole_ones_to_whole_ones(self) -> None:
        """10 of 40 with half a tonne of rounding is 23.75 to 26.25: 26.7 is beyond a twentieth more, 74 within a half."""
        given = small.printed(*self.LINES)
        given["printed_share_pct"] = [26.7, 74.0, 100.0]
        assert messages(list(print_shares_agree(of(given)))) == [
            "1283 table T1, 2022: waste with 10 t is 25.0 % of the total, printed is 26.7 %"
        ]

    def test_without_a_printed_total_the_lines_are_summed(self) -> None:
        given = small.printed(*self.LINES[:2])
        given["printed_share_pct"] = [50.0, 75.0]
        assert "is 25.0 % of the total, printed is 50 %" in messages(list(print_shares_agree(of(given))))[0]

    def test_nobody_prints_any(self) -> None:
        (finding,) = print_shares_agree(of(small.printed(*self.LINES)))
        assert finding.outcome == "not_applicable"


class TestYears:
    def test_a_gap_table_of_another_year_with_the_same_figures(self) -> None:
        printed = small.printed(("waste", "1", 2021, 10.0), ("total", "1", 2021, 10.0))
        rows = [
            {"line": line, "baseline_year": 2020, "baseline_t": 10.0, "latest_year": pd.NA}
            for line in ("waste", "total")
        ]
        (finding,) = print_states_one_year(of(printed, *rows))
        assert finding.message == (
            "1283 table gap: 2 figures stand under 2020, the document also says 2021 of them (waste, total)"
        )

    def test_no_gap_table_or_another_figure_says_nothing(self) -> None:
        printed = small.printed(("waste", "1", 2021, 10.0))
        row = {"line": "waste", "baseline_year": 2020, "baseline_t": 99.0, "latest_year": pd.NA}
        for found in (of(printed), of(printed, row)):
            assert [finding.outcome for finding in print_states_one_year(found)] == ["passed"]

    def test_a_year_that_both_print_is_another_matter(self) -> None:
        printed = small.printed(("waste", "1", 2020, 12.0), ("waste", "1", 2021, 10.0))
        row = {"line": "waste", "baseline_year": 2020, "baseline_t": 10.0, "latest_year": pd.NA}
        assert not messages(list(print_states_one_year(of(printed, row))))
        assert "T1 prints 12 t; table gap prints 10 t" in messages(list(print_tables_agree(of(printed, row))))[0]


def test_what_the_gap_table_repeats_is_told_once() -> None:
    """Helsingborg's inventory file holds the figures of A-2.1 as well."""
    found = messages(list(print_tables_agree(tables("1283"))))
    assert len(found) == 4
    assert not any("table gap" in message for message in found)
