"""Sanctions: what they keep a member from, where, from when and until when."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from board.accounts.models import MemberSession, User
from board.accounts.sanctions import Sanction
from board.articles.models import Article
from board.audit import AuditEntry
from board.ballots.votes import Vote
from board.comments.models import Comment, Reaction
from board.extensions import db
from board.moderation.models import Report
from board.moderation.sanctioning import end_due_sanctions, lift
from board.moderation.statements import Statement
from board.storage import now
from tests.ballots.conftest import make_ballot, place
from tests.factories import make_article, make_comment, make_site
from tests.moderation.sanctioned import A_WEEK, count, post, present


@pytest.mark.parametrize("kind", ["suspension", "ban"])
def test_barred_means_barred_everywhere_within_the_session_that_is_open(
    browser_for: Any, author: User, other_member: User, article: Article, sanction: Any, kind: str
) -> None:
    theirs, own = make_comment(article, other_member, "Go on."), make_comment(article, author, "I will.")
    ballot = make_ballot(article.site)
    place(ballot, article)
    browser = browser_for(author)
    assert browser.get(f"/comments/{own.id}/edit").status_code == 200
    sanction(author, kind, site_id=article.site_id, until=now() + A_WEEK)
    refusals = [
        post(browser),
        post(browser, f"/comments/{theirs.id}/replies"),
        browser.post(f"/comments/{own.id}/edit", {"body": "I changed it."}),
        browser.post(f"/comments/{theirs.id}/reaction", {"liked": "yes"}),
        browser.post(f"/comments/{theirs.id}/reports", {"reason": "spam"}),
        browser.post(f"/ballots/{ballot.slug}/votes", {"option": str(ballot.options[0].id)}),
    ]
    assert [answer.status_code for answer in refusals] == [403] * len(refusals)
    assert all("may not take part" in answer.text for answer in refusals)
    assert (count(Comment), count(Reaction), count(Report), count(Vote)) == (2, 0, 0, 0)
    assert db.session.get_one(Comment, own.id).body_source == "I will."


def test_a_ban_on_all_sites_ends_every_session_and_leaves_reading_export_and_appeal(
    browser_for: Any, author: User, article: Article, sanction: Any
) -> None:
    make_comment(article, author, "My own words.")
    old = browser_for(author)
    sanction(author, "ban")
    assert "/login" in old.get("/account").headers["Location"]
    assert not db.session.scalars(select(MemberSession).where(MemberSession.ended_at.is_(None))).all()
    browser = browser_for(author)
    assert "My own words." in browser.get("/articles/opening-night").text
    assert browser.get("/account/export").status_code == 200
    statement = db.session.scalars(select(Statement)).one()
    path = f"/account/decisions/{statement.id}"
    assert "Three insults in a row." in browser.get(path).text
    assert browser.post(path, {"text": "I was provoked."}).status_code == 303
    assert post(browser).status_code == 403


def test_a_sanction_on_one_site_leaves_the_others_alone(
    browser_for: Any, author: User, article: Article, sanction: Any
) -> None:
    make_article(make_site("other", "The Other"), "other-night")
    sanction(author, "ban", site_id=article.site_id)
    browser = browser_for(author)
    assert post(browser).status_code == 403
    assert post(browser, "/articles/other-night/comments?site=other").status_code == 303


def test_a_suspension_ends_by_time_alone(browser_for: Any, author: User, article: Article, sanction: Any) -> None:
    sanction(author, "suspension", until=now() + A_WEEK)
    assert post(browser_for(author)).status_code == 403
    with time_machine.travel(now() + A_WEEK - timedelta(hours=1), tick=False):
        assert post(browser_for(author)).status_code == 403
    with time_machine.travel(now() + A_WEEK + timedelta(hours=1), tick=False):
        assert post(browser_for(author)).status_code == 303


def test_the_end_by_time_is_noted_and_logged_once(author: User, sanction: Any, acts: Any) -> None:
    sanction(author, "suspension", until=now() + A_WEEK)
    assert end_due_sanctions() == 0
    with time_machine.travel(now() + A_WEEK + timedelta(seconds=2), tick=False):
        assert end_due_sanctions() == 1
        db.session.commit()
        assert end_due_sanctions() == 0
        assert present(author).restrictions is None
    assert acts().count("sanction.over") == 1


def test_whoever_is_held_writes_for_a_moderator_first(
    browser_for: Any, client: Any, author: User, article: Article, sanction: Any
) -> None:
    earlier = make_comment(article, author, "Earlier.")
    sanction(author, "hold")
    browser = browser_for(author)
    assert post(browser, body="Watched.").status_code == 303
    assert db.session.scalars(select(Comment.state).order_by(Comment.id)).all() == ["published", "held"]
    assert "Watched." not in client.get("/articles/opening-night").text
    assert browser.post(f"/comments/{earlier.id}/edit", {"body": "Changed unseen."}).status_code == 403


def test_a_warning_restricts_nothing_and_is_told(
    browser_for: Any, author: User, article: Article, sanction: Any, told: Any
) -> None:
    sanction(author, "warning")
    assert post(browser_for(author)).status_code == 303
    assert present(author).restrictions is None
    mail = told()[-1]
    assert mail["subject"] == "A warning from the moderators"
    assert "Three insults in a row." in mail["text"]


def test_the_log_says_what_was_done_with_before_and_after(author: User, moderator: User, sanction: Any) -> None:
    given = sanction(author, "suspension", until=now() + A_WEEK)
    lift(given, moderator)
    db.session.commit()
    first, second = db.session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("sanction.")))
    assert (first.action, first.reason, first.note) == ("sanction.given", "abuse", "Three insults in a row.")
    assert first.after is not None and first.after["kind"] == "suspension" and first.after["member"] == author.id
    assert (second.action, second.before, second.after) == ("sanction.lifted", first.after, {"lasts": False})


def test_lifting_counts_at_once_and_is_told(
    browser_for: Any, author: User, moderator: User, article: Article, sanction: Any, told: Any
) -> None:
    given, browser = sanction(author, "ban", site_id=article.site_id), browser_for(author)
    told()
    assert post(browser).status_code == 403
    mona = browser_for(moderator)
    assert mona.get(f"/moderation/sanctions/{given.id}/end").status_code == 200
    assert mona.post(f"/moderation/sanctions/{given.id}/end").status_code == 303
    assert post(browser).status_code == 303
    assert told()[-1]["subject"] == "A decision about you is lifted"
    assert not lift(db.session.get_one(Sanction, given.id), moderator)


def test_of_two_sanctions_the_longer_counts_and_both_are_mirrored(author: User, sanction: Any) -> None:
    sanction(author, "suspension", until=now() + A_WEEK)
    second = sanction(author, "suspension", until=now() + 2 * A_WEEK)
    with time_machine.travel(now() + A_WEEK + timedelta(hours=1), tick=False):
        assert present(author).is_barred()
        lift(second, author)
        db.session.commit()
        assert not present(author).is_barred()


def test_a_vote_that_waits_for_the_log_in_of_somebody_barred_is_not_cast(
    client: Any, author: User, article: Article, sanction: Any
) -> None:
    ballot = make_ballot(article.site, who="member")
    client.post(f"/ballots/{ballot.slug}/votes", {"option": str(ballot.options[0].id)})
    sanction(author, "suspension", until=now() + A_WEEK)
    way = f"/login?next=/ballots/{ballot.slug}"
    form = {"email": author.email, "password": "correct horse battery staple", "next": f"/ballots/{ballot.slug}"}
    assert client.post(way, form).status_code == 303
    assert count(Vote) == 0


@pytest.mark.parametrize("site_id", [None, 1])
def test_whoever_is_barred_keeps_their_name(
    browser_for: Any, author: User, article: Article, sanction: Any, site_id: int | None
) -> None:
    sanction(author, "suspension", site_id=site_id, until=now() + A_WEEK)
    answer = browser_for(author).post("/account/name", {"display_name": "Something rude"})
    assert answer.status_code == 403
    assert present(author).display_name == "Ada Author"
