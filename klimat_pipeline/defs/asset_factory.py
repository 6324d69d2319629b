"""Generates from a contract what Dagster shows of an asset: description, owner, tags, schema, lineage, checks.

Steps are written by hand in ``assets``; ``step`` turns them into assets, whose tables it checks, stores and yields.
What does not belong here: what a step computes and gives back (``steps``), what its pages and checks say (``pages``,
``check_results``), and what a check looks for (``quality``).
"""

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import dagster as dg

from klimat_pipeline.contracts import BETWEEN_STAGES, Table, table
from klimat_pipeline.defs.check_results import as_dagster, check_specs
from klimat_pipeline.defs.failures import as_failures
from klimat_pipeline.defs.freshness import FRESHNESS
from klimat_pipeline.defs.inputs import INPUTS
from klimat_pipeline.defs.pages import keep_plots, page
from klimat_pipeline.defs.resources import Project
from klimat_pipeline.defs.steps import STEPS, Made, Step
from klimat_pipeline.defs.workers import Workers
from klimat_pipeline.errors import ContractError
from klimat_pipeline.garbage import free_memory
from klimat_pipeline.operations.inputs import code_sha256
from klimat_pipeline.quality.catalogue import CHECKS, run_checks
from klimat_pipeline.quality.findings import CheckResult

if TYPE_CHECKING:
    import pandas as pd

#: The table that gathers all findings of a run, and the step that makes it.
GATHERED, GATHERING_STEP = "quality/data_quality", "gathered_findings"
#: Dagster's executors that run all steps in one process, by name.
IN_ONE_PROCESS = ("in_process", "execute_in_process_executor")
#: Stages whose figures people look at: when they were made last matters.
_FRESH = ("indicators", "scenarios")


def step(
    name: str,
    *keys: str,
    kinds: Mapping[str, Sequence[str]] | Sequence[str] = ("pandas",),
    reads: Mapping[str, Sequence[str]] | None = None,
    after: Iterable[str] = (),
    ledgers: bool = False,
    whole: Iterable[str] = (),
    goes_on: Callable[[dg.AssetExecutionContext, Project], bool] | None = None,
    tell: Callable[[dg.AssetExecutionContext, Project], None] | None = None,
    **inputs: str,
) -> Callable[[Callable[..., Made]], dg.AssetsDefinition]:
    """Turn a function that makes several tables into one step, because a step costs more than a small table.

    The function is called with the project and its input tables. Tables are read and written through the project's
    store, not as Dagster's inputs and outputs: those would add three events each to its history, for the same lineage.
    Any of the tables, and any of their checks, can be asked for alone: all are computed, and those that were asked for
    are stored and yielded.

    Args:
        name: of the step.
        keys: the tables, in the order in which the step yields them.
        kinds: tools that make them; by key for those that differ.
        reads: by table, the tables that it is made from: inputs and tables of this step; for others all inputs.
        after: further tables that have to be made before.
        ledgers: whether it reads ledgers, so that their hashes are taken again before it begins.
        whole: inputs that it takes of all municipalities even where the run is for some of them: it sums them up,
            compares them, or learns from all.
        goes_on: asked by a run before the function is called; where it says no, everything downstream is skipped.
        tell: called by a run after it: what else Dagster should know.
        inputs: parameter name to the key of the table it receives.
    """
    tools = kinds if isinstance(kinds, Mapping) else dict.fromkeys(keys, kinds)
    sources = dict.fromkeys(keys, tuple(inputs.values())) | dict(reads or {})
    specs = [
        dg.AssetSpec(
            **described(table(key), tools.get(key, ("pandas",))),
            # Every table depends on the inputs directly: Dagster looks only one step up to say what is out of date.
            deps=[INPUTS, *(source.split("/") for source in dict.fromkeys((*sources[key], *after)))],
            skippable=goes_on is not None,
            code_version=code_version(),
            freshness_policy=FRESHNESS if table(key).stage in _FRESH else None,
        )
        for key in keys
    ]

    def decorated(work: Callable[..., Made]) -> dg.AssetsDefinition:
        this = STEPS[name] = Step(name, keys, work, inputs, frozenset(whole), tuple(after))

        @dg.multi_asset(
            name=name,
            description=work.__doc__,
            specs=[spec.merge_attributes(metadata=code_reference(work)) for spec in specs],
            check_specs=[spec for key in keys for spec in check_specs(key)],
            can_subset=True,
        )
        def made(context: dg.AssetExecutionContext, project: Project, workers: Workers):
            with as_failures():
                project.begin(ledgers=ledgers)
                if goes_on and not goes_on(context, project):
                    return
                result = this.compute(project)
                if tell:
                    tell(context, project)
                for remark in result.remarks:
                    context.log.warning(remark)
                yield from _checked(context, result)
            del result
            free_memory()

        return made

    return decorated


