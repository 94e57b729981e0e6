"""Ready bytes: who gets them, when they are made anew, and what never gets in."""

import gzip
import threading
import time
from collections.abc import Iterable
from typing import Any

import brotli
import pytest

from board import pagecache
from board.answers import HAS_OUR_COOKIE
from board.pagecache import PageCache, canonical_query

LONG = "The curtain rises. " * 200


def is_personal(_path: str, cookies: str) -> bool:
    """Tell whether one of the cookies is ours."""
    return HAS_OUR_COOKIE(cookies) is not None


class Stage:
    """An application that counts how often it is asked, behind the cache."""

    def __init__(self, max_bytes: int = 10_000_000) -> None:
        """Begin with version 1, public pages and no delay."""
        self.version: str | None = "1"
        self.control = "public, max-age=0, s-maxage=1"
        self.status = "200 OK"
        self.delay_seconds = 0.0
        self.extra: list[tuple[str, str]] = []
        self.seen: list[dict[str, Any]] = []
        self.cache = PageCache(self.app, is_personal, lambda _path, _query: self.version, max_bytes)

    def app(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Answer with the version and what was asked."""
        self.seen.append(dict(environ))
        time.sleep(self.delay_seconds)
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


@pytest.fixture
def stage() -> Stage:
    """Return a fresh application behind a fresh cache."""
    return Stage()


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


@pytest.mark.parametrize("cookie", ["board=abc", "x=1; board=abc", "x=1;board_reader=z"])
def test_a_request_with_a_personal_cookie_never_meets_the_store(stage: Stage, cookie: str) -> None:
    stage.get()
    stage.version = "mine"
    assert b" mine /a" in stage.get(COOKIE=cookie)[2]
    assert b" 1 /a" in stage.get()[2]


def test_a_foreign_cookie_does_not_keep_a_reader_from_ready_bytes(stage: Stage) -> None:
    stage.get()
    stage.get(COOKIE="consent=yes; notboard=1; onboard=2")
    assert len(stage.seen) == 1


@pytest.mark.parametrize(
    "header", ["COOKIE", "X_FORWARDED_HOST", "X_FORWARDED_FOR", "ACCEPT_LANGUAGE", "ORIGIN", "RANGE"]
)
def test_what_is_kept_is_made_without_the_odd_headers_of_whoever_asked_first(stage: Stage, header: str) -> None:
    stage.get(**{header: "evil.example"})
    assert f"HTTP_{header}" not in stage.seen[0]


def test_private_answers_and_answers_with_cookies_are_not_kept(stage: Stage) -> None:
    stage.control = "private, no-store"
    stage.get()
    stage.control, stage.extra = "public", [("Set-Cookie", "a=b")]
    stage.get()
    stage.extra, stage.status = [], "404 Not Found"
    stage.get()
    assert len(stage.seen) == 3
    assert not stage.cache.store.pages


def test_posts_pass_through(stage: Stage) -> None:
    stage.get(method="POST")
    stage.get(method="POST")
    assert len(stage.seen) == 2


def test_a_thousand_query_strings_are_one_page(stage: Stage) -> None:
    for number in range(250):
        stage.get(query=f"utm_source={number}&fbclid={number}")
        stage.get(query=f"limit={10**9 + number}&sort=x{number}&after=x{number}&before=%00{number}")
        stage.get(query=f"comment=x{number}&level=-{number}&v=é{number}&sort=%20best{number}")
        stage.get(query=f"&&;{number}&=&=={number}&comment=&sort[]={number}")
    assert len(stage.seen) == 1


def test_a_page_that_is_not_kept_is_told_every_parameter(stage: Stage) -> None:
    stage.control = "private, no-store"
    _, _, body = stage.get(path="/login", query="next=/articles/a&token=1")
    assert body.endswith(b"/login?next=/articles/a&token=1")
    _, _, body = stage.get(path="/login", query="sort=" + "x" * 300)
    assert body.endswith(b"x" * 300)


def test_the_order_of_parameters_makes_no_other_page(stage: Stage) -> None:
    assert canonical_query("sort=best&after=5&evil=1") == canonical_query("after=5&sort=best") == "after=5&sort=best"
    assert canonical_query("&".join(["sort=best"] * 100)) == ""


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


def test_one_request_builds_while_the_others_get_the_former_bytes(stage: Stage) -> None:
    stage.get()
    stage.version, stage.delay_seconds = "2", 0.3
    stage.a_second_passes()
    builder = threading.Thread(target=stage.get)
    builder.start()
    time.sleep(0.1)
    assert b" 1 /a" in stage.get()[2]
    builder.join()
    assert len(stage.seen) == 2
    assert b" 2 /a" in stage.get()[2]


def test_many_first_readers_cause_one_build(stage: Stage) -> None:
    stage.delay_seconds = 0.2
    readers = [threading.Thread(target=stage.get) for _ in range(12)]
    for reader in readers:
        reader.start()
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


def test_a_page_that_is_gone_is_gone(stage: Stage) -> None:
    stage.get()
    stage.version, stage.status = "2", "404 Not Found"
    stage.a_second_passes()
    stage.get()
    assert stage.get()[0] == "404 Not Found"


def test_memory_is_bounded_and_the_longest_unread_page_goes_first() -> None:
    stage = Stage(max_bytes=20_000)
    for number in range(50):
        stage.get(f"/{number}")
    assert stage.cache.store.bytes <= 20_000
    kept = [key[0] for key in stage.cache.store.pages]
    assert "/49" in kept and "/0" not in kept


def test_fragments_and_pages_are_kept_apart(stage: Stage) -> None:
    stage.get()
    stage.get(HX_REQUEST="true")
    assert len(stage.seen) == 2


def test_a_header_of_another_value_cannot_put_a_whole_page_where_a_part_belongs(stage: Stage) -> None:
    stage.get(HX_REQUEST="false")
    stage.get(HX_REQUEST="true")
    assert {environ["HTTP_HX_REQUEST"] for environ in stage.seen} == {"true"}


def test_without_a_stamp_the_application_still_answers(stage: Stage) -> None:
    def no_stamp(_path: str, _query: str) -> str:
        raise ConnectionError

    stage.cache._stamp = no_stamp
    assert stage.get()[0] == "200 OK"
    assert not stage.cache._first_builds


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


def test_a_request_that_breaks_leaves_no_page_waiting(stage: Stage) -> None:
    def broken(_environ: Any, _start: Any) -> Iterable[bytes]:
        raise RuntimeError

    stage.cache._app = broken
    with pytest.raises(RuntimeError):
        stage.get()
    assert not stage.cache._first_builds
