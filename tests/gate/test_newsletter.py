"""The newsletter: nobody gets it without ticking, reading a mail and pressing a button."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from board.articles.models import Article
from board.extensions import db
from board.gate.models import Consent, Subscriber
from board.outbox import OutboxRow
from board.storage import now
from tests.gate.conftest import leave_address


def mails() -> list[dict[str, Any]]:
    """Return the mails that wait to be sent, oldest first."""
    return [row.payload for row in db.session.scalars(select(OutboxRow).order_by(OutboxRow.id))]


def link_in(mail: dict[str, Any]) -> str:
    """Return the path of the mail's one link."""
    found = re.search(r"http://localhost(/\S+)", mail["text"])
    assert found
    return found[1]


def state() -> str:
    """Return the only subscriber's state."""
    return str(db.session.scalars(select(Subscriber.newsletter)).one())


def subscribe(browser: Any) -> str:
    """Tick the box and confirm; return the link that stops the newsletter."""
    leave_address(browser, newsletter="y")
    browser.post(link_in(mails()[-1]))
    return link_in(mails()[-1])


def test_unlocking_alone_agrees_to_nothing_and_sends_nothing(client: Any, gated: Article) -> None:
    leave_address(client)
    assert state() == "none"
    assert mails() == []
    assert db.session.scalar(select(func.count()).select_from(Consent)) == 0


def test_the_box_is_not_ticked_for_the_reader(client: Any, gated: Article) -> None:
    html = client.get("/articles/whodunit").text
    assert 'type="checkbox"' in html
    assert "checked" not in html


def test_ticking_records_the_words_and_the_time_and_asks_by_mail(client: Any, gated: Article) -> None:
    answer = leave_address(client, newsletter="y")
    assert answer.headers["Location"] == "/articles/whodunit?newsletter=asked#continue"
    assert "We have sent a mail" in client.get("/articles/whodunit?newsletter=asked").text
    consent = db.session.scalars(select(Consent)).one()
    html = client.get("/articles/whodunit/unlock?site=main", follow_redirects=False)
    assert html.status_code == 303
    assert consent.wording.startswith("Send me the newsletter of The Callboard")
    assert len(consent.wording_version) == 12
    assert now() - consent.given_at < timedelta(minutes=1)
    assert consent.article_id == gated.id
    assert state() == "pending"
    assert mails()[0]["to"] == "reader@example.com"
    assert consent.wording in mails()[0]["text"]


def test_the_words_on_the_page_are_the_words_recorded(client: Any, gated: Article) -> None:
    shown = client.get("/articles/whodunit").text
    leave_address(client, newsletter="y")
    consent = db.session.scalars(select(Consent)).one()
    assert consent.wording in shown
    assert f'value="{consent.wording_version}"' in shown


def test_a_tick_beside_older_words_is_no_consent(client: Any, gated: Article) -> None:
    answer = leave_address(client, newsletter="y", newsletter_version="000000000000")
    assert answer.status_code == 422
    assert "have changed since" in answer.text
    assert "checked" not in answer.text
    assert 'value="reader@example.com"' in answer.text
    assert db.session.scalar(select(func.count()).select_from(Subscriber)) == 0


def test_the_link_in_the_mail_shows_and_the_button_confirms(client: Any, gated: Article) -> None:
    leave_address(client, newsletter="y")
    link = link_in(mails()[0])
    for _ in range(3):
        answer = client.get(link)
        assert answer.status_code == 200
        assert "Yes, send it to me" in answer.text
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert state() == "pending"
    assert client.post(link).status_code == 200
    assert state() == "confirmed"


def test_the_link_is_kept_only_as_a_hash(client: Any, gated: Article) -> None:
    leave_address(client, newsletter="y")
    token = link_in(mails()[0]).rsplit("/", 1)[1]
    assert db.session.scalars(select(Consent.token_hash)).one() != token


def test_pressing_twice_confirms_once(client: Any, gated: Article) -> None:
    leave_address(client, newsletter="y")
    link = link_in(mails()[0])
    assert {client.post(link).status_code for _ in range(3)} == {200}
    assert len(mails()) == 2  # the question and one welcome


def test_the_link_expires_after_seven_days(client: Any, gated: Article) -> None:
    leave_address(client, newsletter="y")
    link = link_in(mails()[0])
    with time_machine.travel(now() + timedelta(days=7, minutes=1)):
        assert client.get(link).status_code == 410
        assert client.post(link).status_code == 410
    assert state() == "pending"


def test_a_link_that_is_not_ours_is_not_there(client: Any, gated: Article) -> None:
    for path in ("/newsletter/confirmation/", "/newsletter/withdrawal/"):
        for token in ("x", "MQ.abc", "%00", "é", "x" * 3000):
            assert client.get(path + token).status_code == 404
            assert client.post(path + token).status_code == 404


def test_one_press_stops_the_newsletter(client: Any, gated: Article) -> None:
    leaving = subscribe(client)
    assert client.get(leaving).status_code == 200
    assert state() == "confirmed"
    for _ in range(2):
        assert "has stopped" in client.post(leaving).text
    assert state() == "withdrawn"
    assert db.session.scalars(select(Consent.withdrawn_at)).one() is not None


def test_a_mail_program_stops_it_without_our_page(client: Any, gated: Article) -> None:
    leaving = subscribe(client)
    headers = mails()[-1]["headers"]
    assert headers == {
        "List-Unsubscribe": f"<http://localhost{leaving}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    answer = client.http.post(leaving, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert state() == "withdrawn"


def test_the_confirming_link_does_not_undo_a_withdrawal(client: Any, gated: Article) -> None:
    leave_address(client, newsletter="y")
    link = link_in(mails()[0])
    client.post(link)
    client.post(link_in(mails()[-1]))
    assert client.post(link).status_code == 410
    assert state() == "withdrawn"


def test_who_left_can_come_back_by_a_new_tick_and_a_new_mail(client: Any, gated: Article) -> None:
    client.post(subscribe(client))
    leave_address(client, newsletter="y")
    assert state() == "pending"
    client.post(link_in(mails()[-1]))
    assert state() == "confirmed"
    assert db.session.scalar(select(func.count()).select_from(Consent)) == 2


def test_a_stranger_cannot_unsubscribe_or_resubscribe_a_subscriber(
    new_browser: Callable[[], Any], gated: Article
) -> None:
    subscribe(new_browser())
    sent = len(mails())
    stranger = leave_address(new_browser(), newsletter="y", as_fragment=True)
    assert state() == "confirmed"
    assert len(mails()) == sent
    unknown = leave_address(new_browser(), "unknown@example.com", newsletter="y", as_fragment=True)
    assert stranger.data == unknown.data


def test_a_stranger_cannot_flood_an_address(new_browser: Callable[[], Any], gated: Article) -> None:
    for _ in range(10):
        assert leave_address(new_browser(), newsletter="y").status_code == 303
    assert len(mails()) == 3
    assert db.session.scalar(select(func.count()).select_from(Consent)) == 3


@pytest.mark.parametrize("name", ["A\r\nBcc: x@example.com", "<b>Bold</b>", "{{ 7*7 }}"])
def test_a_sites_name_cannot_bend_the_mail(client: Any, gated: Article, name: str) -> None:
    gated.site.name = name
    db.session.commit()
    leave_address(client, newsletter="y")
    assert "\n" not in mails()[0]["subject"]
    assert "49" not in mails()[0]["subject"]
