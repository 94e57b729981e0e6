"""Which requests share a page, which have one of their own, and what is never kept."""

import pytest

from board.pagecache import canonical_query
from tests.pagecache.conftest import Stage


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


def test_fragments_and_pages_are_kept_apart(stage: Stage) -> None:
    stage.get()
    stage.get(HX_REQUEST="true")
    assert len(stage.seen) == 2


def test_a_header_of_another_value_cannot_put_a_whole_page_where_a_part_belongs(stage: Stage) -> None:
    stage.get(HX_REQUEST="false")
    stage.get(HX_REQUEST="true")
    assert {environ["HTTP_HX_REQUEST"] for environ in stage.seen} == {"true"}
