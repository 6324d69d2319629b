"""Explanations of figures that compare releases: revisions, and whether a base year needs a new approval.

What does not belong here: why an indicator changed (``changes``), figures of one release (``figures``).
"""

from klimat_pipeline.explanations.database import Row
from klimat_pipeline.explanations.figures import on_basis
from klimat_pipeline.explanations.shared import Accounts, Sources
from klimat_pipeline.explanations.tree import TOLERANCE_PCT, TOLERANCE_T, Node, agreement
from klimat_pipeline.explanations.workbook import TOTAL

_REVISION = "the later release's reported figure less the earlier one's; corrections play no part"
_REVIEW = (
    "correction = (C / R - 1) * 100, base revision = (C / P - 1) * 100, with C the corrected baseline, R the reported "
    "one, P that of the release before; R instead of C, and P as reported, where the two releases have not the same "
    "corrections; to be approved where either is larger than the limit"
)
_SIDES = (("from", "earlier"), ("to", "later"))


def revision(sources: Sources, row: Row) -> list[Node]:
    """A reported figure in two releases."""
    nodes = [Node("formula", _REVISION)]
    for side, word in _SIDES:
        accounts, figure = sources.accounts(row, f"release_id_{side}"), row[f"{side}_t_co2e"]
        label = f"{word} release {accounts.release_id}, {row['year']}"
        if figure is None:
            nodes.append(Node(label, "does not hold the year"))
            continue
        year, sector = row["year"], row["sector_code"]
        codes = accounts.sectors(year) if sector == TOTAL else [sector]
        nodes.append(accounts.reported_year(label, year, codes, figure, "t CO2e"))
        nodes += accounts.sums(year, codes, figure, where=f" in {accounts.release_id}")
    if row["revision_t_co2e"] is not None:
        difference = row["to_t_co2e"] - row["from_t_co2e"]
        nodes.append(agreement("later less earlier", difference, row["revision_t_co2e"], "the revision"))
    if row["revision_pct"] is not None:
        nodes.append(_percent("revision in per cent", row["from_t_co2e"], row["to_t_co2e"], row["revision_pct"]))
    return nodes


def base_year(sources: Sources, row: Row) -> list[Node]:
    """A baseline as reported and corrected, and in the release before."""
    key = {name: row[name] for name in ("municipality_code", "target_id")}
    indicator = sources.database.first("sector_indicators", release_id=row["release_id"], **key)
    codes = (indicator.get("sector_codes") or "").split()
    reported, corrected, before = (row[f"base_{name}_t_co2e"] for name in ("reported", "corrected", "before"))
    nodes = [Node("formula", _REVIEW), *_base(sources.accounts(row), row, codes, corrected, reported)]
    if row["correction_pct"] is not None:
        nodes.append(_percent("move by corrections", reported, corrected, row["correction_pct"]))
    if before is None:
        return [*nodes, Node("release before", "none that holds this baseline")]
    # Every consecutive pair of releases has its rows there, also where nothing was revised.
    pair = sources.database.first("indicator_change_explained", release_id_to=row["release_id"], **key)
    if not pair:
        return [*nodes, Node("release before", before, "t CO2e", {"note": "which one it is was not published"})]
    accounts = sources.accounts(pair, "release_id_from")
    year = row["baseline_year"]
    # The table shows only the figure of the row's basis.
    held = round(sum(float(r["emissions_reported_t"]) for r in accounts.rows(year, codes)), 3)
    nodes += on_basis(accounts, f"baseline in {accounts.release_id}", year, codes, (before, held), row["basis"])
    if row["base_revision_pct"] is not None:
        now = corrected if row["basis"] == "corrected" else reported
        nodes.append(_percent("move against the release before", before, now, row["base_revision_pct"]))
    return nodes


def _base(
    accounts: Accounts, row: Row, codes: list[str], corrected: float | None, reported: float | None
) -> list[Node]:
    """The baseline in a release, and its sums."""
    year = row["baseline_year"]
    label = f"baseline {year} in {accounts.release_id}"
    where = f" in {accounts.release_id}"
    return [
        accounts.year(label, year, codes, corrected, "t CO2e"),
        *accounts.sums(year, codes, reported, corrected, where=where),
    ]


def _percent(what: str, before: float, after: float, figure: float) -> Node:
    """Whether a published percentage is that of the two figures."""
    # Both figures are rounded, which weighs the more the smaller they are.
    tolerance = TOLERANCE_PCT + 100 * TOLERANCE_T / before
    change = (after / before - 1) * 100
    return agreement(what, change, figure, "the table", name="published_pct", unit="%", tolerance=tolerance)
