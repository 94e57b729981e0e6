"""What machines read of an article page: schema.org's NewsArticle, Open Graph, the canonical address."""

from typing import Any

from board.articles.loading import article_path
from board.articles.models import Article
from board.articles.pictures import picture_path
from board.markup import excerpt
from board.urls import absolute

DESCRIPTION_CHARACTERS = 200
GATED_PART = ".gate"  # the element that stands where the text is withheld


def canonical_url(article: Article) -> str:
    """Return the one address of the article: the publisher's own page if it has one."""
    return article.url or absolute(article_path(article))


def description(article: Article) -> str:
    """Return the standfirst, or how the text begins; never anything that the gate withholds."""
    return article.standfirst or excerpt(" ".join(article.free_blocks[:2]), DESCRIPTION_CHARACTERS) or article.title


def share_picture_url(article: Article) -> str | None:
    """Return the lead picture's full address."""
    return absolute(picture_path(article.picture)) if article.picture else None


def news_article(article: Article, comment_count: int) -> dict[str, Any]:
    """Return schema.org's NewsArticle; `hasPart` names the gated part as search engines ask for it."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "description": description(article),
        "datePublished": article.published_at.isoformat(),
        "dateModified": max(article.updated_at, article.published_at).isoformat(),
        "mainEntityOfPage": canonical_url(article),
        "publisher": {"@type": "Organization", "name": article.site.name},
        "commentCount": comment_count,
        "isAccessibleForFree": not article.is_gated,
    }
    if article.section:
        data["articleSection"] = article.section
    if article.byline:
        data["author"] = [{"@type": "Person", "name": article.byline}]
    if article.picture:
        data["image"] = [share_picture_url(article)]
    if article.is_gated:
        data["hasPart"] = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": GATED_PART}
    return data
