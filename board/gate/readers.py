"""The reader's cookie: one address opens all of a site's e-mail-gated articles in this browser, for a year.

It holds, signed, a random key for each site that the reader unlocked; the database knows whose key it is. A key
opens articles and nothing else: no page shows what is known of its owner. Erasing the row ends the key.
See docs/decisions/0009.
"""

from datetime import timedelta

from flask import Response, current_app, g, request
from itsdangerous import BadData
from sqlalchemy import select

from board.extensions import db
from board.gate.models import Subscriber
from board.signing import serializer_for

READER_COOKIE = "board_reader"
PURPOSE = "board reader"
LIFETIME = timedelta(days=365)
MAX_SITES = 20  # a cookie may have 4 KB; the oldest site is forgotten first


def has_address_for(site_id: int) -> bool:
    """Tell whether this browser's reader left an address at the site."""
    key = _keys().get(str(site_id))
    if key is None:
        return False
    known: dict[str, bool] = g.setdefault("known_reader_keys", {})
    if key not in known:
        owner = select(Subscriber.id).where(Subscriber.site_id == site_id, Subscriber.reader_key == key)
        known[key] = db.session.scalar(owner) is not None
    return known[key]


def remember_reader(response: Response, subscriber: Subscriber) -> None:
    """Give this browser the subscriber's key, beside those of other sites."""
    keys = {site: key for site, key in _keys().items() if site != str(subscriber.site_id)}
    keys = dict([*keys.items(), (str(subscriber.site_id), subscriber.reader_key)][-MAX_SITES:])
    response.set_cookie(
        READER_COOKIE,
        serializer_for(PURPOSE).dumps(keys),
        max_age=LIFETIME,
        secure=current_app.config["BOARD"].is_https,
        httponly=True,
        samesite="Lax",
    )


def _keys() -> dict[str, str]:
    """Return the cookie's keys by site; none if it is missing, forged or too old."""
    try:
        held = serializer_for(PURPOSE).loads(
            request.cookies.get(READER_COOKIE, ""), max_age=int(LIFETIME.total_seconds())
        )
    except BadData:
        return {}
    return {str(site): str(key) for site, key in held.items()} if isinstance(held, dict) else {}
