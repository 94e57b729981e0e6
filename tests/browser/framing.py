"""Board in a frame on another site's page, in browsers that block third-party cookies."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.browser.conftest import CHROMIUM, CHROMIUM_FLAGS, WAIT_MS, Inbox, Server, wait_until_ready
from tests.browser.scene import Scene
from tests.ports import free_port

HOSTS = "publisher.localhost", "hostile.localhost"


@dataclass
class Host:
    """A site of somebody else's: its pages by their paths."""

    url: str
    pages: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)

    def hang(self, path: str, html: str, **headers: str) -> str:
        """Put up a page; return its address. An underscore in a header's name stands for a hyphen."""
        self.pages[path] = (html, {name.replace("_", "-"): value for name, value in headers.items()})
        return self.url + path


@contextmanager
def serving(name: str) -> Iterator[Host]:
    """Serve pages on loopback under a name that ends in `.localhost`."""
    host = Host("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            html, headers = host.pages.get(self.path, ("", {}))
            self.send_response(200 if html else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            for header, value in headers.items():
                self.send_header(header, value)
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    host.url = f"http://{name}:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Stage:
    """A Board, the publisher whose pages may frame it, and a site whose pages may not."""

    board: Server
    scene: Scene
    publisher: Host
    hostile: Host

    def hang(self, path: str, *, attributes: str = "", body: str = "", on: Host | None = None) -> str:
        """Put up a page with the thread of the article that has this path; return the page's address."""
        article_id = path.rsplit("/", 1)[-1]
        element = f'<board-thread article-id="{article_id}" {attributes}><a href="{self.board.url}{path}">Comments</a>'
        html = (
            f"<!doctype html><html lang=en><title>A page</title><h1>Headline</h1>{element}</board-thread>{body}"
            f'<script async src="{self.board.url}/embed.js"></script>'
            f'<script type="module" src="{self.board.url}/embed-sso.js"></script>'
        )
        return (on or self.publisher).hang(f"/{article_id}", html)


@contextmanager
def framing(directory: Path) -> Iterator[Stage]:
    """Serve Board at `board.localhost`, and pages of others beside it."""
    port, inbox = free_port(), Inbox()
    environment = os.environ | {
        "BOARD_INSTANCE_PATH": str(directory),
        "BOARD_PUBLIC_URL": f"http://board.localhost:{port}",
        "BOARD_MAIL_URL": inbox.url,
        "BOARD_SIGN_IN_TRIES_PER_NETWORK": "100000",
        "BOARD_COMMENTS_PER_MINUTE": "1000",
        "BOARD_LOG_LEVEL": "error",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    board = Server(f"http://board.localhost:{port}", environment, inbox)
    board.board("demo")
    process = subprocess.Popen(
        [sys.executable, "-m", "board", "serve", "--port", str(port)], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process)
        with serving(HOSTS[0]) as publisher, serving(HOSTS[1]) as hostile:
            scene = Scene(board.settings)
            scene.origins(publisher.url)
            yield Stage(board, scene, publisher, hostile)
    finally:
        process.terminate()
        process.wait(30)
        inbox.close()


@contextmanager
def window(
    chromium: Any, directory: Path, *, blocks_third_party_cookies: bool = True, blocks_all: bool = False
) -> Iterator[Any]:
    """Open the browser of a new person, as browsers are: no cookies for others' frames; or none at all."""
    settings: dict[str, Any] = {
        "cookie_controls_mode": 1 if blocks_third_party_cookies else 0,
        "block_third_party_cookies": blocks_third_party_cookies,
    }
    if blocks_all:
        settings["default_content_setting_values"] = {"cookies": 2}
    (directory / "Default").mkdir(parents=True)
    (directory / "Default" / "Preferences").write_text(json.dumps({"profile": settings}))
    context = chromium.browser_type.launch_persistent_context(
        str(directory), executable_path=CHROMIUM, args=CHROMIUM_FLAGS, headless=True
    )
    context.set_default_timeout(WAIT_MS)
    yield context.new_page()
    context.close()
