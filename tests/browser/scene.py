"""Set the scene for a journey: people, articles, threads and ballots, put in through the operations that people use."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from board import create_app
from board.accounts.models import User
from board.accounts.operations import find_member
from board.accounts.reach import EVERYWHERE
from board.articles.loading import article_path
from board.articles.models import Article
from board.articles.operations import add_article, primary_site
from board.ballots.choices import ranking, scores
from board.ballots.models import Ballot
from board.ballots.operations import close_ballot, place_ballot, publish_ballot, write_ballot
from board.ballots.recounts import recount
from board.ballots.terms import Terms
from board.ballots.votes import cast_vote
from board.comments.loading import load_comment
from board.comments.models import Comment
from board.comments.visits import ThreadVisit
from board.config import Settings
from board.embed.site_keys import add_key, secret_of
from board.extensions import db
from board.gate.listing import as_csv
from board.moderation.decisions import decide
from board.moderation.operations import remove_comment, report_comment
from board.moderation.queues import in_queue
from tests.factories import make_comment, make_member

BODY = "\n\n".join(f"Paragraph {number} of the review, which goes on for a while." for number in range(1, 9))


class Scene:
    """The database of the server under test, seen from the wings."""

    def __init__(self, settings: Settings) -> None:
        """Bind to the same database."""
        self._app = create_app(settings)
        self._numbers = itertools.count(1)

    @contextmanager
    def lit(self) -> Iterator[None]:
        """Open the application's context for one change."""
        with self._app.test_request_context("/"):
            yield
            db.session.remove()

    def origins(self, *urls: str) -> None:
        """Let the pages of these origins frame the primary site's threads."""
        with self.lit():
            primary_site().origins = list(urls)
            db.session.commit()

    def sso_key(self) -> tuple[str, str]:
        """Make a key of the primary site for single sign-on; return its name and its secret."""
        with self.lit():
            key = add_key(primary_site())
            db.session.commit()
            return key.kid, secret_of(key)

    def address(self) -> str:
        """Return an e-mail address that nobody has used yet."""
        return f"newcomer{next(self._numbers)}@journeys.example"

    def name(self) -> str:
        """Return a display name that nobody has yet."""
        return f"Newcomer {next(self._numbers)}"

    def member(self, name: str, role: str = "member", *, exact: bool = False) -> str:
        """Add a confirmed member with the test password; return the address. A number makes the name unique."""
        email = f"{role}{next(self._numbers)}@journeys.example"
        with self.lit():
            make_member(name if exact else f"{name} {next(self._numbers)}", email, role)
        return email

    def numbers_of(self, emails: list[str]) -> list[int]:
        """Return the members' IDs, as their pages' addresses have them."""
        with self.lit():
            return [int(_member(email).id) for email in emails]

    def gets_newsletter(self, email: str) -> bool:
        """Tell whether the address is among the confirmed subscribers."""
        with self.lit():
            return email in "".join(as_csv(primary_site().id, "confirmed"))

    def article(self, **fields: Any) -> str:
        """Add an article; return its path."""
        number = next(self._numbers)
        values = {"external_id": f"journey-{number}", "title": f"Opening night {number}", "body_source": BODY, **fields}
        with self.lit():
            article = add_article(primary_site(), values)
            db.session.commit()
            return article_path(article)

    def has_article(self, external_id: str, **values: str) -> bool:
        """Tell whether there is an article with this ID, and with these values."""
        with self.lit():
            found = db.session.query(Article).filter_by(external_id=external_id, **values)
            return db.session.query(found.exists()).scalar() is True

    def comment(self, path: str, by: str, text: str, parent: int | None = None) -> int:
        """Post a comment as the member; return its ID."""
        with self.lit():
            above = db.session.get(Comment, parent) if parent else None
            return int(make_comment(_article(path), _member(by), text, above).id)

    def let_an_hour_pass(self, path: str) -> None:
        """Move what was said in the thread, and who came to it, an hour back."""
        with self.lit():
            article = _article(path)
            for comment in db.session.query(Comment).filter_by(article_id=article.id):
                comment.created_at -= timedelta(hours=1)
            for visit in db.session.query(ThreadVisit).filter_by(article_id=article.id):
                visit.began_at -= timedelta(hours=1)
            db.session.commit()

    def report(self, comment: int, by: str, note: str = "") -> None:
        """Report a comment as spam, as the member."""
        with self.lit():
            reporter = _member(by)
            report_comment(load_comment(comment, reporter), reporter, "spam", note)
            db.session.commit()

    def remove(self, comment: int, by: str) -> None:
        """Remove a comment as the moderator."""
        with self.lit():
            moderator = _member(by)
            remove_comment(load_comment(comment, moderator), moderator, "abuse")
            db.session.commit()

    def hold(self, comment: int) -> None:
        """Let a comment wait, as screening would have."""
        with self.lit():
            db.session.get_one(Comment, comment).hold()
            db.session.commit()

    def states(self, comments: list[int]) -> list[str]:
        """Return what became of the comments."""
        with self.lit():
            return [db.session.get_one(Comment, number).state for number in comments]

    def clear_desk(self) -> None:
        """Let everything stand that waits for a moderator."""
        with self.lit():
            clerk = make_member(f"Clara Clerk {next(self._numbers)}", self.address(), "moderator")
            for queue in ("reported", "held"):
                while ids := db.session.scalars(in_queue(queue, EVERYWHERE).limit(100)).all():
                    decide(db.session.scalars(select(Comment).where(Comment.id.in_(ids))).all(), "approve", clerk)
                    db.session.commit()

    def ballot(self, path: str, **terms: Any) -> str:
        """Publish a ballot on the article; return its slug."""
        values = {
            "slug": f"ballot-{next(self._numbers)}",
            "question": "Who stole the show?",
            "options": ["The lamplighter", "The band", "The bailiff"],
            "sponsor": "Stagecraft Ltd",
            "sponsor_url": "https://stagecraft.example/",
            **terms,
        }
        with self.lit():
            ballot = write_ballot(primary_site(), Terms(**values))
            place_ballot(ballot, _article(path))
            publish_ballot(ballot)
            db.session.commit()
            return str(ballot.slug)

    def result(self, path: str, method: str, **terms: Any) -> str:
        """Publish a ballot by the method, have a few vote, close and count it; return its slug."""
        slug = self.ballot(path, **terms)
        with self.lit():
            ballot = db.session.query(Ballot).filter_by(slug=slug).one()
            ballot.method, ids = method, [option.id for option in ballot.options]
            for voter in range(9):
                some = ids[voter % 3 % len(ids) :] + ids[:1]
                choice = ranking(some) if method == "ranked" else scores(dict.fromkeys(some, voter % 5 + 1))
                cast_vote(ballot, f"d:{slug}-{voter}", choice)
            close_ballot(ballot)
            db.session.commit()
            recount(ballot)
        return slug


def _member(email: str) -> User:
    member = find_member(email)
    assert member
    return member


def _article(path: str) -> Article:
    external_id = path.removeprefix("/articles/")
    return db.session.query(Article).filter_by(external_id=external_id).one()
