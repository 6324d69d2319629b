"""What a publication says it was made from, and the ids that follow from it.

These are rows of the table ``run_manifest``. What does not belong here: collecting them (``operations.inputs``).
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from klimat_pipeline.input_items import Item


@dataclass(frozen=True)
class Inputs:
    """Everything that the tables of a run and their publication are made from.

    Attributes:
        items: lines of the manifest, sorted.
        municipalities: codes that are published; empty for all.
        releases: releases that shall be current; empty for the newest.
    """

    items: tuple[Item, ...]
    municipalities: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()

    @cached_property
    def lines(self) -> list[str]:
        """The items as lines of text: what the digest is made of."""
        return [str(item) for item in self.items]

    @cached_property
    def digest(self) -> str:
        """What every table of a run carries: tables of one digest were made from the same inputs, by the same code."""
        return hashlib.sha256("\n".join(self.lines).encode()).hexdigest()[:16]

    @property
    def publication_id(self) -> str:
        return f"pub-{self.digest}"

    @property
    def run_id(self) -> str:
        return f"run-{self.digest}"
