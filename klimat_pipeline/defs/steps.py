"""Steps: functions that make several tables, what they give back, and all of them in order.

A step is computed by a run of Dagster, with its checks (``asset_factory``), or in this process alone, without them
(``compute_all``). What does not belong here: what a step computes (``assets``), and how it shows in Dagster.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

from klimat_pipeline.contracts import table
from klimat_pipeline.defs.pages import Picture
from klimat_pipeline.defs.resources import Project

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Made:
    """What a step gives back.

    Attributes:
        tables: that the step made, by key; a check may read all of them.
        inputs: further tables that the checks read, by key.
        metadata: more to show on an asset's page, by key.
        plots: pictures for it and for the pages of what is published from it, by key and title.
        remarks: what somebody should look at who reads the run's log.
    """

    tables: "Mapping[str, pd.DataFrame]"
    inputs: "Mapping[str, pd.DataFrame]" = field(default_factory=dict)
    metadata: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    plots: Mapping[str, Mapping[str, Picture]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """A function that makes several tables, and what it is given.

    Attributes:
        name: of the step.
        keys: the tables that it makes.
        work: called with the project and the step's input tables.
        inputs: parameter name to the key of the table it receives.
        whole: inputs that it takes of all municipalities even where the run is for some of them.
        after: keys of further tables that have to be made before.
    """

    name: str
    keys: tuple[str, ...]
    work: Callable[..., Made]
    inputs: Mapping[str, str]
    whole: frozenset[str] = frozenset()
    after: tuple[str, ...] = ()

    def compute(self, project: Project) -> Made:
        """Make the tables from those that are stored."""
        tables = {name: project.read(key) for name, key in self.inputs.items()}
        return self.work(
            project,
            **{name: each if name in self.whole else project.chosen(each) for name, each in tables.items()},
        )


#: Every step by name, filled by ``asset_factory.step`` when the modules of assets are imported.
STEPS: dict[str, Step] = {}


def in_order() -> Iterator[Step]:
    """All steps, each after those that make what it needs."""
    maker = {key: step.name for step in STEPS.values() for key in step.keys}
    needs = {step.name: {maker[key] for key in (*step.inputs.values(), *step.after)} for step in STEPS.values()}
    return (STEPS[name] for name in TopologicalSorter(needs).static_order())


def compute_all(project: Project, *, leaving_out: str) -> list[str]:
    """Make and store the tables of all steps, without checks, pictures and a history: for a look at what would come.

    Args:
        project: whose table store nobody else uses.
        leaving_out: name of the step that gathers what the checks have found.

    Returns:
        What the steps remarked.
    """
    from klimat_pipeline.contracts.arrow import to_arrow

    project.begin()
    remarks: list[str] = []
    for step in in_order():
        if step.name != leaving_out:
            made = step.compute(project)
            for key, frame in made.tables.items():
                project.write(key, to_arrow(frame, table(key)))
            remarks += made.remarks
    return remarks
