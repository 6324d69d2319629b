"""How a check shows in Dagster: its description, and its result with the towns and rows at fault as a table.

What does not belong here: what a check looks for (``quality``).
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import dagster as dg

from klimat_pipeline.defs.pages import IN_PLACE, markdown_of
from klimat_pipeline.quality.catalogue import CHECKS
from klimat_pipeline.quality.findings import CheckResult, Finding, parts

CONTRACT, UPSTREAM = "contract", "upstream"
#: Findings, rows and towns that a check's page lists.
LISTED, ROWS, TOWNS = 30, 200, 8
#: Findings whose message stands above the others.
DESCRIBED = 3
_NUMBER = re.compile(r"[-+]?\d[\d,]*(\.\d+)?")
_SEVERITY = {"ERROR": dg.AssetCheckSeverity.ERROR, "WARN": dg.AssetCheckSeverity.WARN}
_SHOWN_AS = {"failed": "failed", "passed": "passed", "not_applicable": "not applicable"}


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
                description=f"{'Information' if check.severity == 'INFO' else check.kind.capitalize()}: "
                f"{check.description}",
            )
            for check in CHECKS.get(key, ())
        ),
    ]


def as_dagster(result: CheckResult, town: Callable[[str], str]) -> dg.AssetCheckResult:
    """A result as the UI shows it: what is at fault first, numbers as numbers so that it plots them."""
    wrong = [finding for finding in result.findings if finding.outcome == "failed"]
    beside = [finding for finding in result.findings if finding.outcome == "not_applicable"]
    shown = wrong or beside or list(result.findings)
    metadata: dict[str, Any] = {
        "outcome": f"{len(wrong)} of {len(result.findings)} findings failed",
        "rows at fault": sum(finding.count for finding in wrong),
    }
    if shown:
        metadata |= _of_first(shown[0])
    metadata |= _tables([parts(key) for finding in shown for key in finding.keys], town)
    metadata["all findings"] = dg.MetadataValue.md(
        "\n".join(
            f"* **{_SHOWN_AS[finding.outcome]}** {finding.message}"
            for finding in (wrong + beside + [f for f in result.findings if f.outcome == "passed"])[:LISTED]
        )
        or "none"
    )
    return dg.AssetCheckResult(
        asset_key=result.table.split("/"),
        check_name=result.check,
        passed=result.passed,
        severity=_SEVERITY.get(result.severity, dg.AssetCheckSeverity.WARN),
        description=_described(shown, len(result.findings), is_sound=not (wrong or beside)),
        metadata=metadata,
    )


def _described(shown: list[Finding], findings: int, *, is_sound: bool) -> str:
    """What the first findings say, and how many more there are."""
    said = "; ".join(finding.message for finding in shown[:DESCRIBED])
    if len(shown) <= DESCRIBED:
        return said
    return f"all {findings} hold: {said}; ..." if is_sound else f"{said}; and {len(shown) - DESCRIBED} more"


def _of_first(first: Finding) -> dict[str, Any]:
    texts = {
        "likely cause": first.likely_cause,
        "acknowledged": first.acknowledgement,
        "observed": first.observed or "-",
        "threshold": first.threshold or "-",
    }
    found: dict[str, Any] = {name: text for name, text in texts.items() if text}
    if number := _NUMBER.match(first.observed):
        found["observed number"] = float(number[0].replace(",", ""))
    return found


def _tables(rows: list[dict[str, str]], town: Callable[[str], str]) -> dict[str, Any]:
    """Towns with their number of rows, the first rows in place, and more of them behind a button."""
    if not rows:
        return {}
    named = [
        {("municipality" if n == "municipality_code" else n): (town(v) if n == "municipality_code" else v)
         for n, v in row.items()}
        for row in rows
    ]  # fmt: skip
    found: dict[str, Any] = {}
    towns = Counter(row["municipality"] for row in named if "municipality" in row)
    if towns:
        said = [f"{name} {count}" if count > 1 else name for name, count in list(towns.items())[:TOWNS]]
        more = len(towns) - len(said)
        found["municipalities"] = ", ".join(said) + (f" and {more} more" if more > 0 else "")
    whole = table_of(named[:ROWS])
    head = named[:LISTED]
    while len(table_of(head)) >= IN_PLACE and len(head) > 1:
        head = head[:-1]
    found["first rows"] = dg.MetadataValue.md(table_of(head))
    if len(head) < len(named):
        found[f"rows 1-{min(ROWS, len(named))} of {len(named)}"] = dg.MetadataValue.md(whole)
    return found


def table_of(rows: list[dict[str, str]]) -> str:
    """Rows of possibly different columns as one Markdown table."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return markdown_of(names, [[row.get(name, "") for name in names] for row in rows])


def upstream_spec(key: str) -> dg.AssetCheckSpec:
    """The check of a published table that carries what warns or failed in the tables that it comes from."""
    return dg.AssetCheckSpec(
        UPSTREAM,
        asset=dg.AssetKey(key.split("/")),
        description="Upstream: nothing failed in a table that this one comes from; what warns there is named.",
    )


def upstream_result(key: str, upstream: frozenset[str], findings: list[Mapping[str, Any]]) -> dg.AssetCheckResult:
    """What warns or failed upstream of a published table.

    Remarks pass here and are named: each stands amber on the table of its own check, where somebody can act on it or
    acknowledge it. Amber on everything that is published would be on all of it, always, and say nothing.

    Args:
        key: of the table.
        upstream: tables that it comes from.
        findings: rows of ``quality/data_quality``.
    """
    mine = [row for row in findings if row["table_name"] in upstream]
    failed = [row for row in mine if row["outcome"] == "failed"]
    checks = Counter((row["table_name"], row["check_name"]) for row in failed)
    first = {(row["table_name"], row["check_name"]): row for row in reversed(failed)}
    listed = [
        {"table": table, "check": check, "findings": str(count), "says": first[table, check]["message"]}
        for (table, check), count in checks.items()
    ]
    metadata: dict[str, Any] = {
        "checks that warn": len(checks),
        "checks upstream": len({(row["table_name"], row["check_name"]) for row in mine}),
        "acknowledged": sum(bool(row["acknowledgement"]) and row["outcome"] == "passed" for row in mine),
    }
    if listed:
        metadata["what warns"] = dg.MetadataValue.md(
            "\n".join(f"* **{row['table']} {row['check']}** ({row['findings']}): {row['says']}" for row in listed)
        )
    remarks = f"remarks upstream: {', '.join(f'{table} {check}' for table, check in checks)}"
    return dg.AssetCheckResult(
        asset_key=key.split("/"),
        check_name=UPSTREAM,
        passed=all(row["severity"] != "ERROR" for row in failed),
        severity=dg.AssetCheckSeverity.ERROR,
        description=remarks if checks else "nothing warns",
        metadata=metadata,
    )
