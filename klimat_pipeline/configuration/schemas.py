"""JSON schemas of the files that people edit, generated from the models, so that editors complete and check.

Run as ``python -m klimat_pipeline.configuration.schemas FOLDER``; a test keeps the files current.
"""

import json
import sys
from pathlib import Path

from pydantic import BaseModel

from klimat_pipeline.configuration.acknowledged import Acknowledged
from klimat_pipeline.configuration.corrections import CorrectionRegister
from klimat_pipeline.configuration.municipality import Municipality
from klimat_pipeline.configuration.spend_factors import SpendFactors

MODELS: dict[str, type[BaseModel]] = {
    "municipality.schema.json": Municipality,
    "corrections.schema.json": CorrectionRegister,
    "spend.schema.json": SpendFactors,
    "acknowledged.schema.json": Acknowledged,
}


def schema_text(name: str) -> str:
    """The schema file's content."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **MODELS[name].model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for file in MODELS:
        Path(sys.argv[1], file).write_text(schema_text(file), encoding="utf-8")
