"""Remarks that the Swedish climate account can list have a Swedish sentence, in every place where they are worded."""

import ast
import inspect
from types import ModuleType

import pandas as pd
import pytest

from klimat_pipeline.quality import plausibility, prints, targets_and_gap
from klimat_pipeline.quality.catalogue import CHECKS, Check
from klimat_pipeline.quality.findings import Finding

NBSP, MINUS = "\u00a0", "\u2212"
#: Remarks whose rows name no municipality, so that no municipality's account lists them.
OF_NO_MUNICIPALITY = {"coverage", "intervals_cover", "source_answered", "unmapped_subsectors"}
REMARKS = [
    pytest.param(check, id=check.name)
    for checks in CHECKS.values()
    for check in checks
    if check.severity == "WARN" and check.name not in OF_NO_MUNICIPALITY
]


def worded_in(check: Check) -> list[ast.Call]:
    """Every call that words a failed finding of a check, in its function and the helpers of its module."""
    module = inspect.getmodule(check.run)
    assert isinstance(module, ModuleType)
    functions = {one.name: one for one in ast.parse(inspect.getsource(module)).body if isinstance(one, ast.FunctionDef)}
    reached, left = set[str](), [check.name]
    while left:
        reached.add(name := left.pop())
        used = {one.id for one in ast.walk(functions[name]) if isinstance(one, ast.Name)}
        left += [other for other in used & functions.keys() if other not in reached]
    calls = [one for name in reached for one in ast.walk(functions[name]) if isinstance(one, ast.Call)]
    return [
        call for call in calls if {"failed", "say"} & {n.id for n in ast.walk(call.func) if isinstance(n, ast.Name)}
    ]


@pytest.mark.parametrize("check", REMARKS)
def test_a_remark_is_worded_in_swedish_wherever_it_is_worded(check: Check) -> None:
    calls = worded_in(check)
    assert calls
    for call in calls:
        assert "message_sv" in {keyword.arg for keyword in call.keywords}, f"line {call.lineno}"


def only(findings: object) -> Finding:
    (found,) = findings  # type: ignore[misc]
    return found


def test_numbers_are_written_as_swedes_write_them() -> None:
    """1,400,000 to 1,000,000 t: -28.6 % and 400,000 t less."""
    cell = {"release_id": "r1", "municipality_code": "0191", "sector_code": "transport"}
    figures = [cell | {"year": year, "emissions_reported_t": t} for year, t in ((2020, 1.4e6), (2021, 1e6))]
    releases = pd.DataFrame([{"release_id": "r1", "is_current": True}])
    found = only(
        plausibility.year_jumps({"clean/reported_emissions": pd.DataFrame(figures), "clean/releases": releases})
    )
    assert found.message_sv == (
        f"r1: 1 sektor ändras mer än 20{NBSP}% på ett år; störst är 'transport' i '0191' 2021: "
        f"{MINUS}28,6{NBSP}% ({MINUS}400{NBSP}000 ton)"
    )


def test_a_plan_says_what_is_missing() -> None:
    total = {"municipality_code": "0191", "release_id": "r1", "coherence_kind": "total", "is_current_release": True}
    total |= {"levels_sum_t": 1200.0, "uncovered_t": 300.0, "target_t_co2e": 1000.0, "implied_t": 1500.0}
    rows = [total | {"shortfall_t": 500.0}, total | {"coherence_kind": "sub_target"}]
    found = only(targets_and_gap.plan_closes({"indicators/target_coherence": pd.DataFrame(rows)}))
    assert found.message_sv == (
        f"'0191', utgåva r1: delmålen tillåter 1{NBSP}200 ton, sektorer utan delmål släpper ut 300 ton, målet för "
        f"totalen är 1{NBSP}000 ton: det fattas 500 ton"
    )


def test_shares_that_are_swapped_are_both_named() -> None:
    """100 t and 300 t of 400 t are 25 and 75 per cent, printed the other way round."""
    row = {"municipality_code": "0191", "print_table": "4", "year": 2020, "scopes": "1", "rounding_t": 0.5}
    lines = [("waste", 100.0, 75.0), ("roads", 300.0, 25.0)]
    given = [row | {"print_line": line, "published_t": t, "printed_share_pct": pct} for line, t, pct in lines]
    found = only(prints.print_shares_agree({"clean/published_inventory": pd.DataFrame(given)}))
    assert found.message_sv == (
        f"'0191', tabell 4, 2020: 'waste' med 100 ton är 25,0{NBSP}% av summan, tryckt är 75{NBSP}%; 'roads' med "
        f"300 ton anges till 25{NBSP}%"
    )


def test_the_gap_table_is_called_what_readers_call_it() -> None:
    """The inventory prints 273,000 t for its total, the gap table 273,100 t."""
    row = {"municipality_code": "0191", "print_line": "total", "scopes": "1", "of_lines": "", "carrier": None}
    row |= {"rounding_t": 500.0, "also_printed_year": pd.NA}
    printed = pd.DataFrame([row | {"print_table": "4", "year": 2020, "published_t": 273000.0}])
    gap = row | {"line": "total", "baseline_year": 2020, "baseline_t": 273100.0, "latest_year": None, "latest_t": None}
    gaps = pd.DataFrame([gap]).drop(columns="print_line")
    found = only(prints.print_tables_agree({"clean/published_inventory": printed, "clean/published_gap": gaps}))
    assert found.message_sv == (
        f"'0191', 'total' scope 1 2020: tabell 4 anger 273{NBSP}000 ton; gap-tabellen anger 273{NBSP}100 ton"
    )
