"""What an asset's page says of its table: a preview, its releases and years, how it is computed, where it lies, plots.

What does not belong here: what a page says before there is a table (``asset_factory``), checks (``check_results``).
"""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from math import isnan
from shlex import quote
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import dagster as dg

from klimat_pipeline.contracts import Table
from klimat_pipeline.defs.resources import Project
from klimat_pipeline.published.shape import SHOWN

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

#: Rows and columns of a preview, and characters of a text in it.
PREVIEW_ROWS, PREVIEW_COLUMNS, PREVIEW_TEXT = 10, 7, 26
#: The UI shows Markdown that is shorter than this in place, longer behind a button.
IN_PLACE = 1000
#: Characters of a line of text on a page: the UI breaks none by itself.
LINE = 66
#: Missing values of types other than numbers, as text.
_MISSING = ("<NA>", "NaT")
#: Ends of sentences, paragraphs and points, and what stands for the rest of a text.
_ENDS, _GOES_ON = re.compile(r"\.(?=\s)|(?=\n\n)|(?=\n\*)"), " […]"
#: Where a module begins to say what it is not.
_NOT_HERE = "What does not belong here"
#: Columns that say of which series or publication a row is; a page says it once.
_SAID_ONCE = ("publication_id", "run_id", "substance", "gwp_set", "gas_basis", "sheet", "boundary")


def page(contract: Table, arrow: "pa.Table", project: Project) -> dict[str, Any]:
    """Metadata of a table that has been made, in reading order; plots come last (``pictures``)."""
    made_from = project.made_from
    shown_of = [name for name, key in SHOWN.items() if contract.key in (key, f"published/{name}")]
    code = next(item.sha256 or "" for item in made_from.items if (item.kind, item.name) == ("code", "klimat_pipeline"))
    rows = first_rows(arrow, project.with_folders)
    published = f"{project.settings.published_dir}/parquet"
    stored = {"published": f"{published}/latest", "mart": f"{published}/mart/latest"}.get(contract.stage)
    texts = {
        "releases and years": _releases(arrow),
        "publication": made_from.publication_id,
        "explain a figure": _explain(shown_of, rows),
        "code version": code[:16],
    }
    return {
        "dagster/row_count": arrow.num_rows,
        "preview": dg.MetadataValue.md(preview(contract, rows, project.town)),
        **{name: text for name, text in texts.items() if text},
        "computed as": dg.MetadataValue.md(_computed_as(contract)),
        "stored in": dg.MetadataValue.path(stored or str(project.tables.path(contract.key))),
        **(_data_docs(project) if stored else {}),
    }


def _data_docs(project: Project) -> dict[str, Any]:
    from klimat_pipeline.quality.data_docs import INDEX, data_docs_dir

    # A path to copy: browsers follow no link from a page of the UI to a file.
    page = (data_docs_dir(project.settings) / INDEX).resolve()
    return {"data docs (klimat checks --docs)": dg.MetadataValue.path(page)}


def preview(contract: Table, rows: "pa.Table", town: Callable[[str], str]) -> str:
    """A few rows of a table as Markdown.

    Args:
        contract: of the table.
        rows: its first rows (``first_rows``).
        town: the name and code of a municipality.
    """
    names = _telling(contract, rows)
    columns = [
        [town(value) for value in rows[name].to_pylist()] if name == "municipality_code" else rows[name].to_pylist()
        for name in names
    ]
    lines = list(zip(*columns, strict=True))
    text = markdown_of(names, lines)
    while len(text) >= IN_PLACE and len(lines) > 1:
        lines = lines[:-1]
        text = markdown_of(names, lines)
    return text


