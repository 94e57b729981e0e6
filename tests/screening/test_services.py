"""Other services are asked after posting, by the worker; they can hold, and their silence holds nobody up."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Article, Site
from board.audit import AuditEntry
from board.comments import asking
from board.comments.asking import ask_due, signature
from board.comments.models import Comment
from board.comments.operations import edit_comment
from board.extensions import db
from board.outgoing import NoAnswer, post
from board.screening.learning import learn
from board.screening.models import ScreeningQuestion
from board.screening.operations import change_rules
from board.storage import now
from tests.factories import make_comment


class Service:
    """A service on this machine that answers as the test says, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answer: tuple[int, str] = 200, '{"action": "publish"}'
        self.asked: list[tuple[dict[str, str], str]] = []
        self.while_asked: Callable[[], None] = lambda: None
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                service.asked.append((dict(self.headers), body))
                service.while_asked()
                status, text = service.answer
                self.send_response(status)
                self.send_header("Location", "http://127.0.0.1:1/")
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_words: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/check"


@pytest.fixture
def service() -> Iterator[Service]:
    found = Service()
    thread = threading.Thread(target=found.server.serve_forever, args=(0.05,))
    thread.start()
    yield found
    found.server.shutdown()
    thread.join()
    found.server.server_close()


@pytest.fixture(autouse=True)
def asked_service(app: Flask, site: Site, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the site ask a service on this machine."""
    settings = app.config["BOARD"]
    settings.screening_url, settings.screening_url_is_private, settings.screening_secret = service.url, True, "secret"
    monkeypatch.setattr(asking, "_rests_until", 0.0)
    change_rules(site, {"service": "ask"})
    db.session.commit()


def questions() -> list[str]:
    return list(db.session.scalars(select(ScreeningQuestion.step)))


def test_an_objection_holds_the_comment_and_says_why(article: Article, author: User, service: Service) -> None:
    comment = make_comment(article, author, "Buy **this**.")
    assert (comment.state, service.asked, questions()) == ("published", [], ["service"]), "nobody waits for it"
    service.answer = 200, json.dumps({"action": "hold", "words": ["buy", 7, "x" * 99]})
    assert ask_due() == 1
    assert (comment.state, comment.hold_reasons) == ("held", [{"step": "service", "words": ["buy", "x" * 60]}])
    assert questions() == []
    headers, body = service.asked[0]
    asked = json.loads(body)
    assert (asked["text"], asked["article"], asked["site"], asked["id"]) == (
        "Buy **this**.", "opening-night", "main", comment.id,
    )  # fmt: skip
    assert "ada@example.com" not in body
    with time_machine.travel(int(headers["Board-Timestamp"]), tick=False):
        assert signature("secret", body.encode())["Board-Signature"] == headers["Board-Signature"]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "comment.held")).one()
    assert (entry.actor_id, entry.after["reasons"][0]["step"]) == (None, "service")  # type: ignore[index]


def test_no_objection_leaves_the_comment(article: Article, author: User, service: Service) -> None:
    comment = make_comment(article, author)
    assert ask_due() == 1
    assert (comment.state, questions()) == ("published", [])


def test_what_is_held_already_gets_one_more_reason(
    article: Article, author: User, site: Site, service: Service
) -> None:
    change_rules(site, {"held_words_list": "buy"})
    comment = make_comment(article, author, "Buy.")
    service.answer = 200, '{"action": "hold"}'
    ask_due()
    assert [reason["step"] for reason in comment.hold_reasons or []] == ["held_words", "service"]


def test_an_edit_is_asked_about_again(article: Article, author: User, service: Service) -> None:
    comment = make_comment(article, author)
    ask_due()
    edit_comment(comment, "Something else.")
    db.session.commit()
    assert ask_due() == 1
    assert json.loads(service.asked[1][1])["text"] == "Something else."


def test_no_machine_overrules_a_moderator(app: Flask, article: Article, author: User, service: Service) -> None:
    before, meanwhile = make_comment(article, author, "One."), make_comment(article, author, "Two.")
    before_id, meanwhile_id = before.id, meanwhile.id
    service.answer = 200, '{"action": "hold"}'
    learn(before, is_bad=False)
    db.session.commit()

    def decide() -> None:
        with app.app_context():
            learn(db.session.get_one(Comment, meanwhile_id), is_bad=False)
            db.session.commit()

    service.while_asked = decide
    assert ask_due() == 2
    assert len(service.asked) == 1
    states = db.session.execute(select(Comment.id, Comment.state)).all()
    assert {tuple(row) for row in states} == {(before_id, "published"), (meanwhile_id, "published")}


def test_what_is_gone_is_not_asked_about(article: Article, author: User, service: Service) -> None:
    make_comment(article, author).delete()
    db.session.commit()
    assert ask_due() == 1
    assert (service.asked, questions()) == ([], [])


@pytest.mark.parametrize("answer", [(500, ""), (200, "<html>"), (200, '{"action": "burn"}'), (200, "[]"), (302, "")])
def test_a_service_that_answers_wrongly_holds_nothing_and_is_asked_again(
    article: Article, author: User, service: Service, answer: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    comment = make_comment(article, author)
    service.answer = answer
    assert (ask_due(), comment.state, questions()) == (0, "published", ["service"])
    assert ask_due() == 0 and len(service.asked) == 1, "it rests a while"
    monkeypatch.setattr(asking, "_rests_until", 0.0)
    service.answer = 200, '{"action": "hold"}'
    assert ask_due() == 0, "not yet due again"
    with time_machine.travel(now() + timedelta(minutes=2)):
        assert ask_due() == 1
    db.session.refresh(comment)
    assert comment.state == "held"


def test_a_service_that_never_answers_is_given_up(
    article: Article, author: User, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment = make_comment(article, author)
    service.answer = 500, ""
    for n in range(asking.MAX_TRIES):
        monkeypatch.setattr(asking, "_rests_until", 0.0)
        with time_machine.travel(now() + timedelta(days=n)):
            ask_due()
    assert (len(service.asked), questions(), comment.state) == (asking.MAX_TRIES, [], "published")


def test_akismet_is_asked_with_a_network_and_no_address(
    app: Flask, site: Site, article: Article, author: User, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["BOARD"].akismet_key = "key"
    change_rules(site, {"service": "off", "akismet": "ask"})
    db.session.commit()
    monkeypatch.setattr(asking, "AKISMET_URL", service.url)
    monkeypatch.setattr(asking, "post", lambda url, **content: post(url, is_private=True, **content))
    comment = make_comment(article, author, "Spam.")
    service.answer = 200, "true"
    assert ask_due() == 1
    assert comment.hold_reasons == [{"step": "akismet", "words": []}]
    body = service.asked[0][1]
    assert "comment_content=Spam." in body and "api_key=key" in body and "ada%40example.com" not in body


def test_nobody_is_asked_unless_operator_and_site_want_it(
    app: Flask, site: Site, article: Article, author: User, service: Service
) -> None:
    change_rules(site, {"akismet": "ask", "service": "off"})
    make_comment(article, author)
    assert questions() == [], "the operator has no key"
    change_rules(site, {"service": "ask"})
    app.config["BOARD"].screening_url = ""
    make_comment(article, author, "Two.")
    assert questions() == []


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::1]:{port}/"),
        *("http://169.254.169.254/latest", "http://10.0.0.1/", "http://0.0.0.0:{port}/"),
    ],
)
def test_addresses_inside_are_refused_unless_the_operator_says_so(service: Service, url: str) -> None:
    with pytest.raises(NoAnswer):
        post(url.format(port=service.server.server_port), data=b"")
    assert service.asked == []
    assert post(service.url, is_private=True, data=b"").status == 200


def test_a_long_answer_is_not_read(service: Service) -> None:
    service.answer = 200, "x" * 100_000
    with pytest.raises(NoAnswer, match="too long"):
        post(service.url, is_private=True, data=b"")
