"""Generates from a contract what Dagster shows of an asset: description, owner, tags, schema, lineage, checks, preview.

Assets are written out by hand in the stage files; ``wired`` gives their decorator its arguments, ``checked`` their
result.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import dagster as dg

from klimat_pipeline.contracts import Table, table
from klimat_pipeline.quality.catalogue import CHECKS, run_checks
from klimat_pipeline.quality.findings import CheckResult

if TYPE_CHECKING:
    import pandas as pd

CONTRACT = "contract"
#: Rows that the preview of a table shows.
PREVIEW_ROWS = 8
#: Findings that a check's page lists.
LISTED = 30


def wired(key: str, *, kinds: Sequence[str] = ("pandas",), **inputs: str) -> dict[str, Any]:
    """Arguments of ``@dg.asset`` for a table.

    Args:
        key: the table's key, which is the asset's.
        kinds: tools that make it.
        inputs: parameter name to the key of the table it receives.
    """
    return {
        **described(table(key), kinds),
        "ins": {name: dg.AssetIn(key=dg.AssetKey(source.split("/"))) for name, source in inputs.items()},
        "check_specs": check_specs(key),
    }


def wired_together(
    *keys: str,
    kinds: Mapping[str, Sequence[str]] | Sequence[str] = ("pandas",),
    reads: Mapping[str, Sequence[str]] | None = None,
    **inputs: str,
) -> dict[str, Any]:
    """Arguments of ``@dg.multi_asset`` for tables that one step makes: a step costs more than a small table.

    Args:
        keys: the tables, in the order in which the step hands them out.
        kinds: tools that make them; by key for those that differ.
        reads: by table, the tables that it is made from: inputs and tables of this step.
        inputs: parameter name to the key of the table it receives.
    """
    tools = kinds if isinstance(kinds, Mapping) else dict.fromkeys(keys, kinds)
    found: dict[str, Any] = {
        "outs": {
            key.replace("/", "_"): dg.AssetOut(**described(table(key), tools.get(key, ("pandas",)))) for key in keys
        },
        "ins": {name: dg.AssetIn(key=dg.AssetKey(source.split("/"))) for name, source in inputs.items()},
        "check_specs": [spec for key in keys for spec in check_specs(key)],
    }
    if reads is not None:
        found["internal_asset_deps"] = {
            key.replace("/", "_"): {dg.AssetKey(source.split("/")) for source in reads[key]} for key in keys
        }
    return found


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


def check_specs(key: str) -> list[dg.AssetCheckSpec]:
    """The contract check and the catalogue's checks of a table; an ERROR blocks what is downstream."""
    asset = dg.AssetKey(key.split("/"))
    contract = dg.AssetCheckSpec(
        CONTRACT,
        asset=asset,
        blocking=True,
        description="Columns, types, keys, missing values, bounds and allowed values are as the contract says.",
    )
    return [
        contract,
        *(
            dg.AssetCheckSpec(
                check.name,
                asset=asset,
                blocking=check.severity == "ERROR",
                description=f"{check.kind.capitalize()}: {check.description}",
            )
            for check in CHECKS.get(key, ())
        ),
    ]


def checked(
    context: dg.AssetExecutionContext,
    frame: "pd.DataFrame",
    inputs: Mapping[str, "pd.DataFrame"] | None = None,
    metadata: Mapping[str, Any] | None = None,
    key: str | None = None,
) -> dg.MaterializeResult:
    """Check a table, keep the findings for ``quality/findings``, and hand all of it to Dagster.

    Args:
        context: of the running asset.
        frame: the table that the asset made.
        inputs: tables that its checks look at besides itself, by key.
        metadata: more to show on the asset's page, such as a plot.
        key: the table's key, where the step makes several.
    """
    key = key or context.asset_key.to_user_string()
    (result,) = checked_together(context, {key: frame}, inputs, {key: metadata or {}})
    return result


