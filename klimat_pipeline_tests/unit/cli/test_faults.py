"""Faults of the machine: one sentence, and the exit code of their kind."""

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy.exc

from klimat_pipeline import errors
from klimat_pipeline.cli.faults import in_words, kind_of
from klimat_pipeline.storage import TableStore
from klimat_pipeline_tests.pipeline.commands import PROJECT, Klimat


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    try:
        raise error from cause
    except type(error) as caught:
        return caught


DAMAGED = sqlite3.DatabaseError("file is not a database")
KINDS = [
    (OSError(errno.ENOSPC, "No space left on device", "/data/x"), 74, "/data/x: the disk is full"),
    (OSError(errno.EDQUOT, "Disk quota exceeded"), 74, "the disk is full"),
    (OSError(errno.EIO, "Input/output error", "/data/x"), 74, "/data/x: the disk cannot be read"),
    (PermissionError(errno.EACCES, "Permission denied", "/data/x"), 77, "/data/x: Permission denied: does it belong"),
    (OSError(errno.EROFS, "Read-only file system", "/data/x"), 77, "read-only"),
    (
        shutil.Error([("/data/x", "/backup/x", "[Errno 28] No space left on device: '/data/x' -> '/backup/x'")]),
        74,
        "/backup/x: [Errno 28] No space left",
    ),
    (shutil.Error([("/data/x", "/backup/x", "[Errno 13] Permission denied: '/data/x'")]), 77, "Permission denied"),
    (sqlite3.OperationalError("database or disk is full"), 74, "Make room"),
    (DAMAGED, 74, "a file of SQLite cannot be used: file is not a database"),
    (sqlalchemy.exc.DatabaseError("SELECT 'secret'", {}, DAMAGED), 74, "file is not a database"),
    (sqlalchemy.exc.OperationalError("SELECT 'secret'", {}, Exception("secret")), 69, "a database does not answer"),
    (ImportError("Install s3fs to access S3"), 1, "Install s3fs"),
    (errors.RunLockError("another run"), 75, "another run"),
    (errors.StaleSourceError("silent"), 66, "silent"),
]


@pytest.mark.parametrize(("error", "code", "said"), KINDS, ids=lambda value: type(value).__name__)
def test_each_kind_has_words_and_a_code(error: Exception, code: int, said: str) -> None:
    for one in (error, raised(RuntimeError("a library's own"), error)):
        found = in_words(one)
        assert found is not None and found.exit_code == code
        assert said in str(found) and "secret" not in str(found)


@pytest.mark.parametrize("error", [ValueError("x"), FileNotFoundError(errno.ENOENT, "No such file"), KeyError("y")])
def test_a_fault_of_the_code_keeps_its_traceback(error: Exception) -> None:
    assert in_words(error) is None


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("klimat_pipeline.errors.PublishDiskError: full", 74),
        ("klimat_pipeline.errors.PublishServiceError: PostgreSQL: gone", 69),
        ("klimat_pipeline.errors.WorkbookError: x", 1),
        ("OSError: [Errno 28] No space left on device", 74),
        ("PermissionError: [Errno 13] Permission denied: '/x'", 77),
        ("klimat_pipeline.errors.annotations: x", 1),
        ("ZeroDivisionError: division by zero", 1),
    ],
)
def test_a_steps_error_keeps_its_kind(message: str, code: int) -> None:
    assert kind_of(message).exit_code == code


def test_a_missing_library_of_a_bucket_is_a_setting_to_change(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib

    monkeypatch.setitem(sys.modules, "s3fs", None)
    # fsspec remembers what another test of this process has used, and looks at it through a view of this very mapping.
    known = importlib.import_module("fsspec.registry")._registry  # the package has another name for the module
    monkeypatch.delitem(known, "s3", raising=False)
    with pytest.raises(ImportError) as stopped:
        TableStore("s3://bucket/tables").remove_drafts()
    found = in_words(stopped.value)
    assert isinstance(found, errors.ConfigurationError) and "klimat_pipeline[bucket]" in str(found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("telemetry: [\0", "unacceptable character"),
        ("telemetry: {enabled: false", "expected ',' or '}'"),
        ("telemetri: {enabled: false}\n", 'unexpected config entry "telemetri" at the root.'),
    ],
)
def test_a_users_dagster_yaml_that_cannot_be_followed_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    klimat = Klimat(tmp_path)
    (tmp_path / "dagster").mkdir()
    (tmp_path / "dagster" / "dagster.yaml").write_text(text, encoding="utf-8")
    answer = klimat("init")
    assert answer.code == 1 and "dagster.yaml cannot be followed: " in answer.text and said in answer.text
    assert "Traceback" not in answer.text and len(answer.text.partition("stopped:")[2]) < 500


@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "C", "PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
    ],
    ids=str,
)
def test_any_locale_will_do_with_swedish_letters_in_the_path(tmp_path: Path, locale: dict[str, str]) -> None:
    """What is shown has an ellipsis and å in it; a terminal that has not gets ``?``."""
    code = (
        "from klimat_pipeline.cli.text_output import speak_utf8; speak_utf8(); "
        "import locale, sys, pathlib; p = pathlib.Path(sys.argv[1]); "
        "import duckdb; duckdb.sql('SELECT 1').write_csv(str(p)); print(p.name, '\\u2026', p.read_text()[-2], "
        "sys.getfilesystemencoding(), locale.nl_langinfo(locale.CODESET))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, os.fsencode(tmp_path / "åäö.csv")],
        cwd=PROJECT,
        env={name: value for name, value in os.environ.items() if not name.startswith("LC_")} | locale,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(b" 1 utf-8 UTF-8\n"), done.stdout
    assert (tmp_path / "åäö.csv").is_file()


def test_the_command_works_there_too(tmp_path: Path) -> None:
    answer = Klimat(tmp_path / "åäö").apart("snapshot", "list", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert answer.code == 0, answer.text
