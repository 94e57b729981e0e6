"""Points in time as editors write them: ISO 8601, in the site's time zone where none is given."""

from datetime import datetime

from flask_babel import gettext as _

from board.days import own_zone


class NotAMoment(ValueError):
    """The text is no point in time; its words say how to write one."""


def parse_moment(text: str) -> datetime:
    """Return the point in time. Raises NotAMoment. A day alone means its first minute."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        example = "2026-12-24T18:00"
        raise NotAMoment(
            _(
                "“%(text)s” is not a date and time. Write it as in %(example)s (or with its zone: %(zoned)s).",
                text=text.strip()[:40],
                example=example,
                zoned=f"{example}+01:00",
            )
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=own_zone())


def local_text(moment: datetime | None) -> str:
    """Return the moment as a date-and-time field shows it, in the site's time zone."""
    return moment.astimezone(own_zone()).strftime("%Y-%m-%dT%H:%M") if moment else ""


def spoken(moment: datetime) -> str:
    """Return the moment for a line of a command's output, as in "2026-12-24 18:00 UTC"."""
    return moment.astimezone(own_zone()).strftime("%Y-%m-%d %H:%M %Z")
