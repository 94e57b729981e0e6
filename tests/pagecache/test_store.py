"""The store: bounded, and it counts what it holds and gives."""

import gzip

import brotli
import pytest

from board.pagecache.page import OFTEN
from tests.pagecache.conftest import LONG, Stage


def test_memory_is_bounded_and_the_longest_unread_page_goes_first() -> None:
    stage = Stage(max_bytes=20_000)
    for number in range(50):
        stage.get(f"/{number}")
    assert stage.cache.store.bytes <= 20_000
    kept = [key[0] for key in stage.cache.store.pages]
    assert "/49" in kept and "/0" not in kept


def test_only_the_encodings_that_somebody_takes_are_in_memory(stage: Stage) -> None:
    stage.get(ACCEPT_ENCODING="gzip")
    only_gzip = stage.cache.store.bytes
    assert only_gzip < len(LONG)
    plain = stage.get()[2]
    assert stage.cache.store.bytes == only_gzip
    _status, headers, body = stage.get(ACCEPT_ENCODING="br")
    assert brotli.decompress(body) == plain
    assert stage.cache.store.bytes == only_gzip + int(headers["content-length"])
    assert len(stage.seen) == 1


def test_what_happened_is_counted(stage: Stage) -> None:
    etag = stage.get()[1]["etag"]
    stage.get(IF_NONE_MATCH=etag)
    stage.a_second_passes()
    stage.get()
    stage.version = "2"
    stage.a_second_passes()
    stage.get()
    stage.control = "private"
    stage.get("/login")
    counts = stage.cache.counts
    assert (counts.given, counts.not_modified, counts.built) == (4, 1, 2)
    assert (counts.unchanged, counts.passed, counts.dropped) == (1, 1, 0)


def test_the_store_counts_what_it_holds_and_nothing_else() -> None:
    stage = Stage(max_bytes=20_000)
    for number in range(50):
        stage.get(f"/{number}", ACCEPT_ENCODING="gzip")
        stage.get(f"/{number}", ACCEPT_ENCODING="br")
    store = stage.cache.store
    assert store.bytes == sum(kept.page.size + len(key[0]) + len(key[1]) for key, kept in store.pages.items())
    for key in list(store.pages):
        store.drop(key)
    assert store.bytes == 0


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_a_page_is_compressed_better_once_it_is_asked_for_often(stage: Stage, encoding: str) -> None:
    first, *others = [stage.get(ACCEPT_ENCODING=encoding) for _ in range(OFTEN + 1)]
    last = others[-1]
    assert all(len(answer[2]) == int(answer[1]["content-length"]) for answer in (first, *others))
    assert len(last[2]) < len(first[2])
    assert last[1]["etag"] == first[1]["etag"]
    plain = stage.get()[2]
    assert unpacked(encoding, last[2]) == unpacked(encoding, first[2]) == plain
    assert len(stage.seen) == 1


def test_every_encoding_is_made_better_at_once(stage: Stage) -> None:
    stage.get(ACCEPT_ENCODING="br")
    before = len(stage.get(ACCEPT_ENCODING="gzip")[2])
    for _ in range(OFTEN):
        stage.get(ACCEPT_ENCODING="br")
    assert len(stage.get(ACCEPT_ENCODING="gzip")[2]) < before
    store = stage.cache.store
    assert store.bytes == sum(kept.counted_bytes for kept in store.pages.values())
    assert store.bytes == sum(kept.page.size + len(key[0]) + len(key[1]) for key, kept in store.pages.items())


def unpacked(encoding: str, body: bytes) -> bytes:
    return gzip.decompress(body) if encoding == "gzip" else bytes(brotli.decompress(body))
