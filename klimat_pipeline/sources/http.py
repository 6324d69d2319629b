"""Download one file over HTTP(S), with retries and within limits. What does not belong here: any one source.

Retries on 429, 5xx, lost connections, timeouts and truncated answers; one total deadline over all tries, so that an
answer that only drips ends too. Conditional requests, a size limit, and no secret in any message.
"""

import logging
import os
import random
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from klimat_pipeline.errors import SourceError
from klimat_pipeline.settings import Settings

if TYPE_CHECKING:
    import ssl

    import httpx

_RETRIED_BELOW_500 = frozenset({408, 425, 429})
_NOT_MODIFIED = 304
_MAX_REDIRECTS = 5
_BY_HAND = "Try again later, or add a workbook by hand: klimat snapshot add FILE."


@dataclass(frozen=True, slots=True)
class Downloaded:
    """An answer: its bytes, the validators for the next conditional request, and what it claims to be."""

    content: bytes
    etag: str | None
    last_modified: str | None
    content_type: str | None


class _TryAgainError(Exception):
    """A try failed, and another one may succeed."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        self.wait_s = wait_s
        super().__init__(reason)


class _Deadline:
    """The end of all tries together, enforced from outside.

    A timeout bounds one wait for bytes, so an answer (or its headers) that arrives byte by byte never exceeds it. When
    the time is up, the sockets in use are shut down, which ends whatever waits on them.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.is_over = False
        self._end = time.monotonic() + seconds
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    @property
    def left_s(self) -> float:
        return max(0.0, self._end - time.monotonic())

    def __enter__(self) -> "_Deadline":
        self._timer.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._timer.cancel()

    def watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Remember the socket of every connection (called by httpx's extension ``trace``)."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._sockets.append(info["return_value"].get_extra_info("socket"))
            if self.is_over:
                self._cut()

    def _cut(self) -> None:
        self.is_over = True
        for used in list(self._sockets):
            with suppress(OSError):  # closed already
                used.shutdown(socket.SHUT_RDWR)


def download(
    url: str,
    settings: Settings,
    *,
    params: Mapping[str, str] | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
    question: bytes | None = None,
    by_hand: str = _BY_HAND,
    sleep: Callable[[float], None] = time.sleep,
) -> Downloaded | None:
    """Get a file.

    Args:
        url: http or https.
        settings: timeouts, tries and limits (``http_*``, ``max_snapshot_bytes``).
        params: query.
        etag: validator of the last answer.
        last_modified: validator of the last answer.
        question: JSON to be posted, for a source that is asked in that way.
        by_hand: what can be done in place of fetching, for messages.
        sleep: waits between tries.

    Returns:
        The answer, or None when it has not changed since the validators were given.

    Raises:
        SourceError: no usable answer within tries and deadline; the message says what happened last.
    """
    import httpx
    from tenacity import RetryCallState, RetryError, Retrying, retry_if_exception_type

    shown = redacted(url)
    if not shown.startswith(("http://", "https://")):
        raise SourceError(f"{shown}: only http and https addresses are fetched. Check the address in the settings.")
    # A workbook is packed already, and only a plain answer can be compared with its announced length.
    headers = {"User-Agent": "klimat_pipeline (climate accounts for municipalities)", "Accept-Encoding": "identity"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    if question is not None:
        headers["Content-Type"] = "application/json"
    # At INFO httpx writes whole addresses to the log, with password and query.
    logging.getLogger("httpx").setLevel(logging.WARNING)

    def wait(state: RetryCallState) -> float:
        """Retry-After where the source gives one, else doubling pauses with jitter."""
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, _TryAgainError) and error.wait_s is not None:
            return min(error.wait_s, settings.http_retry_after_cap_s)
        jitter = random.uniform(0.75, 1.25)  # noqa: S311 - no secret
        return float(settings.http_backoff_s * 2 ** (state.attempt_number - 1) * jitter)

    def stop(state: RetryCallState) -> bool:
        """Whether the tries are used up, or the next one would begin after the deadline."""
        return state.attempt_number >= settings.http_attempts or state.upcoming_sleep >= deadline.left_s

    tries = Retrying(retry=retry_if_exception_type(_TryAgainError), stop=stop, wait=wait, sleep=sleep)
    started = time.monotonic()
    try:
        with (
            _Deadline(settings.http_deadline_s) as deadline,
            httpx.Client(follow_redirects=True, max_redirects=_MAX_REDIRECTS, verify=trusted()) as client,
        ):
            return tries(_once, client, url, params, headers, question, settings, deadline, shown)
    except RetryError as error:
        last = error.last_attempt
        number = f"{last.attempt_number} {'try' if last.attempt_number == 1 else 'tries'}"
        raise SourceError(
            f"{shown}: no usable answer after {number} in {time.monotonic() - started:.0f} s; last: "
            f"{last.exception()}. Is the source down? {by_hand}"
        ) from None
    except httpx.TooManyRedirects:
        raise SourceError(f"{shown}: redirects more than {_MAX_REDIRECTS} times. Check the address.") from None
    except httpx.UnsupportedProtocol:
        raise SourceError(
            f"{shown}: redirects to an address that is neither http nor https; not followed. Check the address."
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SourceError(f"{shown}: cannot be asked ({type(error).__name__}: {error}). Check the address.") from None


def trusted() -> "ssl.SSLContext":
    """Certificates that are believed: the system's beside those that httpx brings.

    A proxy that inspects TLS, and a town's own authority, are known to the system only. ``SSL_CERT_FILE`` and
    ``SSL_CERT_DIR`` take the place of both.
    """
    import ssl

    system = ssl.get_default_verify_paths()
    return _believed(
        os.environ.get("SSL_CERT_FILE"),
        os.environ.get("SSL_CERT_DIR"),
        tuple(Path(path).stat().st_mtime_ns for path in (system.cafile, system.capath) if path),
    )


@lru_cache(maxsize=1)
def _believed(_file: str | None, _folder: str | None, _changed: tuple[int, ...]) -> "ssl.SSLContext":
    """Read once until something else is set or has changed: to read them all takes longer than most answers."""
    import httpx

    context = httpx.create_ssl_context()
    context.load_default_certs()
    return context


def redacted(url: str) -> str:
    """The address without user, password and query."""
    import httpx

    try:
        return str(httpx.URL(url).copy_with(userinfo=b"", query=None, fragment=None))
    except (httpx.InvalidURL, ValueError):
        return "(no valid address)"


def _once(
    client: "httpx.Client",
    url: str,
    params: Mapping[str, str] | None,
    headers: Mapping[str, str],
    question: bytes | None,
    settings: Settings,
    deadline: _Deadline,
    shown: str,
) -> Downloaded | None:
    import httpx

    timeout = httpx.Timeout(
        min(settings.http_read_timeout_s, deadline.left_s),
        connect=min(settings.http_connect_timeout_s, deadline.left_s),
    )
    # Merged: as ``params`` they would replace a query that the address has already.
    address = httpx.URL(url).copy_merge_params(params or {})
    is_conditional = "If-None-Match" in headers or "If-Modified-Since" in headers
    try:
        with client.stream(
            "GET" if question is None else "POST",
            address,
            headers=headers,
            content=question,
            timeout=timeout,
            extensions={"trace": deadline.watch},
        ) as answer:
            status = answer.status_code
            if status == _NOT_MODIFIED and is_conditional:
                return None
            if status in _RETRIED_BELOW_500 or status >= 500:
                raise _refusal(answer)
            if status != httpx.codes.OK:
                raise SourceError(
                    f"{shown}: status {status} {answer.reason_phrase} where 200 was expected. Check the address and "
                    "what is asked for."
                )
            content = _body(answer, settings.max_snapshot_bytes, shown)
            if deadline.is_over:
                # An answer without a length may have ended because the deadline cut it off.
                raise _too_slow(deadline)
            return Downloaded(
                content,
                answer.headers.get("ETag"),
                answer.headers.get("Last-Modified"),
                answer.headers.get("Content-Type"),
            )
    except (
        httpx.TimeoutException,
        httpx.NetworkError,
        httpx.ProxyError,
        httpx.RemoteProtocolError,
        httpx.DecodingError,
    ) as error:
        if deadline.is_over or deadline.left_s == 0:
            raise _too_slow(deadline) from None
        raise _TryAgainError(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__) from None


def _body(answer: "httpx.Response", max_bytes: int, shown: str) -> bytes:
    announced = answer.headers.get("Content-Length", "")
    too_large = SourceError(
        f"{shown}: larger than the limit of {max_bytes:,} bytes; not fetched. Is it the right address? The limit is "
        "KLIMAT_MAX_SNAPSHOT_BYTES."
    )
    if announced.isdecimal() and int(announced) > max_bytes:
        raise too_large
    content = bytearray()
    # httpx itself checks that an answer is as long as announced, and raises RemoteProtocolError if not.
    for chunk in answer.iter_bytes():
        content += chunk
        if len(content) > max_bytes:
            raise too_large
    return bytes(content)


def _too_slow(deadline: _Deadline) -> _TryAgainError:
    return _TryAgainError(
        f"the deadline of {deadline.seconds:g} s passed (KLIMAT_HTTP_DEADLINE_S): it answers too slowly"
    )


def _refusal(answer: "httpx.Response") -> _TryAgainError:
    wait_s = _retry_after(answer.headers.get("Retry-After"))
    asks = "" if wait_s is None else f", which asks to wait {wait_s:.0f} s"
    return _TryAgainError(f"status {answer.status_code} {answer.reason_phrase}{asks}", wait_s)


def _retry_after(header: str | None) -> float | None:
    """Seconds to wait, from a number or an HTTP date."""
    from email.utils import parsedate_to_datetime

    if header is None:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        when = parsedate_to_datetime(header)
    except ValueError:
        return None
    # "-0000" instead of "GMT" reads as a time without a zone.
    return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
