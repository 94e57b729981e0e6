"""The counts of a thread: exact after any change, and made anew after an import."""

import random
from datetime import timedelta

from sqlalchemy import insert, select, text, update

from board.accounts.models import User
from board.articles.models import Article
from board.comments.counting import faults, recount
from board.comments.models import Comment
from board.comments.ranking import wilson
from board.extensions import db
from board.storage import now
from tests.factories import make_comment


def import_thread(article: Article, author: User, size: int, seed: int = 1) -> None:
    """Store a thread as a bulk import does: rows and their parents, no counts."""
    choose, start = random.Random(seed), now() - timedelta(days=9)
    ids = range(1, size + 1)
    rows = [
        {
            "id": number,
            "site_id": article.site_id,
            "article_id": article.id,
            "author_id": author.id,
            "parent_id": choose.choice([None, choose.randrange(1, number)]) if number > 1 else None,
            "body_source": f"Text {number}",
            "body_html": f"<p>Text {number}</p>",
            "created_at": start + timedelta(seconds=number),
            "imported_likes": choose.randrange(5),
        }
        for number in ids
    ]
    db.session.execute(insert(Comment), rows)
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT setval(pg_get_serial_sequence('comment', 'id'), :size)"), {"size": size})
    recount(article.id)
    db.session.commit()


def test_an_imported_thread_is_counted_right(article: Article, author: User) -> None:
    import_thread(article, author, 500)
    assert faults(article.id) == []


def test_counting_anew_changes_nothing_that_was_right(
    article: Article, author: User, other_member: User, comment: Comment
) -> None:
    reply = make_comment(article, other_member, "Indeed.", comment)
    comment.set_liked(other_member, True)
    comment.count_report(1)
    db.session.commit()
    before = [(c.ordinal, c.rank, c.like_count, c.root_id) for c in (comment, reply)]
    recount(article.id)
    db.session.commit()
    assert [(c.ordinal, c.rank, c.like_count, c.root_id) for c in (comment, reply)] == before
    assert faults(article.id) == []


def test_the_check_finds_a_wrong_count(article: Article, comment: Comment) -> None:
    db.session.execute(update(Comment).values(reply_count=7, rank=0.5))
    db.session.commit()
    assert len(faults(article.id)) == 2


def test_every_change_leaves_the_counts_right(
    article: Article, author: User, other_member: User, comment: Comment
) -> None:
    reply = make_comment(article, other_member, "Indeed.", comment)
    below = make_comment(article, author, "And how.", reply)

    def is_right() -> bool:
        db.session.commit()
        return faults(article.id) == []

    for change in (
        lambda: below.remove("spam"),
        lambda: below.remove("spam"),
        below.restore,
        below.restore,
        reply.delete,
        reply.delete,
        lambda: comment.set_liked(other_member, True),
        lambda: comment.set_liked(other_member, True),
        lambda: comment.count_report(1),
        lambda: comment.set_liked(other_member, False),
        lambda: comment.set_liked(other_member, False),
        lambda: comment.count_report(-1),
        below.delete,
        comment.delete,
    ):
        change()
        assert is_right()
    assert db.session.scalars(select(Comment.is_listed)).all() == [False, False, False]


def test_a_deleted_comment_keeps_its_place_while_replies_hang_on_it(
    article: Article, author: User, other_member: User, comment: Comment
) -> None:
    reply = make_comment(article, other_member, "Indeed.", comment)
    comment.delete()
    db.session.commit()
    assert (comment.is_listed, comment.body_source, comment.body_html) == (True, "", "")
    reply.remove("spam")
    db.session.commit()
    assert comment.is_listed
    reply.restore()
    reply.delete()
    db.session.commit()
    assert not comment.is_listed
    assert faults(article.id) == []


def test_wilson_ranks_many_likes_above_few() -> None:
    assert wilson(0, 0) == 0 == wilson(0, 5)
    assert wilson(90, 10) > wilson(1, 0) > wilson(1, 1)
    assert abs(wilson(1, 0) - 0.2065) < 0.0001
    assert abs(wilson(60, 40) - 0.5020) < 0.0001
