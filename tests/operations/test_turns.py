"""One request at a time goes into Flask, unless the one inside only waits."""

import threading
import time
from collections.abc import Iterable
from typing import Any

import pytest

from board import turns
from board.turns import Turns


def ignore(*_args: Any) -> Any:
    """Start no response."""


LONG_SECONDS = 60  # nobody waits for so long, unless something is wrong


class Inside:
    """An application that notes how many are in it at once; each stays until so many have come."""

    def __init__(self, together: int = 1) -> None:
        self.now, self.most, self.done = 0, 0, 0
        self._lock, self._together = threading.Lock(), threading.Barrier(together, timeout=LONG_SECONDS)

    def __call__(self, _environ: Any, _start_response: Any) -> Iterable[bytes]:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.01)  # for others to come in who should not
        self._together.wait()
        with self._lock:
            self.now -= 1
            self.done += 1
        return [b""]


def ask_at_once(app: Turns, count: int) -> None:
    threads = [threading.Thread(target=app, args=({}, ignore)) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG_SECONDS)


def test_one_request_is_inside_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", LONG_SECONDS)
    inside = Inside()
    ask_at_once(Turns(inside), 8)
    assert (inside.most, inside.done) == (1, 8)


def test_a_request_that_hangs_keeps_nobody_from_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0.01)
    inside = Inside(together=4)
    ask_at_once(Turns(inside), 4)
    assert (inside.most, inside.done) == (4, 4)


def test_a_fault_gives_the_turn_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", LONG_SECONDS)

    def fails(_environ: Any, _start_response: Any) -> Iterable[bytes]:
        raise RuntimeError

    app = Turns(fails)
    for _ in range(2):
        began = time.monotonic()
        with pytest.raises(RuntimeError):
            app({}, ignore)
        assert time.monotonic() - began < LONG_SECONDS


def test_a_request_that_waits_for_the_disk_lets_the_next_one_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", LONG_SECONDS)
    inside = Inside(together=4)

    def leaves_first(environ: Any, start_response: Any) -> Iterable[bytes]:
        app.leave()
        app.leave()  # once more changes nothing: the turn is somebody else's now
        return inside(environ, start_response)

    app = Turns(leaves_first)
    ask_at_once(app, 4)
    assert (inside.most, inside.done) == (4, 4)
