"""What is shipped for operations names only what there is, and all of it: faults, exit codes, settings, units."""

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from klimat_pipeline import errors
from klimat_pipeline.operations.status import EXIT_CODES
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.faults.document import document, rows
from klimat_pipeline_tests.support.shared import REPOSITORY

TESTS = REPOSITORY / "klimat_pipeline_tests"
DEPLOY = REPOSITORY / "deploy"


def text_of(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


def table_after(heading: str) -> list[list[str]]:
    lines = text_of("docs/operations.md").partition(heading)[2].splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("|"))
    table = lines[begin + 2 :]
    end = next((number for number, line in enumerate(table) if not line.startswith("|")), len(table))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[:end]]


def test_the_page_of_faults_is_made_from_the_table() -> None:
    assert text_of("docs/faults.md") == document(), "make docs"


def test_there_are_many_faults_and_each_has_a_test() -> None:
    found = rows()
    assert len(found) >= 90
    assert len({(row["area"], row["fault"]) for row in found}) == len(found)
    tests = {}
    for file in {row["test"].partition("::")[0] for row in found}:
        tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
        tests[file] = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert [
        row["test"] for row in found if row["test"].partition("::")[2] not in tests[row["test"].partition("::")[0]]
    ] == []
    assert all(all(row.values()) for row in found)


def test_every_exit_code_stands_in_one_table() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.KlimatError)]
    known = {"0", "2", *(str(kind.exit_code) for kind in kinds)}
    assert {row[0] for row in table_after("## Exit codes")} == known
    assert {(row[0].strip("`"), row[1]) for row in table_after("## Is all well")} == {
        (verdict, str(code)) for verdict, code in EXIT_CODES.items()
    }
    named = {code for row in rows() for code in re.findall(r"\d+", row["exit_code"])}
    assert named - known == set()


def test_the_environment_file_has_every_setting_and_no_other() -> None:
    named = re.findall(r"^#?(KLIMAT_[A-Z0-9_]+)=", text_of("deploy/klimat.env"), re.MULTILINE)
    assert sorted(named) == sorted(f"KLIMAT_{name.upper()}" for name in Settings.model_fields)


def test_the_environment_file_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every value, those that are commented out too."""
    for name, value in re.findall(r"^#?(KLIMAT_[A-Z0-9_]+)=(.*)$", text_of("deploy/klimat.env"), re.MULTILINE):
        monkeypatch.setenv(name, value)
    found = Settings()
    assert found.keep_runs == Settings.model_fields["keep_runs"].default
    assert found.history_url.startswith("postgresql+psycopg2://")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    """With the programs where they are here: that each exists is part of what is verified."""
    from klimat_pipeline_tests.pipeline.commands import PROJECT

    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("celery", "klimat", "dagster-daemon", "dagster-webserver"):
        (programs / name).write_text("#!/bin/sh\n")
        (programs / name).chmod(0o755)
    for unit in (DEPLOY / "systemd").iterdir():
        text = unit.read_text(encoding="utf-8").replace("/opt/klimat/.venv/bin", str(programs))
        (tmp_path / unit.name).write_text(text.replace("/opt/klimat", str(PROJECT)), encoding="utf-8")
    units = sorted(str(path) for path in tmp_path.glob("klimat-*"))
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_units_are_hardened() -> None:
    """Both modes leave no process of the unit behind; with ``mixed`` a worker's run may end first."""
    wanted = ("ProtectSystem=strict", "NoNewPrivileges=yes", "User=klimat", "MemoryMax=")
    for unit in (DEPLOY / "systemd").glob("*.service"):
        text = unit.read_text(encoding="utf-8")
        assert [line for line in wanted if line not in text] == [], unit.name
        assert re.findall(r"^KillMode=(.*)$", text, re.MULTILINE) in (["control-group"], ["mixed"]), unit.name


def test_containers_have_few_rights_and_no_open_door() -> None:
    services = yaml.safe_load(text_of("deploy/compose.yaml"))["services"]
    for name in ("init", "daemon", "webserver"):
        assert services[name]["read_only"] and services[name]["user"] == "10001", name
        assert services[name]["cap_drop"] == ["ALL"], name
    assert "--read-only" in services["webserver"]["command"]
    assert {name for name, service in services.items() if "ports" in service} == {"proxy"}
    assert services["proxy"]["ports"] == ["127.0.0.1:8443:8443"]
    image = text_of("deploy/Containerfile")
    assert "\nUSER 10001\n" in image and "\nHEALTHCHECK " in image
    copied = [name for line in re.findall(r"^COPY (.*) \S+$", image, re.MULTILINE) for name in line.split()]
    assert [name for name in copied if not (REPOSITORY / name).exists()] == []
    assert yaml.safe_load(text_of("deploy/kubernetes/values.yaml"))["dagsterWebserver"]["enableReadOnly"]


def test_what_is_deployed_calls_commands_that_there_are() -> None:
    import typer.main

    from klimat_pipeline.cli.main import app

    commands = set(typer.main.get_command(app).commands)
    called = set(
        re.findall(r"bin/klimat (\w+)", "".join(p.read_text() for p in (DEPLOY / "systemd").glob("*.service")))
    )
    assert called == {"refresh", "init", "status"} and called <= commands
    by_hand = set(re.findall(r"klimat-run (?:env .* )?klimat (\w+)", text_of("docs/operations.md")))
    assert {"init", "status", "db", "refresh", "backup", "restore"} <= by_hand <= commands


def test_who_runs_a_command_by_hand_gets_the_account_and_settings_of_the_units() -> None:
    script = text_of("deploy/klimat-run")
    for unit in (DEPLOY / "systemd").glob("*.service"):
        text = unit.read_text(encoding="utf-8")
        user, settings, mask, folder, state = (
            re.findall(rf"^{name}=(.+)$", text, re.MULTILINE)[0]
            for name in ("User", "EnvironmentFile", "UMask", "WorkingDirectory", "StateDirectory")
        )
        assert f"--reuid={user} " in script and f"</{settings.lstrip('/')}" in script, unit.name
        assert f"umask {mask}\n" in script and f"cd {folder}\n" in script and f"/var/lib/{state}" in script, unit.name


def test_the_values_of_the_environment_file_stand_alone() -> None:
    """Systemd, compose and klimat-run read a line each in their own way: without quotes and comments they agree."""
    values = re.findall(r"^#?[A-Z_]+=(.*)$", text_of("deploy/klimat.env"), re.MULTILINE)
    assert [value for value in values if re.search(r"""["'\s#]""", value)] == []
