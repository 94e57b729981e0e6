"""A log-in handed from a window of Board's own to the frame that opened it: once, at once, to that frame alone."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Article, Site
from board.embed.models import Handover
from board.extensions import db
from board.storage import now
from tests.conftest import PASSWORD, Browser
from tests.factories import make_site

AT = "/embed/at/main"
NEXT = f"{AT}/articles/opening-night"


class Frame(Browser):
    """A frame that has shown its log-in page."""

    window = ""

    def open_log_in(self, place: str = AT) -> "Frame":
        """Look at the log-in page twice, because the first answer only asks whether cookies are kept."""
        self.get(f"{place}/login?next={NEXT}")
        found = re.search(r'data-window="([^"]+)"', self.get(f"{place}/login?next={NEXT}").text)
        assert found
        self.window = found[1].replace("&amp;", "&")
        return self


@pytest.fixture
def frame(app: Any, framable: Site, article: Article) -> Frame:
    """Return a frame on its log-in page."""
    return Frame(app).open_log_in()


@pytest.fixture
def window(browser_for: Any, author: User) -> Browser:
    """Return a window of Board's own, in which the author is signed in."""
    browser: Browser = browser_for(author)
    return browser


def hand_over(window: Browser, frame: Frame) -> str:
    found = re.search(r'data-code="([^"]+)"', window.post(frame.window).text)
    assert found
    return found[1]


def take(frame: Browser, code: str, place: str = AT) -> Any:
    return frame.post(f"{place}/log-in-code", {"code": code, "next": NEXT})


def is_signed_in(frame: Browser) -> bool:
    return "Ada Author" in frame.get("/embed/thread?article_id=opening-night").text


def test_the_code_signs_the_frame_in(frame: Frame, window: Browser) -> None:
    answer = take(frame, hand_over(window, frame))
    assert answer.headers["Location"] == NEXT
    assert is_signed_in(frame)


def test_the_code_is_used_up_by_its_use(app: Any, frame: Frame, window: Browser) -> None:
    code = hand_over(window, frame)
    take(frame, code)
    other = Frame(app).open_log_in()
    assert take(other, code).status_code == 409
    assert not is_signed_in(other)


def test_another_frame_gets_nothing_for_it_and_neither_does_anybody_after(
    app: Any, frame: Frame, window: Browser
) -> None:
    code = hand_over(window, frame)
    thief = Frame(app).open_log_in()
    assert take(thief, code).status_code == 409
    assert not is_signed_in(thief)
    assert take(frame, code).status_code == 409


def test_a_frame_on_another_sites_pages_gets_nothing_for_it(app: Any, frame: Frame, window: Browser) -> None:
    make_site("second", "The Second")
    code = hand_over(window, frame)
    assert take(frame, code, "/embed/at/second").status_code == 409
    assert not is_signed_in(frame)


def test_the_code_is_over_after_a_minute(frame: Frame, window: Browser) -> None:
    code = hand_over(window, frame)
    with time_machine.travel(now() + timedelta(seconds=61), tick=False):
        assert take(frame, code).status_code == 409
    assert not is_signed_in(frame)


@pytest.mark.parametrize("code", ["", "guessed", "\0", "x" * 5000])
def test_no_other_text_is_a_code(frame: Frame, window: Browser, code: str) -> None:
    hand_over(window, frame)
    assert take(frame, code).status_code == 409
    assert not is_signed_in(frame)


def test_opening_the_window_hands_nothing_over(frame: Frame, window: Browser) -> None:
    assert "data-code" not in window.get(frame.window).text
    assert db.session.scalar(select(Handover)) is None


@pytest.mark.parametrize("origin", ["null", "https://paper.example", "https://elsewhere.example"])
def test_no_other_page_can_agree_for_the_member(frame: Frame, window: Browser, origin: str) -> None:
    answer = window.post(frame.window, headers={"Origin": origin})
    assert answer.status_code == 403
    assert db.session.scalar(select(Handover)) is None


def test_nobody_can_take_a_code_outside_of_a_frame(client: Browser, frame: Frame, window: Browser) -> None:
    code = hand_over(window, frame)
    assert client.post("/log-in-code", {"code": code}).status_code == 404
    assert take(frame, code).status_code == 303


def test_a_closed_account_gets_nothing_for_it(frame: Frame, window: Browser, author: User) -> None:
    code = hand_over(window, frame)
    author.active = False
    db.session.commit()
    assert take(frame, code).status_code == 409


def test_the_database_does_not_hold_the_code(frame: Frame, window: Browser) -> None:
    code = hand_over(window, frame)
    row = db.session.scalar(select(Handover))
    assert row
    assert code not in row.code_hash


def test_the_way_through_the_log_in_keeps_the_opener_and_other_pages_do_not(
    app: Any, frame: Frame, author: User
) -> None:
    window, policy = Browser(app), "Cross-Origin-Opener-Policy"
    first = window.get(frame.window)
    assert first.headers[policy] == "unsafe-none"
    assert window.get(first.headers["Location"]).headers[policy] == "unsafe-none"
    form = {"email": author.email, "password": PASSWORD, "next": frame.window}
    done = window.post("/login", form)
    assert done.headers[policy] == "unsafe-none"
    assert done.headers["Location"] == frame.window
    for path in ("/login", "/account", "/articles/opening-night?next=/log-in-window"):
        assert window.get(path).headers[policy] == "same-origin"


def test_a_window_with_nonsense_in_its_address_is_not_there(window: Browser, site: Site) -> None:
    for query in ("", "site=main", "site=main&challenge=x", f"site=unknown&challenge={'a' * 64}"):
        assert window.get(f"/log-in-window?{query}").status_code == 404
