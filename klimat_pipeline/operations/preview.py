"""What an edited configuration would move, before it is published: indicator by indicator, and why.

Compares two published folders, the one that readers have and one that was made beside it. What does not belong here:
making the second one, and how the answer is shown (``cli.preview``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from klimat_pipeline.errors import PublishError

#: Why a figure moves that a correction does not move: the kinds of inputs in the manifest, in words.
CAUSES = {
    "snapshot": "release",
    "code": "code",
    "configuration": "configuration",
    "ledger": "ledger",
    "option": "option",
}

_MOVED = """
    WITH before AS (FROM read_parquet(?) WHERE is_headline), after AS (FROM read_parquet(?) WHERE is_headline)
    SELECT municipality_code, target_id, year, b.emissions_t_co2e AS before_t, a.emissions_t_co2e AS after_t,
        coalesce(a.emissions_reported_t_co2e, 0) - coalesce(b.emissions_reported_t_co2e, 0) AS source_t,
        coalesce(a.emissions_t_co2e, 0) - coalesce(b.emissions_t_co2e, 0) - source_t AS corrections_t,
        b.gap_t_co2e AS gap_before_t, a.gap_t_co2e AS gap_after_t, b.status AS status_before, a.status AS status_after
    FROM before AS b FULL JOIN after AS a USING (municipality_code, target_id, year)
    WHERE (b.emissions_t_co2e, b.gap_t_co2e, b.status) IS DISTINCT FROM (a.emissions_t_co2e, a.gap_t_co2e, a.status)
        AND (? = '' OR municipality_code = ?)
    ORDER BY municipality_code, target_id, year
"""
_INPUTS = """
    SELECT item_kind, item_name
    FROM read_parquet(?) AS b FULL JOIN read_parquet(?) AS a USING (item_kind, item_name)
    WHERE item_kind <> 'table' AND (? = '' OR item_name <> 'municipalities')
        AND (b.item_value, b.sha256) IS DISTINCT FROM (a.item_value, a.sha256)
    ORDER BY item_kind, item_name
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """An indicator of a year that moves; what moves it adds up: source and corrections are the whole difference.

    Attributes:
        municipality_code, target_id, year: which.
        before_t, after_t: emissions; missing where there is no such row or figure.
        source_t: the part that the reported figure moves (release, code).
        corrections_t: the part that corrections move.
        gap_before_t, gap_after_t: to the line of the year.
        status_before, status_after: against the target.
    """

    municipality_code: str
    target_id: str
    year: int
    before_t: float | None
    after_t: float | None
    source_t: float
    corrections_t: float
    gap_before_t: float | None
    gap_after_t: float | None
    status_before: str | None
    status_after: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What would move, and what differs in the inputs.

    Attributes:
        moved: indicators.
        inputs: cause and name of every input that differs.
    """

    moved: tuple[Moved, ...]
    inputs: tuple[tuple[str, str], ...]


def preview(before: Path, after: Path, municipality: str = "") -> Preview:
    """Compare the headline indicators of two published folders, and what they were made from.

    Args:
        before: what readers have.
        after: what was made beside it.
        municipality: the only one that was made; that the other folder holds all is no difference.

    Raises:
        PublishError: a table of one of them is missing or damaged.
    """
    import duckdb

    def pair(name: str) -> Sequence[str]:
        return [str(folder / f"{name}.parquet") for folder in (before, after)]

    try:
        with duckdb.connect() as con:
            moved = con.execute(_MOVED, [*pair("sector_indicators"), municipality, municipality]).fetchall()
            inputs = con.execute(_INPUTS, [*pair("run_manifest"), municipality]).fetchall()
    except duckdb.Error as error:
        raise PublishError(f"{before}: cannot be compared ({error}). Run 'klimat refresh' first.") from None
    return Preview(tuple(Moved(*row) for row in moved), tuple((CAUSES.get(kind, kind), name) for kind, name in inputs))


def as_markdown(found: Preview) -> str:
    """For a review of a change: inputs that differ, then a row an indicator and year."""
    if not found.moved:
        return "No indicator moves.\n"
    lines = ["## What this change would move", "", "Inputs that differ:", ""]
    lines += [f"* {cause}: `{name}`" for cause, name in found.inputs] or ["* none"]
    head = "municipality | indicator | year | before, t | after, t | by source, t | by corrections, t | gap, t | status"
    lines += ["", f"| {head} |", "|---|---|---|---:|---:|---:|---:|---:|---|"]
    lines += [f"| {' | '.join(cells(one))} |" for one in found.moved]
    return "\n".join([*lines, ""])


def cells(one: Moved) -> list[str]:
    """A moved indicator as texts."""
    tonnes = [_number(value) for value in (one.before_t, one.after_t, one.source_t, one.corrections_t)]
    gap = _arrow(_number(one.gap_before_t), _number(one.gap_after_t))
    status = _arrow(one.status_before or "", one.status_after or "")
    return [one.municipality_code, one.target_id, str(one.year), *tonnes, gap, status]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _arrow(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}".strip()