def first_rows(arrow: "pa.Table", own: Sequence[str]) -> "pa.Table":
    """The rows that a preview shows: headline series, newest year with figures, own municipalities (``own``) first."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = arrow
    flag = next((name for name in ("is_headline", "is_current_release") if name in rows.column_names), None)
    if flag is not None and pc.any(rows[flag]).as_py():
        rows = rows.filter(rows[flag])
    keys: dict[str, Any] = {}
    if (actual := next((name for name in rows.column_names if name.startswith("actual_")), None)) is not None:
        keys["ahead"] = pc.is_null(rows[actual]).cast(pa.int8())  # a path goes on to years that have no figures yet
    if "year" in rows.column_names:
        keys["year"] = pc.negate(rows["year"].cast(pa.int64()))
    if "municipality_code" in rows.column_names:
        codes = rows["municipality_code"].cast(pa.string())
        keys["others"] = pc.invert(pc.is_in(codes, value_set=pa.array(own, pa.string()))).cast(pa.int8())
    if "target_id" in rows.column_names:
        keys["parts"] = pc.not_equal(rows["target_id"].cast(pa.string()), "total").cast(pa.int8())
    keys["place"] = pa.array(np.arange(rows.num_rows))
    order = pc.sort_indices(pa.table(keys), sort_keys=[(name, "ascending") for name in keys])
    return rows.take(order.slice(0, PREVIEW_ROWS))


def _telling(contract: Table, rows: "pa.Table") -> list[str]:
    """Columns of a preview: those that the contract names, else the key, the measures and the short texts."""
    if contract.telling:
        return [name for name in contract.telling if name in rows.column_names]
    known = {column.name: column for column in contract.columns if column.name in rows.column_names}
    empty = {name for name in known if rows.num_rows and not any(_shown(v) for v in rows[name].to_pylist())}
    usable = [n for n in known if n not in empty and n not in _SAID_ONCE and not n.startswith(("is_", "release_id"))]
    key = [name for name in contract.primary_key if name in usable]
    measures = [n for n in usable if n not in key and known[n].kind == "number"]
    others = [n for n in usable if n not in key and n not in measures]
    chosen = (key + measures + others)[:PREVIEW_COLUMNS]
    return [name for name in known if name in chosen] or list(known)[:PREVIEW_COLUMNS]


def _releases(arrow: "pa.Table") -> str:
    """``release: first-last year`` of every release, or the years alone."""
    import pyarrow.compute as pc

    if "year" not in arrow.column_names or not arrow.num_rows:
        return ""
    if "release_id" not in arrow.column_names:
        years = pc.min_max(arrow["year"]).as_py()
        return f"{years['min']}-{years['max']}"
    spans = arrow.group_by("release_id").aggregate([("year", "min"), ("year", "max")]).to_pylist()
    headline: set[str] = set()
    if "is_headline" in arrow.column_names:
        headline = set(pc.unique(arrow.filter(arrow["is_headline"])["release_id"]).to_pylist())
    return "; ".join(
        f"{one['release_id']}{' (headline)' if one['release_id'] in headline else ''}: "
        f"{one['year_min']}-{one['year_max']}"
        for one in sorted(spans, key=lambda one: str(one["release_id"]), reverse=True)
    )


def _computed_as(contract: Table) -> str:
    """The words of the module that computes a table, and the tables that its columns come from."""
    key = SHOWN.get(contract.name, contract.key) if contract.stage == "published" else contract.key
    stage, name = key.split("/")
    words = ""
    for module in (f"{stage}.{name}", *(f"{stage}.{room}.{name}" for room in ("results", "ledger", "footprint"))):
        try:
            known = find_spec(f"klimat_pipeline.{module}") is not None
        except ModuleNotFoundError:  # the stage has no such room
            continue
        if known:
            words = inspect.cleandoc(import_module(f"klimat_pipeline.{module}").__doc__ or "").partition(_NOT_HERE)[0]
            break
    sources = sorted({source.rsplit(".", 1)[0] for column in contract.columns for source in column.lineage})
    from_ = "\n\n" + _lines(f"From {', '.join(sources)}.") if sources else ""
    return _whole(_lines(words.strip() or contract.description), IN_PLACE - len(from_) - 1) + from_


def _whole(text: str, room: int) -> str:
    """As many whole sentences and points of a text as there is room for; what is left out is marked."""
    if len(text) <= room:
        return text
    ends = [found.end() for found in _ENDS.finditer(text) if found.end() <= room - len(_GOES_ON)]
    return text[: max(ends, default=0)].rstrip() + _GOES_ON


def _lines(text: str) -> str:
    """Markdown whose lines break where a page's column ends; paragraphs and points stay."""
    whole = re.sub(r"(?<!\n)\n(?![\n*\s])", " ", text)
    return "\n".join("  \n".join(wrap(line, LINE)) for line in whole.splitlines())


def _explain(published: Sequence[str], rows: "pa.Table") -> str:
    """The command that follows the first figure of the preview back to its source; empty where there is none."""
    from klimat_pipeline.contracts import PUBLISHED
    from klimat_pipeline.explanations import EXPLAINED

    name = next((name for name in published if name in EXPLAINED), None)
    if name is None or not rows.num_rows:
        return ""
    row = rows.slice(0, 1).to_pylist()[0]
    key = [f"{column}={row[column]}" for column in PUBLISHED[name].primary_key if row.get(column) not in (None, "")]
    return " ".join(["klimat explain", name, *map(quote, key)])


def as_markdown(frame: "pd.DataFrame") -> str:
    """A small frame as a Markdown table, thousands separated, missing values empty."""
    columns = [frame[name].tolist() for name in frame.columns]
    return markdown_of(list(frame.columns), zip(*columns, strict=True))


def markdown_of(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """``as_markdown`` for rows that are not in a frame."""
    head = " | ".join(map(str, names))
    rule = "|".join("---" for _ in names)
    return "\n".join((f"| {head} |", f"|{rule}|", *(f"| {' | '.join(map(_shown, row))} |" for row in rows)))


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return "" if isnan(value) else f"{value:,.2f}"
    if value is None or (not isinstance(value, (str, int)) and str(value) in _MISSING):
        return ""
    text = str(value).replace("|", "\\|").replace("\n", " ")
    return text if len(text) <= PREVIEW_TEXT else text[: PREVIEW_TEXT - 1] + "…"


def as_metadata(texts: Mapping[str, str]) -> dict[str, Any]:
    """Markdown texts by name, as Dagster shows them."""
    return {name: dg.MetadataValue.md(text) for name, text in texts.items()}


Picture = Callable[[], str]


def pictures(project: Project, what: str, charts: Mapping[str, dict[str, Any]]) -> dict[str, Picture]:
    """Charts by municipality code, as pictures by their titles; drawn while the step goes on."""
    from klimat_pipeline.charts.style import titled
    from klimat_pipeline.quality.pool import draw

    return {f"{project.town(code)}: {what}": draw(titled(chart, project.town(code))) for code, chart in charts.items()}


def plots_key(key: str) -> str:
    """Where the pictures of a table are kept, for the pages of the tables that are published from it."""
    return f"quality/plots/{key}"


def keep_plots(project: Project, key: str, drawn: Mapping[str, str]) -> None:
    """Keep the pictures of a table beside it."""
    import pyarrow as pa

    project.write(plots_key(key), pa.table({"title": list(drawn), "markdown": list(drawn.values())}))


def kept_plots(project: Project, keys: Iterable[str]) -> Iterator[tuple[str, dg.MetadataValue]]:
    """The pictures of tables, where they have any."""
    for key in keys:
        if project.tables.made_from(plots_key(key)) == project.made_from.digest:
            kept = project.read_arrow(plots_key(key))
            for title, picture in zip(kept["title"].to_pylist(), kept["markdown"].to_pylist(), strict=True):
                yield title, dg.MetadataValue.md(picture)
