"""Requests one at a time: what a browser asks for, and what it got."""

import gzip
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode

HOST = "127.0.0.1"
TIMEOUT_SECONDS = 30
READER = {"Accept-Encoding": "gzip", "User-Agent": "board-bench"}


@dataclass(frozen=True)
class Page:
    """An answer."""

    status: int
    headers: dict[str, str]  # names in lower case
    cookies: dict[str, str]
    body: bytes  # as it came over the wire

    @property
    def text(self) -> str:
        """Return the body, unpacked."""
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()


def get(port: int, path: str, headers: dict[str, str] | None = None) -> Page:
    """Ask for a page over a connection of its own."""
    connection = HTTPConnection(HOST, port, timeout=TIMEOUT_SECONDS)
    try:
        return ask(connection, "GET", path, headers=headers)
    finally:
        connection.close()


def ask(
    connection: HTTPConnection,
    method: str,
    path: str,
    form: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Page:
    """Ask over a connection that is there."""
    sent = {**READER, **(headers or {})}
    body = None
    if form is not None:
        sent |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{HOST}:{connection.port}"}
        body = urlencode(form)
    connection.request(method, path, body, sent)
    answer = connection.getresponse()
    set_cookies = [value.partition(";")[0].partition("=") for value in answer.headers.get_all("Set-Cookie", [])]
    named = {name.lower(): value for name, value in answer.getheaders()}
    return Page(answer.status, named, {name: value for name, _, value in set_cookies}, answer.read())


def raw(port: int, method: str, path: str, headers: dict[str, str], form: dict[str, str] | None = None) -> bytes:
    """Return a request as bytes, for the driver."""
    lines = {"Host": f"{HOST}:{port}", **READER, **headers}
    body = b""
    if form is not None:
        body = urlencode(form).encode()
        lines |= {
            "Content-Type": "application/x-www-form-urlencoded",
            "Content-Length": str(len(body)),
            "Origin": f"http://{HOST}:{port}",
        }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body
