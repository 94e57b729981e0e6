"""Templates rendered once for each form they can take, with blanks for what is each person's own.

Filling blanks takes a twentieth of rendering. So what is shown again and again (each comment of a page, the overlay,
the answer to a post) is rendered once for each language, and then only filled in. Values go in as they are: they must
be safe HTML.
"""

import re
from collections.abc import Hashable, Mapping
from typing import Any

from flask import current_app, g, render_template
from flask_babel import get_locale
from markupsafe import Markup, escape

BLANK = re.compile(r"\[\[([a-z_]+)\]\]")
MAX_FORMS = 2_000  # that are kept of a template, a few KB each; a busy house comes to a tenth of that


class Frames(dict[Hashable, str]):
    """One template in one language, in the forms asked for so far: each is ready for `frames[form] % values`."""

    def __init__(self, template: str, name: str) -> None:
        """Begin with none; the template is given each form under this name."""
        super().__init__()
        self._template, self._name = template, name

    def __missing__(self, form: Hashable) -> str:
        """Render the form."""
        if len(self) >= MAX_FORMS:
            self.clear()
        html = render_template(self._template, **{self._name: form})
        frame = self[form] = as_frame(html)
        return frame


def frames_of(template: str, name: str) -> Frames:
    """Return the template's frames in the language of this request, for a part that a page shows many times.

    `name` is what the template calls the form; it is all that the template is given.
    """
    key = (template, str(get_locale()))
    kept: dict[Any, Frames] = current_app.extensions.setdefault("frames", {})
    return kept.get(key) or kept.setdefault(key, Frames(template, name))


def filled(template: str, values: Mapping[str, str], **frame: Any) -> str:
    """Return the template with the values in its blanks.

    `frame` is what the template is rendered with: few different, hashable values, which hold blanks as "[[name]]" for
    the rest. A value that holds something like a blank stays as it is. In frames on publishers' pages, links lead
    elsewhere (`g.place`, board/embed/links.py), so these have forms of their own.
    """
    frames: dict[Any, str] = current_app.extensions.setdefault("filled", {})
    form = (template, str(get_locale()), g.get("place", ""), *frame.values())
    if form not in frames:
        if len(frames) >= MAX_FORMS:
            frames.clear()
        frames[form] = as_frame(render_template(template, **frame))
    return frames[form] % values


def filled_in(template: str, values: Mapping[str, str], **frame: Any) -> Markup:
    """Return what `render_template(template, **values, **frame)` returns, filled into blanks, if that has no conditions
    but on `frame` and on whether a value is empty: which values are is part of the form.

    Values are texts, escaped here unless they are `Markup`; the template must put them into HTML as they are, not into
    an address or a sentence's number.
    """
    blanks = {name: Markup(f"[[{name}]]") if value else "" for name, value in values.items()}  # noqa: S704
    return Markup(filled(template, {name: escape(value) for name, value in values.items()}, **frame, **blanks))  # noqa: S704


def as_frame(html: str) -> str:
    """Turn the blanks into what Python's `%` fills."""
    return BLANK.sub(r"%(\1)s", html.replace("%", "%%"))
