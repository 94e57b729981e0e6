"""Run `board serve` as the operator does, on loopback, and stop it whatever happens."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_SECONDS = 120


def environment_of(directory: Path, **settings: str) -> dict[str, str]:
    """Return the environment of a Board that is quiet and keeps its data in the directory."""
    own = {"BOARD_INSTANCE_PATH": str(directory), "BOARD_LOG_LEVEL": "error", "PYTHONPATH": str(ROOT)}
    return os.environ | own | settings


@contextmanager
def serving(directory: Path, port: int, *options: str, **settings: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Serve from the instance directory until the block ends."""
    environment = environment_of(directory, **settings)
    command = [sys.executable, "-m", "board", "serve", "--port", str(port), *options]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()


def ask(port: int, path: str) -> tuple[int, str]:
    """Send a GET; return status and text. Raises OSError while nobody listens."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def wait_until_ready(port: int, process: "subprocess.Popen[bytes]") -> float:
    """Wait for the first good answer; return the seconds it took."""
    began = time.monotonic()
    while time.monotonic() - began < START_SECONDS:
        assert process.poll() is None, "board serve ended"
        try:
            if ask(port, "/readyz")[0] == 200:
                return time.monotonic() - began
        except OSError:
            pass
        time.sleep(0.02)
    raise AssertionError("board serve did not become ready")


def children(process: "subprocess.Popen[bytes]") -> list[int]:
    """Return the process IDs of the web processes."""
    found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(number) for number in found if b"resource_tracker" not in Path(f"/proc/{number}/cmdline").read_bytes()]
