"""Ready bytes: the second reader gets what was made for the first, until it is made anew."""

import gzip
import threading
import time
from collections.abc import Iterable
from typing import Any

import brotli
import pytest

from board import pagecache
from tests.pagecache.conftest import LONG_SECONDS, Stage


def test_the_second_reader_gets_the_bytes_of_the_first(stage: Stage) -> None:
    first, second = stage.get(), stage.get()
    assert first == second
    assert len(stage.seen) == 1


def test_an_unchanged_page_is_only_asked_for_its_stamp(stage: Stage) -> None:
    stage.get()
    stage.a_second_passes()
    stage.get()
    assert len(stage.seen) == 1


def test_a_changed_page_is_built_anew_after_a_second(stage: Stage) -> None:
    stage.get()
    stage.version = "2"
    assert b" 1 /a" in stage.get()[2]
    stage.a_second_passes()
    assert b" 2 /a" in stage.get()[2]


def test_a_page_without_a_stamp_is_built_anew_after_a_second(stage: Stage) -> None:
    stage.version = None
    stage.get()
    stage.a_second_passes()
    stage.get()
    assert len(stage.seen) == 2


def test_one_request_builds_while_the_others_get_the_former_bytes(stage: Stage) -> None:
    stage.get()
    stage.version = "2"
    stage.a_second_passes()
    stage.asked.clear()
    stage.may_answer.clear()
    builder = threading.Thread(target=stage.get)
    builder.start()
    assert stage.asked.wait(LONG_SECONDS)
    assert b" 1 /a" in stage.get()[2]
    stage.may_answer.set()
    builder.join()
    assert len(stage.seen) == 2
    assert b" 2 /a" in stage.get()[2]


def test_a_page_that_is_being_read_is_built_anew_before_anybody_waits_for_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pagecache, "CHECK_SECONDS", LONG_SECONDS)
    stage.get()
    stage.version = "2"
    stage.asked.clear()
    stage.may_answer.clear()
    stage.a_second_is_nearly_over()
    assert b" 1 /a" in stage.get()[2]  # at once, though the application does not answer yet
    assert stage.asked.wait(LONG_SECONDS)
    assert b" 1 /a" in stage.get()[2]
    stage.may_answer.set()
    deadline = time.monotonic() + LONG_SECONDS
    while b" 1 /a" in stage.get()[2]:
        assert time.monotonic() < deadline
    assert len(stage.seen) == 2


def test_no_reader_gets_a_page_that_is_too_old_because_others_are_made_first(stage: Stage) -> None:
    others = threading.Event()
    stage.cache._ahead.do(lambda: others.wait(LONG_SECONDS))
    stage.get()
    stage.version = "2"
    stage.a_second_is_nearly_over()
    stage.get()
    stage.a_second_passes()
    assert b" 2 /a" in stage.get()[2]
    others.set()


def test_many_first_readers_cause_one_build(stage: Stage) -> None:
    stage.may_answer.clear()
    readers = [threading.Thread(target=stage.get) for _ in range(12)]
    for reader in readers:
        reader.start()
    assert stage.asked.wait(LONG_SECONDS)
    stage.may_answer.set()
    for reader in readers:
        reader.join()
    assert len(stage.seen) == 1


def test_a_fault_of_the_database_leaves_the_former_bytes(stage: Stage) -> None:
    stage.get()
    stage.version, stage.status = "2", "503 Service Unavailable"
    stage.a_second_passes()
    assert b" 1 /a" in stage.get()[2]


def test_a_database_that_is_away_leaves_the_former_bytes(stage: Stage) -> None:
    stage.get()
    stage.a_second_passes()

    def away(_path: str, _query: str) -> str:
        raise OSError("away")

    stage.cache._stamp = away
    assert b" 1 /a" in stage.get()[2]


def test_without_a_stamp_the_application_still_answers(stage: Stage) -> None:
    def no_stamp(_path: str, _query: str) -> str:
        raise ConnectionError

    stage.cache._stamp = no_stamp
    assert stage.get()[0] == "200 OK"
    assert not stage.cache._first_builds


def test_a_request_that_breaks_leaves_no_page_waiting(stage: Stage) -> None:
    def broken(_environ: Any, _start: Any) -> Iterable[bytes]:
        raise RuntimeError

    stage.cache._app = broken
    with pytest.raises(RuntimeError):
        stage.get()
    assert not stage.cache._first_builds


def test_a_page_that_is_gone_is_gone(stage: Stage) -> None:
    stage.get()
    stage.version, stage.status = "2", "404 Not Found"
    stage.a_second_passes()
    stage.get()
    assert stage.get()[0] == "404 Not Found"


def test_a_browser_that_has_the_bytes_is_told_so(stage: Stage) -> None:
    etag = stage.get()[1]["etag"]
    status, headers, body = stage.get(IF_NONE_MATCH=etag)
    assert (status, body) == ("304 Not Modified", b"")
    assert headers["etag"] == etag


def test_head_has_the_headers_without_the_body(stage: Stage) -> None:
    status, headers, body = stage.get(method="HEAD")
    assert (status, body) == ("200 OK", b"")
    assert headers["content-length"] == stage.get()[1]["content-length"]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("", None), ("br;q=0, gzip;q=0.5", "gzip"), ("gzip;q=0", None)],
)
def test_each_browser_gets_the_smallest_encoding_it_reads(stage: Stage, accepted: str, encoding: str | None) -> None:
    plain = stage.get()[2]
    _status, headers, body = stage.get(ACCEPT_ENCODING=accepted)
    assert headers.get("content-encoding") == encoding
    opened = {"br": brotli.decompress, "gzip": gzip.decompress, None: lambda same: same}[encoding](body)
    assert opened == plain
