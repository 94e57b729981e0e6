"""`board serve`: starts by itself from nothing, survives a killed process, stops without cutting anybody off."""

import os
import signal
import socket
import stat
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from board.operations.watching import STOP_SECONDS
from tests.operations.serving import ROOT, ask, children, serving, wait_until_ready

FIRST_START_SECONDS = 120  # generous: the promise of 3 s on a warm machine is measured by `make bench`


@pytest.fixture
def port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_an_empty_directory_becomes_a_working_board(tmp_path: Path, port: int) -> None:
    with serving(tmp_path, port) as process:
        assert wait_until_ready(port, process) < FIRST_START_SECONDS
        assert ask(port, "/")[0] == 200
        assert ask(port, "/articles/none")[0] == 404
    for secret in ("secret_key", "board.db"):
        assert stat.S_IMODE((tmp_path / secret).stat().st_mode) == 0o600


def test_a_killed_web_process_is_replaced(tmp_path: Path, port: int) -> None:
    with serving(tmp_path, port) as process:
        wait_until_ready(port, process)
        victims = children(process)
        for victim in victims:
            os.kill(victim, signal.SIGKILL)
        assert all(ends(victim) for victim in victims)
        wait_until_ready(port, process)


def test_stopping_cuts_no_answer_off(tmp_path: Path, port: int) -> None:
    """Every request that was taken is answered; afterwards nobody listens."""
    outcomes: list[str] = []

    def keep_asking() -> None:
        while True:
            try:
                status, text = ask(port, "/healthz")
            except ConnectionRefusedError:
                return
            except ConnectionResetError:  # it was not taken yet; RemoteDisconnected is one too
                return
            except OSError as error:
                outcomes.append(type(error).__name__)
                return
            outcomes.append("whole" if (status, text) == (200, "ok\n") else f"{status} {text!r}")

    with serving(tmp_path, port) as process:
        wait_until_ready(port, process)
        askers = [threading.Thread(target=keep_asking) for _ in range(4)]
        for asker in askers:
            asker.start()
        deadline = time.monotonic() + FIRST_START_SECONDS
        while len(outcomes) < 100 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.terminate()
        assert process.wait(60) == 0
        for asker in askers:
            asker.join(60)
    assert set(outcomes) == {"whole"}


def test_a_wrong_setting_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    environment = os.environ | {"BOARD_INSTANCE_PATH": str(tmp_path), "BOARD_PUBLIC_URL": "board.example"}
    command = [sys.executable, "-m", "board", "serve"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert "BOARD_PUBLIC_URL" in done.stderr
    assert "https://board.example" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_unix_socket_serves_a_proxy_on_the_same_machine(tmp_path: Path, port: int) -> None:
    path = tmp_path / "board.sock"
    with serving(tmp_path, port, "--socket", str(path)) as process, socket.socket(socket.AF_UNIX) as client:
        client.settimeout(60)
        deadline = time.monotonic() + FIRST_START_SECONDS
        while client.connect_ex(str(path)):
            assert process.poll() is None, "board serve ended"
            assert time.monotonic() < deadline
            time.sleep(0.05)
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: board.example\r\nConnection: close\r\n\r\n")
        assert client.recv(4096).startswith(b"HTTP/1.1 200")


def test_a_port_that_is_taken_is_refused_in_one_sentence(tmp_path: Path, port: int) -> None:
    command = [sys.executable, "-m", "board", "serve", "--port", str(port)]
    environment = os.environ | {"BOARD_INSTANCE_PATH": str(tmp_path)}
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as another Board would
        holder.bind(("127.0.0.1", port))
        holder.listen()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "Choose another: --port" in done.stderr
    assert "Board is on" not in done.stderr
    assert "Traceback" not in done.stderr


def test_after_a_stop_the_database_file_alone_is_whole(tmp_path: Path, port: int) -> None:
    with serving(tmp_path, port) as process:
        wait_until_ready(port, process)
        assert ask(port, "/")[0] == 200
    journal = tmp_path / "board.db-wal"
    assert not journal.exists() or journal.stat().st_size == 0


def test_no_web_process_outlives_the_one_that_watches(tmp_path: Path, port: int) -> None:
    with serving(tmp_path, port) as process:
        wait_until_ready(port, process)
        orphans = children(process)
        assert orphans
        process.kill()
        assert all(ends(number) for number in orphans)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGKILL])
def test_a_stop_in_the_middle_of_the_start_leaves_nobody(tmp_path: Path, port: int, sent: signal.Signals) -> None:
    with serving(tmp_path, port) as process:
        deadline = time.monotonic() + FIRST_START_SECONDS
        while not (workers := web_processes(process)) and time.monotonic() < deadline:
            time.sleep(0.002)
        process.send_signal(sent)
        assert all(ends(number) for number in workers)
        process.wait(STOP_SECONDS + 20)
    with pytest.raises(ConnectionRefusedError):
        ask(port, "/healthz")


def test_no_signal_is_lost_on_a_process_that_has_hardly_begun() -> None:
    """A stop that meets a web process right after its birth would otherwise be taken by its parent's handler."""
    forking = textwrap.dedent("""
        import os, signal, time
        from board.operations.watching import become_web_process, block_signals, let_signals_in

        block_signals()
        for _ in range(50):
            parent = os.getpid()
            if not (child := os.fork()):
                become_web_process(parent, lambda: (time.sleep(0.001), let_signals_in(), time.sleep(10)))
            os.kill(child, signal.SIGTERM)
            assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGTERM
    """)
    subprocess.run([sys.executable, "-c", forking], check=True, timeout=60, cwd=ROOT)


def test_a_hangup_replaces_every_web_process_and_cuts_nobody_off(tmp_path: Path, port: int) -> None:
    with serving(tmp_path, port, BOARD_WORKERS="2") as process:
        wait_until_ready(port, process)
        former = children(process)
        assert len(former) == 2
        process.send_signal(signal.SIGHUP)
        assert all(ends(number) for number in former)
        wait_until_ready(port, process)
        assert len(set(children(process)) - set(former)) == 2


def test_what_does_not_start_is_given_up(tmp_path: Path) -> None:
    watching = textwrap.dedent("""
        import sys
        from board.operations.watching import Watch

        def fail() -> None:
            raise RuntimeError("no such library")

        sys.exit(Watch(fail, 1).run())
    """)
    done = subprocess.run(
        [sys.executable, "-c", watching], check=False, capture_output=True, text=True, timeout=60, cwd=ROOT
    )
    assert done.returncode == 1
    assert done.stderr.count("no such library") == 2
    assert "Board stops" in done.stderr


def test_a_process_that_does_not_stop_is_ended(tmp_path: Path) -> None:
    watching = textwrap.dedent("""
        import os, signal, sys, time
        from board.operations import watching

        def refuse() -> None:
            watching.let_signals_in()
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            os.kill(os.getppid(), signal.SIGTERM)
            time.sleep(60)

        watching.STOP_SECONDS = 1
        sys.exit(watching.Watch(refuse, 1).run())
    """)
    assert subprocess.run([sys.executable, "-c", watching], check=False, timeout=30, cwd=ROOT).returncode == 0


def web_processes(process: "subprocess.Popen[bytes]") -> list[int]:
    """Return the web processes, of which there are none before `board serve` has become the watching process."""
    is_watching = b"watching.py" in Path(f"/proc/{process.pid}/cmdline").read_bytes()
    return children(process) if is_watching else []


def ends(number: int) -> bool:
    """Wait for the process to end; tell whether it did."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    os.kill(number, signal.SIGKILL)
    return False
