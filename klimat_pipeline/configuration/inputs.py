"""The files that people edit, as inputs of a run: the folders of municipalities and the reference tables."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from klimat_pipeline.input_items import Item, file_hashes
from klimat_pipeline.settings import Settings

#: Files that change results when they change.
_ENDINGS = (".yaml", ".csv")


def inputs(settings: Settings) -> Iterator[Item]:
    """Every file with its hash, without ledgers; and how many corrections have expired."""
    for folder in (settings.municipalities_dir, settings.reference_dir):
        for name, sha256 in file_hashes(folder, _ENDINGS):
            if "ledger" not in name.split("/")[:-1]:
                shown = f"{folder.relative_to(settings.config_dir).as_posix()}/{name}"
                yield Item("configuration", shown, None, sha256)
    expired = _expired(settings.municipalities_dir)
    if expired:
        yield Item("option", "corrections past their last day", str(expired))


def _expired(municipalities_dir: Path) -> int:
    """How many corrections have expired by today: the one input that changes without any file changing."""
    today = datetime.now(UTC).date().isoformat()
    texts = [
        path.read_text(encoding="utf-8", errors="replace") for path in municipalities_dir.rglob("corrections.yaml")
    ]
    return sum(last < today for text in texts for last in re.findall(r"expires_on:\s*[\"']?(\d{4}-\d{2}-\d{2})", text))
