"""Where ledgers lie: files and folders beside the configuration, and any path that fsspec knows.

No message shows what may be a secret: of a remote path neither user, password nor query. What does not belong here:
which places are allowed (``places``), what is in a file (``format_detection``).
"""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from klimat_pipeline.errors import ConfigurationError, KlimatError
from klimat_pipeline.sources.http import redacted
from klimat_pipeline.spend.ledger import places

_APART = "://"
_HTTP = ("http", "https")
_Found = TypeVar("_Found")


def is_remote(path: Any) -> bool:
    """Whether a path, or what is configured as one, names a protocol."""
    return _APART in str(path)


def plain(text: str) -> str:
    """A path as it may be shown: a remote one without user, password and query."""
    protocol, apart, rest = text.partition(_APART)
    if not apart:
        return text
    if protocol in _HTTP:
        return redacted(text)
    rest = rest.partition("?")[0].partition("#")[0]
    host, slash, inside = rest.partition("/")
    return f"{protocol}{_APART}{host.rpartition('@')[2]}{slash}{inside}"


def location(entry: str, folder: Path) -> Any:
    """The path that an entry of ``spend: ledgers`` means.

    Args:
        entry: relative to the municipality's folder, absolute, or with a protocol.
        folder: of the municipality.

    Raises:
        ConfigurationError: no such protocol, or the library that speaks it is not installed.
    """
    from upath import UPath

    if not is_remote(entry):
        return UPath(folder / entry)
    protocol, said = entry.partition(_APART)[0], plain(entry)
    try:
        path = UPath(entry, **(places.without_detours() if protocol in _HTTP else {}))
        path.fs  # noqa: B018 - only now is the library asked for
    except ImportError as error:
        from fsspec.registry import known_implementations  # type: ignore[import-untyped]

        hint = (
            str(known_implementations.get(protocol, {}).get("err", "")) or f"({error.name or 'a library'} is missing)"
        )
        raise ConfigurationError(
            f"{said}: the library that reads {protocol}:// is not installed: {hint}. Install it, or copy the file into "
            "the folder ledger/."
        ) from None
    except ValueError:
        from fsspec import available_protocols  # type: ignore[import-untyped]

        near = ", ".join(
            name for name in ("file", "https", "s3", "abfs", "gs", "sftp") if name in available_protocols()
        )
        raise ConfigurationError(
            f"{said}: unknown protocol {protocol!r}, or no valid address; expected one such as {near}."
        ) from None
    except Exception as error:  # each protocol has errors of its own, for keys that are missing for example
        raise ConfigurationError(f"{said}: cannot be opened ({type(error).__name__}). {_CHECK}") from None
    return path


_CHECK = "Check the address, the network, and the credentials that the protocol's library takes from the environment."


def asked(path: Any, question: Callable[[], _Found]) -> _Found:
    """What a path answers to a question; a remote one may fail in as many ways as there are libraries.

    Args:
        path: that is asked.
        question: reads from it.

    Raises:
        ConfigurationError: a remote path does not answer; what the library says stays out, a secret may be in it.
    """
    if not is_remote(path):
        return question()
    try:
        return question()
    except KlimatError:
        raise
    except Exception as error:
        if isinstance(error.__cause__, KlimatError):  # a redirect that is not followed
            raise error.__cause__ from None
        raise ConfigurationError(f"{plain(str(path))}: cannot be read ({_told(error)}). {_CHECK}") from None


def is_file(path: Any) -> bool:
    """Whether there is a file.

    Raises:
        ConfigurationError: a remote path does not answer, or its server refuses.
    """
    found = bool(asked(path, path.is_file))
    if not found and is_remote(path):
        asked(path, path.is_dir)  # to a server that refuses, only this question brings its answer to light
    return found


def _told(error: Exception) -> str:
    """The kind of an error, and what a server answered where it did: both without what may be a secret."""
    status = getattr(error, "status", None)
    if isinstance(status, int) and status in {code.value for code in HTTPStatus}:
        return f"the server says {status} {HTTPStatus(status).phrase}"
    return type(error).__name__


def suffix_of(path: Any) -> str:
    """Ending of the file's name, in lower case, whatever stands behind a question mark."""
    return Path(urlsplit(str(path)).path if is_remote(path) else str(path)).suffix.lower()


def shown(path: Any, folder: Path) -> str:
    """A short name for tables and messages: within the municipality's folder, else the last two parts."""
    text = plain(str(path))
    if is_remote(text):
        parts = [part for part in text.partition(_APART)[2].split("/") if part]
        return "/".join(parts[-2:])
    try:
        return f"{folder.name}/{Path(text).relative_to(folder).as_posix()}"
    except ValueError:
        return "/".join(Path(text).parts[-2:])
