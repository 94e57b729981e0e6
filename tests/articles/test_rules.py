"""What each field takes, and what it says of the rest."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from board.articles.rules import Wrong, line, moment, optional, origins, slug, videos, web_address, whole_number


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://www.Example.com", ["https://www.example.com"]),
        ("https://example.com/\n\nhttp://localhost:8010", ["https://example.com", "http://localhost:8010"]),
        ("https://example.com:443\nhttps://example.com", ["https://example.com"]),
        ("https://bücher.example", ["https://xn--bcher-kva.example"]),
        ("http://[::1]:8000", ["http://[::1]:8000"]),
        ("", []),
    ],
)
def test_an_origin_is_kept_as_browsers_write_it(app: Flask, typed: str, kept: list[str]) -> None:
    assert origins(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["example.com", "ftp://example.com", "https://", "https://a.example/path", "https://*.example.com",
     "https://u:p@example.com", "https://example.com?x", "https://example.com#x", "https://exa mple.com",
     "https://example.com:99999", "javascript:alert(1)", "null", "https://a.example; script-src *", "*"],
)  # fmt: skip
def test_anything_that_is_no_origin_is_refused(app: Flask, typed: str) -> None:
    with pytest.raises(Wrong, match="Line 1"):
        origins(typed)


def test_a_date_without_a_zone_is_in_the_operators(app: Flask) -> None:
    app.config["BOARD"].timezone = "Europe/Berlin"
    assert moment("2026-07-01") == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert moment("2026-07-01T19:30") == datetime(2026, 7, 1, 17, 30, tzinfo=UTC)
    assert moment("2026-07-01T19:30Z") == datetime(2026, 7, 1, 19, 30, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["", "tomorrow", "2026-13-01", "22.11.2026", "1066-10-14", "9999-12-31"])
def test_a_wrong_date_is_refused(app: Flask, typed: str) -> None:
    with pytest.raises(Wrong):
        moment(typed)


def test_videos_are_one_a_line_with_an_optional_title(app: Flask) -> None:
    assert videos("https://vimeo.com/1 | One | two\n\n  https://youtu.be/x  \n") == [
        ("https://vimeo.com/1", "One | two"),
        ("https://youtu.be/x", ""),
    ]


@pytest.mark.parametrize("typed", ["vimeo.com/1", "https://a.example\njavascript:alert(1) | x", "| only a title"])
def test_a_wrong_video_is_named_by_its_line(app: Flask, typed: str) -> None:
    with pytest.raises(Wrong, match="Line"):
        videos(typed)


def test_a_line_loses_what_hides_or_reorders(app: Flask) -> None:
    assert line(20)(" a\x00b\u202e\r\n c\t") == "ab c"
    with pytest.raises(Wrong, match="21 characters"):
        line(20)("x" * 21)
    with pytest.raises(Wrong, match="Title, please"):
        line(20, needed="Title, please")(" \u202e ")


@pytest.mark.parametrize(
    "typed", ["javascript:alert(1)", "//example.com", "mailto:a@example.com", "https://u@a.example/"]
)
def test_only_whole_web_addresses_are_taken(app: Flask, typed: str) -> None:
    with pytest.raises(Wrong):
        web_address(typed)


def test_numbers_and_short_names_are_bounded(app: Flask) -> None:
    assert whole_number(0, 9)(" 7 ") == 7
    assert optional(whole_number(0, 9))(" ") is None
    assert slug("evening-post") == "evening-post"
    for typed in ("10", "-1", "x", "1.5", "²", "9" * 40):
        with pytest.raises(Wrong):
            whole_number(0, 9)(typed)
    for typed in ("", "-a", "a-", "A", "a b", "a/b", "x" * 51):
        with pytest.raises(Wrong):
            slug(typed)
