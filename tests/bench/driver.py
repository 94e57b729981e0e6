"""Our own load: some clients, each of which sends its next request when the last one is answered.

One thread and one selector for all of them, so that the load takes as little as it can of the cores it shares with
the server. It keeps what was answered to each request, which wrk cannot.
"""

import re
import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from tests.bench.asking import HOST

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
LATE_SECONDS = 10.0  # for answers that are still on their way in the end
UNKNOWN = 0  # the status of a request that was never answered


@dataclass(frozen=True, slots=True)
class Request:
    """What to send, and the name under which its answer is kept."""

    raw: bytes
    tag: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and when."""

    tag: str
    status: int
    seconds: float
    head: bytes
    size: int  # head and body, as they came over the wire


@dataclass
class Outcome:
    """All that came back in one run."""

    answers: list[Answer]
    seconds: float
    server_seconds: float = 0.0  # of the processor, by all processes of the server

    @property
    def rate(self) -> float:
        """Return the requests per second that were answered without an error."""
        return sum(is_good(answer) for answer in self.answers) / self.seconds

    @property
    def good(self) -> list[Answer]:
        """Return what was acknowledged."""
        return [answer for answer in self.answers if is_good(answer)]

    def errors(self) -> str:
        """Return how many answers were none, by status; empty if all were good."""
        counts: dict[int, int] = {}
        for answer in self.answers:
            if not is_good(answer):
                counts[answer.status] = counts.get(answer.status, 0) + 1
        return ", ".join(f"{count} × {status or 'no answer'}" for status, count in sorted(counts.items()))


class Client:
    """One connection, with the request it waits for."""

    def __init__(self, port: int) -> None:
        """Connect."""
        self._port = port
        self.socket = self._connect()
        self.request: Request | None = None
        self.received = bytearray()
        self.sent_at = 0.0

    def send(self, request: Request) -> None:
        """Send the next request; it is small, so it goes at once."""
        self.request, self.received, self.sent_at = request, bytearray(), time.perf_counter()
        with suppress(OSError):  # the reading end will tell
            self.socket.sendall(request.raw)

    def receive(self) -> Answer | None:
        """Take what came; return the answer once it is whole, or UNKNOWN if the connection broke."""
        assert self.request is not None
        try:
            chunk = self.socket.recv(262_144)
        except OSError:
            chunk = b""
        if not chunk:
            return Answer(self.request.tag, UNKNOWN, time.perf_counter() - self.sent_at, b"", 0)
        self.received += chunk
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = bytes(self.received[:end])
        length = LENGTH.search(head)
        size = end + 4 + (int(length[1]) if length else 0)
        if len(self.received) < size:
            return None
        return Answer(self.request.tag, int(head[9:12]), time.perf_counter() - self.sent_at, head, size)

    def reconnect(self) -> None:
        """Open the connection anew."""
        self.socket.close()
        self.socket = self._connect()

    def _connect(self) -> socket.socket:
        made = socket.create_connection((HOST, self._port), timeout=LATE_SECONDS)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made


def drive(port: int, requests: Iterator[Request], clients: int, seconds: float) -> Outcome:
    """Keep the clients busy for so long, or until there are no more requests."""
    waiting = selectors.DefaultSelector()
    answers: list[Answer] = []
    began = time.perf_counter()
    busy = 0
    for _ in range(clients):
        busy += _start(Client(port), next(requests, None), waiting)
    while busy and time.perf_counter() - began < seconds + LATE_SECONDS:
        for key, _events in waiting.select(timeout=0.5):
            client: Client = key.data
            answer = client.receive()
            if answer is None:
                continue
            answers.append(answer)
            waiting.unregister(client.socket)
            if answer.status == UNKNOWN or CLOSES.search(answer.head):
                client.reconnect()
            is_over = time.perf_counter() - began >= seconds
            busy += _start(client, None if is_over else next(requests, None), waiting) - 1
    elapsed = time.perf_counter() - began
    for key in list(waiting.get_map().values()):  # these were never answered
        answers.append(Answer(key.data.request.tag, UNKNOWN, elapsed, b"", 0))
        key.data.socket.close()
    waiting.close()
    return Outcome(answers, elapsed)


def is_good(answer: Answer) -> bool:
    """Tell whether the server said that it did what was asked."""
    return 200 <= answer.status < 400


def _start(client: Client, request: Request | None, waiting: selectors.BaseSelector) -> int:
    if request is None:
        client.socket.close()
        return 0
    waiting.register(client.socket, selectors.EVENT_READ, client)
    client.send(request)
    return 1
