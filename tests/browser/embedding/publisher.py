"""A publisher's site on another host: serves what pages a test hangs up, with the headers it asks for."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Publisher:
    """Pages by their paths, and where they are."""

    url: str
    pages: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)

    def hang(self, path: str, html: str, **headers: str) -> str:
        """Put up a page; return its address. An underscore in a header's name stands for a hyphen."""
        self.pages[path] = (html, {name.replace("_", "-"): value for name, value in headers.items()})
        return self.url + path


@contextmanager
def publishing(host: str) -> Iterator[Publisher]:
    """Serve a publisher's pages on loopback under the host's name, which must end in `.localhost`."""
    publisher = Publisher("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            html, headers = publisher.pages.get(self.path.partition("?")[0], ("", {}))
            body = html.encode()
            self.send_response(200 if html else 204 if self.path == "/favicon.ico" else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    publisher.url = f"http://{host}:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield publisher
    finally:
        server.shutdown()
        server.server_close()
