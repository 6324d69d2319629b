"""What Datasette shows beside the figures of the mart: meanings, units, and labels in the place of keys.

What does not belong here: starting it (``klimat serve``).
"""

from typing import Any, Literal

from klimat_pipeline.contracts import MART, Column

Language = Literal["sv", "en"]
_TITLE = {"sv": "Klimatredovisning för kommuner", "en": "Municipal climate accounts"}
_KEY = {"sv": "en rad per", "en": "one row per"}


def datasette_metadata(language: Language) -> dict[str, Any]:
    """Metadata of the mart in Datasette's form, generated from the contracts."""

    def meaning(column: Column) -> str:
        said = column.description_sv if language == "sv" else column.description
        return f"{said} [{column.unit}]" if column.unit else said

    tables: dict[str, Any] = {}
    for name, contract in MART.items():
        said = contract.description_sv if language == "sv" else contract.description
        tables[name] = {
            "description": f"{said} ({_KEY[language]} {', '.join(contract.primary_key)})",
            "columns": {column.name: meaning(column) for column in contract.columns},
        }
        label = next((n for n in contract.column_names if n.endswith(f"_label_{language}")), None)
        if label is not None:
            tables[name]["label_column"] = label
    return {
        "title": _TITLE[language],
        "source": "SMHI: Nationella emissionsdatabasen",
        "source_url": "https://nationellaemissionsdatabasen.smhi.se",
        "databases": {"klimat_mart": {"tables": tables}},
    }
