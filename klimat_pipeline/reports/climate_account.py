"""The climate account (klimatredovisning) of a municipality: one HTML page that needs no network, in full or in brief.

What does not belong here: what its sections say (``standing``, ``changed``, ``plan``, ``evidence``).
"""

import os
import tempfile
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from klimat_pipeline import __version__
from klimat_pipeline.explanations.database import opened
from klimat_pipeline.reports import changed, evidence, plan, standing
from klimat_pipeline.reports.lines import named_lines
from klimat_pipeline.reports.parts import Figure, Paragraph, Part, Section, Table
from klimat_pipeline.reports.town import Town
from klimat_pipeline.reports.words import LANGUAGES, Words
from klimat_pipeline.settings import Settings

if TYPE_CHECKING:
    from jinja2 import Environment

#: Where the pages are kept, below the published tables.
FOLDER = "reports"


def climate_account(settings: Settings, code: str, *, language: str = "sv", short: bool = False) -> str:
    """The page of a municipality, from what is published now.

    Args:
        settings: where the published tables are.
        code: municipality code; any that is published, with a folder or without.
        language: sv or en.
        short: two pages in place of everything.

    Raises:
        ConfigurationError: no such municipality or language.
        PublishError: nothing is published yet.
    """
    with opened(settings) as database:
        return _page(Town(database, code, Words(language), named_lines(settings)), short=short)


def write_accounts(settings: Settings, codes: Iterable[str]) -> Iterator[Path]:
    """Write the pages of municipalities, in full and in brief and in every language, beside the published tables.

    All are of one publication: the one that is shown when the first is made.

    Yields:
        Every page that was written.
    """
    folder = settings.published_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    lines = named_lines(settings)
    with opened(settings) as database:
        for code in codes:
            for language in LANGUAGES:
                town = Town(database, code, Words(language), lines)
                for short in (False, True):
                    path = folder / file_name(code, language, short=short)
                    write(path, _page(town, short=short))
                    yield path


def file_name(code: str, language: str, *, short: bool) -> str:
    """Name of a page's file."""
    return f"klimatredovisning-{code}{'-kort' if short else ''}.{language}.html"


def write(path: Path, page: str) -> None:
    """Write a page in one step, so that no reader meets half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(page)
    staged = Path(name)
    staged.chmod(0o644)
    staged.replace(path)


def _page(town: Town, *, short: bool) -> str:
    words, code = town.words, town.code
    sections = [section for section in _sections(town, short=short) if section.parts]
    publication = town.database.published
    shown = {
        "publication": publication["publication_id"],
        "published": str(publication["published_at"])[:10],
    }
    if town.names:
        year, lead = town.total.get("year", ""), words("lead")
        place_line = words("place_line", code=code, county=town.names["county_name"], **shown)
    else:
        year = max(row["year"] for row in town.of("spend_by_category"))
        lead, place_line = words("lead_example"), words("place_line_example", **shown)
    return (
        _templates()
        .get_template("page.html.j2")
        .render(
            words=words,
            short=short,
            version=__version__,
            title=words("title_short" if short else "title", place=town.name, year=year),
            lead=lead,
            place_line=place_line,
            sections=sections,
            style=_style(),
            footer=words("footer", publication=shown["publication"], version=__version__),
        )
    )


def _sections(town: Town, *, short: bool) -> Iterator[Section]:
    words = town.words
    yield standing.headline(town)
    if short:
        if town.total:
            tables = [standing.goal_table(town, notes=False)] if town.goals else []
            yield Section("sectors", words("sectors"), [standing.sector_table(town), *tables])
        # Of every other section what fits on two pages: text, and one table or picture.
        yield _brief(changed.changes(town), Table)
        yield _brief(plan.actions(town), Figure)
        yield _brief(evidence.place(town), Table)
        yield evidence.method_in_brief(town)
        return
    yield from (standing.sectors(town), standing.scopes(town), changed.corrections(town), changed.changes(town))
    yield from (plan.actions(town), plan.purchases(town), evidence.place(town), evidence.uncertainty(town))
    yield from (evidence.quality(town), evidence.sources(town), evidence.method(town))


def _brief(section: Section, shown: type[Table] | type[Figure]) -> Section:
    """The section's paragraphs, and the first of its parts of a kind, in their order."""
    first = next((part for part in section.parts if isinstance(part, shown)), None)
    kept: list[Part] = [part for part in section.parts if part is first or isinstance(part, Paragraph)]
    return Section(section.anchor, section.heading, kept)


@lru_cache
def _templates() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("klimat_pipeline.reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=False
    )


@lru_cache
def _style() -> str:
    return Path(__file__).with_name("templates").joinpath("page.css").read_text(encoding="utf-8")
