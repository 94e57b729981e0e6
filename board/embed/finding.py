"""Find the article that an element on a publisher's page names."""

from sqlalchemy import select

from board.access import NotThere, load
from board.articles.loading import refuse_nul
from board.articles.models import Article, Site


def find_article(site: Site, external_id: str) -> Article:
    """Return the site's article with the publisher's ID. Raises NotThere."""
    refuse_nul(external_id)
    if not external_id:
        raise NotThere
    return load(select(Article).where(Article.site_id == site.id, Article.external_id == external_id))
