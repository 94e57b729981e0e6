"""Secrets of authenticator apps and recovery codes; what encrypts them is loaded when the first is used.

That takes seven megabytes. passlib imports `cryptography` if it is installed, at the top of its module.
`board.extensions` keeps it from that; here it gets the names after all.
"""

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from flask_security import Totp
from passlib import totp  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet


class Wallet(totp.AppWallet):  # type: ignore[misc]
    """Encrypts and decrypts secrets, and loads what it needs for that first."""

    def encrypt_key(self, key: bytes) -> dict[str, Any]:
        """Return the secret as it is kept."""
        _load()
        kept: dict[str, Any] = super().encrypt_key(key)
        return kept

    def decrypt_key(self, enckey: dict[str, Any]) -> tuple[bytes, bool]:
        """Return the secret, and whether it should be encrypted anew."""
        _load()
        found: tuple[bytes, bool] = super().decrypt_key(enckey)
        return found


class Codes(Totp):
    """Flask-Security's codes, their secrets in our wallet."""

    def __init__(self, secrets: Mapping[str, str], issuer: str) -> None:
        """Keep the keys, by their names; the newest encrypts."""
        self._totp = totp.TOTP.using(issuer=issuer, wallet=Wallet(secrets))


class Cryptor:
    """Encrypts recovery codes under the first of its keys, and decrypts them with whichever fits."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Remember the keys."""
        self._keys = keys

    def encrypt(self, code: bytes) -> bytes:
        """Return the code as it is kept."""
        return self._all.encrypt(code)

    def decrypt(self, kept: bytes, ttl: int | None = None) -> bytes:
        """Return the code, at most `ttl` seconds after it was encrypted. Raises cryptography's InvalidToken."""
        return self._all.decrypt(kept, ttl)

    @cached_property
    def _all(self) -> "MultiFernet":
        from cryptography.fernet import Fernet, MultiFernet

        return MultiFernet([Fernet(key) for key in self._keys])


@cache
def _load() -> None:
    from cryptography.hazmat.backends import default_backend
    from cryptography.hazmat.primitives import ciphers
    from cryptography.hazmat.primitives.ciphers import algorithms, modes  # noqa: F401 - passlib finds them in `ciphers`

    totp._cg_ciphers, totp._cg_default_backend = ciphers, default_backend
