"""The keys with which a publisher signs tokens: made and retired, several at a time so that they can be changed.

For HS256 both sides hold one secret; ours is derived from Board's own secret key, so no copy of the database holds it.
For EdDSA and ES256 the publisher keeps the private key, and only the public one is here: prefer these.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, OKPKey
from sqlalchemy import select

from board.access import Refused
from board.articles.models import Site
from board.audit import record
from board.embed.models import SiteKey
from board.extensions import db

MAX_LIVE_KEYS = 5
CURVES = {"Ed25519": "EdDSA", "P-256": "ES256"}
Key = OctKey | OKPKey | ECKey


class NotAKey(ValueError):
    """Not a public key that tokens can be checked with; its words are for whoever gave it."""


def add_key(site: Site, public_key: str = "", *, by: Any = None) -> SiteKey:
    """Add a key: the publisher's public one (PEM), else a shared secret. The caller commits.

    Raises NotAKey, and Refused when the site has as many live keys as it may.
    """
    if len(live_keys(site)) >= MAX_LIVE_KEYS:
        raise Refused(_("This site has %(count)d keys in use. Retire one first.", count=MAX_LIVE_KEYS))
    algorithm = _algorithm_of(public_key) if public_key else "HS256"
    key = SiteKey(site_id=site.id, kid=secrets.token_hex(6), algorithm=algorithm, public_key=public_key.strip())
    db.session.add(key)
    db.session.flush()
    record("site.key_added", site, by=by, site_id=site.id, after={"kid": key.kid, "algorithm": algorithm})
    return key


def retire_key(site: Site, kid: str, *, by: Any = None) -> None:
    """Refuse from now on what the key signed. Idempotent; the caller commits. Raises Refused for an unknown key."""
    key = db.session.scalar(select(SiteKey).where(SiteKey.site_id == site.id, SiteKey.kid == kid))
    if key is None:
        raise Refused(_("This site has no key %(kid)s.", kid=kid))
    if key.retired_at is None:
        key.retire()
        record("site.key_retired", site, by=by, site_id=site.id, before={"kid": kid})


def live_keys(site: Site) -> Sequence[SiteKey]:
    """Return the keys that are in use, the oldest first."""
    in_use = select(SiteKey).where(SiteKey.site_id == site.id, SiteKey.retired_at.is_(None))
    return db.session.scalars(in_use.order_by(SiteKey.id)).all()


def live_key(site: Site, kid: str) -> SiteKey | None:
    """Return the key with this name, if it is in use."""
    return next((key for key in live_keys(site) if key.kid == kid), None)


def secret_of(key: SiteKey) -> str:
    """Return the secret of an HS256 key, as the publisher holds it."""
    ours = str(current_app.secret_key).encode()
    digest = hmac.new(ours, f"site key {key.site_id} {key.kid}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def verifier_of(key: SiteKey) -> Key:
    """Return what checks the key's signatures."""
    if key.algorithm == "HS256":
        return OctKey.import_key(secret_of(key))
    return (OKPKey if key.algorithm == "EdDSA" else ECKey).import_key(key.public_key)


def _algorithm_of(pem: str) -> str:
    if "PRIVATE" in pem:
        raise NotAKey(_("This is a private key. Keep it to yourself, and give the public one."))
    for kind in (OKPKey, ECKey):
        try:
            curve = kind.import_key(pem).curve_name
        except (JoseError, ValueError, TypeError, AttributeError):
            continue
        if curve in CURVES:
            return CURVES[curve]
    raise NotAKey(_("Give a public key for Ed25519 or P-256 in PEM format."))
