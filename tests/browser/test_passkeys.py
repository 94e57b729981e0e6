"""A passkey, from setting it up to logging in with it, in a real browser with a virtual authenticator."""

from typing import Any

import pytest

from tests.browser.conftest import PASSWORD, Server

pytestmark = pytest.mark.browser

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
