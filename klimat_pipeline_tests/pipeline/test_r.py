"""R reads the mart by the lines of ``docs/bi.md``."""

import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from klimat_pipeline_tests.support.default_refresh import Refresh

RSCRIPT = shutil.which("Rscript")
#: Every table with its rows, and a sum with all digits.
TOLD = """
for (name in DBI::dbListTables(mart)) cat("rows", name, nrow(DBI::dbReadTable(mart, name)), "\\n")
cat("sum of", class(emissions$emissions_t_co2e), format(sum(emissions$emissions_t_co2e), digits = 15), "\\n")
"""


def _has_rsqlite() -> bool:
    asked = [RSCRIPT or "", "-e", 'quit(status = !requireNamespace("RSQLite", quietly = TRUE))']
    return RSCRIPT is not None and subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(RSCRIPT is None, reason="needs R (apt-get install r-base-core r-cran-rsqlite)")
def test_the_lines_for_r_read_what_is_published(default_refresh: Refresh, project: Path, tmp_path: Path) -> None:
    if not _has_rsqlite():
        pytest.skip("needs R's package RSQLite (apt-get install r-cran-rsqlite)")
    recipe = re.search(r"```r\n(.*?)```", (project / "docs" / "bi.md").read_text(encoding="utf-8"), re.DOTALL)
    assert recipe
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "published").symlink_to(default_refresh.data / "published")
    done = subprocess.run(
        [RSCRIPT or "", "-e", recipe[1] + TOLD], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    lines = [line.split() for line in done.stdout.splitlines()]
    with closing(sqlite3.connect(default_refresh.data / "published" / "klimat_mart.sqlite")) as mart:
        names = [name for (name,) in mart.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        rows = {name: mart.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}
        ((total,),) = mart.execute("SELECT sum(emissions_t_co2e) FROM fact_emissions").fetchall()
    assert {name: int(number) for word, name, number in (line for line in lines if len(line) == 3)} == rows
    assert lines[-1][:3] == ["sum", "of", "numeric"]
    assert float(lines[-1][3]) == pytest.approx(total, rel=1e-12)
