"""Releases side by side: which years and places each holds, and which one is current where.

History is rewritten at every release, so none ever replaces another. The current one, for a municipality and a
substance, is the newest that holds it; an extract of a newer release is current for its places only.
"""

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
        ``clean/releases``, one row a release, oldest first within a substance.

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
    frame = pd.DataFrame(rows).sort_values(["substance", "release_id"], key=lambda s: s)
    return frame[table("clean/releases").column_names].reset_index(drop=True)


def released_on(snapshots: pd.DataFrame) -> "pd.Series[str]":
    """Date that orders releases: the report's own, else the day of retrieval. ISO texts order by themselves."""
    retrieved = pd.to_datetime(snapshots["retrieved_at"], utc=True)
    return snapshots["report_date"].where(snapshots["report_date"].notna(), retrieved.dt.strftime("%Y-%m-%d"))


def current_releases(snapshots: pd.DataFrame, coded: pd.DataFrame) -> pd.DataFrame:
    """The newest release per substance and municipality.

    Returns:
        Frame of ``substance, municipality_code, release_id``, one row a substance and municipality.
    """
    order = snapshots.assign(_date=released_on(snapshots))[["release_id", "_date", "retrieved_at"]]
    places = (
        coded.loc[coded["area_level"] == "municipality", ["release_id", "substance", "area_code"]]
        .drop_duplicates()
        .rename(columns={"area_code": "municipality_code"})
        .merge(order, on="release_id", how="left", validate="many_to_one")
    )
    newest = places.sort_values(["_date", "retrieved_at", "release_id"]).drop_duplicates(
        ["substance", "municipality_code"], keep="last"
    )
    return newest[["substance", "municipality_code", "release_id"]].reset_index(drop=True)


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
