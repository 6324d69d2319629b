"""What a notebook needs: published tables as frames, what a figure is made of, and pictures.

``import klimat_pipeline as kp``, then ``kp.load("fact_emissions")``, ``kp.explain("sector_indicators", year=2022)`` and
``kp.chart("course", "Helsingborg")``.

Reads what is published, as any other reader would. What does not belong here: computing a figure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from klimat_pipeline.errors import ConfigurationError, PublishError

if TYPE_CHECKING:
    import pandas as pd

    from klimat_pipeline.explanations.text import Explanation

#: Pictures of the climate account, by the name that ``chart`` takes.
_CHARTS = ("course", "sectors", "gap", "place", "purchases")
#: Column of municipalities, whose codes have four characters.
_OF, _CHARACTERS = "municipality_code", 4


@dataclass(frozen=True)
class Picture:
    """A chart with its caption and its figures.

    Attributes:
        svg: the picture.
        caption: what it shows.
        figures: the same as a table.
    """

    svg: str
    caption: str
    figures: "pd.DataFrame"

    def __repr__(self) -> str:
        return self.caption

    def _repr_svg_(self) -> str:
        return self.svg


def load(
    table: str, *, municipality: str | int | None = None, columns: str | Sequence[str] | None = None
) -> "pd.DataFrame":
    """A published table: of the mart (``fact_emissions``, ``dim_sector``) or one of the detailed ones (``emissions``).

    Args:
        table: its name.
        municipality: a code or name, to have its rows only; a code may be a number too.
        columns: to have these only; one or several.

    Returns:
        The rows; ``frame.attrs["publication_id"]`` says of which publication.

    Raises:
        ConfigurationError: there is no such table, column or municipality.
        PublishError: nothing is published yet.
    """
    import pandas as pd

    from klimat_pipeline.contracts import MART, PUBLISHED
    from klimat_pipeline.settings import load_settings

    contract = MART.get(table) or PUBLISHED.get(table)
    if contract is None:
        raise ConfigurationError(f"there is no table {table!r}{_near(table, [*MART, *PUBLISHED])}.")
    wanted = [columns] if isinstance(columns, str) else list(columns) if columns is not None else None
    strange = [name for name in wanted or () if name not in contract.column_names]
    if strange:
        raise ConfigurationError(f"{table} has no column {strange[0]!r}{_near(strange[0], contract.column_names)}.")
    if municipality is not None and _OF not in contract.column_names:
        raise ConfigurationError(f"{table} is not by municipality: it has no column {_OF!r}. Leave municipality out.")
    root = load_settings().published_dir / "parquet"
    path = (root / "mart" if table in MART else root) / "latest"
    if not (path / f"{table}.parquet").is_file():
        raise PublishError(f"{path} holds no {table}: nothing of it is published yet. Run 'klimat refresh'.")
    # The link is followed once: every read of this frame is then of one version.
    version = path.resolve()
    filters = [(_OF, "==", _code(municipality))] if municipality is not None else None
    frame = pd.read_parquet(version / f"{table}.parquet", columns=wanted, filters=filters)
    frame.attrs["publication_id"] = version.name
    return frame


def explain(table: str, **key: Any) -> "Explanation":
    """Follow one published number to the cells of its source.

    Args:
        table: a published table with a number.
        key: values by column, enough of them to identify one row. Without a release the current one is taken.

    Raises:
        ConfigurationError: table, column or value is unknown, or several rows or none have the key.
        PublishError: nothing is published yet.
        SnapshotError: the release's file is not in the archive, or is not the one that was archived.
    """
    from klimat_pipeline import explanations
    from klimat_pipeline.explanations.text import Explanation
    from klimat_pipeline.settings import load_settings

    asked = {name: str(value) for name, value in key.items()}
    return Explanation(explanations.explain(load_settings(), table, asked))


def chart(name: str, municipality: str | int, *, language: str = "sv") -> Picture:
    """A picture of the climate account.

    Args:
        name: course (the total and the ways ahead), sectors, gap, place or purchases.
        municipality: code or name.
        language: sv or en.

    Raises:
        ConfigurationError: there is no such picture, or nothing to draw.
    """
    import pandas as pd

    from klimat_pipeline.explanations.database import opened
    from klimat_pipeline.reports import evidence, plan, standing
    from klimat_pipeline.reports.lines import named_lines
    from klimat_pipeline.reports.parts import Figure
    from klimat_pipeline.reports.town import Town
    from klimat_pipeline.reports.words import Words
    from klimat_pipeline.settings import load_settings

    if name not in _CHARTS:
        raise ConfigurationError(f"there is no chart {name!r}; there are {', '.join(_CHARTS)}.")
    sections = {
        "course": standing.headline,
        "sectors": standing.sectors,
        "gap": plan.actions,
        "place": evidence.place,
        "purchases": plan.purchases,
    }
    settings = load_settings()
    with opened(settings) as database:
        town = Town(database, _code(municipality), Words(language), named_lines(settings))
        figure = next((part for part in sections[name](town).parts if isinstance(part, Figure)), None)
    if figure is None:
        raise ConfigurationError(f"{municipality}: nothing is published that the chart {name!r} could show.")
    return Picture(
        figure.svg, figure.caption, pd.DataFrame(list(figure.table.rows), columns=list(figure.table.columns))
    )


def _code(municipality: str | int) -> str:
    """The code of a municipality that is published, by code or name.

    Raises:
        ConfigurationError: there is none.
    """
    from klimat_pipeline.explanations.database import opened
    from klimat_pipeline.settings import load_settings
    from klimat_pipeline.text import place_key

    with opened(load_settings()) as database:
        names = {str(row[_OF]): str(row["municipality_name"]) for row in database.rows("municipalities")}
        # The invented example of purchases is no municipality.
        others = {str(row[_OF]) for row in database.rows("spend_by_category")}
    asked = str(municipality).zfill(_CHARACTERS) if isinstance(municipality, int) else municipality.strip()
    if asked in names or asked in others:
        return asked
    if asked.isdigit():
        raise ConfigurationError(
            f"no municipality has the code {asked!r} in what is published{_near(asked, [*names])}."
        )
    found = next((code for code, name in names.items() if place_key(name) == place_key(asked)), None)
    if found is None:
        by_key = {place_key(name): name for name in names.values()}
        close = get_close_matches(place_key(asked), list(by_key), n=1)
        raise ConfigurationError(
            f"no municipality is called {asked!r}{f'; did you mean {by_key[close[0]]!r}?' if close else ''}."
        )
    return found


def _near(name: str, known: Sequence[str]) -> str:
    found = get_close_matches(name, known, n=1)
    return f"; did you mean {found[0]!r}?" if found else ""
