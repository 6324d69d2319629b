import subprocess
import sys
from datetime import timedelta, timezone

from pydantic import SecretStr

from klimat_pipeline.contracts import PUBLISHED
from klimat_pipeline.published.publication import PublishReport, current_publications, publish
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.readers import seen_everywhere
from klimat_pipeline_tests.support.tables import example_tables
from klimat_pipeline_tests.unit.published.examples import CONTRACTS, FIRST, NOW, SECOND, tables


def test_the_report_says_what_was_done_where(settings: Settings, database_url: SecretStr) -> None:
    everywhere = settings.model_copy(update={"database_url": database_url})
    in_summer = NOW.astimezone(timezone(timedelta(hours=2)))
    report = publish(tables(FIRST), publication_id=FIRST, settings=everywhere, now=in_summer, contracts=CONTRACTS)
    assert report == PublishReport(
        publication_id=FIRST,
        published_at=NOW,
        outcomes={"postgresql": "published", "sqlite": "published", "parquet": "published"},
        locations={
            "postgresql": "schema klimat",
            "sqlite": f"{settings.published_dir}/klimat.sqlite",
            "parquet": f"{settings.published_dir}/parquet/latest",
        },
        rows={"emissions": 2, "sectors": 1},
    )
    assert report.published_at.utcoffset() == timedelta(0)


def test_every_published_table_reaches_every_target(settings: Settings, database_url: SecretStr) -> None:
    everywhere = settings.model_copy(update={"database_url": database_url})
    publish(example_tables(FIRST, rows=7), publication_id=FIRST, settings=everywhere, now=NOW)
    whole = dict.fromkeys(PUBLISHED, (frozenset({FIRST}), 7))
    assert seen_everywhere(everywhere, PUBLISHED) == {"sqlite": whole, "parquet": whole, "postgresql": whole}


def test_publishing_the_same_again_changes_nothing(settings: Settings) -> None:
    def state() -> dict[str, tuple[int, int]]:
        return {
            str(path): (path.lstat().st_ino, path.lstat().st_mtime_ns) for path in settings.published_dir.rglob("*")
        }

    publish(tables(FIRST), publication_id=FIRST, settings=settings, now=NOW, contracts=CONTRACTS)
    before = state()
    later = NOW + timedelta(days=1)
    report = publish(tables(FIRST), publication_id=FIRST, settings=settings, now=later, contracts=CONTRACTS)
    assert report.outcomes == {"sqlite": "unchanged", "parquet": "unchanged"}
    # The directory of versions is looked through for leftovers; nothing in it is touched.
    assert state() == before


def test_current_publications_by_target(settings: Settings) -> None:
    assert current_publications(settings) == {"sqlite": None, "parquet": None}
    assert not settings.published_dir.exists()
    publish(tables(FIRST), publication_id=FIRST, settings=settings, now=NOW, contracts=CONTRACTS)
    assert current_publications(settings) == {"sqlite": FIRST, "parquet": FIRST}
    (settings.published_dir / "klimat.sqlite").unlink()
    assert current_publications(settings) == {"sqlite": None, "parquet": FIRST}


def test_only_the_target_that_is_behind_is_published_to(settings: Settings) -> None:
    publish(tables(FIRST), publication_id=FIRST, settings=settings, now=NOW, contracts=CONTRACTS)
    (settings.published_dir / "klimat.sqlite").unlink()
    report = publish(tables(FIRST), publication_id=FIRST, settings=settings, now=NOW, contracts=CONTRACTS)
    assert report.outcomes == {"sqlite": "published", "parquet": "unchanged"}
    report = publish(tables(SECOND), publication_id=SECOND, settings=settings, now=NOW, contracts=CONTRACTS)
    assert report.outcomes == {"sqlite": "published", "parquet": "published"}


def test_asking_what_is_shown_loads_no_heavy_library() -> None:
    code = (
        "import sys\n"
        "from klimat_pipeline.published.publication import current_publications\n"
        "from klimat_pipeline.settings import Settings\n"
        "current_publications(Settings(database_url=None))\n"
        "print([name for name in ('pyarrow', 'pandas', 'sqlalchemy', 'psycopg', 'dagster') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
