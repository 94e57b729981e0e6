"""Each payload in each text of an article is text on its page, as a browser's parser reads it; Chromium sees a few."""

from board.articles.models import Article
from board.extensions import db
from tests.browser.test_payloads import PAYLOADS
from tests.conftest import Browser
from tests.reading import parsed, words


def tags(html: str) -> list[str]:
    """Return the page's elements in order, each with the names of its attributes."""
    return [
        f"{element.tag} {sorted(element.attrib)}" for element in parsed(html).iter() if isinstance(element.tag, str)
    ]


def test_every_payload_is_text_on_the_articles_page(article: Article, client: Browser) -> None:
    article.title = article.standfirst = article.byline = article.picture_alt = "Plain words"
    db.session.commit()
    harmless = tags(client.get("/articles/opening-night").text)
    for text in PAYLOADS:
        article.title = article.standfirst = article.byline = article.picture_alt = text
        db.session.commit()
        html = client.get("/articles/opening-night").text
        assert tags(html) == harmless, text
        assert words(parsed(html).find(".//h1")) == " ".join(text.split())
