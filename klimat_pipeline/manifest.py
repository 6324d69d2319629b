"""What a publication is made from, and the id that follows from it.

Snapshots, configuration, reference tables, code and options are hashed; the same of them give the same id, so an
unchanged refresh is recognised before anything is computed.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from klimat_pipeline import __version__
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.settings import Settings

#: Files that change results when they change.
_CONFIGURATION = ("*.yaml", "*.csv")


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the manifest: kind, name, value and, for files, their hash."""

    kind: str
    name: str
    value: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that a publication is made from.

    Attributes:
        items: lines of the manifest, sorted.
        municipalities: codes that are published; empty for all.
        releases: releases that shall be current; empty for the newest.
    """

    items: tuple[Item, ...]
    municipalities: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        text = "\n".join(f"{i.kind}\t{i.name}\t{i.value or ''}\t{i.sha256 or ''}" for i in self.items)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def publication_id(self) -> str:
        return f"pub-{self.digest}"

    @property
    def run_id(self) -> str:
        return f"run-{self.digest}"


def inputs(settings: Settings, *, municipalities: Sequence[str] = (), releases: Sequence[str] = ()) -> Inputs:
    """Collect and hash what a refresh would be made from now.

    Args:
        settings: where things lie.
        municipalities: codes to publish; empty for all.
        releases: releases to be current; they need no line of their own, for only the snapshots that a run sees count.

    Raises:
        ConfigurationError: there is no municipality with a given code.
    """
    from klimat_pipeline.intake import chosen_snapshots, stale_days
    from klimat_pipeline.sources.scb_prices import newest_prices
    from klimat_pipeline.spend.inputs import ledger_hashes

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
            Item("configuration", path.relative_to(settings.config_dir).as_posix(), None, _sha256([path]))
            for path in _files(folder, _CONFIGURATION)
            if "ledger" not in path.relative_to(folder).parts[:-1]
        ]
    items += [Item("ledger", name, None, sha256) for name, sha256 in ledger_hashes(settings)]
    expired = _expired(settings.municipalities_dir)
    if expired:
        items.append(Item("option", "corrections past their last day", str(expired)))
    package = Path(__file__).resolve().parent
    items.append(Item("code", "klimat_pipeline", __version__, _sha256(_files(package, ("*.py",)), package)))
    if settings.examples:
        items.append(Item("option", "invented examples", "read"))
    items.append(Item("option", "draws", str(settings.draws)))
    items.append(Item("option", "municipalities", " ".join(chosen) or "all"))
    return Inputs(tuple(sorted(items, key=lambda item: (item.kind, item.name))), chosen, tuple(releases))


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


def _files(folder: Path, patterns: Iterable[str]) -> list[Path]:
    return sorted(path for pattern in patterns for path in folder.rglob(pattern) if path.is_file())


def _sha256(paths: Iterable[Path], root: Path | None = None) -> str:
    """Hash of the files' contents; with a root also of their names below it."""
    digest = hashlib.sha256()
    for path in paths:
        if root:
            digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(path.read_bytes())
    return digest.hexdigest()


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
