"""What no reader should wait for, done in one thread of its own."""

import threading
from collections.abc import Callable
from queue import SimpleQueue

Job = Callable[[], object]


class Ahead:
    """Does jobs one after the other, in a thread that begins with the first of them."""

    def __init__(self) -> None:
        """Begin without a thread: a process that forks would not take it along."""
        self._jobs: SimpleQueue[Job] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def do(self, job: Job) -> None:
        """Do the job soon; it sees to its own faults."""
        self._jobs.put(job)
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._work, name="board-pages", daemon=True)
                    self._thread.start()

    def _work(self) -> None:
        while True:
            self._jobs.get()()
