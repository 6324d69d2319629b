"""Download one file over HTTP(S), patiently and within limits. No knowledge of any source.

Retries on 429, 5xx, lost connections, timeouts and truncated answers; one total deadline over all tries, so that a
slow drip ends too. Conditional requests, a size limit, and no secret in any message.
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from klimat_pipeline.errors import SourceError
from klimat_pipeline.settings import Settings

if TYPE_CHECKING:
    import httpx

_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_NOT_MODIFIED = 304
_MAX_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Downloaded:
    """An answer: its bytes, the validators for the next conditional request, and what it claims to be."""

    content: bytes
    etag: str | None
    last_modified: str | None
    content_type: str | None


class _TryAgainError(Exception):
    """A try failed in a way that another one may mend."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        self.wait_s = wait_s
        super().__init__(reason)


def download(
    url: str,
    settings: Settings,
    *,
    params: Mapping[str, str] | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Downloaded | None:
    """Get a file.

    Args:
        url: http or https.
        settings: timeouts, tries and limits (``http_*``, ``max_snapshot_bytes``).
        params: query.
        etag: validator of the last answer.
        last_modified: validator of the last answer.
        sleep: waits between tries.

    Returns:
        The answer, or None when it has not changed since the validators were given.

    Raises:
        SourceError: no usable answer within tries and deadline; the message says what happened last.
    """
    import httpx
    from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_attempt

    shown = redacted(url)
    if httpx.URL(url).scheme not in ("http", "https"):
        raise SourceError(f"{shown}: only http and https addresses are fetched.")
    deadline = time.monotonic() + settings.http_deadline_s
    headers = {"User-Agent": "klimat_pipeline (climate accounts for municipalities)"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified

    def wait(state: Any) -> float:
        """Retry-After where the source gives one, else doubling pauses with jitter; never past the deadline."""
        error = state.outcome.exception()
        pause = settings.http_backoff_s * 2 ** (state.attempt_number - 1)
        pause *= random.uniform(0.75, 1.25)  # noqa: S311 - jitter, no secret
        if error.wait_s is not None:
            pause = min(error.wait_s, settings.http_retry_after_cap_s)
        return float(max(0.0, min(pause, deadline - time.monotonic())))

    timeout = httpx.Timeout(settings.http_read_timeout_s, connect=settings.http_connect_timeout_s)
    tries = Retrying(
        retry=retry_if_exception_type(_TryAgainError),
        stop=lambda state: stop_after_attempt(settings.http_attempts)(state) or time.monotonic() >= deadline,
        wait=wait,
        sleep=sleep,
    )
    try:
        with httpx.Client(timeout=timeout, follow_redirects=True, max_redirects=_MAX_REDIRECTS) as client:
            return tries(_once, client, url, params, headers, settings.max_snapshot_bytes, deadline, shown)
    except RetryError as error:
        last = error.last_attempt
        raise SourceError(
            f"{shown}: no usable answer after {last.attempt_number} tries; last: {last.exception()}. Is the source down? "
            "Try again later, or add a workbook by hand: klimat snapshot add FILE."
        ) from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.TooManyRedirects) as error:
        raise SourceError(
            f"{shown}: {type(error).__name__}: redirected astray or no address. Check KLIMAT_SMHI_URL."
        ) from None


def redacted(url: str) -> str:
    """The address without user, password and query."""
    import httpx

    try:
        return str(httpx.URL(url).copy_with(userinfo=b"", query=None, fragment=None))
    except httpx.InvalidURL:
        return "(no valid address)"


def _once(
    client: "httpx.Client",
    url: str,
    params: Mapping[str, str] | None,
    headers: Mapping[str, str],
    max_bytes: int,
    deadline: float,
    shown: str,
) -> Downloaded | None:
    import httpx

    try:
        with client.stream("GET", url, params=params, headers=headers) as answer:
            if answer.status_code == _NOT_MODIFIED:
                return None
            if answer.status_code in _RETRIED:
                raise _TryAgainError(f"status {answer.status_code}", _retry_after(answer.headers.get("Retry-After")))
            if answer.status_code != httpx.codes.OK:
                raise SourceError(
                    f"{shown}: status {answer.status_code} {answer.reason_phrase}. Check the address and the substance."
                )
            content = _body(answer, max_bytes, deadline, shown)
            return Downloaded(
                content,
                answer.headers.get("ETag"),
                answer.headers.get("Last-Modified"),
                answer.headers.get("Content-Type"),
            )
    except (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError) as error:
        raise _TryAgainError(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__) from None
    except httpx.DecodingError as error:
        raise _TryAgainError(f"the answer cannot be unpacked ({error})") from None


def _body(answer: "httpx.Response", max_bytes: int, deadline: float, shown: str) -> bytes:
    announced = answer.headers.get("Content-Length", "")
    length = int(announced) if announced.isdigit() else None
    too_large = SourceError(
        f"{shown}: larger than the limit of {max_bytes:,} bytes. Is it the right address? (KLIMAT_MAX_SNAPSHOT_BYTES)"
    )
    if length is not None and length > max_bytes:
        raise too_large
    content = bytearray()
    for chunk in answer.iter_bytes():
        content += chunk
        if len(content) > max_bytes:
            raise too_large
        if time.monotonic() > deadline:
            raise _TryAgainError(f"the deadline passed after {len(content):,} bytes: the source answers too slowly")
    # A compressed answer is longer than announced; only a plain one can be compared.
    if length is not None and "Content-Encoding" not in answer.headers and len(content) != length:
        raise _TryAgainError(f"cut off: {len(content):,} of {length:,} announced bytes")
    return bytes(content)


def _retry_after(header: str | None) -> float | None:
    """Seconds to wait, from a number or an HTTP date."""
    from email.utils import parsedate_to_datetime

    if header is None:
        return None
    if header.strip().isdigit():
        return float(header)
    try:
        when = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