def checked_together(
    context: dg.AssetExecutionContext,
    frames: Mapping[str, "pd.DataFrame"],
    inputs: Mapping[str, "pd.DataFrame"] | None = None,
    metadata: Mapping[str, Mapping[str, Any]] | None = None,
) -> Iterator[dg.MaterializeResult]:
    """What ``checked`` does, for all tables of a step: their checks see each other besides the inputs.

    Args:
        context: of the running step.
        frames: the tables that the step made, by key.
        inputs: tables that their checks look at besides, by key.
        metadata: more to show on an asset's page, by key.
    """
    from klimat_pipeline.quality.contract import begin_check
    from klimat_pipeline.quality.findings import to_frame

    # All are sent to be checked before the first answer is waited for.
    begun = {key: begin_check(frame, table(key)) for key, frame in frames.items()}
    seen = {**(inputs or {}), **frames}
    for key, frame in frames.items():
        preview = as_markdown(frame.head(PREVIEW_ROWS))
        results = _all_checks(key, seen, begun[key])
        findings_store(context).write(findings_key(key), to_frame(results), table("quality/findings"))
        yield dg.MaterializeResult(
            asset_key=key.split("/"),
            value=frame,
            metadata={
                "dagster/row_count": len(frame),
                "preview": dg.MetadataValue.md(preview),
                **{
                    name: value() if callable(value) else value
                    for name, value in ((metadata or {}).get(key) or {}).items()
                },
            },
            check_results=[_as_dagster(result) for result in results],
        )


def _all_checks(
    key: str, tables: Mapping[str, "pd.DataFrame"], contract: Callable[[], CheckResult]
) -> list[CheckResult]:
    """A table's own checks while its contract is being checked; they count only for a table that has its form."""
    trouble: Exception | None = None
    others: list[CheckResult] = []
    try:
        others = run_checks(key, tables)
    except Exception as error:
        trouble = error
    form = contract()
    if not form.passed:
        others = [
            CheckResult(key, check.name, check.kind, check.severity, (_skipped(),)) for check in CHECKS.get(key, ())
        ]
    elif trouble is not None:
        raise trouble
    return [form, *others]


def findings_key(key: str) -> str:
    """Where the findings about a table are kept until they are gathered."""
    return f"quality/of/{key.replace('/', '.')}"


def findings_store(context: dg.AssetExecutionContext) -> Any:
    """The table store of this run."""
    return context.resources.project.tables


def as_markdown(frame: "pd.DataFrame") -> str:
    """A small frame as a Markdown table, thousands separated, missing values empty."""
    import pandas as pd

    def text(value: Any) -> str:
        if value is None or (not isinstance(value, str) and pd.isna(value)):
            return ""
        if isinstance(value, float):
            return f"{value:,.2f}"
        return str(value).replace("|", "\\|").replace("\n", " ")

    head = " | ".join(map(str, frame.columns))
    rule = " | ".join("---" for _ in frame.columns)
    rows = [" | ".join(map(text, row)) for row in frame.itertuples(index=False)]
    return "\n".join(f"| {line} |" for line in (head, rule, *rows))


def as_metadata(texts: Mapping[str, str]) -> dict[str, Any]:
    """Markdown texts by name, as Dagster shows them."""
    return {name: dg.MetadataValue.md(text) for name, text in texts.items()}


def pictures(charts: Mapping[str, dict[str, Any]]) -> dict[str, Callable[[], dg.MetadataValue]]:
    """Charts by municipality code, by their names on an asset's page; drawn while the step goes on."""
    from klimat_pipeline.quality.beside import drawn_beside

    begun = {f"plot {code}": drawn_beside(chart) for code, chart in charts.items()}
    return {name: partial(_shown_picture, picture) for name, picture in begun.items()}


def _shown_picture(picture: Callable[[], str]) -> dg.MetadataValue:
    return dg.MetadataValue.md(picture())


def _skipped() -> Any:
    from klimat_pipeline.quality.findings import not_applicable

    return not_applicable("the table does not have its contract's form")


def _as_dagster(result: CheckResult) -> dg.AssetCheckResult:
    wrong = [finding for finding in result.findings if finding.outcome == "failed"]
    beside = [finding for finding in result.findings if finding.outcome == "not_applicable"]
    shown = wrong or beside or list(result.findings)
    first = shown[0] if shown else None
    metadata: dict[str, Any] = {"outcome": f"{len(wrong)} of {len(result.findings)} findings failed"}
    if first:
        metadata |= {
            "observed": first.observed or "-",
            "limit": first.limit or "-",
            "offending keys": "; ".join(first.keys) or "none",
            "suspicion": first.suspicion or "-",
        }
    metadata["all findings"] = dg.MetadataValue.md(
        "\n".join(
            f"* **{finding.outcome}** {finding.message}"
            for finding in (wrong + beside + [f for f in result.findings if f.outcome == "passed"])[:LISTED]
        )
        or "none"
    )
    return dg.AssetCheckResult(
        asset_key=result.table.split("/"),
        check_name=result.check,
        passed=result.passed,
        severity=dg.AssetCheckSeverity[result.severity],
        description="; ".join(finding.message for finding in shown[:3]),
        metadata=metadata,
    )
