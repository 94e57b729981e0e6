"""Days as people write them, by the clock of the time zone that the settings name."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask import current_app

FIRST_YEAR, LAST_YEAR = 1970, 9000  # a day later, and in every time zone, there is still a date


class NotADay(ValueError):
    """The text is no day of these years."""


def parse_day(text: str) -> date:
    """Return the day that is written as in "2026-01-31". Raises NotADay."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise NotADay from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise NotADay
    return day


def begin_of(day: date) -> datetime:
    """Return the moment at which the day begins."""
    return datetime.combine(day, time(), own_zone())


def own_zone() -> ZoneInfo:
    """Return the time zone that the settings name."""
    return ZoneInfo(current_app.config["BOARD"].timezone)
