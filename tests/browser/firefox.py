"""Firefox, driven by the protocol that it speaks itself (Marionette), as no other library is needed for it."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.browser.conftest import WAIT_MS
from tests.ports import free_port

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
PREFERENCES = """user_pref("marionette.port", {port});
user_pref("datareporting.policy.dataSubmissionEnabled", false);
"""
START_SECONDS = 60
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # under which the W3C's WebDriver names an element


class Firefox:
    """One window."""

    def __init__(self, connection: socket.socket) -> None:
        """Greet it."""
        self._connection, self._answers, self._number = connection, connection.makefile("rb"), 0
        self._read()
        self._ask("NewSession", capabilities={})

    def go(self, url: str) -> None:
        """Open a page."""
        self._ask("Navigate", url=url)

    def run(self, script: str, *values: Any) -> Any:
        """Run a function's body where we are; return what it returns."""
        return self._ask("ExecuteScript", script=script, args=list(values))["value"]

    def wait(self, expression: str) -> Any:
        """Return what the expression gives once it is true; fail after a while."""
        deadline = time.monotonic() + WAIT_MS / 1000
        while time.monotonic() < deadline:
            if found := self.run(f"return {expression}"):
                return found
            time.sleep(0.1)
        raise AssertionError(f"never true: {expression}; {self.run('return document.body.innerText')}")

    def enter(self, name: str) -> None:
        """Go into the frame of the page's element with this name."""
        self._ask("SwitchToFrame")
        element = f"document.querySelector('{name}')"
        self.wait(f"{element}.isReady")
        self._ask("SwitchToFrame", element=self.run(f"return {element}.shadowRoot.querySelector('iframe')")[ELEMENT])

    def leave(self) -> None:
        """Go back to the page around."""
        self._ask("SwitchToFrame")

    def fill(self, selector: str, text: str) -> None:
        """Type a text."""
        self._ask("ElementSendKeys", id=self._find(selector), text=text)

    def press(self, selector: str) -> None:
        """Press a button or a link, wherever the page around has scrolled it."""
        self._ask("ElementClick", id=self._find(selector))

    def _find(self, selector: str) -> str:
        self.wait(f"document.querySelector({json.dumps(selector)}) !== null")
        found = self._ask("FindElement", using="css selector", value=selector)["value"]
        return str(found[ELEMENT])

    def _ask(self, command: str, **parameters: Any) -> Any:
        self._number += 1
        asked = json.dumps([0, self._number, f"WebDriver:{command}", parameters]).encode()
        self._connection.sendall(str(len(asked)).encode() + b":" + asked)
        _kind, _number, error, result = self._read()
        assert not error, error
        return result

    def _read(self) -> Any:
        """Return the next message: its length in digits, a colon, and JSON."""
        size = b""
        while (byte := self._answers.read(1)) != b":":
            assert byte, "Firefox ended"
            size += byte
        return json.loads(self._answers.read(int(size)))


@contextmanager
def firefox(directory: Path) -> Iterator[Firefox]:
    """Start Firefox as people have it, with a profile of its own; end it afterwards."""
    assert FIREFOX
    port = free_port()
    directory.mkdir()
    (directory / "user.js").write_text(PREFERENCES.format(port=port))
    options = "--headless", "--marionette", "--no-remote", "--profile", str(directory)
    process = subprocess.Popen([FIREFOX, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with _connected(port) as connection:
            yield Firefox(connection)
    finally:
        process.terminate()
        process.wait(30)


def _connected(port: int) -> socket.socket:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=START_SECONDS)
        except OSError:
            assert time.monotonic() < deadline, "Firefox does not answer"
            time.sleep(0.1)
