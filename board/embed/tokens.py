"""A publisher's token (JWT, RFC 7519): who its reader is, signed, for one site, for minutes, for one use."""

import re
import time
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jws import extract_compact
from sqlalchemy import delete

from board.accounts.addresses import AddressRefused, accept_address
from board.accounts.models import hash_token
from board.articles.models import Site
from board.embed.claims import Claims, TokenRefused
from board.embed.models import ALGORITHMS, MAX_SUBJECT_CHARACTERS, SsoToken
from board.embed.site_keys import live_key, verifier_of
from board.extensions import db
from board.statements import insert_once
from board.storage import now

MAX_TOKEN_CHARACTERS = 4096
LONGEST_LIFE_SECONDS = 300
CLOCKS_DIFFER_SECONDS = 30
MIN_JTI_CHARACTERS, MAX_JTI_CHARACTERS = 8, 200
MAX_NAME_CHARACTERS = 200
NOT_KEPT = re.compile("[\0\ud800-\udfff]")  # no database keeps U+0000, and halves of a character are no text


def read_token(site: Site, token: str) -> Claims:
    """Return what the token says, if a key of the site signed it for the site and for now. Raises TokenRefused."""
    said = _verified(site, token)
    if site.slug not in (said["aud"] if isinstance(said.get("aud"), list) else [said.get("aud")]):
        raise TokenRefused("aud", _("The token is for another site: aud must be “%(site)s”.", site=site.slug))
    expires = _check_times(said)
    subject = _text(said, "sub", 1, MAX_SUBJECT_CHARACTERS)
    jti = _text(said, "jti", MIN_JTI_CHARACTERS, MAX_JTI_CHARACTERS)
    name = _text(said, "name", 1, MAX_NAME_CHARACTERS)
    return Claims(subject, name, _email(said), jti, datetime.fromtimestamp(expires, UTC))


def use_up(site: Site, claims: Claims) -> None:
    """Note that the token was used; the caller commits. Raises TokenRefused if it was before."""
    db.session.execute(delete(SsoToken).where(SsoToken.site_id == site.id, SsoToken.expires_at < now()))
    # It may be shown for a moment after its end, because clocks differ; until then it must be remembered.
    kept_until = datetime.fromtimestamp(claims.expires_at.timestamp() + 2 * CLOCKS_DIFFER_SECONDS, UTC)
    if not insert_once(SsoToken, site_id=site.id, jti_hash=hash_token(claims.jti), expires_at=kept_until):
        raise TokenRefused("used", _("The token was used before. Make a new one, with a new jti, for each page."))


def _verified(site: Site, token: str) -> dict[str, Any]:
    if not token or len(token) > MAX_TOKEN_CHARACTERS or not token.isascii():
        raise TokenRefused("malformed", _("This is not a token: it must be a signed JWT of at most 4,096 characters."))
    try:
        header = extract_compact(token.encode()).headers()
    except (JoseError, ValueError, TypeError):
        raise TokenRefused("malformed", _("This is not a token: it cannot be read as a signed JWT.")) from None
    kid = header.get("kid")
    key = live_key(site, kid) if isinstance(kid, str) else None
    if key is None or key.algorithm not in ALGORITHMS:
        raise TokenRefused("kid", _("The token names no key of this site that is in use: set kid in its header."))
    try:
        return dict(jwt.decode(token, verifier_of(key), algorithms=[key.algorithm]).claims)
    except (JoseError, ValueError, TypeError):
        sentence = _("The token is not signed with key %(kid)s by %(algorithm)s.", kid=key.kid, algorithm=key.algorithm)
        raise TokenRefused("signature", sentence) from None


def _check_times(said: dict[str, Any]) -> int:
    """Return when the token ends, in seconds since 1970."""
    began, ends = (said.get(name) for name in ("iat", "exp"))
    if type(began) is not int or type(ends) is not int:
        raise TokenRefused("exp", _("The token needs iat and exp, as whole seconds since 1970."))
    present = int(time.time())
    if not 0 < ends - began <= LONGEST_LIFE_SECONDS:
        raise TokenRefused("exp", _("The token must end (exp) within five minutes of its beginning (iat)."))
    if ends <= present - CLOCKS_DIFFER_SECONDS:
        raise TokenRefused("expired", _("The token is too old. Make a new one for each page."))
    if began > present + CLOCKS_DIFFER_SECONDS:
        raise TokenRefused(
            "iat", _("The token begins (iat) in the future. Look at the clock of the server that made it.")
        )
    return ends


def _text(said: dict[str, Any], claim: str, least: int, most: int) -> str:
    value = said.get(claim)
    if not isinstance(value, str) or not least <= len(value.strip()) <= most or NOT_KEPT.search(value):
        sentence = _(
            "The token needs %(claim)s: a text of %(least)d to %(most)d characters.",
            claim=claim,
            least=least,
            most=most,
        )
        raise TokenRefused(claim, sentence)
    return value.strip()


def _email(said: dict[str, Any]) -> str:
    raw = said.get("email", "")
    if not raw:
        return ""
    try:
        address = accept_address(raw) if isinstance(raw, str) else ""
    except AddressRefused:
        address = ""
    if not address:
        raise TokenRefused("email", _("The token’s email is not an e-mail address."))
    return address if said.get("email_verified") is True else ""
