"""Assets of the stage ``quality``: what all checks of the run found, gathered in one table."""

from klimat_pipeline.contracts import TABLES, upstream
from klimat_pipeline.defs.asset_factory import GATHERED, GATHERING_STEP, findings_key, step
from klimat_pipeline.defs.resources import Project
from klimat_pipeline.defs.steps import Made

CHECKED = tuple(key for key, contract in TABLES.items() if contract.stage not in ("quality", "published", "mart"))


#: Tables that no other checked table comes from: whatever is made before them need not be named.
_LAST = tuple(key for key in CHECKED if not any(key in upstream(other) for other in CHECKED))


@step(GATHERING_STEP, GATHERED, kinds=("great_expectations",), after=_LAST)
def findings(project: Project) -> Made:
    from klimat_pipeline.quality.contract import postponed_findings
    from klimat_pipeline.quality.data_quality import gathered

    found = gathered(project.read(findings_key(key)) for key in CHECKED)
    return Made({GATHERED: found}, {"quality/suites": postponed_findings(project.read)})