def code_reference(work: Callable[..., Any]) -> dict[str, Any]:
    """Where the UI opens the code of a step: at its own function, not at the decorator."""
    code = work.__code__
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)  # the class is in beta
        at = dg.LocalFileCodeReference(file_path=code.co_filename, line_number=code.co_firstlineno, label=work.__name__)
        return {"dagster/code_references": dg.CodeReferencesMetadataValue(code_references=[at])}


@lru_cache(maxsize=1)
def code_version() -> str:
    """Version of the code of every table: any change of the code makes all of them again."""
    return code_sha256()[:16]


def described(contract: Table, kinds: Sequence[str]) -> dict[str, Any]:
    """Key, group, description, owner, tags and definition metadata of a table."""
    return {
        "key": contract.key.split("/"),
        "group_name": contract.stage,
        "description": contract.description,
        "owners": [contract.owner],
        "kinds": set(kinds),
        "tags": {"topic": contract.topic},
        "metadata": definition_metadata(contract),
    }


def definition_metadata(contract: Table) -> dict[str, Any]:
    """Column schema with units and constraints, and column lineage, as the UI understands them."""
    lineage = {
        column.name: [
            dg.TableColumnDep(
                asset_key=dg.AssetKey(source.rsplit(".", 1)[0].split("/")), column_name=source.rsplit(".", 1)[1]
            )
            for source in column.lineage
        ]
        for column in contract.columns
        if column.lineage
    }
    schema = dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=column.kind + (f" ({column.unit})" if column.unit else ""),
                description=column.description,
                constraints=dg.TableColumnConstraints(
                    nullable=column.nullable, unique=contract.primary_key == (column.name,)
                ),
            )
            for column in contract.columns
        ],
        constraints=dg.TableConstraints(other=[f"one row per {', '.join(contract.primary_key)}"]),
    )
    found: dict[str, Any] = {"dagster/column_schema": schema, "dagster/table_name": contract.name}
    if lineage:
        found["dagster/column_lineage"] = dg.TableColumnLineage(lineage)
    return found


