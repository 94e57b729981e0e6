"""What machines read of a thread's page: schema.org's DiscussionForumPosting, and which address the page has.

Only what the page shows is described, so the description is bounded like the page.
"""

import json
import re
from functools import cache
from json.encoder import encode_basestring_ascii as quoted
from typing import Any
from urllib.parse import parse_qs, urlsplit

from markupsafe import Markup

from board.articles.loading import article_path
from board.blanks import filled_in
from board.comments.page import ThreadPage
from board.comments.reading import ShownComment
from board.comments.tree import Node
from board.markup import excerpt
from board.urls import absolute, discovery_url

TEXT_CHARACTERS = 1000  # of one comment: enough to be found by, not a second copy of a long page
LIKES, COMMENTS = "LikeAction", "CommentAction"
BLANK_IN_JSON = re.compile(r'"\[\[([a-z_]+)\]\]"')
BLANK_IN_TEXT = re.compile(r"\[([a-z_]+)\]")
COMMENTS_BLANK = '"comment": null'  # no text can hold it: a quotation mark in one has a backslash before it


def machines_html(thread: ThreadPage) -> Markup:
    """Return what stands in the head of a thread's page for machines."""
    article = thread.article
    previous, following = neighbour_urls(thread)
    values = {
        "title": article.title,
        "description": article.standfirst or article.title,
        "site_name": article.site.name,
        "canonical_url": canonical_page_url(thread),
        "prev_url": previous,
        "next_url": following,
        "feed_url": absolute(article_path(article, "syndication.feed")),
        "oembed_url": discovery_url(article_path(article, "comments.thread")),
        "discussion": discussion(thread),
    }
    return filled_in("comments/_machines.html", values)


def canonical_page_url(thread: ThreadPage) -> str:
    """Return the one address of this page of the thread; another order or a permalink is the first page once more."""
    here = _without_place(thread.here_url)
    asked = parse_qs(urlsplit(here).query)
    return absolute(thread.path if "sort" in asked or "comment" in asked else here)


def neighbour_urls(thread: ThreadPage) -> tuple[str, str]:
    """Return the addresses of the pages before and after this one; empty where there is none."""
    before, after = thread.previous_url, thread.next_url
    return absolute(_without_place(before)) if before else "", absolute(_without_place(after)) if after else ""


def discussion(thread: ThreadPage) -> Markup:
    """Return the thread's page as a DiscussionForumPosting with its comments, in JSON that may stand in HTML."""
    article = thread.article
    described = {
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
        "comment": None,
    }
    comments = _comments(thread.nodes, absolute(thread.paths.comments), absolute(thread.paths.members))
    whole = json.dumps(described, sort_keys=True).replace(COMMENTS_BLANK, f'"comment": [{", ".join(comments)}]')
    return safe_in_html(whole)


def _comments(nodes: list[Node], comments: str, members: str) -> list[str]:
    """Return the published comments as JSON; below one that is gone, what answers it stands in its place.

    `comments` and `members` are what stands before their numbers in an address.
    """
    found: list[str] = []
    for node in nodes:
        below = _comments(node.replies, comments, members) if node.replies else []
        if node.comment.state == "published":
            found.append(_comment(node.comment, below, comments, members))
        else:
            found += below
    return found


def _comment(comment: ShownComment, below: list[str], comments: str, members: str) -> str:
    edited_at = comment.edited_at
    return _form(bool(below), edited_at is not None, comments, members) % {
        "id": comment.id,
        "author_id": comment.author_id,
        "name": quoted(comment.author_name),
        "posted": comment.created_at.isoformat(),
        "edited": edited_at.isoformat() if edited_at else "",
        "likes": comment.like_count,
        "text": quoted(excerpt(comment.body_html, TEXT_CHARACTERS)),
        "below": ", ".join(below),
    }


@cache
def _form(has_replies: bool, is_edited: bool, comments: str, members: str) -> str:
    """Return a comment in JSON with what is its own left open, for Python's `%`: a page has a hundred of them.

    Texts, which bring their own quotation marks, and numbers stand as "[[name]]"; what is safe inside of a text, as
    [name].
    """
    described: dict[str, Any] = {
        "@type": "Comment",
        "url": f"{comments}[id]",
        "author": {"@type": "Person", "name": "[[name]]", "url": f"{members}[author_id]"},
        "datePublished": "[posted]",
        "text": "[[text]]",
        "interactionStatistic": _counter(LIKES, "[[likes]]"),
    }
    if has_replies:
        described["comment"] = ["[[below]]"]
    if is_edited:
        described["dateModified"] = "[edited]"
    in_json = json.dumps(described, sort_keys=True).replace("%", "%%")
    return BLANK_IN_TEXT.sub(r"%(\1)s", BLANK_IN_JSON.sub(r"%(\1)s", in_json))


def safe_in_html(json_text: str) -> Markup:
    """Return the JSON as it may stand in an element of HTML, as Jinja's `tojson` writes it."""
    for character in "<>&'":
        json_text = json_text.replace(character, f"\\u{ord(character):04x}")
    return Markup(json_text)  # noqa: S704 - made safe just now


def _counter(action: str, count: int | str) -> dict[str, Any]:
    return {
        "@type": "InteractionCounter",
        "interactionType": f"https://schema.org/{action}",
        "userInteractionCount": count,
    }


def _without_place(url: str) -> str:
    return url.partition("#")[0]
