"""What every table of the national figures needs: tonnes, the current release, the form of its contract.

What does not belong here: which lines a table holds (``reported_emissions``, ``reported_subsectors``, ``area_totals``).
"""

import pandas as pd

from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.clean.units import measure
from klimat_pipeline.contracts import table
from klimat_pipeline.errors import UnknownNameError


def in_tonnes(lines: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Add tonnes, CO2e tonnes (missing where the substance is not valued in CO2e), unit and GWP set."""
    releases = lines[["release_id", "substance", "unit_sv"]].drop_duplicates()
    measures = {
        row.release_id: measure(row.substance, row.unit_sv, row.release_id, reference)
        for row in releases.itertuples(index=False)
    }
    release = lines["release_id"]
    # Explicit types: a frame without lines would otherwise map to text.
    factor = release.map({key: m.tonnes_per_unit for key, m in measures.items()}).astype("float64")
    is_co2e = release.map({key: m.is_co2e for key, m in measures.items()}).astype("bool")
    tonnes = lines["value"] * factor
    return lines.assign(
        emissions_reported_t=tonnes,
        emissions_reported_t_co2e=tonnes.where(is_co2e),
        unit=release.map({key: m.unit for key, m in measures.items()}),
        gwp_set=release.map({key: m.gwp_set for key, m in measures.items()}),
    )


def with_current(lines: pd.DataFrame, current: pd.DataFrame) -> pd.DataFrame:
    """Mark the rows that belong to their municipality's own headline release."""
    newest = current.assign(is_current_release=True)
    marked = lines.merge(
        newest, on=["substance", "municipality_code", "release_id"], how="left", validate="many_to_one"
    )
    return marked.assign(is_current_release=marked["is_current_release"].eq(True).fillna(False).astype(bool))


def in_contract_form(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    """Columns and order of the contract, rows sorted by its key, no key twice.

    Raises:
        UnknownNameError: two source rows turn out to be the same; both are named.
    """
    contract = table(key)
    keys = list(contract.primary_key)
    ordered = frame[contract.column_names].sort_values(keys, kind="stable").reset_index(drop=True)
    twice = ordered.duplicated(keys, keep=False)
    if twice.any():
        first = ordered[twice].head(2)
        rows = " and ".join(str(row) for row in first["source_row"])
        what = ", ".join(f"{name}={first.iloc[0][name]}" for name in keys)
        raise UnknownNameError(
            f"{first.iloc[0]['release_id']}, sheet '{first.iloc[0]['sheet']}': rows {rows} are the same ({what}) under "
            "two spellings; expected each once. Which of the two is right? Ask the source; nothing is added up."
        )
    return ordered
