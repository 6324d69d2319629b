"""Kinds of values and patterns of texts, for columns of all topics. What does not belong here: columns."""

from klimat_pipeline.contracts.model import Kind

MUNICIPALITY_CODE = r"\d{4}"
IDENTIFIER = r"[a-z][a-z0-9_]*"
ISO_DATE = r"\d{4}(-\d{2}(-\d{2})?)?"
TEXT: Kind = "string"
INTEGER: Kind = "integer"
NUMBER: Kind = "number"
BOOLEAN: Kind = "boolean"
DATETIME: Kind = "datetime"
