"""Messages to people: by mail (SMTP) and to a webhook, as the settings name them.

A channel that does not answer is tried again a little later and never stops a run. What does not belong here: when
there is something to tell (``nights``).
"""

import socket
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, SecretStr

from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.settings import Settings

_ATTEMPTS = 3
_TIMEOUT_S = 30.0


class Alert(BaseModel):
    """One message.

    Attributes:
        event: kind, for programs: failed, recovered, late, stale_source, source_answers, digest.
        subject: in one line.
        text: what happened, what readers still see, since when, what to do.
        since: when it began, ISO 8601, UTC.
        publication_id: what readers see.
        waits_for: channels that have not taken it; all of them where it has not been sent yet.
    """

    event: str
    subject: str
    text: str
    since: str
    publication_id: str | None = None
    waits_for: list[str] | None = None


def send(settings: Settings, alert: Alert) -> dict[str, str]:
    """Send a message through every channel that is configured and has not taken it yet.

    Returns:
        What went wrong, by channel, without secrets; empty where nothing did or there is no channel.
    """
    channels: dict[str, Callable[[], None]] = {}
    if settings.alert_smtp_url is not None:
        url = settings.alert_smtp_url
        channels["mail"] = lambda: _mail(url, settings.alert_from, settings.alert_to, alert)
    if settings.alert_webhook_url is not None:
        hook = settings.alert_webhook_url
        content = {**alert.model_dump(exclude={"waits_for"}), "host": socket.gethostname()}
        channels["webhook"] = lambda: _post(hook, content)
    waiting = {name: way for name, way in channels.items() if alert.waits_for is None or name in alert.waits_for}
    return {name: told for name, way in waiting.items() if (told := _tried(way))}


def ping(settings: Settings) -> str:
    """Tell the dead man's switch outside of this machine that a night went well; returns what went wrong."""
    url = settings.heartbeat_url
    return _tried(lambda: _post(url, None)) if url is not None else ""


def _tried(way: Callable[[], None]) -> str:
    """Try a few times, with jitter; the kind of the last error, since its text may hold an address with a password."""
    import smtplib

    import httpx
    from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

    passing = (httpx.TransportError, httpx.HTTPStatusError, smtplib.SMTPException, OSError)
    tries = Retrying(
        retry=retry_if_exception_type(passing),
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_random_exponential(multiplier=0.1, max=2),
        reraise=True,
    )
    try:
        tries(way)
    except ConfigurationError as error:
        return str(error)
    except (*passing, httpx.InvalidURL, ValueError) as error:
        return type(error).__name__
    return ""


def _mail(url: SecretStr, sender: str, recipients: str, alert: Alert) -> None:
    import smtplib
    import ssl
    from email.message import EmailMessage
    from email.utils import formatdate, make_msgid

    parts = urlsplit(url.get_secret_value())
    to = [one.strip() for one in recipients.split(",") if one.strip()]
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or not to:
        raise ConfigurationError(
            "KLIMAT_ALERT_SMTP_URL must be smtp:// or smtps://host:port, KLIMAT_ALERT_TO addresses"
        )
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = f"[klimat] {alert.subject}", sender, ", ".join(to)
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="klimat.invalid")
    message.set_content(alert.text)
    secure = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(parts.hostname, parts.port or 465, timeout=_TIMEOUT_S, context=secure)
    else:
        server = smtplib.SMTP(parts.hostname, parts.port or 25, timeout=_TIMEOUT_S)
    with server:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=secure)
        elif parts.scheme == "smtp" and parts.username:
            # Whoever sits between takes the offer out of the server's answer, and would read the password.
            raise ConfigurationError(
                "the server offers no encryption (STARTTLS), so the password of KLIMAT_ALERT_SMTP_URL was not sent; "
                "use smtps://, or an address without a password"
            )
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


def _post(url: SecretStr, content: object) -> None:
    import httpx

    from klimat_pipeline.sources.http import trusted

    httpx.post(url.get_secret_value(), json=content, timeout=_TIMEOUT_S, verify=trusted()).raise_for_status()
