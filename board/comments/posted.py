"""The answer to a post from the page's script: the new comment, and with it the form, empty again."""

from board.accounts.current import member
from board.articles.loading import article_path
from board.blanks import filled_in
from board.comments import reading
from board.comments.composer import empty_composer
from board.comments.composer_form import composer_html
from board.comments.forms import draft_name
from board.comments.looks import comments_html
from board.comments.models import Comment
from board.comments.page import ThreadPage
from board.comments.tree import Node, Paths


def posted_html(comment: Comment, parent: Comment | None, paths: Paths) -> str:
    """Return what takes the form's place once the comment is stored; a reply takes the place of its own."""
    article = comment.article
    shown = reading.shown(comment)
    shown.has_open_thread = article.takes_comments
    nodes = [Node(shown, is_new=True)]
    viewer = member()
    thread = ThreadPage(article, "oldest", 0, nodes, paths, article_path(article), viewer)
    values = {"comment": comments_html(thread, nodes), "draft": draft_name(comment.article_id, parent), "composer": ""}
    if parent is None:
        values["composer"] = composer_html(empty_composer(article, viewer))
    return filled_in("comments/_posted.html", values, is_published=comment.state == "published")
