"""``klimat show``: one town's figures as they are published, without running anything.

What does not belong here: what a refresh prints at its end (``report``); how names of a source are read (``clean``).
"""

import sqlite3
from collections.abc import Mapping
from difflib import SequenceMatcher, get_close_matches
from typing import TYPE_CHECKING, Annotated, Any

import typer

from klimat_pipeline.cli.report import number, opened, status_text
from klimat_pipeline.cli.terminal import err, out
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.text import fold, place_key

if TYPE_CHECKING:
    from rich.console import RenderableType

    from klimat_pipeline.settings import Settings

#: What stands behind a municipality's name where an office writes it.
_WORDS = (" kommun", " stad")
_TARGETS = """
SELECT target_name_en || CASE gas_basis WHEN 'carbon dioxide only' THEN ', CO2' ELSE '' END, year,
       emissions_t_co2e, share_of_total_pct, baseline_year, change_pct, target_pct, status,
       release_id
FROM sector_indicators
WHERE municipality_code = ? AND is_headline = 1 AND is_latest_year = 1 AND target_kind = ?
      AND emissions_t_co2e IS NOT NULL
ORDER BY target_id <> 'total', emissions_t_co2e DESC
"""
_PLACES = """
SELECT indicator_text || CASE indicator WHEN 'per_resident' THEN coalesce((
           SELECT ' (residents of ' || max(population_year) || ')' FROM sector_indicators s
           WHERE s.municipality_code = c.municipality_code AND s.release_id = c.release_id AND s.year = c.year), '')
           ELSE '' END,
       indicator_value, indicator_unit, rank_text, median_value
FROM municipality_comparison c
WHERE municipality_code = ? AND is_headline = 1 AND target_id = 'total' AND indicator_value IS NOT NULL
ORDER BY release_id, indicator
"""


def show(
    place: Annotated[
        str, typer.Argument(help="Code or name of a municipality, such as 1280 or Malmö.", show_default=False)
    ],
) -> None:
    """Print a town's figures from what is published, without running anything."""
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    code = published_code(settings, place)
    with opened(settings) as database:
        out.print(_town(database, code))


def published_code(settings: "Settings", place: str) -> str:
    """The code of the municipality that is meant, among those that are published; a misspelt name is told.

    Raises:
        ConfigurationError: nothing is published, or no municipality is meant.
    """
    if not (settings.published_dir / "klimat.sqlite").is_file():
        raise ConfigurationError(f"nothing is published in {settings.published_dir} yet: run klimat refresh first.")
    from klimat_pipeline.clean.reference import load_reference

    reference = load_reference(settings.reference_dir)
    code, is_guess = code_of(place, reference.municipality_names)
    name = reference.municipality_by_code[code]
    if is_guess:
        err.print(f"no municipality is called {place!r}; the nearest name is {name}")
    with opened(settings) as database:
        if not database.execute("SELECT 1 FROM municipalities WHERE municipality_code = ?", (code,)).fetchone():
            raise ConfigurationError(
                f"{name} ({code}) is not among those that are published. Run klimat refresh for all."
            )
    return code


def code_of(place: str, names: Mapping[str, str]) -> tuple[str, bool]:
    """The municipality that is meant.

    Its code, also without the zero that a spreadsheet has taken; or its name as sources write it, with any capitals,
    with "kommun" or "stad"; failing that the name without its accents, where it is nobody else's name ("malmo", but
    "habo" is Habo and never Håbo); failing that the nearest name.

    Args:
        place: what somebody typed.
        names: code by every form of every name, as ``place_key`` writes it.

    Returns:
        The code, and whether the name was misspelt.

    Raises:
        ConfigurationError: no name is near it, or several are equally near; the message lists them.
    """
    typed = place.strip()
    if typed.isdecimal() and (code := typed.zfill(4)) in names.values():
        return code, False
    if place_key(typed) in names:
        return names[place_key(typed)], False
    folded: dict[str, set[str]] = {}
    for name, code in names.items():
        folded.setdefault(fold(name), set()).add(code)
    if fold(typed) in folded:
        near = [fold(typed)]
    else:  # the word for a municipality is near to that word in every other name
        plain = [fold(name) for name in names if not name.endswith(_WORDS)]
        bare = next((place_key(typed).removesuffix(word) for word in _WORDS if place_key(typed).endswith(word)), typed)
        near = _nearest(fold(bare), plain)
    if not near:
        raise ConfigurationError(f"no municipality is called {place!r}, and no name is near it; give its SCB code.")
    codes = sorted({code for name in near for code in folded[name]})
    if len(codes) > 1:
        several = ", ".join(f"{code} {name}" for name, code in names.items() if code in codes and fold(name) in near)
        raise ConfigurationError(f"{place!r} may be several municipalities ({several}); give the SCB code.")
    return codes[0], near[0] != fold(typed)


def _nearest(typed: str, names: list[str]) -> list[str]:
    """The names nearest to what was typed, all that are equally near; none where none is near."""
    near = get_close_matches(typed, names, n=5, cutoff=0.75)
    ratios = [SequenceMatcher(None, name, typed).ratio() for name in near]
    return [name for name, ratio in zip(near, ratios, strict=True) if ratio == ratios[0]]


def _town(database: sqlite3.Connection, code: str) -> "RenderableType":
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    name, county = database.execute(
        "SELECT municipality_name, county_name FROM municipalities WHERE municipality_code = ?", (code,)
    ).fetchone()
    kinds = ("contract", "generic")
    rows = next(filter(None, (database.execute(_TARGETS, (code, kind)).fetchall() for kind in kinds)), [])
    if not rows:
        return Text(f"{name} ({code}), {county}: no figures are published")
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        title=f"{name} ({code}), {county}: release {rows[0][-1]}",
        title_justify="left",
        title_style="bold",
    )
    table.add_column("sector or target", no_wrap=True, max_width=24, overflow="ellipsis")
    for heading in ("year", "t CO2e", "of total", "change", "since", "goal"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    for target, year, tonnes, share, base, change, goal, status, _ in rows:
        table.add_row(
            target,
            str(year),
            number(tonnes, "{:,.0f}"),
            number(share, "{:.1f} %"),
            number(change, "{:+.1f} %"),
            number(base, "{}"),
            number(goal, "{:+.0f} %"),
            status_text(status),
        )
    return Group(table, *map(Text, _places(database, code)))


def _places(database: sqlite3.Connection, code: str) -> list[str]:
    """Where the town stands among those with the figure, one line an indicator."""
    return [
        f"{text}: {_value(value, unit)}, rank {rank.partition(' with data')[0]}, median {_value(median, unit)}"
        for text, value, unit, rank, median in database.execute(_PLACES, (code,))
    ]


def _value(value: Any, unit: str) -> str:
    form = "{:+.2f} {}" if unit.startswith("%") else "{:,.0f} {}" if value >= 100 else "{:.2f} {}"
    return form.format(value, unit)
