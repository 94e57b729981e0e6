"""SQLite's journal (the WAL), brought to the disk by one for all who have committed meanwhile.

SQLite itself would sync at each commit while nobody else can write. We commit without, let the next writer in, and
only then wait for the disk: whoever comes while it works shares the next turn of it. See docs/decisions/0043.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import FileIO
from itertools import count
from pathlib import Path

MEND_SECONDS = 5.0  # to wait for readers who still need the journal

sync_data = getattr(os, "fdatasync", os.fsync)  # macOS has the latter alone

_here = threading.local()  # `due`: the journals that whoever is inside `synced_in_the_end` has yet to sync


class NotOnDisk(OSError):
    """The disk did not take what was committed, so nobody knows what a power cut would leave of it."""


@contextmanager
def synced_in_the_end() -> Iterator[None]:
    """Sync what is committed within when all else is done, before anybody is told of it. Raises NotOnDisk."""
    if getattr(_here, "due", None) is not None:
        yield
        return
    _here.due = set[Journal]()
    try:
        yield
    finally:
        due, _here.due = _here.due, None
        for journal in due:
            journal.sync()


class Journal:
    """The journal of one SQLite file, as this process brings it to the disk."""

    def __init__(self, database: Path) -> None:
        """Remember which file it belongs to; SQLite keeps it beside the file itself, not beside a link to it."""
        self._database = database
        self._file = database.with_name(f"{database.name}-wal")
        self._disk = threading.Lock()
        self._numbers = count(1)  # one for each commit
        self._newest = 0  # a number that was given out, and all before it were too
        self._on_disk = 0  # the same, when the disk was last asked
        self._is_broken = False
        self._opened: tuple[tuple[int, int], FileIO] | None = None

    def sync_in_time(self) -> None:
        """Sync what was just committed now, or in the end where somebody sees to that. Raises NotOnDisk."""
        self._open()
        if not self.sync_in_the_end():
            self.sync()

    def sync_in_the_end(self) -> bool:
        """Sync in the end if somebody sees to that; tell whether somebody does."""
        due: set[Journal] | None = getattr(_here, "due", None)
        if due is not None:
            due.add(self)
        return due is not None

    def sync(self) -> None:
        """Return when all that was committed before is on the disk. Raises NotOnDisk."""
        number = self._newest = next(self._numbers)
        with self._disk:
            if self._on_disk >= number:
                return  # whoever had the disk before us took ours along
            newest = self._newest
            if self._is_broken:
                self._mend()
            elif self._opened:
                self._ask_disk(self._opened[1])
            self._on_disk = newest

    def _open(self) -> None:
        """Open the file, if it is not the one that is open; whoever has just committed finds it. Raises NotOnDisk."""
        try:
            found = self._file.stat()
            if self._opened is None or self._opened[0] != (found.st_dev, found.st_ino):
                # The former one is closed once nobody syncs it any more.
                self._opened = (found.st_dev, found.st_ino), FileIO(self._file)
        except OSError as error:
            raise NotOnDisk(f"{self._file}: {error}") from error

    def _ask_disk(self, file: FileIO) -> None:
        """Sync the file. After a fault the system takes its pages for written, and would say so the next time."""
        try:
            sync_data(file.fileno())
        except OSError as error:
            self._is_broken = True
            raise NotOnDisk(f"{self._file}: {error}") from error

    def _mend(self) -> None:
        """Bring all of the journal into the database's own file, which SQLite syncs. Raises NotOnDisk."""
        try:
            with closing(sqlite3.connect(self._database, timeout=MEND_SECONDS)) as connection:
                connection.execute("PRAGMA synchronous=FULL")
                (is_busy, *_frames) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as error:
            raise NotOnDisk(f"{self._database}: {error}") from error
        if is_busy:
            raise NotOnDisk(f"{self._database}: the journal is in use and cannot be brought to the disk")
        self._is_broken = False
