"""Fill an empty Board with sample content, through the same operations that people use."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists, select

from board.accounts.operations import Taken, add_member
from board.articles.models import Article, Site
from board.articles.operations import DEFAULT_SITE_NAME, add_article, edit_site, primary_site
from board.articles.typed import moment_as_typed
from board.extensions import db
from board.pages.samples import STORIES, story
from board.pages.samples.life import fill_thread, hold_ballots, make_people, make_person
from board.pages.samples.posters import poster
from board.pages.samples.waiting import fill_queue
from board.storage import now

SITE_NAME = "The Callboard"
PASSWORD_BYTES = 9
STAFF = (
    ("reader@example.com", "Nell Ashby", "member"),
    ("moderator@example.com", "Tom Okafor", "moderator"),
    ("editor@example.com", "Wanda Hale", "editor"),
    ("admin@example.com", "Joan Prompter", "admin"),
)
AGES = (timedelta(hours=5), timedelta(days=1, hours=3), timedelta(days=4))  # of the stories, the newest first


@dataclass(frozen=True)
class Account:
    """An account to try; its password is known only when it was made just now."""

    email: str
    role: str
    password: str


def has_articles() -> bool:
    """Tell whether there is anything that sample content could get in the way of."""
    return bool(db.session.scalar(select(exists().where(Article.id.is_not(None)))))


def make_demo() -> tuple[list[Article], list[Account]]:
    """Add the sample site, articles and accounts that are not there yet. The caller commits."""
    site = primary_site()
    if site.name == DEFAULT_SITE_NAME:
        edit_site(site, {"name": SITE_NAME})
    accounts = make_accounts()
    articles = [make_story(site, name, age) for name, age in zip(STORIES, AGES, strict=True)]
    people = make_people()
    is_new = fill_thread(articles[0], people)
    hold_ballots(articles, people)
    if is_new:
        fill_queue(articles[0], people, make_person("Vic Lantern"))
    return articles, accounts


def make_accounts() -> list[Account]:
    """Add an account of each role, all with one password made now; leave those alone that are there."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    made = []
    for email, name, role in STAFF:
        try:
            add_member(email, name, role=role, password=password)
            made.append(Account(email, role, password))
        except Taken:
            made.append(Account(email, role, ""))
    return made


def make_story(site: Site, name: str, age: timedelta) -> Article:
    """Add a sample article, unless it is there."""
    fields = story(name)
    there = select(Article).where(Article.site_id == site.id, Article.external_id == fields["external_id"])
    if found := db.session.scalar(there):
        return found
    picture = poster(fields["picture"])
    return add_article(site, {**fields, "picture": picture, "published_at": moment_as_typed(now() - age)})
