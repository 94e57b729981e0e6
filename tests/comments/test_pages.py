"""Reading a thread page by page, in every order, while it changes."""

import random
from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from board.accounts.models import User
from board.articles.models import Article
from board.comments.counting import faults
from board.comments.models import Comment, Reaction, Thread
from board.comments.page import ThreadPage
from board.comments.sorting import SORTS
from board.comments.thread import load_page, load_replies
from board.comments.tree import DISPLAY_DEPTH, Node, Paths
from board.extensions import db
from tests.comments.test_counts import import_thread
from tests.conftest import Browser
from tests.factories import make_comment

PATHS = Paths("/comments/", "/members/")


@pytest.fixture(autouse=True)
def small_pages(app: Flask) -> None:
    """Show five discussions a page."""
    app.config["BOARD"].thread_page_size = 5


def page_of(article: Article, sort: str, **asked: object) -> ThreadPage:
    """Return a page as a signed-out reader gets it."""
    return load_page(article, SORTS[sort], PATHS, path="/x", **asked)  # type: ignore[arg-type]


def cursor_in(url: str | None, name: str) -> str:
    """Return the cursor in a page's link, or nothing."""
    return url.split(f"{name}=")[1].partition("#")[0] if url else ""


def roots_of(page: ThreadPage) -> list[int]:
    """Return the IDs of the page's roots."""
    return [node.comment.id for node in page.nodes]


def all_nodes(nodes: list[Node]) -> Iterator[Node]:
    """Return every node of the tree."""
    for node in nodes:
        yield node
        yield from all_nodes(node.replies)


def walk(article: Article, sort: str) -> list[list[int]]:
    """Return the roots of each page from the first to the last."""
    page = page_of(article, sort)
    pages = [roots_of(page)]
    while page.next_url:
        page = page_of(article, sort, after=cursor_in(page.next_url, "after"))
        pages.append(roots_of(page))
    return pages


@pytest.mark.parametrize("sort", SORTS)
def test_the_pages_hold_every_discussion_once_in_order(sort: str, article: Article, author: User) -> None:
    import_thread(article, author, 150)
    roots = db.session.scalars(select(Comment).where(Comment.parent_id.is_(None))).all()
    order = SORTS[sort]
    expected = sorted(roots, key=lambda c: (getattr(c, order.key.key), c.id), reverse=not order.is_ascending)
    pages = walk(article, sort)
    assert [one for page in pages for one in page] == [root.id for root in expected]
    assert all(len(page) == 5 for page in pages[:-1])


@pytest.mark.parametrize("sort", SORTS)
def test_previous_leads_back_over_the_same_pages(sort: str, article: Article, author: User) -> None:
    import_thread(article, author, 150)
    pages = walk(article, sort)
    page = page_of(article, sort)
    while page.next_url:
        page = page_of(article, sort, after=cursor_in(page.next_url, "after"))
    back = [roots_of(page)]
    while page.previous_url:
        page = page_of(article, sort, before=cursor_in(page.previous_url, "before"))
        back.append(roots_of(page))
    assert back[-1] == pages[0]
    assert {one for some in back for one in some} == {one for some in pages for one in some}


@settings(max_examples=10, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6), sort=st.sampled_from(sorted(SORTS)))
def test_settled_comments_are_never_skipped_or_repeated(
    seed: int, sort: str, article: Article, author: User, other_member: User
) -> None:
    """Others post, like and remove between two pages; what they did not touch is read exactly once."""
    db.session.execute(delete(Reaction))
    db.session.execute(delete(Comment))
    db.session.execute(delete(Thread))
    import_thread(article, author, 40, seed)
    choose, touched, seen = random.Random(seed), set[int](), list[int]()
    before = set(db.session.scalars(select(Comment.id).where(Comment.parent_id.is_(None))))
    page = page_of(article, sort)
    while True:
        seen += roots_of(page)
        for _ in range(4):
            touched |= change_something(article, author, other_member, choose)
        if not page.next_url:
            break
        page = page_of(article, sort, after=cursor_in(page.next_url, "after"), is_added=True)
    settled = [one for one in seen if one in before - touched]
    assert len(settled) == len(set(settled)), "shown twice"
    assert set(settled) == before - touched, "skipped"
    assert faults(article.id) == []


def change_something(article: Article, author: User, other: User, choose: random.Random) -> set[int]:
    """Do what members and moderators do; return the roots whose place that may have changed."""
    comments = db.session.scalars(select(Comment).order_by(Comment.id)).all()
    one, what = (
        choose.choice(comments),
        choose.choice(["post", "reply", "like", "unlike", "remove", "delete", "report"]),
    )
    if what == "post":
        return {make_comment(article, choose.choice([author, other]), f"New {choose.random()}").id}
    if what == "reply" and one.takes_replies:
        make_comment(article, other, f"Reply {choose.random()}", one)
    elif what in {"like", "unlike"}:
        one.set_liked(other, what == "like")
    elif what == "remove":
        one.remove("spam")
    elif what == "delete":
        one.delete()
    elif what == "report":
        one.count_report(1)
    db.session.commit()
    return {one.root_id or one.id}


