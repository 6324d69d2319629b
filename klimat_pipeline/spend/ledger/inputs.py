"""Which ledger files a run would read, with their hashes: cheap, so that an unchanged refresh is recognised."""

from collections.abc import Iterator

from pydantic import ValidationError

from klimat_pipeline.configuration.municipality import municipality_folders
from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.configuration.yaml_file import read_yaml
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.input_items import Item
from klimat_pipeline.settings import Settings
from klimat_pipeline.spend.ledger.found_files import find_files
from klimat_pipeline.spend.ledger.store import SpendStore

#: Kind of the items that are ledger files.
LEDGER = "ledger"


def inputs(settings: Settings) -> Iterator[Item]:
    """Every ledger file of every municipality, with its hash.

    Faults of the configuration give no files here: reading it names them.
    """
    hashes = SpendStore(settings.intermediate_dir).hashes
    for folder in municipality_folders(settings.municipalities_dir, []):
        path = folder / "municipality.yaml"
        try:
            section = read_yaml(path, settings.municipalities_dir).data.get("spend", {}) if path.is_file() else {}
            for file in find_files(folder, SpendSettings.model_validate(section or {}), hashes):
                yield Item(LEDGER, file.shown, None, file.sha256)
        except (ConfigurationError, ValidationError, AttributeError, OSError):
            continue
