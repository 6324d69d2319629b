"""The hindcast on the tables of the last refresh: bars, scores, and the errors that are kept as data.

What does not belong here: forecasts and scores (``scenarios``), and printing (``cli``).
"""

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from klimat_pipeline.clean.method_assumptions import Assumptions, load_assumptions
from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.scenarios.bars import Bar, bar_of_nation, bars_of_actions, bars_of_totals
from klimat_pipeline.scenarios.panels import Panel, reported_panels
from klimat_pipeline.scenarios.past import PUBLISHED, calibrated, past
from klimat_pipeline.scenarios.scenario_hindcast import SHOWN_AHEAD, coverage_rows
from klimat_pipeline.scenarios.scenario_score import FEWEST, MUNICIPALITIES, scores
from klimat_pipeline.settings import Settings
from klimat_pipeline.storage import TableStore


@dataclass(frozen=True, slots=True)
class Tried:
    """What a hindcast found.

    Attributes:
        bars: with value and limit.
        score: rows of ``scenarios/scenario_score`` for the substance of the headline release.
        reliability: of totals: what was said, how often it came true, and of how many, by tenths of probability.
    """

    bars: list[Bar]
    score: pd.DataFrame
    reliability: list[tuple[float, float, int]]


def tried(settings: Settings) -> Tried:
    """Score the forecasts on the tables of the last refresh.

    Raises:
        ConfigurationError: nothing was refreshed yet, or no release holds enough municipalities.
    """
    assumptions, held = _assumptions(settings), _panels(settings)
    store = TableStore(settings.tables_root)
    score = scores(held, assumptions)
    total = (
        score["sector_code"].eq("total") & score["forecast_method"].eq(PUBLISHED) & score["held_out"].eq(MUNICIPALITIES)
    )
    whole = score.loc[total & score["horizon_years"].eq(0)].iloc[0]
    first = next(panel for panel in held if panel.release_id == whole["release_id"])
    acted = bars_of_actions(store.read("scenarios/pathways"), store.read("scenarios/target_probability"))
    return Tried(
        bars=[*bars_of_totals(score), bar_of_nation(first, assumptions), *acted],
        score=score,
        reliability=whole["cases_of"].reliability(),
    )


def renewed(settings: Settings) -> dict[str, list[dict[str, Any]]]:
    """Rows of ``scenario_errors.csv`` and ``scenario_coverage.csv``, measured on the release with most years to try."""
    assumptions = _assumptions(settings)
    candidates = [(past(panel, assumptions), panel) for panel in _panels(settings)]
    cases, panel = max(((c, p) for c, p in candidates if c is not None), key=lambda pair: len(pair[0].year))
    releases = TableStore(settings.tables_root).read("clean/releases").set_index("release_id")
    release = releases.loc[panel.release_id]
    source = (
        f"klimat hindcast --renew: {len(panel.municipality_codes)} municipalities on {release['source']}, "
        f"{release['gas_basis']}, release {release['report_date']}"
    )
    errors = {series: {w: round(e, 5) for w, e in own.items()} for series, own in calibrated(cases).items()}
    shown = past(panel, replace(assumptions, errors=errors), farthest=SHOWN_AHEAD)
    covered = coverage_rows(shown, replace(assumptions, errors=errors)) if shown else ()
    return {
        "scenario_errors": [
            {"sector_code": series, "within_fraction": within, "error": size, "source": source}
            for series, own in errors.items()
            for within, size in own.items()
        ],
        "scenario_coverage": [{"gas_basis": release["gas_basis"], **row, "source": source} for row in covered],
    }


def _assumptions(settings: Settings) -> Assumptions:
    return load_assumptions(settings.reference_dir, load_reference(settings.reference_dir).sector_codes)


def _panels(settings: Settings) -> list[Panel]:
    """Releases of the headline's substance that hold enough municipalities."""
    store = TableStore(settings.tables_root)
    if not store.path("corrected/emissions").exists():
        raise ConfigurationError("no tables to try the forecasts on; run klimat refresh first")
    releases = store.read("clean/releases")
    substance = releases.loc[releases["is_headline"], "substance"].iloc[0]
    emissions = store.read("corrected/emissions")
    found = reported_panels(emissions[emissions["substance"] == substance], store.read("clean/area_totals"))
    large = [panel for panel in found if len(panel.municipality_codes) >= FEWEST]
    if not large:
        raise ConfigurationError(
            f"no release holds {FEWEST} municipalities, and fewer cannot tell ninety per cent from eighty; "
            "klimat snapshot list shows the releases, klimat snapshot add adds one for the whole country"
        )
    return large