@pytest.mark.parametrize(
    "cursor",
    ["x", "b", "b!!!", "n" * 39, "b" + "A" * 200, "bf_AAAAAAAAAAAAAAAAAAAAB", "b____________________",
     "\x00", "né", "oAAAAAAAAAAAAAAAAAAAAAA", "b-_-_-_-_-_-_-_-_-_-_-w"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["after", "before"])
def test_a_cursor_that_is_not_ours_gives_a_page(
    cursor: str, name: str, article: Article, author: User, client: Browser
) -> None:
    import_thread(article, author, 40)
    for sort in (*SORTS, "nonsense"):
        answer = client.get("/articles/opening-night/thread", query_string={"sort": sort, name: cursor})
        assert answer.status_code == 200
        assert 'class="comment' in answer.text


def test_past_the_end_the_last_page_is_shown(article: Article, author: User) -> None:
    import_thread(article, author, 60)
    pages = walk(article, "oldest")
    last = db.session.get_one(Comment, pages[-1][-1])
    page = page_of(article, "oldest", after=SORTS["oldest"].cursor(last))
    assert roots_of(page)[-1] == pages[-1][-1] and page.next_url is None


@pytest.mark.parametrize("value", ["0", "-1", "9" * 30, "abc", "٣", "1.5", ""])
def test_a_comment_that_is_not_there_gives_the_first_page(
    value: str, article: Article, comment: Comment, client: Browser
) -> None:
    answer = client.get("/articles/opening-night/thread", query_string={"comment": value})
    assert answer.status_code == 200 and f'id="comment-{comment.id}"' in answer.text


def test_a_big_thread_shows_a_bounded_part_and_links_to_the_rest(article: Article, author: User) -> None:
    import_thread(article, author, 600)
    page = page_of(article, "best")
    nodes = list(all_nodes(page.nodes))
    assert len(nodes) <= 5 * (1 + 3 + 3 + 3)
    for node in nodes:
        hidden = node.comment.listed_reply_count - len(node.replies)
        assert node.more_count == hidden
        assert bool(node.more_url) == bool(hidden)


def test_more_replies_bring_every_reply_once_in_order(article: Article, author: User, other_member: User) -> None:
    root = make_comment(article, author)
    replies = [make_comment(article, other_member, f"Reply {number}", root) for number in range(25)]
    replies[3].delete()
    replies[4].remove("spam")
    db.session.commit()
    seen, after = list[int](), -1
    while True:
        page = load_replies(article, root, PATHS, after=after, before=None)
        seen += roots_of(page)
        if not page.next_url:
            break
        after = int(page.next_url.split("after=")[1])
    assert seen == [reply.id for reply in replies if reply is not replies[3]]


def test_a_small_thread_shows_every_reply(article: Article, author: User) -> None:
    import_thread(article, author, 40)
    shown = {node.comment.id for page in walk_pages(article) for node in all_nodes(page.nodes)}
    deep = {c.id for c in db.session.scalars(select(Comment)) if c.depth > DISPLAY_DEPTH}
    assert shown | deep == set(range(1, 41))


def walk_pages(article: Article) -> Iterator[ThreadPage]:
    """Return each page from the first to the last."""
    page = page_of(article, "best")
    yield page
    while page.next_url:
        page = page_of(article, "best", after=cursor_in(page.next_url, "after"))
        yield page


def test_every_comment_has_a_permalink_that_shows_it_among_its_own(
    article: Article, author: User, client: Browser
) -> None:
    import_thread(article, author, 400)
    for comment in db.session.scalars(select(Comment).where(Comment.id % 7 == 0)).all():
        page = page_of(article, "best", focus_id=comment.id)
        found = [node.comment.id for node in all_nodes(page.nodes)]
        assert comment.id in found and len(found) == len(set(found))
        assert comment.parent_id is None or comment.parent_id in found
        assert page.focus_id == comment.id
    answer = client.get("/comments/77")
    assert (answer.status_code, answer.location) == (302, "/articles/opening-night?comment=77#comment-77")
    assert 'id="comment-77"' in client.get("/articles/opening-night?comment=77").text


def test_a_conversation_deeper_than_the_page_goes_on_elsewhere(article: Article, author: User, client: Browser) -> None:
    comment = make_comment(article, author, "Level 0")
    for level in range(1, 12):
        comment = make_comment(article, author, f"Level {level}", comment)
    page = page_of(article, "best")
    deepest = max(all_nodes(page.nodes), key=lambda node: node.level)
    assert deepest.level == DISPLAY_DEPTH and deepest.is_continued
    text = client.get(f"/articles/opening-night?comment={comment.id}").text
    assert "Level 11" in text and "Level 10" in text and "Show all comments" in text


def test_the_links_of_a_page_work_with_and_without_the_script(article: Article, author: User, client: Browser) -> None:
    import_thread(article, author, 600)
    page = page_of(article, "best")
    for node in all_nodes(page.nodes):
        if node.more_url and not node.is_continued:
            assert client.get(node.more_url).status_code == 200
            part = client.get(node.more_url, headers={"HX-Request": "true"})
            assert part.status_code == 200 and "<html" not in part.text and 'class="comment' in part.text


def test_signed_out_readers_all_get_the_same_bytes(article: Article, author: User, app: Flask) -> None:
    import_thread(article, author, 100)
    for path in ("/articles/opening-night/thread?sort=oldest", "/articles/opening-night"):
        first = Browser(app).get(path)
        second = Browser(app).get(path, headers={"Cookie": "board_draft=x", "User-Agent": "Other"})
        assert first.data == second.data
        assert "Set-Cookie" not in first.headers


def test_a_list_of_nasty_texts_changes_nothing_but_the_text(article: Article, author: User, client: Browser) -> None:
    texts = [
        "<script>alert(1)</script>",
        "\u202ereversed",
        "a\x00b",
        "👩‍👩‍👧‍👦",
        "{{ 7*7 }}",
        "' OR 1=1 --",
        "[x](javascript:alert(1))",
    ]
    for text in texts:
        make_comment(article, author, text)
    page = client.get("/articles/opening-night/thread").text
    assert "<script>alert" not in page and 'href="javascript' not in page and "\u202e" not in page
    assert "{{ 7*7 }}" in page
