"""What ``spend: ledgers`` may name: an allow-list, applied to what a path leads to."""

from pathlib import Path

import pytest

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.spend.ledger.found_files import find_files
from klimat_pipeline.spend.ledger.places import refuse_elsewhere
from klimat_pipeline_tests.support import misbehaving_server as server
from klimat_pipeline_tests.support.misbehaving_server import MisbehavingServer


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("data/own", "1283_m/ledger", "shared/ledgers", "shared/ledgers-of-others"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.setenv("KLIMAT_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "1283_m"


ALLOWED = ["ledger", "ledger/a.csv", "../data/own/a.csv", "https://8.8.8.8/ledgers/a.csv?token=x", "s3://bucket/a.csv"]
REFUSED = [
    "/etc/passwd",
    "../../../../etc/passwd",
    "ledger/../../shared/ledgers/a.csv",
    "file:///etc/passwd",
    "local:///etc/passwd",
    "http://example.org/a.csv",
    "ftp://8.8.8.8/a.csv",
    "https://127.0.0.1/a.csv",
    "https://[::1]/a.csv",
    "https://localhost:8443/a.csv",
    "https://anna:hemligt@10.0.0.7/a.csv",
    "https://169.254.169.254/latest/meta-data",
    "https://2130706433/a.csv",
    "https://127.1/a.csv",
    "https://0x7f000001/a.csv",
    "https://[::ffff:127.0.0.1]/a.csv",
    "https://8.8.8.8/ledgers/%2e%2e/admin/a.csv",
    "https://8.8.8.8/ledgers/%2E%2e%2fadmin/a.csv",
    "https://8.8.8.8/ledgers/../admin/a.csv",
    "zip://a.csv::file:///etc/ledgers.zip",
    "simplecache::https://8.8.8.8/a.csv",
    "memory://x/a.csv",
]


@pytest.mark.parametrize("entry", ALLOWED)
def test_what_is_allowed_without_a_setting(folder: Path, entry: str) -> None:
    refuse_elsewhere(entry, folder)


@pytest.mark.parametrize("entry", REFUSED)
def test_what_is_refused_without_a_setting(folder: Path, entry: str) -> None:
    with pytest.raises(ConfigurationError) as stopped:
        refuse_elsewhere(entry, folder)
    assert "hemligt" not in str(stopped.value)
    assert "KLIMAT_LEDGER_PLACES" in str(stopped.value) or "chained" in str(stopped.value)


@pytest.mark.parametrize("entry", ["file://../../etc/passwd", "local://../a.csv", "file://localhost/etc/passwd"])
def test_a_path_that_the_library_would_count_from_elsewhere(folder: Path, entry: str) -> None:
    with pytest.raises(ConfigurationError, match="takes a whole path"):
        refuse_elsewhere(entry, folder)


def test_an_address_of_ipv6_is_no_chain(folder: Path) -> None:
    refuse_elsewhere("https://[2606:4700::1111]/a.csv", folder)
    with pytest.raises(ConfigurationError, match="on this machine or a private network"):
        refuse_elsewhere("https://[::1]/a.csv", folder)


def test_a_link_inside_a_folder_of_ledgers_counts_by_where_it_leads(folder: Path) -> None:
    (folder / "ledger" / "deeper").mkdir()
    (folder / "ledger" / "deeper" / "a.csv").symlink_to("/etc/passwd")
    with pytest.raises(ConfigurationError, match=r"spend\.ledgers: /etc/passwd: lies outside"):
        find_files(folder, SpendSettings(), folder / "hashes.json")


def test_a_link_counts_by_where_it_leads(folder: Path) -> None:
    (folder / "ledger" / "a.csv").symlink_to("/etc/passwd")
    with pytest.raises(ConfigurationError, match="/etc/passwd"):
        refuse_elsewhere("ledger/a.csv", folder)


def test_a_place_allows_what_begins_with_it_and_no_longer_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = f"{folder.parent}/shared/ledgers, https://10.0.0.7:8443/ledgers"
    monkeypatch.setenv("KLIMAT_LEDGER_PLACES", places)
    for entry in (
        "../shared/ledgers/a.csv",
        "https://u:p@10.0.0.7:8443/ledgers/a.csv",
        "https://10.0.0.7:8443/ledgers",
    ):
        refuse_elsewhere(entry, folder)
    for entry in (
        "../shared/ledgers-of-others/a.csv",
        "https://10.0.0.7:8443/ledgers-of-others/a.csv",
        "https://10.0.0.7:84430/ledgers/a.csv",
        "https://8.8.8.8/a.csv",
    ):
        with pytest.raises(ConfigurationError):
            refuse_elsewhere(entry, folder)


def test_a_redirect_leads_nowhere_else(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from klimat_pipeline.spend.ledger import locations

    with MisbehavingServer([server.ok(b"secret")]) as inner:
        with MisbehavingServer([server.redirect(inner.url + "admin")]) as outer:
            monkeypatch.setenv("KLIMAT_LEDGER_PLACES", outer.url)
            entry = outer.url + "a.csv"
            refuse_elsewhere(entry, folder)
            path = locations.location(entry, folder)
            with pytest.raises(ConfigurationError, match="redirects to an address"):
                locations.asked(path, path.read_bytes)
        assert inner.requests == []
