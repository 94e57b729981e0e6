"""SQLite's journal (the WAL), brought to the disk by one for all who have committed meanwhile.

SQLite itself would sync at each commit while nobody else can write. We commit without, let the next writer in, and
only then wait for the disk: whoever comes while it works shares the next turn of it. See docs/decisions/0043.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

sync_data = getattr(os, "fdatasync", os.fsync)  # macOS has the latter alone

_here = threading.local()  # `due`: the journals that whoever is inside `synced_in_the_end` has yet to sync


@contextmanager
def synced_in_the_end() -> Iterator[None]:
    """Sync what is committed within when all else is done, before anybody is told of it. Raises OSError."""
    _here.due = set[Journal]()
    try:
        yield
    finally:
        due, _here.due = _here.due, None
        for journal in due:
            journal.sync()


class Journal:
    """The journal of one SQLite file, as this process brings it to the disk."""

    def __init__(self, file: Path) -> None:
        """Remember where it is; it is opened when first needed, in the process that needs it."""
        self._file = file
        self._disk = threading.Lock()
        self._numbers = count(1)  # one for each commit
        self._newest = 0  # a number that was given out, and all before it were too
        self._on_disk = 0  # the same, when the disk was last asked
        self._descriptor = -1
        self._opened: tuple[int, int, int] | None = None

    def sync_in_time(self) -> None:
        """Sync now, or in the end where somebody sees to that."""
        due: set[Journal] | None = getattr(_here, "due", None)
        if due is None:
            self.sync()
        else:
            due.add(self)

    def sync(self) -> None:
        """Return when all that was committed before is on the disk. Raises OSError: then nobody knows what is."""
        number = self._newest = next(self._numbers)
        with self._disk:
            if self._on_disk >= number:
                return  # whoever had the disk before us took ours along
            newest = self._newest
            if self._is_open():
                sync_data(self._descriptor)
            self._on_disk = newest

    def _is_open(self) -> bool:
        """Open the file, if it is not the one that is open; tell whether there is one."""
        try:
            found = self._file.stat()
        except FileNotFoundError:
            return False  # all of it is in the database's own file, synced
        present = (os.getpid(), found.st_dev, found.st_ino)
        if present != self._opened:
            if self._opened and self._opened[0] == present[0]:
                os.close(self._descriptor)
            self._descriptor, self._opened = os.open(self._file, os.O_RDONLY | os.O_CLOEXEC), present
        return True
