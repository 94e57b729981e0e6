"""One answer as ready bytes: compressed the way its readers take it, sent whole, or confirmed to whoever has it.

Only compressed bytes stay in memory, and only in an encoding that somebody asked for. They are compressed quickly at
first, which takes a tenth of the time, and well once the page is asked for often: most of a large store's pages never
are. Whoever takes no encoding gets the page unpacked for them: that is rare, and quick.
"""

import gzip
import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING

import brotli
from isal import isal_zlib

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

MIN_COMPRESSED_BYTES = 500
# How hard to try: at first, for a page that is asked for often, and for one that never changes.
QUICKLY, WELL, FOR_GOOD = 0, 1, 2
GZIP_LEVELS = (2, 5, 5)  # the first is ISA-L's own: as small as zlib's level 1, in a quarter of the time
BROTLI_QUALITIES = (2, 5, 11)  # 2 is quicker than 1 on our pages, and smaller
GZIP_WINDOW = 31  # of zlib's `wbits`: 15, and 16 for gzip's header
OFTEN = 20  # requests
COMPRESSIBLE = ("text/", "application/json", "application/ld+json", "application/javascript", "image/svg+xml")
ENCODINGS = ("br", "gzip")  # the smaller first
PLAIN = ""
ZERO_WEIGHT = re.compile(r"q=0(?:\.0*)?$").match
MAX_REMEMBERED_HEADER = 200  # characters; browsers send a handful of different ones
OWN_BYTES = 2500  # of a page besides its body: headers, and Python's objects


class Page:
    """One answer, ready to be sent: its headers, and its bytes in the encodings asked for so far."""

    __slots__ = ("_asked", "_not_modified", "_ready", "_status", "etag", "is_compressed", "is_immutable")

    def __init__(
        self, status: str, headers: list[tuple[str, str]], body: bytes, encoding: str, *, is_immutable: bool
    ) -> None:
        """Keep the body, compressed where that pays; `encoding` is what its first reader takes."""
        content_type = next((value for name, value in headers if name.lower() == "content-type"), "")
        self._status = status
        self.is_immutable = is_immutable
        self.is_compressed = len(body) >= MIN_COMPRESSED_BYTES and content_type.startswith(COMPRESSIBLE)
        self.etag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
        self._not_modified = [("ETag", self.etag), *with_vary(headers)]
        self._asked = 0
        self._ready: dict[str, tuple[list[tuple[str, str]], bytes]] = {}  # headers and body, by encoding
        self._add(body, (encoding or "gzip") if self.is_compressed else PLAIN)

    @property
    def size(self) -> int:
        """Return the bytes it takes in memory, roughly."""
        return sum(len(body) for _headers, body in self._ready.values()) + OWN_BYTES

    def is_ready(self, encoding: str) -> bool:
        """Tell whether the page is ready for one more reader, who takes this encoding or none."""
        self._asked += 1
        if not encoding or not self.is_compressed:
            return True
        is_due = self._asked == OFTEN and not self.is_immutable
        return encoding in self._ready and not is_due

    def make(self, encoding: str) -> None:
        """Compress the page once more: for readers who take this encoding, or better now that it is asked for often."""
        plain = self.plain()
        for one in {encoding, *self._ready} if self._asked == OFTEN else {encoding}:
            self._add(plain, one)

    def plain(self) -> bytes:
        """Return the page as it was before it was compressed."""
        if not self.is_compressed:
            return self._ready[PLAIN][1]
        return gzip.decompress(self._ready["gzip"][1]) if "gzip" in self._ready else _unpack(self._ready["br"][1])

    def is_known_to(self, etags: str | None) -> bool:
        """Tell whether the browser has these very bytes, by the If-None-Match that it sent."""
        return etags is not None and (self.etag in etags or etags == "*")

    def confirm(self, start_response: "StartResponse") -> list[bytes]:
        """Answer that the browser has it."""
        start_response("304 Not Modified", self._not_modified)
        return [b""]

    def send(self, encoding: str, start_response: "StartResponse", *, is_head: bool) -> list[bytes]:
        """Answer with ready bytes; `is_head` asks for their headers alone."""
        ready = self._ready.get(encoding if self.is_compressed else PLAIN)
        if ready is None:
            body = self.plain()
            ready = self._headers(PLAIN, body), body
        start_response(self._status, ready[0])
        return [b""] if is_head else [ready[1]]

    def _add(self, plain: bytes, encoding: str) -> None:
        effort = FOR_GOOD if self.is_immutable else WELL if self._asked >= OFTEN else QUICKLY
        body = compressed(plain, encoding, effort)
        self._ready[encoding] = self._headers(encoding, body), body

    def _headers(self, encoding: str, body: bytes) -> list[tuple[str, str]]:
        own = [("Content-Length", str(len(body)))] + ([("Content-Encoding", encoding)] if encoding else [])
        return [*self._not_modified, *own]


def compressed(body: bytes, encoding: str, effort: int) -> bytes:
    """Return the body in this encoding."""
    if encoding == "br":
        return bytes(brotli.compress(body, quality=BROTLI_QUALITIES[effort]))
    if encoding == "gzip":
        if effort == QUICKLY:
            return isal_zlib.compress(body, GZIP_LEVELS[effort], wbits=GZIP_WINDOW)
        return gzip.compress(body, GZIP_LEVELS[effort], mtime=0)
    return body


def _unpack(body: bytes) -> bytes:
    return bytes(brotli.decompress(body))


def choose_encoding(accepted: str) -> str:
    """Return the smallest encoding that the browser accepts, by its Accept-Encoding; empty for none."""
    return (_remembered if len(accepted) < MAX_REMEMBERED_HEADER else _choose)(accepted)


def _choose(accepted: str) -> str:
    offered = {
        name.strip(): weight.strip() for name, _, weight in (part.partition(";") for part in accepted.split(","))
    }
    return next((name for name in ENCODINGS if name in offered and not ZERO_WEIGHT(offered[name])), PLAIN)


_remembered = lru_cache(64)(_choose)


def with_vary(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Tell caches on the way that the bytes depend on the encoding, and on whether somebody is signed in."""
    others = [(name, value) for name, value in headers if name.lower() != "vary"]
    return [*others, ("Vary", "Accept-Encoding, Cookie, HX-Request")]
