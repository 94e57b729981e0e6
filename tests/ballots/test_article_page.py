"""A ballot on the article's page, for each kind of reader."""

from collections.abc import Callable

from board.accounts.models import User
from board.articles.models import Article, Site
from board.ballots.models import Ballot
from board.extensions import db
from tests.ballots.conftest import cast, counts, make_ballot, place
from tests.conftest import Browser


def test_page_is_the_same_for_everybody_until_they_vote(
    new_reader: Callable[[], Browser], article: Article, ballot: Ballot
) -> None:
    place(ballot, article)
    first, second = (new_reader().get("/articles/opening-night") for _ in range(2))
    assert first.data == second.data
    assert first.headers["Cache-Control"].startswith("public")
    assert "Set-Cookie" not in first.headers
    assert ballot.question in first.text


def test_reader_without_a_script_comes_back_to_the_article_with_the_vote_marked(
    reader: Browser, article: Article, ballot: Ballot
) -> None:
    place(ballot, article)
    form = {"option": ballot.options[0].id, "next": "/articles/opening-night"}
    asked = reader.post(f"/ballots/{ballot.slug}/votes", form)
    answer = reader.post(asked.headers["Location"], form)
    assert answer.headers["Location"] == "/articles/opening-night#ballot-best-musical"
    page = reader.get("/articles/opening-night")
    assert "is-own" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"


def test_member_sees_their_vote(
    browser_for: Callable[[User], Browser], author: User, article: Article, ballot: Ballot
) -> None:
    place(ballot, article)
    browser = browser_for(author)
    cast(browser, ballot, 1)
    assert "is-own" in browser.get("/articles/opening-night").text


def test_drafts_and_ballots_of_other_sites_are_not_shown(reader: Browser, site: Site, article: Article) -> None:
    place(make_ballot(site, "draft", state="draft", question="A draft?"), article)
    assert "A draft?" not in reader.get("/articles/opening-night").text


def test_two_ballots_are_kept_apart(reader: Browser, site: Site, article: Article, ballot: Ballot) -> None:
    other = make_ballot(site, "other", question="And the other?")
    place(ballot, article)
    place(other, article)
    cast(reader, other, 0)
    assert counts(ballot) == [0, 0, 0]
    page = reader.get("/articles/opening-night").text
    assert page.index(ballot.question) < page.index(other.question)
    assert page.count("is-own") == 1


def test_back_link_stays_on_this_site(reader: Browser, ballot: Ballot) -> None:
    db.session.commit()
    form = {"option": ballot.options[0].id, "next": "//elsewhere.example/"}
    asked = reader.post(f"/ballots/{ballot.slug}/votes", form)
    answer = reader.post(asked.headers["Location"], form)
    assert answer.headers["Location"].startswith("/ballots/")
