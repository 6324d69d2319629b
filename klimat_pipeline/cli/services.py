"""``klimat init``, ``klimat ui`` and ``klimat serve``: what others' programs need before they start, and starting them.

What does not belong here: what the programs show and run (``defs``).
"""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Annotated, Literal

import typer

from klimat_pipeline.cli.terminal import err, headed, out

#: Number of the request "send me this signal when my parent ends" of Linux's prctl.
_PR_SET_PDEATHSIG = 1


def init() -> None:
    """Prepare data folder, Dagster's home and database; may be run any number of times.

    The first step of an installation, and of every upgrade.
    """
    from klimat_pipeline.defs.instance import instance
    from klimat_pipeline.operations.home import prepare_home
    from klimat_pipeline.operations.validate import refuse_faults
    from klimat_pipeline.published.publication import prepare
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    home, remark = prepare_home(settings)
    if remark:
        err.print(f"note: {remark}", soft_wrap=True)
    prepare(settings)
    with instance(settings) as history:
        storage = type(history.run_storage).__name__
    refuse_faults(settings)
    headed("ready", f": data in {settings.written_dir}, DAGSTER_HOME={home} ({storage})")
    out.print("next: klimat refresh, or dagster-daemon run with that DAGSTER_HOME")


def ui(port: Annotated[int, typer.Option(help="Port on this machine.")] = 3000) -> None:
    """Open the Dagster UI on this machine only, with the runs made so far."""
    from klimat_pipeline.operations.home import prepare_home
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(prepare_home(settings)[0]),
        # "dg dev", which Dagster's notice names instead, starts this same command, from a checkout only.
        "PYTHONWARNINGS": "ignore:Function `dev_command` is superseded:FutureWarning",
    }
    program = str(Path(sys.executable).with_name("dagster"))
    workspace = str(settings.project_dir / "workspace.yaml")
    out.print(f"http://127.0.0.1:{port}  (stop with Ctrl-C)")
    raise typer.Exit(_until_ended([program, "dev", "-h", "127.0.0.1", "-p", str(port), "-w", workspace], environment))


def serve(
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 8001,
    language: Annotated[Literal["sv", "en"], typer.Option("--language", help="Of labels and meanings.")] = "sv",
) -> None:
    """Open the mart in Datasette on this machine only: tables, keys to follow, facets, SQL. Needs the extra serve."""
    import yaml

    from klimat_pipeline.errors import ConfigurationError
    from klimat_pipeline.reports.datasette import datasette_metadata
    from klimat_pipeline.settings import load_settings

    mart = load_settings().published_dir / "klimat_mart.sqlite"
    if not mart.is_file():
        raise ConfigurationError(f"{mart} is not there: nothing is published yet; run klimat refresh")
    if find_spec("datasette") is None:
        raise ConfigurationError("Datasette is not installed; install it: pip install 'klimat-pipeline[serve]'")
    # A copy: the file that is published changes places, and Datasette opens a connection a thread.
    with TemporaryDirectory(prefix="klimat-serve-") as folder:
        metadata = Path(folder) / "metadata.yaml"
        metadata.write_text(
            yaml.safe_dump(datasette_metadata(language), allow_unicode=True, sort_keys=False), encoding="utf-8"
        )
        copy = shutil.copy(mart, folder)
        out.print(f"http://127.0.0.1:{port}/klimat_mart  as published now (stop with Ctrl-C)")
        program = [sys.executable, "-m", "datasette", "serve", "-i", str(copy), "--metadata", str(metadata)]
        code = _until_ended([*program, "-h", "127.0.0.1", "-p", str(port)], dict(os.environ))
    raise typer.Exit(code)


def _until_ended(arguments: list[str], environment: dict[str, str]) -> int:
    """Run a program that starts others, and leave none of them behind, however it or this process ends."""
    begun: subprocess.Popen[bytes] | None = None
    asked = False

    def pass_on(number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        del number
        asked = True
        if begun:
            begun.send_signal(signal.SIGINT)

    # Before the program starts: what asks this process to end meanwhile would be lost, or leave the program behind.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, pass_on)
    # A group of its own: whatever is left in it at the end is its.
    begun = subprocess.Popen(  # noqa: S603 - our own program, no shell
        arguments,
        env=environment,
        start_new_session=True,
        preexec_fn=_end_with_the_parent,  # noqa: PLW1509 - there are no threads yet
    )
    if asked:
        begun.send_signal(signal.SIGINT)
    code = begun.wait()
    with suppress(ProcessLookupError):
        os.killpg(begun.pid, signal.SIGKILL)
    return max(code, 0)


def _end_with_the_parent() -> None:
    """Ask the kernel to end this process in good order when its parent is gone, even if it was killed.

    What a script has started in the background may ignore what asks it to end, and would hand that on.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
