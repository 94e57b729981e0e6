"""Let the sample people talk and vote."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from board.accounts.models import User
from board.accounts.operations import Taken, add_member, find_member
from board.articles.models import Article
from board.ballots.choices import Choice, one, ranking, scores
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
Picked = Callable[[list[int]], Choice]  # what one votes, by the options' IDs

_MUSICALS = Terms(
    "best-musical",
    "Which was the best musical of the season?",
    ["The Lamplighter’s Daughter", "Sixpence Moon", "The Understudy", "Harbour Lights"],
    sponsor="Fairlight Piano Company",
    sponsor_url="https://example.com/",
    results="after-vote",
)
_STAGES = Terms(
    "best-open-air-stage",
    "Rank the city’s open-air stages",
    [
        "Tollgate roof | Forty benches and the best view in town",
        "Castle ditch | Rain or shine, blankets for hire",
        "Ferry landing | Plays stop when a ship sails",
        "Orchard theatre | Bring a rug, mind the wasps",
    ],
    method="ranked",
    option_order="random",
    takes_write_ins=True,
    results="after-vote",
)
_CRAFTS = Terms(
    "unsung-crafts",
    "How much did these crafts do for your last evening out?",
    ["Props", "Light", "Wigs and make-up"],
    method="score",
    results="always",
)


def make_people() -> list[User]:
    """Add the people who talk, with passwords that nobody knows."""
    return [make_person(name) for name in voices(discussion())]


def fill_thread(article: Article, people: list[User]) -> bool:
    """Hold the sample discussion under the article, unless somebody has written there; tell whether it was held."""
    if db.session.get(Thread, article.id):
        return False
    by_name = {person.display_name: person for person in people}
    start = article.published_at + BETWEEN_REPLIES
    for n, remark in enumerate(discussion()):
        _post(article, remark, None, by_name, start + n * BETWEEN_ROOTS)
    return True


def hold_ballots(articles: list[Article], voters: list[User]) -> None:
    """Ask the season's questions on the articles' pages, unless they are asked; the sample people have voted."""
    favourites = [0, 0, 1, 0, 2, 0, 3, 1]
    _hold(articles[0], _MUSICALS, [one_of(place) for place in favourites], voters)
    rankings = [(0, 2, 1), (1, 0), (0, 1, 3), (2, 3), (3, 2, 0), (1, 3, 2, 0), (2, 0)]
    _hold(articles[1], _STAGES, [ranked_as(places) for places in rankings], voters)
    marks = [(5, 3, 4), (4, 2, 0), (3, 5, 5), (5, 0, 4), (2, 4, 3)]
    _hold(articles[2], _CRAFTS, [scored_as(given) for given in marks], voters)


def one_of(place: int) -> Picked:
    """Choose the option in the place."""
    return lambda ids: one(ids[place])


def ranked_as(places: tuple[int, ...]) -> Picked:
    """Rank the options in the places, the best first."""
    return lambda ids: ranking(ids[place] for place in places)


def scored_as(marks: tuple[int, ...]) -> Picked:
    """Give the options their scores; 0 leaves one out."""
    return lambda ids: scores({option_id: mark for option_id, mark in zip(ids, marks, strict=True) if mark})


def _hold(article: Article, terms: Terms, picks: list[Picked], voters: list[User]) -> None:
    if db.session.query(Ballot).where(Ballot.slug == terms.slug).first():
        return
    ballot = write_ballot(article.site, terms)
    publish_ballot(ballot)
    place_ballot(ballot, article)
    db.session.flush()  # votes are cast past the session, which sees no unwritten change
    ids = [option.id for option in ballot.options]
    for n, voter in enumerate(voters):
        cast_vote(ballot, f"m:{voter.id}", picks[n % len(picks)](ids))


def make_person(name: str) -> User:
    """Add somebody with a password that nobody knows, unless they are there."""
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
