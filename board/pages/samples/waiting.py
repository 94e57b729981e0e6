"""Give the moderator of the sample site something to decide: reports, and a comment that waits."""

from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.comments.operations import post_comment
from board.extensions import db
from board.moderation.operations import report_comment

# Whose comments are reported: the reason, and the note, of one reader after the other.
_REPORTS = {
    "Kit Rawlinson": [("other", "Says how the court scene ends."), ("off_topic", "")],
    "Gwen Parry": [("off_topic", "This is about the hall and not about the play.")],
}
_ADVERTISEMENT = (
    "Best seats in town at https://tickets.example, https://cheap-tickets.example and https://more-tickets.example"
)


def fill_queue(article: Article, people: list[User], newcomer: User) -> None:
    """Let some of the people report two comments of the others, and a newcomer write what has to wait."""
    by_name = {person.display_name: person for person in people}
    for author, reports in _REPORTS.items():
        comment = _first_comment_of(by_name[author], article)
        others = [person for person in people if person.display_name not in _REPORTS]
        for reporter, (reason, note) in zip(others, reports, strict=False):
            report_comment(comment, reporter, reason, note)
    post_comment(article, newcomer, _ADVERTISEMENT, key="sample")


def _first_comment_of(author: User, article: Article) -> Comment:
    query = select(Comment).where(Comment.author_id == author.id, Comment.article_id == article.id)
    return db.session.scalars(query.order_by(Comment.id).limit(1)).one()
