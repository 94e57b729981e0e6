"""Many processes post, like and delete at once: each request has one effect, and every count is right."""

import multiprocessing
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from board import create_app
from board.accounts.models import User
from board.articles.models import Article
from board.comments.counting import faults
from board.comments.models import Comment, Reaction, Thread
from board.comments.operations import post_comment
from board.config import load_settings
from board.extensions import db
from tests.factories import make_comment, make_member

PROCESSES, THREADS, TEXTS = 4, 4, 6
SPAWN = multiprocessing.get_context("spawn")


def test_the_same_forms_sent_by_four_processes_at_once_post_once(
    database_url: str, tmp_path: Path, article: Article, author: User, comment: Comment
) -> None:
    members = [make_member(f"Reader {number:02}", f"reader{number}@example.com").id for number in range(6)]
    article_id, comment_id = article.id, comment.id
    reply_id = make_comment(article, author, "Going soon.", comment).id
    db.session.close()
    results = run_everywhere(database_url, tmp_path, article_id, comment_id, reply_id, members)
    assert len(results) == PROCESSES * THREADS * TEXTS
    ids: dict[str, set[int]] = {}
    for key, found in results:
        ids.setdefault(key, set()).add(found)
    assert all(len(found) == 1 for found in ids.values()), "one form, two comments"
    db.session.expire_all()
    assert db.session.scalar(select(func.count()).select_from(Comment)) == 2 + TEXTS
    assert Counter(db.session.scalars(select(Reaction.user_id))) == dict.fromkeys(members, 1)
    assert db.session.get_one(Comment, comment_id).like_count == len(members)
    assert db.session.get_one(Comment, reply_id).state == "deleted"
    assert db.session.get_one(Thread, article_id).comment_count == 1 + TEXTS
    assert faults(article_id) == []


def run_everywhere(*arguments: Any) -> list[tuple[str, int]]:
    """Run the same work in each process; return each form's key with the comment that came of it."""
    barrier, queue = SPAWN.Barrier(PROCESSES), SPAWN.Queue()
    workers = [SPAWN.Process(target=work, args=(barrier, queue, *arguments)) for _ in range(PROCESSES)]
    for worker in workers:
        worker.start()
    results = [pair for _ in workers for pair in queue.get(timeout=120)]
    for worker in workers:
        worker.join(120)
        assert worker.exitcode == 0
    return results


def work(
    barrier: Any, queue: Any, url: str, directory: Path, article_id: int, comment_id: int, reply_id: int, members: Any
) -> None:
    """Send every form from each of this process's threads."""
    app = create_app(
        load_settings(
            instance_path=directory,
            database_url=url,
            secret_key="test " * 10,
            comments_per_minute=500,
            log_level="error",
        )
    )
    results: list[tuple[str, int]] = []

    def send() -> None:
        with app.app_context():
            for number in range(TEXTS):
                results.append(send_one(number, article_id, comment_id, reply_id, members))
            db.session.remove()

    threads = [threading.Thread(target=send) for _ in range(THREADS)]
    barrier.wait(60)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(100)
    queue.put(results)


def send_one(number: int, article_id: int, comment_id: int, reply_id: int, members: list[int]) -> tuple[str, int]:
    """Post one of the texts, like one comment and delete another."""
    member = db.session.get_one(User, members[number % len(members)])
    article, parent = db.session.get_one(Article, article_id), None
    if number % 2:
        parent = db.session.get_one(Comment, comment_id)
    key = f"form {number}"
    found = post_comment(article, member, f"Text {number}", parent, key).comment.id
    db.session.commit()
    liked = db.session.get_one(Comment, comment_id)
    db.session.refresh(liked, ["article"])
    liked.set_liked(member, True)
    db.session.commit()
    db.session.get_one(Comment, reply_id).delete()
    db.session.commit()
    return key, found
