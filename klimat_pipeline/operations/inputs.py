"""What a publication is made from, and the id that follows from it.

Snapshots, configuration, reference tables, ledgers, code and options are hashed; the same of them give the same id, so
an unchanged refresh is recognised before anything is computed. What does not belong here: which inputs a room has (its
own ``inputs``).
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from klimat_pipeline import __version__
from klimat_pipeline.configuration import inputs as configuration_files
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.input_items import Item, file_hashes
from klimat_pipeline.published.manifest import Inputs
from klimat_pipeline.settings import Settings
from klimat_pipeline.settings import inputs as settings_inputs

#: Libraries that compute or write figures: another version may give other digits or other bytes.
_LIBRARIES = ("duckdb", "numpy", "pandas", "pyarrow")


def inputs(
    settings: Settings,
    *,
    municipalities: Sequence[str] = (),
    releases: Sequence[str] = (),
    ledgers: Sequence[Item] | None = None,
) -> Inputs:
    """Collect and hash what a refresh would be made from now.

    Args:
        settings: where the inputs are.
        municipalities: codes to publish; empty for all.
        releases: releases to be current; no item of their own, since they show in the snapshots that are chosen.
        ledgers: the ledgers' items, if known already: a ledger on a server costs a request.

    Raises:
        ConfigurationError: there is no municipality with a given code.
    """
    from klimat_pipeline.sources import series, smhi_snapshots
    from klimat_pipeline.spend.ledger import inputs as ledger_files

    chosen = tuple(sorted(set(municipalities)))
    _refuse_unknown(settings, chosen)
    items = [
        *smhi_snapshots.inputs(settings, releases),
        *series.inputs(settings),
        *configuration_files.inputs(settings),
        *(ledger_files.inputs(settings) if ledgers is None else ledgers),
        *settings_inputs(settings),
        Item("code", "klimat_pipeline", __version__, code_sha256()),
        Item("code", "libraries", _libraries()),
        Item("option", "municipalities", " ".join(chosen) or "all"),
    ]
    return Inputs(tuple(sorted(items, key=lambda item: (item.kind, item.name))), chosen, tuple(releases))


def code_sha256() -> str:
    """Hash of the package's modules: names and contents."""
    found = "\n".join(map("\t".join, file_hashes(Path(__file__).resolve().parents[1], (".py",))))
    return hashlib.sha256(found.encode()).hexdigest()


@lru_cache(maxsize=1)
def _libraries() -> str:
    return ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)


def is_up_to_date(settings: Settings, made_from: Inputs) -> bool:
    """Whether every place that we publish to already shows what these inputs give."""
    from klimat_pipeline.published.publication import current_publications

    return all(shown == made_from.publication_id for shown in current_publications(settings, with_mart=True).values())


def _refuse_unknown(settings: Settings, codes: Sequence[str]) -> None:
    if not codes:
        return
    from difflib import get_close_matches

    lines = (settings.reference_dir / "municipalities.csv").read_text(encoding="utf-8").splitlines()[1:]
    known = {line.split(",")[0]: line.split(",")[1] for line in lines}
    by_name = {name: code for code, name in known.items()}
    for code in codes:
        if code not in known:
            near = by_name.get(code) or next(iter(get_close_matches(code, list(known), n=1)), None)
            hint = f" Did you mean {near} ({known[near]})?" if near else ""
            raise ConfigurationError(
                f"--municipality {code}: no municipality has that code; expected four digits of SCB's list.{hint}"
            )
