"""Which places ``spend: ledgers`` may name: an allow-list of folders and addresses, applied to what a path leads to.

The folders of configuration and data are always allowed; ``KLIMAT_LEDGER_PLACES`` names others. What does not belong
here: opening a place (``locations``).
"""

import ipaddress
import re
import socket
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.settings import Settings, load_settings
from klimat_pipeline.sources.http import redacted

_APART = "://"
_ON_DISK = ("file", "local")
#: Protocols whose addresses name a machine; the others name a bucket or a share.
_OF_MACHINES = ("http", "https", "ftp", "sftp", "ssh", "smb", "webhdfs", "webdav")


def refuse_elsewhere(entry: str, folder: Path) -> None:
    """Refuse what is not on the allow-list.

    Args:
        entry: of ``spend: ledgers``.
        folder: of the municipality, which relative paths count from.

    Raises:
        ConfigurationError: it is not; the message names the setting.
    """
    settings = load_settings()
    protocol, apart, rest = entry.partition(_APART)
    if "::" in re.sub(r"\[[^]]*\]", "", entry):  # but for the colons of an address of IPv6
        raise ConfigurationError(f"{protocol.partition('::')[0]}::...: chained addresses are not read.")
    if protocol in _ON_DISK and apart and not rest.startswith("/"):
        # fsspec counts such a path from the folder that the program happens to be in, not from the municipality's.
        raise ConfigurationError(
            f"{entry}: {protocol}:// takes a whole path; write {rest!r} alone for one beside the folder."
        )
    if not apart or protocol in _ON_DISK:
        _refuse_path((folder / (rest if apart else entry)).resolve(), folder, settings)
    else:
        _refuse_address(entry, settings)


def _refuse_path(path: Path, folder: Path, settings: Settings) -> None:
    named = [Path(place).expanduser() for place in _places(settings) if _APART not in place]
    roots = [folder, settings.config_dir, settings.written_dir, *named]
    if not any(path.is_relative_to(root.resolve()) for root in roots):
        raise ConfigurationError(
            f"{path}: lies outside the folders that ledgers are read from. Move it into the folder ledger/, or add its "
            "folder to KLIMAT_LEDGER_PLACES."
        )


def _refuse_address(entry: str, settings: Settings) -> None:
    parts = urlsplit(entry)
    host = parts.netloc.rpartition("@")[2]
    shown = f"{parts.scheme}{_APART}{host}{parts.path}"
    found = [place for place in _places(settings) if _APART in place and _begins(shown, place)]
    if ".." in unquote(parts.path).split("/") or not found:  # "%2e%2e" is ".." to the library that asks
        raise ConfigurationError(
            f"{shown}: is not among the addresses that ledgers are read from. Add its beginning to "
            "KLIMAT_LEDGER_PLACES, or copy the file into the folder ledger/."
        )
    names_host = any(place.partition(_APART)[2].strip("/") for place in found)
    if parts.scheme in _OF_MACHINES and not names_host and _is_inside(parts.hostname or ""):
        raise ConfigurationError(
            f"{shown}: is an address on this machine or a private network, which is read only where "
            "KLIMAT_LEDGER_PLACES names its host."
        )


def _begins(address: str, place: str) -> bool:
    """Whether an address begins with a place, up to a boundary: no other host with a longer name."""
    rest = address.removeprefix(place)
    return address.startswith(place) and (not rest or place.endswith("/") or rest[0] in "/:?")


def _places(settings: Settings) -> list[str]:
    return [place.strip() for place in settings.ledger_places.split(",") if place.strip()]


def _is_inside(host: str) -> bool:
    """Whether a name leads to this machine or a private network; a name that leads nowhere is told when it is read."""
    try:
        found = {str(address[4][0]) for address in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return False
    return not all(ipaddress.ip_address(one.partition("%")[0]).is_global for one in found)


@lru_cache(maxsize=1)
def without_detours() -> dict[str, Any]:
    """Options for fsspec's HTTP: a redirect leads only to what is itself on the allow-list."""
    import aiohttp

    async def look(_session: Any, _context: Any, redirect: Any) -> None:
        target = str(redirect.url.join(redirect.response.url.__class__(redirect.response.headers.get("Location", ""))))
        try:
            refuse_elsewhere(target, Path())
        except ConfigurationError:
            raise ConfigurationError(
                f"{redacted(str(redirect.url))}: redirects to an address that ledgers are not read from."
            ) from None

    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(look)
    return {"client_kwargs": {"trace_configs": [trace]}}
