"""What machines read of a thread's page: schema.org's DiscussionForumPosting, and which address the page has.

Only what the page shows is described, so the description is bounded like the page.
"""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from board.articles.loading import article_path
from board.comments.page import ThreadPage
from board.comments.reading import ShownComment
from board.comments.tree import Node
from board.markup import excerpt
from board.urls import absolute

TEXT_CHARACTERS = 1000  # of one comment: enough to be found by, not a second copy of a long page
LIKES, COMMENTS = "LikeAction", "CommentAction"


def for_machines(thread: ThreadPage) -> dict[str, Any]:
    """Return what `comments/_machines.html` puts into the head of a thread's page."""
    return {
        "canonical_url": canonical_page_url(thread),
        "neighbour_urls": neighbour_urls(thread),
        "discussion": discussion(thread),
    }


def canonical_page_url(thread: ThreadPage) -> str:
    """Return the one address of this page of the thread; another order or a permalink is the first page once more."""
    here = _without_place(thread.here_url)
    asked = parse_qs(urlsplit(here).query)
    return absolute(thread.path if "sort" in asked or "comment" in asked else here)


def neighbour_urls(thread: ThreadPage) -> dict[str, str]:
    """Return the addresses of the pages before and after this one, as `prev` and `next`."""
    found = {"prev": thread.previous_url, "next": thread.next_url}
    return {way: absolute(_without_place(url)) for way, url in found.items() if url}


def discussion(thread: ThreadPage) -> dict[str, Any]:
    """Return the thread's page as schema.org's DiscussionForumPosting with its comments."""
    article = thread.article
    return {
        "@context": "https://schema.org",
        "@type": "DiscussionForumPosting",
        "url": absolute(thread.path),
        "headline": article.title,
        "text": article.standfirst or article.title,
        "datePublished": article.published_at.isoformat(),
        "author": {"@type": "Organization", "name": article.site.name},
        "sharedContent": {"@type": "WebPage", "url": article.url or absolute(article_path(article))},
        "commentCount": thread.total,
        "interactionStatistic": _counter(COMMENTS, thread.total),
        "comment": _comments(thread.nodes, absolute(thread.paths.comments), absolute(thread.paths.members)),
    }


def _comments(nodes: list[Node], comments: str, members: str) -> list[dict[str, Any]]:
    """Return the published comments; below one that is gone, what answers it stands in its place.

    `comments` and `members` are what stands before their numbers in an address.
    """
    found: list[dict[str, Any]] = []
    for node in nodes:
        below = _comments(node.replies, comments, members) if node.replies else []
        if node.comment.state != "published":
            found += below
            continue
        described = _comment(node.comment, comments, members)
        if below:
            described["comment"] = below
        found.append(described)
    return found


def _comment(comment: ShownComment, comments: str, members: str) -> dict[str, Any]:
    described = {
        "@type": "Comment",
        "url": f"{comments}{comment.id}",
        "author": {"@type": "Person", "name": comment.author_name, "url": f"{members}{comment.author_id}"},
        "datePublished": comment.created_at.isoformat(),
        "text": excerpt(comment.body_html, TEXT_CHARACTERS),
        "interactionStatistic": _counter(LIKES, comment.like_count),
    }
    if comment.edited_at:
        described["dateModified"] = comment.edited_at.isoformat()
    return described


def _counter(action: str, count: int) -> dict[str, Any]:
    return {
        "@type": "InteractionCounter",
        "interactionType": f"https://schema.org/{action}",
        "userInteractionCount": count,
    }


def _without_place(url: str) -> str:
    return url.partition("#")[0]
