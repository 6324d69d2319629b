"""Readers with a connection a table while publishing goes on, in miniature; ``make readers`` is the long one."""

from concurrent.futures import ThreadPoolExecutor

from pydantic import SecretStr

from klimat_pipeline.contracts import PUBLISHED
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.beside import Stage, read_beside
from klimat_pipeline_tests.support.recipes import CLIENTS
from klimat_pipeline_tests.support.stars import small_star
from klimat_pipeline_tests.support.tables import example_tables

FIRST = f"pub-{0:016x}"


def test_every_client_reads_whole_publications_by_the_recipe(settings: Settings, database_url: SecretStr) -> None:
    everywhere = settings.model_copy(update={"database_url": database_url})
    detailed = example_tables(FIRST, contracts={"targets": PUBLISHED["targets"]})
    with ThreadPoolExecutor(len(CLIENTS)) as pool:
        found = read_beside(Stage(everywhere, detailed, small_star(FIRST)), CLIENTS, pool, publishes=2)
    assert {name: seen.faults for name, seen in found.items() if seen.faults} == {}
    assert all(seen.rounds for seen in found.values())
