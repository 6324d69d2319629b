"""Great Expectations' own pages of the last run: every stored table validated by its suite, in a folder of HTML.

Made when somebody asks for them (``klimat checks --docs``): a run itself needs no pages. A file-based context of Great
Expectations, which would build its whole site again for every table, is not used; its renderers are. What does not
belong here: the suites (``contracts.expectations``), the run's own verdict (``contract``).
"""

import shutil
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from klimat_pipeline.contracts import BETWEEN_STAGES, TABLES
from klimat_pipeline.contracts.expectations import suite
from klimat_pipeline.quality.suites import batch_of
from klimat_pipeline.settings import Settings
from klimat_pipeline.storage import TableStore

INDEX = "index.html"


def data_docs_dir(settings: Settings) -> Path:
    """Where the pages lie."""
    return settings.written_dir / "data_docs"


def build(settings: Settings, tell: Callable[[str], None], keys: Sequence[str] = BETWEEN_STAGES) -> Path:
    """Validate stored tables and write the pages.

    Args:
        settings: where the tables lie.
        tell: receives the name of each table that is validated.
        keys: tables to validate; those that no run has made are left out.

    Returns:
        The first page.
    """
    from great_expectations.render.renderer import ValidationResultsPageRenderer
    from great_expectations.render.view import DefaultJinjaPageView

    folder, store, lines = data_docs_dir(settings), TableStore(settings.tables_root), list[str]()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for key in keys:
        if not store.path(key).exists():
            continue
        frame = store.read(key)
        tell(key)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = batch_of(frame).validate(suite(TABLES[key]), result_format="SUMMARY")
            # A table's own name, since all of them are validated as the same batch.
            found.meta["active_batch_definition"] = {"data_asset_name": key, "batch_identifiers": {}}
            page = DefaultJinjaPageView().render(ValidationResultsPageRenderer().render(found))  # type: ignore[no-untyped-call]
        name = f"{key.replace('/', '.')}.html"
        (folder / name).write_text(page, encoding="utf-8")
        met = sum(bool(result.success) for result in found.results)
        lines.append(
            f'<tr><td><a href="{name}">{key}</a></td><td>{met} of {len(found.results)} expectations met</td></tr>'
        )
    index = folder / INDEX
    index.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Data Docs</title></head><body>'
        f"<h1>Data Docs of the last run</h1><table>{''.join(lines)}</table></body></html>",
        encoding="utf-8",
    )
    return index
