"""``make`` sets up the environment with uv, and with venv and pip where there is no uv or it fails. No network.

The programs are stand-ins that note how they were called; only Python's ``-c`` is real.
"""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from klimat_pipeline_tests.support.shared import REPOSITORY

TOOLS = ("make", "sh", "touch", "rm", "mkdir", "cp", "env")

#: Makes a venv without packages, and "installs" nothing. A uv's venv has no pip, as the real one's.
PYTHON = f"""#!/bin/sh
case "$*" in
  *" -c "*|"-c "*) exec {sys.executable} "$@" ;;
esac
echo "python $* cert=$REQUESTS_CA_BUNDLE" >> "$LOG"
case "$*" in
  "-m venv --clear "*) rm -rf "$4" && mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
  "-m pip "*) case "$0" in *.venv/bin/python) ;; *) exit 1 ;; esac ;;
esac
"""
UV = """#!/bin/sh
echo "uv $* certs=$UV_SYSTEM_CERTS,$UV_NATIVE_TLS venv=$VIRTUAL_ENV" >> "$LOG"
calls=$(($(cat "$LOG.calls" 2>/dev/null || echo 0) + 1))
echo $calls > "$LOG.calls"
if [ $calls = 1 ]; then
  mkdir -p .venv/bin
  printf '#!/bin/sh\\necho "No module named pip" >&2\\nexit 1\\n' > .venv/bin/python
  chmod +x .venv/bin/python
fi
if [ $calls = "$FAILS_AT" ]; then exit 2; fi
"""


@dataclass(frozen=True)
class Desk:
    """A newcomer's machine: a checkout and the few programs on its PATH."""

    root: Path

    def put(self, name: str, text: str) -> None:
        path = self.root / "bin" / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def make(self, **environment: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(self.root / "bin" / "make"), "PYTHON=python3", ".venv/.installed"],
            cwd=self.root / "checkout",
            env={
                "PATH": str(self.root / "bin"),
                "LOG": str(self.root / "log"),
                # The Python of these tests stands in for one that pip came with; uv makes environments without it.
                "PYTHONPATH": str(self.root),
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> list[str]:
        return (self.root / "log").read_text(encoding="utf-8").splitlines()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "bin").mkdir()
    for name in (*TOOLS, "cat", "chmod"):
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"needs {name}")
        (tmp_path / "bin" / name).symlink_to(found)
    (tmp_path / "checkout").mkdir()
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(REPOSITORY / name, tmp_path / "checkout" / name)
    (tmp_path / "pip.py").write_text('__version__ = "26.0"\n', encoding="utf-8")
    made = Desk(tmp_path)
    made.put("python3", PYTHON)
    return made


def with_pip(desk: Desk) -> list[str]:
    return [call.rsplit(" cert=", 1)[0] for call in desk.calls() if call.startswith("python ")]


COMPILED = [
    "python -m compileall -q -j 0 -x /tests?/ .venv/lib",
    "python -m compileall -q klimat_pipeline klimat_pipeline_tests",
]
PIP = [
    "python -m venv --clear .venv",
    "python -m pip install --disable-pip-version-check --progress-bar off --quiet --no-compile --require-hashes -r requirements.lock",
    "python -m pip install --disable-pip-version-check --progress-bar off --quiet --no-compile --no-deps --no-build-isolation -e .",
    *COMPILED,
]


def test_with_uv_and_the_systems_certificates(desk: Desk) -> None:
    desk.put("uv", UV)
    done = desk.make()
    assert done.returncode == 0, done.stderr
    assert "failed" not in done.stderr
    assert [call.split()[1] for call in desk.calls()] == ["venv", "pip", "pip"]
    assert all(call.endswith(" certs=1,1 venv=.venv") for call in desk.calls())
    assert (desk.root / "checkout" / ".venv" / ".installed").exists()


def test_who_wants_others_keeps_them(desk: Desk) -> None:
    desk.put("uv", UV)
    assert desk.make(UV_SYSTEM_CERTS="0", UV_NATIVE_TLS="0").returncode == 0
    assert all(" certs=0,0 " in call for call in desk.calls())


@pytest.mark.parametrize("fails_at", [1, 2, 3], ids=["venv", "packages", "the project"])
def test_where_uv_fails_venv_and_pip_go_on_with_a_word(desk: Desk, fails_at: int) -> None:
    desk.put("uv", UV)
    done = desk.make(FAILS_AT=str(fails_at))
    assert done.returncode == 0, done.stderr
    assert done.stderr == "uv failed; setting up with venv and pip in its place\n"
    assert len([call for call in desk.calls() if call.startswith("uv ")]) == fails_at
    assert with_pip(desk) == PIP
    assert (desk.root / "checkout" / ".venv" / ".installed").exists()


def test_without_uv(desk: Desk) -> None:
    done = desk.make()
    assert (done.returncode, done.stderr) == (0, "")
    assert with_pip(desk) == PIP


def test_where_both_fail_nothing_counts_as_set_up(desk: Desk) -> None:
    desk.put("uv", UV)
    desk.put("python3", "#!/bin/sh\nexit 1\n")
    assert desk.make(FAILS_AT="1").returncode != 0
    assert not (desk.root / "checkout" / ".venv" / ".installed").exists()


@pytest.mark.parametrize(("version", "told"), [("23.2.1", True), ("24.1", True), ("24.2", False), ("26.0.dev1", False)])
def test_an_older_pip_is_told_where_the_certificates_are(desk: Desk, version: str, told: bool) -> None:
    """From 24.2 on pip asks the system itself."""
    certificates = desk.root / "town.pem"
    certificates.touch()
    (desk.root / "pip.py").write_text(f"__version__ = {version!r}\n", encoding="utf-8")
    done = desk.make(SSL_CERT_FILE=str(certificates))
    assert done.returncode == 0, done.stderr
    installs = [call for call in desk.calls() if " pip install " in call]
    assert {call.rpartition(" cert=")[2] for call in installs} == {str(certificates) if told else ""}


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_that_somebody_named_stay(desk: Desk, variable: str) -> None:
    assert desk.make(**{variable: "/own.pem"}).returncode == 0
    assert all(call.endswith(" cert=/own.pem") for call in desk.calls() if " pip install " in call)
