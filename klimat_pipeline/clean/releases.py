"""Releases side by side: which years and places each holds, which one is current where, and which is the headline.

History is rewritten at every release, so none ever replaces another. The newer of two is the one with the later last
year; of one last year the one released later. A file that somebody added by hand, and that states no date, counts as
released in the year after its last one; so neither an old workbook nor an undated one becomes current by arriving.

* current, for a municipality and a substance: the newest release that holds it; an extract of a newer release is
  current for its places only
* headline substance: all greenhouse gases where a release has them, else carbon dioxide, else the first by name
* headline release, for all that is compared or summed over municipalities: of the headline substance the release with
  the most municipalities, of several the newest
* a municipality's own headline, for all that is about it alone: its current release of the headline substance
"""

from itertools import pairwise

import pandas as pd

from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.clean.units import measure
from klimat_pipeline.contracts import table
from klimat_pipeline.errors import UnknownNameError

#: A release with more than this share of the municipalities claims to be the whole country; one missing is a fault.
NATIONAL_FROM = 0.5


def clean_releases(snapshots: pd.DataFrame, coded: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Describe every release.

    Args:
        snapshots: ``sources/smhi_snapshots``.
        coded: raw lines with codes (``naming.with_codes``).
        reference: tables of names and units.

    Returns:
        ``clean/releases``, one row a release.

    Raises:
        UnknownNameError: a unit is unknown, or a release that claims the whole country lacks a place or a sector.
    """
    rows = []
    current = current_releases(snapshots, coded)
    for snapshot in snapshots.to_dict("records"):
        lines = coded[coded["release_id"] == snapshot["release_id"]]
        measured = measure(snapshot["substance"], lines["unit_sv"].iloc[0], snapshot["release_id"], reference)
        years = sorted(int(y) for y in lines["year"].unique())
        places = lines.loc[lines["area_level"] == "municipality", "area_code"].unique()
        national = is_national(len(places), reference)
        refuse_gaps(snapshot["release_id"], lines, reference)
        rows.append(
            {
                **{
                    name: snapshot[name]
                    for name in ("release_id", "source_id", "substance", "report_date", "retrieved_at", "sha256", "url")
                },
                "source": reference.source_title(snapshot["source_id"]),
                "first_year": years[0],
                "last_year": years[-1],
                "years": " ".join(map(str, years)),
                "unit": measured.unit,
                "gas_basis": measured.gas_basis,
                "gwp_set": measured.gwp_set,
                "municipalities": len(places),
                "coverage": "national" if national else "extract",
                "is_current": snapshot["release_id"] in set(current["release_id"]),
            }
        )
    frame = pd.DataFrame(rows).sort_values(["substance", "release_id"])
    frame["is_headline"] = frame["release_id"] == _headline(frame)
    return frame[table("clean/releases").column_names].reset_index(drop=True)


def _dated(releases: pd.DataFrame) -> "pd.Series[str]":
    """Date that orders releases of one last year, as ``sources.archive.Snapshot.released_on``. ISO texts order."""
    retrieved = pd.to_datetime(releases["retrieved_at"], utc=True).dt.strftime("%Y-%m-%d")
    by_data = (releases["last_year"] + 1).astype("int64").astype("str")
    return releases["report_date"].where(
        releases["report_date"].notna(), retrieved.where(releases["url"].notna(), by_data)
    )


def ordered(releases: pd.DataFrame) -> pd.DataFrame:
    """Releases of each substance from the oldest to the newest; takes ``clean/releases``."""
    order = ["substance", "last_year", "_date", "retrieved_at", "release_id"]
    return releases.assign(_date=_dated(releases)).sort_values(order).reset_index(drop=True)


def _headline(releases: pd.DataFrame) -> str:
    """The headline release."""
    gases = {"all greenhouse gases": 0, "carbon dioxide only": 1}
    rank = releases["gas_basis"].map(gases).fillna(len(gases))
    first = releases.assign(_rank=rank).sort_values(["_rank", "substance"], kind="stable")["substance"].iloc[0]
    held = ordered(releases[releases["substance"] == first])
    return str(held.sort_values("municipalities", kind="stable")["release_id"].iloc[-1])


def current_releases(snapshots: pd.DataFrame, coded: pd.DataFrame) -> pd.DataFrame:
    """The newest release per substance and municipality.

    Args:
        snapshots: ``sources/smhi_snapshots``, or ``clean/releases``.
        coded: raw lines with codes.

    Returns:
        Frame of ``substance, municipality_code, release_id``, one row a substance and municipality.
    """
    last = coded.groupby("release_id")["year"].max()
    order = snapshots.assign(last_year=snapshots["release_id"].map(last))
    order = order[order["last_year"].notna()].assign(substance="")
    rank = {release: number for number, release in enumerate(ordered(order)["release_id"])}
    places = (
        coded.loc[coded["area_level"] == "municipality", ["release_id", "substance", "area_code"]]
        .drop_duplicates()
        .rename(columns={"area_code": "municipality_code"})
    )
    places["_order"] = places["release_id"].map(rank)
    newest = places.sort_values("_order").drop_duplicates(["substance", "municipality_code"], keep="last")
    return newest[["substance", "municipality_code", "release_id"]].reset_index(drop=True)


def of_headline_substance(current: pd.DataFrame, releases: pd.DataFrame) -> pd.DataFrame:
    """Current releases of the headline substance: each municipality's own headline.

    Args:
        current: ``current_releases``.
        releases: ``clean/releases``.
    """
    substance = releases.loc[releases["is_headline"], "substance"].iloc[0]
    return current[current["substance"] == substance].reset_index(drop=True)


def is_national(places: int, reference: Reference) -> bool:
    """Whether a release with so many municipalities claims to be the whole country."""
    return places > NATIONAL_FROM * len(reference.municipalities)


def refuse_gaps(release_id: str, lines: pd.DataFrame, reference: Reference) -> None:
    """Refuse a release that lacks a main sector, or a municipality where it claims the whole country.

    Either would silently lower every sum.

    Raises:
        UnknownNameError: with the sectors or municipalities that are gone.
    """
    places = set(lines.loc[lines["area_level"] == "municipality", "area_code"])
    national = is_national(len(places), reference)
    sectors = set(reference.sectors["sector_code"])
    main = lines[(lines["subsector_code"] == "total") & (lines["sector_code"] != "total")]
    per_area = main.groupby("area_code")["sector_code"].agg(set)
    for area, present in per_area.items():
        if missing := sectors - present:
            names = reference.sectors.set_index("sector_code").loc[sorted(missing), "sector_name_sv"]
            raise UnknownNameError(
                f"{release_id}, area {area}: main sector(s) {', '.join(map(repr, names))} missing in the workbook; "
                "expected every main sector for every area. Was a sector removed or renamed? Compare with the source "
                "before using this release."
            )
    if national and (gone := sorted(set(reference.municipalities["municipality_code"]) - places)):
        names = reference.municipalities.set_index("municipality_code").loc[gone, "municipality_name"]
        listed = ", ".join(f"{code} {name}" for code, name in names.head(10).items())
        raise UnknownNameError(
            f"{release_id}: {len(gone)} of {len(reference.municipalities)} municipalities missing in the workbook: "
            f"{listed}. Expected all of them in a national release. Fetch the workbook anew."
        )


def release_pairs(releases: pd.DataFrame) -> list[tuple[str, str]]:
    """Consecutive releases of the same substance, earlier first.

    Args:
        releases: ``clean/releases``.

    Returns:
        Pairs of release ids. Substances never pair with each other: that is a change of series, not a revision.
    """
    rows = list(ordered(releases)[["substance", "release_id"]].itertuples(index=False, name=None))
    return [(a[1], b[1]) for a, b in pairwise(rows) if a[0] == b[0]]


def held_pairs(emissions: pd.DataFrame, releases: pd.DataFrame, figure: str) -> pd.DataFrame:
    """Consecutive releases of the same substance among those that hold the municipality.

    A release that is only an extract stands between two national ones for its own places, not for the others. Where
    every release holds every municipality, these are the ``release_pairs``.

    Args:
        emissions: table with a release, a municipality and a figure in every row.
        releases: ``clean/releases``.
        figure: column of the figure; where it is missing (not valued in CO2e, say) the release does not hold the place.

    Returns:
        Frame of ``municipality_code, substance, release_id_from, release_id_to``.
    """
    keys = ["municipality_code", "substance"]
    valued = emissions.loc[emissions[figure].notna(), ["municipality_code", "release_id"]].drop_duplicates()
    order = ordered(releases)[["release_id", "substance"]]
    held = valued.merge(order.assign(_order=range(len(order))), on="release_id", validate="many_to_one")
    held = held.sort_values([*keys, "_order"])
    held["release_id_from"] = held.groupby(keys)["release_id"].shift(1)
    held = held.rename(columns={"release_id": "release_id_to"}).dropna(subset="release_id_from")
    return held[[*keys, "release_id_from", "release_id_to"]].reset_index(drop=True)
