"""Whether sub-targets imply the total: by hand, on a municipality of three sectors."""

from typing import Any

import pandas as pd
import pytest

from klimat_pipeline.contracts import table
from klimat_pipeline.contracts.arrow import to_arrow
from klimat_pipeline.indicators.target_coherence import target_coherence
from klimat_pipeline.quality.targets_and_gap import plan_adds_up, plan_closes

THEN = {"transport": 400.0, "waste": 100.0, "machinery": 500.0}
FIGURES = ("emissions_t_co2e", "emissions_reported_t_co2e", "emissions_corrected_t_co2e")
NOW = {"transport": 300.0, "waste": 60.0, "machinery": 200.0}


def indicator(target_id: str, codes: str, pct: float | None, base: float | None, **changes: Any) -> dict[str, Any]:
    return {
        "municipality_code": "1281",
        "target_id": target_id,
        "target_kind": "contract",
        "release_id": "r1",
        "is_current_release": True,
        "is_latest_year": True,
        "year": 2024,
        "sector_codes": codes,
        "boundary": "territory",
        "target_gas_basis": "GHG",
        "gwp_set": "AR5",
        "baseline_year": None if base is None else 1990,
        "baseline_t_co2e": base,
        "target_year": 2030,
        "target_pct": pct,
        "target_t_co2e": None if base is None or pct is None else base * (1 + pct / 100),
        "basis": "reported",
        "baseline_reported_t_co2e": base,
        **dict.fromkeys(FIGURES, sum(NOW[code] for code in codes.split()) if codes else None),
        "note": None,
    } | changes


TOTAL = indicator("total", "transport waste machinery", -80.0, 1000.0)
SUBS = (
    indicator("transport", "transport", -75.0, 400.0),
    indicator("waste", "waste", -50.0, 80.0, baseline_year=2020),
)


def plan(*others: dict[str, Any]) -> pd.DataFrame:
    figures = [
        {"municipality_code": "1281", "release_id": "r1", "year": year, "sector_code": code}
        | dict.fromkeys(FIGURES[:2], value)
        for year, own in ((1990, THEN), (2024, NOW))
        for code, value in own.items()
    ]
    sectors = pd.DataFrame([TOTAL, *others]).astype({"baseline_year": "Int64", "target_year": "Int64"})
    frame = target_coherence(sectors, pd.DataFrame(figures))
    to_arrow(frame, table("indicators/target_coherence"))
    assert not any(finding.outcome == "failed" for finding in plan_adds_up({"indicators/target_coherence": frame}))
    return frame.set_index("coherence_item")


def test_levels_of_different_baselines_and_what_no_target_covers() -> None:
    frame = plan(*SUBS)
    total = frame.loc["total"]
    # Levels 100 + 40, machinery 200 uncovered: 340 against 200, 140 short.
    assert (total["levels_sum_t"], total["uncovered_t"], total["implied_t"]) == (140.0, 200.0, 340.0)
    assert total["shortfall_t"] == pytest.approx(140.0)
    machinery = frame.loc["machinery"]
    # 140 of today's 200 t is -70 %; 60 t is -88 % of 500; at -80 % it would be 100 t, 40 too much.
    assert machinery["closing_pct"] == pytest.approx(-70.0)
    assert machinery["closing_since_baseline_pct"] == pytest.approx(-88.0)
    assert machinery["room_at_total_pct_t"] == pytest.approx(-40.0)
    findings = plan_closes({"indicators/target_coherence": frame.reset_index()})
    assert [finding.outcome for finding in findings] == ["failed"]


def test_a_sector_that_holds_less_than_the_shortfall_cannot_close_the_plan() -> None:
    """Without waste's target its 60 t are uncovered too: 100 + 200 + 60 - 200 = 160 t short, 100 t without waste."""
    frame = plan(SUBS[0])
    assert frame.loc["total", "shortfall_t"] == pytest.approx(160.0)
    assert frame.loc["waste", ["closing_pct", "closing_since_baseline_pct"]].isna().all()
    assert frame.loc["waste", "note"] == "cannot close the plan alone: without it 100 t are still missing"
    assert frame.loc["machinery", "closing_pct"] == pytest.approx(-80.0)
    assert pd.isna(frame.loc["machinery", "note"])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"target_pct": None, "target_t_co2e": None}, "the document gives no number"),
        (
            {"baseline_year": None, "baseline_t_co2e": None, "target_t_co2e": None},
            "the document gives no baseline year",
        ),
        ({"sector_codes": "", "target_t_co2e": None}, "national data do not hold what it speaks of"),
        ({"boundary": "organisation"}, "speaks of organisation, not of territory"),
        ({"target_year": 2045}, "ends in 2045, not with the total"),
    ],
)
def test_what_is_not_quantified_is_listed_and_in_no_sum(changes: dict[str, Any], reason: str) -> None:
    frame = plan(SUBS[0], SUBS[1] | changes)
    assert frame.loc["waste", "coherence_kind"].tolist() == [
        "not_quantified",
        "uncovered",
    ]
    open_ = frame[frame["coherence_kind"] == "not_quantified"].iloc[0]
    assert open_["note"].startswith(reason)
    total = frame.loc["total"]
    assert (total["levels_sum_t"], total["uncovered_t"]) == (100.0, 260.0)


def test_a_total_alone_has_no_balance() -> None:
    frame = plan()
    assert frame.index.tolist() == ["total"]
    total = frame.loc["total"]
    assert total[["levels_sum_t", "uncovered_t", "implied_t", "shortfall_t"]].isna().all()
    assert total["note"].startswith("not applicable: no sub-target")


def test_a_sector_counted_twice_is_said() -> None:
    frame = plan(*SUBS, indicator("roads", "transport", -90.0, 400.0))
    assert frame.loc["total", "note"] == "counted twice: transport (transport and roads)"


def test_a_plan_with_room_needs_no_closing() -> None:
    frame = plan(*SUBS, indicator("machinery", "machinery", -95.0, 500.0))
    assert frame.loc["total", "shortfall_t"] == pytest.approx(100 + 40 + 25 - 200)
    assert (frame["coherence_kind"] == "uncovered").sum() == 0
