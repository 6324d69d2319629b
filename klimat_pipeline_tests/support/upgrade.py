"""Upgrade and rollback as ``docs/operations.md`` says, from a former commit: ``make upgrade FROM=v1.0``.

The former code publishes to files and a real PostgreSQL and makes a backup; the present one refreshes in the same data
folder; then the former one restores its backup there and refreshes again. Held: each way ends well, readers see one
publication in all places after every step, after the rollback it is the former one byte for byte, and nobody ever needs
a migration of ours. What does not belong here: backups by themselves (``unit/operations/test_backup``).
"""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from klimat_pipeline.published.publication import current_publications
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.postgres import embedded_server
from klimat_pipeline_tests.support.shared import REPOSITORY

_SMALL = "from pathlib import Path; from klimat_pipeline_tests.support.small_country import make_small_country; "


@dataclass(frozen=True)
class Version:
    """A checkout whose code works in a data folder.

    Attributes:
        checkout: of the code.
        country: whose configuration and snapshots it reads.
        data: the data folder.
        database: URL of PostgreSQL.
    """

    checkout: Path
    country: Path
    data: Path
    database: str

    def make_country(self) -> None:
        """The small country as this version has it: its reference tables and its configuration."""
        self._python("-c", f"{_SMALL}make_small_country(Path({str(self.country)!r}))")

    def klimat(self, *arguments: str) -> None:
        """Run its command; print what it says where it does not end well."""
        self._python("-m", "klimat_pipeline.cli", *arguments)

    def _python(self, *arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.checkout,
            env={
                **os.environ,
                "PYTHONPATH": str(self.checkout),
                "KLIMAT_PROJECT_DIR": str(self.country),
                "KLIMAT_DATA_DIR": str(self.data),
                "KLIMAT_DATABASE_URL": self.database,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise SystemExit(f"{self.checkout.name}: {' '.join(arguments)} ended with {done.returncode}\n{done.stdout}")


def shown(data: Path, database: str) -> tuple[str, dict[str, bytes]]:
    """The publication that readers see everywhere, and the bytes of its tables.

    Raises:
        SystemExit: places show different ones, or one that is not whole.
    """
    seen = current_publications(Settings(data_dir=data, database_url=SecretStr(database)))
    if None in seen.values() or len(set(seen.values())) != 1:
        raise SystemExit(f"readers see {seen}")
    folder = (data / "published" / "parquet" / "latest").resolve(strict=True)
    return str(next(iter(seen.values()))), {path.name: path.read_bytes() for path in folder.glob("*.parquet")}


def rehearse(former: Version, present: Version, backup: Path) -> None:
    """Upgrade, look, roll back, look."""
    former.make_country()
    present.make_country()
    former.klimat("refresh")
    before = shown(former.data, former.database)
    print(f"former code published {before[0]}", flush=True)
    former.klimat("backup", str(backup))
    present.klimat("init")
    present.klimat("refresh")
    after = shown(present.data, present.database)
    print(f"upgraded: {after[0]}", flush=True)
    if after[0] == before[0]:
        raise SystemExit("the present code confirmed the publication of the former one")
    former.klimat("restore", str(backup))
    if shown(former.data, former.database) != before:
        raise SystemExit("the rollback does not show what was shown before the upgrade")
    former.klimat("refresh")
    if shown(former.data, former.database) != before:
        raise SystemExit("a refresh after the rollback gives another publication")
    print(f"rolled back: {before[0]}, byte for byte", flush=True)


def main(commit: str) -> int:
    """Rehearse from a commit; exit code 0 where all holds."""
    with tempfile.TemporaryDirectory(prefix="klimat-upgrade-") as folder:
        root, checkout = Path(folder), Path(folder) / "former"
        subprocess.run(["git", "worktree", "add", "--detach", "-q", checkout, commit], cwd=REPOSITORY, check=True)
        try:
            with embedded_server() as database:
                former = Version(checkout, root / "country_of_former", root / "data", database)
                present = Version(REPOSITORY, root / "country_of_present", root / "data", database)
                rehearse(former, present, root / "backup")
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", checkout], cwd=REPOSITORY, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
