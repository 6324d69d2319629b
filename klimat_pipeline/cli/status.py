"""``klimat status``: is all well, for people, for programs and for monitoring.

What does not belong here: looking (``operations.status``), telling people (``operations.nights``).
"""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Annotated

import typer

from klimat_pipeline.cli.terminal import err, headed, out

if TYPE_CHECKING:
    from klimat_pipeline.operations.status import Status

_COLOURS = {"fresh": "green", "running": "cyan", "stale": "yellow", "failed": "red"}


def status(
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    openmetrics: Annotated[bool, typer.Option("--openmetrics", help="Print OpenMetrics.")] = False,
    alert: Annotated[
        bool, typer.Option("--alert", help="Tell people if no refresh has ended well for too long: for a timer.")
    ] = False,
    serve: Annotated[
        int | None, typer.Option("--serve", min=0, max=65535, help="Serve OpenMetrics on this port of loopback.")
    ] = None,
) -> None:
    """Say whether all is well. Exit code: 0 fresh, 1 stale, 2 failed, 3 running."""
    from klimat_pipeline.operations.nights import watch
    from klimat_pipeline.operations.status import EXIT_CODES, open_metrics
    from klimat_pipeline.operations.status import status as look
    from klimat_pipeline.settings import load_settings

    settings = load_settings()
    if serve is not None:
        _serve(serve)
    if alert:
        for missed in watch(settings):
            err.print(f"not told: {missed}")
    found = look(settings)
    if json:
        sys.stdout.write(found.model_dump_json(indent=2) + "\n")
    elif openmetrics:
        sys.stdout.write(open_metrics(found))
    else:
        _show(found)
    raise typer.Exit(EXIT_CODES[found.verdict])


def _show(found: "Status") -> None:
    headed(found.verdict, colour=_COLOURS[found.verdict])
    for reason in found.reasons:
        out.print(f"  {reason}", soft_wrap=True)
    if found.published_at:
        out.print(f"readers see {found.publication_id}, published {found.published_at:%Y-%m-%d %H:%M} UTC")
    if found.last:
        out.print(
            f"last refresh: {found.last.outcome} at {found.last.at:%Y-%m-%d %H:%M} UTC by {found.last.started_by}"
        )
    free, history = found.disk_free_bytes / 1024**3, found.history_bytes / 1024**2
    out.print(
        f"disk: {free:,.1f} GiB free; Dagster's history: {history:,.0f} MiB; unsent alerts: {found.unsent_alerts}"
    )


def _serve(port: int) -> None:
    """Answer every request with the present metrics, on this machine only, until stopped."""
    with metrics_server(port) as server:
        out.print(f"http://127.0.0.1:{server.server_port}/metrics  (stop with Ctrl-C)")
        server.serve_forever()


def metrics_server(port: int) -> ThreadingHTTPServer:
    """A server of OpenMetrics on loopback, not yet serving.

    Raises:
        ConfigurationError: the port cannot be had.
    """
    from klimat_pipeline.errors import ConfigurationError
    from klimat_pipeline.operations.status import open_metrics
    from klimat_pipeline.operations.status import status as look
    from klimat_pipeline.settings import load_settings

    class Metrics(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = open_metrics(look(load_settings())).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/openmetrics-text; version=1.0.0; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing on the terminal."""

    try:
        return ThreadingHTTPServer(("127.0.0.1", port), Metrics)
    except OSError as error:
        raise ConfigurationError(f"--serve {port}: {error.strerror}. Name another port; 0 takes a free one.") from None
