"""Shared plants: keys side by side, certificates taken off, and never more than the physical tonnes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klimat_pipeline.configuration.targets_and_gap import ALLOCATION_KEYS
from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.arrow import to_arrow
from klimat_pipeline.quality.catalogue import CHECKS
from klimat_pipeline.quality.targets_and_gap import captured_once, claims_within_physical
from klimat_pipeline.scenarios.facility_claims import facility_claims
from klimat_pipeline_tests.unit.scenarios.small_plan import CODE, frame, rule, share, sink

CODES = ("1280", "1281", "1283")


def test_keys_stand_side_by_side() -> None:
    plants = frame(
        "clean/capture_facilities",
        share("location", "1283", 1.0),
        share("ownership", "1283", 0.6),
        share("ownership", CODE, 0.4),
    )
    rules = frame("clean/neutrality_rules", rule(), rule(municipality_code="1283"))
    made = facility_claims(plants, rules)
    to_arrow(made, table("scenarios/facility_claims"))
    rows = made.set_index(["allocation_key", "municipality_code"])
    # 200 t biogenic less 50 t sold: 150 t to share out.
    assert rows["claimed_biogenic_t"].to_dict() == {
        ("location", "1283"): 150.0,
        ("ownership", "1281"): pytest.approx(60.0),
        ("ownership", "1283"): pytest.approx(90.0),
    }
    # Both apply location: Lund has no share of it.
    assert rows["applied_biogenic_t"].sum() == 150.0


def test_different_keys_together_claim_no_tonne_twice() -> None:
    plants = frame("clean/capture_facilities", share("location", "1283", 1.0), share("ownership", CODE, 0.5))
    rules = frame("clean/neutrality_rules", rule(municipality_code="1283"), rule(allocation_key="ownership"))
    rows = facility_claims(plants, rules).set_index("municipality_code")
    # Shares of 1 and 0.5 are scaled to two thirds and one third of the 100 t fossil.
    assert rows["applied_fossil_t"].to_dict() == {"1283": pytest.approx(200 / 3), CODE: pytest.approx(100 / 3)}


def test_a_claim_beyond_the_physical_tonnes_is_an_error() -> None:
    plants = frame("clean/capture_facilities", share("location", "1283", 0.7), share("location", CODE, 0.7))
    made = facility_claims(plants, frame("clean/neutrality_rules", rule()))
    outcomes = [finding.outcome for finding in claims_within_physical({"scenarios/facility_claims": made})]
    assert "failed" in outcomes


def found(*sinks: dict[str, Any], year: int = 2030) -> list[str]:
    """Outcomes where a plant is registered with all of it in CODE."""
    plants = frame("clean/capture_facilities", share("location", CODE, 1.0, year=year))
    made = facility_claims(plants, frame("clean/neutrality_rules", rule()))
    return [
        f.outcome
        for f in captured_once(
            {"clean/carbon_sinks": frame("clean/carbon_sinks", *sinks), "scenarios/facility_claims": made}
        )
    ]


def test_a_registered_plant_among_the_sinks_is_an_error() -> None:
    assert found(sink("ccs", "captured_biogenic", 5.0, facility_id="plant")) == ["failed"]
    # Also where another municipality lists it: its tonnes are shared out already.
    assert found(sink("ccs", "captured_biogenic", 5.0, facility_id="plant", municipality_code="1283")) == ["failed"]
    (check,) = [check for check in CHECKS["scenarios/neutrality_balance"] if check.name == "captured_once"]
    assert check.severity == "ERROR"


def test_a_capture_without_a_plant_beside_a_share_cannot_be_told_apart() -> None:
    assert found(sink("ccs", "captured_biogenic", 5.0)) == ["failed"]
    assert found(sink("ccs", "captured_biogenic", 5.0, municipality_code="1283")) == ["passed"]


def test_another_plant_other_years_or_no_capture_stand_once() -> None:
    assert found(sink("ccs", "captured_fossil", 5.0, facility_id="another")) == ["passed"]
    assert found(sink("ccs", "captured_fossil", 5.0, facility_id="plant", to_year=2029)) == ["passed"]
    assert found(sink("ccs", "captured_fossil", 5.0, facility_id="plant", from_year=2031)) == ["passed"]
    assert found(sink("wood", "land", 5.0)) == ["not_applicable"]


def test_one_plant_in_two_municipalities_sinks_is_an_error() -> None:
    both = [
        sink("ccs", "captured_biogenic", 5.0, facility_id="another", municipality_code=code) for code in ("1280", CODE)
    ]
    assert found(*both) == ["failed"]


@given(
    shares=st.lists(
        st.tuples(st.sampled_from(ALLOCATION_KEYS), st.sampled_from(CODES), st.floats(0, 1)),
        min_size=1,
        unique_by=lambda row: row[:2],
    ),
    keys=st.tuples(*[st.sampled_from(ALLOCATION_KEYS)] * len(CODES)),
    captured=st.floats(0, 1e6),
    sold=st.floats(0, 1),
)
def test_allocation_never_exceeds_the_physical_tonnes(
    shares: list[tuple[str, str, float]], keys: tuple[str, ...], captured: float, sold: float
) -> None:
    whole: dict[str, float] = {}
    for key, _, fraction in shares:
        whole[key] = whole.get(key, 0.0) + fraction
    plant = {"captured_biogenic_t": captured, "sold_biogenic_t": captured * sold}
    rows = [share(key, code, part / max(whole[key], 1.0), **plant) for key, code, part in shares]
    rules = frame(
        "clean/neutrality_rules",
        *(rule(municipality_code=c, allocation_key=k) for c, k in zip(CODES, keys, strict=True)),
    )
    made = facility_claims(frame("clean/capture_facilities", *rows), rules)
    available = captured * (1 - sold) * (1 + 1e-9) + 1e-6
    assert (made.groupby("allocation_key")["claimed_biogenic_t"].sum() <= available).all()
    assert made["applied_biogenic_t"].sum() <= available
    assert all(finding.outcome == "passed" for finding in claims_within_physical({"scenarios/facility_claims": made}))