def _checked(context: dg.AssetExecutionContext, made: Made) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Check the tables of a step, write them and their findings, and yield the results to Dagster.

    Tables that were not selected are neither written nor yielded. Where checks were selected without their table, the
    stored table is checked.
    """
    from klimat_pipeline.contracts.arrow import to_arrow
    from klimat_pipeline.quality.contract import begin
    from klimat_pipeline.quality.data_quality import to_frame

    project: Project = context.resources.project
    asked = _Asked.of(context)
    frames = {**made.tables, **{key: project.read(key) for key in made.tables if key in asked.checked_alone}}
    # All are sent to be checked before the first answer is waited for.
    later = _are_gathered_later(context)
    begun = {key: begin(frame, table(key), may_postpone=later) for key, frame in frames.items() if key in asked.tables}
    seen = {**made.inputs, **frames}
    chosen = {key: project.chosen(frame) for key, frame in seen.items()}
    results = {key: project.judged(_all_checks(key, seen, chosen, asking.finish)) for key, asking in begun.items()}
    project.require_unchanged()
    for key, asking in begun.items():
        yielded = [as_dagster(result, project.town) for result in results[key] if (key, result.check) in asked.checks]
        if key in asked.checked_alone:
            yield from yielded
            continue
        is_sound = not any(result.blocks for result in results[key])
        if asking.arrow is not None:  # a table that does not fit its contract has failed its check
            project.write(key, asking.arrow, is_sound=is_sound)
        findings = to_arrow(to_frame(results[key]), table(GATHERED))
        project.write(findings_key(key), findings, is_sound=is_sound)
        drawn = {title: picture() for title, picture in made.plots.get(key, {}).items()}
        if drawn:  # what was kept before has another digest, and is not shown
            keep_plots(project, key, drawn)
        yield dg.MaterializeResult(
            asset_key=key.split("/"),
            metadata={
                **(page(table(key), asking.arrow, project) if asking.arrow is not None else {}),
                **made.metadata.get(key, {}),
                **{title: dg.MetadataValue.md(picture) for title, picture in drawn.items()},
            },
            check_results=yielded,
            data_version=dg.DataVersion(project.made_from.digest),
        )
    asked.require_all({(key, result.check) for key, found in results.items() for result in found})


@dataclass(frozen=True)
class _Asked:
    """The part of a step that was asked for.

    Attributes:
        materialised: keys of tables to be made.
        checks: table and name of checks to be run.
    """

    materialised: frozenset[str]
    checks: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, context: dg.AssetExecutionContext) -> "_Asked":
        return cls(
            frozenset(key.to_user_string() for key in context.selected_asset_keys),
            frozenset((key.asset_key.to_user_string(), key.name) for key in context.selected_asset_check_keys),
        )

    @property
    def checked_alone(self) -> set[str]:
        """Tables that only checks were asked for."""
        return {key for key, _ in self.checks} - self.materialised

    @property
    def tables(self) -> set[str]:
        """Tables that have to be checked."""
        return {key for key, _ in self.checks} | self.materialised

    def require_all(self, run: set[tuple[str, str]]) -> None:
        """Refuse to end without a check that was asked for: it would look as if it had passed.

        Raises:
            ContractError: a check did not run; the message names it.
        """
        missing = sorted(" ".join(check) for check in self.checks - run)
        if missing:
            raise ContractError(f"checks were asked for that the step does not run: {', '.join(missing)}")


def _all_checks(
    key: str,
    tables: Mapping[str, "pd.DataFrame"],
    chosen: Mapping[str, "pd.DataFrame"],
    contract: Callable[[], CheckResult],
) -> list[CheckResult]:
    """Run a table's own checks while a worker checks its contract; they count only where the contract is kept."""
    trouble: Exception | None = None
    others: list[CheckResult] = []
    try:
        others = run_checks(key, tables, chosen)
    except Exception as error:
        trouble = error
    kept = contract()
    if not kept.passed:
        others = [
            CheckResult(key, check.name, check.kind, check.severity, (_skipped(),)) for check in CHECKS.get(key, ())
        ]
    elif trouble is not None:
        raise trouble
    return [kept, *others]


def _are_gathered_later(context: dg.AssetExecutionContext) -> bool:
    """Whether this process will run the step that gathers all findings, which waits for postponed checks.

    Only a run of all tables promises it: of a part, nothing says that the step comes after this one.
    """
    job, steps = context.job_def, context.run.step_keys_to_execute
    return (
        job.executor_def.name in IN_ONE_PROCESS
        and job.asset_layer.selected_asset_keys >= {dg.AssetKey(key.split("/")) for key in BETWEEN_STAGES}
        and (steps is None or GATHERING_STEP in steps)
    )


def findings_key(key: str) -> str:
    """Where the findings about a table are kept until they are gathered."""
    return f"quality/of/{key}"


def _skipped() -> Any:
    from klimat_pipeline.quality.findings import not_applicable

    return not_applicable("the table does not fit its contract")
