"""A virtual authenticator of Chromium's, as a laptop or a phone has a real one."""

from typing import Any

KIND = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Authenticator:
    """What answers for the person at one window; another window of theirs needs its keys."""

    def __init__(self, page: Any, keys: "list[Any] | None" = None) -> None:
        """Plug it in, with keys that were made elsewhere."""
        self._devtools = page.context.new_cdp_session(page)
        self._devtools.send("WebAuthn.enable")
        made = self._devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KIND})
        self._named = {"authenticatorId": made["authenticatorId"]}
        for key in keys or []:
            self._devtools.send("WebAuthn.addCredential", {**self._named, "credential": key})

    @property
    def keys(self) -> list[Any]:
        """Return its keys."""
        return list(self._devtools.send("WebAuthn.getCredentials", self._named)["credentials"])
