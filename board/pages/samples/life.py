"""Let the sample people talk and vote."""

import secrets
from datetime import datetime, timedelta

from board.accounts.models import User
from board.accounts.operations import Taken, add_member, find_member
from board.articles.models import Article
from board.ballots.choices import one
from board.ballots.models import Ballot
from board.ballots.operations import place_ballot, publish_ballot, write_ballot
from board.ballots.terms import Terms
from board.ballots.votes import cast_vote
from board.comments.models import Comment
from board.comments.operations import post_comment
from board.comments.threads import Thread
from board.extensions import db
from board.pages.samples import Remark, discussion, voices
from board.storage import now

BETWEEN_ROOTS = timedelta(minutes=23)
BETWEEN_REPLIES = timedelta(minutes=4)
SLUG = "best-musical"
QUESTION = "Which was the best musical of the season?"
OPTIONS = ["The Lamplighter’s Daughter", "Sixpence Moon", "The Understudy", "Harbour Lights"]
SPONSOR = "Fairlight Piano Company"


def make_people() -> list[User]:
    """Add the people who talk, with passwords that nobody knows."""
    return [_person(name) for name in voices(discussion())]


def fill_thread(article: Article, people: list[User]) -> None:
    """Hold the sample discussion under the article, unless somebody has written there."""
    if db.session.get(Thread, article.id):
        return
    by_name = {person.display_name: person for person in people}
    start = article.published_at + BETWEEN_REPLIES
    for n, remark in enumerate(discussion()):
        _post(article, remark, None, by_name, start + n * BETWEEN_ROOTS)


def hold_ballot(article: Article, voters: list[User]) -> None:
    """Ask the season's question on the article's page, unless it is asked; the sample people have voted."""
    if db.session.query(Ballot).where(Ballot.slug == SLUG).first():
        return
    terms = Terms(SLUG, QUESTION, OPTIONS, sponsor=SPONSOR, sponsor_url="https://example.com/", results="after-vote")
    ballot = write_ballot(article.site, terms)
    publish_ballot(ballot)
    place_ballot(ballot, article)
    favourites = [0, 0, 1, 0, 2, 0, 3, 1]
    for n, voter in enumerate(voters):
        cast_vote(ballot, f"m:{voter.id}", one(ballot.options[favourites[n % len(favourites)]].id))


def _person(name: str) -> User:
    email = f"{name.lower().replace(' ', '.')}@example.com"
    try:
        return add_member(email, name, password=secrets.token_urlsafe(32))
    except Taken:
        found = find_member(email)
        if found is None:
            raise
        return found


def _post(
    article: Article, remark: Remark, parent: Comment | None, people: dict[str, User], moment: datetime
) -> datetime:
    """Post the remark and what answers it, minutes apart; return when the last was posted."""
    comment = post_comment(article, people[remark.author], remark.text, parent).comment
    comment.created_at = min(moment, now())  # a discussion of this morning, not forty posts of this second
    for n, person in enumerate(people.values()):
        if (comment.id * 7 + n * 5) % (3 + comment.depth * 4) == 0:
            comment.set_liked(person, True)
    for reply in remark.replies:
        moment = _post(article, reply, comment, people, moment + BETWEEN_REPLIES)
    return moment
