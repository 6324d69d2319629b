"""SMHI's national emission database: one workbook per substance, with the whole country in it.

What does not belong here: parsing it (``raw.smhi_emissions``).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from klimat_pipeline.errors import ConfigurationError, SourceError, WorkbookError
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.http import download, redacted
from klimat_pipeline.sources.workbook import check_workbook

SOURCE_ID = "smhi"
_CODE = re.compile(r"[A-Za-z0-9._,()-]{1,20}")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A workbook as it was received."""

    content: bytes
    url: str
    etag: str | None
    last_modified: str | None
    retrieved_at: datetime
    content_type: str | None = None


def fetch(
    substance: str, settings: Settings, *, etag: str | None = None, last_modified: str | None = None
) -> Fetched | None:
    """Ask for the workbook of a substance.

    Args:
        substance: the source's code (``GGT``, ``CO2``, ...).
        settings: address and limits.
        etag: validator of the last fetch.
        last_modified: validator of the last fetch.

    Returns:
        The workbook, or None when it has not changed.

    Raises:
        SourceError: no usable answer, or an answer that is no workbook (an error page with status 200).
        ConfigurationError: the code cannot be one of the source's.
    """
    if not _CODE.fullmatch(substance):
        raise ConfigurationError(f"KLIMAT_SUBSTANCES: {substance!r} is no substance code; expected e.g. GGT or CO2.")
    params = {"county": "0", "municipality": "0", "sub": substance}
    answer = download(settings.smhi_url, settings, params=params, etag=etag, last_modified=last_modified)
    if answer is None:
        return None
    shown = redacted(settings.smhi_url)
    try:
        check_workbook(answer.content, name=f"answer of {shown} for {substance}", content_type=answer.content_type)
    except WorkbookError as error:
        raise SourceError(str(error)) from None
    return Fetched(
        answer.content,
        f"{shown}?county=0&municipality=0&sub={substance}",
        answer.etag,
        answer.last_modified,
        datetime.now(UTC),
        answer.content_type,
    )
