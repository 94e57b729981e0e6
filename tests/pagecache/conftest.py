"""An application behind the cache, which counts how often it is asked and answers when the test lets it."""

import threading
import time
from collections.abc import Iterable
from typing import Any

import pytest

from board import pagecache
from board.answers import HAS_OUR_COOKIE
from board.pagecache import PageCache

LONG = "The curtain rises. " * 200
LONG_SECONDS = 60  # nobody waits for so long, unless something is wrong


def is_personal(_path: str, cookies: str) -> bool:
    """Tell whether one of the cookies is ours."""
    return HAS_OUR_COOKIE(cookies) is not None


class Stage:
    """An application that counts how often it is asked, behind the cache."""

    def __init__(self, max_bytes: int = 10_000_000) -> None:
        """Begin with version 1, public pages, and answers at once."""
        self.version: str | None = "1"
        self.control = "public, max-age=0, s-maxage=1"
        self.status = "200 OK"
        self.asked, self.may_answer = threading.Event(), threading.Event()
        self.may_answer.set()
        self.extra: list[tuple[str, str]] = []
        self.seen: list[dict[str, Any]] = []
        self.cache = PageCache(self.app, is_personal, lambda _path, _query: self.version, max_bytes)

    def app(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Answer with the version and what was asked."""
        self.seen.append(dict(environ))
        self.asked.set()
        assert self.may_answer.wait(LONG_SECONDS)
        headers = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", self.control), *self.extra]
        start_response(self.status, headers)
        return [f"{LONG} {self.version} {environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}".encode()]

    def get(
        self, path: str = "/a", query: str = "", method: str = "GET", **headers: str
    ) -> tuple[str, dict[str, str], bytes]:
        """Ask the cache."""
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": "board.example"}
        environ |= {f"HTTP_{name}": value for name, value in headers.items()}
        answer: dict[str, Any] = {}

        def start_response(status: str, fields: list[tuple[str, str]], _exc_info: Any = None) -> Any:
            answer.update(status=status, headers={name.lower(): value for name, value in fields})

        body = b"".join(self.cache(environ, start_response))
        return answer["status"], answer["headers"], body

    def a_second_passes(self) -> None:
        """Make every kept page due for a check."""
        for page in self.cache.store.pages.values():
            page.checked -= pagecache.CHECK_SECONDS + 1

    def a_second_is_nearly_over(self) -> None:
        """Let every kept page be as old as one that is checked before a reader has to wait for it."""
        for page in self.cache.store.pages.values():
            page.checked = time.monotonic() - pagecache.CHECK_SECONDS + pagecache.AHEAD_SECONDS / 2


@pytest.fixture
def stage() -> Stage:
    """Return a fresh application behind a fresh cache."""
    return Stage()
