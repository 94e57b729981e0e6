"""`board serve --socket`: takes over what a killed Board left, and nothing else."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.operations.serving import START_SECONDS, children, environment_of, serving
from tests.ports import free_port


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    """Return where a killed Board left its socket."""
    path = tmp_path / "board.sock"
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(path))
    yield path


def test_the_socket_of_a_killed_board_is_taken_over_but_not_a_running_ones(tmp_path: Path, path: Path) -> None:
    with serving(tmp_path, free_port(), "--socket", str(path)):
        wait_until_somebody_answers_on(path)
        assert "already" in refusal(tmp_path, path)


def test_web_processes_share_the_socket(tmp_path: Path, path: Path) -> None:
    with serving(tmp_path, free_port(), "--socket", str(path), BOARD_WORKERS="2") as process:
        wait_until_somebody_answers_on(path)
        deadline = time.monotonic() + START_SECONDS
        while len(children(process)) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        with ThreadPoolExecutor(8) as askers:
            answers = set(askers.map(lambda _: first_line(path), range(80)))
        assert answers == {b"HTTP/1.1 200 OK"}
    assert not path.exists()


def test_a_file_is_not_taken_for_a_socket(tmp_path: Path, path: Path) -> None:
    path.unlink()
    path.write_text("a letter")
    assert "no socket" in refusal(tmp_path, path)
    assert path.read_text() == "a letter"


def first_line(path: Path) -> bytes:
    """Ask whether Board lives, and return the first line of the answer."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(START_SECONDS)
        client.connect(str(path))
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: board.example\r\nConnection: close\r\n\r\n")
        return client.recv(4096).partition(b"\r\n")[0]


def refusal(directory: Path, path: Path) -> str:
    """Return what `board serve` says when it does not listen there."""
    command = [sys.executable, "-m", "board", "serve", "--socket", str(path)]
    done = subprocess.run(
        command, env=environment_of(directory), capture_output=True, text=True, check=False, timeout=START_SECONDS
    )
    assert done.returncode == 1
    return done.stderr


def wait_until_somebody_answers_on(path: Path) -> None:
    """Wait for a server; fail after a while."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with socket.socket(socket.AF_UNIX) as client:
            if client.connect_ex(str(path)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("nobody answers")
