"""What every answer gets: the true client address, locale, security headers, a request ID and a log line."""

import secrets
import time
from datetime import date, datetime, timedelta, tzinfo
from datetime import time as time_of_day
from functools import lru_cache

import structlog
from babel import Locale
from flask import Flask, Response, current_app, g, request
from flask_babel import format_date, format_time, format_timedelta, get_locale, get_timezone
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.http import dump_cookie
from werkzeug.middleware.proxy_fix import ProxyFix

from board.answers import FRESH_COOKIE, FRESH_SECONDS
from board.config import Settings
from board.languages import init_languages
from board.statics import init_statics, keep_static
from board.storage import now
from board.urls import absolute, url_for_article

log = structlog.get_logger("board.request")

VIDEO_FRAMES = "https://www.youtube-nocookie.com https://player.vimeo.com"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    f"connect-src 'self'; media-src 'self'; frame-src {VIDEO_FRAMES}; form-action 'self'; base-uri 'none'"
)
STAY_ON_TLS = "max-age=31536000"


def content_security_policy(ancestors: str = "'none'") -> str:
    """Return a page's policy; `ancestors` are the origins whose pages may frame it, with spaces between."""
    return f"{PAGE_POLICY}; frame-ancestors {ancestors}"


SECURITY_HEADERS = {
    "Content-Security-Policy": content_security_policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

MINUTES_A_DAY = 24 * 60
NOTHING_TO_SHOW = 204


def init_web(app: Flask, settings: Settings) -> None:
    """Bind what belongs to every request."""
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    init_languages(app, settings)
    app.config["SECURITY_HEADERS"] = [(header[0].lower(), header) for header in security_headers(settings).items()]
    app.config["FRESH_COOKIE"] = dump_cookie(
        FRESH_COOKIE,
        "1",
        max_age=FRESH_SECONDS,
        secure=settings.is_https,
        httponly=True,
        samesite="Lax",
        sync_expires=False,
    )
    init_statics(app)
    app.before_request(start_clock)
    app.after_request(finish)
    app.after_request(ask_for_fresh_pages)
    app.jinja_env.filters.update(timeago=time_ago, exact_time=exact_time)
    app.jinja_env.globals.update(
        now=now,
        absolute=absolute,
        url_for_article=url_for_article,
    )


def security_headers(settings: Settings) -> dict[str, str]:
    """Return the headers of every answer; over TLS they also ask browsers to stay there."""
    return SECURITY_HEADERS | ({"Strict-Transport-Security": STAY_ON_TLS} if settings.is_https else {})


def time_ago(moment: datetime) -> str:
    """Return a relative time in the reader's language, as in "3 hours ago"."""
    return TimeWords().ago(moment)


def exact_time(moment: datetime) -> str:
    """Return day, time to the minute and time zone, for titles and print."""
    return TimeWords().exact(moment)


class TimeWords:
    """Times in words, in the language and time zone of the request, which are asked for once for all of them."""

    def __init__(self) -> None:
        """Note the language, the zone and the present time."""
        self.locale = str(get_locale())
        self._zone = get_timezone()
        self._now = now()

    def ago(self, moment: datetime) -> str:
        """Return a relative time, as in "3 hours ago"."""
        minutes = int((moment - self._now).total_seconds() / 60)
        if abs(minutes) > MINUTES_A_DAY:
            minutes -= minutes % 60
        return _relative(minutes, self.locale)

    def exact(self, moment: datetime) -> str:
        """Return day, time to the minute and time zone."""
        return _exact(int(moment.timestamp()) // 60, self._zone, self.locale)


# A page of a thread shows two hundred times, mostly those that it showed before. Babel takes 0.1 ms for each, the time
# zone 3 µs; there are few different days and minutes.


@lru_cache(maxsize=4096)
def _relative(minutes: int, _locale: str) -> str:
    if not minutes:
        return str(_("just now"))
    return str(format_timedelta(timedelta(minutes=minutes), add_direction=True))


@lru_cache(maxsize=4096)
def _exact(minutes: int, zone: tzinfo, locale: str) -> str:
    """Return it for a minute, counted from 1970."""
    local = datetime.fromtimestamp(minutes * 60, zone)
    minute = _minute(local.hour, local.minute, locale)
    return _glue(locale).format(f"{minute} {local.tzname()}", _date(local.date(), locale))


@lru_cache(maxsize=4096)
def _date(day: date, _locale: str) -> str:
    return str(format_date(day, "long"))


@lru_cache(maxsize=24 * 60)
def _minute(hour: int, minute: int, _locale: str) -> str:
    return str(format_time(time_of_day(hour, minute), "short", rebase=False))


@lru_cache(maxsize=64)
def _glue(_locale: str) -> str:
    locale = get_locale() or Locale("en")
    return str(locale.datetime_formats["long"]).replace("'", "")


def start_clock() -> None:
    """Give the request an ID and note when it began."""
    g.request_id = secrets.token_hex(8)
    g.started = time.perf_counter()


def finish(response: Response) -> Response:
    """Add the headers that every answer carries, and write the request's one log line."""
    headers, everywhere = response.headers, current_app.config["SECURITY_HEADERS"]
    own = {name.lower() for name, _value in headers}
    headers.extend([header for name, header in everywhere if name not in own])
    headers["X-Request-ID"] = g.get("request_id", "")
    if request.endpoint == "static" and response.status_code == 200:
        keep_static(response)
    else:
        response.headers.setdefault("Cache-Control", "private, no-store")  # what is for everybody says so itself
        spent_ms = (time.perf_counter() - g.get("started", time.perf_counter())) * 1000
        log.info(
            "request",
            id=g.get("request_id"),
            method=request.method,
            route=str(request.url_rule) if request.url_rule else None,
            status=response.status_code,
            ms=round(spent_ms, 1),
        )
    return response


def ask_for_fresh_pages(response: Response) -> Response:
    """Let whoever has just changed something see it on the next page, which may be kept from a second ago."""
    if request.method == "POST" and response.status_code < 400 and response.status_code != NOTHING_TO_SHOW:
        response.headers.add("Set-Cookie", current_app.config["FRESH_COOKIE"])
    return response


def join_safe(blocks: list[str]) -> Markup:
    """Join blocks of HTML that `board.markup` made; the only texts that may skip escaping."""
    return Markup("\n".join(blocks))  # noqa: S704 - stored safe HTML
