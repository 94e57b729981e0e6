"""Templates rendered once for each form they can take, with blanks for what is each person's own.

Filling blanks takes a twentieth of rendering. So what every member gets again and again (the overlay, the answer to a
post) is rendered once for each language, and then only filled in. Values go in as they are: they must be safe HTML.
"""

import re
from collections.abc import Mapping
from typing import Any

from flask import current_app, render_template
from flask_babel import get_locale

BLANK = re.compile(r"\[\[([a-z_]+)\]\]")


class BlankTime:
    """A point in time in a template with blanks: `timeago`, `exact_time` and its ISO form are filled in."""

    timeago, exact_time = "[[timeago]]", "[[exact_time]]"

    def isoformat(self) -> str:
        """Return the blank."""
        return "[[isoformat]]"


BLANK_TIME = BlankTime()


def filled(template: str, values: Mapping[str, str], **frame: Any) -> str:
    """Return the template with the values in its blanks.

    `frame` is what the template is rendered with: few different, hashable values, which hold blanks as "[[name]]" for
    the rest. A value that holds something like a blank stays as it is.
    """
    frames: dict[Any, str] = current_app.extensions.setdefault("frames", {})
    form = (template, str(get_locale()), *frame.values())
    if form not in frames:
        frames[form] = render_template(template, **frame)
    return BLANK.sub(lambda blank: values[blank[1]], frames[form])
