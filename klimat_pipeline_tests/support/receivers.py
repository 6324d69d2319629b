"""Real servers on the loopback interface that alerts arrive at: mail over SMTP, and a webhook."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class _Smtp(socketserver.StreamRequestHandler):
    """As much of SMTP as a sender needs."""

    def handle(self) -> None:
        self._say("220 loopback")
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].upper()
            if verb == "DATA":
                self._say("354 go on")
                content = b""
                while not content.endswith(b"\r\n.\r\n"):
                    content += self.rfile.readline()
                self.server.received.append(message_from_bytes(content[:-3], policy=policy.default))
            elif verb == "QUIT":
                self._say("221 bye")
                return
            self._say("250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.server.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or "null"))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


@contextmanager
def _served(server: socketserver.TCPServer) -> Iterator[tuple[str, list[Any]]]:
    server.received = []
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}", server.received
        server.shutdown()


@contextmanager
def mail_server() -> Iterator[tuple[str, list[EmailMessage]]]:
    """Address of a mail server, and the messages that have arrived."""
    with _served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Smtp)) as (place, received):
        yield f"smtp://{place}", received


@contextmanager
def webhook() -> Iterator[tuple[str, list[Any]]]:
    """Address that takes JSON, and what has arrived."""
    with _served(ThreadingHTTPServer(("127.0.0.1", 0), _Hook)) as (place, received):
        yield f"http://{place}/hook", received
