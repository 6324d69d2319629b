"""Remarks that somebody stands for pass, and say who, why and until when; what is left over still fails.

What does not belong here: the form of the file (``configuration.acknowledged``), any check.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from klimat_pipeline.configuration.acknowledged import FILE, Acknowledgement
from klimat_pipeline.errors import ProblemsError
from klimat_pipeline.quality.catalogue import CHECKS
from klimat_pipeline.quality.findings import CheckResult, Finding, parts


def refuse_unknown(given: Sequence[Acknowledgement]) -> None:
    """Refuse what names no check, or one whose failure stops publishing: that is mended, not acknowledged.

    Raises:
        ProblemsError: everything that is wrong.
    """
    severity = {check.name: check.severity for checks in CHECKS.values() for check in checks}
    remarks = ", ".join(sorted(name for name, value in severity.items() if value == "WARN"))
    problems = [
        f"{FILE}: check: {one.check!r} is no check; expected one of {remarks}"
        if one.check not in severity
        else f"{FILE}: check: {one.check} does not warn ({severity[one.check]}); only warnings can be acknowledged: "
        f"{remarks}"
        for one in given
        if severity.get(one.check) != "WARN"
    ]
    if problems:
        raise ProblemsError(problems)


def acknowledge(result: CheckResult, given: Sequence[Acknowledgement], today: date) -> CheckResult:
    """The result, in which failed findings pass whose rows at fault are all acknowledged.

    Of a finding that is acknowledged in part, only the other rows are left.
    """
    mine = [one for one in given if one.check == result.check and one.until >= today]
    if result.severity != "WARN" or not mine:
        return result
    return replace(result, findings=tuple(_judged(finding, mine) for finding in result.findings))


def _judged(finding: Finding, given: Sequence[Acknowledgement]) -> Finding:
    if finding.outcome != "failed":
        return finding
    left, used = [], list[Acknowledgement]()
    for key in finding.keys or ("",):
        covering = next((one for one in given if _covers(one, key)), None)
        if covering is None:
            left.append(key)
        elif covering not in used:
            used.append(covering)
    if not used:
        return finding
    said = "; ".join(f"acknowledged by {one.who} until {one.until}: {one.why}" for one in used)
    said_sv = "; ".join(f"godtagna av {one.who} till och med {one.until}: {one.why}" for one in used)
    if not left:
        return replace(
            finding,
            outcome="passed",
            message=f"{finding.message} ({said})",
            message_sv=finding.message_sv and f"{finding.message_sv} ({said_sv})",
            acknowledgement=said,
        )
    rest = max(finding.count - (len(finding.keys) - len(left)), len(left))
    message = f"{finding.message} ({finding.count - rest} of the rows {said}; {rest} are left)"
    message_sv = (
        finding.message_sv and f"{finding.message_sv} ({finding.count - rest} av raderna {said_sv}; {rest} återstår)"
    )
    return replace(finding, keys=tuple(left), count=rest, message=message, message_sv=message_sv, acknowledgement=said)


def _covers(one: Acknowledgement, key: str) -> bool:
    found = parts(key)
    return all(found.get(name) == str(value) for name, value in one.key.items())
