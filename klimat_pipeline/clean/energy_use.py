"""Grid-supplied energy used in the municipality, from what the folders give with their source.

Who uses it, and on which line of the inventory, are the users of ``data/reference/energy_users.csv`` and those of the
municipality's own ``energy_users.csv``, which goes before them.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from klimat_pipeline.clean.local import line_problems, local_frame
from klimat_pipeline.clean.reference import Reference
from klimat_pipeline.configuration.read_local import read_local
from klimat_pipeline.errors import ConfigurationError


def clean_energy_use(municipalities_dir: Path, reference: Reference, *, examples: bool = False) -> pd.DataFrame:
    """``clean/energy_use`` from every ``energy_use.csv``."""
    besides: list[str] = []
    own: list[dict[str, Any]] = []
    try:
        own = read_local("energy_users", municipalities_dir, also=lambda row: _user_problems(row, reference))
    except ConfigurationError as error:
        besides = error.problems
    usual = reference.energy_users.set_index("energy_user").to_dict("index")
    users = {(row["municipality_code"], row["energy_user"]): row for row in own}

    def user_of(row: Mapping[str, Any]) -> Mapping[str, Any] | None:
        return users.get((row["municipality_code"], row["energy_user"])) or usual.get(row["energy_user"])

    def problems(row: Mapping[str, Any]) -> Iterator[str]:
        if user_of(row) is None and not besides:
            yield (
                f"column energy_user: expected one of {', '.join(usual)}, or one of the folder's energy_users.csv, "
                f"found {row['energy_user']!r}"
            )

    rows = read_local("energy_use", municipalities_dir, examples=examples, also=problems, besides=besides)
    for row in rows:
        user = user_of(row) or {}
        row |= {name: user[name] for name in ("line", "gpc_ref", "crf_code")}
    return local_frame("clean/energy_use", rows)


def _user_problems(row: Mapping[str, Any], reference: Reference) -> Iterator[str]:
    yield from line_problems(row, reference.lines)
    if unknown := sorted(set(row["gpc_ref"].split("+")) - set(reference.gpc["gpc_ref"])):
        yield f"column gpc_ref: expected reference numbers of data/reference/gpc.csv joined by +, found {unknown}"
