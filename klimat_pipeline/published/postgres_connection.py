"""The connection to PostgreSQL: the forms of its URL, errors without secrets, bounded waiting for locks.

What does not belong here: tables and views.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlsplit

from pydantic import SecretStr

from klimat_pipeline.errors import PublishError, PublishServiceError

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[tuple[Any, ...]]

Result = TypeVar("Result")

#: How long a change of a view may wait for its readers: while it waits, new readers queue behind it.
LOCK_TIMEOUT = "3s"
LOCK_ATTEMPTS = 4
_CONNECT_ATTEMPTS = 3

_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg", "postgresql+psycopg2")
_SECRETS = ("password", "sslpassword", "oauth_client_secret")


def connect(url: SecretStr) -> "Connection":
    """Connect to the database of a URL.

    Raises:
        PublishError: the URL is invalid, or the database does not answer; the message holds no secret of the URL.
    """
    import psycopg
    from psycopg.conninfo import make_conninfo
    from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

    defaults = {"connect_timeout": 10, "application_name": "klimat publish"}
    # Not the database's own encoding: the rows are sent as UTF-8, and the server converts them.
    conninfo = make_conninfo(**{**defaults, **_parameters(url), "client_encoding": "utf8"})
    tries = Retrying(
        retry=retry_if_exception(_may_pass),
        stop=stop_after_attempt(_CONNECT_ATTEMPTS),
        wait=wait_random_exponential(multiplier=0.2, max=2),
        reraise=True,
    )
    with in_clear_words(url):
        return tries(psycopg.connect, conninfo, autocommit=True)


def _may_pass(error: BaseException) -> bool:
    """Whether another try may succeed: a server that is restarting, or has no connection left; never a password."""
    import psycopg

    told = str(error)
    return isinstance(error, psycopg.OperationalError) and any(
        sign in told for sign in ("Connection refused", "is starting up", "is shutting down", "too many", "timeout")
    )


def _parameters(url: SecretStr) -> dict[str, Any]:
    """The URL's parts, without SQLAlchemy's name of the driver."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    scheme, separator, rest = url.get_secret_value().partition("://")
    if not separator or scheme not in _SCHEMES:
        raise PublishError(
            "KLIMAT_DATABASE_URL must begin with postgresql:// (also postgresql+psycopg:// and "
            "postgresql+psycopg2://); it is not shown here, since it may hold a password"
        )
    try:
        parts = conninfo_to_dict(f"postgresql://{rest}")
        # libpq's errors quote the host, port or name that they are about; with an unencoded @ : / in the password,
        # that is a piece of the password.
        mistaken = any("@" in str(parts.get(name, "")) for name in ("host", "hostaddr", "port", "dbname"))
        understood = not mistaken and re.fullmatch(r"[0-9,]*", str(parts.get("port", ""))) is not None
    except psycopg.Error:
        understood = False
    if not understood:
        raise PublishError(
            "KLIMAT_DATABASE_URL is no valid URL: characters such as @ : / % in the password must be "
            "percent-encoded; it is not shown here, since it may hold a password"
        )
    return dict(parts)


@contextmanager
def in_clear_words(url: SecretStr) -> Iterator[None]:
    """Turn errors of the database into the one error that a user knows, without the URL's secrets."""
    import psycopg

    try:
        yield
    except psycopg.errors.LockNotAvailable:
        raise PublishServiceError(
            f"PostgreSQL: somebody's query held a view or table that had to change, {LOCK_ATTEMPTS} times "
            f"{LOCK_TIMEOUT}. What is published stays; run the command again when it has ended"
        ) from None
    except psycopg.Error as error:
        # ``from None``: the original carries the connection's parameters into tracebacks and databases of runs.
        said = " ".join(redacted(str(error), url).split()).rstrip(".") or type(error).__name__
        end = "" if said.endswith("?") else "."
        raise PublishServiceError(
            f"PostgreSQL: {said}{end} What is published stays; run the command again when the cause is mended"
        ) from None


def redacted(text: str, url: SecretStr) -> str:
    """The text without the URL and its passwords, as written and decoded."""
    secrets = [url.get_secret_value()]
    parameters = _parameters(url)
    for secret in (str(parameters[name]) for name in _SECRETS if parameters.get(name)):
        secrets += [secret, quote(secret, safe="")]
    written = urlsplit(url.get_secret_value()).password
    if written:
        secrets.append(written)
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def retried(connection: "Connection", change: Callable[[], Result]) -> Result:
    """Run a change as one transaction that waits for locks only briefly, and again a little later if it must."""
    import psycopg
    from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

    def once() -> Result:
        with connection.transaction():
            connection.execute("SELECT set_config('lock_timeout', %s, true)", (LOCK_TIMEOUT,))
            return change()

    busy = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)
    retrying = Retrying(
        retry=retry_if_exception_type(busy),
        stop=stop_after_attempt(LOCK_ATTEMPTS),
        wait=wait_random_exponential(multiplier=0.5, max=4),
        reraise=True,
    )
    return retrying(once)
