"""What Prometheus asks for: the ready bytes of the web process that answers, and that process itself."""

import hmac
import os
import time
from collections.abc import Iterator
from pathlib import Path

from flask import current_app, request

from board.access import NotThere
from board.pagecache import READY_PAGES, PageCache

READ_WHAT = {
    "given": "Requests answered from ready bytes.",
    "not_modified": "Those of them that only confirmed what the browser had.",
    "built": "Pages made anew and kept.",
    "unchanged": "Kept pages that the database was asked about and that still held.",
    "passed": "GET and HEAD requests that looked for a kept page and were answered by Flask.",
    "dropped": "Kept pages that made room for others.",
}
STARTED = time.time()


def permit_scraper() -> None:
    """Raise NotThere unless the request carries the operator's token: to others there is no such page."""
    token = current_app.config["BOARD"].metrics_token
    sent = request.headers.get("Authorization", "")
    if not token or not hmac.compare_digest(sent.encode(), f"Bearer {token}".encode()):
        raise NotThere


def metrics() -> str:
    """Return all metrics in Prometheus's text format; each web process has its own, told apart by `process`."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from _metric("process_start_time_seconds", "gauge", "When this web process began.", STARTED)
    yield from _metric("process_resident_memory_bytes", "gauge", "Memory of this web process.", _resident_bytes())
    ready: PageCache | None = current_app.extensions.get(READY_PAGES)
    if ready is None:
        return
    for name, what in READ_WHAT.items():
        yield from _metric(f"board_ready_pages_{name}_total", "counter", what, getattr(ready.counts, name))
    yield from _metric("board_ready_pages", "gauge", "Pages that are kept.", len(ready.store.pages))
    yield from _metric("board_ready_pages_bytes", "gauge", "Memory that kept pages take.", ready.store.bytes)
    yield from _metric("board_ready_pages_max_bytes", "gauge", "Memory that they may take.", ready.store.max_bytes)


def _metric(name: str, kind: str, what: str, value: float) -> Iterator[str]:
    yield f"# HELP {name} {what}"
    yield f"# TYPE {name} {kind}"
    yield f'{name}{{process="{os.getpid()}"}} {value}'


def _resident_bytes() -> int:
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if statm.exists() else 0
