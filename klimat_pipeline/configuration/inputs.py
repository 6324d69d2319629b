"""The files that people edit, as inputs of a run: the folders of municipalities and the reference tables."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from klimat_pipeline.configuration.acknowledged import FILE as ACKNOWLEDGED
from klimat_pipeline.input_items import Item, file_hashes
from klimat_pipeline.settings import Settings

#: Files that change results when they change.
_ENDINGS = (".yaml", ".csv")


def inputs(settings: Settings) -> Iterator[Item]:
    """Every file with its hash, without ledgers; and how many corrections and acknowledgements have expired."""
    root = settings.config_dir
    for folder in (settings.municipalities_dir, settings.reference_dir):
        for name, sha256 in file_hashes(folder, _ENDINGS):
            if "ledger" not in name.split("/")[:-1]:
                yield Item("configuration", f"{folder.relative_to(root).as_posix()}/{name}", None, sha256)
    acknowledged = root / ACKNOWLEDGED
    if acknowledged.is_file():
        yield Item("configuration", ACKNOWLEDGED, None, hashlib.sha256(acknowledged.read_bytes()).hexdigest())
    for what, files, field in (
        ("corrections", settings.municipalities_dir.rglob("corrections.yaml"), "expires_on"),
        ("acknowledgements", root.glob(ACKNOWLEDGED), "until"),
    ):
        if past := _past(files, field):
            yield Item("option", f"{what} past their last day", str(past))


def _past(files: Iterable[Path], field: str) -> int:
    """How many last days have passed by today: the one input that changes without any file changing."""
    today = datetime.now(UTC).date().isoformat()
    last_day = re.compile(rf"{field}:\s*[\"']?(\d{{4}}-\d{{2}}-\d{{2}})")
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in files]
    return sum(last < today for text in texts for last in last_day.findall(text))
