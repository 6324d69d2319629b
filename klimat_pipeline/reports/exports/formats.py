"""The formats that there are, and the export of a municipality in one of them.

What does not belong here: a layout (a module each), writing (``workbook``).
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.explanations.database import opened
from klimat_pipeline.reports.exports import climate_city_contract, common_reporting_framework, gpc, netzerocities
from klimat_pipeline.reports.exports.inventory import Inventory
from klimat_pipeline.reports.exports.workbook import Sheet, write_workbook
from klimat_pipeline.settings import Settings

#: By the name that the command takes.
FORMATS: Mapping[str, Callable[[Inventory], Iterator[Sheet]]] = {
    "ccc": climate_city_contract.sheets,
    "crf": common_reporting_framework.sheets,
    "gpc": gpc.sheets,
    "netzerocities": netzerocities.sheets,
}


def export(settings: Settings, name: str, code: str, path: Path) -> None:
    """Write what is published of a municipality in a format.

    Args:
        settings: where the published tables are.
        name: of the format, one of ``FORMATS``.
        code: municipality code.
        path: the xlsx file.

    Raises:
        ConfigurationError: no such format, or nothing to export.
        PublishError: nothing is published yet.
    """
    if name not in FORMATS:
        raise ConfigurationError(f"there is no format {name!r}; there are {', '.join(FORMATS)}.")
    with opened(settings) as database:
        sheets = list(FORMATS[name](Inventory(database, settings, code)))
    write_workbook(path, sheets)
