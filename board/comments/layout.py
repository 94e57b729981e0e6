"""A page of a thread as HTML: filled into blanks for signed-out readers, rendered by the same templates for members.

Both take the same names. What is filled in cannot be asked anything, so here is decided what the templates show.
"""

from typing import Any

from flask import render_template
from flask_babel import ngettext
from markupsafe import Markup

from board.blanks import filled_in
from board.comments.composer_form import composer_html
from board.comments.looks import comments_html
from board.comments.page import ThreadPage, page_url
from board.comments.sorting import SORTS
from board.csrf import form_token


def thread_html(thread: ThreadPage, *, is_public: bool) -> Markup:
    """Return the thread with its form and its links; `is_public`: on a page that is the same for everybody."""
    form = {
        "sort": thread.sort,
        "has_sorts": thread.total > 1,
        "is_empty": thread.is_open and not thread.nodes,
        "public_page": is_public,
    }
    if not thread.is_member:
        return filled_in("comments/_thread.html", _values(thread), **form)
    own: dict[str, Any] = {"is_member": True, "visit": thread.visit, "sent_drafts": thread.sent_drafts}
    own["first_new_url"] = thread.first_new_here or thread.visit_url
    return Markup(render_template("comments/_thread.html", **_values(thread), **form, **own))  # noqa: S704 - a template


def list_html(thread: ThreadPage) -> Markup:
    """Return the page's comments with the link to the next page."""
    next_part_url = thread.fragment_url(thread.next_url) if thread.next_url else ""
    comments = comments_html(thread, thread.nodes)
    values = {"comments": comments, "next_url": thread.next_url or "", "next_part_url": next_part_url}
    return filled_in("comments/_page.html", values)


def _values(thread: ThreadPage) -> dict[str, Any]:
    """Return what stands in the thread, whoever looks at it."""
    values: dict[str, Any] = {
        "version_url": thread.version_url,
        "visit_url": thread.visit_url,
        "overlay_url": thread.overlay_url,
        "hiding_url": thread.hiding_url,
        "here_url": thread.here_url,
        "whole_url": thread.whole_url or "",
        "previous_url": thread.previous_url or "",
        "count": str(thread.total),
        "heading": ngettext("%(num)s comment", "%(num)s comments", thread.total),
        "token": form_token(),
        "composer": composer_html(thread.composer) if thread.composer else "",
        "featured": Markup(render_template("comments/_featured.html", thread=thread)) if thread.featured else "",  # noqa: S704
        "comments": list_html(thread),
    }
    for name in SORTS:
        url = page_url(thread.path, sort=name)
        values |= {f"{name}_url": url, f"{name}_part_url": thread.fragment_url(url)}
    return values
