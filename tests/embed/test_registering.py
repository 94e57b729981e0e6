"""Articles appear by themselves on a site's own pages, and nowhere else."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from sqlalchemy import select

from board.articles.models import Article, Site
from board.articles.page_urls import page_url
from board.audit import AuditEntry
from board.embed import registering
from board.extensions import db
from board.storage import now
from tests.conftest import Browser
from tests.embed.conftest import PAPER, ancestors

FRAMED = {"Referer": f"{PAPER}/", "Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site"}
PAGE = {"article_id": "premiere", "url": f"{PAPER}/premiere?id=1&utm_source=x#top", "title": " A  premiere\u202e "}


def ask(client: Browser, headers: dict[str, str] = FRAMED, part: str = "thread", **other: str) -> Any:
    """Load the frame as the element on a page does."""
    return client.get(f"/embed/{part}?{urlencode(PAGE | other)}", headers=headers)


def ticket_in(answer: Any) -> str:
    """Return the ticket in the document, or nothing."""
    found = re.search(r'name="ticket" value="([^"]+)"', answer.text)
    return found[1] if found else ""


def register(client: Browser, ticket: str, **more: Any) -> Any:
    """Send the ticket as the frame's script does."""
    return client.post("/embed/articles", {"ticket": ticket}, **more)


def titles() -> list[str]:
    """Return what there is."""
    return list(db.session.scalars(select(Article.title)))


def test_an_article_appears_when_its_element_is_first_shown(client: Browser, framable: Site) -> None:
    first = ask(client)
    assert first.status_code == 200
    assert ancestors(first).startswith(PAPER)
    assert first.headers["Cache-Control"] == "private, no-store"
    assert titles() == []  # looking changes nothing
    answer = register(client, ticket_in(first))
    assert answer.status_code == 303
    assert answer.location == "/embed/thread?article_id=premiere"
    article = db.session.scalars(select(Article)).one()
    assert (article.title, article.url) == ("A premiere", f"{PAPER}/premiere?id=1")
    assert [entry.action for entry in db.session.scalars(select(AuditEntry))] == ["article.added"]
    assert ask(client).status_code == 200
    assert not ticket_in(ask(client))


def test_the_same_ticket_twice_makes_one_article(client: Browser, framable: Site) -> None:
    ticket = ticket_in(ask(client))
    assert [register(client, ticket).status_code for _ in range(2)] == [303, 303]
    assert titles() == ["A premiere"]


def test_a_gate_comes_back_to_the_gate(client: Browser, framable: Site) -> None:
    answer = ask(client, part="gate")
    assert "/embed/articles?part=gate" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Referer": "https://elsewhere.example/"},
        {"Referer": f"{PAPER}.elsewhere.example/"},
        {"Referer": "http://paper.example/"},
        {"Referer": "not an address"},
        FRAMED | {"Sec-Fetch-Dest": "document"},
        FRAMED | {"Sec-Fetch-Dest": "empty"},
    ],
)
def test_no_ticket_for_any_other_page_or_program(client: Browser, framable: Site, headers: dict[str, str]) -> None:
    answer = ask(client, headers)
    assert answer.status_code == 404
    assert not ticket_in(answer)


@pytest.mark.parametrize("ticket", ["", "forged", "WzEsIngiXQ.aaaa.bbbb"])
def test_a_forged_ticket_registers_nothing(client: Browser, framable: Site, ticket: str) -> None:
    assert register(client, ticket).status_code == 409
    assert titles() == []


def test_an_old_ticket_registers_nothing(client: Browser, framable: Site) -> None:
    ticket = ticket_in(ask(client))
    with time_machine.travel(now() + registering.TICKET_LASTS + timedelta(minutes=1), tick=False):
        assert register(client, ticket).status_code == 409
    assert titles() == []


def test_another_site_cannot_send_a_ticket_that_it_got(client: Browser, framable: Site) -> None:
    ticket = ticket_in(ask(client))
    assert register(client, ticket, headers={"Origin": PAPER}).status_code == 403
    assert titles() == []


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/premiere",
        "javascript:alert(1)",
        "https://paper.example.evil.example/",
        "//x",
        f"{PAPER}/\0",
    ],
)
def test_an_address_elsewhere_is_refused_with_the_reason(client: Browser, framable: Site, url: str) -> None:
    answer = register(client, ticket_in(ask(client, url=url)))
    assert answer.status_code == 422
    assert ancestors(answer).startswith(PAPER)
    assert "data-problem" in answer.text
    assert titles() == []


def test_markup_in_a_title_stays_text(client: Browser, framable: Site) -> None:
    answer = register(client, ticket_in(ask(client, title='<img src=x onerror="alert(1)">')))
    page = client.get(answer.location).text
    assert "<img" not in page
    assert "&lt;img" in page


def test_a_network_registers_only_so_many(client: Browser, framable: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registering, "ARTICLES_PER_NETWORK", 2)
    codes = [register(client, ticket_in(ask(client, article_id=f"a{n}"))).status_code for n in range(3)]
    assert codes == [303, 303, 429]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://a.example/x?utm_source=b&id=7&fbclid=c#d", "https://a.example/x?id=7"),
        ("https://a.example/x?q=a%20b&page=2", "https://a.example/x?q=a%20b&page=2"),
        ("https://a.example/x?gclid=1", "https://a.example/x"),
        ("https://a.example/", "https://a.example/"),
    ],
)
def test_what_only_tells_how_a_reader_came_is_left_out_of_the_address(given: str, kept: str) -> None:
    assert page_url(given) == kept
