"""Ledgers beyond the disk: in memory, by file://, and from a real HTTP server on the loopback interface."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner
from upath import UPath

from klimat_pipeline.cli.ledger import app
from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.errors import ConfigurationError, ProblemsError
from klimat_pipeline.spend.ledger import locations
from klimat_pipeline_tests.support import misbehaving_server as server
from klimat_pipeline_tests.support.misbehaving_server import MisbehavingServer
from klimat_pipeline_tests.unit.spend.small import balance, ledger, line, read_folder

ONE, TWO = ledger(line("V1", "100,00"), line("V2", "50,00")), ledger(line("V3", "7,00", "2023-05-01"))


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What these tests name is allowed; what is not is tested in ``test_places``."""
    monkeypatch.setenv("KLIMAT_LEDGER_PLACES", f"memory://,http://127.0.0.1,nosuch://,{tmp_path}")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder and its address."""
    root = tmp_path / "served"
    root.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(root))) as source:
        thread = threading.Thread(target=source.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield root, f"http://127.0.0.1:{source.server_port}"
        source.shutdown()


def counted(tmp_path: Path, *entries: str) -> tuple[int, int]:
    folder = tmp_path / "1283_m"
    folder.mkdir(exist_ok=True)
    found: dict[str, tuple[int, int]] = {}
    for passed in read_folder(folder, tmp_path / "store", ledgers=list(entries)):
        for rule, (lines, ore) in balance(passed).items():
            before = found.get(rule, (0, 0))
            found[rule] = (before[0] + lines, before[1] + ore)
    assert set(found) == {"counted"}
    return found["counted"]


def test_a_folder_in_memory_is_read_anew_when_it_changes(tmp_path: Path) -> None:
    root = UPath(f"memory://ledgers-{tmp_path.name}")
    (root / "a.csv").write_text(ONE)
    assert counted(tmp_path, str(root)) == (2, 15000)
    (root / "a.csv").write_text(ONE.replace("100,00", "300,00"))  # of the same size
    assert counted(tmp_path, str(root)) == (2, 35000)
    (root / "b.csv").write_text(TWO)
    assert counted(tmp_path, str(root)) == (3, 35700)


def test_file_addresses_are_paths(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(ONE)
    assert counted(tmp_path, f"file://{tmp_path}/a.csv") == (2, 15000)


def test_an_address_is_read_anew_when_it_changes(
    tmp_path: Path, served: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from klimat_pipeline.spend.ledger import read_files

    read: list[str] = []
    real = read_files.read_ledger
    monkeypatch.setattr(
        read_files,
        "read_ledger",
        lambda path, shown, *rest, **own: (read.append(shown), real(path, shown, *rest, **own))[1],
    )
    root, address = served
    (root / "a.csv").write_text(ONE)
    (root / "b.csv").write_text(TWO)
    entries = [f"{address}/a.csv?token=verysecret", f"{address}/b.csv"]
    assert counted(tmp_path, *entries) == (3, 15700)
    assert counted(tmp_path, *entries) == (3, 15700)
    assert len(read) == 2 and "verysecret" not in "".join(read)
    (root / "a.csv").write_text(ONE.replace("100,00", "300,00"))
    assert counted(tmp_path, *entries) == (3, 35700)
    assert len(read) == 3
    written = b"".join(path.read_bytes() for path in (tmp_path / "store").rglob("*") if path.is_file())
    assert b"verysecret" not in written


def test_a_folder_that_a_server_lists(tmp_path: Path, served: tuple[Path, str]) -> None:
    root, address = served
    (root / "2023").mkdir()
    (root / "2023" / "a.csv").write_text(ONE)
    (root / "2023" / "b.csv").write_text(TWO)
    (root / "2023" / "readme.md").write_text("no ledger")
    assert counted(tmp_path, f"{address}/2023/") == (3, 15700)


def test_two_files_of_one_name_both_count(tmp_path: Path) -> None:
    for where, content in (("x", ONE), ("y", TWO)):
        (tmp_path / where / "2023").mkdir(parents=True)
        (tmp_path / where / "2023" / "l.csv").write_text(content)
    assert counted(tmp_path, *(str(tmp_path / where / "2023" / "l.csv") for where in "xy")) == (3, 15700)


@pytest.mark.parametrize("answer", ["404 Not Found", "403 Forbidden", "500 Internal Server Error"])
def test_an_address_that_does_not_answer_is_named_without_its_secrets(tmp_path: Path, answer: str) -> None:
    with MisbehavingServer([server.status(answer)]) as source, pytest.raises(ProblemsError) as stopped:
        secret = source.url.replace("http://", "http://anna:hemligt@") + "l.csv?token=verysecret"
        counted(tmp_path, secret, "nowhere.csv", "nosuch://x/y.csv")
    said = "\n".join(stopped.value.problems)
    assert len(stopped.value.problems) == 3
    assert "1283_m/municipality.yaml: spend.ledgers" in said and "l.csv" in said
    assert ("there is no http" if answer.startswith("404") else f"the server says {answer}") in said
    assert "nowhere.csv" in said and "unknown protocol 'nosuch'" in said
    assert "hemligt" not in said and "verysecret" not in said


@pytest.mark.parametrize(
    ("answer", "told"), [("403 Forbidden", "the server says 403 Forbidden"), ("404 Not Found", "there is no such file")]
)
def test_check_tells_a_refusal_from_nothing(answer: str, told: str) -> None:
    with MisbehavingServer([server.status(answer)]) as source:
        done = CliRunner().invoke(app, ["check", source.url + "l.csv?token=verysecret"])
    assert isinstance(done.exception, ConfigurationError)
    assert told in str(done.exception) and "verysecret" not in str(done.exception)


def test_an_answer_that_breaks_off_is_told_by_the_address(tmp_path: Path) -> None:
    with MisbehavingServer([server.cut_short(ONE.encode(), 10_000)]) as source, pytest.raises(ProblemsError) as stopped:
        counted(tmp_path, source.url + "l.csv?token=verysecret")
    assert "l.csv" in str(stopped.value) and "verysecret" not in str(stopped.value)


def test_a_library_that_is_missing_is_named() -> None:
    import importlib.util

    protocol, package = next(
        (p, name)
        for p, name in (("s3", "s3fs"), ("gs", "gcsfs"), ("abfs", "adlfs"), ("hf", "huggingface_hub"))
        if importlib.util.find_spec(name) is None
    )
    with pytest.raises(ConfigurationError, match=f"{package}.*[Ii]nstall") as stopped:
        locations.location(f"{protocol}://key:secretpart@bucket/l.csv", Path())
    assert "secretpart" not in str(stopped.value)


def test_check_looks_at_an_address(tmp_path: Path, served: tuple[Path, str]) -> None:
    root, address = served
    (root / "a.csv").write_text(ONE)
    done = CliRunner().invoke(app, ["check", f"{address}/a.csv?token=verysecret"])
    assert done.exit_code == 0
    assert "a.csv: CSV" in done.output and "150.00 SEK" in done.output and "verysecret" not in done.output


def test_settings_keep_the_entry_as_it_stands() -> None:
    assert SpendSettings(ledgers=["https://a/b.csv"]).ledgers == ["https://a/b.csv"]
