"""Climate accounts for cities: from the national emission database to published indicators.

A folder a stage, in the order of the pipeline: ``sources``, ``raw``, ``clean``, ``corrected``, ``inventory`` and
``spend``, ``indicators``, ``scenarios``, ``quality``, ``published``. ``contracts`` describes every table once,
``configuration`` reads what people edit, ``charts`` and ``explain`` show figures, ``operations`` holds use cases that
cross stages, ``defs`` wires the stages into Dagster, ``cli`` is the command. Who may import whom: ``pyproject.toml``.
"""

__version__ = "0.1.0"
