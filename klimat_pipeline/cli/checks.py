"""``klimat checks``: what the checks of the published tables say, the gravest first.

What does not belong here: the checks (``quality``), the few remarks at the end of a refresh (``report``).
"""

from typing import Annotated

import typer

from klimat_pipeline.cli.report import opened
from klimat_pipeline.cli.terminal import out
from klimat_pipeline.errors import ConfigurationError

_FINDINGS = """
SELECT table_name, check_name, severity, outcome, message, likely_cause, offending_keys, offending_count
FROM data_quality
WHERE outcome = ? AND (? = '' OR check_name = ?)
ORDER BY severity <> 'ERROR', table_name, check_name, offending_count DESC, message
"""
_OUTCOMES = ("failed", "not_applicable", "passed")


def checks(
    check: Annotated[str, typer.Argument(help="Name of one check; by default all.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Also what passed and what did not apply.")] = False,
    docs: Annotated[
        bool, typer.Option("--docs", help="Write Great Expectations' Data Docs of the last run's tables.")
    ] = False,
) -> None:
    """List what the checks found, with the likely cause and the rows."""
    from rich.text import Text

    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    if not (settings.published_dir / "klimat.sqlite").is_file():
        raise ConfigurationError(f"nothing is published in {settings.published_dir} yet: run klimat refresh first.")
    if docs:
        from klimat_pipeline.quality.data_docs import build

        with out.status("validating the tables of the last run") as status:
            page = build(settings, status.update)
        out.print(f"Data Docs: {page}", soft_wrap=True)
        return
    with opened(settings) as database:
        known = {name for (name,) in database.execute("SELECT DISTINCT check_name FROM data_quality")}
        if check and check not in known:
            raise ConfigurationError(f"no check is called {check!r}; there are {', '.join(sorted(known))}.")
        outcomes = _OUTCOMES if everything or check else _OUTCOMES[:1]
        rows = [row for outcome in outcomes for row in database.execute(_FINDINGS, (outcome, check, check))]
        counts = dict(database.execute("SELECT outcome, count(*) FROM data_quality GROUP BY 1").fetchall())
    for table, name, severity, outcome, message, likely_cause, keys, count in rows:
        failed = outcome == "failed"
        out.print(Text(f"{table} {name} ({severity.lower() if failed else outcome.replace('_', ' ')})", style="bold"))
        out.print(Text(f"  {message}", style="yellow" if failed else ""), soft_wrap=True)
        if failed and likely_cause:
            out.print(Text(f"  likely cause: {likely_cause}"), soft_wrap=True)
        if failed and keys:
            out.print(Text(f"  {count:,} rows, such as {keys}", style="dim"), soft_wrap=True)
    out.print(
        f"{counts.get('passed', 0)} passed, {counts.get('failed', 0)} remarks, "
        f"{counts.get('not_applicable', 0)} not applicable"
    )
