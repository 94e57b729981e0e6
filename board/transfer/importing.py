"""Import comments: read and check every line, find every parent, then store all of it in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any

from flask_babel import gettext as _
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from board.accounts.placeholders import PlaceholderMaker, placeholder_address
from board.articles.models import Article, Site
from board.audit import record
from board.comments.counting import recount
from board.comments.models import Comment
from board.extensions import db
from board.markup import RENDERER_VERSION
from board.transfer.lines import BrokenFile, read_lines
from board.transfer.rows import NoObject, RowRefused, read_row
from board.transfer.staging import Known, Staging
from board.transfer.titles import title_from

Progress = Callable[[int], None]  # is told how many bytes of the file are read


@dataclass(frozen=True)
class Report:
    """What an import did, or would do."""

    rows: int = 0
    comments: int = 0  # new ones
    known: int = 0  # imported before
    refused: int = 0
    articles: int = 0  # that get comments
    new_articles: int = 0
    authors: int = 0


class Import:
    """One file on its way into one site."""

    def __init__(self, site: Site) -> None:
        """Begin with nothing read."""
        self.site = site
        self.staging = Staging()
        self.report = Report()
        self._rows = 0
        self._objects = 0

    def read(self, file: IO[bytes], progress: Progress = lambda _position: None, max_rows: int | None = None) -> None:
        """Read and check the whole file; nothing is stored. Raises BrokenFile."""
        for line in read_lines(file):
            self._rows += 1
            if max_rows is not None and self._rows > max_rows:
                raise BrokenFile(_("The file has more than %(n)d comments. Use `board import jsonl`.", n=max_rows))
            try:
                self.staging.add(read_row(line))
                self._objects += 1
            except NoObject as refusal:
                if line.is_cut_off and refusal.is_unfinished and self._objects:
                    raise BrokenFile(
                        _("The file breaks off in line %(n)d. Fetch it again.", n=line.number)
                    ) from refusal
                self.staging.refuse(line.number, "", str(refusal))
            except RowRefused as refusal:
                self._objects += 1
                self.staging.refuse(line.number, refusal.row_id, str(refusal))
            progress(line.position)
        self._refuse_what_is_no_jsonl()
        self._find_parents()
        self.report = Report(rows=self._rows, **self.staging.counts())

    def store(self, *, by: Any = None) -> None:
        """Store what was read, and commit: all of it or, when anything fails, nothing. Raises BrokenFile."""
        if not self.report.comments:
            return
        try:
            self._store(by)
            db.session.commit()
        except IntegrityError as error:
            db.session.rollback()
            raise BrokenFile(
                _("Somebody else added the same comments, articles or names meanwhile. Run it again.")
            ) from error
        except BaseException:
            db.session.rollback()
            raise

    def _refuse_what_is_no_jsonl(self) -> None:
        if not self._rows:
            raise BrokenFile(_("The file is empty."))
        if not self._objects:
            raise BrokenFile(_("This is not JSONL: no line is a JSON object. Write one comment a line."))

    def _find_parents(self) -> None:
        self.staging.link()
        for source, ids in self.staging.ids():
            self.staging.mark_known(source, self._known(source, ids))
        for source, ids in self.staging.parents_elsewhere():
            self.staging.mark_parents(source, self._known(source, ids))
        self.staging.place()
        for threads in self.staging.threads():
            self._find_articles([thread for thread, _first in threads])

    def _known(self, source: str, ids: list[str]) -> dict[str, Known]:
        """Return those of the IDs that were imported before."""
        wanted = (
            select(Comment.source_id, Comment.id, Article.external_id)
            .join(Article, Article.id == Comment.article_id)
            .where(Comment.site_id == self.site.id, Comment.source == source, Comment.source_id.in_(ids))
        )
        return {str(row[0]): Known(row[1], row[2]) for row in db.session.execute(wanted)}

    def _find_articles(self, threads: list[str]) -> None:
        """Note which articles are there, and which would be new."""
        found = self._article_ids(threads)
        self.staging.set_articles(found, new=set(threads) - set(found))

    def _article_ids(self, threads: list[str]) -> dict[str, int]:
        wanted = select(Article.external_id, Article.id)
        wanted = wanted.where(Article.site_id == self.site.id, Article.external_id.in_(threads))
        return {row[0]: row[1] for row in db.session.execute(wanted)}

    def _store(self, by: Any) -> None:
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("SET LOCAL statement_timeout = 0"))  # one statement may recount a long thread
        for threads in self.staging.threads():
            self._add_articles(dict(threads))
        self._add_authors()
        for level in range(self.staging.levels):
            for rows in self.staging.new_rows(level):
                self._add_comments(rows)
        for article_id in self.staging.article_ids():
            recount(article_id)
        record("comments.imported", self.site, by=by, site_id=self.site.id, after=vars(self.report))

    def _add_articles(self, first_comments: dict[str, datetime]) -> None:
        """Make the articles that are missing, as old as their first comment."""
        there = self._article_ids(list(first_comments))
        missing = [
            {"site_id": self.site.id, "external_id": thread, "title": title_from(thread), "published_at": first}
            for thread, first in first_comments.items()
            if thread not in there
        ]
        if missing:
            db.session.execute(insert(Article), missing)
        self.staging.set_articles(
            self._article_ids(list(first_comments)), new={str(row["external_id"]) for row in missing}
        )

    def _add_authors(self) -> None:
        maker = PlaceholderMaker()
        for authors in self.staging.authors():
            addresses = {placeholder_address(self.site.id, *author): author for author in authors}
            ids = maker.ids_of({address: name for address, (_source, name) in addresses.items()})
            self.staging.set_authors({addresses[address]: user_id for address, user_id in ids.items()})

    def _add_comments(self, rows: list[tuple[Any, ...]]) -> None:
        adding = insert(Comment).returning(Comment.id, Comment.source, Comment.source_id)
        found = db.session.execute(adding, [self._comment(row) for row in rows])
        self.staging.set_stored((row[0], str(row[1]), str(row[2])) for row in found)

    def _comment(self, row: tuple[Any, ...]) -> dict[str, object]:
        source, source_id, article_id, author_id, parent_id, created, likes, body, html = row
        return {
            "site_id": self.site.id,
            "article_id": article_id,
            "parent_id": parent_id,
            "author_id": author_id,
            "body_source": body,
            "body_html": html,
            "renderer_version": RENDERER_VERSION,
            "created_at": datetime.fromisoformat(created).astimezone(UTC),
            "imported_likes": likes,
            "source": source,
            "source_id": source_id,
        }
