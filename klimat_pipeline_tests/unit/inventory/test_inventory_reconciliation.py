"""Print beside inventory: causes and their parts, by hand; and that parts always sum to the difference."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.inventory.inventory_reconciliation import inventory_reconciliation
from klimat_pipeline.inventory.inventory_territory import territory_inventory
from klimat_pipeline.quality.inventories import difference_explained
from klimat_pipeline.quality.prints import (
    print_explained,
    print_factors_reproduce,
    print_lines_sum,
    print_tables_agree,
)
from klimat_pipeline_tests.support.properties import examples
from klimat_pipeline_tests.unit.inventory import small
from klimat_pipeline_tests.unit.scenarios import small_plan

PROJECT = Path(__file__).parents[3]
REFERENCE = small.reference(PROJECT)
TERRITORY = territory_inventory(
    small.subsectors(),
    small.no_corrections(),
    small.releases(),
    small.energy_use(),
    small.factors(),
    small.no_scope3(),
    REFERENCE,
)


def causes(print_: pd.DataFrame, corrections: pd.DataFrame | None = None) -> dict[tuple[str, str], dict[str, float]]:
    """Parts by printed line and scope, of 2022."""
    frame = inventory_reconciliation(
        TERRITORY, print_, small.no_corrections() if corrections is None else corrections, small.releases(), REFERENCE
    )
    (finding,) = difference_explained({"inventory/inventory_reconciliation": frame})
    assert finding.outcome in ("passed", "not_applicable")
    found: dict[tuple[str, str], dict[str, float]] = {}
    for row in frame.itertuples():
        found.setdefault((row.line, row.scope), {})[row.difference_cause] = round(row.part_t, 6)
    return found


def test_agreement_has_one_row() -> None:
    assert causes(small.printed(("waste", "1", 2022, 10.0))) == {("waste", "1"): {"rounding": 0.0}}


def test_half_a_tonne_is_rounding_and_more_is_unexplained() -> None:
    found = causes(small.printed(("waste", "1", 2022, 10.5), ("ippu_product_use", "1", 2022, 17.0)))
    assert found == {("waste", "1"): {"rounding": -0.5}, ("ippu_product_use", "1"): {"unexplained": 3.0}}


def test_no_cause_is_named_that_was_not_computed() -> None:
    assert causes(small.printed(("transport_on_road", "2", 2022, 3.0))) == {
        ("transport_on_road", "2"): {"unexplained": -2.0}
    }


def test_what_only_the_print_splits_is_classification_on_both_lines() -> None:
    found = causes(small.printed(("transport_on_road", "1", 2022, 92.0), ("transport_other", "1", 2022, 7.0)))
    assert found["transport_on_road", "1"] == {"classification": 7.0, "unexplained": 1.0}
    assert found["transport_other", "1"] == {"classification": -7.0}


def test_a_total_sums_its_lines_and_shows_its_own_misprint() -> None:
    rows = (("waste", "1", 2022, 8.0), ("waste", "2", 2022, None), ("total", "1", 2022, 300.0))
    every = [(line, "1", 2022, t) for line, t in (
        ("transport_on_road", 100.0), ("ippu_industrial_process", 80.0), ("afolu_sources", 60.0),
        ("buildings_incl_agricultural_facilities", 40.0), ("transport_machines", 30.0), ("ippu_product_use", 20.0),
    )]  # fmt: skip
    found = causes(small.printed(*rows, *every))
    # computed 340, printed lines 338, printed total 300
    assert found["total", "1"] == {"unexplained": 2.0, "print_error": 38.0}
    assert found["waste", "2"] == {"not_estimated": pytest.approx(float("nan"), nan_ok=True)}


def test_a_second_table_that_prints_otherwise_is_a_print_error() -> None:
    both = pd.concat(
        [small.printed(("waste", "1", 2022, 10.0)), small.printed(("waste", "1", 2022, 25.0), table_name="T2")]
    )
    frame = inventory_reconciliation(TERRITORY, both, small.no_corrections(), small.releases(), REFERENCE)
    second = frame[frame["print_table"] == "T2"]
    assert list(zip(second["difference_cause"], second["part_t"], strict=True)) == [("print_error", -15.0)]
    (finding,) = print_tables_agree(
        {"clean/published_inventory": both, "clean/published_gap": small_plan.frame("clean/published_gap")}
    )
    assert "table T1 prints 10 t; table T2 prints 25 t" in finding.message


def test_a_figure_over_two_scopes_that_a_second_table_prints_otherwise_is_a_print_error() -> None:
    """100 t in the first table, 125 t in the second, for scope 1 and 3 together; ours 100."""
    both = [
        small.printed(("transport_on_road", "1+3", 2022, tonnes), table_name=name)
        for name, tonnes in (("T1", 100.0), ("T2", 125.0))
    ]
    frame = inventory_reconciliation(TERRITORY, pd.concat(both), small.no_corrections(), small.releases(), REFERENCE)
    found = dict(zip(frame["difference_cause"] + " " + frame["print_table"], frame["part_t"], strict=True))
    assert found == {"rounding T1": 0.0, "print_error T2": -25.0}


def test_a_correction_that_this_release_lacks_is_a_cause() -> None:
    held = {
        "correction_id": "one",
        "municipality_code": "1283",
        "sector_code": "waste",
        "year": 2022,
        "side": "cell",
        "action": "replace",
        "base_now_t": 10.0,
    }
    corrections = pd.DataFrame(
        [
            {**held, "release_id": "r1", "correction_status": "not_for_release", "after_t": None},
            {**held, "release_id": "r0", "correction_status": "applied", "after_t": 25.0},
        ]
    )
    assert causes(small.printed(("waste", "1", 2022, 24.0)), corrections) == {
        ("waste", "1"): {"correction": -15.0, "unexplained": 1.0}
    }


def test_the_memo_line_is_beside_every_total() -> None:
    found = causes(
        small.printed(
            ("grid_supplied_energy", "memo", 2022, 50.0), ("waste", "1", 2022, 10.0), ("total", "1", 2022, 10.0)
        )
    )
    assert found["grid_supplied_energy", "memo"] == {"rounding": 0.0}
    assert found["total", "1"] == {"not_estimated": 330.0}  # the print's lines cover waste only


def test_what_only_one_side_has_is_not_estimated_in_the_total() -> None:
    """Ours: 10 t of waste and 330 t on lines that are not printed. Printed: 25 t of sinks that we have no figure for."""
    found = causes(
        small.printed(("waste", "1", 2022, 10.0), ("afolu_sinks", "1", 2022, 25.0), ("total", "1", 2022, 35.0))
    )
    assert found["total", "1"] == {"not_estimated": 305.0}
    # A printed zero is a figure.
    found = causes(
        small.printed(("waste", "1", 2022, 10.0), ("ippu_product_use", "1", 2022, 0.0), ("total", "1", 2022, 10.0))
    )
    assert found["total", "1"] == {"unexplained": 20.0, "not_estimated": 310.0}


def test_a_total_beyond_lines_that_were_not_entered_is_no_print_error() -> None:
    """Computed 340: 10 of waste, 330 on lines that nobody entered. Printed: 25 of 365; that is 15 more waste, and 10 less
    of the rest, or another misprint: nobody can tell which of the 340 beyond the entered line the total means."""
    found = causes(small.printed(("waste", "1", 2022, 25.0), ("total", "1", 2022, 365.0)))
    assert found["total", "1"] == {"unexplained": -25.0}
    # 330 on lines that are not entered, 10 t printed that we have no figure for, and 320 beyond both.
    found = causes(
        small.printed(("waste", "1", 2022, 10.0), ("afolu_sinks", "1", 2022, 10.0), ("total", "1", 2022, 340.0))
    )
    assert found["total", "1"] == {"not_estimated": -10.0, "unexplained": 10.0}


def test_lines_that_miss_their_total_within_their_rounding_are_no_print_error() -> None:
    """In kilotonnes: a line of 0 (ours is 10 t), a total of 1; each may be half of one off, and 330 t are not printed."""
    print_ = small.printed(("waste", "1", 2022, 0.0), ("total", "1", 2022, 1000.0), rounding_t=500.0)
    assert causes(print_)["total", "1"] == {"rounding": -990.0, "not_estimated": 330.0}


def test_a_print_in_kilotonnes_is_right_within_half_of_one() -> None:
    rounded = small.printed(("waste", "1", 2022, 300.0), rounding_t=500.0)
    assert causes(rounded) == {("waste", "1"): {"rounding": -290.0}}


def test_a_figure_over_scopes_1_and_3() -> None:
    """Scope 3 of waste is not estimated, so that the sum is that of scope 1."""
    assert causes(small.printed(("waste", "1+3", 2022, 12.0))) == {("waste", "1+3"): {"unexplained": -2.0}}


def test_what_nothing_explains_is_a_remark_above_5_per_cent() -> None:
    """Malmö's kind: 1,000 t of another method printed beside our 10 t; and 80.5 t beside 80, which is rounding."""
    prints = small.printed(("waste", "1", 2022, 1000.0), ("ippu_industrial_process", "1", 2022, 80.5))
    frame = inventory_reconciliation(TERRITORY, prints, small.no_corrections(), small.releases(), REFERENCE)
    (finding,) = print_explained({"inventory/inventory_reconciliation": frame})
    assert (finding.outcome, finding.count) == ("failed", 1)
    assert "the most waste scope 1 2022 (-990 t of 1,000 t)" in finding.message
    assert finding.municipality_codes == ["1283"]
    near = small.printed(("waste", "1", 2022, 10.4), ("ippu_industrial_process", "1", 2022, 83.9))  # 4.6 % off
    frame = inventory_reconciliation(TERRITORY, near, small.no_corrections(), small.releases(), REFERENCE)
    assert print_explained({"inventory/inventory_reconciliation": frame})[0].outcome == "passed"


