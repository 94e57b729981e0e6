"""The one place that sends requests to other servers: few, short, and only to where the operator says.

requests-hardened refuses private and loopback addresses after resolving the name, and does not follow redirects. An
operator can name an address inside their own network; nobody else can name any.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CONNECT_SECONDS, READ_SECONDS = 2.0, 3.0
MOST_SECONDS = 5.0  # for a whole answer
MOST_BYTES = 4096  # of an answer


class NoAnswer(Exception):
    """The other server did not answer in time, or not as it should."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    text: str


def post(url: str, *, is_private: bool = False, headers: Mapping[str, str] | None = None, **content: Any) -> Answer:
    """Send a POST with `data` (a form, or bytes) and return the answer. Raises NoAnswer.

    `is_private`: the operator says that the address is inside their own network. Never call it within a transaction.
    """
    import requests
    from requests_hardened import Config, Manager

    config = Config(
        ip_filter_enable=not is_private,
        ip_filter_allow_loopback_ips=False,
        never_redirect=True,
        default_timeout=(CONNECT_SECONDS, READ_SECONDS),
        user_agent_override="Board",
    )
    end = time.monotonic() + MOST_SECONDS
    try:
        with Manager(config).get_session() as session:
            session.trust_env = False  # no proxy of the environment, which would resolve names past the filter
            with session.request("POST", url, headers=dict(headers or {}), stream=True, **content) as response:
                return Answer(response.status_code, _read(response, end))
    except (requests.RequestException, ValueError) as error:
        raise NoAnswer(f"{type(error).__name__}: {error}"[:200]) from error


def _read(response: Any, end: float) -> str:
    """Read a short answer, byte by byte, so that one that trickles cannot take longer than it may."""
    found = bytearray()
    for byte in response.iter_content(1):
        found += byte
        if len(found) > MOST_BYTES or time.monotonic() > end:
            raise ValueError("the answer is too long, or takes too long")
    return found.decode("utf-8", "replace")
