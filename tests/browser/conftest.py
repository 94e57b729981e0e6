"""A real server, a real Chromium, a real SMTP sink: the journeys run as people make them."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from board.config import Settings, load_settings
from tests.browser.scene import Scene
from tests.operations.serving import environment_of, serving, wait_until_ready
from tests.ports import free_port

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "correct horse battery staple"
# Generous: what is waited for comes in a moment, except on a busy machine.
MAIL_SECONDS = 60
WAIT_MS = 30_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this package, so that the quick runs can leave it out."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


class Inbox:
    """A mail server on loopback that keeps what it gets."""

    def __init__(self) -> None:
        """Listen on a free port."""
        from aiosmtpd.controller import Controller

        self.messages: list[EmailMessage] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self._controller.start()

    @property
    def url(self) -> str:
        """Return the address for BOARD_MAIL_URL."""
        return f"smtp://127.0.0.1:{self._controller.port}"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Keep a mail."""
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.messages.append(message)
        return "250 OK"

    def wait_for(self, address: str, subject: str = "") -> str:
        """Return the text of the newest mail to the address; fail after a while."""
        deadline = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < deadline:
            for message in reversed(self.messages):
                if message["To"] == address and subject.lower() in message["Subject"].lower():
                    return text_of(message)
            time.sleep(0.1)
        raise AssertionError(f"no mail to {address} ({subject!r}); got {[m['Subject'] for m in self.messages]}")

    def link_for(self, address: str, subject: str = "") -> str:
        """Return the first link in the newest mail to the address."""
        found = re.search(r"https?://\S+", self.wait_for(address, subject))
        assert found
        return found[0]

    def close(self) -> None:
        """Stop listening."""
        self._controller.stop()


@dataclass
class Server:
    """A running `board serve`, and how to run the `board` command beside it."""

    url: str
    environment: dict[str, str]
    inbox: Inbox

    def board(self, *arguments: str, stdin: str = "") -> str:
        """Run the command; return what it printed."""
        command = [sys.executable, "-m", "board", *arguments]
        done = subprocess.run(
            command, env=self.environment, input=stdin, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def settings(self) -> Settings:
        """Return the settings it runs with."""
        return load_settings(
            instance_path=Path(self.environment["BOARD_INSTANCE_PATH"]),
            public_url=self.url,
            comments_per_minute=1000,
            log_level="error",
        )


@contextmanager
def sample_board(directory: Path, host: str = "localhost") -> Iterator[Server]:
    """Serve Board under the host's name with sample people and articles, on a database of its own."""
    port, inbox = free_port(), Inbox()
    url = f"http://{host}:{port}"
    settings = {
        "BOARD_PUBLIC_URL": url,
        "BOARD_MAIL_URL": inbox.url,
        "BOARD_SIGN_IN_TRIES_PER_NETWORK": "100000",
        "BOARD_COMMENTS_PER_MINUTE": "1000",
    }
    running = Server(url, environment_of(directory, **settings), inbox)
    try:
        running.board("demo")
        with serving(directory, port, **settings) as process:
            wait_until_ready(port, process)
            yield running
    finally:
        inbox.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve Board once for all tests of this process."""
    with sample_board(tmp_path_factory.mktemp("instance")) as running:
        yield running


@pytest.fixture(scope="session")
def scene(server: Server) -> Scene:
    """Reach behind the server, to set a scene without going through its pages."""
    return Scene(server.settings)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Start Chromium once."""
    if CHROMIUM is None:
        if os.environ.get("BOARD_TEST_REQUIRE_ALL"):
            pytest.fail("no Chromium: apt-get install chromium")
        pytest.skip("no Chromium found: the browser tests are skipped")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=WAIT_MS)  # which a window's own default does not touch
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory, chromium: Any) -> Iterator[Any]:
    """Serve another Board and the pages of others around it: see framing.Stage."""
    from tests.browser.framing import framing

    with framing(tmp_path_factory.mktemp("framed")) as made:
        yield made


@pytest.fixture
def opened(chromium: Any, tmp_path: Path) -> Iterator[Any]:
    """Return a function that opens the browser of a new person, who blocks third-party cookies."""
    from tests.browser.framing import window

    with ExitStack() as stack:
        yield lambda **more: stack.enter_context(window(chromium, tmp_path / "profile", **more))


@pytest.fixture(params=[True, False], ids=["javascript", "no-javascript"])
def page(request: pytest.FixtureRequest, chromium: Any, server: Server) -> Iterator[Any]:
    """Open a window of a new person, with JavaScript and without."""
    yield from open_page(chromium, server, javascript=request.param)


@pytest.fixture
def scripted_page(chromium: Any, server: Server) -> Iterator[Any]:
    """Open a window of a new person with JavaScript."""
    yield from open_page(chromium, server, javascript=True)


@pytest.fixture
def plain_page(chromium: Any, server: Server) -> Iterator[Any]:
    """Open a window of a new person without JavaScript."""
    yield from open_page(chromium, server, javascript=False)


def open_page(chromium: Any, server: Server, *, javascript: bool, **more: Any) -> Iterator[Any]:
    """Open a window; fail the test on a script error, a CSP violation or a request to another host."""
    context = chromium.new_context(java_script_enabled=javascript, base_url=server.url, **more)
    context.set_default_timeout(WAIT_MS)
    window = context.new_page()
    faults: list[str] = []
    window.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    window.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
    window.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    window.on("request", lambda r: None if own(r.url, server.url) else faults.append(f"foreign request: {r.url}"))
    yield window
    context.close()
    assert not faults


def own(url: str, server_url: str) -> bool:
    """Tell whether a request stays on the server under test."""
    return url.startswith((server_url, "data:", "blob:", "about:"))


def sign_in(page: Any, email: str) -> None:
    """Log in through the page."""
    page.goto("/login")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "/login" not in url)


def text_of(message: EmailMessage) -> str:
    """Return a mail's plain text."""
    body = message.get_body(("plain",))
    assert body
    return str(body.get_content())
