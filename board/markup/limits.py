"""What bounds the work of rendering one text, and the errors that tell its author so."""

from flask_babel import gettext as _

MAX_SOURCE_CHARACTERS = 10_000
MAX_ARTICLE_CHARACTERS = 200_000
# Levels of quotes (one each) and lists (two: list and item) inside one another. Each costs another pass.
MAX_NESTED_LEVELS = 24
# Elements inside one another in the result. A list is two (list, item); its text may hold emphasis and links.
MAX_NESTED_ELEMENTS = 32
# Elements in a comment's result: bleach takes 30 to 80 µs for each.
MAX_ELEMENTS = 1_000
# Line ends and runs of characters that may begin something, which is what the parser's time grows with.
MAX_MARKS = 2_000
# Open brackets times the special characters of their paragraphs: about a microsecond for each.
MAX_BRACKET_STEPS = 40_000
# Beginnings of addresses, each of which makes the parser look at all that stands before it.
MAX_ADDRESSES = 200


class MarkupError(ValueError):
    """A text that cannot be shown as it is; its words are for the author."""


class TextTooLong(MarkupError):
    """More characters than the limit."""

    def __init__(self, length: int, limit: int) -> None:
        """Say by how much the text is too long."""
        self.length, self.limit = length, limit
        super().__init__(
            _(
                "The text has %(length)s characters. Shorten it to %(limit)s or fewer.",
                length=f"{length:_}".replace("_", " "),
                limit=f"{limit:_}".replace("_", " "),
            )
        )


class TextEmpty(MarkupError):
    """Nothing that a reader would see."""

    def __init__(self) -> None:
        """Ask for some text."""
        super().__init__(_("There is nothing to read here yet. Write some text."))


class TextTooDeep(MarkupError):
    """More quotes, lists or emphasis inside one another than the limit."""

    def __init__(self) -> None:
        """Say which marks to take out."""
        super().__init__(
            _(
                "The text has too many quotes, lists or marks inside one another. "
                "Take some of the > or * signs or indents out."
            )
        )


class TextTooIntricate(MarkupError):
    """More pieces of formatting than the limit."""

    def __init__(self) -> None:
        """Ask for a plainer text."""
        super().__init__(_("The text has too much formatting. Use fewer list items, links or marks."))
