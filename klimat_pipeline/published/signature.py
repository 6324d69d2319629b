"""The signature of a publication: over its description, which holds the hash of every file (Ed25519).

The time of publication is left out, so that the same tables have the same signature. What does not belong here: when a
version is shown (``publication``), what it was made from (``manifest``).
"""

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.published.datapackage import FILE_NAME, undated
from klimat_pipeline.published.files import sha256_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE = f"{FILE_NAME}.sig"
_HOW = "openssl genpkey -algorithm ed25519 -out signing.pem; the public one: openssl pkey -in signing.pem -pubout"


def private_key(path: Path) -> "Ed25519PrivateKey":
    """The key that signs.

    Raises:
        ConfigurationError: no such file, or another kind of key.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = _read(path, lambda content: load_pem_private_key(content, password=None))
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(f"{path}: no private Ed25519 key in PEM without a password. Make one: {_HOW}.")
    return key


def public_key(path: Path) -> "Ed25519PublicKey":
    """The key that verifies.

    Raises:
        ConfigurationError: no such file, or another kind of key.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    key = _read(path, load_pem_public_key)
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigurationError(f"{path}: no public Ed25519 key in PEM. Make one: {_HOW}.")
    return key


def sign(directory: Path, key: "Ed25519PrivateKey") -> Path:
    """Sign the description of a directory."""
    path = directory / SIGNATURE
    path.write_bytes(base64.b64encode(key.sign(_said(undated(directory)))) + b"\n")
    return path


def faults(directory: Path, key: "Ed25519PublicKey | None") -> list[str]:
    """What is wrong with the files of a publication, a line each.

    Args:
        directory: the publication.
        key: who has to have signed it; None to look at the hashes alone.
    """
    package = undated(directory)
    try:
        described = {Path(r["path"]).name: r["hash"].removeprefix("sha256:") for r in (package or {})["resources"]}
    except (KeyError, TypeError, AttributeError):
        return [f"{FILE_NAME} is missing, or describes no files"]
    found = [] if package and package.get("id") == directory.name else [f"{FILE_NAME} is of another publication"]
    for name, hashed in described.items():
        try:
            now = sha256_of(directory / name)
        except OSError:
            found.append(f"{name} is missing")
        else:
            found += [] if now == hashed else [f"{name} was changed"]
    besides = {path.name for path in directory.iterdir()} - described.keys() - {FILE_NAME, SIGNATURE}
    found += [f"{name} belongs to no table" for name in sorted(besides)]
    return found + (_unsigned(directory, package, key) if key else [])


def _unsigned(directory: Path, package: dict[str, Any] | None, key: "Ed25519PublicKey") -> list[str]:
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(base64.b64decode((directory / SIGNATURE).read_bytes()), _said(package))
    except OSError:
        return ["it is not signed"]
    except (ValueError, InvalidSignature):
        return [f"{SIGNATURE} is not of this key, or {FILE_NAME} was changed"]
    return []


def _said(package: dict[str, Any] | None) -> bytes:
    return json.dumps(package, ensure_ascii=False, sort_keys=True).encode()


def _read(path: Path, load: Any) -> object:
    try:
        return load(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}. It is to be a key: {_HOW}.") from error
    except (ValueError, TypeError):
        return None
