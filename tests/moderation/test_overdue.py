"""Moderators hear when something waits too long: once, those whom it concerns, and nobody where none are to be told."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from board.accounts.models import User
from board.articles.models import Article, Site
from board.comments.models import Comment
from board.config import SettingsError, load_settings
from board.extensions import db
from board.moderation import overdue
from board.moderation.appeals import write_appeal
from board.moderation.decisions import decide
from board.moderation.operations import report_comment
from board.moderation.overdue import tell_of_long_waits
from board.moderation.statements import Statement
from board.outbox import deliver_due
from board.storage import now
from tests.factories import make_article, make_comment, make_member

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def addresses(mails: Any) -> Any:
    """Return a function that looks as the worker does, some hours later, and gives whom it mailed, in all."""

    def look(hours: float) -> list[str]:
        with time_machine.travel(now() + timedelta(hours=hours), tick=False):
            tell_of_long_waits()
        return sorted(mail["to"] for mail in mails() if "wait for you" in mail.get("subject", ""))

    return look


def test_nobody_is_told_before_the_hours_are_over(reported: Comment, moderator: User, addresses: Any) -> None:
    assert addresses(11.9) == []
    assert addresses(12.1) == [moderator.email]


def test_moderators_are_told_once_a_day_while_it_waits(reported: Comment, moderator: User, addresses: Any) -> None:
    assert len(addresses(13)) == 1
    assert len(addresses(14)) == 1
    assert len(addresses(36.9)) == 1
    assert len(addresses(37.1)) == 2


def test_what_was_decided_waits_no_longer(reported: Comment, moderator: User, addresses: Any) -> None:
    decide([reported], "approve", moderator)
    db.session.commit()
    assert addresses(100) == []


def test_the_mail_says_what_waits_since_when_and_where_and_no_comment(
    reported: Comment, moderator: User, addresses: Any, mails: Any
) -> None:
    assert addresses(49)
    mail = mails()[-1]
    for words in ("The Callboard", "Reported comments: 1", "2 days", "http://localhost/moderation?queue=reported"):
        assert words in mail["text"]
    assert 'href="http://localhost/moderation?queue=reported"' in mail["html"]
    assert reported.body_source not in mail["text"]
    assert "insults" not in mail["text"]


def test_each_queue_counts(
    article: Article, author: User, moderator: User, colleague: User, client: Any, addresses: Any, mails: Any
) -> None:
    removed = make_comment(article, author, "First.")
    decide([removed], "remove", moderator, reason="spam")
    db.session.flush()
    write_appeal(db.session.query(Statement).one(), author, "It was not.")
    db.session.commit()
    second = make_comment(article, author, "Second.")
    notice = {"name": "Lea", "email": "lea@example.com", "explanation": "Defamation.", "good_faith": "y"}
    assert client.post(f"/comments/{second.id}/notices", notice).status_code == 200
    article = db.session.get_one(Article, article.id)
    article.comment_mode = "held"
    db.session.commit()
    assert make_comment(article, author, "Third.").state == "held"
    assert addresses(13) == [colleague.email, moderator.email]
    texts = {mail["to"]: mail["text"] for mail in mails() if "wait for you" in mail.get("subject", "")}
    for words in ("Held comments: 1", "Notices of unlawful content: 1"):
        assert words in texts[moderator.email] and words in texts[colleague.email]
    assert "Appeals: 1" in texts[colleague.email]
    assert "Appeals" not in texts[moderator.email]  # who decided may not decide again


def test_those_are_told_whose_reach_covers_the_site(
    reported: Comment, moderator: User, editor: User, other_site: Site, foreign_moderator: User, other_member: User,
    addresses: Any,
) -> None:  # fmt: skip
    own = make_member("Olga Own", "olga@example.com", on={1: "moderator"})
    gone = make_member("Gina Gone", "gina@example.com", role="moderator")
    gone.active = False
    db.session.commit()
    assert addresses(13) == sorted([moderator.email, editor.email, own.email])


def test_each_site_is_told_of_its_own(
    other_site: Site, author: User, other_member: User, moderator: User, foreign_moderator: User, addresses: Any
) -> None:
    comment = make_comment(make_article(other_site, "elsewhere"), author)
    report_comment(comment, other_member, "abuse", "")
    db.session.commit()
    assert addresses(13) == sorted([moderator.email, foreign_moderator.email])


def test_off_means_off(reported: Comment, moderator: User, editor: User, browser_for: Any, addresses: Any) -> None:
    answer = browser_for(editor).post("/manage/sites/1/notices", {"hours": "0", "every_hours": "24"})
    assert answer.status_code == 303
    assert addresses(1000) == []


def test_a_site_chooses_its_hours_and_the_log_keeps_it(
    reported: Comment, moderator: User, editor: User, browser_for: Any, addresses: Any, acts: Any
) -> None:
    browser = browser_for(editor)
    assert '<option selected value="12">' in browser.get("/manage/sites/1/notices").text
    assert browser.post("/manage/sites/1/notices", {"hours": "2", "every_hours": "4"}).status_code == 303
    browser.post("/manage/sites/1/notices", {"hours": "2", "every_hours": "4"})
    assert acts().count("overdue.changed") == 1
    assert '<option selected value="2">' in browser.get("/manage/sites/1/notices").text
    assert addresses(1.9) == []
    assert len(addresses(2.1)) == 2
    assert len(addresses(6)) == 2
    assert len(addresses(6.2)) == 4


@pytest.mark.parametrize("hours", ["-1", "5", "x", "99999999999999999999"])
def test_hours_that_are_not_offered_are_refused(site: Site, editor: User, browser_for: Any, hours: str) -> None:
    answer = browser_for(editor).post("/manage/sites/1/notices", {"hours": hours, "every_hours": "24"})
    assert answer.status_code == 422


def test_of_two_workers_at_once_one_tells(
    app: Flask, reported: Comment, moderator: User, mails: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    barrier, claim, told = threading.Barrier(2), overdue._claim, []

    def claim_together(*args: Any) -> bool:
        db.session.rollback()  # what was read is read
        barrier.wait(60)
        return claim(*args)

    def work() -> None:
        with app.app_context():
            told.append(tell_of_long_waits())
            db.session.remove()

    monkeypatch.setattr(overdue, "_claim", claim_together)
    db.session.commit()
    with time_machine.travel(now() + timedelta(hours=13), tick=False):
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(told) == [0, 1]
    assert [mail["to"] for mail in mails() if "wait for you" in mail.get("subject", "")] == [moderator.email]


class Receiver:
    """The operator's own server, on this machine."""

    def __init__(self) -> None:
        self.status = 204
        self.got: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *_words: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks"


