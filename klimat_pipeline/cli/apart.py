"""A command in a data folder of its own, by a process of its own, that leaves this installation as it is.

What does not belong here: what is laid out before it and compared after it (``preview``, ``reproduce``).
"""

import os
import subprocess
import sys
from pathlib import Path

#: Beginnings of settings that another data folder must not share: where else is written to, and who is told.
_OURS = (
    *("KLIMAT_DATABASE_URL", "KLIMAT_DAGSTER_DATABASE_URL", "KLIMAT_TABLES_URL", "KLIMAT_LIVE", "DAGSTER_HOME"),
    *("KLIMAT_ALERT_", "KLIMAT_HEARTBEAT_URL", "KLIMAT_METRICS_FILE", "KLIMAT_LOG_FILE"),
)


def klimat_apart(project_dir: Path, data: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A command of ours that writes into files of the folder only; what it says is in ``stdout``."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    environment |= {"KLIMAT_DATA_DIR": str(data), "KLIMAT_PROJECT_DIR": str(project_dir)}
    return subprocess.run(  # noqa: S603 - this very program, no shell
        [sys.executable, "-m", "klimat_pipeline.cli", *command],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
