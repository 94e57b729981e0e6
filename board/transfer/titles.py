"""A headline for an article of which only the ID is known."""

import re
from urllib.parse import unquote, urlsplit

MAX_TITLE_CHARACTERS = 300
ENDING = re.compile(r"\.(html?|php|aspx?|md|txt)$", re.IGNORECASE)


def title_from(thread: str) -> str:
    """Return the last part of a path as words; an ID that has no words stays as it is.

    `http://blog.example/2007/06/a_day-out.html` gives "A day out", `n49rw` gives "n49rw".
    """
    path = urlsplit(thread).path if "://" in thread else thread
    parts = [part for part in path.split("/") if part]
    last = ENDING.sub("", unquote(parts[-1], errors="replace")) if parts else ""
    words = re.sub(r"[-_+\s]+", " ", last).strip()
    if " " not in words:
        words = words.capitalize() if "://" in thread and words else thread
        return words[:MAX_TITLE_CHARACTERS]
    return (words[:1].upper() + words[1:])[:MAX_TITLE_CHARACTERS]
