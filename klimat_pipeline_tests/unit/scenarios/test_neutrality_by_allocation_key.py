"""The balance under each allocation key: by hand on a baseline of 1,000 t, and as an algebra over shares and keys."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.configuration.targets_and_gap import ALLOCATION_KEYS
from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.arrow import to_arrow
from klimat_pipeline.quality.targets_and_gap import balances_by_key_add_up
from klimat_pipeline.scenarios.facility_claims import facility_claims
from klimat_pipeline.scenarios.neutrality_balance import cases, neutrality_balance
from klimat_pipeline.scenarios.neutrality_by_allocation_key import neutrality_by_allocation_key
from klimat_pipeline_tests.unit.scenarios.small_plan import CODE, PLANT, frame, inventory, rule, share, sink, total

CODES = (CODE, "1283")


def of(shares: list[dict[str, Any]], keys: dict[str, str], gross: float = 250.0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Balances under each key and the published ones, of two municipalities in 2030."""
    rules = frame("clean/neutrality_rules", *(rule(municipality_code=c, allocation_key=k) for c, k in keys.items()))
    claims = facility_claims(frame("clean/capture_facilities", *shares), rules)
    plans = frame("indicators/target_coherence", *(total(code, gross) for code in keys))
    sinks = frame("clean/carbon_sinks", sink("wood", "land", 10.0))
    held = [inventory(PLANT, 2030, gross, municipality_code=code, item="industry/2") for code in keys]
    balanced = cases(
        frame("scenarios/gap_table"),
        frame("clean/published_gap"),
        frame("clean/climate_actions"),
        plans,
        frame("inventory/inventory_territory", *held),
    )
    made = neutrality_balance(balanced, sinks, claims, rules)
    by_key = neutrality_by_allocation_key(balanced, sinks, claims, rules)
    to_arrow(by_key, table("scenarios/neutrality_by_allocation_key"))
    found = balances_by_key_add_up(
        {"scenarios/neutrality_by_allocation_key": by_key, "scenarios/neutrality_balance": made}
    )
    assert "failed" not in {finding.outcome for finding in found}
    return by_key, made


def test_one_key_may_make_neutral_what_another_does_not() -> None:
    """100 t fossil and 200 - 50 t biogenic to share. Location gives Lund all: 250 - 100 = 150 t left, -85 per cent, sinks
    150 + 10 t cover them. Ownership gives a half: 200 t left, 50 too many, and 85 t of sinks."""
    shares = [share("location", CODE, 1.0), share("ownership", CODE, 0.5), share("ownership", "1283", 0.5)]
    by_key, _ = of(shares, {CODE: "location", "1283": "ownership"})
    rows = by_key.set_index(["municipality_code", "allocation_key"])
    here = rows.loc[(CODE, "location")]
    assert (here["residual_t"], here["eligible_sinks_t"], here["is_neutral"]) == (150.0, 160.0, True)
    half = rows.loc[(CODE, "ownership")]
    assert (half["residual_t"], half["eligible_sinks_t"], half["net_t"], half["is_neutral"]) == (
        200.0,
        85.0,
        200.0,
        False,
    )
    # Location gives the other nothing of the plant.
    other = rows.loc[("1283", "location")]
    assert (other["residual_t"], other["eligible_sinks_t"]) == (250.0, 0.0)
    assert rows["is_applied"].to_dict() == {
        (CODE, "location"): True,
        (CODE, "ownership"): False,
        ("1283", "location"): False,
        ("1283", "ownership"): True,
    }


def test_without_shared_plants_there_is_nothing_to_compare() -> None:
    by_key, made = of([], {CODE: "location"})
    assert by_key.empty
    assert len(made) == 1
    assert [
        f.outcome
        for f in balances_by_key_add_up(
            {"scenarios/neutrality_by_allocation_key": by_key, "scenarios/neutrality_balance": made}
        )
    ] == ["not_applicable"]


@given(
    parts=st.lists(st.tuples(st.sampled_from(ALLOCATION_KEYS), st.floats(0, 1)), min_size=1, unique_by=lambda p: p[0]),
    key=st.sampled_from(ALLOCATION_KEYS),
)
def test_the_own_key_gives_the_published_balance_where_all_apply_it(parts: list[tuple[str, float]], key: str) -> None:
    """And under every key both together take off no more than the 100 t fossil that the plant captures."""
    shares = [share(name, code, part) for name, one in parts for code, part in zip(CODES, (one, 1 - one), strict=True)]
    by_key, made = of(shares, dict.fromkeys(CODES, key))
    own = by_key[by_key["is_applied"]].set_index("municipality_code")["net_t"].to_dict()
    published = made.set_index("municipality_code")["net_t"].to_dict()
    assert own == ({code: pytest.approx(published[code]) for code in CODES} if key in dict(parts) else {})
    taken = by_key.groupby("allocation_key")["captured_fossil_deducted_t"].sum()
    assert (taken <= 100.0 + 1e-9).all()