TONNES = st.floats(0, 1e6, allow_nan=False).map(lambda t: round(t, 2))


@examples(40)
@given(st.lists(TONNES, min_size=8, max_size=8), TONNES, TONNES)
def test_parts_always_sum_to_the_difference(lines: list[float], one: float, both: float) -> None:
    names = [line for line in TERRITORY["line"].unique() if line not in ("grid_supplied_energy", "afolu_sinks")][:8]
    rows = [(str(name), "1", 2022, tonnes) for name, tonnes in zip(names, lines, strict=True)]
    print_ = small.printed(
        *rows, ("transport_on_road", "2", 2022, one), ("total", "1", 2022, one), ("total", "1+2", 2022, both)
    )
    frame = inventory_reconciliation(TERRITORY, print_, small.no_corrections(), small.releases(), REFERENCE)
    parts = frame.groupby(["line", "scope"])["part_t"].sum()
    whole = frame.groupby(["line", "scope"])["difference_t"].first()
    assert (parts - whole).abs().max() < 1e-6


def test_printed_lines_that_do_not_sum_are_found() -> None:
    (finding,) = print_lines_sum(
        {"clean/published_inventory": small.printed(("waste", "1", 2022, 10.0), ("total", "1", 2022, 92.0))}
    )
    assert finding.outcome == "failed"
    assert "sum to 10 t, the printed total is 92 t (-82 t)" in finding.message


def test_a_printed_factor_that_does_not_reproduce_its_tonnes_is_found() -> None:
    factors = small.factors()
    factors.loc[factors["year"] == 2022, "printed_value"] = factors["factor_value"] * 53 / 55
    tables = {
        "clean/energy_use": small.energy_use(),
        "clean/emission_factors": factors,
        "clean/published_inventory": small.printed(
            ("transport_on_road", "2", 1990, 1.0), ("transport_on_road", "2", 2022, 1.0)
        ),
    }
    right, wrong = print_factors_reproduce(tables)
    assert right.outcome == "passed"
    assert wrong.outcome == "failed"
    assert "(-3.6 %)" in wrong.message  # 53 / 55 = 0.9636
