"""Climate accounts for cities: from the national emission database to published indicators.

A folder a stage, in the order of the pipeline: ``sources``, ``raw``, ``clean``, ``corrected``, ``inventory`` and
``spend``, ``indicators``, ``scenarios``, ``quality``, ``published``. ``contracts`` describes every table once,
``configuration`` reads what people edit, ``charts`` and ``explanations`` show figures, ``operations`` holds use cases
that cross stages, ``defs`` wires the stages into Dagster, ``cli`` is the command. Who may import whom:
``pyproject.toml``.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
#: What a notebook takes from here (``import klimat_pipeline as kp``), imported when it is asked for.
_IN_NOTEBOOKS = ("load", "explain", "chart")


def __getattr__(name: str) -> Any:
    """What ``notebook`` offers."""
    if name in _IN_NOTEBOOKS:
        return getattr(import_module("klimat_pipeline.notebook"), name)
    raise AttributeError(f"module 'klimat_pipeline' has no attribute {name!r}")
