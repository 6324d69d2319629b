"""Dagster's home below the data folder: made once, with the shipped ``dagster.yaml``, which then is the user's.

A file that nobody has edited follows the shipped one; one that somebody has edited stays as it is, and the newly
shipped one lies beside it. What does not belong here: opening the home (``defs.instance``).
"""

import errno
import re
from pathlib import Path

from klimat_pipeline.errors import AccessError, ConfigurationError, DiskError
from klimat_pipeline.settings import Settings

CONFIGURATION = "dagster.yaml"
#: What was shipped last, beside the file that is used.
SHIPPED = "dagster.yaml.shipped"

#: What ``dagster.yaml`` says in other words where runs go to workers, section by section.
ON_WORKERS = "celery.yaml"
#: A section of ``dagster.yaml``, comment and all.
_SECTION = re.compile(r"(?:^#.*\n)*^(\w+):\n(?:^[ #].*\n)+", re.MULTILINE)
_IN_POSTGRES = "# Runs, events and ticks in PostgreSQL, as KLIMAT_DAGSTER_DATABASE_URL says.\n" + "".join(
    f"""\
{what}_storage:
  module: {module}
  class: {name}
  config:
    postgres_url:
      env: KLIMAT_DAGSTER_DATABASE_URL
"""
    for what, module, name in (
        ("run", "dagster_postgres", "PostgresRunStorage"),
        ("event_log", "klimat_pipeline.defs.postgres_history", "ShownEventLogStorage"),
        ("schedule", "dagster_postgres", "PostgresScheduleStorage"),
    )
)


def prepare_home(settings: Settings) -> tuple[Path, str]:
    """Make Dagster's home where it is not there yet.

    Returns:
        The folder, and what whoever upgrades should know about ``dagster.yaml``; empty where there is nothing.

    Raises:
        ConfigurationError: the setting of its database, or of workers, cannot be followed.
        AccessError: the folder cannot be written.
        DiskError: there is no room.
    """
    home, shipped = settings.dagster_home, settings.config_dir / "dagster" / CONFIGURATION
    addresses = {"KLIMAT_DAGSTER_DATABASE_URL": settings.history_url, "KLIMAT_CELERY_URL": settings.workers_url}
    if shipped.parent == home or not shipped.is_file():
        for name in (name for name, address in addresses.items() if address):
            raise ConfigurationError(
                f"{name} is set, but {home / CONFIGURATION} belongs to the checkout and is not "
                "written to. Set KLIMAT_DATA_DIR to a folder of its own."
            )
        _made(home)
        return home, ""
    others: dict[str, str] = {}
    if settings.history_url:
        others["event_log_storage"] = _IN_POSTGRES
    if settings.workers_url:
        on_workers = (shipped.parent / ON_WORKERS).read_text(encoding="utf-8")
        others |= {section[1]: section[0] for section in _SECTION.finditer(on_workers)}
    text = _SECTION.sub(lambda section: others.get(section[1], section[0]), shipped.read_text(encoding="utf-8"))
    return home, _brought_up_to_date(_made(home), text)


def _brought_up_to_date(home: Path, text: str) -> str:
    used, last = home / CONFIGURATION, home / SHIPPED
    before, kept = _text(used), _text(last)
    if before is None or before in (kept, text):
        if before != text:
            _write(used, text)
        if kept != text:
            _write(last, text)
        return ""
    if kept == text:
        return ""
    _write(last, text)
    return f"{used} is yours and stays as it is; what is shipped has changed: {_changes(before, text)}. See {last}."


def _changes(before: str, after: str) -> str:
    """Lines of settings that only the newly shipped file has."""
    lines = [line.strip() for line in after.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    mine = {line.strip() for line in before.splitlines()}
    return ", ".join(dict.fromkeys(line for line in lines if line not in mine)) or "only what it leaves out"


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _made(home: Path) -> Path:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(home, "made", error) from None
    return home


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.draft")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise _refused(path, "written", error) from None


def _refused(path: Path, what: str, error: OSError) -> AccessError | DiskError:
    said = f"{path}: cannot be {what} ({error.strerror})."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return AccessError(
            f"{said} Does it belong to somebody else, or is the disk read-only? KLIMAT_DATA_DIR names another folder."
        )
    return DiskError(said)
