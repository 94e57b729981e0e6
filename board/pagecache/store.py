"""The kept pages: bounded in memory, what was not read for longest goes first."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from board.pagecache.keys import Key
from board.pagecache.page import Page


@dataclass(slots=True)
class Kept:
    """A page in the store: which version of its contents it shows, and when that was last asked."""

    page: Page
    stamp: str | None
    checked: float  # on the monotonic clock, in seconds
    has_overlay: bool = False
    counted_bytes: int = 0  # what the store reckons it takes
    is_due: bool = False  # for being checked before a reader has to wait for it
    rebuilding: threading.Lock = field(default_factory=threading.Lock)


@dataclass(slots=True)
class Counts:
    """What happened since the process began. Threads count without a lock, so a busy server may miss a few."""

    given: int = 0  # requests answered from ready bytes, `not_modified` ones included
    not_modified: int = 0
    built: int = 0  # pages made by Flask and kept
    unchanged: int = 0  # times a kept page was compared with the database and found true
    passed: int = 0  # GET and HEAD requests that Flask answered itself
    dropped: int = 0  # pages that made room for others


class Store:
    """Pages by their keys, never more than so many bytes of them."""

    def __init__(self, max_bytes: int) -> None:
        """Begin empty."""
        self.pages: OrderedDict[Key, Kept] = OrderedDict()
        self.bytes = 0
        self.max_bytes = max_bytes
        self.counts = Counts()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Kept | None:
        """Return the page, if it is there."""
        return self.pages.get(key)

    def keep(self, key: Key, kept: Kept) -> None:
        """Put the page in the place of a former one; the longest unread make room."""
        with self._lock:
            self._forget(key)
            self.pages[key] = kept
            self._count(key, kept)

    def compress(self, key: Key, kept: Kept, encoding: str) -> None:
        """Make the page in one more encoding."""
        kept.page.make(encoding)
        with self._lock:
            if self.pages.get(key) is kept:
                self._count(key, kept)

    def touch(self, key: Key) -> None:
        """Note that the page is being read."""
        with self._lock:
            if key in self.pages:
                self.pages.move_to_end(key)

    def drop(self, key: Key) -> None:
        """Forget the page."""
        with self._lock:
            self._forget(key)

    def _count(self, key: Key, kept: Kept) -> None:
        """Reckon anew what the page takes, and let others go until all have room."""
        size = kept.page.size + len(key[0]) + len(key[1])
        self.bytes += size - kept.counted_bytes
        kept.counted_bytes = size
        while self.bytes > self.max_bytes and len(self.pages) > 1:
            self._forget(next(iter(self.pages)))
            self.counts.dropped += 1

    def _forget(self, key: Key) -> None:
        former = self.pages.pop(key, None)
        if former is not None:
            self.bytes -= former.counted_bytes
