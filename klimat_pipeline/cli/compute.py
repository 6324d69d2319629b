"""``klimat compute``, which ``klimat preview -m`` calls in a process of its own: the tables of one municipality alone.

No check, no history, no pictures, no mart: they take most of a refresh, and change no figure. What does not belong
here: how the tables are made (``defs.steps``), and what is compared with them (``preview``).
"""

from datetime import UTC, datetime
from typing import Annotated

import typer


def compute(municipality: Annotated[str, typer.Argument(help="Code of the municipality.")]) -> None:
    """Compute the tables of one municipality into an empty data folder, without checks, for others to compare."""
    import klimat_pipeline.definitions  # noqa: F401 - makes the steps known
    from klimat_pipeline.contracts import PUBLISHED, table
    from klimat_pipeline.contracts.arrow import to_arrow
    from klimat_pipeline.defs.asset_factory import GATHERED, GATHERING_STEP
    from klimat_pipeline.defs.resources import Project
    from klimat_pipeline.defs.steps import compute_all
    from klimat_pipeline.errors import ProblemsError
    from klimat_pipeline.garbage import keep_what_is_here
    from klimat_pipeline.published.candidate import candidate
    from klimat_pipeline.published.parquet import ParquetTarget
    from klimat_pipeline.published.shape import shape
    from klimat_pipeline.quality.data_quality import to_frame

    keep_what_is_here()
    project = Project(municipalities=[municipality])
    remarks = compute_all(project, leaving_out=GATHERING_STEP)
    project.write(GATHERED, to_arrow(to_frame([]), table(GATHERED)))
    made_from = project.made_from
    fit = candidate(
        shape(project.read_arrow, made_from),
        publication_id=made_from.publication_id,
        now=datetime.now(UTC),
        contracts=PUBLISHED,
    )
    target = ParquetTarget(project.settings.published_dir / "parquet", keep=1)
    target.open()
    target.stage(fit)
    target.switch(fit)
    if remarks:
        raise ProblemsError(remarks)
