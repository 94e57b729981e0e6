"""What browsers bring back signed by us, as cookies and form tokens: each signature is computed once.

A browser sends the same cookie and the same token with each request. What was verified lately is known again by its
whole text. How old it may be is asked each time, and whether its session still lives is the database's to say
(`board/accounts/sessions.py`).
"""

import time
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast

from flask import Flask, current_app
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

KNOWN = 4096  # texts that a serializer knows again, of a few hundred bytes each
UNCHANGING = (str, int, float, bool, type(None))
SERIALIZERS = "board_serializers"  # under which an application's extensions keep theirs


class Verified(NamedTuple):
    """What a text holds whose signature is right."""

    packed: bytes
    moment: datetime  # it was signed
    flat: dict[str, Any] | None  # the same as `packed`, if it is a mapping to values that nobody can change


class KnowingSerializer(URLSafeTimedSerializer):
    """itsdangerous' serializer, which knows again what it verified; what it refused it verifies each time."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Begin with nothing known; the arguments are itsdangerous' own."""
        super().__init__(*arguments, **options)
        self._verified = lru_cache(KNOWN)(self._verify)

    def loads(  # type: ignore[override]  # as itsdangerous’ own subclass has it
        self,
        s: str | bytes,
        max_age: int | None = None,
        return_timestamp: bool = False,
        salt: str | bytes | None = None,
    ) -> Any:
        """Return what was signed at most `max_age` seconds ago; each time a new object. Raises BadSignature."""
        packed, moment, flat = self._verified(s, salt)
        if max_age is not None and not 0 <= int(time.time()) - moment.timestamp() <= max_age:
            raise SignatureExpired("The signature is too old.", payload=packed, date_signed=moment)
        signed = self.load_payload(packed) if flat is None else flat.copy()
        return (signed, moment) if return_timestamp else signed

    def _verify(self, text: str | bytes, salt: str | bytes | None) -> "Verified":
        """Return what is signed. Raises BadSignature."""
        refusal: BadSignature | None = None
        for signer in self.iter_unsigners(salt):
            try:
                packed, moment = signer.unsign(text, return_timestamp=True)
            except BadSignature as error:
                refusal = error
            else:
                return Verified(packed, moment, self._flat(packed))
        raise cast(BadSignature, refusal)

    def _flat(self, packed: bytes) -> dict[str, Any] | None:
        signed = self.load_payload(packed)
        is_flat = isinstance(signed, dict) and all(isinstance(value, UNCHANGING) for value in signed.values())
        return signed if is_flat else None


def serializer_for(purpose: str) -> KnowingSerializer:
    """Return the application's serializer for this purpose; what it signs is worth nothing for any other."""
    made: dict[str, KnowingSerializer] = current_app.extensions.setdefault(SERIALIZERS, {})
    return made.get(purpose) or made.setdefault(purpose, KnowingSerializer(str(current_app.secret_key), salt=purpose))


class KnowingSessions(SecureCookieSessionInterface):
    """Flask's signed cookies, with one serializer for all requests of the application."""

    _serializer: KnowingSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return the serializer that Flask would make for each request."""
        if self._serializer is None and (plain := super().get_signing_serializer(app)):
            self._serializer = KnowingSerializer(
                plain.secret_keys, plain.salt, serializer=plain.serializer, signer_kwargs=plain.signer_kwargs
            )
        return self._serializer
