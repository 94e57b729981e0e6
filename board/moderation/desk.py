"""The pages of the desk: some of what waits, plain or in groups, with the counts of each queue."""

from dataclasses import dataclass, field

from sqlalchemy import func, select

from board.accounts.models import User
from board.accounts.reach import Reach
from board.articles.models import Article
from board.extensions import db
from board.moderation import queues
from board.moderation.batches import DecisionItem
from board.moderation.choosing import group_name
from board.moderation.items import Item, load_items
from board.moderation.queues import GroupRow

LOG_PAGE_SIZE = 50


@dataclass
class Group:
    """Comments that stand together on the page; without a name where they are not grouped."""

    items: list[Item]
    count: int = 0
    value: str = ""  # what a form sends to choose all of it
    title: str = ""
    path: str = ""


@dataclass
class DeskPage:
    """One page of the desk."""

    queue: str
    grouping: str = ""
    groups: list[Group] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    next_cursor: str = ""
    has_ungrouped: bool = False  # on the last page of groups: something waits that belongs to none
    last_decision: int = 0  # the newest when the page was made: what comes later is news to it

    @property
    def items(self) -> list[Item]:
        """Return all comments on the page."""
        return [item for group in self.groups for item in group.items]


def load_page(queue: str, grouping: str, cursor: str, within: Reach, viewer: User) -> DeskPage:
    """Return a page of the queue within reach, behind the cursor."""
    page = new_page(queue, within)
    if grouping in queues.GROUPINGS[queue]:
        page.grouping = grouping
        rows, page.next_cursor = queues.groups_of(queue, grouping, cursor, within)
        page.groups = _groups(queue, grouping, rows, within, viewer)
        page.has_ungrouped = not page.next_cursor and queues.has_ungrouped(queue, grouping, within)
    else:
        ids, page.next_cursor = queues.page_of(queue, cursor, within)
        page.groups = [Group(load_items(ids, within, viewer))] if ids else []
    return page


def new_page(queue: str, within: Reach) -> DeskPage:
    """Return a page without comments, which knows the counts."""
    return DeskPage(queue, counts=queues.count_queues(within), last_decision=last_decision())


def last_decision() -> int:
    """Return the number of the newest decision on a comment."""
    return db.session.scalar(select(func.max(DecisionItem.id))) or 0


def _groups(queue: str, grouping: str, rows: list[GroupRow], within: Reach, viewer: User) -> list[Group]:
    first = queues.first_of_groups(queue, grouping, [row.key for row in rows], within)
    ids = [comment_id for row in rows for comment_id in first[row.key]]
    items = {item.comment.id: item for item in load_items(ids, within, viewer)}
    groups = []
    for row in rows:
        shown = [items[number] for number in first[row.key] if number in items]
        value = group_name(queue, grouping, row.key, row.newest_id)
        if shown:
            groups.append(Group(shown, row.count, value, _title(grouping, shown[0])))
    return groups


def _title(grouping: str, item: Item) -> str:
    if grouping == "author":
        return item.comment.author.display_name
    article: Article = item.comment.article
    return article.title if grouping == "article" else ""
