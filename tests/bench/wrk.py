"""wrk as the load on pages, and a checker that reads along while it runs."""

import json
import re
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.asking import HOST, READER, Page, get, raw
from tests.bench.driver import Request, drive

THREADS, CONNECTIONS = 2, 32
CHECK_EVERY_SECONDS = 0.2
SAME_LENGTH = 0.02  # by how much the mean length may differ from the expected one

DONE = """
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('BENCH {"requests":%d,"seconds":%f,"bytes":%d,"p50":%f,"p99":%f,"errors":%d}\\n',
    summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""
IN_TURN = """
local made, at = {}, 0
function init(args)
  for line in io.lines(args[1]) do made[#made + 1] = wrk.format("GET", line) end
end
function request()
  at = at % #made + 1
  return made[at]
end
"""

Check = Callable[[Page], bool]


@dataclass(frozen=True)
class Load:
    """What one run of wrk gave; latencies in milliseconds."""

    rate: float
    mean_bytes: float
    p50: float
    p99: float
    errors: int


class Wrk:
    """wrk with its scripts."""

    def __init__(self, directory: Path) -> None:
        """Write the scripts."""
        self._done = directory / "done.lua"
        self._in_turn = directory / "in_turn.lua"
        self._paths = directory / "paths.txt"
        self._done.write_text(DONE)
        self._in_turn.write_text(DONE + IN_TURN)

    def run(
        self,
        port: int,
        paths: Sequence[str],
        seconds: float,
        check: Check | None = None,
        headers: dict[str, str] | None = None,
    ) -> Load:
        """Ask for the paths in turn for so long; count what is wrong with the answers."""
        script = self._done if len(paths) == 1 else self._in_turn
        sent = {**READER, **(headers or {})}
        command = [
            "wrk",
            f"-t{THREADS}",
            f"-c{CONNECTIONS}",
            f"-d{max(1, round(seconds))}s",
            "--latency",
            "-s",
            str(script),
        ]
        for name, value in sent.items():
            command += ["-H", f"{name}: {value}"]
        command.append(f"http://{HOST}:{port}{paths[0]}")
        if len(paths) > 1:
            self._paths.write_text("\n".join(paths) + "\n")
            command += ["--", str(self._paths)]
        with Checker(port, paths[0], check, headers) as checker:
            printed = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=True).stdout
        found = json.loads(re.findall(r"BENCH (\{.*\})", printed)[-1])
        mean = found["bytes"] / max(1, found["requests"])
        errors = found["errors"] + checker.faults
        if len(paths) == 1 and abs(mean - wire_size(port, paths[0], sent)) > SAME_LENGTH * mean:
            errors += 1
        return Load(found["requests"] / found["seconds"], mean, found["p50"], found["p99"], errors)


class Checker(threading.Thread):
    """Ask for the page again and again while wrk does, and look at what is in it."""

    def __init__(self, port: int, path: str, check: Check | None, headers: dict[str, str] | None) -> None:
        """Remember what to ask for."""
        super().__init__(daemon=True)
        self.faults = 0
        self._asked = (port, path, headers)
        self._check = check
        self._over = threading.Event()

    def run(self) -> None:
        """Check until the load is over."""
        while not self._over.wait(CHECK_EVERY_SECONDS):
            try:
                page = get(*self._asked)
                self.faults += page.status != 200 or (self._check is not None and not self._check(page))
            except OSError:
                self.faults += 1

    def __enter__(self) -> "Checker":
        """Begin."""
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """End."""
        self._over.set()
        self.join()


def wire_size(port: int, path: str, headers: dict[str, str]) -> int:
    """Return the bytes of one answer, head and body."""
    return drive(port, iter([Request(raw(port, "GET", path, headers), "one")]), 1, 5).answers[0].size
