"""E-mail addresses: one spelling each, and only ones that mail can be sent to."""

import email_validator
from flask_babel import gettext as _

MAX_CHARACTERS = 254  # RFC 5321: what fits between the angle brackets


class AddressRefused(ValueError):
    """Not an e-mail address; its words are for the person who typed it."""


def accept_address(raw: str) -> str:
    """Return the address as it is stored and looked up: in lower case, its domain in Unicode. Raises AddressRefused."""
    try:
        if len(raw) > MAX_CHARACTERS:
            raise ValueError
        # "test_environment" only lets the domain .test through, which no mail server serves.
        found = email_validator.validate_email(raw.strip(), check_deliverability=False, test_environment=True)
    except ValueError:
        raise AddressRefused(_("Enter an e-mail address, like name@example.com.")) from None
    return str(found.normalized).lower()
