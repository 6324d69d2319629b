"""Assets of the stage ``quality``: what all checks of the run found, gathered in one table."""

from klimat_pipeline.contracts import BETWEEN_STAGES
from klimat_pipeline.defs.asset_factory import GATHERED, GATHERING_STEP, findings_key, step
from klimat_pipeline.defs.resources import Project
from klimat_pipeline.defs.steps import Made

#: One table of each step that no other step waits for, so that this one comes after all of them. An edge to every
#: table would tie the whole graph together and say no more.
_LAST_STEPS = ("indicators/provenance", "scenarios/neutrality_balance", "scenarios/pathways")


@step(GATHERING_STEP, GATHERED, kinds=("great_expectations",), after=_LAST_STEPS)
def findings(project: Project) -> Made:
    from klimat_pipeline.quality.contract import postponed_findings
    from klimat_pipeline.quality.data_quality import gathered

    found = gathered(project.read(findings_key(key)) for key in BETWEEN_STAGES if key != GATHERED)
    return Made({GATHERED: found}, {"quality/suites": postponed_findings(project.read)})
