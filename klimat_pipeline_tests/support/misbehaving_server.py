"""A real HTTP server on the loopback interface that answers as scripted, also in ways no server should.

Answers are functions of a connection, used one a request in the order given; the last one answers all that follows.
Written on bare sockets, because an HTTP library would refuse to send most of this.
"""

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

Answer = Callable[["Connection"], None]
#: Longer than any test waits: it turns what would hang into a failure.
PATIENCE_S = 60.0
DRIP_S = 0.02


@dataclass
class Request:
    """What was asked: the target with its query, the headers by lower-case name, how, and what was sent along.

    ``left`` tells whether the asker hung up on an answer that had no end.
    """

    target: str
    headers: dict[str, str]
    method: str = "GET"
    body: bytes = b""
    left: bool = False


@dataclass
class Connection:
    """One request's socket, what was asked, and whether the server is being stopped."""

    socket: socket.socket
    request: Request
    stopping: threading.Event

    def send(self, content: bytes) -> None:
        self.socket.sendall(content)

    def head(self, status: str, /, *, length: int | None = None, **headers: str) -> None:
        """Status line and headers; underscores in their names become hyphens."""
        lines = [f"HTTP/1.1 {status}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if length is not None:
            lines.append(f"Content-Length: {length}")
        self.send("\r\n".join([*lines, "", ""]).encode())

    def wait_until_left(self) -> None:
        """Say nothing more until the asker hangs up. After the longest patience of any test, the answer just ends."""
        self.socket.settimeout(PATIENCE_S)
        with suppress(TimeoutError):
            self.request.left = self._ends()

    def drip(self, then: Callable[[], None] | None) -> None:
        """Send a byte now and then, with the same patience; after the first few, do what the test wants done."""
        try:
            for number in range(int(PATIENCE_S / DRIP_S)):
                self.send(b"x")
                if number == 2 and then is not None:
                    then()
                # No longer an end to it: whether the asker hung up shows when a byte is sent.
                self.stopping.wait(DRIP_S)
        except OSError:
            self.request.left = True

    def _ends(self) -> bool:
        """Whether the other side has closed, in an orderly way or not; waits for it."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True


def ok(content: bytes, **headers: str) -> Answer:
    def answer(to: Connection) -> None:
        to.head("200 OK", length=len(content), **headers)
        to.send(content)

    return answer


def ok_with_etag(content: bytes, etag: str) -> Answer:
    """200, or 304 to a request that names the same version."""

    def answer(to: Connection) -> None:
        if to.request.headers.get("if-none-match") == etag:
            to.head("304 Not Modified", ETag=etag)
        else:
            ok(content, ETag=etag)(to)

    return answer


def html(text: str) -> Answer:
    """An error page that says 200."""
    return ok(text.encode(), Content_Type="text/html; charset=utf-8")


def status(line: str, **headers: str) -> Answer:
    return lambda to: to.head(line, length=0, **headers)


def redirect(location: str) -> Answer:
    return status("302 Found", Location=location)


def cut_short(content: bytes, announced: int) -> Answer:
    """Less than was announced, then an orderly end."""

    def answer(to: Connection) -> None:
        to.head("200 OK", length=announced)
        to.send(content)

    return answer


def reset(content: bytes, announced: int) -> Answer:
    """Less than was announced, then the connection is torn down."""

    def answer(to: Connection) -> None:
        cut_short(content, announced)(to)
        to.stopping.wait(0.05)  # else the reset mostly overtakes what was sent; nobody asserts either order
        to.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return answer


def announced_only(length: int) -> Answer:
    """Says that much is coming, and waits."""

    def answer(to: Connection) -> None:
        to.head("200 OK", length=length)
        to.wait_until_left()

    return answer


def silent(to: Connection) -> None:
    to.wait_until_left()


def endless(to: Connection) -> None:
    """A body without length and without end, as fast as it goes."""
    to.head("200 OK")
    while not to.stopping.is_set():
        to.send(bytes(65536))


def drip(length: int | None = None, then: Callable[[], None] | None = None) -> Answer:
    """A body that comes one byte at a time: no single wait is ever long."""

    def answer(to: Connection) -> None:
        to.head("200 OK", length=length)
        to.drip(then)

    return answer


def drip_headers(then: Callable[[], None] | None = None) -> Answer:
    """Headers that never come to an end, one byte at a time."""

    def answer(to: Connection) -> None:
        to.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        to.drip(then)

    return answer


@dataclass
class MisbehavingServer:
    """Serves while the ``with`` block lasts.

    Attributes:
        answers: the script.
        requests: everything that was asked, in order.
        port: where it listens.
    """

    answers: list[Answer]
    requests: list[Request] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> "MisbehavingServer":
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self.port = self._listener.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._stopping.set()
        self._acceptor.join(PATIENCE_S)
        for thread in self._threads:
            thread.join(PATIENCE_S)
        self._listener.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/getexcelfile/"

    def _accept(self) -> None:
        while not self._stopping.is_set():
            with suppress(TimeoutError):
                connection, _ = self._listener.accept()
                thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        # Whoever asks may hang up in the middle: that is what is tested.
        with connection, suppress(OSError):
            connection.settimeout(PATIENCE_S)
            asked = b""
            while b"\r\n\r\n" not in asked:
                more = connection.recv(65536)
                if not more:
                    return
                asked += more
            head, _, body = asked.partition(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
            while len(body) < int(headers.get("content-length", "0")):
                more = connection.recv(65536)
                if not more:
                    return
                body += more
            method, target, _ = first.split(" ")
            request = Request(target, headers, method, body)
            with self._lock:
                answer = self.answers[min(len(self.requests), len(self.answers) - 1)]
                self.requests.append(request)
            answer(Connection(connection, request, self._stopping))
