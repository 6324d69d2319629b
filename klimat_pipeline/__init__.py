"""Climate accounts for cities: from the national emission database to published indicators.

The folder names, read top to bottom, are the pipeline: ``sources``, ``raw``, ``clean``, ``corrected``,
``indicators``, ``published``. ``contracts`` describes every table once, ``defs`` wires the stages into Dagster.
"""

__version__ = "0.1.0"