@pytest.fixture
def receiver(app: Flask) -> Iterator[Receiver]:
    """Let the operator be called on this machine; their mail is not what is looked at."""
    found = Receiver()
    thread = threading.Thread(target=found.server.serve_forever, args=(0.05,))
    thread.start()
    settings = app.config["BOARD"]
    settings.overdue_url, settings.overdue_url_is_private, settings.overdue_secret = found.url, True, SECRET
    yield found
    found.server.shutdown()
    thread.join()
    found.server.server_close()


def signature_of(headers: dict[str, str], body: bytes) -> str:
    """Sign as the specification of Standard Webhooks says a receiver does."""
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(bytes(range(32)), content, hashlib.sha256).digest()).decode()


def test_the_operator_is_called_signed_and_again_after_a_failure(reported: Comment, receiver: Receiver) -> None:
    receiver.status = 503
    start = now()
    with time_machine.travel(start + timedelta(hours=13), tick=False):
        assert tell_of_long_waits() == 1
        deliver_due()
    receiver.status = 204
    with time_machine.travel(start + timedelta(hours=13, minutes=2), tick=False) as clock:
        deliver_due()
        sent_at = int(time.time())
        clock.shift(7200)
        deliver_due()
    (first, _), (headers, body) = receiver.got
    assert headers["webhook-signature"] == signature_of(headers, body)
    assert first["webhook-id"] == headers["webhook-id"]
    assert int(headers["webhook-timestamp"]) == sent_at
    said = json.loads(body)
    assert said["type"] == "queue.overdue"
    assert said["data"]["site"] == "main"
    assert said["data"]["queues"] == {"reported": {"count": 1, "since": said["data"]["queues"]["reported"]["since"]}}
    assert b"insults" not in body and reported.body_source.encode() not in body


def test_nobody_is_called_unless_the_operator_says_where(reported: Comment, receiver: Receiver, app: Flask) -> None:
    app.config["BOARD"].overdue_url = ""
    with time_machine.travel(now() + timedelta(hours=13), tick=False):
        assert tell_of_long_waits() == 1
        deliver_due()
    assert receiver.got == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"overdue_url": "https://ops.example/hook"},
        {"overdue_url": "ops.example", "overdue_secret": SECRET},
        {"overdue_url": "https://ops.example/hook", "overdue_secret": "whsec_c2hvcnQ="},
        {"overdue_url": "https://ops.example/hook", "overdue_secret": SECRET.removeprefix("whsec_")},
    ],
)
def test_an_address_without_a_good_secret_is_refused_at_start(tmp_path: Path, wrong: dict[str, Any]) -> None:
    assert load_settings(instance_path=tmp_path, overdue_url="https://ops.example/hook", overdue_secret=SECRET)
    with pytest.raises(SettingsError, match="overdue_"):
        load_settings(instance_path=tmp_path, **wrong)
