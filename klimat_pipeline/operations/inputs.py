"""What a publication is made from, and the id that follows from it.

Snapshots, configuration, reference tables, code and options are hashed; the same of them give the same id, so an
unchanged refresh is recognised before anything is computed.
"""

import hashlib
import hmac
import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from klimat_pipeline import __version__
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.published.manifest import Inputs, Item
from klimat_pipeline.settings import Settings

#: Files that change results when they change.
_CONFIGURATION = (".yaml", ".csv")
#: Kind of the items that are ledger files.
LEDGER = "ledger"
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
        settings: where things lie.
        municipalities: codes to publish; empty for all.
        releases: releases to be current; they need no line of their own, for only the snapshots that a run sees count.
        ledgers: the ledgers' items, if they are known: those on a server cost a request each.

    Raises:
        ConfigurationError: there is no municipality with a given code.
    """
    from klimat_pipeline.sources.scb_prices import newest_prices
    from klimat_pipeline.sources.smhi_snapshots import chosen_snapshots, stale_days

    snapshots = chosen_snapshots(settings, releases)
    chosen = tuple(sorted(set(municipalities)))
    _refuse_unknown(settings, chosen)
    items = [
        Item("snapshot", s.release_id, f"{s.report_date or ''} {s.retrieved_at.isoformat()}", s.sha256)
        for s in snapshots
    ]
    items += [
        Item("snapshot", s.release_id, f"{s.report_date or ''} {s.retrieved_at.isoformat()}", s.sha256)
        for s in newest_prices(settings)
    ]
    for substance in sorted({s.substance for s in snapshots}):
        stale = stale_days(settings, substance)
        if stale is not None:
            items.append(Item("option", f"source silent for {substance}", f"{stale} days"))
    for folder in (settings.municipalities_dir, settings.reference_dir):
        items += [
            Item("configuration", f"{folder.relative_to(settings.config_dir).as_posix()}/{name}", None, sha256)
            for name, sha256 in _hashes(folder, _CONFIGURATION)
            if "ledger" not in name.split("/")[:-1]
        ]
    items += ledger_items(settings) if ledgers is None else ledgers
    expired = _expired(settings.municipalities_dir)
    if expired:
        items.append(Item("option", "corrections past their last day", str(expired)))
    items.append(Item("code", "klimat_pipeline", __version__, code_sha256()))
    items.append(Item("code", "libraries", _libraries()))
    if settings.examples:
        items.append(Item("option", "invented examples", "read"))
    if settings.personal_key is not None:
        items.append(Item("option", "key of pseudonyms", _fingerprint(settings.personal_key.get_secret_value())))
    items.append(Item("option", "draws", str(settings.draws)))
    items.append(Item("option", "municipalities", " ".join(chosen) or "all"))
    return Inputs(tuple(sorted(items, key=lambda item: (item.kind, item.name))), chosen, tuple(releases))


def ledger_items(settings: Settings) -> list[Item]:
    """An item for every ledger file of every municipality."""
    from klimat_pipeline.spend.ledger.inputs import ledger_hashes

    return [Item(LEDGER, name, None, sha256) for name, sha256 in ledger_hashes(settings)]


def code_sha256() -> str:
    """Hash of the package's modules: names and contents."""
    found = "\n".join(map("\t".join, _hashes(Path(__file__).resolve().parents[1], (".py",))))
    return hashlib.sha256(found.encode()).hexdigest()


@lru_cache(maxsize=1)
def _libraries() -> str:
    return ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)


def is_up_to_date(settings: Settings, made_from: Inputs) -> bool:
    """Whether every place that we publish to already shows what these inputs give."""
    from klimat_pipeline.published.publication import current_publications

    return all(shown == made_from.publication_id for shown in current_publications(settings).values())


def _expired(municipalities_dir: Path) -> int:
    """How many corrections have expired by today: the one input that changes without any file changing."""
    today = datetime.now(UTC).date().isoformat()
    texts = [
        path.read_text(encoding="utf-8", errors="replace") for path in municipalities_dir.rglob("corrections.yaml")
    ]
    return sum(last < today for text in texts for last in re.findall(r"expires_on:\s*[\"']?(\d{4}-\d{2}-\d{2})", text))


def _hashes(folder: Path, endings: tuple[str, ...]) -> list[tuple[str, str]]:
    """Name below the folder and SHA-256 of every file with one of the endings, by name.

    Every step of a run asks for it, so a file that has not changed is read once a process.
    """
    found = []
    for root, _, names in os.walk(folder):
        below = os.path.relpath(root, folder).replace(os.sep, "/")
        for name in names:
            if name.endswith(endings):
                path = os.path.join(root, name)  # noqa: PTH118 - a Path for each of 300 files costs more than its stat
                stat = os.stat(path)  # noqa: PTH116
                stamp = (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
                found.append((name if below == "." else f"{below}/{name}", _sha256(path, *stamp)))
    return sorted(found)


@lru_cache(maxsize=4096)
def _sha256(path: str, *stamp: int) -> str:
    del stamp
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def _fingerprint(key: str) -> str:
    """Tells that a key is another one, with too few digits to search for the key by."""
    return hmac.new(key.encode(), b"klimat publication", hashlib.sha256).hexdigest()[:8]


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
